"""Scores are probabilities and follow the evidence."""

from __future__ import annotations

import dataclasses

from hypothesis import given
from hypothesis import strategies as st

from extractors.choice import Choice
from extractors.score import probability
from models.words import Box

CHOICE = Choice("12.00", "12,00", 1, Box(0.1, 0.1, 0.2, 0.2), odds=1.0, lead=1.0, reading=0.99)
ANY = st.floats(min_value=-100, max_value=100)


@given(odds=ANY, lead=ANY, reading=st.floats(min_value=0, max_value=1), problems=st.integers(0, 4))
def test_a_score_is_a_probability(odds: float, lead: float, reading: float, problems: int) -> None:
    choice = dataclasses.replace(CHOICE, odds=odds, lead=lead, reading=reading)
    assert 0 < probability(choice, ["p"] * problems) < 1


@given(odds=st.floats(min_value=-5, max_value=5))
def test_evidence_moves_the_score_the_right_way(odds: float) -> None:
    base = dataclasses.replace(CHOICE, odds=odds)
    score = probability(base, [])
    assert probability(dataclasses.replace(base, odds=odds + 1), []) >= score
    assert probability(dataclasses.replace(base, lead=3.0), []) >= score
    assert probability(dataclasses.replace(base, agrees=True), []) >= score
    assert probability(dataclasses.replace(base, reading=0.6), []) <= score
    assert probability(base, ["vat_check_digit"]) <= score


def test_a_value_that_was_worked_out_is_never_sure() -> None:
    made = dataclasses.replace(CHOICE, odds=20.0, page=None, box=None)
    assert probability(made, []) <= 0.8
