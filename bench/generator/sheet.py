"""A sheet to print on: templates go in, PDF bytes and the place of every field come out.

Text is written as a template: `{gross_total}` prints the document's gross total *and* records
where it stands, so the truth holds exactly what was printed. `{seller_vat+seller_tax_id}` prints
the first and records both, for numbers that are one and the same. Coordinates are millimetres from
the top left corner; y is the baseline of the text.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Literal

from reportlab.pdfgen.canvas import Canvas

from bench.generator.facts import Facts, Row
from bench.generator.fonts import families, text_width
from models.words import Box

MM = 72 / 25.4
A4 = (210.0, 297.0)

Align = Literal["left", "right", "center"]
Face = Literal["regular", "bold", "italic"]
Ink = tuple[float, float, float]

BLACK: Ink = (0.07, 0.07, 0.08)
GREY: Ink = (0.42, 0.42, 0.44)
LIGHT: Ink = (0.9, 0.9, 0.91)
WHITE: Ink = (1.0, 1.0, 1.0)

PLACEHOLDER = re.compile(r"\{([a-z_0-9+]+)\}")
CURRENCY = re.compile(r"€|\bEUR\b|\bEuro\b|\bEURO\b")


@dataclass(frozen=True)
class Mark:
    """Where a field, or a word of it, was printed; the box is page-relative. `line` counts from 0.

    Marks of one `print` belong together: a wrapped description has one for every word.
    """

    name: str
    line: int | None
    page: int
    box: Box
    print: int


@dataclass(frozen=True)
class Anchor:
    """A place on a page that waits for ink ("signature", "stamp"); the box is page-relative."""

    kind: str
    page: int
    box: Box


@dataclass(frozen=True)
class Run:
    """Text in one piece and the names of the fields that it prints."""

    text: str
    names: tuple[str, ...] = ()


class Sheet:
    """One document on paper; `size` is width and height in millimetres.

    `marks` say where fields are, `runs` where any text is (page, box, text).
    """

    def __init__(
        self,
        facts: Facts,
        family: str,
        size: tuple[float, float] = A4,
        title: str = "",
        *,
        currency: re.Pattern[str] = CURRENCY,
        stretch: float = 1.0,
    ) -> None:
        """`currency` finds the words that name the document's currency; `stretch` makes all
        letters that much wider (1.0: as the font has them)."""
        self.facts = facts
        self.currency = currency
        self.stretch = stretch
        self.width, self.height = size
        self.family = family
        self.ink = BLACK
        self.page = 1
        self.marks: list[Mark] = []
        self.anchors: list[Anchor] = []
        self.runs: list[tuple[int, Box, str]] = []
        self._print = 0
        self._priced = True
        self._buffer = io.BytesIO()
        self._canvas = Canvas(
            self._buffer, pagesize=(self.width * MM, self.height * MM), invariant=1
        )
        self._canvas.setTitle(title)

    # -- text -----------------------------------------------------------------------------------

    def text(
        self,
        x: float,
        y: float,
        template: str,
        *,
        size: float = 9,
        face: Face = "regular",
        align: Align = "left",
        ink: Ink | None = None,
        row: Row | None = None,
        family: str | None = None,
        squeeze: float | None = None,
    ) -> float:
        """Print one line and give its width; nothing when a named field has no value.

        `squeeze` is the greatest width (mm): a wider text is set smaller.
        """
        runs = self.fill(template, row)
        if not runs:
            return 0.0
        self._print += 1
        # the euros of a share capital do not say what the invoice is reckoned in
        self._priced = "capital}" not in template
        font = self._font(face, family)
        width = sum(self._width(run.text, font, size) for run in runs) / MM
        if squeeze is not None and width > squeeze:
            size *= squeeze / width
            width = squeeze
        left = x - {"left": 0.0, "right": width, "center": width / 2}[align]
        self._canvas.setFillColorRGB(*(ink or self.ink))
        self._canvas.setFont(font, size)
        for run in runs:
            self._draw_run(left, y, run, font, size, row)
            left += self._width(run.text, font, size) / MM
        return width

    def paragraph(
        self,
        x: float,
        y: float,
        template: str,
        width: float,
        *,
        size: float = 9,
        leading: float = 1.22,
        face: Face = "regular",
        align: Align = "left",
        ink: Ink | None = None,
        row: Row | None = None,
        family: str | None = None,
    ) -> float:
        """Print text wrapped to `width`; gives the baseline of the line after it."""
        self._print += 1
        # the euros of a share capital do not say what the invoice is reckoned in
        self._priced = "capital}" not in template
        font = self._font(face, family)
        self._canvas.setFillColorRGB(*(ink or self.ink))
        self._canvas.setFont(font, size)
        for line in self._wrap(self.fill(template, row), width, font, size):
            whole = sum(self._width(run.text, font, size) for run in line) / MM
            left = x - {"left": 0.0, "right": whole, "center": whole / 2}[align]
            for run in line:
                self._draw_run(left, y, run, font, size, row)
                left += self._width(run.text, font, size) / MM
            y += size * leading / MM
        return y

    def count_lines(self, template: str, width: float, size: float, row: Row | None = None) -> int:
        """How many lines `paragraph` would print in the regular face."""
        return len(list(self._wrap(self.fill(template, row), width, self._font("regular"), size)))

    def fill(self, template: str, row: Row | None = None) -> list[Run]:
        """The template's runs; empty when a named field has no value."""
        runs: list[Run] = []
        for index, piece in enumerate(PLACEHOLDER.split(template)):
            if index % 2 == 0:
                if piece:
                    runs.append(Run(piece))
                continue
            names = tuple(piece.split("+"))
            value = row.shown.get(names[0]) if row else None
            value = value or self.facts.shown.get(names[0])
            if not value:
                return []
            runs.append(Run(value, names))
        return runs

    def measure(
        self, template: str, size: float, face: Face = "regular", row: Row | None = None
    ) -> tuple[float, float]:
        """Width (mm) of the template on one line, and of its longest word."""
        font = self._font(face)
        text = "".join(run.text for run in self.fill(template, row))
        words = [self._width(word, font, size) for word in text.split()]
        return self._width(text, font, size) / MM, max(words, default=0.0) / MM

    def _width(self, text: str, font: str, size: float) -> float:
        return text_width(text, font, size) * self.stretch

    def _write(self, x: float, y: float, text: str, font: str, size: float) -> None:
        if self.stretch == 1:
            self._canvas.drawString(x * MM, (self.height - y) * MM, text)
            return
        writing = self._canvas.beginText(x * MM, (self.height - y) * MM)
        writing.setFont(font, size)
        writing.setHorizScale(self.stretch * 100)
        writing.textOut(text)
        writing.setHorizScale(100)
        self._canvas.drawText(writing)

    def _font(self, face: Face, family: str | None = None) -> str:
        return str(getattr(families()[family or self.family], face))

    def _wrap(self, runs: list[Run], width: float, font: str, size: float) -> Iterator[list[Run]]:
        """Break runs at spaces into lines no wider than `width` millimetres."""
        words = [
            Run(word, run.names)
            for run in runs
            for word in re.findall(r"\n|[^\S\n]*[^\s]+[^\S\n]*", run.text)
        ]
        line: list[Run] = []
        used = 0.0
        for word in words:
            if word.text == "\n":
                yield line
                line, used = [], 0.0
                continue
            wide = self._width(word.text.rstrip(), font, size) / MM
            if line and used + wide > width:
                yield line
                line, used = [], 0.0
            line.append(word)
            used += self._width(word.text, font, size) / MM
        if line:
            yield line

    def _draw_run(
        self, x: float, y: float, run: Run, font: str, size: float, row: Row | None
    ) -> None:
        self._write(x, y, run.text, font, size)
        text = run.text.strip()
        if not text:
            return
        lead = self._width(run.text[: run.text.index(text)], font, size) / MM
        for name in run.names:
            line = row.line if row and name in row.shown else None
            self._mark(name, line, x + lead, y, self._width(text, font, size) / MM, size)
        self.runs.append((self.page, self._text_box(
            x + lead, y, self._width(text, font, size) / MM, size), text))  # fmt: skip
        found = self.currency.search(run.text)
        if found and self._priced and not any(m.name == "currency" for m in self.marks):
            lead = self._width(run.text[: found.start()], font, size) / MM
            self._mark("currency", None, x + lead, y, self._width(found[0], font, size) / MM, size)

    def _mark(
        self, name: str, line: int | None, x: float, y: float, width: float, size: float
    ) -> None:
        box = self._text_box(x, y, width, size)
        self.marks.append(Mark(name, line, self.page, box, self._print))

    def _text_box(self, x: float, y: float, width: float, size: float) -> Box:
        return self._relative(x, y - 0.76 * size / MM, x + width, y + 0.22 * size / MM)

    def _relative(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        return Box(x0 / self.width, y0 / self.height, x1 / self.width, y1 / self.height)

    def mark_area(self, name: str, x0: float, y0: float, x1: float, y1: float) -> None:
        """Record a field that was printed by other means than a template (a ticked box)."""
        self._print += 1
        box = self._relative(x0, y0, x1, y1)
        self.marks.append(Mark(name, None, self.page, box, self._print))

    # -- drawing --------------------------------------------------------------------------------

    def rule(
        self,
        x0: float,
        y0: float,
        x1: float,
        y1: float,
        *,
        width: float = 0.5,
        ink: Ink | None = None,
        dash: tuple[float, float] | None = None,
    ) -> None:
        """A straight rule; `width` is in points."""
        self._canvas.setStrokeColorRGB(*(ink or self.ink))
        self._canvas.setLineWidth(width)
        self._canvas.setDash(*(dash or ()))
        self._canvas.line(x0 * MM, (self.height - y0) * MM, x1 * MM, (self.height - y1) * MM)
        self._canvas.setDash()

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        stroke: float = 0.5,
        ink: Ink | None = None,
        fill: Ink | None = None,
        radius: float = 0,
    ) -> None:
        """A rectangle with its top left corner at x, y; a `stroke` of 0 draws no border."""
        canvas = self._canvas
        canvas.setStrokeColorRGB(*(ink or self.ink))
        canvas.setLineWidth(stroke or 0.1)
        if fill:
            canvas.setFillColorRGB(*fill)
        bottom = (self.height - y - height) * MM
        draw = {"stroke": int(stroke > 0), "fill": int(fill is not None)}
        if radius:
            canvas.roundRect(x * MM, bottom, width * MM, height * MM, radius * MM, **draw)
        else:
            canvas.rect(x * MM, bottom, width * MM, height * MM, **draw)

    def disc(self, x: float, y: float, radius: float, ink: Ink, *, stroke: float = 0) -> None:
        """A filled disc, or a ring when `stroke` is a width in points."""
        canvas = self._canvas
        canvas.setFillColorRGB(*ink)
        canvas.setStrokeColorRGB(*ink)
        canvas.setLineWidth(stroke or 0.1)
        canvas.circle(
            x * MM, (self.height - y) * MM, radius * MM, stroke=int(stroke > 0),
            fill=int(stroke == 0),
        )  # fmt: skip

    def polygon(self, points: list[tuple[float, float]], ink: Ink) -> None:
        path = self._canvas.beginPath()
        for index, (x, y) in enumerate(points):
            step = path.lineTo if index else path.moveTo
            step(x * MM, (self.height - y) * MM)
        path.close()
        self._canvas.setFillColorRGB(*ink)
        self._canvas.drawPath(path, stroke=0, fill=1)

    def draw(self, by: Callable[[Canvas], None]) -> None:
        """Let something draw that knows reportlab's canvas (codes, turned text)."""
        self._canvas.saveState()
        by(self._canvas)
        self._canvas.restoreState()

    # -- pages ----------------------------------------------------------------------------------

    def anchor(self, kind: str, x: float, y: float, width: float, height: float) -> None:
        """Reserve a place for ink that is put on by hand."""
        self.anchors.append(Anchor(kind, self.page, self._relative(x, y, x + width, y + height)))

    def turn(self) -> None:
        """Go on to a new page."""
        self._canvas.showPage()
        self.page += 1

    def finish(self) -> bytes:
        """The PDF; the sheet cannot be used after it."""
        self._canvas.showPage()
        self._canvas.save()
        return self._buffer.getvalue()
