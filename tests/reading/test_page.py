"""Raw page to read page: which way the page is turned, and what is kept."""

from __future__ import annotations

import io

import numpy as np
import pytest
from PIL import Image

from extractors import preprocess
from extractors.ocr import Engine
from extractors.page import ReadPage, read_page
from extractors.render import RawPage
from models.words import Box, Line, Page, Word
from tests.reading import samples

PAGE = samples.pixels(samples.page_image())
TEXT = "riassume la fornitura dei beni ordinati"


def raw(image: samples.Pixels, native: Page | None = None) -> RawPage:
    return RawPage(7, image, 200.0, native)


def a_line(score: float, box: Box = Box(0.1, 0.1, 0.9, 0.12)) -> Line:  # noqa: B008
    return Line.of([Word("testo-di-prova-abbastanza-lungo", box, score)])


class Reader:
    """Reads well only when the page is upright; counts its calls."""

    def __init__(self, *, upside_down_score: float = 0.6) -> None:
        self.calls = 0
        self.other = upside_down_score

    def read(self, image: samples.Pixels) -> list[Line]:
        self.calls += 1
        if image.shape == PAGE.shape and np.abs(image.astype(int) - PAGE).mean() < 1:
            return [a_line(0.99)]
        if image.shape == PAGE.shape:
            return [a_line(self.other)]
        return [a_line(0.95, Box(0.1, 0.1, 0.12, 0.9))]


class Blind:
    def read(self, image: samples.Pixels) -> list[Line]:
        raise AssertionError("the engine was asked")


@pytest.fixture
def guess(monkeypatch: pytest.MonkeyPatch) -> list[tuple[int, float]]:
    """What the orientation model says: the last item."""
    said = [(0, 0.9)]
    monkeypatch.setattr(preprocess, "guess_rotation", lambda _: said[-1])
    return said


def test_sure_and_upright_is_read_once(guess: list[tuple[int, float]]) -> None:
    reader = Reader()
    assert read_page(raw(PAGE), reader).page.rotation == 0
    assert reader.calls == 1


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_sure_turn_is_read_once(guess: list[tuple[int, float]], turned: int) -> None:
    guess.append((360 - turned, 0.9))
    reader = Reader()
    found = read_page(raw(preprocess.turn(PAGE, turned)), reader)
    assert (found.page.rotation, reader.calls) == (360 - turned, 1)


@pytest.mark.parametrize("wrong", [90, 180, 270])
@pytest.mark.parametrize("confidence", [0.5, 0.9])
def test_a_wrong_turn_is_undone_by_the_text(
    guess: list[tuple[int, float]], wrong: int, confidence: float
) -> None:
    guess.append((wrong, confidence))
    assert read_page(raw(PAGE), Reader()).page.rotation == 0


def test_an_unsure_turn_is_checked_even_if_it_reads_fairly(
    guess: list[tuple[int, float]],
) -> None:
    guess.append((180, 0.5))
    assert read_page(raw(PAGE), Reader(upside_down_score=0.85)).page.rotation == 0


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_a_turn_the_model_missed_is_found_by_the_text(
    guess: list[tuple[int, float]], turned: int
) -> None:
    assert read_page(raw(preprocess.turn(PAGE, turned)), Reader()).page.rotation == 360 - turned


def test_blank_page_is_not_read() -> None:
    found = read_page(raw(np.full((300, 200, 3), 250, np.uint8)), Blind())
    assert found.page.lines == ()
    assert found.page.blank
    assert (found.page.width, found.page.height) == (200, 300)


class Nothing:
    def read(self, image: samples.Pixels) -> list[Line]:
        return []


def dusty(*marks: tuple[int, int, int, int]) -> samples.Pixels:
    """White paper, 200 dpi, with dark marks at x, y, width, height."""
    image = np.full((2339, 1654, 3), 250, np.uint8)
    for x, y, width, height in marks:
        image[y : y + height, x : x + width] = 40
    return image


SPECKS = [(300, 400, 5, 5), (900, 1200, 6, 4), (1200, 1800, 4, 4)]


def test_dust_and_punch_holes_make_no_page(guess: list[tuple[int, float]]) -> None:
    holes = [(40, 900, 50, 50), (40, 1400, 50, 50)]
    assert read_page(raw(dusty(*SPECKS, *holes)), Nothing()).page.blank


def test_a_stroke_of_the_pen_is_not_dust(guess: list[tuple[int, float]]) -> None:
    assert not read_page(raw(dusty(*SPECKS, (800, 1100, 6, 80))), Nothing()).page.blank


def test_a_page_with_text_is_not_blank(guess: list[tuple[int, float]]) -> None:
    assert not read_page(raw(PAGE), Reader()).page.blank


def native_page() -> Page:
    return Page(7, PAGE.shape[1], PAGE.shape[0], (a_line(1.0),), "native")


def test_sound_text_layer_is_kept_with_the_image() -> None:
    found = read_page(raw(PAGE, native_page()), Blind())
    assert found.page is not None
    assert found.page.source == "native"
    assert decoded(found).shape == PAGE.shape


def test_text_layer_can_be_ignored(guess: list[tuple[int, float]]) -> None:
    assert read_page(raw(PAGE, native_page()), Reader(), force_ocr=True).page.source == "ocr"


def decoded(found: ReadPage) -> samples.Pixels:
    with Image.open(io.BytesIO(found.image)) as image:
        assert image.format == "JPEG"
        return samples.pixels(image)


# -- with real engines --------------------------------------------------------------------------


@pytest.mark.parametrize("turned", [90, 180, 270])
def test_turned_scan_is_read_upright(engine: Engine, turned: int) -> None:
    found = read_page(raw(preprocess.turn(PAGE, turned)), engine)
    assert found.page.rotation == 360 - turned
    assert found.page.text.count(TEXT) == 14
    assert np.abs(decoded(found).astype(int) - PAGE).mean() < 3


def test_skewed_scan_is_levelled(engine: Engine) -> None:
    found = read_page(raw(preprocess.level(PAGE, -4)), engine)
    assert found.page.skew == pytest.approx(4, abs=0.2)
    assert found.page.text.count(TEXT) == 14
    assert all(line.box.height < 0.035 for line in found.page.lines)
    assert (found.page.number, found.page.source) == (7, "ocr")
