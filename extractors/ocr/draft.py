"""Reading a line twice: a small model reads all of it, a larger one what the small is unsure of."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

import numpy as np
from numpy.typing import NDArray

from extractors.ocr import Image, lines
from extractors.ocr.lines import Char

Recognise = Callable[[Image], list[Char]]

SURE = 0.8  # every character of a word that is taken from the first reading
# Paper inside a word as wide as this, in heights of the line, may be a space that was missed: the
# fault that the small model is most often sure about.
GAP = 0.3
MOST = 0.6  # of a line: with more of it in doubt, the larger model reads the whole
MARGIN = 0.15  # of the line's height, of paper left around what is read again


def read_twice(crop: Image, draft: Recognise, recognise: Recognise) -> list[Char]:
    """The characters of a line; words that `draft` is unsure of are read by `recognise`."""
    chars = draft(crop)
    words = lines.group_words(chars)
    if not words:
        return recognise(crop)
    ink = lines.ink_columns(crop)
    spans = [(start, end) for _, start, end, _ in lines.split_words(chars, ink)]
    gap = GAP * crop.shape[0]
    doubtful = [
        min(char.score for char in word) < SURE or _widest_gap(ink, span) > gap
        for word, span in zip(words, spans, strict=True)
    ]
    total = sum(end - start for start, end in spans)
    doubted = sum(end - start for (start, end), doubt in zip(spans, doubtful, strict=True) if doubt)
    if doubted > MOST * total:
        return recognise(crop)
    found: list[list[Char]] = []
    for doubt, run in groupby(range(len(words)), key=doubtful.__getitem__):
        numbers = list(run)
        if doubt:
            start, end = _surround(
                spans, numbers[0], numbers[-1], MARGIN * crop.shape[0] / len(ink)
            )
            found.append(_read_part(crop, start, end, recognise))
        else:
            found += [words[number] for number in numbers]
    return _join(found)


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


def _read_part(crop: Image, start: float, end: float, recognise: Recognise) -> list[Char]:
    width = crop.shape[1]
    left = min(int(start * width), width - 1)
    right = max(int(np.ceil(end * width)), left + 1)
    part = np.ascontiguousarray(crop[:, left:right])
    return [
        Char(char.text, (left + char.at * (right - left)) / width, char.score)
        for char in recognise(part)
    ]


def _join(parts: list[list[Char]]) -> list[Char]:
    """One list with a space between two parts."""
    joined: list[Char] = []
    for part in parts:
        if joined and part:
            joined.append(Char(" ", (joined[-1].at + part[0].at) / 2, 1.0))
        joined += part
    return joined
