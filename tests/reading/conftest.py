from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from extractors.ocr import ENGINES, Engine


@pytest.fixture(scope="session")
def models_dir(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("models")


@pytest.fixture(scope="session", params=sorted(ENGINES))
def engine(request: pytest.FixtureRequest, models_dir: Path) -> Iterator[Engine]:
    """Every engine in turn, loaded once for the whole run."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SCRIVANO_MODELS_DIR", str(models_dir))
        yield ENGINES[request.param]()
