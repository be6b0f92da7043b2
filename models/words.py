"""Text as read from a page: words and lines with boxes and scores.

Boxes are page-relative: x and y in 0..1, origin at the top left of the upright page image.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Literal

PageSource = Literal["ocr", "native"]
# What the score of a word counts for at most when it was read twice, differently: such words are
# wrong about four times as often as others of the same confidence.
UNSETTLED = 0.55


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle in page-relative units (0..1)."""

    x0: float
    y0: float
    x1: float
    y1: float

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def height(self) -> float:
        return self.y1 - self.y0

    @property
    def cx(self) -> float:
        return (self.x0 + self.x1) / 2

    @property
    def cy(self) -> float:
        return (self.y0 + self.y1) / 2

    def to_list(self) -> list[float]:
        return [round(v, 5) for v in (self.x0, self.y0, self.x1, self.y1)]

    @classmethod
    def from_list(cls, values: Iterable[float]) -> Box:
        x0, y0, x1, y1 = values
        return cls(x0, y0, x1, y1)

    @classmethod
    def around(cls, boxes: Iterable[Box]) -> Box:
        """The smallest box that holds all of `boxes`; ValueError when there are none."""
        found = list(boxes)
        return cls(
            min(b.x0 for b in found),
            min(b.y0 for b in found),
            max(b.x1 for b in found),
            max(b.y1 for b in found),
        )


@dataclass(frozen=True, slots=True)
class Word:
    """One word; `score` is the reader's confidence, 0..1 (1.0 for a sound PDF text layer).

    `agreed` says whether a second reading gave the same text, None when there was none; `other` is
    the second text where it differs, empty when nothing could be read again.
    """

    text: str
    box: Box
    score: float
    agreed: bool | None = None
    other: str | None = None

    @property
    def trust(self) -> float:
        """The score, held down where two readings differ."""
        return min(self.score, UNSETTLED) if self.agreed is False else self.score

    def to_dict(self) -> dict[str, Any]:
        found: dict[str, Any] = {
            "text": self.text,
            "box": self.box.to_list(),
            "score": round(self.score, 4),
        }
        if self.agreed is not None:
            found["agreed"] = self.agreed
        if self.other is not None:
            found["other"] = self.other
        return found

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Word:
        box = Box.from_list(data["box"])
        return cls(data["text"], box, data["score"], data.get("agreed"), data.get("other"))


@dataclass(frozen=True, slots=True)
class Line:
    """Words on one baseline, left to right; `text` joins them with single spaces."""

    text: str
    box: Box
    score: float
    words: tuple[Word, ...]

    @classmethod
    def of(cls, words: Iterable[Word]) -> Line:
        """A line made of `words` in reading order; ValueError when there are none."""
        found = tuple(words)
        return cls(
            text=" ".join(w.text for w in found),
            box=Box.around(w.box for w in found),
            score=sum(w.score for w in found) / len(found),
            words=found,
        )


@dataclass(frozen=True, slots=True)
class Barcode:
    """A barcode or two-dimensional code; `format` as the standard names it: QR Code, Code 128."""

    text: str
    format: str
    box: Box


@dataclass(frozen=True, slots=True)
class Page:
    """One read page.

    `number` counts from 1 within the file; `width` and `height` are pixels of the upright image;
    `rotation` (clockwise degrees: 0, 90, 180, 270) and `skew` (degrees) are what was applied to
    the file's own page to make it upright; `lines` are in reading order. A `blank` page shows
    nothing and has no lines.
    """

    number: int
    width: int
    height: int
    lines: tuple[Line, ...]
    source: PageSource
    rotation: int = 0
    skew: float = 0.0
    barcodes: tuple[Barcode, ...] = ()
    blank: bool = False

    @property
    def words(self) -> list[Word]:
        return [word for line in self.lines for word in line.words]

    @property
    def text(self) -> str:
        return "\n".join(line.text for line in self.lines)

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the inverse of `from_dict`."""
        return {
            "number": self.number,
            "width": self.width,
            "height": self.height,
            "source": self.source,
            "rotation": self.rotation,
            "skew": round(self.skew, 3),
            "blank": self.blank,
            "lines": [
                {
                    "text": line.text,
                    "box": line.box.to_list(),
                    "score": round(line.score, 4),
                    "words": [word.to_dict() for word in line.words],
                }
                for line in self.lines
            ],
            "barcodes": [
                {"text": code.text, "format": code.format, "box": code.box.to_list()}
                for code in self.barcodes
            ],
        }

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> Page:
        return cls(
            number=data["number"],
            width=data["width"],
            height=data["height"],
            source=data["source"],
            rotation=data["rotation"],
            skew=data["skew"],
            lines=tuple(
                Line(
                    text=line["text"],
                    box=Box.from_list(line["box"]),
                    score=line["score"],
                    words=tuple(map(Word.from_dict, line["words"])),
                )
                for line in data["lines"]
            ),
            # Pages that were read before there were these.
            barcodes=tuple(
                Barcode(code["text"], code["format"], Box.from_list(code["box"]))
                for code in data.get("barcodes", ())
            ),
            blank=data.get("blank", False),
        )
