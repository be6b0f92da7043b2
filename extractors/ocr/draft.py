"""Reading lines twice: a small model reads all, a larger one what the small is unsure of."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from extractors.ocr import Image, lines
from extractors.ocr.lines import Char, Recognise

SURE = 0.8  # every character of a word that is taken from the first reading
# Paper inside a word as wide as this, in heights of the line, may be a space that was missed: the
# fault that the small model is most often sure about.
GAP = 0.3
MOST = 0.6  # of a line: with more of it in doubt, the larger model reads the whole
MARGIN = 0.15  # of the line's height, of paper left around what is read again


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a line, `left`..`right` in pixels: read, or (`chars` is None) to be read again."""

    left: int
    right: int
    chars: list[Char] | None = None


def read_twice(crops: Sequence[Image], draft: Recognise, recognise: Recognise) -> list[list[Char]]:
    """The characters of lines; words that `draft` is unsure of are read by `recognise`."""
    plans = [_plan(crop, chars) for crop, chars in zip(crops, draft(crops), strict=True)]
    again = recognise(
        [
            np.ascontiguousarray(crop[:, part.left : part.right])
            for crop, parts in zip(crops, plans, strict=True)
            for part in parts
            if part.chars is None
        ]
    )
    rest = iter(again)
    return [
        _join(
            [
                _place(next(rest), part, crop.shape[1]) if part.chars is None else part.chars
                for part in parts
            ]
        )
        for crop, parts in zip(crops, plans, strict=True)
    ]


def _plan(crop: Image, chars: list[Char]) -> list[Part]:
    """The line in parts, by what its first reading leaves in doubt."""
    width = crop.shape[1]
    whole = [Part(0, width)]
    words = lines.group_words(chars)
    if not words:
        return whole
    ink = lines.ink_columns(crop)
    spans = [(start, end) for _, start, end, _ in lines.split_words(chars, ink)]
    doubts = [
        is_doubtful(word, _widest_gap(ink, span) / crop.shape[0])
        for word, span in zip(words, spans, strict=True)
    ]
    total = sum(end - start for start, end in spans)
    doubted = sum(end - start for (start, end), doubt in zip(spans, doubts, strict=True) if doubt)
    if doubted > MOST * total:
        return whole
    parts = []
    for doubt, run in groupby(range(len(words)), key=doubts.__getitem__):
        numbers = list(run)
        if doubt:
            start, end = _surround(spans, numbers[0], numbers[-1], MARGIN * crop.shape[0] / width)
            left = min(int(start * width), width - 1)
            parts.append(Part(left, max(int(np.ceil(end * width)), left + 1)))
        else:
            parts += [Part(0, width, words[number]) for number in numbers]
    return parts


def is_doubtful(word: Sequence[Char], gap: float) -> bool:
    """Whether a word's first reading may be wrong; `gap` is the widest paper inside it, in heights
    of the line."""
    return min(char.score for char in word) < SURE or gap > GAP


def _widest_gap(ink: NDArray[np.bool_], span: tuple[float, float]) -> int:
    """The most pixel columns without ink between two with ink in a part of the line."""
    inked = np.flatnonzero(ink[int(span[0] * len(ink)) : int(np.ceil(span[1] * len(ink)))])
    return int(np.diff(inked).max(initial=0))


def _surround(
    spans: list[tuple[float, float]], first: int, last: int, margin: float
) -> tuple[float, float]:
    """From where to where to cut for the words `first`..`last`: at most half way to the others."""
    start, end = spans[first][0], spans[last][1]
    before = (spans[first - 1][1] + start) / 2 if first else 0.0
    after = (spans[last + 1][0] + end) / 2 if last + 1 < len(spans) else 1.0
    return max(start - margin, before), min(end + margin, after)


def _place(chars: list[Char], part: Part, width: int) -> list[Char]:
    """Characters of a part, their places along the whole line."""
    wide = part.right - part.left
    return [Char(char.text, (part.left + char.at * wide) / width, char.score) for char in chars]


def _join(parts: list[list[Char]]) -> list[Char]:
    """One list with a space between two parts."""
    joined: list[Char] = []
    for part in parts:
        if joined and part:
            joined.append(Char(" ", (joined[-1].at + part[0].at) / 2, 1.0))
        joined += part
    return joined
