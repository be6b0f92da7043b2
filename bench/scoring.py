"""How right extracted values are, and how far their scores can be believed. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from bench.figures import pair_lines, share
from bench.truths import Order, Truth
from extractors import dates, parse
from extractors.values import Extraction, FieldValue
from models.doctype import DocumentType, FieldSpec, SumRule, ValueKind

BINS = 10
NUMBERS = frozenset({"amount", "number", "percent"})


@dataclass(frozen=True)
class Judged:
    """What the truth has in a place (None: nothing) and what was found there (None: nothing)."""

    name: str
    kind: ValueKind
    in_line: bool
    wanted: str | None
    found: FieldValue | None
    right: bool


@dataclass
class Tally:
    """Right values, wrong or unexpected ones, and those that are missing or wrong."""

    right: int = 0
    wrong: int = 0
    missed: int = 0

    def add(self, judged: Judged) -> None:
        self.right += judged.right
        self.wrong += judged.found is not None and not judged.right
        self.missed += judged.wanted is not None and not judged.right

    def to_dict(self) -> dict[str, float | int | None]:
        return {
            "right": self.right,
            "wrong": self.wrong,
            "missed": self.missed,
            "precision": share(self.right, self.right + self.wrong),
            "recall": share(self.right, self.right + self.missed),
            "f1": share(2 * self.right, 2 * self.right + self.wrong + self.missed),
        }


def count(judged: Iterable[Judged]) -> Tally:
    tally = Tally()
    for one in judged:
        tally.add(one)
    return tally


# -- against the truth ----------------------------------------------------------------------------


def judge(truth: Truth, kind: DocumentType, found: Extraction) -> list[Judged]:
    """Every value of a document that the truth says something about."""
    return [*_judge_header(truth, kind, found), *_judge_lines(truth, kind, found)]


def _judge_header(truth: Truth, kind: DocumentType, found: Extraction) -> Iterator[Judged]:
    told = {name for names in truth.fields for name in names.split("|")}
    for names, readings in truth.fields.items():
        specs = [spec for spec in kind.fields if spec.name in names.split("|")]
        values = [v for s in specs if (v := found.fields.get(s.name)) and v.value is not None]
        if not specs:
            continue
        right = [v for v in values if _is_right(truth, kind, v, readings)]
        shown = next(iter(right or values), None)
        # of several fields that may hold it, the one that does is the one that counts
        spec = next((s for s in specs if shown and s.name == shown.name), specs[0])
        yield Judged(spec.name, spec.kind, False, readings[0], shown, bool(right))
    if truth.complete:
        for spec in kind.fields:
            value = found.fields.get(spec.name)
            if spec.name in told or value is None or value.value is None:
                continue
            if spec.name not in truth.unknown and not follows(truth, kind, value):
                yield Judged(spec.name, spec.kind, False, None, value, False)


def follows(truth: Truth, kind: DocumentType, value: FieldValue) -> bool:
    """A value that is not printed follows from others: the third of a sum, a total that is due."""
    amounts = {spec.name for spec in kind.fields if spec.kind == "amount"}
    told = {n: Decimal(readings[0]) for n, readings in truth.fields.items() if n in amounts}
    if value.name == "amount_due":
        return "gross_total" in told and Decimal(value.value or 0) == told["gross_total"]
    for rule in kind.rules:
        if not isinstance(rule, SumRule) or value.name not in (*rule.terms, rule.equals):
            continue
        whole = {**told, value.name: Decimal(value.value or 0)}
        if {*rule.terms, rule.equals} <= whole.keys():
            return abs(sum(whole[t] for t in rule.terms) - whole[rule.equals]) <= rule.tolerance
    return False


def _is_right(truth: Truth, kind: DocumentType, value: FieldValue, readings: Sequence[str]) -> bool:
    spec = kind.spec(value.name, in_line=value.line is not None)
    return says(truth, spec, value.value or "", readings)


def says(truth: Truth, spec: FieldSpec, value: str, readings: Sequence[str]) -> bool:
    """Whether `value` is one of the readings that the truth has for a field."""
    part = spec.name in truth.part_of
    return any(
        agrees(spec.kind, reading, value, part=part, order=truth.order) for reading in readings
    )


def _judge_lines(truth: Truth, kind: DocumentType, found: Extraction) -> Iterator[Judged]:
    """Cells of line items; each line is compared with the one that it is most like."""
    if truth.lines is None:
        return
    columns = {spec.name: spec for spec in kind.lines}
    wanted = [{n: v for n, v in line.items() if n in columns} for line in truth.lines]
    plain = [{n: normalise(columns[n].kind, v) for n, v in line.items()} for line in wanted]
    held = [
        {n: normalise(columns[n].kind, v.value) for n, v in line.items() if v.value is not None}
        for line in found.lines
    ]
    pairs = pair_lines(plain, held)
    known = {name for line in wanted for name in line}
    for number, line in enumerate(wanted):
        cells = found.lines[pairs[number]] if number in pairs else {}
        for name, reading in line.items():
            cell = cells.get(name)
            shown = cell if cell is not None and cell.value is not None else None
            right = shown is not None and _is_right(truth, kind, shown, [reading])
            yield Judged(name, columns[name].kind, True, reading, shown, right)
    for index, cells in enumerate(found.lines):
        at = next((n for n, i in pairs.items() if i == index), None)
        for name, cell in cells.items():
            extra = at is None or name not in wanted[at]
            if extra and cell.value is not None and (truth.complete or name in known):
                yield Judged(name, columns[name].kind, True, None, cell, False)


def agrees(
    kind: ValueKind, wanted: str, found: str, *, part: bool = False, order: Order = "dmy"
) -> bool:
    """Whether two writings say the same: numbers by value, dates by day, text by its letters and
    digits. Of a text on several lines one line is enough; with `part` it may stand in a longer
    one, or hold it.
    """
    if kind == "date":
        return (dates.parse_date(wanted, order) or wanted) == found
    if kind in NUMBERS or not part:
        lines = wanted.splitlines() if kind == "text" else []
        return any(
            normalise(kind, one) == normalise(kind, found) for one in (wanted, *lines) if one
        )
    other = normalise(kind, found)
    parts = (normalise(kind, one) for one in (wanted, *wanted.splitlines()))
    return any(
        bool(one and other) and (one in other or (other in one and 2 * len(other) > len(one)))
        for one in parts
    )


def normalise(kind: ValueKind, text: str) -> str:
    """Numbers without trailing zeros, other text as its letters and digits in lower case."""
    if kind in NUMBERS:
        try:
            return f"{Decimal(text).normalize():f}"
        except InvalidOperation:
            read = parse.parse_amount(text)
            return f"{read[0].normalize():f}" if read else text
    return "".join(c for c in text.casefold() if c.isalnum())


# -- scores ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Bin:
    """Values whose scores lie between `low` and `high`: how many, their mean score, and how many
    of them are right (0..1)."""

    low: float
    high: float
    values: int
    score: float
    right: float


def calibration(pairs: Sequence[tuple[float, bool]], bins: int = BINS) -> list[Bin]:
    """The reliability table of (score, right) pairs; bins without values are left out."""
    held: dict[int, list[tuple[float, bool]]] = {}
    for score, right in pairs:
        held.setdefault(min(bins - 1, int(score * bins)), []).append((score, right))
    return [
        Bin(
            low=number / bins,
            high=(number + 1) / bins,
            values=len(found),
            score=sum(score for score, _ in found) / len(found),
            right=sum(right for _, right in found) / len(found),
        )
        for number, found in sorted(held.items())
    ]


def expected_error(pairs: Sequence[tuple[float, bool]], bins: int = BINS) -> float:
    """The expected calibration error: how far scores and rightness lie apart, on average (0..1).

    Pakdaman Naeini, Cooper and Hauskrecht, "Obtaining Well Calibrated Probabilities Using Bayesian
    Binning", AAAI 2015; with bins of equal width.
    """
    if not pairs:
        return 0.0
    table = calibration(pairs, bins)
    return sum(b.values * abs(b.score - b.right) for b in table) / len(pairs)


@dataclass(frozen=True)
class Point:
    """Taking every value scored `threshold` or more takes `coverage` of all, `risk` of it wrong."""

    threshold: float
    coverage: float
    risk: float


def risk_coverage(pairs: Sequence[tuple[float, bool]]) -> list[Point]:
    """The share of wrong values at every threshold, the strictest first.

    El-Yaniv and Wiener, "On the Foundations of Noise-free Selective Classification", JMLR 2010.
    """
    points: list[Point] = []
    wrong = 0
    ordered = sorted(pairs, key=lambda pair: -pair[0])
    for taken, (score, right) in enumerate(ordered, 1):
        wrong += not right
        if taken == len(ordered) or ordered[taken][0] < score:
            points.append(Point(score, taken / len(ordered), wrong / taken))
    return points


def coverage_at(points: Sequence[Point], risk: float) -> float:
    """The largest share of values that can be taken with at most `risk` of them wrong."""
    return max((point.coverage for point in points if point.risk <= risk), default=0.0)


def scored(judged: Iterable[Judged]) -> list[tuple[float, bool]]:
    """The score of each value that was found, and whether it is right."""
    return [(one.found.score, one.right) for one in judged if one.found is not None]


def by_name(judged: Iterable[Judged]) -> Mapping[str, list[Judged]]:
    groups: dict[str, list[Judged]] = {}
    for one in judged:
        groups.setdefault(("line " if one.in_line else "") + one.name, []).append(one)
    return groups
