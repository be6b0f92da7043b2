"""Line items of tables and of till receipts."""

from __future__ import annotations

from decimal import Decimal

import pytest

from extractors.cells import cell, checked, mend_goods
from extractors.pipeline import extract
from models.words import Box, Page, Word
from tests.extraction.papers import (
    DELIVERY_NOTE,
    GERMAN_INVOICE,
    ITALIAN_INVOICE,
    paper,
    receipt,
    table,
)

XS = (0.08, 0.45, 0.55, 0.70)
TITLES = ["Descrizione", "Q.tà", "Prezzo", "Importo"]


def lines(page: Page | list[Page], doctype: str) -> list[dict[str, str | None]]:
    pages = page if isinstance(page, list) else [page]
    return [
        {name: cell.value for name, cell in line.items() if cell.value is not None}
        for line in extract(pages, doctype).lines
    ]


def test_columns_under_their_titles_with_a_wrapped_description() -> None:
    assert lines(paper(ITALIAN_INVOICE), "invoice") == [
        {"description": "Cuscinetto a sfere 6204", "quantity": "10", "unit": "PZ",
         "unit_price": "12.50", "vat_rate": "22", "line_total": "125.00"},
        {"description": "Cinghia trapezoidale A38 lunga, rinforzata", "quantity": "4",
         "unit": "PZ", "unit_price": "8.25", "vat_rate": "22", "line_total": "33.00"},
        {"description": "Manodopera specializzata", "quantity": "2.5", "unit": "H",
         "unit_price": "40.00", "vat_rate": "22", "line_total": "100.00"},
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("code", "title"),
    [("Articolo", "Descrizione"), ("Artikel", "Bezeichnung"), ("Item", "Details")],
)
def test_a_title_that_may_mean_either_leaves_the_description_to_the_plain_one(
    code: str, title: str
) -> None:
    rows = [
        [code, title, "Q.tà", "Prezzo", "Importo"],
        ["AB100", "Cuscinetto a sfere", "2", "5,00", "10,00"],
    ]
    page = paper(table(rows, (0.08, 0.2, 0.55, 0.7, 0.85), 0.4))
    assert lines(page, "invoice")[0]["description"] == "Cuscinetto a sfere"


def test_an_ambiguous_title_alone_is_the_description() -> None:
    rows = [["Articolo", *TITLES[1:]], ["Cuscinetto a sfere", "2", "5,00", "10,00"]]
    page = paper(table(rows, XS, 0.4))
    assert lines(page, "invoice")[0]["description"] == "Cuscinetto a sfere"


def test_a_unit_in_the_quantity_s_cell() -> None:
    assert lines(paper(GERMAN_INVOICE), "invoice") == [
        {"description": "Wartung Backofen", "quantity": "2", "unit": "Std",
         "unit_price": "85.00", "line_total": "170.00"},
        {"description": "Dichtungssatz", "quantity": "3", "unit": "Stk",
         "unit_price": "10.00", "line_total": "30.00"},
    ]  # fmt: skip


def test_lines_without_prices() -> None:
    assert lines(paper(DELIVERY_NOTE), "delivery_note") == [
        {"description": "Cotone bianco h. 150", "unit": "MT", "quantity": "24"},
        {"description": "Bottoni 18 linee", "unit": "NR", "quantity": "200"},
    ]


def test_a_receipt_s_quantity_line_goes_with_the_goods_it_multiplies_to() -> None:
    assert lines(receipt(), "receipt") == [
        {"description": "CAFFE", "line_total": "1.20"},
        {"description": "BRIOCHE", "quantity": "2", "unit_price": "1.50", "line_total": "3.00"},
    ]


def test_a_table_goes_on_on_the_next_page_without_titles() -> None:
    first = paper(table([TITLES, ["Vite", "2", "1,00", "2,00"]], XS, 0.8))
    second = paper(
        [*table([["Dado", "3", "1,00", "3,00"]], XS, 0.05), (0.45, 0.2, "Totale fattura 5,00")],
        number=2,
    )
    assert [line["description"] for line in lines([first, second], "invoice")] == ["Vite", "Dado"]


