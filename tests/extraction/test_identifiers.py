"""VAT ids, IBANs and codici fiscali in running text, with OCR errors."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import identifiers

IBAN = "IT60X0542811101000000123456"
FISCALE = "RSSMRA85T10A562S"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("P.IVA 12345670017", "IT12345670017"),
        ("P.IVA IT 12345670017", "IT12345670017"),
        ("P.IVA: lT12345670017", "IT12345670017"),
        ("USt-IdNr. DE 136 695 976", "DE136695976"),
        ("VAT Reg. No. GB133119895", "GB133119895"),
        ("TVA FR 40 303 265 045", "FR40303265045"),
        ("UID ATU13585627", "ATU13585627"),
        ("CHE-123.456.788 MWST", "CHE123456788"),
    ],
)
def test_vat_ids_get_their_prefix(text: str, value: str) -> None:
    assert [found.value for found in identifiers.find_vat_ids(text)] == [value]


def test_digits_inside_an_iban_are_no_vat_id() -> None:
    assert list(identifiers.find_vat_ids("IBAN IT60 X054 2811 1010 0000 0123 456")) == []


@pytest.mark.parametrize(
    "text",
    [
        "IBAN IT60 X054 2811 1010 0000 0123 456",
        "IBAN: IT60X0542811101000000123456 BIC ABCDITMM",
        "accreditoIT60X0542811101000000123456",
        "IT6O X054 28111010 00000l23456",
    ],
)
def test_ibans_are_found_and_mended(text: str) -> None:
    assert [found.value for found in identifiers.find_ibans(text)] == [IBAN]


def test_an_iban_with_wrong_check_digits_stays_as_printed() -> None:
    wrong = "IT61X0542811101000000123456"
    assert [found.value for found in identifiers.find_ibans(wrong)] == [wrong]


@pytest.mark.parametrize(
    "text", [FISCALE, "RSS MRA 85T10 A562S", "RSSMRA8ST10A562S", "R5SMRA85T1OA562S"]
)
def test_codici_fiscali_are_found_and_mended(text: str) -> None:
    assert [found.value for found in identifiers.find_tax_ids(f"C.F. {text} nato")] == [FISCALE]


def test_the_check_character_is_the_official_one() -> None:
    assert identifiers.fiscale_holds(FISCALE)
    assert not identifiers.fiscale_holds("RSSMRA85T10A562T")


@given(st.text(max_size=300))
def test_any_text_is_scanned_without_error(text: str) -> None:
    found = [
        *identifiers.find_vat_ids(text),
        *identifiers.find_ibans(text),
        *identifiers.find_tax_ids(text),
    ]
    assert all(0 <= one.start < one.end <= len(text) for one in found)
