"""Percentiles, and the comparison of what was released with the truth."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.figures import (
    Score,
    count_untouched,
    pair_lines,
    per,
    percentile,
    same,
    score_document,
    share,
    summarise,
)

TIMES = st.lists(st.floats(0, 1e6), min_size=1, max_size=60)


def cell(value: str | None, source: str = "machine") -> dict[str, Any]:
    return {"value": value, "source": source}


def document(fields: dict[str, Any], lines: list[dict[str, Any]] | None = None) -> dict[str, Any]:
    return {"fields": fields, "lines": lines or []}


@given(TIMES, st.integers(1, 100))
def test_a_percentile_is_the_smallest_value_that_covers_enough(
    values: list[float], percent: int
) -> None:
    found = percentile(values, percent)
    assert found is not None
    enough = len(values) * percent
    assert 100 * sum(v <= found for v in values) >= enough
    assert 100 * sum(v < found for v in values) < enough


@pytest.mark.parametrize(("percent", "expected"), [(50, 50), (95, 95), (99, 99), (100, 100)])
def test_of_a_hundred_values_each_percentile_is_its_own(percent: int, expected: float) -> None:
    assert percentile([float(n) for n in range(100, 0, -1)], percent) == expected


def test_there_is_no_percentile_of_nothing() -> None:
    assert percentile([], 50) is None


@pytest.mark.parametrize("percent", [0, -1, 101])
def test_what_is_no_percentile_is_refused(percent: float) -> None:
    with pytest.raises(ValueError, match="percentile"):
        percentile([1.0], percent)


def test_a_summary_of_nothing_has_all_its_names() -> None:
    assert summarise([]) == {"p50": None, "p95": None, "p99": None, "max": None}


def test_a_summary_leaves_the_largest_out_when_told() -> None:
    assert summarise([0.25, 0.5, 1.0], largest=False) == {"p50": 0.5, "p95": 1.0, "p99": 1.0}


def test_rates_are_for_the_unit_and_none_without_time() -> None:
    assert per(30, 60, 3600) == 1800
    assert per(30, 0, 3600) is None


def test_a_share_of_nothing_is_none() -> None:
    assert share(0, 0) is None
    assert share(1, 4) == 0.25


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("1234.50", "1234.5", True),
        ("Rossi  S.r.l.", "ROSSI S.R.L.", True),
        ("", None, True),
        ("12", "13", False),
        ("A12", "A13", False),
        ("12", None, False),
        ("NaN", "nan", True),
    ],
)
def test_values_are_the_same_apart_from_case_spaces_and_zeros(
    one: str | None, other: str | None, expected: bool
) -> None:
    assert same(one, other) is expected


def test_a_missing_value_is_a_wrong_one_of_the_machine() -> None:
    score = Score()
    score_document(score, {"fields": {"iban": "IT60X"}, "lines": []}, document({}))
    assert score.sources["machine"].to_dict() == {"compared": 1, "right": 0, "accuracy": 0.0}


def test_machine_and_person_are_counted_apart() -> None:
    score = Score()
    truth = {"fields": {"total": "10.00", "date": "2026-01-02"}, "lines": []}
    released = document({"total": cell("10.00"), "date": cell("2026-01-03", "person")})
    score_document(score, truth, released)
    assert score.to_dict() == {
        "compared": 2,
        "right": 1,
        "accuracy": 0.5,
        "machine": {"compared": 1, "right": 1, "accuracy": 1.0},
        "person": {"compared": 1, "right": 0, "accuracy": 0.0},
        "unexpected": 0,
    }


def test_a_value_that_is_not_on_the_paper_is_unexpected() -> None:
    score = Score()
    score_document(
        score, {"fields": {}, "lines": []}, document({"iban": cell("IT60X"), "due": cell(None)})
    )
    assert (score.all.compared, score.unexpected) == (0, 1)


def test_a_missed_line_does_not_spoil_those_after_it() -> None:
    score = Score()
    lines = [{"description": text, "quantity": "1"} for text in ("screws", "nails", "glue")]
    released = [{n: cell(v) for n, v in line.items()} for line in lines[1:]]
    score_document(score, {"fields": {}, "lines": lines}, document({}, released))
    assert (score.all.compared, score.all.right) == (6, 4)


def test_an_invented_line_is_unexpected() -> None:
    score = Score()
    released = [{"description": cell("nails")}, {"description": cell("carried over")}]
    truth = {"fields": {}, "lines": [{"description": "nails"}]}
    score_document(score, truth, document({}, released))
    assert (score.all.compared, score.all.right, score.unexpected) == (1, 1, 1)


def test_lines_that_are_alike_are_paired_in_order() -> None:
    lines = [{"quantity": "1"}, {"quantity": "1"}]
    assert pair_lines(lines, lines) == {0: 0, 1: 1}


def test_lines_with_nothing_in_common_are_paired_by_number_only() -> None:
    assert pair_lines([{"a": "1"}, {"a": "2"}], [{"a": "8"}]) == {0: 0}


LINES = st.lists(st.dictionaries(st.sampled_from("abc"), st.sampled_from("123")), max_size=5)


@given(LINES, LINES)
def test_no_line_is_paired_twice(truth: list[dict[str, str]], found: list[dict[str, str]]) -> None:
    pairs = pair_lines(truth, found)
    assert len(set(pairs.values())) == len(pairs)
    assert set(pairs) <= set(range(len(truth)))
    assert set(pairs.values()) <= set(range(len(found)))


def test_straight_through_counts_documents_and_fields_without_a_person() -> None:
    untouched = document({"total": cell("1")}, [{"quantity": cell("2")}])
    keyed = document({"total": cell("1", "person"), "date": cell("2026-01-02")})
    assert count_untouched([untouched, keyed]) == {"documents": 0.5, "fields": 0.75}
