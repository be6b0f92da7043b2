"""A demo batch and a mixed batch, made once for all tests here."""

from __future__ import annotations

from pathlib import Path

import pytest

from bench.generator import Sample, generate, sample


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return sample(tmp_path_factory.mktemp("demo"), seed=5)


@pytest.fixture(scope="session")
def mixed(tmp_path_factory: pytest.TempPathFactory) -> list[Sample]:
    return generate(tmp_path_factory.mktemp("mixed"), 16, seed=9)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "out"
