from __future__ import annotations

import numpy as np
import pytest

from extractors import preprocess
from tests.reading import samples

PAGE = samples.pixels(samples.page_image())


@pytest.mark.parametrize("turned", [0, 90, 180, 270])
def test_rotation_is_found(turned: int) -> None:
    rotation, confidence = preprocess.guess_rotation(preprocess.turn(PAGE, turned))
    assert (turned + rotation) % 360 == 0
    assert confidence > 0.5


def test_turning_is_clockwise() -> None:
    image = np.zeros((2, 3, 3), np.uint8)
    image[0, 0] = 255  # the top left goes to the top right
    assert preprocess.turn(image, 90)[0, -1, 0] == 255


@pytest.mark.parametrize("skew", [-13.0, -5.0, -1.2, 0.8, 3.0, 13.0])
def test_skew_is_measured(skew: float) -> None:
    assert preprocess.measure_skew(preprocess.level(PAGE, -skew)) == pytest.approx(skew, abs=0.15)


def test_level_page_has_no_skew() -> None:
    assert preprocess.measure_skew(PAGE) == 0


def test_page_without_text_has_no_skew() -> None:
    image = np.full((400, 400, 3), 255, np.uint8)
    image[100:300, 100:300] = np.random.default_rng(1).integers(0, 255, (200, 200, 3))
    assert preprocess.measure_skew(image) == 0


def test_corners_of_a_levelled_page_are_white() -> None:
    assert preprocess.level(np.zeros((100, 100, 3), np.uint8), 10)[0, 0].tolist() == [255] * 3


@pytest.mark.parametrize("shade", [255, 200, 0])
def test_even_paper_is_blank(shade: int) -> None:
    assert preprocess.is_blank(np.full((500, 400, 3), shade, np.uint8))


def test_shaded_and_grainy_paper_is_blank() -> None:
    grain = np.random.default_rng(1).normal(0, 3, (1400, 1000, 1))
    paper = np.linspace(200, 250, 1000)[None, :, None] + grain
    assert preprocess.is_blank(np.repeat(paper, 3, axis=2).clip(0, 255).astype(np.uint8))


def test_one_faint_word_is_not_blank() -> None:
    image = samples.text_image(["due"], size=(1000, 1400), height=24)
    faint = (255 - (255 - samples.pixels(image).astype(np.float32)) * 0.3).astype(np.uint8)
    assert not preprocess.is_blank(faint)
