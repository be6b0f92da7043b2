"""Patch codes: the bars on separator sheets that document scanners and capture systems know.

Four parallel bars, two wide and two narrow, with narrow spaces between them; which are wide makes
the six codes 1, 2, 3, 4, 6 and T. Widths as in Kodak publication A-61599, Patch Code Information
for Kodak Scanners: wide bars 0.20 inches, narrow bars and spaces 0.08, 0.80 in all, bars at least
0.75 inches long, and 0.25 inches free of other print around them. Upside down, 3 is T and 1 is 6.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from models.words import Barcode, Box

PATCH = "Patch"
# Wide bars in the order from the leading edge.
CODES = {
    (True, True, False, False): "1",
    (True, False, False, True): "2",
    (True, False, True, False): "3",
    (False, True, True, False): "4",
    (False, False, True, True): "6",
    (False, True, False, True): "T",
}
SIDE = 1200  # pixels of the longer side at which is looked: a narrow bar on A4 has eight
STEP = 4  # pixels between the lines along which is looked
SHARE = 0.045, 0.3  # of the longer side: a whole code on A3, and on a sheet of a quarter of A4
# Widths in spaces, with some blur and paper that was fed too fast or too slowly.
NARROW, WIDE = (0.5, 1.6), (1.9, 3.4)
QUIET = 1.5
LONG = 7.0  # spaces: 0.75 inches are nine


@dataclass(frozen=True, slots=True)
class Crossing:
    """A code as one line across it sees it: pixels along the line."""

    line: int
    start: int
    end: int
    space: float
    code: str


def find_patches(gray: NDArray[np.uint8]) -> tuple[Barcode, ...]:
    """The patch codes of a page (grey levels), whichever way its bars run; boxes are
    page-relative. `format` is "Patch T", `text` "T"."""
    scale = SIDE / max(gray.shape)
    if scale < 1:
        shrunk = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
        gray = shrunk.astype(np.uint8, copy=False)
    _, inverse = cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    dark = inverse.astype(np.uint8, copy=False)
    found = []
    for across in (False, True):  # bars that lie, then bars that stand
        marks = np.ascontiguousarray(dark.T) if not across else dark
        height, width = marks.shape  # a row of `marks` is a line across the bars
        for group in _groups(list(_crossings(marks, max(gray.shape)))):
            y0, y1 = group[0].line / height, (group[-1].line + 1) / height
            x0, x1 = min(c.start for c in group) / width, max(c.end for c in group) / width
            box = Box(x0, y0, x1, y1) if across else Box(y0, x0, y1, x1)
            found.append(Barcode(group[0].code, f"{PATCH} {group[0].code}", box))
    return tuple(found)


def _crossings(marks: NDArray[np.uint8], longer: int) -> Iterator[Crossing]:
    for line in range(0, marks.shape[0], STEP):
        row = marks[line]
        edges = np.flatnonzero(np.diff(row)) + 1
        edges = np.concatenate(([0], edges, [row.size]))
        runs = np.diff(edges)
        first = 0 if row[0] else 1  # index of the first dark run
        for i in range(first, len(runs) - 6, 2):
            total = int(edges[i + 7] - edges[i])
            if not SHARE[0] * longer <= total <= SHARE[1] * longer:
                continue
            before = runs[i - 1] if i else runs[i + 1] * QUIET  # the paper's edge
            after = runs[i + 7] if i + 7 < len(runs) else runs[i + 5] * QUIET
            code = _decode(runs[i : i + 7], float(before), float(after))
            if code:
                space = float(runs[i + 1 : i + 6 : 2].mean())
                yield Crossing(line, int(edges[i]), int(edges[i + 7]), space, code)


def _decode(runs: NDArray[np.intp], before: float, after: float) -> str | None:
    spaces, bars = runs[1::2], runs[::2]
    space = float(spaces.mean())
    if spaces.min() < 0.7 * space or spaces.max() > 1.3 * space or space < 2:
        return None
    if min(before, after) < QUIET * space:
        return None
    wide = []
    for bar in bars / space:
        if NARROW[0] <= bar <= NARROW[1]:
            wide.append(False)
        elif WIDE[0] <= bar <= WIDE[1]:
            wide.append(True)
        else:
            return None
    return CODES.get((wide[0], wide[1], wide[2], wide[3]))


def _groups(crossings: list[Crossing]) -> Iterator[list[Crossing]]:
    """Crossings of one code that follow each other over the length of its bars, which may slant."""
    open_: list[list[Crossing]] = []
    for crossing in crossings:
        for group in open_:
            last = group[-1]
            near = abs(crossing.start - last.start) <= last.space
            gap = crossing.line - last.line
            if crossing.code == last.code and near and 0 < gap <= 3 * STEP:
                group.append(crossing)
                break
        else:
            open_.append([crossing])
    for group in open_:
        length = group[-1].line - group[0].line + STEP
        steps = length / STEP
        if length >= LONG * group[0].space and len(group) >= 0.7 * steps:
            yield group
