"""A second look at uncertain words: cut out again, prepared differently, and read once more.

Numbers are what is read again: a letter that is off costs a look, a digit that is off costs money.
Two readings that agree are wrong far less often than two that do not; docs/decisions/0016 has the
figures.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import cv2
import numpy as np

from extractors.ocr import Image, LineEngine
from extractors.ocr.lines import Char
from models.words import Box, Line, Word

# Missing confidence of all characters together: a mean hides one bad digit in a long number.
# Beyond the second limit most words are wrong, whatever another reading says.
DOUBTS = (0.02, 0.8)
# Of the width of all words on the page, at most this is read again: reading costs by the width.
BUDGET = 0.05
MARGIN = 0.1  # of the word's height, of paper left and right of it; more brings in neighbours
# Gray values that become black and white: paper is most of a crop, ink the darkest of it.
BLACK, WHITE = 2, 80  # percentiles


def read_again(image: Image, lines: Sequence[Line], reader: LineEngine) -> list[Line]:
    """The lines, with `agreed` (and `other`) set on the uncertain words that were read again.

    `image` is what the lines' boxes refer to. The most uncertain words come first; text and scores
    of the first reading stay as they are.
    """
    words = choose(lines)
    crops = [stretch_contrast(_cut(image, word.box)) for word in words]
    read = reader.recognise(crops)
    seen = {id(word): _compare(word, chars) for word, chars in zip(words, read, strict=True)}
    return [
        replace(line, words=tuple(seen.get(id(word), word) for word in line.words))
        for line in lines
    ]


def choose(lines: Sequence[Line]) -> list[Word]:
    """The words to read again: uncertain ones with digits, the most uncertain first."""
    words = [word for line in lines for word in line.words]
    budget = BUDGET * sum(word.box.width for word in words)
    return list(_within(budget, sorted(filter(_is_uncertain, words), key=doubt, reverse=True)))


def doubt(word: Word) -> float:
    """The confidence that its characters lack, added up."""
    return (1 - word.score) * len(word.text)


def _is_uncertain(word: Word) -> bool:
    # Words that run down the page are turned by the engine, in ways of its own.
    upright = len(word.text) == 1 or word.box.width > word.box.height / 2
    uncertain = DOUBTS[0] <= doubt(word) < DOUBTS[1]
    return upright and uncertain and any(char.isdigit() for char in word.text)


def _within(budget: float, words: Iterable[Word]) -> Iterable[Word]:
    for word in words:
        budget -= word.box.width
        if budget < 0:
            return
        yield word


def _compare(word: Word, chars: Sequence[Char]) -> Word:
    text = "".join(char.text for char in chars if not char.text.isspace())
    agreed = text == "".join(word.text.split())
    return replace(word, agreed=agreed, other=None if agreed else text)


def _cut(image: Image, box: Box) -> Image:
    height, width = image.shape[:2]
    margin = MARGIN * box.height * height
    left = max(0, int(box.x0 * width - margin))
    right = min(width, max(left + 1, int(np.ceil(box.x1 * width + margin))))
    top = max(0, int(box.y0 * height))
    bottom = min(height, max(top + 1, int(np.ceil(box.y1 * height))))
    return np.ascontiguousarray(image[top:bottom, left:right])


def stretch_contrast(crop: Image) -> Image:
    """The crop in gray, its darkest ink black and its paper white."""
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY).astype(np.float32)
    black, white = np.percentile(gray, (BLACK, WHITE))
    scaled = np.clip((gray - black) * (255 / max(white - black, 1)), 0, 255).astype(np.uint8)
    return np.asarray(cv2.cvtColor(scaled, cv2.COLOR_GRAY2RGB), np.uint8)
