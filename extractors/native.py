"""The text layer of a PDF page: is it sound, and which words and lines does it hold?

Runs in the parsing process on plain glyphs and imports nothing heavy.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

MIN_CHARS = 2
FEW_CHARS = 200  # fewer must account for most of the page's ink: see `accounts_for`
COVERED = 0.8  # a picture over this part of the page is the page
WORD_GAP = 0.2  # of the font height: a wider gap parts two words
SPACE_GAP = 0.08  # the same where there is a space between them
LINE_GAP = 2.0  # of the font height: a wider gap parts two lines, as a text detector would
COMB_CHARS = 5  # at least so many evenly spaced single characters are one word
MAX_BAD = 0.03  # share of characters without a meaning in a sound layer


@dataclass(frozen=True, slots=True)
class Glyph:
    """One character with its page-relative box; not `upright` when it runs up or down the page."""

    text: str
    x0: float
    y0: float
    x1: float
    y1: float
    upright: bool = True

    @property
    def height(self) -> float:
        return self.y1 - self.y0


@dataclass(frozen=True, slots=True)
class Part:
    """The part of the media box that is shown, in points from the top left of the turned page."""

    left: float
    top: float
    width: float
    height: float


def visible_part(media: Sequence[float], shown: Sequence[float], rotation: int) -> Part:
    """Where `shown` lies in `media` after turning the page clockwise by `rotation` degrees.

    Both are `x0, y0, x1, y1` in the page's own space (y upwards).
    """
    mx0, mx1 = sorted((media[0], media[2]))
    my0, my1 = sorted((media[1], media[3]))
    x0, y0, x1, y1 = shown
    width, height = x1 - x0, y1 - y0
    if rotation == 90:
        return Part(y0 - my0, x0 - mx0, height, width)
    if rotation == 180:
        return Part(mx1 - x1, y0 - my0, width, height)
    if rotation == 270:
        return Part(my1 - y1, mx1 - x1, height, width)
    return Part(x0 - mx0, my1 - y1, width, height)


def read(glyphs: Iterable[Glyph], aspect: float) -> list[list[list[Any]]] | None:
    """Words by line, `[text, x0, y0, x1, y1]`, or None when the layer is not sound.

    `aspect` is the page's width over its height. Glyphs outside the page are dropped.
    """
    inside = [glyph for glyph in glyphs if _is_inside(glyph)]
    if not is_sound("".join(glyph.text for glyph in inside)):
        return None
    upright = [glyph for glyph in inside if glyph.upright]
    if len(upright) < 0.5 * len(inside):
        return None  # text runs down the page: the image is turned first, so it reads better
    lines = [
        [_to_row(word) for word in line]
        for row in _rows(upright)
        for line in _split(_join_combs(list(_words(row, aspect)), aspect), aspect)
    ]
    return lines or None


def is_sound(text: str) -> bool:
    """Whether the characters mean something: enough of them, printable, mostly letters or digits.

    Broken layers show as `(cid:12)`, private use, replacement or control characters.
    """
    shown = [char for char in text.replace("(cid:", "\ufffd") if not char.isspace()]
    if len(shown) < MIN_CHARS:
        return False
    bad = sum(
        char == "\ufffd" or unicodedata.category(char) in ("Cc", "Cn", "Co", "Cs") for char in shown
    )
    meaningful = sum(char.isalnum() for char in shown)
    return bad <= MAX_BAD * len(shown) and meaningful >= 0.5 * len(shown)


def _is_inside(glyph: Glyph) -> bool:
    x, y = (glyph.x0 + glyph.x1) / 2, (glyph.y0 + glyph.y1) / 2
    return 0 <= x <= 1 and 0 <= y <= 1 and glyph.height > 0


def _rows(glyphs: Iterable[Glyph]) -> list[list[Glyph]]:
    """Glyphs on one baseline, left to right; doubled ones (fake bold) once."""
    rows: list[list[Glyph]] = []
    for glyph in sorted(glyphs, key=lambda g: (g.y1, g.x0)):
        if rows and _shares_baseline(rows[-1][0], glyph):
            rows[-1].append(glyph)
        else:
            rows.append([glyph])
    return [_undouble(sorted(row, key=lambda g: (g.x0, g.x1))) for row in rows]


def _shares_baseline(first: Glyph, glyph: Glyph) -> bool:
    return glyph.y1 - first.y1 <= 0.3 * min(first.height, glyph.height)


def _undouble(row: Sequence[Glyph]) -> list[Glyph]:
    kept: list[Glyph] = []
    for glyph in row:
        twin = any(
            other.text == glyph.text and abs(other.x0 - glyph.x0) < 0.2 * (glyph.x1 - glyph.x0)
            for other in kept[-3:]
        )
        if not twin:
            kept.append(glyph)
    return kept


def _words(row: Sequence[Glyph], aspect: float) -> Iterator[list[Glyph]]:
    word: list[Glyph] = []
    spaced = False
    for glyph in row:
        if glyph.text.isspace():
            spaced = True
            continue
        gap = (glyph.x0 - max(g.x1 for g in word[-3:])) * aspect if word else 0.0
        # A space glyph alone proves nothing: trailing ones often lie over the next text.
        if gap > (SPACE_GAP if spaced else WORD_GAP) * glyph.height:
            yield word
            word = []
        word.append(glyph)
        spaced = False
    if word:
        yield word


def _join_combs(words: list[list[Glyph]], aspect: float) -> list[list[Glyph]]:
    """Characters spread evenly over the boxes of a form (a tax code) made one word each."""
    joined: list[list[Glyph]] = []
    at = 0
    while at < len(words):
        end = _comb_end(words, at, aspect)
        joined.append([glyph for word in words[at:end] for glyph in word])
        at = end
    return joined


def _comb_end(words: list[list[Glyph]], at: int, aspect: float) -> int:
    """The end of the evenly spaced run of single letters or digits at `at`; `at + 1` if none."""
    end, pitch = at + 1, 0.0
    while end < len(words) and all(_is_single(word) for word in words[end - 1 : end + 1]):
        before, after = words[end - 1][0], words[end][0]
        step = ((after.x0 + after.x1) - (before.x0 + before.x1)) / 2 * aspect
        pitch = pitch or step
        if abs(step - pitch) > 0.15 * pitch or step > LINE_GAP * after.height:
            break
        end += 1
    return end if end - at >= COMB_CHARS else at + 1


def _is_single(word: list[Glyph]) -> bool:
    return len(word) == 1 and word[0].text.isalnum()


def _split(words: list[list[Glyph]], aspect: float) -> Iterator[list[list[Glyph]]]:
    """A row's words cut where the gap is as wide as between columns."""
    if not words:
        return
    start = 0
    for index, (before, after) in enumerate(pairwise(words), start=1):
        height = max(before[-1].height, after[0].height)
        if (after[0].x0 - before[-1].x1) * aspect > LINE_GAP * height:
            yield words[start:index]
            start = index
    yield words[start:]


def _to_row(word: Sequence[Glyph]) -> list[Any]:
    text = unicodedata.normalize("NFC", "".join(glyph.text for glyph in word))
    edges = (
        min(glyph.x0 for glyph in word),
        min(glyph.y0 for glyph in word),
        max(glyph.x1 for glyph in word),
        max(glyph.y1 for glyph in word),
    )
    return [text, *(round(min(max(edge, 0.0), 1.0), 6) for edge in edges)]
