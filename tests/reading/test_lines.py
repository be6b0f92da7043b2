"""Parts of reading that need no model: rectangles, characters, words."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.ocr import lines, quads
from extractors.ocr.lines import Char
from models.words import Box, Line, Word

ALPHABET = ["blank", "a", "b", "\uff0c", " "]


def decode(*labels: int) -> list[Char]:
    return lines.decode(np.array(labels), np.full(len(labels), 0.9, np.float32), ALPHABET)


def test_repeats_and_blanks_are_dropped() -> None:
    chars = decode(0, 1, 1, 0, 1, 2)
    assert "".join(char.text for char in chars) == "aab"
    assert [char.at for char in chars] == pytest.approx([1.5 / 6, 4.5 / 6, 5.5 / 6])


def test_full_width_signs_become_plain() -> None:
    assert decode(3)[0].text == ","


def test_words_get_the_ink_between_the_gaps() -> None:
    ink = np.zeros(100, np.bool_)
    ink[10:40] = ink[60:90] = True
    chars = [Char("a", 0.2, 1.0), Char(" ", 0.5, 1.0), Char("b", 0.7, 0.5)]
    (first, second) = lines.split_words(chars, ink)
    assert (first[0], second[0]) == ("a", "b")
    assert first[1:] == pytest.approx((0.1, 0.4, 1.0))
    assert second[1:] == pytest.approx((0.6, 0.9, 0.5))


def test_words_that_touch_are_parted_half_way() -> None:
    chars = [Char("a", 0.2, 1.0), Char(" ", 0.5, 1.0), Char("b", 0.8, 1.0)]
    (first, second) = lines.split_words(chars, np.ones(100, np.bool_))
    assert (first[1], first[2], second[1], second[2]) == pytest.approx((0, 0.5, 0.5, 1))


@given(
    st.lists(st.tuples(st.sampled_from("ab "), st.floats(0, 0.999)), max_size=12),
    st.lists(st.booleans(), min_size=1, max_size=60),
)
def test_word_parts_are_ordered_and_inside(
    placed: list[tuple[str, float]], marks: list[bool]
) -> None:
    chars = [Char(text, at, 1.0) for text, at in sorted(placed, key=lambda item: item[1])]
    found = lines.split_words(chars, np.array(marks))
    assert [word[0] for word in found] == "".join(char.text for char in chars).split()
    assert all(0 <= start < end for _, start, end, _ in found)


@pytest.mark.parametrize(
    ("size", "wanted"), [((100, 20), (-2, -1, 102, 21)), ((20, 100), (-1, -2, 21, 102))]
)
def test_margins_follow_the_direction_of_the_line(
    size: tuple[int, int], wanted: tuple[int, ...]
) -> None:
    width, height = size
    quad = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    grown = quads.grow(quad)
    assert (*grown[0], *grown[2]) == pytest.approx(wanted)


def test_big_pages_are_shrunk_and_small_ones_are_not() -> None:
    big, small = np.zeros((3508, 2480, 3), np.uint8), np.zeros((1200, 900, 3), np.uint8)
    assert quads.long_side(big, 3_000_000, 4000) == pytest.approx(2060, abs=5)
    assert quads.long_side(small, 3_000_000, 4000) == 1200


def test_long_receipts_keep_their_width() -> None:
    assert quads.long_side(np.zeros((6000, 700, 3), np.uint8), 3_000_000, 4000) == 4000


def test_corners_are_put_in_order() -> None:
    corners = np.array([[9, 1], [1, 5], [1, 1], [9, 5]], np.float32)
    assert quads.order_corners(corners).tolist() == [[1, 1], [9, 1], [9, 5], [1, 5]]


def test_a_part_of_a_line_has_its_part_of_the_box() -> None:
    quad = np.array([[20, 10], [60, 10], [60, 20], [20, 20]], np.float32)
    box = quads.page_box(quad, 0.25, 0.5, 100, 50)
    assert box.to_list() == pytest.approx([0.3, 0.2, 0.4, 0.4])


def shown(text: str, score: float, ink: int) -> tuple[Line, lines.Crop]:
    """A line and its crop with a block of `ink` on white paper."""
    pixels = np.full((20, 100, 3), 255, np.uint8)
    pixels[5:15, 10:90] = ink
    quad = np.zeros((4, 2), np.float32)
    return Line.of([Word(text, Box(0, 0, 1, 1), score)]), lines.Crop(pixels, quad)


def test_faint_print_that_reads_badly_is_the_other_sides() -> None:
    read = [shown("Totale", 0.99, 0), shown("elatoT", 0.8, 180), shown("pallido", 0.97, 180)]
    assert [line.text for line in lines.drop_faint(read)] == ["Totale", "pallido"]


def test_on_a_faint_page_faint_lines_stay() -> None:
    read = [shown("Totale", 0.99, 180), shown("122,00", 0.8, 180)]
    assert len(lines.drop_faint(read)) == 2


def test_a_rectangle_that_stands_straight_is_cut_as_it_is() -> None:
    image = np.random.default_rng(1).integers(0, 255, (60, 80, 3)).astype(np.uint8)
    quad = np.array([[10, 20], [50, 20.6], [50, 30.6], [10, 30]], np.float32)
    assert np.array_equal(quads.cut(image, quad), image[20:31, 10:50])


def test_a_rectangle_that_leans_is_straightened() -> None:
    image = np.zeros((60, 80, 3), np.uint8)
    quad = np.array([[10, 20], [50, 25], [50, 35], [10, 30]], np.float32)
    assert quads.cut(image, quad).shape == (10, 40, 3)


def test_a_rectangle_beyond_the_edge_is_filled_up() -> None:
    image = np.full((60, 80, 3), 7, np.uint8)
    quad = np.array([[-5, 20], [50, 20], [50, 30], [-5, 30]], np.float32)
    assert quads.cut(image, quad).shape == (10, 55, 3)
