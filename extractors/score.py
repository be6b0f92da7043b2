"""From the evidence for a value to the probability that it is right."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from extractors.choice import Choice
from models.doctype import ValueKind

LOWEST, HIGHEST = 0.01, 0.995
WORKED_OUT = 0.8  # the most for a value that was worked out and not read
CURVES = Path(__file__).with_name("calibration.yaml")


@dataclass(frozen=True, slots=True)
class Curve:
    """A logistic curve from evidence to probability; it rises, since `slope` is above 0."""

    slope: float
    shift: float

    def probability(self, evidence: float) -> float:
        """0..1 for any evidence (log odds)."""
        odds = max(-30.0, min(30.0, self.slope * evidence + self.shift))
        return 1 / (1 + math.exp(-odds))


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `bench calibrate` fitted: curves by the kind of a value, for headers and for lines.

    A kind without a curve of its own has the one called "any". `failed_rule` is the most that a
    value has once a rule that it takes part in has failed.
    """

    header: Mapping[str, Curve]
    lines: Mapping[str, Curve]
    failed_rule: float

    def curve(self, kind: str, *, in_line: bool) -> Curve:
        curves = self.lines if in_line else self.header
        return curves.get(kind) or curves["any"]


@cache
def calibration() -> Calibration:
    """The curves in `calibration.yaml`, which also has their card: data and figures."""
    data = yaml.safe_load(CURVES.read_text(encoding="utf-8"))
    header, lines = (
        {kind: Curve(*map(float, pair)) for kind, pair in data["curves"][part].items()}
        for part in ("header", "lines")
    )
    return Calibration(header, lines, float(data["failed_rule"]))


def evidence(choice: Choice, problems: Collection[str]) -> float:
    """All that speaks for `choice`, as one number (log odds, not yet calibrated).

    `choice.odds` are log odds from labels and place; a close second candidate, a poor reading and
    a failed check digit lower them, a sum that holds raises them.
    """
    odds = 0.75 * choice.odds - 0.3
    odds += 0.35 * max(-2.0, min(4.0, choice.lead))
    if choice.agrees:
        odds += 2.0
    if choice.reading < 0.995:
        odds -= 3.0 * min(0.5, 0.995 - choice.reading)
    return odds - 1.2 * len(problems)


def probability(
    choice: Choice, problems: Collection[str], kind: ValueKind = "text", *, in_line: bool = False
) -> float:
    """The estimated chance (0..1) that `choice` is the right value.

    It never falls with more evidence; a value that was worked out and not read stays under 0.8.
    """
    curve = calibration().curve(kind, in_line=in_line)
    chance = curve.probability(evidence(choice, problems))
    ceiling = WORKED_OUT if choice.page is None else HIGHEST
    return round(max(LOWEST, min(ceiling, chance)), 4)


def failed_rule_ceiling() -> float:
    """The most that a value has once a rule that it takes part in has failed."""
    return calibration().failed_rule
