"""Whole pages in, values out: layouts of several countries, by hand."""

from __future__ import annotations

import dataclasses

import pytest

from extractors.pipeline import extract
from extractors.score import failed_rule_ceiling
from extractors.types import TYPES
from extractors.values import Extraction
from models.doctype import DocumentType
from models.words import Page
from tests.extraction.papers import (
    DELIVERY_NOTE,
    FORM,
    GERMAN_INVOICE,
    ITALIAN_INVOICE,
    paper,
    receipt,
)

GOLDEN: dict[str, tuple[Page, str, dict[str, str]]] = {
    "italian invoice": (
        paper(ITALIAN_INVOICE),
        "invoice",
        {
            "invoice_number": "127/A",
            "issue_date": "2024-03-05",
            "due_date": "2024-04-04",
            "currency": "EUR",
            "seller_name": "Officine Bellavista S.r.l.",
            "seller_vat": "IT12345670017",
            "buyer_name": "Panificio Aurora S.p.A.",
            "buyer_vat": "IT00743110157",
            "net_total": "258.00",
            "vat_total": "56.76",
            "gross_total": "314.76",
            "amount_due": "314.76",
            "iban": "IT60X0542811101000000123456",
            "purchase_order": "OA-4471",
        },
    ),
    "german invoice": (
        paper(GERMAN_INVOICE),
        "invoice",
        {
            "invoice_number": "RE-2024-0815",
            "issue_date": "2024-03-05",
            "due_date": "2024-04-04",
            "currency": "EUR",
            "seller_name": "Nordwind Technik GmbH",
            "seller_vat": "DE136695976",
            "buyer_name": "Bäckerei Sonnenschein KG",
            "net_total": "200.00",
            "vat_total": "38.00",
            "gross_total": "238.00",
            "iban": "DE89370400440532013000",
        },
    ),
    "receipt": (
        receipt(),
        "receipt",
        {
            "merchant_name": "BAR CENTRALE DI ROSSI ANNA",
            "merchant_address": "VIA ROMA 7 37121 VERONA VR",
            "merchant_vat": "IT12345670017",
            "date": "2026-05-08",
            "total": "4.20",
            "vat_total": "0.38",
        },
    ),
    "delivery note": (
        paper(DELIVERY_NOTE),
        "delivery_note",
        {
            "document_number": "908",
            "issue_date": "2026-01-20",
            "seller_name": "Tessuti Lago S.r.l.",
            "buyer_name": "Sartoria Fiore S.n.c.",
            "carrier": "Corriere Alpino S.a.s.",
            "transport_reason": "Vendita",
            "packages": "11",
            "weight": "168.5",
        },
    ),
    "form": (
        paper(FORM),
        "form",
        {
            "last_name": "Esposito",
            "first_name": "Maria",
            "tax_id": "RSSMRA85T10A562S",
            "birth_date": "1985-02-03",
            "birth_place": "Napoli",
            "address": "Via Toledo 44",
            "postal_code": "80134",
            "city": "Napoli",
            "province": "NA",
            "email": "maria.esposito@example.it",
            "phone": "081 5551234",
        },
    ),
}


def values(found: Extraction) -> dict[str, str | None]:
    return {name: field.value for name, field in found.fields.items()}


@pytest.mark.parametrize("name", GOLDEN)
def test_header_fields(name: str) -> None:
    page, doctype, expected = GOLDEN[name]
    found = values(extract([page], doctype))
    assert {field: found[field] for field in expected} == expected


@pytest.mark.parametrize("name", GOLDEN)
def test_the_type_is_detected(name: str) -> None:
    page, doctype, _ = GOLDEN[name]
    found = extract([page], "detect")
    assert found.type == doctype
    assert 0.5 < found.type_score <= 1


@pytest.mark.parametrize(
    ("name", "language"), [("italian invoice", "it"), ("german invoice", "de")]
)
def test_the_language_is_detected(name: str, language: str) -> None:
    assert extract([GOLDEN[name][0]], "detect").language == language


@pytest.mark.parametrize("name", GOLDEN)
def test_every_field_of_the_type_has_an_entry_with_sane_score_and_place(name: str) -> None:
    page, doctype, _ = GOLDEN[name]
    found = extract([page], doctype)
    assert list(found.fields) == [spec.name for spec in TYPES[doctype].fields]
    for field in [*found.fields.values(), *(v for line in found.lines for v in line.values())]:
        assert 0 <= field.score <= 1
        if field.value is None:
            assert field.score == 0
        elif field.page is not None:
            assert field.page == 1
            assert field.box is not None
            assert 0 <= field.box.x0 < field.box.x1 <= 1
            assert 0 <= field.box.y0 < field.box.y1 <= 1


def test_a_value_s_box_lies_where_the_value_stands() -> None:
    number = extract([paper(ITALIAN_INVOICE)], "invoice").fields["invoice_number"]
    assert number.raw == "127/A"
    assert number.box is not None
    assert number.box.y0 == pytest.approx(0.25)
    assert 0.12 < number.box.x0 < number.box.x1 < 0.22


def test_spaces_that_ocr_lost_do_not_matter() -> None:
    glued = [(x, y, text.replace(": ", ":").replace("n. ", "n.")) for x, y, text in ITALIAN_INVOICE]
    found = values(extract([paper(glued)], "invoice"))
    assert found["invoice_number"] == "127/A"
    assert found["due_date"] == "2024-04-04"
    assert found["buyer_vat"] == "IT00743110157"


