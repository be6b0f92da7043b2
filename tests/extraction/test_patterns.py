"""Patterns: the same answers as the usual regular expressions, in bounded time."""

from __future__ import annotations

import re
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.patterns import MAX_TEXT, PatternFault, find, matches, read_pattern

ATOMS = st.sampled_from(["a", "b", "1", ".", r"\d", r"\W", "[ab]", "[^a1]", "[a-b]", r"\.", "-"])
PATTERNS = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, min_size=1, max_size=3).map("".join),
        st.tuples(inner, inner).map("({0[0]}|{0[1]})".format),
        st.tuples(inner, st.sampled_from(["*", "+", "?", "{2}", "{1,}", "{0,2}"])).map(
            "({0[0]}){0[1]}".format
        ),
    ),
    max_leaves=8,
)
TEXTS = st.text("ab1.-", max_size=12)


@given(PATTERNS, TEXTS)
def test_a_pattern_matches_what_a_regular_expression_does(pattern: str, text: str) -> None:
    assert matches(pattern, text) == bool(re.fullmatch(pattern, text))


@given(st.text(max_size=40), st.text(max_size=20))
def test_any_text_is_a_pattern_or_a_fault_in_it(pattern: str, text: str) -> None:
    try:
        read_pattern(pattern)
    except PatternFault as fault:
        assert 0 <= fault.position <= len(pattern)  # noqa: PT017
        return
    assert matches(pattern, text) in (True, False)
    assert all(text[start:end] for start, end in find(pattern, text))


@pytest.mark.parametrize(
    "pattern", ["(a*)*b", "(a|a)*b", "(a|aa)+b", "(a?){90}a{90}b", "(.*)(.*)(.*)(.*)b", "a*a*a*a*b"]
)
def test_no_pattern_takes_long(pattern: str) -> None:
    start = time.perf_counter()
    assert not matches(pattern, "a" * MAX_TEXT)
    assert time.perf_counter() - start < 2


@pytest.mark.parametrize(
    ("pattern", "position"),
    [("a**", 2), ("(", 0), ("a)", 1), ("[a", 0), (r"a\b", 1), (r"\1", 0), ("(?=a)", 0),
     ("a^b", 1), ("[z-a]", 1), ("a{3,2}", 1), ("*", 0), ("((a{99}){99}){99}", 0)],
)  # fmt: skip
def test_what_is_not_taken_is_named_with_its_place(pattern: str, position: int) -> None:
    with pytest.raises(PatternFault) as caught:
        read_pattern(pattern)
    assert caught.value.position == position


def test_signs_at_both_ends_may_be_written() -> None:
    assert matches("^[A-Z]{2}[0-9]+$", "FT117")


def test_matches_in_a_text_are_the_leftmost_and_longest() -> None:
    assert list(find("[0-9]{4,}", "n. 12345 del 2026, 77")) == [(3, 8), (13, 17)]
