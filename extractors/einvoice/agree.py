"""An electronic invoice held against its printed page.

The data win, for they are the original; but where page and data differ on a field, a person
decides. What the data leave open is read from the page.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from rapidfuzz import fuzz

from extractors import parse
from extractors.einvoice.data import EInvoice, Stated
from extractors.einvoice.printed import Place, Print
from extractors.validate import check
from extractors.values import FieldValue
from models.doctype import DocumentType, FieldSpec
from models.words import Box, Page

DIFFERS = "differs_from_print"
AGREED = 0.995  # stated, and printed the same or nowhere to be printed
UNSEEN = 0.95  # stated, and neither found on the page nor contradicted by it
DOUBTED = 0.5  # differs from the page, or does not have the form of its syntax
# Units are codes in the data (UN/ECE Recommendation 20) and words on paper: not to be compared.
NOT_COMPARED = {"unit"}
IDENTIFIERS = ("vat_id", "tax_id", "iban")  # their spelling is ours, whatever the syntax
LOOKED_BACK, LOOKED_AHEAD = 5, 25  # printed lines around where the next one is expected
MATCHES = 3.0  # points at which a printed line is the stated one

Values = dict[str, FieldValue]


def join(
    kind: DocumentType,
    invoice: EInvoice,
    fields: Mapping[str, FieldValue],
    lines: Sequence[Values],
    pages: Sequence[Page],
) -> tuple[Values, list[Values]]:
    """The values of the data with their places; `fields` and `lines` are what the page says."""
    page = Print.of(pages, signs_matter=not invoice.is_credit)
    header = {spec.name: _header(spec, invoice, fields[spec.name], page) for spec in kind.fields}
    if not invoice.lines:
        return header, list(lines)  # a profile without lines: the page has them
    partners = [None] * len(invoice.lines) if invoice.drawn else _pair(kind, invoice, lines, page)
    items = [
        {
            spec.name: _cell(spec, number, stated.get(spec.name), partner, page, invoice.drawn)
            for spec in kind.lines
        }
        for number, (stated, partner) in enumerate(zip(invoice.lines, partners, strict=True))
    ]
    return header, items


def _header(spec: FieldSpec, invoice: EInvoice, printed: FieldValue, page: Print) -> FieldValue:
    stated = invoice.fields.get(spec.name)
    if stated is None:
        return _unstated(spec, invoice, printed)
    value = _value(spec, None, stated)
    if invoice.drawn or value.value is None or value.score < UNSEEN:
        return value
    if printed.value is not None and page.same(spec, value.value, printed.value):
        return _agreed(value, _place_of(printed) or page.find(spec, value.value))
    place = page.find(spec, value.value)
    if printed.value is not None and (place is None or is_sure(spec, printed)):
        return _differs(value, printed)
    return _agreed(value, place) if place else value


def _unstated(spec: FieldSpec, invoice: EInvoice, printed: FieldValue) -> FieldValue:
    """What a page says of a field that the data leave out: only what it says for sure, when the
    data are complete."""
    complete = bool(invoice.lines)
    if complete and not spec.required and not is_sure(spec, printed):
        return FieldValue(spec.name, None, None, "", 0.0, None, None)
    return printed


def _cell(
    spec: FieldSpec,
    number: int,
    stated: Stated | None,
    partner: Values | None,
    page: Print,
    drawn: bool,
) -> FieldValue:
    if stated is None:
        return FieldValue(spec.name, number, None, "", 0.0, None, None)
    value = _value(spec, number, stated)
    if drawn or value.value is None or value.score < UNSEEN or spec.name in NOT_COMPARED:
        return value
    if partner is None:
        place = page.find(spec, value.value) if spec.kind == "text" else None
        return _agreed(value, place) if place else value
    printed = partner.get(spec.name)
    found = printed.value if printed else None
    if printed and found is not None and page.same(spec, value.value, found):
        return _agreed(value, _place_of(printed))
    place = page.find(spec, value.value, _row_of(partner))
    if place is not None:
        return _agreed(value, place)
    if printed and found is not None and spec.kind != "text" and is_sure(spec, printed):
        return _differs(value, printed)
    return value


def _value(spec: FieldSpec, line: int | None, stated: Stated) -> FieldValue:
    """The stated value, checked; one without the form of its syntax is never trusted."""
    checked = check(spec, stated.raw if stated.value is None else stated.value)
    is_open = stated.value is None or spec.kind in IDENTIFIERS
    return FieldValue(
        name=spec.name,
        line=line,
        value=checked.value if is_open else stated.value,
        raw=stated.raw,
        score=DOUBTED if stated.value is None else AGREED if stated.box else UNSEEN,
        page=stated.page,
        box=stated.box,
        problems=tuple(problem.code for problem in checked.problems),
    )


def is_sure(spec: FieldSpec, printed: FieldValue) -> bool:
    """Whether the page alone would have been believed."""
    known = printed.value is not None and not printed.problems
    return known and printed.score >= spec.threshold


def _agreed(value: FieldValue, place: Place | None) -> FieldValue:
    if place is None:
        return replace(value, score=AGREED)
    return replace(value, score=AGREED, page=place.page, box=place.box)


def _differs(value: FieldValue, printed: FieldValue) -> FieldValue:
    """Shown with the place on the page, where the other value stands."""
    return replace(
        value,
        score=DOUBTED,
        page=printed.page,
        box=printed.box,
        problems=(*value.problems, DIFFERS),
        printed=printed.value,
    )


def _place_of(printed: FieldValue) -> Place | None:
    if printed.page is None or printed.box is None:
        return None
    return Place(printed.page, printed.box)


# -- lines --------------------------------------------------------------------------------------


def _pair(
    kind: DocumentType, invoice: EInvoice, lines: Sequence[Values], page: Print
) -> list[Values | None]:
    """The printed line of each stated one, as far as one is like it; both in about one order."""
    free = dict(enumerate(lines))
    partners: list[Values | None] = []
    expected = 0
    for stated in invoice.lines:
        near = range(max(0, expected - LOOKED_BACK), expected + LOOKED_AHEAD)
        points = {at: _likeness(kind, stated, free[at], page) for at in near if at in free}
        # of equals the nearest
        best = max(points, key=lambda at: (points[at], -abs(at - expected)), default=None)
        if best is None or points[best] < MATCHES:
            partners.append(None)
            continue
        partners.append(free.pop(best))
        expected = best + 1
    return partners


def _likeness(
    kind: DocumentType, stated: Mapping[str, Stated], printed: Values, page: Print
) -> float:
    points = 0.0
    for spec in kind.lines:
        one = stated[spec.name].value if spec.name in stated else None
        other = printed[spec.name].value if spec.name in printed else None
        if one is None or other is None or spec.name in NOT_COMPARED:
            continue
        if spec.name == "description":
            ratio = fuzz.token_set_ratio(parse.fold(one), parse.fold(other))
            points += 2.0 * (ratio >= 80)
        elif page.same(spec, one, other):
            points += 2.0 if spec.name == "line_total" else 1.0
    return points


def _row_of(partner: Values) -> Place | None:
    """The rows that a printed line takes, on the page where it begins."""
    places = [place for cell in partner.values() if (place := _place_of(cell)) is not None]
    if not places:
        return None
    first = min(place.page for place in places)
    return Place(first, Box.around(place.box for place in places if place.page == first))
