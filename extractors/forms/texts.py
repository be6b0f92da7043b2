"""Zones of free text: what has been written on the form, without the form's own print."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.forms.paper import Blot, Look, blots
from extractors.forms.register import Image
from extractors.ocr import LineEngine

LEAST_INK = 22  # pixels of ink under which a zone is empty
PAD = 0.3  # of a line's height, of paper around it
TALL = 8  # pixels: what is lower is dust or a rule's rest


@dataclass(frozen=True, slots=True)
class TextReading:
    """`text` is "" when there is no ink; `scores` are those of its letters."""

    text: str
    scores: tuple[float, ...]
    letters: tuple[Blot, ...]


def letters_of(look: Look) -> list[Blot]:
    """Pieces of ink that may be letters."""
    height = look.ink.shape[0]
    return [b for b in blots(look.ink) if b.height >= max(TALL, 0.1 * height) and b.area >= 12]


def read_text(look: Look, engine: LineEngine) -> TextReading:
    """The text of a zone: one line straight away, several as the engine finds them."""
    letters = letters_of(look)
    if sum(b.area for b in letters) < LEAST_INK:
        return TextReading("", (), ())
    top, bottom = _extent(look, letters)
    if bottom - top <= 2.2 * float(np.percentile([b.height for b in letters], 75)):
        found = [(c.text, c.score) for c in engine.recognise([_cut(look, letters, top, bottom)])[0]]
    else:
        image = cv2.copyMakeBorder(look.clean, 16, 16, 16, 16, cv2.BORDER_CONSTANT, value=(255,))
        found = []
        for line in engine.read(_rgb(np.asarray(image, np.uint8))):
            found += ([(" ", 1.0)] if found else []) + [(c, line.score) for c in line.text]
    text = "".join(char for char, _ in found).strip()
    scores = tuple(score for char, score in found if not char.isspace())
    return TextReading(text, scores, tuple(letters))


def _extent(look: Look, letters: Sequence[Blot]) -> tuple[int, int]:
    return min(b.y0 for b in letters), max(b.y1 for b in letters)


def _cut(look: Look, letters: Sequence[Blot], top: int, bottom: int) -> Image:
    """The line with some paper around it."""
    left, right = min(b.x0 for b in letters), max(b.x1 for b in letters)
    edge = max(5, round(PAD * min(bottom - top, look.clean.shape[0])))
    padded = cv2.copyMakeBorder(
        look.clean, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=(255,)
    )
    part = padded[top : bottom + 2 * edge, left : right + 2 * edge]
    return _rgb(np.asarray(part, np.uint8))


def _rgb(gray: Image) -> Image:
    return cv2.cvtColor(gray, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False)
