"""From the recogniser's labels to lines: characters, words, and the box and score of each."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr import Image, quads
from extractors.ocr.quads import Quad
from extractors.order import arrange
from models.words import Line, Word

HEIGHT = 48  # of the recogniser's input
MIN_WIDTH, MAX_WIDTH = 16, 3200
TINY = 18  # pixels: lower lines are enlarged softly, sharp enlarging turns their noise into strokes
MIN_SCORE = 0.6  # a line under it is noise: stamps, logos, texture
WELL_READ, FAINT, ENOUGH = 0.9, 0.5, 25  # see `drop_faint`
# The alphabet holds the full-width twins of ASCII; a European page means the plain ones.
PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True, slots=True)
class Char:
    """One recognised character: `at` is its place along the crop, 0..1."""

    text: str
    at: float
    score: float


@dataclass(frozen=True, slots=True, eq=False)
class Crop:
    """A line's pixels, straightened, at their own size, and the rectangle that they are from."""

    image: Image
    quad: Quad


# Gets the pixels of lines, gives the characters of each.
Recognise = Callable[[Sequence[Image]], list[list[Char]]]


def read(image: Image, found: Sequence[Quad], recognise: Recognise) -> list[Line]:
    """What stands in the detected rectangles, in reading order; noise is left out."""
    crops = [cut(image, quad) for quad in found]
    texts = recognise([crop.image for crop in crops])
    height, width = image.shape[:2]
    read = [
        (line, crop)
        for crop, chars in zip(crops, texts, strict=True)
        if (line := _line(crop, chars, width, height)) and line.score >= MIN_SCORE
    ]
    return arrange(drop_faint(read))


def drop_faint(read: Sequence[tuple[Line, Crop]]) -> list[Line]:
    """The lines without those that are both far fainter than most and not well read.

    The print of the other side shows through thin paper, mirrored. Pale print of this side is read
    well and stays.
    """
    doubtful = [number for number, (line, _) in enumerate(read) if line.score < WELL_READ]
    well_read = [crop for line, crop in read if line.score >= WELL_READ][:ENOUGH]
    if not doubtful or not well_read:
        return [line for line, _ in read]
    usual = float(np.median([_contrast(crop.image) for crop in well_read]))
    faint = {number for number in doubtful if _contrast(read[number][1].image) < FAINT * usual}
    return [line for number, (line, _) in enumerate(read) if number not in faint]


def _contrast(crop: Image) -> float:
    """Grey levels between a line's paper and its ink."""
    ink, paper = np.percentile(crop[::2, ::2, 1], (3, 90))
    return float(abs(paper - ink))


def cut(image: Image, quad: Quad) -> Crop:
    """A detected rectangle with the margins that the recogniser likes, its text level."""
    quad = quads.grow(quad)
    crop = quads.cut(image, quad)
    if crop.shape[0] >= 1.5 * crop.shape[1]:  # text that runs down the page
        return Crop(np.ascontiguousarray(np.rot90(crop)), np.roll(quad, -1, axis=0))
    return Crop(crop, quad)


def _line(crop: Crop, chars: list[Char], width: int, height: int) -> Line | None:
    """The line of a page of this size; None when nothing was read."""
    if not chars:
        return None
    words = [
        Word(text, quads.page_box(crop.quad, start, end, width, height), score)
        for text, start, end, score in split_words(chars, ink_columns(crop.image))
    ]
    return Line.of(words) if words else None


def own_width(crop: Image) -> float:
    """The crop's width when it is scaled to `HEIGHT`."""
    height, width = crop.shape[:2]
    return float(HEIGHT * width / height)


def scale(crop: Image, width: int) -> Image:
    """The crop as the recogniser takes it: `width` x `HEIGHT`."""
    way = cv2.INTER_CUBIC if crop.shape[0] >= TINY else cv2.INTER_LINEAR
    if crop.shape[0] > HEIGHT:
        way = cv2.INTER_AREA
    return cv2.resize(crop, (width, HEIGHT), interpolation=way).astype(np.uint8, copy=False)


def decode(
    labels: NDArray[np.integer], scores: NDArray[np.float32], alphabet: Sequence[str]
) -> list[Char]:
    """Greedy CTC from the best label of each column: repeats and blanks (label 0) are dropped."""
    keep = labels != 0
    keep[1:] &= labels[1:] != labels[:-1]
    columns = len(labels)
    return [
        Char(alphabet[labels[at]].translate(PLAIN), (at + 0.5) / columns, float(scores[at]))
        for at in np.flatnonzero(keep)
    ]


def ink_columns(crop: Image) -> NDArray[np.bool_]:
    """Which pixel columns of a line's crop hold ink (dark on light or light on dark)."""
    gray = cv2.cvtColor(crop, cv2.COLOR_RGB2GRAY)
    _, binary = cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    ink = (binary == 1) if binary.mean() <= 0.5 else (binary == 0)
    # The detector's margin above and below may touch a rule or the next line.
    margin = len(ink) // 6
    return np.asarray(ink[margin : len(ink) - margin].any(axis=0))


def group_words(chars: Sequence[Char]) -> list[list[Char]]:
    """Characters between white space."""
    words: list[list[Char]] = [[]]
    for char in chars:
        if char.text.isspace():
            words.append([])
        else:
            words[-1].append(char)
    return [word for word in words if word]


def split_words(chars: list[Char], ink: NDArray[np.bool_]) -> list[tuple[str, float, float, float]]:
    """`(text, start, end, score)` of each word; start and end along the crop, 0..1."""
    words = group_words(chars)
    edges = [_edge(ink, 0.0, word[0].at)[1] if i == 0 else 0.0 for i, word in enumerate(words)]
    ends = [1.0] * len(words)
    for i, (before, after) in enumerate(pairwise(words)):
        ends[i], edges[i + 1] = _edge(ink, before[-1].at, after[0].at)
    if words:
        ends[-1] = _edge(ink, words[-1][-1].at, 1.0)[0]
    return [
        (
            "".join(char.text for char in word),
            start,
            max(end, start + 1 / len(ink)),
            sum(char.score for char in word) / len(word),
        )
        for word, start, end in zip(words, edges, ends, strict=True)
    ]


def _edge(ink: NDArray[np.bool_], start: float, end: float) -> tuple[float, float]:
    """The widest blank run between two places: where one word ends and the next begins."""
    width = len(ink)
    first, last = int(start * width), max(int(end * width), int(start * width) + 1)
    blank = np.concatenate(([False], ~ink[first:last], [False])).astype(np.int8)
    steps = np.diff(blank)
    begins, finishes = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    if not len(begins):  # touching words: split half way; at an outer edge, keep all
        middle = start if start == 0 else end if end == 1 else (start + end) / 2
        return middle, middle
    widest = int(np.argmax(finishes - begins))
    return (first + int(begins[widest])) / width, (first + int(finishes[widest])) / width
