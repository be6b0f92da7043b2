"""Every layout prints everything it promises, and the marks are where the text is."""

from __future__ import annotations

from random import Random

import pypdfium2
import pytest

from bench.generator.batch import draw
from bench.generator.facts import Facts, Row
from bench.generator.layouts import LAYOUTS, Layout
from bench.generator.sheet import Sheet
from bench.generator.truth import describe
from extractors.types import TYPES

EVERY = [
    pytest.param(kind, layout, language, id=f"{kind}-{name}-{language}")
    for kind, layouts in LAYOUTS.items()
    for name, layout in layouts.items()
    for language in layout.languages
]
# fields that some layout of the kind leaves out on purpose
OPTIONAL = {"amount_due", "vat_total", "net_total", "purchase_order", "carrier", "seller_tax_id"}


def _print(layout: Layout, language: str, seed: int) -> tuple[bytes, Sheet, Facts]:
    facts = layout.make(Random(seed), language, None)
    pdf, sheet = draw(layout, layout.families[seed % len(layout.families)], facts, str(seed))
    return pdf, sheet, facts


@pytest.mark.parametrize(("kind", "layout", "language"), EVERY)
def test_every_line_and_required_field_is_printed(kind: str, layout: Layout, language: str) -> None:
    for seed in range(6):
        _, sheet, facts = _print(layout, language, seed)
        truth = describe("x", "x", facts, sheet.marks, None)
        assert set(facts.values) - set(truth["fields"]) <= OPTIONAL
        needed = {"description"} if kind == "delivery_note" else {"description", "line_total"}
        assert all(needed <= set(line) for line in truth["lines"])


@pytest.mark.parametrize(("kind", "layout", "language"), EVERY)
def test_truth_has_only_names_of_the_document_type(
    kind: str, layout: Layout, language: str
) -> None:
    _, sheet, facts = _print(layout, language, 1)
    truth = describe("x", "x", facts, sheet.marks, None)
    assert truth["type"] == kind
    assert set(truth["fields"]) <= {spec.name for spec in TYPES[kind].fields}
    columns = {spec.name for spec in TYPES[kind].lines}
    assert all(set(line) <= columns for line in truth["lines"])


@pytest.mark.parametrize(("kind", "layout", "language"), EVERY)
def test_marks_lie_on_the_paper(kind: str, layout: Layout, language: str) -> None:
    for seed in range(6):
        _, sheet, _ = _print(layout, language, seed)
        for mark in sheet.marks:
            box = mark.box
            assert 0 <= box.x0 < box.x1 <= 1, mark
            assert 0 <= box.y0 < box.y1 <= 1, mark


@pytest.mark.parametrize(("kind", "layout", "language"), EVERY)
def test_fields_do_not_overlap(kind: str, layout: Layout, language: str) -> None:
    for seed in range(6):
        _, sheet, _ = _print(layout, language, seed)
        names = {spec.name for spec in TYPES[kind].fields} - {"currency"}
        marks = [m for m in sheet.marks if m.name in names or m.line is not None]
        for i, one in enumerate(marks):
            for other in marks[i + 1 :]:
                if one.print == other.print or one.page != other.page:
                    continue
                wide = min(one.box.x1, other.box.x1) - max(one.box.x0, other.box.x0)
                tall = min(one.box.y1, other.box.y1) - max(one.box.y0, other.box.y0)
                smaller = min(one.box.height, other.box.height)
                assert wide <= 0.001 or tall <= smaller * 0.25, (one, other)


@pytest.mark.parametrize(("kind", "layout", "language"), EVERY)
def test_marks_stand_on_their_text(kind: str, layout: Layout, language: str) -> None:
    pdf, sheet, facts = _print(layout, language, 2)
    document = pypdfium2.PdfDocument(pdf)
    pages = [page.get_textpage() for page in document]
    sizes = [page.get_size() for page in document]
    for mark in sheet.marks:
        shown = facts.shown.get(mark.name) if mark.line is None else None
        if (
            mark.name == "currency"
            or shown is None
            or kind == "form"
            or "\n" in shown
            or " " in shown
        ):
            continue
        width, height = sizes[mark.page - 1]
        b = mark.box
        text = pages[mark.page - 1].get_text_bounded(
            b.x0 * width - 1, height - b.y1 * height - 1, b.x1 * width + 1,
            height - b.y0 * height + 1,
        )  # fmt: skip
        assert shown in text, mark
    document.close()


def test_typed_capitals_are_capitals_in_the_truth() -> None:
    _, sheet, facts = _print(LAYOUTS["invoice"]["preprinted"], "it", 1)
    truth = describe("x", "x", facts, sheet.marks, None)
    texts = [truth["fields"]["buyer_name"], *(line["description"] for line in truth["lines"])]
    assert all(text == text.upper() for text in texts)
    assert truth["fields"]["seller_name"] != truth["fields"]["seller_name"].upper()


def test_a_template_without_its_value_prints_nothing() -> None:
    sheet = Sheet(Facts("invoice", "it", {}, {"seller_name": "Rossi"}), "helvetica")
    assert sheet.text(10, 10, "P.IVA {seller_vat}") == 0
    assert sheet.marks == []


def test_one_number_under_two_names_is_recorded_twice() -> None:
    sheet = Sheet(Facts("invoice", "it", {}, {"seller_vat": "01234567897"}), "helvetica")
    sheet.text(10, 10, "C.F. e P.IVA {seller_vat+seller_tax_id}")
    assert [mark.name for mark in sheet.marks] == ["seller_vat", "seller_tax_id"]
    assert sheet.marks[0].box == sheet.marks[1].box


def test_a_wrapped_value_has_one_box_around_it() -> None:
    facts = Facts("invoice", "it", {}, {}, lines=({"description": "a b c"},))
    sheet = Sheet(facts, "helvetica")
    row = Row({"description": "Carta risma fogli ottanta grammi"}, 0)
    sheet.paragraph(20, 50, "{description}", 25, row=row)
    place = describe("x", "x", facts, sheet.marks, None)["line_boxes"][0]["description"]
    x0, y0, x1, y1 = place["box"]
    assert x0 == pytest.approx(20 / 210, abs=1e-4)
    assert x1 <= 46 / 210
    assert y0 < 50 / 297 < y1 - 0.01
