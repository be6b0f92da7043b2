"""What the papers of several trades and countries print, found by labels that are common there."""

from __future__ import annotations

import dataclasses

import pytest

from extractors import lexicon
from extractors.candidates import survey
from extractors.links import links_of
from extractors.pipeline import extract
from extractors.score import WORKED_OUT
from extractors.types import TYPES
from models.words import Page
from tests.extraction import trade
from tests.extraction.papers import paper

RECEIPTS: dict[str, tuple[Page, dict[str, str]]] = {
    "malaysian": (
        trade.MALAYSIAN_RECEIPT,
        {
            "merchant_name": "PERNIAGAAN HIJAU SDN BHD",
            "merchant_address": "NO 12, JALAN MAWAR 3/7, TAMAN SRI INDAH, 47100 PUCHONG, SELANGOR",
            "date": "2017-12-25",
            "total": "90.10",
            "vat_total": "5.10",
        },
    ),
    "american": (
        trade.AMERICAN_RECEIPT,
        {
            "merchant_name": "HARBOR VIEW DINER",
            "merchant_address": "218 MAIN STREET PORTLAND, ME 04101",
            "date": "2024-03-14",
            "total": "41.47",
            "vat_total": "3.07",
        },
    ),
    "indonesian": (
        trade.INDONESIAN_RECEIPT,
        {"merchant_name": "WARUNG MELATI", "date": "2019-08-12", "total": "63800.00"},
    ),
    "french": (
        trade.FRENCH_RECEIPT,
        {
            "merchant_name": "BOULANGERIE DES TILLEULS",
            "date": "2024-03-12",
            "total": "5.40",
            "vat_total": "0.28",
        },
    ),
    "spanish": (
        trade.SPANISH_RECEIPT,
        {
            "merchant_name": "CAFETERÍA LOS NARANJOS S.L.",
            "merchant_address": "C/ Mayor, 15 46001 VALENCIA",
            "date": "2024-06-05",
            "total": "4.30",
        },
    ),
    "dutch": (
        trade.DUTCH_RECEIPT,
        {
            "merchant_name": "BAKKERIJ DE KORENAAR",
            "date": "2024-02-11",
            "total": "4.70",
            "vat_total": "0.39",
        },
    ),
}

INVOICES: dict[str, tuple[Page, dict[str, str]]] = {
    "american": (
        paper(trade.AMERICAN_INVOICE),
        {
            "invoice_number": "INV-20418",
            "issue_date": "2024-04-05",
            "due_date": "2024-05-05",
            "currency": "USD",
            "seller_name": "Cedar Ridge Supply, LLC",
            "buyer_name": "Bluebird Cafe Inc.",
            "net_total": "213.90",
            "vat_total": "18.84",
            "gross_total": "232.74",
            "amount_due": "182.74",
            "purchase_order": "PO-88123",
        },
    ),
    "italian": (
        paper(trade.ITALIAN_BILL),
        {
            "invoice_number": "2024/318",
            "issue_date": "2024-05-31",
            "due_date": "2024-06-30",
            "currency": "EUR",
            "seller_name": "Idraulica Ponte Vecchio di Neri Luca & C. S.n.c.",
            "seller_vat": "IT12345670017",
            "buyer_name": "Albergo La Torre S.r.l.",
            "buyer_vat": "IT00743110157",
            "net_total": "525.00",
            "vat_total": "52.50",
            "gross_total": "577.50",
            "amount_due": "577.50",
            "iban": "IT60X0542811101000000123456",
            "purchase_order": "4500012345",
        },
    ),
    "german": (
        paper(trade.GERMAN_BILL),
        {
            "invoice_number": "24-0077",
            "issue_date": "2024-05-02",
            "due_date": "2024-05-16",
            "currency": "EUR",
            "seller_name": "Malerbetrieb Sonnenhof GbR",
            "buyer_name": "Kita Regenbogen e.V.",
            "net_total": "540.00",
            "vat_total": "102.60",
            "gross_total": "642.60",
        },
    ),
    "spanish": (
        paper(trade.SPANISH_INVOICE),
        {
            "invoice_number": "2024-0193",
            "issue_date": "2024-04-17",
            "due_date": "2024-05-17",
            "currency": "EUR",
            "seller_name": "Talleres Guadalquivir, S.L.",
            "seller_vat": "ESB12345674",
            "buyer_name": "Bodegas Monteclaro, S.A.",
            "gross_total": "363.00",
        },
    ),
    "dutch": (
        paper(trade.DUTCH_INVOICE),
        {
            "invoice_number": "F2024-118",
            "issue_date": "2024-04-08",
            "due_date": "2024-04-22",
            "seller_name": "Drukkerij Zonnebloem B.V.",
            "buyer_name": "Stichting De Molen",
            "net_total": "110.00",
            "vat_total": "23.10",
            "gross_total": "133.10",
        },
    ),
    "rate by rate": (
        paper(trade.RATES),
        {"net_total": "150.00", "vat_total": "22.50", "gross_total": "172.50"},
    ),
}


