"""Glyphs to words and lines, without any PDF."""

from __future__ import annotations

import pytest

from extractors import native
from extractors.native import Glyph

WIDTH, HEIGHT = 0.01, 0.02  # of one glyph; with aspect 1, half as wide as high


def type_text(text: str, x: float = 0.1, y: float = 0.1, pitch: float = WIDTH) -> list[Glyph]:
    return [
        Glyph(char, x + index * pitch, y, x + index * pitch + WIDTH, y + HEIGHT)
        for index, char in enumerate(text)
    ]


def texts(glyphs: list[Glyph]) -> list[str]:
    lines = native.read(glyphs, 1.0)
    assert lines is not None
    return [" ".join(word[0] for word in line) for line in lines]


def test_space_glyphs_part_words() -> None:
    assert texts(type_text("due parole")) == ["due parole"]


def test_a_gap_parts_words_without_a_space_glyph() -> None:
    glyphs = type_text("importo") + type_text("totale", x=0.18)
    assert texts(glyphs) == ["importo totale"]


def test_a_space_glyph_over_other_text_parts_nothing() -> None:
    glyphs = [*type_text("fattura"), Glyph(" ", 0.13, 0.1, 0.14, 0.12)]
    assert texts(glyphs) == ["fattura"]


def test_doubled_glyphs_of_fake_bold_count_once() -> None:
    glyphs = type_text("totale") + type_text("totale", x=0.1005)
    assert texts(glyphs) == ["totale"]


def test_a_double_letter_is_not_a_doubled_glyph() -> None:
    assert texts(type_text("fattura numero")) == ["fattura numero"]


def test_characters_in_the_boxes_of_a_form_are_one_word() -> None:
    assert texts(type_text("RSSMRA80A01H501U", pitch=0.03)) == ["RSSMRA80A01H501U"]


def test_few_single_letters_stay_words() -> None:
    glyphs = type_text("a b c d", pitch=0.015) + type_text("parole altre", y=0.3)
    assert texts(glyphs) == ["a b c d", "parole altre"]


def test_a_gap_of_two_heights_parts_lines() -> None:
    glyphs = type_text("totale") + type_text("99,50", x=0.1 + 6 * WIDTH + 2.2 * HEIGHT)
    assert texts(glyphs) == ["totale", "99,50"]


def test_a_gap_under_two_heights_keeps_the_line() -> None:
    glyphs = type_text("totale") + type_text("99,50", x=0.1 + 6 * WIDTH + 1.8 * HEIGHT)
    assert texts(glyphs) == ["totale 99,50"]


def test_page_running_sideways_is_left_to_ocr() -> None:
    glyphs = [Glyph("a", 0.1, 0.02 * i, 0.12, 0.02 * i + 0.01, False) for i in range(20)]
    assert native.read(glyphs, 1.0) is None


def test_glyphs_outside_are_dropped_and_boxes_stay_on_the_page() -> None:
    lines = native.read([*type_text("dentro la pagina", x=-0.004), *type_text("fuori", x=1.2)], 1.0)
    assert lines is not None
    assert [word[0] for word in lines[0]] == ["dentro", "la", "pagina"]
    assert lines[0][0][1] == 0


@pytest.mark.parametrize(
    "text",
    ["", " \n ", "(cid:12)(cid:40)(cid:7) abc", "\ue012\ue044\ue0f1 abc", "\ufffd\ufffd abc def",
     "\x01\x02\x03 abcdef", "•••••••• ab"],
)  # fmt: skip
def test_layers_without_meaning(text: str) -> None:
    assert not native.is_sound(text)


@pytest.mark.parametrize("text", ["Società Forlì", "1.234,56 €", "Page 1", "№ 42 - ΔΣ Жук"])
def test_sound_layers(text: str) -> None:
    assert native.is_sound(text)
