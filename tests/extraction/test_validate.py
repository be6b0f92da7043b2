"""Single entries and whole documents under their type's rules."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors.types import TYPES
from extractors.validate import check, check_rules
from models.doctype import FieldSpec, ValueKind

INVOICE = TYPES["invoice"]


def spec(kind: ValueKind, **limits: object) -> FieldSpec:
    return FieldSpec.model_validate({"name": "f", "kind": kind, "label": {"en": "F"}, **limits})


@pytest.mark.parametrize(
    ("kind", "entry", "value"),
    [
        ("vat_id", "12345670017", "IT12345670017"),
        ("vat_id", "it 123 4567 0017", "IT12345670017"),
        ("vat_id", "DE136695976", "DE136695976"),
        ("tax_id", "rssmra85t10a562s", "RSSMRA85T10A562S"),
        ("tax_id", "12345670017", "12345670017"),
        ("iban", "it60 x054 2811 1010 0000 0123 456", "IT60X0542811101000000123456"),
        ("amount", "€ 1.234,5", "1234.50"),
        ("number", "2,50", "2.5"),
        ("percent", "22 %", "22"),
        ("date", "31 dicembre 2025", "2025-12-31"),
        ("currency", "€", "EUR"),
        ("text", "  due   parole ", "due parole"),
    ],
)
def test_entries_are_normalised(kind: ValueKind, entry: str, value: str) -> None:
    checked = check(spec(kind), entry)
    assert (checked.value, checked.problems) == (value, ())


@pytest.mark.parametrize(
    ("kind", "entry", "code"),
    [
        ("vat_id", "12345670018", "vat_check_digit"),
        ("vat_id", "1234", "vat_form"),
        ("tax_id", "RSSMRA85T10A562T", "tax_id_check_digit"),
        ("tax_id", "abc", "tax_id_form"),
        ("iban", "IT61X0542811101000000123456", "iban_check_digits"),
        ("iban", "IT60X05428", "iban_length"),
        ("amount", "dodici", "amount_invalid"),
        ("number", "x", "number_invalid"),
        ("percent", "140", "percent_invalid"),
        ("date", "31/02/2024", "date_invalid"),
        ("currency", "soldi", "currency_invalid"),
    ],
)
def test_wrong_entries_have_a_code_and_keep_their_text(
    kind: ValueKind, entry: str, code: str
) -> None:
    checked = check(spec(kind), entry)
    assert [problem.code for problem in checked.problems] == [code]
    assert checked.value


def test_an_empty_entry_is_a_problem_only_where_a_value_is_required() -> None:
    assert check(spec("text"), "  ").problems == ()
    assert [p.code for p in check(spec("text", required=True), "").problems] == ["required"]


@pytest.mark.parametrize(
    ("limits", "code"),
    [({"max_length": 3}, "too_long"), ({"pattern": "[0-9]+"}, "pattern"),
     ({"allowed": ["a", "b"]}, "not_allowed")],
)  # fmt: skip
def test_limits_of_the_type(limits: dict[str, object], code: str) -> None:
    assert [p.code for p in check(spec("text", **limits), "quattro").problems] == [code]


@pytest.mark.parametrize("kind", ["text", "identifier", "amount", "number", "percent", "date",
                                  "currency", "vat_id", "tax_id", "iban"])  # fmt: skip
@given(entry=st.text(max_size=120))
def test_any_entry_is_checked_and_normalising_twice_changes_nothing(
    kind: ValueKind, entry: str
) -> None:
    once = check(spec(kind), entry)
    if once.value is not None:
        assert check(spec(kind), once.value).value == once.value


FIELDS = {"net_total": "258.00", "vat_total": "56.76", "gross_total": "314.76"}
LINES = [
    {"quantity": "10", "unit_price": "12.50", "line_total": "125.00"},
    {"quantity": "4", "unit_price": "8.25", "line_total": "33.00"},
    {"quantity": "2.5", "unit_price": "40.00", "line_total": "100.00"},
]


def test_a_document_that_adds_up_breaks_no_rule() -> None:
    assert check_rules(INVOICE, FIELDS, LINES) == []


@pytest.mark.parametrize(
    ("fields", "rule"),
    [
        ({**FIELDS, "vat_total": "56.67"}, "net_plus_vat"),
        ({**FIELDS, "issue_date": "2024-03-05", "due_date": "2024-03-04"}, "due_after_issue"),
        ({**FIELDS, "seller_vat": "IT1", "buyer_vat": "IT1"}, "seller_is_not_buyer"),
        ({"net_total": "300.00"}, "lines_sum"),
    ],
)
def test_a_broken_rule_is_named(fields: dict[str, str], rule: str) -> None:
    failures = check_rules(INVOICE, fields, LINES)
    assert [failure.rule for failure in failures] == [rule]
    assert failures[0].message


def test_a_wrong_product_names_its_line() -> None:
    lines = [*LINES[:2], {"quantity": "3", "unit_price": "40.00", "line_total": "100.00"}]
    failures = check_rules(INVOICE, {}, lines)
    assert [(f.rule, f.line) for f in failures] == [("quantity_times_price", 2)]


def test_a_discounted_line_passes_when_the_lines_add_up() -> None:
    lines = [*LINES[:2], {"quantity": "3", "unit_price": "40.00", "line_total": "100.00"}]
    assert check_rules(INVOICE, FIELDS, lines) == []


def test_rules_with_a_missing_value_are_not_checked() -> None:
    assert check_rules(INVOICE, {"net_total": "1.00", "gross_total": None}, []) == []


def test_validating_loads_nothing_heavy() -> None:
    code = (
        "import sys, extractors.validate, extractors.types, extractors.parse\n"
        "print([m for m in ('cv2', 'numpy', 'onnxruntime', 'paddleocr') if m in sys.modules])"
    )
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"
