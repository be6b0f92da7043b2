"""Barcodes, two-dimensional codes and patch codes of a page: what they say, where they are."""

from __future__ import annotations

import cv2
import numpy as np
import zxingcpp
from numpy.typing import NDArray

from extractors.patches import find_patches
from models.words import Barcode, Box

# Longer sides, in pixels, at which a page is searched. At the first, narrow bars still have two
# pixels (A4 at 200 dpi); at the second, blurred and very large codes come together.
SIDES = (2400, 1100)
SHORTEST = 3  # characters: less is a chance find between lines of text
# Without a check digit, rules and columns of digits are taken for these: longer ones only.
CARELESS = {"ITF": 6, "Codabar": 6, "Code 39": 4, "Code 93": 4}
MOST_BYTES = 8_192  # no code on paper holds more


def find_barcodes(image: NDArray[np.uint8]) -> tuple[Barcode, ...]:
    """The codes on an RGB page, top to bottom; boxes are page-relative."""
    gray = image[:, :, 1]  # green: bars of any ink that a scanner's red light reads are dark in it
    found: list[Barcode] = []
    for side in SIDES:
        small = _shrink(gray, side)
        for code in zxingcpp.read_barcodes(small, try_downscale=False, try_invert=False):
            barcode = _barcode(code, small.shape[1], small.shape[0])
            if barcode and not any(_is_same(barcode, other) for other in found):
                found.append(barcode)
    found += find_patches(gray)
    return tuple(sorted(found, key=lambda code: (round(code.box.y0, 2), code.box.x0)))


def _shrink(gray: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    scale = side / max(gray.shape)
    if scale >= 1:
        return np.ascontiguousarray(gray)
    small = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    return small.astype(np.uint8, copy=False)


def _barcode(code: zxingcpp.Barcode, width: int, height: int) -> Barcode | None:
    kind = str(code.format)
    text = code.text
    if len(text) < CARELESS.get(kind, SHORTEST) or len(text) > MOST_BYTES:
        return None
    place = code.position
    corners = [place.top_left, place.top_right, place.bottom_right, place.bottom_left]
    xs = [min(max(corner.x / width, 0.0), 1.0) for corner in corners]
    ys = [min(max(corner.y / height, 0.0), 1.0) for corner in corners]
    return Barcode(text=text, format=kind, box=Box(min(xs), min(ys), max(xs), max(ys)))


def _is_same(one: Barcode, other: Barcode) -> bool:
    """Whether both are one code on the paper, found at two sizes."""
    if (one.text, one.format) != (other.text, other.format):
        return False
    a, b = one.box, other.box
    return a.x0 <= b.x1 and b.x0 <= a.x1 and a.y0 <= b.y1 and b.y0 <= a.y1
