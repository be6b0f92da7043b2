"""Pages are laid over the blank that they were printed from, and over no other."""

from __future__ import annotations

from functools import cache
from random import Random

import cv2
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from bench.formsheet import Design, fill, make_design
from extractors.forms.place import place_pages
from extractors.forms.register import Image, Sheet, register

CORNERS = np.array([(0.08, 0.06), (0.92, 0.06), (0.92, 0.94), (0.08, 0.94)])


@cache
def design(number: int) -> Design:
    return make_design(number)


@cache
def blank(number: int) -> Sheet:
    return Sheet(design(number).image())


@cache
def filled(number: int) -> Image:
    return fill(design(number), Random(number), "capitals").image


def lay(
    image: Image, turn: float, scale: float, lift: tuple[float, ...]
) -> tuple[Image, NDArray[np.float64]]:
    """The page turned by degrees about its middle, scaled, and its corners moved by parts of its
    width; and the matrix that its points went through."""
    height, width = image.shape[:2]
    corners = np.array([(0, 0), (width, 0), (width, height), (0, height)], np.float32)
    matrix = np.eye(3)
    matrix[:2] = cv2.getRotationMatrix2D((width / 2, height / 2), turn, scale)
    moved = cv2.perspectiveTransform(corners[None], matrix)[0]
    moved += np.array(lift, np.float32).reshape(4, 2) * width * scale
    moved -= moved.min(axis=0)
    size = [int(side) + 1 for side in moved.max(axis=0)]
    final = np.asarray(cv2.getPerspectiveTransform(corners, moved.astype(np.float32)), np.float64)
    page = cv2.warpPerspective(image, final, size, flags=cv2.INTER_AREA, borderValue=(250,) * 3)
    return np.asarray(page, np.uint8), final


@settings(max_examples=5, deadline=None)
@given(
    turn=st.floats(-10, 10), scale=st.floats(0.5, 1.6), upside_down=st.booleans(),
    lift=st.tuples(*[st.floats(-0.02, 0.02)] * 8), noise=st.integers(0, 2**31),
)  # fmt: skip
def test_a_filled_page_is_laid_to_half_a_millimetre(
    turn: float, scale: float, upside_down: bool, lift: tuple[float, ...], noise: int
) -> None:
    page, matrix = lay(filled(1), turn + 180 * upside_down, scale, lift)
    grain = np.random.default_rng(noise).normal(0, 6, page.shape)
    page = np.clip(page + grain, 0, 255).astype(np.uint8)
    found = register(Sheet(page), blank(1))
    assert found is not None
    assert found.accepted
    height, width = blank(1).image.shape[:2]
    points = CORNERS * (width, height)
    true = cv2.perspectiveTransform(points[None], matrix)[0]
    assert np.linalg.norm(found.move(points) - true, axis=1).max() <= 4 * scale


def test_a_fax_in_black_and_white_is_laid() -> None:
    page, _ = lay(filled(1), 1.5, 0.7, (0.0,) * 8)
    found = register(Sheet(np.where(page > 150, 255, 0).astype(np.uint8)), blank(1))
    assert found is not None
    assert found.accepted


def test_a_page_whose_margins_are_cut_off_is_laid() -> None:
    height, width = filled(1).shape[:2]
    part = filled(1)[height // 12 :, width // 12 : -width // 12]
    found = register(Sheet(np.ascontiguousarray(part)), blank(1))
    assert found is not None
    assert found.accepted
    assert found.move(np.array([[width / 2, height / 2]]))[0] == pytest.approx(
        (width / 2 - width // 12, height / 2 - height // 12), abs=4
    )


@pytest.mark.parametrize("other", [2, 3])
def test_another_form_is_refused(other: int) -> None:
    found = register(Sheet(filled(other)), blank(1))
    assert found is None or not found.accepted


@pytest.mark.parametrize("shade", [255, 0])
def test_a_page_without_print_is_refused(shade: int) -> None:
    page = np.full((1200, 850, 3), shade, np.uint8)
    assert register(Sheet(page), blank(1)) is None


def test_pages_of_a_form_are_found_in_any_order() -> None:
    pages = {1: filled(3), 2: filled(2), 3: filled(1)}
    placed = place_pages(
        [1, 2], {1: blank(1), 2: blank(2)}, [1, 2, 3], lambda number: Sheet(pages[number])
    )
    assert {page: found.number for page, found in placed.items()} == {1: 3, 2: 2}


def test_a_page_that_is_not_there_is_left_out() -> None:
    placed = place_pages([1, 2], {1: blank(1), 2: blank(2)}, [1], lambda _: Sheet(filled(1)))
    assert list(placed) == [1]
