"""Scores are probabilities and follow the evidence."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from extractors.choice import Choice
from extractors.score import calibration, failed_rule_ceiling, probability
from extractors.types import TYPES
from models.doctype import ValueKind
from models.words import Box

CHOICE = Choice("12.00", "12,00", 1, Box(0.1, 0.1, 0.2, 0.2), odds=1.0, lead=1.0, reading=0.99)
KINDS = st.sampled_from(["amount", "date", "identifier", "number", "text", "vat_id", "iban"])
ANY = st.floats(min_value=-100, max_value=100)


@given(odds=ANY, lead=ANY, reading=st.floats(min_value=0, max_value=1), problems=st.integers(0, 4))
def test_a_score_is_a_probability(odds: float, lead: float, reading: float, problems: int) -> None:
    choice = dataclasses.replace(CHOICE, odds=odds, lead=lead, reading=reading)
    assert 0 < probability(choice, ["p"] * problems) < 1


@given(odds=st.floats(min_value=-5, max_value=5), kind=KINDS, in_line=st.booleans())
def test_evidence_moves_the_score_the_right_way(
    odds: float, kind: ValueKind, in_line: bool
) -> None:
    def score(problems: Sequence[str] = (), **changes: Any) -> float:
        choice = dataclasses.replace(CHOICE, **{"odds": odds, **changes})
        return probability(choice, problems, kind, in_line=in_line)

    base = score()
    assert score(odds=odds + 1) >= base
    assert score(lead=3.0) >= base
    assert score(agrees=True) >= base
    assert score(reading=0.6) <= base
    assert score(["vat_check_digit"]) <= base


def test_every_curve_rises() -> None:
    curves = calibration()
    assert all(c.slope > 0 for part in (curves.header, curves.lines) for c in part.values())


def test_a_failed_rule_keeps_a_value_under_every_threshold_of_what_rules_name() -> None:
    for kind in TYPES.values():
        for spec in (*kind.fields, *kind.lines):
            assert failed_rule_ceiling() < spec.threshold, (kind.name, spec.name)


def test_a_value_that_was_worked_out_is_never_sure() -> None:
    made = dataclasses.replace(CHOICE, odds=20.0, page=None, box=None)
    assert probability(made, []) <= 0.8
