"""Reading twice: with readers that are made up, on lines of black blocks."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pytest

from extractors.ocr import Image
from extractors.ocr.draft import read_twice
from extractors.ocr.lines import Char


def line(*blocks: tuple[int, int], width: int = 400, height: int = 40) -> Image:
    """White paper with a black block from and to each pair of columns."""
    crop = np.full((height, width, 3), 255, np.uint8)
    for start, end in blocks:
        crop[8:32, start:end] = 0
    return crop


def chars(*words: tuple[str, float, float, float]) -> list[Char]:
    """Of `(text, from, to, score)`, characters at even distances, a space between words."""
    found: list[Char] = []
    for text, start, end, score in words:
        if found:
            found.append(Char(" ", (found[-1].at + start) / 2, 1.0))
        step = (end - start) / len(text)
        found += [Char(c, start + (n + 0.5) * step, score) for n, c in enumerate(text)]
    return found


class Second:
    """Reads "neu" on every crop, and notes the crops."""

    def __init__(self) -> None:
        self.seen: list[Image] = []

    def __call__(self, crops: Sequence[Image]) -> list[list[Char]]:
        self.seen += crops
        return [chars(("neu", 0.1, 0.9, 0.99)) for _ in crops]


def text_of(found: list[Char]) -> str:
    return "".join(char.text for char in found)


CROP = line((20, 120), (150, 250), (280, 380))
WORDS = (("abc", 0.05, 0.3), ("def", 0.375, 0.625), ("ghi", 0.7, 0.95))


def read(crop: Image, *scores: float) -> tuple[str, Second, list[Char]]:
    second = Second()
    first = chars(*((*word, score) for word, score in zip(WORDS, scores, strict=True)))
    (found,) = read_twice([crop], lambda _: [first], second)
    return text_of(found), second, found


def test_a_sure_line_is_read_once() -> None:
    text, second, _ = read(CROP, 0.9, 0.8, 0.95)
    assert (text, second.seen) == ("abc def ghi", [])


def test_a_doubtful_word_is_read_again_with_some_paper_around_it() -> None:
    text, second, found = read(CROP, 0.9, 0.7, 0.95)
    assert text == "abc neu ghi"
    (crop,) = second.seen
    assert crop.shape[1] == pytest.approx(100 + 2 * 6, abs=2)
    places = [char.at for char in found]
    assert places == sorted(places)
    assert 0.375 < found[4].at < 0.625


def test_neighbours_in_doubt_are_read_again_together() -> None:
    crop = line((20, 120), (130, 180), (190, 380))
    second = Second()
    first = chars(("abc", 0.05, 0.3, 0.5), ("de", 0.325, 0.45, 0.5), ("fghijk", 0.475, 0.95, 0.9))
    (found,) = read_twice([crop], lambda _: [first], second)
    assert text_of(found) == "neu fghijk"
    assert len(second.seen) == 1


def test_a_line_mostly_in_doubt_is_read_again_as_a_whole() -> None:
    text, second, _ = read(CROP, 0.5, 0.9, 0.5)
    assert text == "neu"
    assert second.seen[0].shape == CROP.shape


def test_a_line_without_characters_is_read_again() -> None:
    (found,) = read_twice([CROP], lambda _: [[]], Second())
    assert text_of(found) == "neu"


def test_a_gap_inside_a_word_casts_doubt_on_it() -> None:
    text, second, _ = read(line((20, 60), (80, 120), (150, 250), (280, 380)), 0.99, 0.99, 0.99)
    assert text == "neu def ghi"
    assert len(second.seen) == 1


def test_nothing_read_the_second_time_leaves_no_space() -> None:
    first = chars(("abc", 0.05, 0.3, 0.2), ("def", 0.375, 0.95, 0.9))
    crop = line((20, 120), (150, 380))
    (found,) = read_twice([crop], lambda _: [first], lambda crops: [[] for _ in crops])
    assert text_of(found) == "def"


def test_the_parts_of_several_lines_go_back_to_their_own() -> None:
    second = Second()
    first = [chars(("abc", 0.05, 0.3, score), ("defghi", 0.375, 0.95, 0.9)) for score in (0.9, 0.5)]
    crop = line((20, 120), (150, 380))
    found = read_twice([crop, crop], lambda _: first, second)
    assert [text_of(line) for line in found] == ["abc defghi", "neu defghi"]
