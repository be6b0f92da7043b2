"""The invisible text of a page: words of the upright image put where the original shows them.

Three spaces are involved. *Upright*: the image that was read, 0..1, y down. *Shown*: the page as
the file shows it, 0..1, y down; it became the upright image by a turn and a small rotation
(`extractors/page.py`). *Page*: the space of a PDF page's content, in points, y up.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from extractors.glyphless import ADVANCE, DESCENT, UNITS, Codes
from models.words import Line, Page, Word

FINENESS = 10  # steps a point: coordinates are whole numbers of them
SPACE = 0.1  # of the line's height: the least room for a space between two words
BASELINE = -DESCENT / UNITS  # of the line's height, from its bottom


@dataclass(frozen=True, slots=True)
class Affine:
    """x' = a x + c y + e, y' = b x + d y + f: in the order in which PDF writes it."""

    a: float
    b: float
    c: float
    d: float
    e: float
    f: float

    def __call__(self, x: float, y: float) -> tuple[float, float]:
        return self.a * x + self.c * y + self.e, self.b * x + self.d * y + self.f

    def then(self, after: Affine) -> Affine:
        """First this, then `after`."""
        a, b = after.a * self.a + after.c * self.b, after.b * self.a + after.d * self.b
        c, d = after.a * self.c + after.c * self.d, after.b * self.c + after.d * self.d
        e, f = after(self.e, self.f)
        return Affine(a, b, c, d, e, f)


# What a quarter turn clockwise does to the unit square, y down; and back.
TURNED_BACK = {
    0: Affine(1, 0, 0, 1, 0, 0),
    90: Affine(0, -1, 1, 0, 0, 1),
    180: Affine(-1, 0, 0, -1, 1, 1),
    270: Affine(0, 1, -1, 0, 1, 0),
}


def to_shown(page: Page) -> Affine:
    """From the upright image to the page as the file shows it: both 0..1, y down.

    Undoes `level`, a clockwise rotation by `skew` about the middle, then `turn`.
    """
    width, height = float(page.width), float(page.height)
    angle = math.radians(page.skew)
    cos, sin = math.cos(angle), math.sin(angle)
    # Pixel centres are at whole numbers for the rotation, but at halves for boxes.
    x, y = width / 2 + 0.5, height / 2 + 0.5
    level_back = Affine(cos, -sin, sin, cos, x - cos * x - sin * y, y + sin * x - cos * y)
    return (
        Affine(width, 0, 0, height, 0, 0)
        .then(level_back)
        .then(Affine(1 / width, 0, 0, 1 / height, 0, 0))
        .then(TURNED_BACK[page.rotation])
    )


def to_page(left: float, bottom: float, right: float, top: float, rotate: int) -> Affine:
    """From the page as shown (0..1, y down) to its content's space.

    The four edges are the visible box, unturned; `rotate` is the page's own clockwise turn.
    """
    to_box = Affine(right - left, 0, 0, bottom - top, left, top)
    return TURNED_BACK[rotate % 360].then(to_box)


# -- content ------------------------------------------------------------------------------------


def draw_text(page: Page, place: Affine, codes: Codes, font: str) -> bytes:
    """The content that puts the page's lines at their places, to be found but not seen.

    `place` leads from the upright image (0..1, y down) to the page's space. Empty when there is
    nothing to write.
    """
    width, height = _extent(place)
    # The space of the text: upright, y up, whole steps, so that the numbers are short.
    wide, high = max(1.0, width * FINENESS), max(1.0, height * FINENESS)
    back = Affine(1 / wide, 0, 0, -1 / high, 0, 1).then(place)
    writer = _Writer(codes, font)
    for line in page.lines:
        writer.write(_runs(line, wide, high))
    if not writer.parts:
        return b""
    matrix = " ".join(_number(v) for v in (back.a, back.b, back.c, back.d, back.e, back.f))
    head = f"q {matrix} cm BT 3 Tr\n".encode()
    return head + b"\n".join(writer.parts) + b"\nET Q\n"


def _extent(place: Affine) -> tuple[float, float]:
    return math.hypot(place.a, place.b), math.hypot(place.c, place.d)


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


@dataclass(frozen=True, slots=True)
class Run:
    """Text from `start`, along its baseline for `length`, `size` high; `turn` is 0, 90 or -90
    degrees counter-clockwise. In whole steps of the text's space."""

    text: str
    x: int
    y: int
    length: float
    size: int
    turn: int


