"""Finding on read pages what an electronic invoice states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal

from rapidfuzz import fuzz

from extractors import dates, parse
from models.doctype import FieldSpec
from models.words import Box, Line, Page

ALIKE = 90.0  # of 100: names and descriptions may be spaced or abbreviated, or read a little wrong
MIN_FUZZY = 5  # characters: shorter texts are found in anything
NUMERIC = ("amount", "number", "percent")
MAX_LINES = 20_000  # of print that are looked at


@dataclass(frozen=True, slots=True)
class Place:
    """Where a value is printed."""

    page: int
    box: Box


@dataclass(frozen=True, slots=True)
class Print:
    """The lines of a document, with the habits that its numbers and dates show.

    On a credit note a sign is no difference: some print minus where the data have none.
    """

    lines: tuple[tuple[int, Line], ...]
    mark: parse.DecimalMark | None
    order: dates.DayOrder
    signs_matter: bool = True

    @classmethod
    def of(cls, pages: Sequence[Page], *, signs_matter: bool) -> Print:
        lines = tuple((page.number, line) for page in pages for line in page.lines)[:MAX_LINES]
        texts = [line.text for _, line in lines]
        order = dates.guess_day_order(texts) or "dmy"
        return cls(lines, parse.guess_decimal_mark(texts), order, signs_matter)

    def same(self, spec: FieldSpec, one: str, other: str) -> bool:
        """Whether two normalised values say the same."""
        if one == other:
            return True
        if spec.kind in NUMERIC:
            first, second = _decimal(one), _decimal(other)
            if first is None or second is None:
                return False
            if not self.signs_matter:
                first, second = abs(first), abs(second)
            return _rounds_to(first, second) or _rounds_to(second, first)
        if spec.kind == "text":
            return alike(one, other)
        if spec.kind in ("date", "currency"):
            return False
        return parse.compact(one) == parse.compact(other)

    def find(self, spec: FieldSpec, value: str, within: Place | None = None) -> Place | None:
        """Where `value` is printed, anywhere or in the rows of `within`; the last place for
        amounts, which stand under what they sum up, else the first."""
        found = None
        for number, line in self.lines:
            if within and not _shares_rows(number, line.box, within):
                continue
            span = self._find_in(spec, value, line.text)
            if span is not None:
                found = Place(number, _box(line, *span))
                if spec.kind != "amount":
                    break
        return found

    def _find_in(self, spec: FieldSpec, value: str, text: str) -> tuple[int, int] | None:
        if spec.kind == "text":
            return (0, len(text)) if holds(text, value) else None
        if spec.kind in NUMERIC or spec.kind in ("date", "currency"):
            spans = ((x.start, x.end) for x in self._values(spec, text) if self._is(spec, x, value))
            return next(spans, None)
        match = _pattern(spec, value).search(text)
        return match.span() if match else None

    def _values(self, spec: FieldSpec, text: str) -> Iterator[parse.Found]:
        if spec.kind == "date":
            return dates.find_dates(text, self.order)
        if spec.kind == "currency":
            return parse.find_currencies(text)
        return parse.find_amounts(text, self.mark)

    def _is(self, spec: FieldSpec, found: parse.Found, value: str) -> bool:
        return self.same(spec, found.value, value)


def alike(one: str, other: str) -> bool:
    """Whether two names or descriptions are the same text, or one holds the other."""
    first, second = parse.fold(one), parse.fold(other)
    if min(len(first), len(second)) < MIN_FUZZY:
        return first == second
    return max(fuzz.ratio(first, second), fuzz.token_set_ratio(first, second)) >= ALIKE


def holds(text: str, value: str) -> bool:
    """Whether a line of print holds a name, or begins a description that goes on below."""
    line, wanted = parse.fold(text), parse.fold(value)
    if len(wanted) < MIN_FUZZY:
        return re.search(rf"(?<!\w){re.escape(wanted)}(?!\w)", line) is not None
    if wanted in line:
        return True
    if len(line) < 0.5 * min(len(wanted), 40):
        return False
    return fuzz.partial_ratio(wanted[: max(len(line), 20)], line) >= ALIKE


def _pattern(spec: FieldSpec, value: str) -> re.Pattern[str]:
    """An identifier, however it is spaced, and a VAT number also without its country."""
    packed = parse.compact(value)
    prefix = ""
    if spec.kind == "vat_id" and re.match(r"[A-Z]{2}\d", packed):
        prefix, packed = f"(?:{packed[:2]}{_GAP})?", packed[2:]
    body = _GAP.join(re.escape(char) for char in packed) or r"(?!)"
    return re.compile(rf"(?<![A-Za-z0-9]){prefix}{body}(?![A-Za-z0-9])", re.IGNORECASE)


_GAP = r"[\s./_\-]{0,3}"


def _decimal(text: str) -> Decimal | None:
    read = re.fullmatch(r"-?\d+(?:\.\d+)?", text)
    return Decimal(text) if read else None


def _rounds_to(fine: Decimal, coarse: Decimal) -> bool:
    """Whether the second is the first, perhaps with fewer decimals, but two at least."""
    places = -int(coarse.as_tuple().exponent)
    return fine == coarse or (places >= 2 and 2 * abs(fine - coarse) <= Decimal(1).scaleb(-places))


def _shares_rows(page: int, box: Box, place: Place) -> bool:
    slack = 0.25 * box.height
    return page == place.page and place.box.y0 - slack <= box.cy <= place.box.y1 + slack


def _box(line: Line, start: int, end: int) -> Box:
    """Around the words that hold the characters `start`..`end` of the line."""
    boxes, at = [], 0
    for word in line.words:
        if at < end and start < at + len(word.text):
            boxes.append(word.box)
        at += len(word.text) + 1
    return Box.around(boxes) if boxes else line.box
