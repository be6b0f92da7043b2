"""What a simulated operator keys."""

from __future__ import annotations

from pathlib import Path
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.board import Source
from bench.operators import choose_answer, find_line, mistype

LINES = [
    {"description": "screws", "quantity": "10"},
    {"description": "nails", "quantity": "20"},
    {"description": "glue", "quantity": "3"},
]
TRUTH = {"type": "invoice", "fields": {"total": "10.00"}, "lines": LINES}
SOURCE = Source(Path("a.pdf"), "a.pdf", TRUTH)


def task(name: str, value: str | None, line: int | None = None, **more: Any) -> dict[str, Any]:
    return {
        "document_type": "invoice",
        "value": value,
        "field": {"name": name, "line": line},
        "siblings": [],
        **more,
    }


def test_the_truth_is_keyed_where_it_has_the_field() -> None:
    assert choose_answer(task("total", "70.00"), SOURCE) == "10.00"


@pytest.mark.parametrize("shown", ["IT60X", None])
def test_what_is_shown_is_confirmed_where_the_truth_has_nothing(shown: str | None) -> None:
    assert choose_answer(task("iban", shown), SOURCE) == shown


@pytest.mark.parametrize("source", [None, Source(Path("a.pdf"), "a.pdf", None)])
def test_what_is_shown_is_confirmed_without_a_truth(source: Source | None) -> None:
    assert choose_answer(task("total", "70.00"), source) == "70.00"


def test_the_truth_of_another_type_says_nothing() -> None:
    assert choose_answer(task("total", "70.00", document_type="receipt"), SOURCE) == "70.00"


def test_a_cell_is_keyed_from_the_line_that_its_neighbours_are_of() -> None:
    shown = task(
        "quantity", "28", 0, siblings=[{"name": "description", "line": 0, "value": "nails"}]
    )
    assert choose_answer(shown, SOURCE) == "20"


def test_neighbours_of_other_lines_do_not_count() -> None:
    shown = task(
        "quantity", "28", 0, siblings=[{"name": "description", "line": 1, "value": "nails"}]
    )
    assert choose_answer(shown, SOURCE) == "10"


def test_a_line_like_none_and_beyond_the_last_is_confirmed() -> None:
    assert choose_answer(task("quantity", "99", 7), SOURCE) == "99"


def test_of_lines_that_are_equally_alike_the_nearest_is_meant() -> None:
    lines = [{"quantity": "1", "unit": "a"}, {"quantity": "1", "unit": "b"}]
    assert find_line(lines, {"quantity": "1"}, 1) == lines[1]


def test_there_is_no_line_in_a_truth_without_lines() -> None:
    assert find_line([], {"quantity": "1"}, 0) is None


@given(st.text(min_size=1), st.integers())
def test_a_mistake_is_one_wrong_character(text: str, seed: int) -> None:
    typed = mistype(text, Random(seed))
    assert len(typed) == len(text)
    assert sum(one != other for one, other in zip(typed, text, strict=True)) == 1
