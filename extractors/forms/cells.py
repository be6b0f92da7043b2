"""The cells of a comb on the blank, and the letter that each holds on a filled page."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.forms.paper import Look, Mask, blots
from extractors.forms.register import Image

WALL = 0.3  # of the zone's height: the least that a wall between two cells has
DARK = 215  # grey level under which the blank's pixel is print
SMALLEST = 0.13  # of a cell's height: a full stop or an apostrophe
INK = 12  # pixels of ink that make a letter
GAP = 0.2  # of the letters' height, between two letters that are put side by side
EDGE = 0.22  # of the letters' height, of paper around them


@dataclass(frozen=True, slots=True, eq=False)
class Glyph:
    """What stands in cell `cell` (from 0): grey pixels on white, and its box in the look."""

    cell: int
    image: Image
    x0: int
    y0: int
    x1: int
    y1: int


def find_walls(form: Image, cells: int | None) -> list[tuple[float, float]]:
    """Left and right of each cell, in pixels of the zone's look; by the print on the blank.

    Walls may be whole or only ticks. With `cells` the zone is cut evenly where walls cannot be
    found; without, that gives no cells.
    """
    height, width = form.shape
    tall = max(4, round(WALL * height))
    dark = (form < DARK).astype(np.uint8)
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((tall, 1), np.uint8))
    walls = _runs(np.asarray(upright.any(axis=0)), height)
    if cells is not None:
        return _fit(walls, cells, width)
    return _cells_between(_with_ends(walls, width))


def _with_ends(walls: list[float], width: int) -> list[float]:
    """Walls with the zone's sides, where the outer cells have none of their own there."""
    if not walls:
        return walls
    usual = float(np.median(np.diff(walls))) if len(walls) > 1 else min(walls[0], width - walls[0])
    left = [0.0] if 0.6 * usual < walls[0] < 1.4 * usual else []
    right = [float(width)] if 0.6 * usual < width - walls[-1] < 1.4 * usual else []
    return [*left, *walls, *right]


def _cells_between(walls: Sequence[float]) -> list[tuple[float, float]]:
    """Spaces of the usual width: others are gaps between groups of cells."""
    if len(walls) < 2:
        return []
    spaces = np.diff(walls)
    usual = float(np.median(spaces))
    return [
        (left, left + float(space))
        for left, space in zip(walls, spaces, strict=False)
        if 0.6 * usual < space < 1.5 * usual
    ]


def _runs(columns: NDArray[np.bool_], height: int) -> list[float]:
    """Middles of narrow runs of columns: a wide one is a field of grey."""
    steps = np.diff(np.concatenate(([0], columns.astype(np.int8), [0])))
    starts, ends = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    return [
        float(start + end - 1) / 2
        for start, end in zip(starts, ends, strict=True)
        if end - start <= max(8, 0.25 * height)
    ]


def _fit(walls: list[float], cells: int, width: int) -> list[tuple[float, float]]:
    """`cells` cells by the walls found: as they are, by their first and last, or by the zone."""
    for found in (walls, _with_ends(walls, width)):
        real = _cells_between(found)
        if len(real) == cells:
            return real
    best: list[tuple[float, float]] = []
    best_hits = 0.0
    ends = [(a, b) for a in walls[:3] for b in walls[-3:] if b > a] + [(0.0, float(width))]
    for left, right in ends:
        lines = np.linspace(left, right, cells + 1)
        near = max(3.0, 0.12 * (right - left) / cells)
        hits = sum(any(abs(line - wall) <= near for wall in walls) for line in lines)
        worth = hits - 0.5 * abs(len(walls) - hits) + (right - left) / width
        if not best or worth > best_hits:
            best, best_hits = list(pairwise(lines)), worth
    return [(float(left), float(right)) for left, right in best]


