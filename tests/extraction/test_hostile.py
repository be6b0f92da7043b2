"""Nothing that can stand on a page makes extraction raise."""

from __future__ import annotations

import math

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from extractors.pipeline import extract
from extractors.types import TYPES
from models.words import Box, Line, Page, Word
from tests.extraction.papers import paper

EMPTY = Page(1, 1654, 2339, (), "ocr")
NO_SIZE = Page(1, 0, 0, (), "ocr")
WORDLESS = Page(1, 100, 100, (Line("", Box(0, 0, 1, 0.1), 0.5, ()),), "ocr")
LONG = paper([(0.0, 0.5, "Totale 1" + "0" * 200_000), (0.0, 0.6, "x " * 20_000 + "y")])
POINTS = Page(
    1, 10, 10, (Line.of([Word("Totale", Box(0.5, 0.5, 0.5, 0.5), 0.0)]),), "native"
)  # fmt: skip
OUTSIDE = Page(
    1, 10, 10, (Line.of([Word("Totale 12,00", Box(-3.0, 2.0, 9.0, -1.0), 7.0)]),), "ocr"
)  # fmt: skip


@pytest.mark.parametrize("doctype", [*TYPES, "detect"])
@pytest.mark.parametrize(
    "page", [EMPTY, NO_SIZE, WORDLESS, LONG, POINTS, OUTSIDE],
    ids=["empty", "no size", "wordless", "long", "points", "outside"],
)  # fmt: skip
def test_odd_pages(page: Page, doctype: str) -> None:
    found = extract([page], doctype)
    assert all(0 <= field.score <= 1 for field in found.fields.values())


@pytest.mark.parametrize("doctype", [*TYPES, "detect"])
def test_no_pages(doctype: str) -> None:
    found = extract([], doctype)
    assert all(field.value is None for field in found.fields.values())
    assert found.lines == ()


WORDS = st.sampled_from(
    ["Fattura", "n.", "Totale", "12,00", "1.234.567,8", "22%", "05/03/2024", "IVA", "€", "Q.tà",
     "Prezzo", "Importo", "Descrizione", "2", "x", "IT60X0542811101000000123456", "12345670017",
     "Spett.le", "S.r.l.", ":", "(", "", "\u5de5", "-", "IBAN", "Codice", "fiscale", "99999999999"]
)  # fmt: skip
PLACES = st.floats(min_value=0, max_value=0.99)


@settings(max_examples=60, suppress_health_check=[HealthCheck.too_slow], deadline=None)
@given(st.lists(st.tuples(PLACES, PLACES, st.lists(WORDS, min_size=1, max_size=6)), max_size=40))
def test_words_in_any_place(lines: list[tuple[float, float, list[str]]]) -> None:
    page = paper([(x, y, " ".join(words)) for x, y, words in lines])
    for doctype in TYPES:
        found = extract([page], doctype)
        for field in [*found.fields.values(), *(v for line in found.lines for v in line.values())]:
            assert math.isfinite(field.score)
            if field.box is not None:
                assert 0 <= field.box.x0 <= field.box.x1 <= 1
                assert 0 <= field.box.y0 <= field.box.y1 <= 1