def test_a_price_with_three_decimals_is_no_thousand() -> None:
    page = paper(table([TITLES, ["Vite", "10", "1,255", "12,55"]], XS, 0.3))
    assert lines(page, "invoice")[0]["unit_price"] == "1.2550"


def test_a_reference_to_another_document_is_no_part_of_an_item() -> None:
    rows = [TITLES, ["Rif. DDT n. 12 del 03/02/2026"], ["Vite", "2", "1,00", "2,00"]]
    assert [x["description"] for x in lines(paper(table(rows, XS, 0.3)), "invoice")] == ["Vite"]


def test_rows_after_the_totals_are_no_items() -> None:
    rows = [TITLES, ["Vite", "2", "1,00", "2,00"]]
    summary = table(
        [["Totale imponibile", "", "", "2,00"], ["Bollo", "1", "2,00", "2,00"]], XS, 0.4
    )
    page = paper([*table(rows, XS, 0.3), *summary])
    assert [x["description"] for x in lines(page, "invoice")] == ["Vite"]


def test_the_arithmetic_of_a_line_shows_in_its_score() -> None:
    rows = [TITLES, ["Vite", "2", "1,00", "2,00"], ["Dado", "3", "1,00", "9,00"]]
    right, wrong = extract([paper(table(rows, XS, 0.3))], "invoice").lines
    assert wrong["line_total"].score < right["line_total"].score
    assert wrong["line_total"].problems == ("quantity_times_price",)


@pytest.mark.parametrize(
    ("read", "printed"),
    [
        ("Tassello ∅ 8", "Tassello Ø 8"),
        ("Olio It 5", "Olio lt 5"),
        ("Acqua 1,5 It x 6", "Acqua 1,5 lt x 6"),
        ("It's a kind", "It's a kind"),
    ],
)
def test_signs_that_goods_do_not_have_are_mended(read: str, printed: str) -> None:
    assert mend_goods(read) == printed


def test_a_discount_explains_a_total_under_quantity_times_price() -> None:
    words = [Word("x", Box(0.1, 0.1, 0.2, 0.2), 1.0)]
    line = {
        name: cell(value, words, 1, 2.0)
        for name, value in (("quantity", "4"), ("unit_price", "10.00"), ("line_total", "36.00"))
    }
    assert not checked(line)["line_total"].agrees
    assert checked(line, Decimal(10))["line_total"].agrees


def test_text_that_runs_across_columns_does_not_hide_the_gap_between_them() -> None:
    rows = [
        ["Beschreibung", "Nettopreis", "Menge", "Nettobetrag"],
        ["Kunstrasen grün drei", "5,00", "2", "10,00"],
        ["Siehe Anlagenzusammenstellungsverzeichnisseiten anbei"],
        ["Pfand für Kiste Nr", "1,00", "4", "4,00"],
    ]
    placed = [*table(rows, [0.10, 0.45, 0.62, 0.80], 0.30), (0.60, 0.45, "Nettobetrag"),
              (0.80, 0.45, "14,00")]  # fmt: skip
    lines = extract([paper(placed)], "invoice").lines
    assert [line["unit_price"].value for line in lines] == ["5.00", "1.00"]
    assert str(lines[0]["description"].value).startswith("Kunstrasen grün drei")


def test_rows_that_only_detail_an_item_are_no_lines_when_the_others_add_up() -> None:
    rows = [
        TITLES,
        ["Farina tipo 00", "10", "5,00", "50,00"],
        ["Prezzo di listino", "2", "6,00"],
        ["Crusca", "4", "2,50", "10,00"],
    ]
    placed = [*table(rows, XS, 0.30), (0.55, 0.45, "Imponibile"), (0.70, 0.45, "60,00")]
    lines = extract([paper(placed)], "invoice").lines
    assert [line["line_total"].value for line in lines] == ["50.00", "10.00"]


def test_a_unit_beside_its_quantity_keeps_its_letters() -> None:
    rows = [TITLES, ["Guanti", "10 box", "5,00", "50,00"], ["Viti", "4 x", "2,50", "10,00"]]
    lines = extract([paper(table(rows, XS, 0.30))], "invoice").lines
    assert [line["unit"].value for line in lines] == ["box", None]