def found(page: Page, doctype: str) -> dict[str, str | None]:
    return {name: field.value for name, field in extract([page], doctype).fields.items()}


@pytest.mark.parametrize("name", RECEIPTS)
def test_receipts(name: str) -> None:
    page, expected = RECEIPTS[name]
    values = found(page, "receipt")
    assert {field: values[field] for field in expected} == expected


@pytest.mark.parametrize("name", RECEIPTS)
def test_receipts_are_known_as_such(name: str) -> None:
    assert extract([RECEIPTS[name][0]], "detect").type == "receipt"


@pytest.mark.parametrize("name", INVOICES)
def test_invoices(name: str) -> None:
    page, expected = INVOICES[name]
    values = found(page, "invoice")
    assert {field: values[field] for field in expected} == expected


def test_a_total_in_a_sentence_is_found() -> None:
    assert found(paper(trade.LETTER), "invoice")["net_total"] == "3500.00"


def test_the_date_of_a_delivery_note_is_its_own_and_not_an_invoice_s() -> None:
    assert found(paper(trade.NOTE_DATE), "invoice")["issue_date"] == "2024-06-30"
    alone = paper([(0.08, 0.05, "DDT n. 7"), (0.08, 0.08, "Data DDT: 12/06/2024")])
    assert found(alone, "delivery_note")["issue_date"] == "2024-06-12"


def test_a_misread_logo_is_named_as_smaller_print_names_it() -> None:
    rows = [(0.30, 0.30, "Musterweg 4"), (0.25, 0.34, "Filiale 7 Nordkauf Hamburg")]
    logo = paper([(0.25, 0.05, "NRDKAUF")], width=560, height=1200, text_height=0.05)
    small = paper(rows, width=560, height=1200, text_height=0.02)
    page = dataclasses.replace(small, lines=logo.lines + small.lines)
    assert found(page, "receipt")["merchant_name"] == "NORDKAUF"


def test_the_currency_follows_from_the_seller_s_numbers_where_none_is_printed() -> None:
    page = paper([
        (0.08, 0.05, "Uhren Matter AG"), (0.08, 0.08, "MWST-Nr.: CHE116281710"),
        (0.08, 0.12, "Rechnung Nr. 5"), (0.50, 0.50, "Gesamtbetrag"), (0.80, 0.50, "100.00"),
    ])  # fmt: skip
    currency = extract([page], "invoice").fields["currency"]
    assert (currency.value, currency.page) == ("CHF", None)
    assert currency.score <= WORKED_OUT


def test_hints_on_forms_are_no_answers() -> None:
    values = found(paper(trade.AMERICAN_FORM), "form")
    assert values["address"] == "388 Vista Drive"
    assert values["birth_date"] == "1974-04-15"
    assert values["tax_id"] == "123-45-6789"


def test_a_label_that_ends_a_sentence_has_no_answer_below() -> None:
    page = paper([
        (0.08, 0.10, "If you moved in the last year, give the office your new address"),
        (0.08, 0.116, "in their records."),
    ])  # fmt: skip
    assert found(page, "form")["address"] is None


def test_the_order_of_day_and_month_is_the_one_that_a_form_asks_for() -> None:
    page = paper([(0.08, 0.1, "Date of birth (MM-DD-YYYY)"), (0.08, 0.116, "07-11-1994")])
    assert found(page, "form")["birth_date"] == "1994-07-11"


@pytest.mark.parametrize(
    ("doctype", "text", "concept"),
    [
        ("delivery_note", "Documento di trasporto 7 del 12/06/2024", "issue_date"),
        ("invoice", "Documento di trasporto 7 del 12/06/2024", "other_date"),
        ("invoice", "Rif. D.d.T. n. 7 del 12/06/2024", "other_date"),
        ("invoice", "Fattura n. 7 del 12/06/2024", "issue_date"),
    ],
)
def test_a_date_after_a_number_is_that_of_what_the_number_names(
    doctype: str, text: str, concept: str
) -> None:
    document = survey([paper([(0.08, 0.1, text)])], lexicon.labels_for(TYPES[doctype]), "it")
    (span,) = document.spans["date"]
    strengths = {link.concept: link.strength for link in links_of(document, span)}
    dates = {name: strengths.get(name, 0.0) for name in ("issue_date", "other_date")}
    assert max(dates, key=lambda name: dates[name]) == concept


def test_the_letters_of_a_company_form_are_no_label() -> None:
    index = lexicon.labels()
    assert survey([paper([(0.08, 0.1, "Scarpi S.n.c. 45")])], index, "it").labels == ()
    assert survey([paper([(0.08, 0.1, "Fattura N. V0045")])], index, "it").labels


def test_a_carrier_s_name_goes_on_to_its_end() -> None:
    page = paper([(0.08, 0.1, "Vettore: V.C.R. Trasporti S.n.c. di Scarpi Ugo")])
    assert found(page, "delivery_note")["carrier"] == "V.C.R. Trasporti S.n.c. di Scarpi Ugo"
