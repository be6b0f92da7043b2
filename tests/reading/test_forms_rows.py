"""Combs on pages of which there is no blank."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from bench.formsheet import Design, Zone, make_design, write
from extractors.forms.register import Image, flatten, resize, to_gray
from extractors.forms.rows import SIDE, find_rows, mend_combs
from extractors.ocr import ENGINES, LineEngine


@pytest.fixture(scope="module")
def engine() -> LineEngine:
    return ENGINES["openvino"]()


def boxed() -> Design:
    """A form whose combs are whole boxes."""
    designs = (make_design(f"rows/{number}") for number in range(20))
    for design in designs:
        image = design.image()
        if len(find_rows(flatten(resize(to_gray(image), SIDE / max(image.shape))))) >= 5:
            return design
    raise AssertionError("no design with boxes among twenty")


def put(image: Image, zone: Zone, text: str) -> None:
    step = zone.width / zone.cells
    for number, char in enumerate(text):
        if char != " ":
            place = (zone.x + number * step, zone.y + 0.8, step, zone.height - 1.6)
            write(image, char, place, "typed", Random(1), (20, 20, 20), "helvetica", middle=True)


def test_letters_in_boxes_are_read_as_words(engine: LineEngine) -> None:
    design = boxed()
    image = design.image()
    texts = {"last_name": "DI LILLI", "tax_id": "RSSMRA85T10A562S", "city": "FORLI"}
    for name, text in texts.items():
        [zone] = [zone for zone in design.zones if zone.field == name]
        put(image, zone, text)
    found = [line.text for line in mend_combs(image, engine.read(image), engine)]
    assert [text for text in texts.values() if text not in found] == []


def test_a_page_without_boxes_is_left_as_it_is(engine: LineEngine) -> None:
    image = np.full((1200, 850, 3), 255, np.uint8)
    image[100:110, 100:700] = 0
    image[100:900:40, 100:700] = 0  # the rules of a table
    image[100:900, 100:700:150] = 0
    assert mend_combs(image, [], engine) == []