def test_misread_labels_are_understood() -> None:
    typos = {"Totale fattura": "Tota1e fatlura", "Scadenza: 04/04/2024": "Scadenzo: 04/04/2024"}
    misread = [(x, y, typos.get(text, text)) for x, y, text in ITALIAN_INVOICE]
    found = values(extract([paper(misread)], "invoice"))
    assert found["gross_total"] == "314.76"
    assert found["due_date"] == "2024-04-04"


def test_totals_are_chosen_such_that_they_add_up() -> None:
    unlabelled = [
        (x, y, "Importi" if text == "Totale imponibile" else text) for x, y, text in ITALIAN_INVOICE
    ]
    found = values(extract([paper(unlabelled)], "invoice"))
    assert (found["net_total"], found["vat_total"]) == ("258.00", "56.76")


def test_a_sum_that_does_not_hold_is_a_problem_and_lowers_the_scores() -> None:
    wrong = [(x, y, "57,76" if text == "56,76" else text) for x, y, text in ITALIAN_INVOICE]
    right = extract([paper(ITALIAN_INVOICE)], "invoice").fields["gross_total"]
    found = extract([paper(wrong)], "invoice").fields["gross_total"]
    assert found.value == "314.76"
    assert "net_plus_vat" in found.problems
    assert found.score <= failed_rule_ceiling() < right.score


def test_the_tax_of_several_rates_is_added_up() -> None:
    rates = {
        "IVA 22%": "IVA 10%", "56,76": "10,00", "Totale fattura": "IVA 22%", "€ 314,76": "44,66",
    }  # fmt: skip
    page = paper(
        [
            *((x, y, rates.get(text, text)) for x, y, text in ITALIAN_INVOICE),
            (0.60, 0.56, "Totale fattura"),
            (0.80, 0.56, "€ 312,66"),
        ]
    )
    found = extract([page], "invoice").fields
    assert found["gross_total"].value == "312.66"
    assert found["vat_total"].value == "54.66"
    assert found["vat_total"].page is None
    assert found["vat_total"].score <= 0.8


def test_a_wrong_check_digit_is_reported_and_scores_less() -> None:
    wrong = [(x, y, text.replace("12345670017", "12345670018")) for x, y, text in ITALIAN_INVOICE]
    right = extract([paper(ITALIAN_INVOICE)], "invoice").fields["seller_vat"]
    found = extract([paper(wrong)], "invoice").fields["seller_vat"]
    assert found.value == "IT12345670018"
    assert found.problems == ("vat_check_digit",)
    assert found.score < right.score


def test_a_poor_reading_scores_less() -> None:
    sharp = extract([paper(ITALIAN_INVOICE, score=0.99)], "invoice").fields["seller_name"]
    blurred = extract([paper(ITALIAN_INVOICE, score=0.6)], "invoice").fields["seller_name"]
    assert blurred.score < sharp.score


def test_share_capital_and_order_date_are_not_taken_for_the_document_s() -> None:
    found = values(extract([paper(ITALIAN_INVOICE)], "invoice"))
    assert "50000.00" not in found.values()
    assert "2024-02-20" not in found.values()


def test_american_pages_are_month_first() -> None:
    page = paper(
        [
            (0.1, 0.05, "Bluebird Supplies Inc."),
            (0.1, 0.07, "12 Oak Street, Springfield, IL 62704 USA"),
            (0.1, 0.15, "Invoice number: 5512"),
            (0.1, 0.18, "Invoice date: 04/03/2024"),
            (0.1, 0.30, "Total amount due: $ 1,250.00"),
        ]
    )
    found = values(extract([page], "invoice"))
    assert found["issue_date"] == "2024-04-03"
    assert found["currency"] == "USD"
    assert found["gross_total"] == "1250.00"


def test_letters_in_boxes_are_read_as_words() -> None:
    pitch = 0.03
    boxed = [
        (0.08 + pitch * i, 0.2 + 0.05 * row, letter)
        for row, text in enumerate(["ESPOSITO", "RSSMRA85T10A562S"])
        for i, letter in enumerate(text)
    ]
    page = paper([(0.08, 0.185, "Cognome"), (0.08, 0.235, "Codice fiscale"), *boxed])
    found = values(extract([page], "form"))
    assert found["last_name"] == "ESPOSITO"
    assert found["tax_id"] == "RSSMRA85T10A562S"


def test_a_type_of_one_s_own_is_extracted_by_its_labels() -> None:
    lab = DocumentType.model_validate(
        {
            "name": "lab",
            "version": 1,
            "label": {"en": "Lab report"},
            "fields": [
                {"name": "sample_code", "kind": "identifier", "label": {"it": "Codice campione"}},
                {"name": "sampled_on", "kind": "date", "label": {"it": "Data prelievo"}},
                {"name": "sampler", "kind": "text", "label": {"it": "Prelevatore"}},
            ],
        }
    )
    page = paper(
        [
            (0.1, 0.1, "Codice campione: AX-99"),
            (0.1, 0.2, "Data prelievo"),
            (0.4, 0.2, "03/02/2026"),
            (0.1, 0.3, "Prelevatore: Dott. Verdi"),
        ]
    )
    found = values(extract([page], "lab", {"lab": lab}))
    assert found == {
        "sample_code": "AX-99", "sampled_on": "2026-02-03", "sampler": "Dott. Verdi",
    }  # fmt: skip


def test_an_unknown_type_is_an_error() -> None:
    with pytest.raises(KeyError):
        extract([receipt()], "recipe")


def test_pages_keep_their_numbers() -> None:
    first = paper([(0.1, 0.1, "Fattura n. 5 del 05/03/2024")])
    second = dataclasses.replace(paper([(0.1, 0.1, "Totale fattura: 12,00 €")]), number=2)
    found = extract([first, second], "invoice").fields
    assert found["invoice_number"].page == 1
    assert found["gross_total"].page == 2