def _runs(line: Line, wide: float, high: float) -> Iterator[Run]:
    """A line's words, and the spaces between them that make them words when copied."""
    words = [word for word in line.words if word.text.strip()]
    if not words:
        return
    turn = _turn(words, line, wide, high)
    spans = [_span(word, turn, wide, high) for word in words]
    size = max(1, round(_middle([across for _, _, across, _ in spans])))
    ends = [min(end, following[0]) for (_, end, _, _), following in pairwise(spans)]
    for index, (word, (start, end, across, base)) in enumerate(zip(words, spans, strict=True)):
        own = size if abs(across - size) <= 0.15 * size else max(1, round(across))
        foot = base + BASELINE * own
        last = index == len(words) - 1
        stop = end if last else max(start + 1, min(ends[index], spans[index + 1][0] - SPACE * own))
        yield _run(word.text, start, stop, foot, own, turn)
        if not last:
            yield _run(" ", stop, max(spans[index + 1][0], stop + 1), foot, own, turn)


def _turn(words: Sequence[Word], line: Line, wide: float, high: float) -> int:
    """Which way the line runs: along, up or down the page."""
    box = line.box
    if len(line.text) < 3 or box.height * high < 1.5 * box.width * wide:
        return 0
    if all(w.box.width * wide > w.box.height * high for w in words if len(w.text) > 1):
        return 0  # level words in a column
    return -90 if words[0].box.cy < words[-1].box.cy else 90


def _span(word: Word, turn: int, wide: float, high: float) -> tuple[float, float, float, float]:
    """Start and end along the baseline's direction, height across it, and the foot across it."""
    x0, x1 = word.box.x0 * wide, word.box.x1 * wide
    y0, y1 = (1 - word.box.y1) * high, (1 - word.box.y0) * high
    if turn == 90:  # upwards: the foot is on the right
        return y0, y1, x1 - x0, -x1
    if turn == -90:
        return -y1, -y0, x1 - x0, x0
    return x0, x1, y1 - y0, y0


def _run(text: str, start: float, stop: float, foot: float, size: int, turn: int) -> Run:
    x, y = {0: (start, foot), 90: (-foot, start), -90: (foot, -start)}[turn]
    return Run(text, round(x), round(y), stop - start, size, turn)


def _middle(values: Sequence[float]) -> float:
    return sorted(values)[len(values) // 2]


class _Writer:
    """Text operators with no more of them than change something."""

    def __init__(self, codes: Codes, font: str) -> None:
        self.parts: list[bytes] = []
        self._codes, self._font = codes, font
        self._x = self._y = self._turn = self._size = 0
        self._stretch = 100

    def write(self, runs: Iterator[Run]) -> None:
        for run in runs:
            self.parts.append(self._move(run) + self._shape(run) + self._show(run.text))

    def _move(self, run: Run) -> bytes:
        turned = run.turn != self._turn
        self._turn = run.turn
        dx, dy = run.x - self._x, run.y - self._y
        self._x, self._y = run.x, run.y
        if turned or run.turn:
            cos, sin = (1, 0) if run.turn == 0 else (0, 1 if run.turn > 0 else -1)
            return b"%d %d %d %d %d %d Tm " % (cos, sin, -sin, cos, run.x, run.y)
        return b"%d %d Td " % (dx, dy) if dx or dy else b""

    def _shape(self, run: Run) -> bytes:
        shape = b""
        if run.size != self._size:
            self._size = run.size
            shape += b"/%s %d Tf " % (self._font.encode(), run.size)
        natural = len(run.text) * run.size * ADVANCE / UNITS
        stretch = max(1, round(100 * run.length / natural))
        if stretch != self._stretch:
            self._stretch = stretch
            shape += b"%d Tz " % stretch
        return shape

    def _show(self, text: str) -> bytes:
        coded = self._codes.encode(text)
        for plain in (b"\\", b"(", b")"):
            coded = coded.replace(plain, b"\\" + plain)
        # A reader takes a bare carriage return for a line feed.
        return b"(" + coded.replace(b"\r", b"\\r") + b")Tj"
