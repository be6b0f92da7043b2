"""What stands around a value: the words before and above it, its place, the shape of its text.

Two papers of one layout have the same surroundings where they say the same thing, also when a
table has moved: words are looked for relative to the value, not to the page.
"""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from rapidfuzz import fuzz

from extractors.candidates import Document
from extractors.layout import Segment, Sheet
from extractors.lexicon import tokens
from extractors.parse import parse_currency
from models.words import Box

LABEL = 24  # characters of a label that are kept
REACH_LEFT = 60.0  # ems to a label on the same row
REACH_UP = 8.0  # ems to a label above
LONG = 40  # characters of a text above that is no label as a whole
SHAPE = 16  # characters of a shape


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """`left` and `above` are keys of the nearest words there ("" for none; digits are "#").

    `page` counts from 0, `back` from the last page; `box` is the value's, page-relative.
    """

    left: str
    above: str
    page: int
    back: int
    box: Box
    shape: str

    def to_list(self) -> list[Any]:
        return [self.left, self.above, self.page, self.back, self.box.to_list(), self.shape]

    @classmethod
    def from_list(cls, data: list[Any]) -> Whereabouts:
        left, above, page, back, box, shape = data
        return cls(str(left), str(above), int(page), int(back), Box.from_list(box), str(shape))


def look_around(
    document: Document, segment: Segment, start: int, end: int, box: Box
) -> Whereabouts:
    """The surroundings of `segment.text[start:end]`, whose box is `box`."""
    sheet = document.sheet_of(segment)
    return Whereabouts(
        left=_left(sheet, segment, start),
        above=_above(sheet, segment, box),
        page=document.sheets.index(sheet),
        back=len(document.sheets) - 1 - document.sheets.index(sheet),
        box=box,
        shape=shape_of(segment.text[start:end]),
    )


@lru_cache(maxsize=20_000)
def label_key(text: str) -> str:
    """Letters, folded, with "#" for every run of digits; "" when there are not two letters."""
    if parse_currency(text.strip(" .:")):
        return ""
    key = "".join(token.key or "#" for token in tokens(text))
    key = re.sub("#+", "#", key)
    return key if sum(c.isalpha() for c in key) >= 2 else ""


@lru_cache(maxsize=20_000)
def shape_of(text: str) -> str:
    """Upper case letters as A, lower case ones as a, digits as 9, runs of letters as one."""
    plain = "".join(
        "9" if c.isdigit() else "A" if c.isupper() else "a" if c.isalpha() else c
        for c in " ".join(text.split())
    )
    return re.sub(r"([Aa])\1+", r"\1", plain)[:SHAPE]


def _left(sheet: Sheet, segment: Segment, start: int) -> str:
    """The words before the value: in its own segment, else the nearest ones on its row."""
    if key := label_key(segment.text[:start]):
        return key[-LABEL:]
    edge = segment.box.x0
    for other in reversed(sheet.rows[segment.row]):
        if other.box.x1 > edge + 0.5 * sheet.em or other.index == segment.index:
            continue
        if sheet.across(edge - other.box.x1) > REACH_LEFT:
            break
        if key := label_key(other.text):
            return key[-LABEL:]
    return ""


def _above(sheet: Sheet, segment: Segment, box: Box) -> str:
    """The nearest words over the value; numbers of its column are passed over."""
    for row in reversed(sheet.rows[: segment.row]):
        if sheet.down(box.y0 - max(s.box.y1 for s in row)) > REACH_UP:
            break
        for other in row:
            if other.box.x0 > box.x1 or other.box.x1 < box.x0 or other.box.y1 > box.cy:
                continue
            text = other.text
            if len(text) > LONG:
                near = [w for w in other.words if w.box.x0 < box.x1 and w.box.x1 > box.x0]
                text = " ".join(w.text for w in near)
            if key := label_key(text):
                return key[-LABEL:]
    return ""


# -- likeness -------------------------------------------------------------------------------------


@lru_cache(maxsize=100_000)
def like(one: str, other: str) -> float:
    """How like two keys are, 0..1; a key that is a part of the other is nearly it."""
    if one == other:
        return 1.0
    if not one or not other:
        return 0.0
    whole = fuzz.ratio(one, other) / 100
    if min(len(one), len(other)) >= 5:
        return max(whole, 0.9 * fuzz.partial_ratio(one, other) / 100)
    return whole


@dataclass(frozen=True, slots=True)
class Shift:
    """Where places of one page lie on another: x becomes `ax` * x + `bx`."""

    ax: float = 1.0
    bx: float = 0.0
    ay: float = 1.0
    by: float = 0.0

    def move(self, box: Box) -> Box:
        return Box(self.ax * box.x0 + self.bx, self.ay * box.y0 + self.by,
                   self.ax * box.x1 + self.bx, self.ay * box.y1 + self.by)  # fmt: skip


NEAR_X, NEAR_Y = 0.035, 0.02  # standard deviations of a place, of the page's width and height


def evidence_of(known: Whereabouts, found: Whereabouts, shift: Shift) -> float:
    """Log odds that a value with the surroundings `found` is in the place of `known`.

    Words beside and above count most, the place on the page less, the shape of the text least.
    Without any words to go by the place has to do.
    """
    left, above = 2.0 * like(known.left, found.left) - 1, 2.0 * like(known.above, found.above) - 1
    words = 0.0
    if known.left and known.above:
        words = 2.4 * left + 1.4 * above
    elif known.left or known.above:
        words = 3.2 * left if known.left else 2.6 * above
    place = _nearness(known, found, shift)
    weight = 1.8 if known.left or known.above else 3.6
    text = 0.8 * fuzz.ratio(known.shape, found.shape) / 100
    return words + weight * place + text - 2.0


def _nearness(known: Whereabouts, found: Whereabouts, shift: Shift) -> float:
    """0..1; numbers may be set to the left or to the right, so the nearer edge counts."""
    if found.page != known.page and found.back != known.back:
        return 0.0
    box = shift.move(known.box) if found.page == known.page else known.box
    dx = min(abs(found.box.x0 - box.x0), abs(found.box.x1 - box.x1), abs(found.box.cx - box.cx))
    dy = found.box.cy - box.cy
    return math.exp(-0.5 * ((dx / NEAR_X) ** 2 + (dy / NEAR_Y) ** 2))
