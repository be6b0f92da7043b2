"""Figures of a run: percentiles of times, and how much of what was released is right. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import Any

Values = Mapping[str, str | None]


def percentile(values: Sequence[float], percent: float) -> float | None:
    """The smallest value that at least `percent` % of `values` do not exceed (nearest rank).

    None when there are no values; ValueError when `percent` is not above 0 and at most 100.
    """
    if not 0 < percent <= 100:
        raise ValueError(f"not a percentile: {percent}")
    if not values:
        return None
    return sorted(values)[math.ceil(len(values) * percent / 100) - 1]


def summarise(
    values: Sequence[float], percents: Sequence[int] = (50, 95, 99), *, largest: bool = True
) -> dict[str, float | None]:
    """`{"p50": …, "p95": …, "p99": …, "max": …}`, to the tenth of a millisecond."""
    found = {f"p{percent}": percentile(values, percent) for percent in percents}
    if largest:
        found["max"] = max(values, default=None)
    return {name: None if value is None else round(value, 4) for name, value in found.items()}


def per(count: float, seconds: float, unit: float) -> float | None:
    """How many in each `unit` seconds; None when no time has passed."""
    return round(count / seconds * unit, 2) if seconds > 0 else None


def share(part: float, whole: float) -> float | None:
    """`part` of `whole` from 0 to 1; None of nothing."""
    return round(part / whole, 5) if whole else None


@dataclass
class Tally:
    """Compared values and how many of them were right."""

    compared: int = 0
    right: int = 0

    def add(self, right: bool) -> None:
        self.compared += 1
        self.right += right

    def to_dict(self) -> dict[str, Any]:
        return {
            "compared": self.compared,
            "right": self.right,
            "accuracy": share(self.right, self.compared),
        }


@dataclass
class Score:
    """Released values against the truth.

    Every value that the truth has is compared, also one that is missing from the release;
    `unexpected` counts released values for which the truth has none. `sources` holds a tally each
    for what a machine and what a person had last; a missing value counts for the machine.
    """

    all: Tally = field(default_factory=Tally)
    sources: dict[str, Tally] = field(
        default_factory=lambda: {"machine": Tally(), "person": Tally()}
    )
    unexpected: int = 0

    def add(self, truth: Values, released: Mapping[str, Mapping[str, Any]]) -> None:
        """Compare one group of fields: a document's header, or one line of it."""
        for name, value in truth.items():
            cell = released.get(name, {})
            right = same(value, cell.get("value"))
            self.all.add(right)
            self.sources[cell.get("source", "machine")].add(right)
        self.unexpected += sum(
            1 for name, cell in released.items() if name not in truth and cell.get("value")
        )

    def to_dict(self) -> dict[str, Any]:
        sources = {name: tally.to_dict() for name, tally in self.sources.items()}
        return {**self.all.to_dict(), **sources, "unexpected": self.unexpected}


def score_document(score: Score, truth: Mapping[str, Any], released: Mapping[str, Any]) -> None:
    """Add one released document (of a `data.json`) to `score`.

    `truth` is the generator's: `type`, `fields` and `lines`. Lines are compared with those that
    they are most like, since a line that was missed moves all that follow.
    """
    score.add(truth["fields"], released["fields"])
    lines = [{n: cell["value"] for n, cell in line.items()} for line in released["lines"]]
    pairs = pair_lines(truth["lines"], lines)
    for number, line in enumerate(truth["lines"]):
        score.add(line, released["lines"][pairs[number]] if number in pairs else {})
    for number in set(range(len(lines))) - set(pairs.values()):
        score.add({}, released["lines"][number])


def pair_lines(truth: Sequence[Values], found: Sequence[Values]) -> dict[int, int]:
    """Which line of `found` is which of `truth`, by index: the most alike first, each once.

    Of pairs that are equally alike the one with the least distance in order goes first; lines
    that have no value in common stay alone, except where both are the line of that number.
    """
    scores = [
        (likeness(wanted, line), -abs(number - index), -number, number, index)
        for number, wanted in enumerate(truth)
        for index, line in enumerate(found)
    ]
    pairs: dict[int, int] = {}
    taken: set[int] = set()
    for alike, distance, _, number, index in sorted(scores, reverse=True):
        if number not in pairs and index not in taken and (alike or not distance):
            pairs[number] = index
            taken.add(index)
    return pairs


def likeness(one: Values, other: Values) -> int:
    """How many values two lines have in common."""
    return sum(1 for name, value in one.items() if value and same(value, other.get(name)))


def same(one: str | None, other: str | None) -> bool:
    """Whether two values say the same: case, spaces and trailing zeros apart."""
    if not one or not other:
        return not one and not other
    return _plain(one) == _plain(other) or _is_equal_number(one, other)


def _plain(text: str) -> str:
    return " ".join(text.split()).casefold()


def _is_equal_number(one: str, other: str) -> bool:
    try:
        return Decimal(one) == Decimal(other)
    except InvalidOperation:
        return False


def count_untouched(documents: Iterable[Mapping[str, Any]]) -> dict[str, float | None]:
    """Straight-through rates of released documents: the share of documents, and of fields, that
    no person has keyed."""
    whole = untouched = fields = by_machine = 0
    for document in documents:
        cells = [*document["fields"].values()]
        cells += [cell for line in document["lines"] for cell in line.values()]
        machine = sum(1 for cell in cells if cell["source"] == "machine")
        whole += 1
        untouched += machine == len(cells)
        fields += len(cells)
        by_machine += machine
    return {"documents": share(untouched, whole), "fields": share(by_machine, fields)}
