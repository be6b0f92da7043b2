"""What documents say is arithmetically right before anything is printed."""

from __future__ import annotations

from decimal import Decimal
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bench.generator.facts import Facts
from bench.generator.formats import write_date, write_iban, write_money, write_number
from bench.generator.layouts import LAYOUTS

INVOICES = sorted(LAYOUTS["invoice"])
RECEIPTS = sorted(LAYOUTS["receipt"])
seeds = st.integers(0, 2**32)


def _sum(facts: Facts, column: str) -> Decimal:
    return sum((Decimal(line[column]) for line in facts.lines), Decimal(0))


@settings(max_examples=60, deadline=None)
@given(seeds, st.sampled_from(INVOICES), st.sampled_from(["it", "en", "de", "fr"]))
def test_invoice_amounts_add_up(seed: int, name: str, language: str) -> None:
    layout = LAYOUTS["invoice"][name]
    language = language if language in layout.languages else "it"
    facts = layout.make(Random(seed), language, None)
    net, vat, gross = (Decimal(facts.values[n]) for n in ("net_total", "vat_total", "gross_total"))
    assert net + vat == gross
    assert _sum(facts, "line_total") == net


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from(INVOICES))
def test_vat_is_reckoned_by_rate(seed: int, name: str) -> None:
    facts = LAYOUTS["invoice"][name].make(Random(seed), "it", None)
    by_rate: dict[str, Decimal] = {}
    for line in facts.lines:
        rate = line["vat_rate"]
        by_rate[rate] = by_rate.get(rate, Decimal(0)) + Decimal(line["line_total"])
    tax = sum(
        (round(net * int(rate) / 100 + Decimal("1e-9"), 2) for rate, net in by_rate.items()),
        Decimal(0),
    )
    assert Decimal(facts.values["vat_total"]) == tax


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from(["courtesy", "modern", "preprinted", "spreadsheet", "sidebar"]))
def test_lines_are_quantity_times_price(seed: int, name: str) -> None:
    facts = LAYOUTS["invoice"][name].make(Random(seed), "it", None)
    for line in facts.lines:
        product = Decimal(line["quantity"]) * Decimal(line["unit_price"])
        assert abs(product - Decimal(line["line_total"])) <= Decimal("0.005")


def test_professionals_withhold_a_fifth_of_their_fees() -> None:
    facts = LAYOUTS["invoice"]["fee_note"].make(Random(3), "it", None)
    fees = sum((Decimal(line["line_total"]) for line in facts.lines[:-1]), Decimal(0))
    gross, due = Decimal(facts.values["gross_total"]), Decimal(facts.values["amount_due"])
    assert gross - due == fees / 5


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from(RECEIPTS))
def test_receipts_add_up(seed: int, name: str) -> None:
    facts = LAYOUTS["receipt"][name].make(Random(seed), "it", None)
    assert _sum(facts, "line_total") == Decimal(facts.values["total"])
    assert Decimal(0) < Decimal(facts.values["vat_total"]) < Decimal(facts.values["total"])


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from(INVOICES))
def test_nothing_is_due_before_it_is_issued(seed: int, name: str) -> None:
    values = LAYOUTS["invoice"][name].make(Random(seed), "it", None).values
    assert values["issue_date"] <= values["due_date"]
    assert values["seller_vat"] != values["buyer_vat"]


@pytest.mark.parametrize(
    ("language", "text"),
    [("it", "1.234,50"), ("de", "1.234,50"), ("fr", "1 234,50"), ("en", "1,234.50")],
)
def test_amounts_are_written_as_the_language_has_it(language: str, text: str) -> None:
    assert write_money(Decimal("1234.5"), language) == text


def test_values_as_printed() -> None:
    from datetime import date

    assert write_number(Decimal("0.0931"), "it", 4) == "0,0931"
    assert write_date(date(2026, 3, 9), "long", "it") == "9 marzo 2026"
    assert write_date(date(2026, 3, 9), "short", "it") == "09/03/26"
    assert write_date(date(2026, 3, 9), "slash", "de") == "09.03.2026"
    assert write_iban("IT60X0542811101", True) == "IT60 X054 2811 101"
