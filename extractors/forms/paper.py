"""A zone of a filled page: straightened to the blank's, with what is printed on it taken away."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.forms.register import Image, Registration, Sheet
from models.words import Box

SIDE = 2400  # pixels of the blank's longer side in a look: A4 at 205 dpi, 8 pixels a millimetre
MARGIN = 40  # pixels around the zone that help to bring print upon print
REACH = 9  # how far it may be beside it
DRIFT = 0.0015  # of correlation that a pixel of it costs, squared: rules fix one direction only
DARKER = 45  # grey levels by which ink is darker than the blank's print and paper around it
PRINT = 40  # grey levels of ink that the blank's print has
FAINT = 110  # grey levels that a fold is darker than paper, and a pen's line is not
SPECK = 7  # pixels: smaller marks are dust

Mask = NDArray[np.bool_]


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """A zone as it is on the page, in the blank's geometry; all images have the zone's size.

    `page` is what is there (grey, the paper white), `form` what the blank has there, `ink` where
    somebody has written, `clean` the page without the form's print. `wide` is `ink` with `pad`
    pixels more on each side. `scale` is pixels of a look by pixel of the blank.
    """

    page: Image
    form: Image
    ink: Mask
    clean: Image
    wide: Mask
    pad: int
    scale: float


def look_at(page: Sheet, blank: Sheet, placed: Registration, box: Box, pad: int = 0) -> Look:
    """The zone `box` of the blank as the registered page has it."""
    height, width = blank.image.shape[:2]
    scale = SIDE / max(height, width)
    margin = MARGIN + REACH + pad
    left, top = round(box.x0 * width * scale), round(box.y0 * height * scale)
    size = max(4, round(box.width * width * scale)), max(4, round(box.height * height * scale))
    big = size[0] + 2 * margin, size[1] + 2 * margin
    # From pixels of the look to pixels of the blank.
    out = np.array([[1 / scale, 0, (left - margin) / scale],
                    [0, 1 / scale, (top - margin) / scale], [0, 0, 1]], np.float64)  # fmt: skip
    form = _warp(blank.flat, out, big)
    middle = np.array([box.cx * width, box.cy * height])
    bend = placed.shift_near(middle, 0.12 * max(height, width))
    shifted = np.array([[1, 0, bend[0]], [0, 1, bend[1]], [0, 0, 1]], np.float64)
    there = _warp(page.flat, shifted @ placed.matrix @ out, big)
    there = _align(there, form)
    ink = _new_ink(there, form)
    clean = _without_print(there, form, ink)
    inner = (slice(margin, margin + size[1]), slice(margin, margin + size[0]))
    outer = (slice(margin - pad, margin + size[1] + pad),
             slice(margin - pad, margin + size[0] + pad))  # fmt: skip
    return Look(there[inner], form[inner], ink[inner], clean[inner], ink[outer], pad, scale)


def _warp(image: Image, matrix: NDArray[np.float64], size: tuple[int, int]) -> Image:
    grown = cv2.warpPerspective(
        image, matrix, size, flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT, borderValue=(255,),
    )  # fmt: skip
    return np.asarray(grown, np.uint8)


def _align(there: Image, form: Image) -> Image:
    """The page's part moved by a few pixels so that its print lies on the blank's."""
    piece = form[REACH:-REACH, REACH:-REACH]
    if float(piece.std()) < 6:
        return there
    alike = cv2.matchTemplate(
        cv2.GaussianBlur(there, (0, 0), 1.2), cv2.GaussianBlur(piece, (0, 0), 1.2),
        cv2.TM_CCOEFF_NORMED,
    )  # fmt: skip
    down, right = np.mgrid[-REACH : REACH + 1, -REACH : REACH + 1]
    worth = alike - DRIFT * (down**2 + right**2)
    at = np.unravel_index(int(worth.argmax()), worth.shape)
    if alike[at] < 0.3:
        return there
    shift = np.array([[1, 0, REACH - at[1]], [0, 1, REACH - at[0]]], np.float64)
    moved = cv2.warpAffine(there, shift, there.shape[::-1], borderValue=(255,))
    return np.asarray(moved, np.uint8)


def _new_ink(there: Image, form: Image) -> Mask:
    """Where the page is darker than the blank is around that place."""
    expected = (255.0 - cv2.erode(form, np.ones((5, 5), np.uint8))) * _contrast(there, form)
    new = (255.0 - there) - np.minimum(expected, 255.0) > DARKER
    count, labels, stats, _ = cv2.connectedComponentsWithStats(new.astype(np.uint8))
    keep = stats[:, cv2.CC_STAT_AREA] >= SPECK
    keep[0] = False
    found = np.asarray(keep[labels]) if count > 1 else new
    return found & ~_folds(found, there)


def _folds(ink: Mask, there: Image) -> Mask:
    """Faint lines along most of a flat zone: paper that was folded, or a scanner's dirty glass."""
    height, width = ink.shape
    marks = ink.astype(np.uint8)
    joined = cv2.morphologyEx(marks, cv2.MORPH_CLOSE, np.ones((1, 31), np.uint8))
    long = cv2.morphologyEx(joined, cv2.MORPH_OPEN, np.ones((1, max(60, width // 3)), np.uint8))
    thick = cv2.morphologyEx(marks, cv2.MORPH_OPEN, np.ones((9, 1), np.uint8))
    lines = ink & (long > 0) & (thick == 0)
    if width < 3 * height or not lines.any() or 255 - float(np.median(there[lines])) > FAINT:
        return np.zeros_like(ink)
    return np.asarray(lines)


def _contrast(there: Image, form: Image) -> float:
    """How much darker the page shows the form's print than the blank does: a fax or a copier makes
    grey rules black."""
    own = 255.0 - form
    print_ = own > PRINT
    if print_.sum() < 50:
        return 1.0
    seen = 255.0 - cv2.erode(there, np.ones((3, 3), np.uint8))
    return float(np.clip(1.1 * np.percentile(seen[print_] / own[print_], 60), 1.0, 6.0))


def _without_print(there: Image, form: Image, ink: Mask) -> Image:
    """The page with the blank's print painted over from what is around it."""
    soft = cv2.erode(form, np.ones((3, 3), np.uint8))
    mask = ((255 - soft) > PRINT) & ~ink
    if not mask.any():
        return there
    painted = cv2.inpaint(there, mask.astype(np.uint8), 3, cv2.INPAINT_TELEA)
    return np.asarray(painted, np.uint8)


@dataclass(frozen=True, slots=True)
class Blot:
    """A connected piece of ink: its box in pixels and its area."""

    x0: int
    y0: int
    x1: int
    y1: int
    area: int

    @property
    def width(self) -> int:
        return self.x1 - self.x0

    @property
    def height(self) -> int:
        return self.y1 - self.y0


def blots(ink: Mask, close: int = 3) -> list[Blot]:
    """Connected ink; what is `close` pixels apart counts as one."""
    shape = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (close, close))
    joined = cv2.dilate(ink.astype(np.uint8), shape)
    count, labels, stats, _ = cv2.connectedComponentsWithStats(joined)
    areas = np.bincount(labels[ink], minlength=count)
    return [
        Blot(int(x), int(y), int(x + w), int(y + h), int(areas[number]))
        for number, (x, y, w, h, _) in enumerate(stats)
        if number and areas[number]
    ]
