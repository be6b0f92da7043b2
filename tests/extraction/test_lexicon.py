"""The label lexicon and its matching."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import lexicon
from extractors.types import TYPES
from models.doctype import DocumentType

LANGUAGES = {"it", "en", "de", "fr", "es", "nl"}
MAIN = (
    "invoice_number", "issue_date", "due_date", "net_total", "vat_total", "gross_total",
    "amount_due", "vat_id", "iban", "purchase_order", "seller", "buyer", "total", "date",
)  # fmt: skip


def concepts(text: str) -> set[str]:
    return {m.concept for match in lexicon.find(text, lexicon.labels()) for m in match.meanings}


@pytest.mark.parametrize("concept", MAIN)
def test_the_main_concepts_have_labels_in_six_languages(concept: str) -> None:
    assert set(lexicon.raw()["labels"][concept]) >= LANGUAGES


def test_every_entry_is_text_with_letters() -> None:
    for concept, languages in lexicon.raw()["labels"].items():
        for language, entries in languages.items():
            parts = entries.values() if language == "weak" else [entries]
            flat = [entry for part in parts for entry in part]
            assert all(isinstance(entry, str) and lexicon.key(entry) for entry in flat), concept


@pytest.mark.parametrize(
    ("text", "concept"),
    [
        ("P. IVA", "vat_id"),
        ("p.iva:", "vat_id"),
        ("PARTITA IVA", "vat_id"),
        ("Totale documento €", "gross_total"),
        ("TotaleDocumento", "gross_total"),
        ("T0tale imponibi1e", "net_total"),
        ("Totaie fattura", "gross_total"),
        ("Rechnungs-Nr.", "invoice_number"),
        ("Mietrechnung Nr.", "invoice_number"),
        ("N° de facture", "invoice_number"),
        ("ÉCHÉANCE", "due_date"),
        ("Netto a pagare", "amount_due"),
        ("Vervaldatum", "due_date"),
    ],
)
def test_labels_are_found_in_spite_of_spelling(text: str, concept: str) -> None:
    assert concept in concepts(text)


def test_the_longest_label_wins() -> None:
    assert "net_total" in concepts("Totale imponibile")
    assert "gross_total" not in concepts("Totale imponibile")


@pytest.mark.parametrize("text", ["Gatto dorme", "12345", "", "Kugellager 6204"])
def test_other_text_has_no_label(text: str) -> None:
    assert concepts(text) == set()


def test_a_field_the_lexicon_does_not_know_is_found_by_its_own_label() -> None:
    doctype = DocumentType.model_validate(
        {
            "name": "lab",
            "version": 1,
            "label": {"en": "Lab"},
            "fields": [
                {"name": "sample_code", "kind": "identifier", "label": {"it": "Codice campione"}}
            ],
        }
    )
    index = lexicon.labels_for(doctype)
    assert index.meanings[lexicon.key("CODICE CAMPIONE:")][0].concept == "sample_code"
    assert lexicon.labels_for(TYPES["invoice"]) is lexicon.labels()


@given(st.text(max_size=300))
def test_any_text_is_matched_without_error(text: str) -> None:
    for match in lexicon.find(text, lexicon.labels()):
        assert 0 <= match.start < match.end <= len(text)
