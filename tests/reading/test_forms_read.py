"""What is read in the zones of a form: each reader on marks made for it."""

from __future__ import annotations

from collections.abc import Callable
from random import Random
from typing import Any

import cv2
import numpy as np
import pytest

from bench.formsheet import DPI, Design, Hand, Zone, draw_mark, make_design, write
from bench.generator.inks import Words, make_signature, make_stamp, press_ink
from extractors.forms.read import read_form
from extractors.forms.register import Image, Sheet
from extractors.ocr import ENGINES, LineEngine
from extractors.values import FieldValue
from models.doctype import DocumentType
from models.words import Page

PEN = (25, 30, 120)
TAX_ID = "RSSMRA85T10A562S"  # the example of the form's own rules

Draw = Callable[[Image], None]


@pytest.fixture(scope="module")
def engine() -> LineEngine:
    return ENGINES["openvino"]()


@pytest.fixture(scope="module")
def design() -> Design:
    return make_design(1)


@pytest.fixture(scope="module")
def blank(design: Design) -> Sheet:
    return Sheet(design.image())


@pytest.fixture
def read(engine: LineEngine, design: Design, blank: Sheet) -> Callable[..., dict[str, FieldValue]]:
    """The fields of a page on which `draw` has drawn; only these, to be quick."""

    def run(draw: Draw, *names: str, doctype: DocumentType | None = None) -> dict[str, FieldValue]:
        image = design.image()
        draw(image)
        kept = only(doctype or design.doctype(), names)
        page = Page(1, image.shape[1], image.shape[0], (), "ocr")
        return read_form(kept, [page], lambda _: image, {1: blank}, engine)

    return run


def only(doctype: DocumentType, names: tuple[str, ...]) -> DocumentType:
    assert doctype.form is not None
    zones = tuple(zone for zone in doctype.form.zones if zone.field in names)
    return doctype.model_copy(update={"form": doctype.form.model_copy(update={"zones": zones})})


def zones_of(design: Design, name: str) -> list[Zone]:
    return [zone for zone in design.zones if zone.field == name]


def put(design: Design, name: str, text: str, hand: Hand = "typed") -> Draw:
    """Write a comb's letters, or a line of text."""
    [zone] = zones_of(design, name)
    rng = Random(f"{name}/{text}")

    def draw(image: Image) -> None:
        if zone.reader != "comb":
            place = (zone.x + 2, zone.y + 1, zone.width - 4, zone.height - 2)
            write(image, text, place, hand, rng, PEN, "courier")
            return
        step = zone.width / zone.cells
        for number, char in enumerate(text):
            if char != " ":
                place = (zone.x + number * step, zone.y + 0.8, step, zone.height - 1.6)
                write(image, char, place, hand, rng, PEN, "helvetica", middle=True)

    return draw


# -- combs ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("text", ["DI LILLI", "I", "LO IACONO", "MARIA"])
def test_a_lone_letter_of_a_comb_is_read(
    read: Callable[..., dict[str, FieldValue]], design: Design, text: str
) -> None:
    found = read(put(design, "last_name", text), "last_name")["last_name"]
    assert found.value == text


@pytest.mark.parametrize(("name", "text", "value"), [
    ("tax_id", TAX_ID, TAX_ID), ("postal_code", "01101", "01101"),
    ("birth_date", "01111981", "1981-11-01"),
])  # fmt: skip
def test_a_comb_is_read_as_its_fields_kind(
    read: Callable[..., dict[str, FieldValue]], design: Design, name: str, text: str, value: str
) -> None:
    found = read(put(design, name, text), name)[name]
    assert (found.value, found.problems) == (value, ())
    assert found.score >= 0.9


def test_a_number_with_a_wrong_check_letter_is_not_bent_into_a_right_one(
    read: Callable[..., dict[str, FieldValue]], design: Design
) -> None:
    wrong = TAX_ID[:-1] + ("X" if TAX_ID[-1] != "X" else "K")
    found = read(put(design, "tax_id", wrong), "tax_id")["tax_id"]
    assert found.score < 0.9


def test_an_empty_comb_has_no_value(
    read: Callable[..., dict[str, FieldValue]], design: Design
) -> None:
    found = read(lambda _: None, "last_name", "tax_id", "iban")
    assert {(f.value, f.raw, f.problems) for f in found.values()} == {(None, "", ())}


# -- text -----------------------------------------------------------------------------------------


def test_what_is_typed_is_read_without_the_forms_print(
    read: Callable[..., dict[str, FieldValue]], design: Design
) -> None:
    found = read(put(design, "address", "Via dei Mille 12/A"), "address")["address"]
    assert (found.value, found.problems) == ("Via dei Mille 12/A", ())
    assert found.score >= 0.9


def test_handwriting_goes_to_people(
    read: Callable[..., dict[str, FieldValue]], design: Design
) -> None:
    names = ("last_name", "birth_place", "tax_id")

    def draw(image: Image) -> None:
        for name, text in zip(names, ("MARCHESOTTI", "FORLIMPOPOLI", TAX_ID), strict=True):
            put(design, name, text, "capitals")(image)

    for found in read(draw, *names).values():
        assert "handwriting" in found.problems
        assert found.score <= 0.3


