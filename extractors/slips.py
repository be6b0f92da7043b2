"""Several receipts on one page: papers that were laid side by side on the scanner.

A page is cut apart along gutters without text, as in the recursive X-Y cut (Nagy and Seth 1984),
but only where what lies on both sides is a whole receipt by itself: with a total, a date or the
number of a business, and the words of its kind. So columns of one page stay together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from extractors import lexicon
from extractors.candidates import Document, survey
from extractors.classify import detect_language, detect_type
from extractors.layout import lay_out
from extractors.split import Slips, crop
from models.doctype import DocumentType
from models.words import Box, Page

RECEIPT = "receipt"
TOTALS = frozenset({"gross_total", "amount_due", "total"})
NARROW = 0.6  # width / height under which a page has room for one receipt only
GUTTER = 1.2  # ems without text between papers
APART = 0.05  # of the page's height: too much between a receipt and its foot
STRIP = 0.75  # of two papers' width in common: they may be one strip
MARGIN = 1.5  # ems that are kept around a paper's text where there is room
FEWEST = 5  # lines of a receipt
MOST = 12  # papers on one page
LIKELY = 0.6  # type score of a part that may be a receipt
# Beside each other two papers share no row of text; below each other one may be the other's foot.
BESIDE, BELOW = 0.95, 0.7
WEAK = 0.6  # a paper lacks a date and a number, or may be two


@dataclass(frozen=True, slots=True)
class Piece:
    """A region of the page with all that is on it; `sure` is how sure it is a whole receipt."""

    box: Box
    sure: float


def find_slips(page: Page, types: Mapping[str, DocumentType]) -> Slips | None:
    """The papers on a page, top left first; None when it is one paper, as nearly all are."""
    if RECEIPT not in types or page.blank or page.width < NARROW * page.height:
        return None
    sheet = lay_out(page)
    boxes = tuple(segment.box for segment in sheet.segments)
    if len(boxes) < 2 * FEWEST:
        return None
    if not _is_receipt(page, boxes, types):
        return None
    across, down = GUTTER * sheet.em / max(0.1, sheet.aspect), GUTTER * sheet.em
    pieces, score = _cut(page, boxes, types, across, down)
    if not 2 <= len(pieces) <= MOST:
        return None
    margin = MARGIN * sheet.em
    regions = _widen([piece.box for piece in pieces], margin / max(0.1, sheet.aspect), margin)
    return Slips(tuple(regions), min(score, *(piece.sure for piece in pieces)))


def _cut(
    page: Page,
    boxes: tuple[Box, ...],
    types: Mapping[str, DocumentType],
    across: float,
    down: float,
) -> tuple[list[Piece], float]:
    """The receipts among `boxes`, which look like one, and how sure the gutters between them are.

    The widest gutter that has receipts on both sides is the next cut; so the work is bounded.
    """
    for beside in (True, False):
        for first, second in _halves(boxes, beside, across if beside else down):
            sure = [_is_receipt(page, half, types) for half in (first, second)]
            if not all(sure) or (not beside and min(sure) < 1):  # the latter: a foot, no paper
                continue
            if not beside and _is_strip(Box.around(first), Box.around(second)):
                return [Piece(Box.around(boxes), WEAK)], 1.0
            one, other = (_cut(page, half, types, across, down) for half in (first, second))
            return [*one[0], *other[0]], min(BESIDE if beside else BELOW, one[1], other[1])
    return [Piece(Box.around(boxes), _is_receipt(page, boxes, types))], 1.0


def _is_strip(upper: Box, lower: Box) -> bool:
    """Whether two texts below each other may be one long receipt, the lower one its card slip."""
    common = min(upper.x1, lower.x1) - max(upper.x0, lower.x0)
    whole = max(upper.x1, lower.x1) - min(upper.x0, lower.x0)
    return common > STRIP * whole and lower.y0 - upper.y1 < APART


def _halves(
    boxes: tuple[Box, ...], beside: bool, least: float
) -> list[tuple[tuple[Box, ...], tuple[Box, ...]]]:
    """The boxes on both sides of each gutter, the widest gutter first."""
    order = sorted(boxes, key=lambda box: box.x0 if beside else box.y0)
    gaps = []
    end = order[0].x1 if beside else order[0].y1
    for i, box in enumerate(order[1:], 1):
        start, reach = (box.x0, box.x1) if beside else (box.y0, box.y1)
        if start - end >= least and FEWEST <= i <= len(order) - FEWEST:
            gaps.append((start - end, i))
        end = max(end, reach)
    return [(tuple(order[:i]), tuple(order[i:])) for _, i in sorted(gaps, reverse=True)[:MOST]]


def _is_receipt(page: Page, boxes: Sequence[Box], types: Mapping[str, DocumentType]) -> float:
    """How sure the text in `boxes` is one receipt; 0 when it is none."""
    part = crop(page, Box.around(boxes))
    name, score = detect_type([part], types)
    if name != RECEIPT or score < LIKELY or len(boxes) < FEWEST:
        return 0.0
    found = survey([part], lexicon.labels(), detect_language([part]))
    if not any(label.concept in TOTALS for label in found.labels) or not found.spans.get("amount"):
        return 0.0
    return 1.0 if _is_dated(found) else WEAK


def _is_dated(found: Document) -> bool:
    return bool(found.spans.get("date") or found.spans.get("vat_id"))


def _widen(boxes: list[Box], across: float, down: float) -> list[Box]:
    """Each box with a margin, but not over the middle between it and the next paper."""
    widened = []
    for box in boxes:
        left, right, top, bottom = across, across, down, down
        for other in boxes:
            if other is box:
                continue
            if other.y0 < box.y1 and box.y0 < other.y1:
                if other.x0 >= box.x1:
                    right = min(right, (other.x0 - box.x1) / 2)
                elif other.x1 <= box.x0:
                    left = min(left, (box.x0 - other.x1) / 2)
            if other.x0 < box.x1 and box.x0 < other.x1:
                if other.y0 >= box.y1:
                    bottom = min(bottom, (other.y0 - box.y1) / 2)
                elif other.y1 <= box.y0:
                    top = min(top, (box.y0 - other.y1) / 2)
        widened.append(
            Box(
                max(0.0, box.x0 - left),
                max(0.0, box.y0 - top),
                min(1.0, box.x1 + right),
                min(1.0, box.y1 + bottom),
            )
        )
    return widened
