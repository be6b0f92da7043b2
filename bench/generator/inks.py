"""Ink put on paper by hand: rubber stamps and signatures."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from random import Random
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from bench.generator.press import MM, Image, print_scrap
from models.words import Box

Coverage = NDArray[np.float32]
Colour = tuple[int, int, int]

STAMP_INKS: tuple[Colour, ...] = ((40, 60, 150), (60, 50, 140), (170, 40, 50), (35, 90, 110))
PEN_INKS: tuple[Colour, ...] = ((25, 35, 120), (20, 20, 30), (30, 50, 140))


@dataclass(frozen=True)
class Words:
    """What a stamp says."""

    title: str
    lines: tuple[str, ...]


def _box_stamp(rng: Random, words: Words, dpi: int) -> Coverage:
    width, height = 46.0, 12.5 + 4.6 * len(words.lines)

    def draw(canvas: Any) -> None:
        canvas.setLineWidth(1.6)
        canvas.roundRect(2 * MM, 2 * MM, (width - 4) * MM, (height - 4) * MM, 4)
        canvas.setFont("Helvetica-Bold", 13)
        canvas.drawCentredString(width / 2 * MM, (height - 8.2) * MM, words.title)
        canvas.setFont("Courier-Bold" if rng.random() < 0.6 else "Helvetica", 10)
        for index, line in enumerate(words.lines):
            canvas.drawCentredString(width / 2 * MM, (height - 13.2 - 4.6 * index) * MM, line)

    return print_scrap(width, height, dpi, draw)


def _round_stamp(words: Words, dpi: int) -> Coverage:
    size, radius = 38.0, 17.0

    def draw(canvas: Any) -> None:
        middle = size / 2 * MM
        canvas.setLineWidth(1.5)
        canvas.circle(middle, middle, radius * MM)
        canvas.circle(middle, middle, radius * 0.68 * MM)
        text = words.title.upper()
        # the ring between the circles is 75 mm around at the letters' feet
        size_pt = min(8.5, 250 / len(text))
        canvas.setFont("Helvetica-Bold", size_pt)
        step = size_pt * 0.78 / (radius * 0.76 * MM)
        for index, char in enumerate(text):
            angle = (index - (len(text) - 1) / 2) * step
            canvas.saveState()
            canvas.translate(
                middle + math.sin(angle) * radius * 0.76 * MM,
                middle + math.cos(angle) * radius * 0.76 * MM,
            )
            canvas.rotate(-math.degrees(angle))
            canvas.drawCentredString(0, 0, char)
            canvas.restoreState()
        canvas.setFont("Helvetica", 6.5)
        for index, line in enumerate(words.lines):
            canvas.drawCentredString(middle, middle + (2.2 - 3.2 * index) * MM, line)

    return print_scrap(size, size, dpi, draw)


def make_stamp(rng: Random, words: Words, dpi: int, *, circular: bool) -> Coverage:
    """A stamp's ink coverage, turned a little and unevenly inked."""
    flat = _round_stamp(words, dpi) if circular else _box_stamp(rng, words, dpi)
    angle = rng.uniform(-14, 14)
    height, width = flat.shape
    side = math.ceil(math.hypot(height, width))
    turn = np.array(cv2.getRotationMatrix2D((width / 2, height / 2), angle, 1), np.float64)
    turn[:, 2] += ((side - width) / 2, (side - height) / 2)
    turned = cv2.warpAffine(flat, turn, (side, side))
    uneven = np.random.default_rng(rng.getrandbits(32)).random((9, 9), dtype=np.float32)
    worn = cv2.resize(uneven, (side, side), interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(turned * (0.62 + 0.38 * worn), 0, 1), dtype=np.float32)


def make_signature(rng: Random, width: int, height: int, dpi: int) -> Coverage:
    """A scribble that fills about `width` x `height` pixels: a capital, then a running hand."""
    canvas = np.zeros((height, width), np.uint8)
    thin = max(1, round(dpi / 110))
    left = _flourish(rng, canvas, thin)
    _running_hand(rng, canvas, left, thin)
    if rng.random() < 0.4:
        y = height * rng.uniform(0.72, 0.85)
        xs = np.linspace(width * 0.12, width * rng.uniform(0.75, 0.95), 30)
        ys = y - height * 0.1 * np.sin(np.linspace(0, rng.uniform(2, 4), 30))
        _trace(canvas, xs, ys, thin)
    return np.asarray(cv2.GaussianBlur(canvas, (3, 3), 0).astype(np.float32) / 255, np.float32)


