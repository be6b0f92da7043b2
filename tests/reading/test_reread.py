"""The second look at uncertain words: which are chosen, what is said of them, what it is worth."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.ocr import Engine, LineEngine
from extractors.ocr.lines import Char
from extractors.page import read_page
from extractors.render import RawPage
from extractors.reread import BUDGET, choose, doubt, read_again, stretch_contrast
from models.words import UNSETTLED, Box, Line, Page, Word
from tests.reading import samples

PAPER = np.full((400, 400, 3), 255, np.uint8)


def word(text: str, score: float, x: float = 0.1, width: float = 0.002) -> Word:
    return Word(text, Box(x, 0.1, x + width, 0.1 + width / 3), score)


def text_around(*words: Word) -> list[Line]:
    """Lines with `words`, and enough sure text that there is time for them."""
    return [Line.of([word("parole certe", 1.0, width=0.8)]), *(Line.of([one]) for one in words)]


@dataclass
class Reader:
    """Reads `text` whatever it is shown."""

    text: str
    shown: list[tuple[int, ...]] = field(default_factory=list)

    def read(self, image: samples.Pixels) -> list[Line]:
        raise AssertionError("only words are read again")

    def recognise(self, crops: Sequence[samples.Pixels]) -> list[list[Char]]:
        self.shown += [crop.shape for crop in crops]
        return [[Char(char, 0.5, 0.9) for char in self.text] for _ in crops]


@pytest.mark.parametrize(
    ("other", "agreed", "kept"),
    [("1.250,00", True, None), ("1.250, 00", True, None), ("1.260,00", False, "1.260,00"),
     ("", False, "")],
)  # fmt: skip
def test_a_second_reading_agrees_or_is_kept(other: str, agreed: bool, kept: str | None) -> None:
    found = read_again(PAPER, text_around(word("1.250,00", 0.97)), Reader(other))[1].words[0]
    assert (found.agreed, found.other) == (agreed, kept)
    assert (found.text, found.score) == ("1.250,00", 0.97)


@pytest.mark.parametrize(
    ("text", "score", "chosen"),
    [("IT01234567890", 0.99, True), ("IT01234567890", 0.9999, False), ("Fattura", 0.9, False),
     ("123456", 0.6, False)],
)  # fmt: skip
def test_uncertain_numbers_are_read_again(text: str, score: float, chosen: bool) -> None:
    assert [one.text for one in choose(text_around(word(text, score)))] == [text] * chosen


def test_words_that_run_down_the_page_are_left_alone() -> None:
    upright = Word("123", Box(0.1, 0.1, 0.11, 0.3), 0.9)
    assert choose(text_around(upright)) == []


@given(
    st.lists(
        st.builds(word, st.from_regex(r"\A[0-9A-Z]{1,12}\Z"), st.floats(0, 1),
                  width=st.floats(0.01, 0.5)),
        min_size=1, max_size=30,
    )
)  # fmt: skip
def test_little_of_a_page_is_read_again_the_worst_of_it_first(words: list[Word]) -> None:
    lines = text_around(*words)
    chosen = choose(lines)
    assert sum(one.box.width for one in chosen) <= BUDGET * sum(
        one.box.width for line in lines for one in line.words
    )
    assert [doubt(one) for one in chosen] == sorted(map(doubt, chosen), reverse=True)


def test_what_is_cut_out_stays_on_the_page() -> None:
    edge = Word("12", Box(0.99, 0.99, 1.0, 1.0), 0.9)
    reader = Reader("12")
    read_again(PAPER, text_around(edge), reader)
    assert len(reader.shown) == 1
    assert min(reader.shown[0]) > 0


@pytest.mark.parametrize("shade", [0, 128, 255])
def test_a_crop_of_one_shade_does_no_harm(shade: int) -> None:
    crop = np.full((10, 20, 3), shade, np.uint8)
    assert stretch_contrast(crop).shape == crop.shape


def test_faint_ink_becomes_black() -> None:
    crop = np.full((10, 20, 3), 200, np.uint8)
    crop[:, 5:8] = 150
    found = stretch_contrast(crop)
    assert found[0, 6, 0] == 0
    assert found[0, 0, 0] >= 254


def test_an_engine_that_reads_pages_only_is_not_asked() -> None:
    class Plain:
        def read(self, image: samples.Pixels) -> list[Line]:
            return [Line.of([word("12345", 0.95, width=0.5)])]

    page = read_page(RawPage(1, samples.pixels(samples.page_image()), 200.0, None), Plain()).page
    assert [one.agreed for one in page.words] == [None]


def test_the_engines_read_a_word_again(engine: Engine) -> None:
    """Every word of a real page is thought uncertain: the second readings agree with the first."""
    image = samples.pixels(samples.page_image())
    lines = [
        Line.of([Word(w.text, w.box, 0.99) for w in line.words]) for line in engine.read(image)
    ]
    assert isinstance(engine, LineEngine)
    found = [w for line in read_again(image, lines, engine) for w in line.words]
    again = [w.agreed for w in found if w.agreed is not None]
    assert again
    assert all(again)


def test_words_read_once_are_written_as_before() -> None:
    assert word("12", 0.9).to_dict().keys() == {"text", "box", "score"}


@pytest.mark.parametrize(
    ("agreed", "other", "trust"), [(None, None, 0.97), (True, None, 0.97), (False, "7", UNSETTLED)]
)
def test_pages_keep_what_was_read_twice(
    agreed: bool | None, other: str | None, trust: float
) -> None:
    found = Word("1", Box(0.1, 0.1, 0.2, 0.2), 0.97, agreed, other)
    page = Page(1, 100, 100, (Line.of([found]),), "ocr")
    back = Page.from_dict(page.to_dict()).words[0]
    assert back == found
    assert back.trust == trust
