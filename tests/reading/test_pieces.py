"""Images of pages: smaller, cut out, and whether papers on them were overlooked."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from extractors.page import encode
from extractors.pieces import THUMBNAIL, covers, cut_out, decode, make_thumbnail
from models.words import Box

LEFT, RIGHT = Box(0.0, 0.0, 0.5, 1.0), Box(0.5, 0.0, 1.0, 1.0)


def two_papers() -> NDArray[np.uint8]:
    """Lines of ink on the left and on the right half of a page."""
    image = np.full((1400, 1000, 3), 250, np.uint8)
    for y in range(100, 1300, 30):
        image[y : y + 5, 50:430] = 20
        image[y : y + 5, 560:930] = 20
    return image


def test_a_thumbnail_keeps_the_shape() -> None:
    small = decode(make_thumbnail(encode(two_papers())))
    assert small.shape[:2] == (THUMBNAIL, round(1000 * THUMBNAIL / 1400))


def test_a_region_is_cut_out() -> None:
    image = two_papers()
    assert np.array_equal(cut_out(image, RIGHT), image[:, 500:])


def test_an_overlooked_paper_is_seen() -> None:
    assert covers(two_papers(), [LEFT, RIGHT])
    assert not covers(two_papers(), [LEFT])
