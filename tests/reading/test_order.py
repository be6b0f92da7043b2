from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from extractors.order import arrange
from models.words import Box, Line, Word

UNIT = st.floats(0, 0.9)


def line(text: str, x: float, y: float, width: float = 0.2, height: float = 0.02) -> Line:
    return Line.of([Word(text, Box(x, y, x + width, y + height), 1.0)])


def texts(lines: list[Line]) -> list[str]:
    return [item.text for item in arrange(lines)]


def test_rows_top_down_and_left_to_right() -> None:
    lines = [line("d", 0.6, 0.2), line("b", 0.6, 0.1), line("c", 0.1, 0.2), line("a", 0.1, 0.1)]
    assert texts(lines) == ["a", "b", "c", "d"]


def test_a_value_slightly_higher_than_its_label_stays_behind_it() -> None:
    assert texts([line("99,50", 0.7, 0.092), line("Totale", 0.1, 0.1)]) == ["Totale", "99,50"]


def test_touching_lines_are_two_rows() -> None:
    assert texts([line("sotto", 0.1, 0.119), line("sopra", 0.3, 0.1)]) == ["sopra", "sotto"]


def test_label_value_columns_are_read_across() -> None:
    lines = [line(f"label {i}", 0.1, 0.1 + i * 0.05) for i in range(8)]
    lines += [line(f"{i},00", 0.6, 0.1 + i * 0.05) for i in range(8)]
    assert texts(lines)[:4] == ["label 0", "0,00", "label 1", "1,00"]


def test_prose_columns_are_read_down_between_full_width_lines() -> None:
    left = [
        line(f"colonna sinistra, riga {i} di testo", 0.1, 0.2 + i * 0.05, 0.35) for i in range(6)
    ]
    right = [
        line(f"colonna destra, riga {i} di testo", 0.55, 0.2 + i * 0.05, 0.35) for i in range(6)
    ]
    title, foot = line("titolo", 0.1, 0.1, 0.8), line("piede", 0.1, 0.9, 0.8)
    found = arrange([foot, *right, *left, title])
    assert found == [title, *left, *right, foot]


@given(st.lists(st.tuples(UNIT, UNIT), max_size=30))
def test_arranging_keeps_every_line_once(places: list[tuple[float, float]]) -> None:
    lines = [
        line(f"una riga di testo numero {index}", x, y, 0.1) for index, (x, y) in enumerate(places)
    ]
    assert sorted(texts(lines)) == sorted(item.text for item in lines)
