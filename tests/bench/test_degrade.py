"""`python -m bench degrade` and `scale`: the damages and the sums, with no reader."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench import degrade, reading, scale
from bench.compare import Result, Sample
from tests.reading import samples

PAGE = samples.pixels(samples.text_image(["Totale 122,00"] * 8, size=(600, 800), height=30))


@pytest.mark.parametrize("damage", sorted(set(degrade.DAMAGES) - {"none"}))
def test_each_damage_changes_the_page_and_leaves_a_page(damage: str) -> None:
    found = degrade.DAMAGES[damage](PAGE, np.random.default_rng(1))
    assert found.dtype == np.uint8
    assert found.shape[2:] == (3,)
    assert found.shape != PAGE.shape or not np.array_equal(found, PAGE)


def test_a_fax_is_black_and_white_whatever_the_paper() -> None:
    gray = (PAGE * 0.6).astype(np.uint8)
    found = degrade.fax(100)(gray, np.random.default_rng(1))
    assert set(np.unique(found)) == {0, 255}
    assert found.mean() > 200


def test_words_are_counted_for_each_damage(tmp_path: Path) -> None:
    truth = reading.Truth("uno due")
    pages = [Sample(name, "a", tmp_path, "it", truth, 0.0) for name in ("none", "fax_100")]
    results = {"openvino": Result(["uno due", "uno"])}
    assert degrade.score("none", pages, results) == {"openvino": 1.0}
    assert degrade.score("fax_100", pages, results) == {"openvino": pytest.approx(2 / 3, abs=1e-4)}
    table = degrade.format_table({"word_f1": {"none": {"openvino": 1.0, "stock": None}}})
    assert table.splitlines()[-1] == "| none | 1.000 |  |"


def test_scaling_is_a_share_of_linear() -> None:
    found = scale.summarise({1: [60.0, 50.0, 40.0], 2: [114.0, 100.0, 60.0]})
    assert found["workers"]["1"] == {"pages_per_minute": 50.0, "of_linear": 1.0}
    assert found["workers"]["2"] == {"pages_per_minute": 100.0, "of_linear": 0.95}
