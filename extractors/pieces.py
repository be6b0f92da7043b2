"""Images of pages, made smaller or cut into the papers that lie on them."""

from __future__ import annotations

from collections.abc import Iterable

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.page import encode
from models.words import Box

Image = NDArray[np.uint8]
THUMBNAIL = 1000  # pixels of the longer side: legible at half a screen's height
OUTSIDE = 0.1  # of a page's ink: more outside of all papers is one that was not found


def decode(jpeg: bytes) -> Image:
    """The RGB image of a JPEG that we made; ValueError when it is none."""
    image = cv2.imdecode(np.frombuffer(jpeg, np.uint8), cv2.IMREAD_COLOR)
    if image is None:
        raise ValueError("not an image")
    return np.ascontiguousarray(image[:, :, ::-1]).astype(np.uint8, copy=False)


def make_thumbnail(jpeg: bytes) -> bytes:
    """A smaller JPEG of a page, for lists of pages."""
    image = decode(jpeg)
    scale = THUMBNAIL / max(image.shape[:2])
    if scale < 1:
        image = cv2.resize(image, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
            np.uint8, copy=False
        )
    return encode(image)


def cut_out(image: Image, region: Box) -> Image:
    """The part of an RGB page image in `region`; at least one pixel."""
    height, width = image.shape[:2]
    left, top = int(region.x0 * width), int(region.y0 * height)
    right, bottom = round(region.x1 * width), round(region.y1 * height)
    return np.ascontiguousarray(image[top : max(bottom, top + 1), left : max(right, left + 1)])


def covers(image: Image, regions: Iterable[Box]) -> bool:
    """Whether nearly all ink of a page lies in `regions`: no paper on it was overlooked."""
    gray = cv2.cvtColor(image, cv2.COLOR_RGB2GRAY)
    ink = cv2.adaptiveThreshold(
        gray, 1, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 20
    ).astype(bool)
    height, width = ink.shape
    outside = np.ones_like(ink)
    for box in regions:
        rows = slice(int(box.y0 * height), int(box.y1 * height) + 1)
        outside[rows, int(box.x0 * width) : int(box.x1 * width) + 1] = False
    return int(ink[outside].sum()) <= OUTSIDE * max(1, int(ink.sum()))
