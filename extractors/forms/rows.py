"""Combs on ordinary pages: rows of boxes with a letter in each, found without a blank.

A text recogniser reads the walls between the letters as letters. Here rows of walls at equal
distances are found, their cells are read one by one, and what the engine had made of them is
replaced. Only whole boxes count: short ticks look too much like letters.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.forms.cells import Glyph, find_glyphs
from extractors.forms.combs import CombReading, read_comb, reader_of
from extractors.forms.paper import Look
from extractors.forms.register import Image, flatten, resize, to_gray
from extractors.ocr import LineEngine
from extractors.order import arrange
from models.doctype import FieldSpec
from models.words import Box, Line, Word

SIDE = 2400  # pixels of the page's longer side while combs are sought: A4 has 8 a millimetre
DARK, FAINT = 175, 222  # ink, and the palest rule
MISSING = 3  # distances that may lie between two walls, where those between them are lost
WALL, TALLEST = 34, 100  # pixels of a wall's height: taller than print, lower than a table
PITCH = (22, 72)  # pixels from wall to wall
LEVEL = 9  # pixels by which walls of a row stand higher or lower
FEWEST, MOST = 6, 60  # walls of a row
MANY = 1.6  # letters a cell that the engine reads where there is no comb
TRUSTED = 0.4  # of letters' weights: under it the engine's own reading stays
DATE = re.compile(r"([0-3]\d)[1I/l|]([01]\d)[1I/l|]((?:19|20)\d\d)")
KINDS = {16: "tax_id", 27: "iban"}


@dataclass(frozen=True, slots=True)
class Row:
    """Cells side by side: middles of the walls, top and bottom, in pixels."""

    walls: tuple[float, ...]
    top: int
    bottom: int


def mend_combs(image: Image, found: Sequence[Line], engine: LineEngine) -> list[Line]:
    """The page's lines with those in combs read cell by cell; `image` is RGB."""
    scale = SIDE / max(image.shape)
    flat = flatten(resize(to_gray(image), scale))
    height, width = flat.shape
    lines = list(found)
    for row in find_rows(flat):
        glyphs = _glyphs(flat, row)
        if len(glyphs) < min(4, len(row.walls) - 2):
            continue
        reading = _read(glyphs, engine)
        if sum(reading.weights) / len(reading.weights) < TRUSTED or "?" in reading.text:
            continue
        words = _words(reading, glyphs, row, width, height)
        box = Box(
            row.walls[0] / width, row.top / height, row.walls[-1] / width, row.bottom / height
        )
        left = [kept for line in lines if (kept := _outside(line, box))]
        if _letters(lines) - _letters(left) > MANY * len(glyphs) + 2:
            continue  # cells of a table, with words in them
        lines = left
        lines.append(Line.of(words))
    return arrange(lines) if len(lines) != len(found) or lines != list(found) else lines


def _letters(lines: Sequence[Line]) -> int:
    return sum(len(word.text) for line in lines for word in line.words)


def find_rows(flat: Image) -> list[Row]:
    """Rows of boxes on a page whose longer side has `SIDE` pixels."""
    dark = (flat < FAINT).astype(np.uint8)
    whole = cv2.morphologyEx(dark, cv2.MORPH_CLOSE, np.ones((9, 1), np.uint8))
    upright = cv2.morphologyEx(whole, cv2.MORPH_OPEN, np.ones((WALL, 1), np.uint8))
    _, _, stats, _ = cv2.connectedComponentsWithStats(upright)
    walls = sorted(
        (x + w / 2, int(y), int(y + h))
        for x, y, w, h, _ in stats[1:]
        if w <= 9 and WALL <= h <= TALLEST
    )
    rows: list[Row] = []
    left = list(walls)
    while left:
        seed = left[0]
        level = [w for w in left if abs(w[1] - seed[1]) <= LEVEL and abs(w[2] - seed[2]) <= LEVEL]
        places = sorted(x for x, _, _ in level)
        top = int(np.median([top for _, top, _ in level]))
        bottom = int(np.median([bottom for _, _, bottom in level]))
        for grid in _grids(places):
            rows += _cut(_extend(grid, top, bottom, dark), top, bottom, dark)
        left = [wall for wall in left if wall not in level]
    return rows


def _extend(grid: tuple[float, ...], top: int, bottom: int, dark: Image) -> tuple[float, ...]:
    """The grid with cells at its ends whose outer walls were lost: their rules go on."""
    walls = list(grid)
    pitch = (walls[-1] - walls[0]) / (len(walls) - 1)
    while len(walls) < MOST and _is_ruled(dark, walls[0] - pitch, walls[0], top, bottom):
        walls.insert(0, walls[0] - pitch)
    while len(walls) < MOST and _is_ruled(dark, walls[-1], walls[-1] + pitch, top, bottom):
        walls.append(walls[-1] + pitch)
    return tuple(walls)


def _cut(grid: tuple[float, ...], top: int, bottom: int, dark: Image) -> list[Row]:
    """The rows in a grid: where a cell has no rules, another comb begins."""
    rows: list[Row] = []
    run = [grid[0]]
    for left, right in pairwise(grid):
        if _is_ruled(dark, left, right, top, bottom):
            run.append(right)
            continue
        rows += [Row(tuple(run), top, bottom)] if len(run) >= FEWEST else []
        run = [right]
    return rows + ([Row(tuple(run), top, bottom)] if len(run) >= FEWEST else [])


