"""From the evidence for a value to the probability that it is right."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import yaml

from extractors.candidates import Document
from extractors.choice import Choice
from models.doctype import ValueKind

LOWEST, HIGHEST = 0.01, 0.999
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
class Paper:
    """How familiar a document looks: the mean confidence of its words, and its known labels."""

    reading: float = 1.0
    labels: int = 20


def paper_of(document: Document) -> Paper:
    scores = [w.score for sheet in document.sheets for s in sheet.segments for w in s.words]
    concepts = {label.concept for label in document.labels}
    return Paper(sum(scores) / len(scores) if scores else 0.0, len(concepts))


TRAITS = ("odds", "lead", "hand", "agrees", "misread", "problems", "faint", "strange")
"""What speaks for a value; each rises with what does, and none has a weight below 0."""


def traits(choice: Choice, problems: Collection[str], paper: Paper) -> tuple[float, ...]:
    """The numbers that `TRAITS` names.

    `odds` and `lead` are the ranker's, `hand` is the lead by hand weights; then whether a sum
    holds, how far the value's poorest word is from sure, how many checks it fails, how poorly the
    page was read, and how few of its labels are known.
    """
    return (
        max(-6.0, min(8.0, choice.odds)),
        max(-2.0, min(8.0, choice.lead)),
        max(-2.0, min(5.0, choice.hand)),
        float(choice.agrees),
        -min(0.5, max(0.0, 0.995 - choice.reading)),
        -float(min(3, len(problems))),
        -min(0.3, max(0.0, 0.98 - paper.reading)),
        -max(0.0, 12 - paper.labels) / 12,
    )


@dataclass(frozen=True, slots=True)
class Calibration:
    """What `bench calibrate` fitted: weights of the traits, and curves by the kind of a value, for
    headers and for lines.

    A kind without a curve of its own has the one called "any". `failed_rule` is the most that a
    value has once a rule that it takes part in has failed.
    """

    weights: Mapping[str, tuple[float, ...]]
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
    weights = {part: tuple(float(found[name]) for name in TRAITS)
               for part, found in data["weights"].items()}  # fmt: skip
    return Calibration(weights, header, lines, float(data["failed_rule"]))


def evidence(weights: Sequence[float], found: Sequence[float]) -> float:
    """All that speaks for a value, as one number (log odds, before its kind's curve)."""
    return sum(weight * trait for weight, trait in zip(weights, found, strict=True))


def probability(
    choice: Choice,
    problems: Collection[str],
    kind: ValueKind = "text",
    *,
    in_line: bool = False,
    paper: Paper = Paper(),
) -> float:
    """The estimated chance (0..1) that `choice` is the right value.

    It never falls with more evidence; a value that was worked out and not read stays under 0.8.
    """
    fitted = calibration()
    weights = fitted.weights["lines" if in_line else "header"]
    curve = fitted.curve(kind, in_line=in_line)
    known = evidence(weights, traits(choice, problems, paper)) + choice.memory
    chance = curve.probability(known)
    ceiling = WORKED_OUT if choice.page is None else HIGHEST
    return round(max(LOWEST, min(ceiling, chance)), 4)


def failed_rule_ceiling() -> float:
    """The most that a value has once a rule that it takes part in has failed."""
    return calibration().failed_rule
