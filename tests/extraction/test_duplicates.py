"""The business key of a document."""

from __future__ import annotations

import pytest

from extractors.duplicates import business_key, marked_field
from extractors.types import TYPES

INVOICE = {"seller_vat": "IT01234567897", "invoice_number": "12/3", "issue_date": "2026-03-14"}
RECEIPT = {"merchant_name": "Bar Sport", "date": "2026-03-14", "total": "3.50"}


def test_the_same_values_give_the_same_key() -> None:
    other = {**INVOICE, "gross_total": "99.00"}
    assert business_key(TYPES["invoice"], INVOICE) == business_key(TYPES["invoice"], other)


@pytest.mark.parametrize("number", ["12-3", "12 / 3", "12.3"])
def test_which_sign_separates_does_not_matter(number: str) -> None:
    other = {**INVOICE, "invoice_number": number}
    assert business_key(TYPES["invoice"], INVOICE) == business_key(TYPES["invoice"], other)


@pytest.mark.parametrize(
    "change",
    [{"invoice_number": "1/23"}, {"invoice_number": "123"}, {"issue_date": "2025-03-14"},
     {"seller_vat": "IT09876543217"}],
)  # fmt: skip
def test_another_value_gives_another_key(change: dict[str, str]) -> None:
    other = {**INVOICE, **change}
    assert business_key(TYPES["invoice"], INVOICE) != business_key(TYPES["invoice"], other)


@pytest.mark.parametrize("name", INVOICE)
def test_without_one_of_its_values_there_is_no_key(name: str) -> None:
    assert business_key(TYPES["invoice"], {**INVOICE, name: None}) is None


def test_a_type_without_key_has_none() -> None:
    assert business_key(TYPES["form"], {"last_name": "Rossi"}) is None


def test_the_name_stands_in_for_a_number_that_is_not_printed() -> None:
    named = business_key(TYPES["receipt"], RECEIPT)
    numbered = business_key(TYPES["receipt"], {**RECEIPT, "merchant_vat": "IT01234567897"})
    assert named is not None
    assert named != numbered


def test_a_refund_is_not_the_purchase() -> None:
    refund = {**RECEIPT, "total": "-3.50"}
    assert business_key(TYPES["receipt"], RECEIPT) != business_key(TYPES["receipt"], refund)


def test_types_do_not_share_keys() -> None:
    note = {"seller_vat": "IT01234567897", "document_number": "12/3", "issue_date": "2026-03-14"}
    assert business_key(TYPES["delivery_note"], note) != business_key(TYPES["invoice"], INVOICE)


@pytest.mark.parametrize(
    ("name", "field"),
    [("invoice", "invoice_number"), ("delivery_note", "document_number"), ("receipt", "total"),
     ("form", None)],
)  # fmt: skip
def test_the_number_is_what_a_person_looks_at(name: str, field: str | None) -> None:
    assert marked_field(TYPES[name]) == field