# -- marks ----------------------------------------------------------------------------------------


@pytest.mark.parametrize("style", ["cross", "tick", "fill", "circle"])
@pytest.mark.parametrize("chosen", [0, 2])
def test_one_of_several_boxes_is_marked(
    read: Callable[..., dict[str, FieldValue]], design: Design, style: str, chosen: int
) -> None:
    zone = zones_of(design, "status")[chosen]
    found = read(lambda image: draw_mark(image, zone, style, Random(3), PEN), "status")["status"]
    assert (found.value, found.problems) == (zone.value, ())
    assert found.score >= 0.9


def test_a_single_box_says_yes_or_no(
    read: Callable[..., dict[str, FieldValue]], design: Design
) -> None:
    [zone] = zones_of(design, "member")
    found = read(lambda image: draw_mark(image, zone, "tick", Random(4), PEN), "member", "consent")
    assert {name: value.value for name, value in found.items()} == {
        "member": "yes", "consent": "no",
    }  # fmt: skip
    assert all(value.score >= 0.9 for value in found.values())


def test_no_mark_is_no_value(read: Callable[..., dict[str, FieldValue]], design: Design) -> None:
    found = read(lambda _: None, "status")["status"]
    assert (found.value, found.raw, found.problems) == (None, "", ())


def test_a_blacked_out_box_beside_a_cross_is_for_people(
    read: Callable[..., dict[str, FieldValue]], design: Design
) -> None:
    first, second = zones_of(design, "status")[:2]

    def draw(image: Image) -> None:
        draw_mark(image, first, "fill", Random(5), PEN)
        draw_mark(image, second, "cross", Random(6), PEN)

    found = read(draw, "status")["status"]
    assert (found.value, found.problems) == (second.value, ("several_marks",))
    assert found.score < 0.5


# -- signatures -----------------------------------------------------------------------------------


def sign(design: Design, what: str) -> Draw:
    [zone] = zones_of(design, "signature")
    x, y, width, height = (round(v * DPI / 25.4) for v in (zone.x, zone.y, zone.width, zone.height))
    rng = Random(7)

    def draw(image: Image) -> None:
        if what == "signature":
            ink = make_signature(rng, int(width * 0.6), height, DPI)
            press_ink(image, ink, x + 40, y - 5, PEN, 0.9)
        elif what == "stamp":
            words = Words("UFFICIO", ("04 MAG 2025", "PERVENUTO"))
            stamp = make_stamp(rng, words, DPI, circular=False)
            press_ink(image, stamp, x + 40, y - 80, (60, 50, 140), 0.8)
        elif what == "line":
            cv2.line(image, (x + 20, y + 60), (x + width - 60, y + 66), PEN, 3, cv2.LINE_AA)
        else:
            for _ in range(30):
                at = (x + rng.randrange(width), y + rng.randrange(height))
                cv2.circle(image, at, rng.choice([1, 2]), (60, 60, 60), -1)

    return draw


def test_a_signature_is_found(read: Callable[..., dict[str, FieldValue]], design: Design) -> None:
    found = read(sign(design, "signature"), "signature")["signature"]
    assert (found.value, found.problems) == ("yes", ())


@pytest.mark.parametrize("what", ["stamp", "line", "dust"])
def test_other_ink_is_no_signature(
    read: Callable[..., dict[str, FieldValue]], design: Design, what: str
) -> None:
    assert read(sign(design, what), "signature")["signature"].value == "no"


# -- barcodes and text layers -----------------------------------------------------------------


def test_a_barcode_is_read_where_it_is(
    read: Callable[..., dict[str, FieldValue]], design: Design
) -> None:
    import zxingcpp

    code = zxingcpp.create_barcode("PRT-20260117", zxingcpp.BarcodeFormat.Code128)
    bars: Any = code.to_image(scale=2)
    bars = cv2.cvtColor(np.asarray(bars, np.uint8), cv2.COLOR_GRAY2RGB)
    high, wide = bars.shape[:2]

    def draw(image: Image) -> None:
        image[2000 : 2000 + high, 300 : 300 + wide] = bars

    data = design.doctype().model_dump(mode="json")
    box = [250 / 1654, 1980 / 2339, (350 + wide) / 1654, (2020 + high) / 2339]
    data["form"]["zones"].append({"field": "email", "box": box, "reader": "barcode"})
    data["form"]["zones"] = [
        z for z in data["form"]["zones"] if z["field"] != "email" or z["reader"] == "barcode"
    ]
    found = read(draw, "email", doctype=DocumentType.model_validate(data))["email"]
    assert found.value == "PRT-20260117"


def test_a_page_that_is_missing_leaves_its_fields_in_doubt(
    engine: LineEngine, design: Design, blank: Sheet
) -> None:
    doctype = only(design.doctype(), ("last_name", "status"))
    white = np.full((2339, 1654, 3), 255, np.uint8)
    page = Page(1, 1654, 2339, (), "ocr")
    found = read_form(doctype, [page], lambda _: white, {1: blank}, engine)
    assert {(f.value, f.score, f.problems) for f in found.values()} == {
        (None, 0.0, ("not_this_form",))
    }