def _is_ruled(dark: Image, left: float, right: float, top: int, bottom: int) -> bool:
    """Whether there is a rule above and under the cell."""
    first, last = round(left) + 3, round(right) - 3
    if first < 0 or last > dark.shape[1] or last <= first:
        return False
    shares = [
        float(dark[max(0, at - 5) : at + 6, first:last].max(axis=0).mean()) for at in (top, bottom)
    ]
    return min(shares) >= 0.85


def _grids(places: Sequence[float]) -> list[tuple[float, ...]]:
    """Walls at equal distances among `places`, the longest rows first; lost ones are put back."""
    found = []
    left = np.array(places)
    while len(left) >= FEWEST:
        best = max((_grid_from(left, start) for start in range(len(left))), key=len)
        if len(best) < FEWEST:
            break
        pitch = (best[-1][1] - best[0][1]) / (best[-1][0] - best[0][0])
        if len(best) >= 0.6 * (best[-1][0] + 1):
            known = dict(best)
            ends = [known.get(n, best[0][1] + n * pitch) for n in range(best[-1][0] + 1)]
            found.append(tuple(float(x) for x in ends))
        left = left[(left < best[0][1] - 3) | (left > best[-1][1] + 3)]
    return found


def _grid_from(places: NDArray[np.float64], start: int) -> list[tuple[int, float]]:
    """From one wall on to the right: numbers of walls and their places, by the best distance."""
    best: list[tuple[int, float]] = []
    first = float(places[start])
    for pitch in places[start + 1 :] - first:
        if not PITCH[0] <= pitch <= PITCH[1]:
            continue
        chain, step = [(0, first)], float(pitch)
        while True:
            number, at = chain[-1]
            for times in range(1, MISSING + 1):
                near = places[np.abs(places - at - times * step) <= 3.5]
                if len(near):
                    chain.append((number + times, float(near[0])))
                    step = (chain[-1][1] - first) / chain[-1][0]
                    break
            else:
                break
        if len(chain) > len(best):
            best = chain
    return best


def _glyphs(flat: Image, row: Row) -> list[Glyph]:
    """What stands in the row's cells, once their rules are taken away."""
    left, right = round(row.walls[0]), round(row.walls[-1])
    page = flat[row.top : row.bottom, left:right]
    dark = (page < FAINT).astype(np.uint8)
    tall = max(8, round(0.85 * page.shape[0]))
    upright = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((tall, 1), np.uint8))
    wide = round(1.3 * (right - left) / (len(row.walls) - 1))
    level = cv2.morphologyEx(dark, cv2.MORPH_OPEN, np.ones((1, wide), np.uint8))
    rules = cv2.dilate(cv2.bitwise_or(upright, level), np.ones((5, 5), np.uint8)) > 0
    rules[:4] = rules[-4:] = True
    for wall in row.walls:
        at = round(wall - row.walls[0])
        rules[:, max(0, at - 3) : at + 4] = True
    clean = np.asarray(cv2.inpaint(page, rules.astype(np.uint8), 3, cv2.INPAINT_TELEA), np.uint8)
    ink = (page < DARK) & ~rules
    form = np.where(rules, 0, 255).astype(np.uint8)
    walls = [wall - row.walls[0] for wall in row.walls]
    cells = list(pairwise(walls))
    return find_glyphs(Look(page, form, ink, clean, ink, 0, 1.0), cells)


def _read(glyphs: Sequence[Glyph], engine: LineEngine) -> CombReading:
    """As a number with check digits where there are as many letters, else as it looks."""
    kinds = [KINDS[len(glyphs)]] if len(glyphs) in KINDS else []
    label = {"en": "Comb"}
    for kind in kinds:
        spec = FieldSpec.model_validate({"name": "comb", "kind": kind, "label": label})
        reading = read_comb(glyphs, spec, reader_of(engine))
        if reading.settled:
            return reading
    spec = FieldSpec.model_validate({"name": "comb", "kind": "identifier", "label": label})
    reading = read_comb(glyphs, spec, reader_of(engine))
    if found := DATE.fullmatch(reading.text):  # strokes between the numbers look like ones
        return CombReading("/".join(found.groups()), reading.weights)
    return reading


def _words(
    reading: CombReading, glyphs: Sequence[Glyph], row: Row, width: int, height: int
) -> list[Word]:
    """The words between empty cells. Their boxes are their cells, and reach as far as the next word
    across one empty cell: that is a space, not a gap between two columns."""
    words: list[Word] = []
    at = 0
    for text in reading.text.split(" "):
        own = glyphs[at : at + len(text)]
        after = glyphs[at + len(text)].cell if at + len(text) < len(glyphs) else None
        end = own[-1].cell + (2 if after == own[-1].cell + 2 else 1)
        box = Box(
            row.walls[own[0].cell] / width,
            (row.top + min(g.y0 for g in own)) / height,
            row.walls[end] / width,
            (row.top + max(g.y1 for g in own)) / height,
        )
        weights = reading.weights[at : at + len(text)]
        words.append(Word(text, box, min(1.0, sum(weights) / len(weights))))
        at += len(text)
    return words


def _outside(line: Line, box: Box) -> Line | None:
    """The line without its words in the comb."""
    words = [
        word
        for word in line.words
        if not (box.x0 <= word.box.cx <= box.x1 and box.y0 <= word.box.cy <= box.y1)
    ]
    if len(words) == len(line.words):
        return line
    return Line.of(words) if words else None
