"""Invoice or credit note: told by titles, never by a word in a sentence."""

from __future__ import annotations

import pytest

from extractors.credit import SURE, find_kind
from extractors.einvoice import read_xml
from extractors.pipeline import extract
from extractors.types import TYPES
from models.words import Page
from tests.einvoice import samples
from tests.extraction.papers import ITALIAN_INVOICE, paper

SPEC = TYPES["invoice"].spec("invoice_kind", in_line=False)


def titled(*rows: str, top: float = 0.2) -> Page:
    return paper([(0.1, top + 0.02 * n, row) for n, row in enumerate(rows)])


@pytest.mark.parametrize(
    ("title", "kind"),
    [
        ("Fattura n. 127/A del 05/03/2024", "invoice"),
        ("FATTURA ACCOMPAGNATORIA", "invoice"),
        ("Rechnungsnummer: 4711", "invoice"),
        ("Handelsrechnung (380) Nr. 4711", "invoice"),
        ("TAX INVOICE", "invoice"),
        ("Facture N° F-12", "invoice"),
        ("Nota di credito n. 12 del 03/02/2026", "credit_note"),
        ("NOTA CREDITO", "credit_note"),
        ("Credit note no. 7", "credit_note"),
        ("Stornorechnung Nr. 9", "credit_note"),
        ("Note de crédit n° 4", "credit_note"),
        ("Facture d'avoir", "credit_note"),
        ("Factura rectificativa", "credit_note"),
        ("Creditnota 2026-9", "credit_note"),
    ],
)
def test_a_title_says_what_it_is(title: str, kind: str) -> None:
    found = find_kind([titled("Officine Bellavista", title, "Via Roma 3")], None)
    assert found.value == kind
    assert found.score >= SPEC.threshold
    assert found.box is not None


@pytest.mark.parametrize("title", ["Gutschrift Nr. 12", "AVOIR", "Rechnungskorrektur Nr. 3"])
def test_words_with_two_meanings_go_to_a_person_unless_the_total_is_negative(title: str) -> None:
    page = titled(title)
    unsure, sure = find_kind([page], "12.00"), find_kind([page], "-12.00")
    assert unsure.value == sure.value == "credit_note"
    assert unsure.score < SPEC.threshold <= sure.score


@pytest.mark.parametrize(
    "row",
    [
        "Eventuali resi danno diritto a una nota di credito entro trenta giorni",
        "nota di credito entro trenta giorni",
        "Vous pouvez avoir un escompte de 2 % pour paiement comptant",
        "Pagamento con carta, forma de abono transferencia bancaria a 30 días",
    ],
)
def test_a_word_in_a_sentence_is_no_title(row: str) -> None:
    assert find_kind([titled("Fattura n. 127", row)], None).value == "invoice"
    assert find_kind([titled(row)], None).value is None


def test_a_credit_note_names_the_invoice_that_it_corrects() -> None:
    page = titled("Fattura n. 12 del 01/02/2026", "Nota di credito n. 3 a storno di quanto sopra")
    assert find_kind([page], None).value == "credit_note"


def test_a_form_for_both_is_an_invoice_unless_it_pays_back() -> None:
    page = titled("FATTURA / NOTA DI CREDITO")
    assert find_kind([page], "12.00").value == "invoice"
    assert find_kind([page], "-12.00").value == "credit_note"


def test_an_invoice_that_the_buyer_writes_is_an_invoice() -> None:
    page = titled("Gutschrift (Selbst ausgestellte Rechnung) (389) Nr. 4711")
    assert find_kind([page], "12.00").value == "invoice"


def test_a_title_stands_in_the_upper_half() -> None:
    assert find_kind([titled("Nota di credito n. 3", top=0.7)], None).value is None


@pytest.mark.parametrize("pages", [[], [titled("Scontrino")]])
def test_without_a_title_nothing_is_said(pages: list[Page]) -> None:
    assert find_kind(pages, None).value is None


def test_an_ordinary_invoice_is_no_more_work() -> None:
    found = extract([paper(ITALIAN_INVOICE)], "invoice").fields["invoice_kind"]
    assert (found.value, found.score >= SPEC.threshold) == ("invoice", True)
    assert not SPEC.required


# -- as data ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("xml", "kind"),
    [
        (samples.cii(), "invoice"),
        (samples.cii(code="381"), "credit_note"),
        (samples.cii(code="384"), "invoice"),
        (samples.cii(code="389"), "invoice"),
        (samples.fattura(), "invoice"),
        (samples.fattura().replace(b"TD01", b"TD04"), "credit_note"),
        (samples.ubl(), "invoice"),
    ],
)
def test_data_say_what_they_are(xml: bytes, kind: str) -> None:
    assert read_xml(xml).fields["invoice_kind"].value == kind


def test_a_correction_gives_back_what_it_has_a_minus_on() -> None:
    xml = samples.cii(code="384", gross="-154.70")
    assert read_xml(xml).fields["invoice_kind"].value == "credit_note"


def test_a_title_that_contradicts_the_data_is_told() -> None:
    page = titled("Nota di credito n. 218/A")
    stated = read_xml(samples.fattura())
    found = extract([page], "invoice", einvoice=stated).fields["invoice_kind"]
    assert (found.value, found.printed) == ("invoice", "credit_note")
    assert "differs_from_print" in found.problems


def test_a_title_with_two_meanings_contradicts_nothing() -> None:
    page = titled("Gutschrift Nr. RE-2026/0417")
    found = extract([page], "invoice", einvoice=read_xml(samples.cii())).fields["invoice_kind"]
    assert (found.value, found.problems) == ("invoice", ())
    assert found.score >= SURE