def find_glyphs(look: Look, cells: Sequence[tuple[float, float]]) -> list[Glyph]:
    """What has been written into the cells, left to right; empty ones are left out.

    A letter that leans over a wall belongs to the cell of its middle; ink that runs through
    several cells is cut at their walls.
    """
    height = look.ink.shape[0]
    edges = np.array([left for left, _ in cells] + [cells[-1][1]])
    count, labels = cv2.connectedComponents(
        cv2.dilate(look.ink.astype(np.uint8), np.ones((3, 3), np.uint8))
    )
    owner = np.full(count, -1)
    cut = np.zeros(count, bool)
    for number in range(1, count):
        columns = np.flatnonzero((labels == number).any(axis=0))
        middle = (columns[0] + columns[-1]) / 2
        owner[number] = int(np.clip(np.searchsorted(edges, middle) - 1, 0, len(cells) - 1))
        left, right = cells[owner[number]]
        cut[number] = columns[-1] - columns[0] > 1.35 * (right - left)
    by_place = np.clip(np.searchsorted(edges, np.arange(look.ink.shape[1])) - 1, 0, len(cells) - 1)
    owners = np.where(cut[labels], by_place[None, :], owner[labels])
    glyphs = [
        glyph
        for cell in range(len(cells))
        if (glyph := _glyph(look, (owners == cell) & (labels > 0), cell, height))
    ]
    return [glyph for glyph in glyphs if not _is_dust(glyph, glyphs, height)]


def _is_dust(glyph: Glyph, glyphs: Sequence[Glyph], height: int) -> bool:
    """A small mark is punctuation beside a letter, and dust where there is none."""
    tall, wide = glyph.y1 - glyph.y0, glyph.x1 - glyph.x0
    usual = float(np.median([g.y1 - g.y0 for g in glyphs]))
    if max(tall, wide) >= 0.55 * max(usual, 0.3 * height):
        return False
    return not any(
        g.cell == glyph.cell - 1 and g.y1 - g.y0 >= 0.7 * usual >= 0.2 * height for g in glyphs
    )


def _glyph(look: Look, near: Mask, cell: int, height: int) -> Glyph | None:
    own = near & look.ink
    if int(own.sum()) < INK:
        return None
    pieces = [b for b in blots(own) if b.area >= 6]
    if not pieces:
        return None
    x0, y0 = min(b.x0 for b in pieces), min(b.y0 for b in pieces)
    x1, y1 = max(b.x1 for b in pieces), max(b.y1 for b in pieces)
    if max(y1 - y0, x1 - x0) < SMALLEST * height:
        return None
    wide = cv2.dilate(own.astype(np.uint8), np.ones((7, 7), np.uint8)) > 0
    pixels = np.where(wide, look.clean, 255).astype(np.uint8)
    x0, x1 = max(0, x0 - 1), min(own.shape[1], x1 + 1)
    return Glyph(cell, pixels[:, x0:x1], x0, y0, x1, y1)


def join(glyphs: Sequence[Glyph]) -> tuple[Image, list[tuple[float, float]]]:
    """The letters side by side as a printer would set them (RGB), and where each is, 0..1."""
    top, bottom = min(g.y0 for g in glyphs), max(g.y1 for g in glyphs)
    tall = bottom - top
    gap, edge = max(3, round(GAP * tall)), max(4, round(EDGE * tall))
    high = glyphs[0].image.shape[0]
    first, last = max(0, top - edge), min(high, bottom + edge)
    width = sum(g.image.shape[1] for g in glyphs) + gap * (len(glyphs) - 1) + 2 * edge
    strip = np.full((bottom - top + 2 * edge, width), 255, np.uint8)
    down = edge - (top - first)
    left, places = edge, []
    for glyph in glyphs:
        wide = glyph.image.shape[1]
        strip[down : down + last - first, left : left + wide] = glyph.image[first:last]
        places.append(((left - gap / 2) / width, (left + wide + gap / 2) / width))
        left += wide + gap
    return cv2.cvtColor(strip, cv2.COLOR_GRAY2RGB).astype(np.uint8, copy=False), places