def _flourish(rng: Random, canvas: NDArray[np.uint8], thin: int) -> float:
    """A large leaning loop for the first letter; gives where it ends."""
    height, width = canvas.shape
    t = np.linspace(rng.uniform(-0.6, 0.2), rng.uniform(5.5, 7.5), 60)
    middle, wide = width * rng.uniform(0.14, 0.2), width * rng.uniform(0.05, 0.09)
    tall = height * rng.uniform(0.3, 0.42)
    ys = height * 0.48 - tall * np.cos(t)
    xs = middle + wide * np.sin(t * rng.choice((1.0, 1.5))) - (ys - height / 2) * 0.35 + t * 2
    _trace(canvas, xs, ys, thin)
    return float(xs[-1])


def _running_hand(rng: Random, canvas: NDArray[np.uint8], left: float, thin: int) -> None:
    """Uneven waves that loop back on themselves and die out to the right."""
    height, width = canvas.shape
    count = rng.randint(5, 9)
    t = np.linspace(0, 1, count * 16)
    phase = 2 * np.pi * count * (t + 0.03 * np.sin(2 * np.pi * t * rng.uniform(1, 3)))
    knots = [rng.uniform(0.05, 0.2) for _ in range(count)]
    knots[rng.randrange(count)] = rng.uniform(0.28, 0.4)
    tall = np.interp(t, np.linspace(0, 1, count), knots) * (1.1 - 0.6 * t) * height
    ys = height * (0.62 - 0.06 * t) - tall * np.sin(phase)
    span = (width * rng.uniform(0.78, 0.95) - left) * t
    loops = width * rng.uniform(0.012, 0.03) * np.cos(phase + rng.uniform(-0.6, 0.6))
    _trace(canvas, left + span + loops - (ys - height * 0.62) * 0.4, ys, thin)


def _trace(
    canvas: NDArray[np.uint8], xs: NDArray[np.float64], ys: NDArray[np.float64], thin: int
) -> None:
    """Draw the points as one stroke, thicker where the pen goes down."""
    points = np.stack([xs, ys], axis=1)
    for start, end in pairwise(points):
        down = end[1] > start[1]
        first, second = [(round(float(x) * 8), round(float(y) * 8)) for x, y in (start, end)]
        cv2.line(canvas, first, second, (255,), thin + int(down), cv2.LINE_AA, 3)


def print_fax_line(page: Image, text: str, dpi: int) -> None:
    """The sender's line at the top of a fax; changes the bilevel `page`."""
    width = page.shape[1] / dpi * 25.4

    def draw(canvas: Any) -> None:
        canvas.setFont("Courier", 8)
        canvas.drawString(12 * MM, 1.5 * MM, text)

    line = print_scrap(width, 5, dpi, draw)
    strip = page[: line.shape[0], : line.shape[1]]
    strip[line[:, : strip.shape[1]] > 0.5] = 0


def press_ink(page: Image, ink: Coverage, x: int, y: int, colour: Colour, strength: float) -> None:
    """Lay ink over the page at x, y (pixels of its top left corner); changes `page`."""
    left, top = max(x, 0), max(y, 0)
    right = min(x + ink.shape[1], page.shape[1])
    bottom = min(y + ink.shape[0], page.shape[0])
    if right <= left or bottom <= top:
        return
    part = ink[top - y : bottom - y, left - x : right - x, None] * strength
    absorbed = 1 - part * (1 - np.array(colour, np.float32) / 255)
    area = page[top:bottom, left:right]
    area[:] = (area * absorbed).astype(np.uint8)


def find_room(
    rng: Random, taken: Sequence[Box], width: float, height: float, region: Box
) -> tuple[float, float]:
    """Where a mark of this size (page-relative) covers the least of `taken` within `region`."""
    best, least = (region.x0, region.y0), math.inf
    for _ in range(60):
        x = rng.uniform(region.x0, max(region.x0, region.x1 - width))
        y = rng.uniform(region.y0, max(region.y0, region.y1 - height))
        covered = sum(
            max(0.0, min(x + width, box.x1) - max(x, box.x0))
            * max(0.0, min(y + height, box.y1) - max(y, box.y0))
            for box in taken
        )
        if covered < least:
            best, least = (x, y), covered
        if not covered:
            break
    return best
