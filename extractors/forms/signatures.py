"""Whether somebody has signed: ink of a hand, not a rule, a stamp or dust."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import cv2
import numpy as np

from extractors.forms.paper import Blot, Look, Mask, blots

TALL, WIDE = 0.22, 0.12  # of the zone's sides: the least that a signature reaches
STRAIGHT = 0.06  # thickness by length under which ink is a straight line
PRINTED = 0.15  # share of the ink that is legible print: then it is a stamp


@dataclass(frozen=True, slots=True)
class Signed:
    """`present`, and how sure (0..1) that is."""

    present: bool
    sure: float


def find_signature(look: Look, read_print: Callable[[Look], float]) -> Signed:
    """Whether there is a signature in the zone. `read_print` gives the share (0..1) of the ink
    that is legible machine print: it is asked only when there is much ink."""
    height, width = look.ink.shape
    least = (0.05 * height) ** 2
    found = [b for b in blots(look.ink, 5) if b.area >= max(12, least / 4)]
    strokes = [b for b in found if not _is_straight(look.ink, b)]
    large = [b for b in strokes if b.height >= 0.12 * height or b.width >= 0.06 * width]
    if not large:
        share = sum(b.area for b in found) / look.ink.size
        return Signed(False, 0.97 if share < 0.004 else 0.8)
    tall = (max(b.y1 for b in large) - min(b.y0 for b in large)) / height
    wide = (max(b.x1 for b in large) - min(b.x0 for b in large)) / width
    area = sum(b.area for b in large)
    if tall < TALL or wide < WIDE or area < 0.004 * look.ink.size:
        return Signed(False, 0.5)
    if read_print(look) >= PRINTED or _is_frame(look.ink, large):
        return Signed(False, 0.4)
    biggest = max(large, key=lambda b: b.area)
    running = biggest.width >= 0.1 * width and biggest.height >= TALL * height
    # Many small pieces of the same height are letters or a grid of dots, not a hand's flourish.
    return Signed(True, 0.97 if running and len(large) <= 14 else 0.6)


def _is_straight(ink: Mask, blot: Blot) -> bool:
    """Whether this is a rule or the edge of something: long, thin and straight."""
    down, right = np.nonzero(ink[blot.y0 : blot.y1, blot.x0 : blot.x1])
    if len(down) < 10:
        return False
    (_, (one, other), _) = cv2.minAreaRect(np.column_stack([right, down]).astype(np.float32))
    long, thin = max(one, other) + 1, min(one, other) + 1
    return bool(long >= 25 and thin / long < STRAIGHT)


def _is_frame(ink: Mask, large: list[Blot]) -> bool:
    """Whether the largest piece runs around the others, as a stamp's border does."""
    frame = max(large, key=lambda b: b.width * b.height)
    inside = ink[frame.y0 : frame.y1, frame.x0 : frame.x1]
    if min(inside.shape) < 20:
        return False
    part = inside.astype(np.uint8)
    contours, tree = cv2.findContours(part, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    holes = [cv2.contourArea(c) for c, t in zip(contours, tree[0], strict=True) if t[3] >= 0]
    return bool(holes) and max(holes) > 0.6 * inside.size and len(large) >= 4
