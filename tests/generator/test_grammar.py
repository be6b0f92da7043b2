"""Papers of the grammar: families that share nothing, and pages that say what their truth says."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal
from itertools import combinations
from random import Random

import pypdfium2
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.generator.facts import Facts
from bench.generator.grammar import papers
from bench.generator.grammar.program import (
    FAMILIES,
    Family,
    Program,
    count_programs,
    draw_program,
    family_of,
    read_choices,
)
from bench.generator.grammar.wordings import (
    LANGUAGES,
    choose_words,
    labels,
    seen,
    share,
    unseen,
    vocabulary,
)
from bench.generator.places import ITALY
from bench.generator.sheet import Mark, Sheet
from bench.generator.truth import describe
from extractors.einvoice import read_einvoice
from extractors.types import TYPES
from models.words import Box

numbers = st.integers(0, 999_999)
families = st.sampled_from(FAMILIES)
kinds = st.sampled_from(papers.KINDS)
languages = st.sampled_from(LANGUAGES)

NEEDED = {
    "invoice": {"invoice_number", "issue_date", "seller_name", "buyer_name", "gross_total"},
    "delivery_note": {"document_number", "issue_date", "seller_name", "buyer_name"},
    "receipt": {"merchant_name", "date", "total"},
    "form": {"last_name", "first_name", "birth_date", "iban", "date"},
    "other": set(),
}
MM = 72 / 25.4
# always the same pages: a run's result does not depend on its luck
PAGES = settings(max_examples=40, deadline=None, derandomize=True)


def _facts(family: Family, kind: str, number: int, language: str) -> tuple[Program, Facts]:
    program = draw_program(family, kind, number)
    return program, papers.make(program, language, Random(number))


def _print(family: Family, kind: str, number: int, language: str) -> tuple[bytes, Sheet, Facts]:
    program, facts = _facts(family, kind, number, language)
    pdf, sheet = papers.draw(program, facts)
    return pdf, sheet, facts


# -- families -------------------------------------------------------------------------------------


@pytest.mark.parametrize("kind", papers.KINDS)
def test_hundreds_of_numbers_are_hundreds_of_structures(kind: str) -> None:
    programs = [draw_program("train", kind, number) for number in range(300)]
    assert count_programs(programs) > 280


@given(numbers, kinds)
def test_no_structure_belongs_to_both_families(number: int, kind: str) -> None:
    for family in FAMILIES:
        program = draw_program(family, kind, number)
        assert family_of(kind, program.structure) == family


@given(numbers, kinds)
def test_training_layouts_have_no_held_option(number: int, kind: str) -> None:
    held = read_choices()["held"]
    for name, option in draw_program("train", kind, number).structure.items():
        assert option not in held.get(name, ())


def test_most_test_layouts_have_a_held_option() -> None:
    programs = [draw_program("test", "invoice", number) for number in range(100)]
    assert sum(bool(program.held) for program in programs) > 60


def test_held_options_exist() -> None:
    choices = read_choices()
    tables = [choices["structure"], *(kind["structure"] for kind in choices["kinds"].values())]
    for name, options in choices["held"].items():
        known = {str(option) for table in tables for option in table.get(name, ())}
        assert set(options) <= known, name


@pytest.mark.parametrize("language", LANGUAGES)
def test_training_never_prints_a_label_that_is_kept_for_the_test(language: str) -> None:
    for number in range(40):
        words = choose_words(draw_program("train", "invoice", number), language)
        for name, text in words.items():
            assert text not in set(unseen(labels(language)[name])) - set(
                seen(labels(language)[name])
            )


@pytest.mark.parametrize("language", LANGUAGES)
def test_test_layouts_print_labels_that_training_never_saw(language: str) -> None:
    found = 0
    for number in range(20):
        words = choose_words(draw_program("test", "invoice", number), language)
        found += sum(text in unseen(labels(language)[name]) for name, text in words.items())
    assert found / 20 > 10


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["surnames", "brands", "streets", "companies"])
def test_the_families_share_no_names(language: str, name: str) -> None:
    train, test = (vocabulary(family, language)[name] for family in FAMILIES)
    assert train
    assert test
    assert not set(train) & set(test)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_families_share_no_goods_and_no_towns(language: str) -> None:
    train, test = (vocabulary(family, language)["goods"] for family in FAMILIES)
    assert not set(train) & set(test)
    assert not set(share(ITALY, "train")) & set(share(ITALY, "test"))


@given(numbers, families, kinds, languages)
@settings(max_examples=30, deadline=None)
def test_a_layout_is_always_the_same(number: int, family: Family, kind: str, language: str) -> None:
    assert _facts(family, kind, number, language) == _facts(family, kind, number, language)


# -- content --------------------------------------------------------------------------------------


@given(numbers, families, languages)
@settings(max_examples=80, deadline=None)
def test_bills_add_up(number: int, family: Family, language: str) -> None:
    _, facts = _facts(family, "invoice", number, language)
    value = {name: Decimal(facts.values[f"{name}_total"]) for name in ("net", "vat", "gross")}
    stamp = Decimal(2) if "stamp_duty" in facts.shown else Decimal(0)
    assert value["net"] + value["vat"] + stamp == value["gross"]
    lines = sum((Decimal(line["line_total"]) for line in facts.lines), Decimal(0))
    if not {"shipping", "allowance", "fund"} & facts.shown.keys():
        assert lines == value["net"]
    less = {"withheld", "deposit"} & facts.shown.keys() or facts.values["amount_due"] != (
        facts.values["gross_total"])  # fmt: skip
    assert bool(less) == (facts.shown["amount_due"] != facts.shown["gross_total"])


@given(numbers, families, languages)
@settings(max_examples=60, deadline=None)
def test_lines_are_quantity_times_price_less_discount(
    number: int, family: Family, language: str
) -> None:
    _, facts = _facts(family, "invoice", number, language)
    for line, row in zip(facts.lines, facts.rows, strict=True):
        factor = 1 - Decimal(row.shown["discount"].rstrip("%") or 0) / 100
        product = Decimal(line["quantity"]) * Decimal(line["unit_price"]) * factor
        assert abs(product - Decimal(line["line_total"])) <= Decimal("0.005")


@given(numbers, families, languages)
@settings(max_examples=60, deadline=None)
def test_receipts_add_up(number: int, family: Family, language: str) -> None:
    _, facts = _facts(family, "receipt", number, language)
    lines = sum((Decimal(line["line_total"]) for line in facts.lines), Decimal(0))
    added = Decimal(facts.values["vat_total"]) if facts.shown["nation"] == "US" else Decimal(0)
    if "discount" not in facts.shown:
        assert lines + added == Decimal(facts.values["total"])


@given(numbers, families)
@settings(max_examples=40, deadline=None)
def test_the_xml_says_what_the_print_says(number: int, family: Family) -> None:
    _, facts = _facts(family, "fatturapa", number, "it")
    read = read_einvoice(facts.original.encode(), "application/xml")
    assert read.is_credit == (facts.shown["paper"] == "credit_note")
    for name, value in facts.values.items():
        if name != "amount_due" or not read.is_credit:
            assert read.fields[name].value == value, name
    for line, wanted in zip(read.lines, facts.lines, strict=True):
        assert line["description"].value == wanted["description"]
        for name in ("quantity", "unit_price", "vat_rate", "line_total"):
            assert Decimal(line[name].value or "") == Decimal(wanted[name])


# -- pages ----------------------------------------------------------------------------------------


@given(numbers, families, kinds, languages)
@PAGES
def test_what_a_document_needs_is_printed(
    number: int, family: Family, kind: str, language: str
) -> None:
    _, sheet, facts = _print(family, kind, number, language)
    truth = describe("x", "x", facts, sheet.marks, None)
    assert NEEDED[truth["type"]] <= set(truth["fields"])
    if truth["type"] == "invoice" and facts.values.get("seller_vat"):
        assert "seller_vat" in truth["fields"]
    assert all("description" in line for line in truth["lines"])
    if truth["type"] in TYPES:
        assert set(truth["fields"]) <= {spec.name for spec in TYPES[truth["type"]].fields}


@given(numbers, families, kinds, languages)
@PAGES
def test_every_box_holds_its_text(number: int, family: Family, kind: str, language: str) -> None:
    if draw_program(family, kind, number).structure.get("sign") == "watermark":
        # its letters lie under everything and are read with it
        return
    pdf, sheet, facts = _print(family, kind, number, language)
    rows = {row.line: row.shown for row in facts.rows}
    prints: dict[tuple[str, int | None, int], list[Mark]] = defaultdict(list)
    for mark in sheet.marks:
        prints[mark.name, mark.line, mark.print].append(mark)
    document = pypdfium2.PdfDocument(pdf)
    for (name, line, _), marks in prints.items():
        shown = (facts.shown if line is None else rows[line]).get(name)
        asked = name in facts.values or line is not None
        if shown is None or name == "currency" or not asked:
            continue
        text = "".join(_text(document, mark.page, mark.box) for mark in marks)
        assert "".join(shown.split()) in "".join(text.split()), name
    document.close()


def _text(document: pypdfium2.PdfDocument, number: int, box: Box) -> str:
    page = document[number - 1]
    width, height = page.get_size()
    return str(
        page.get_textpage().get_text_bounded(
            box.x0 * width - 0.8, height - box.y1 * height - 0.5,
            box.x1 * width + 0.8, height - box.y0 * height + 0.5,
        )
    )  # fmt: skip


@given(numbers, families, kinds, languages)
@PAGES
def test_no_text_lies_on_another(number: int, family: Family, kind: str, language: str) -> None:
    _, sheet, _ = _print(family, kind, number, language)
    for (page, one, text), (other_page, other, other_text) in combinations(sheet.runs, 2):
        if page == other_page:
            wide = (min(one.x1, other.x1) - max(one.x0, other.x0)) * sheet.width
            tall = min(one.y1, other.y1) - max(one.y0, other.y0)
            free = wide < 0.3 or tall < 0.2 * min(one.height, other.height)
            assert free, (text, other_text)


@given(numbers, families, kinds, languages)
@PAGES
def test_all_text_is_on_the_paper_and_large_enough(
    number: int, family: Family, kind: str, language: str
) -> None:
    _, sheet, facts = _print(family, kind, number, language)
    for _, box, text in sheet.runs:
        assert 2 < box.x0 * sheet.width < box.x1 * sheet.width < sheet.width - 2, text
        assert 2 < box.y0 * sheet.height < box.y1 * sheet.height < sheet.height - 1.5, text
    for mark in sheet.marks:
        if mark.name in facts.values or mark.line is not None:
            assert mark.box.height * sheet.height * MM > 5, mark
