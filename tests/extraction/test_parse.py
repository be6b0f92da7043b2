"""Amounts, rates and currencies: what is printed in any usual way reads back as it was meant."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import parse

CENTS = st.decimals(
    min_value=Decimal("-9999999.99"), max_value=Decimal("9999999.99"), places=2, allow_nan=False
)
STYLES = {
    "italian": (".", ","), "english": (",", "."), "french": (" ", ","), "swiss": ("'", "."),
    "typographic": ("\u202f", ","), "plain comma": ("", ","), "plain point": ("", "."),
}  # fmt: skip


def printed(value: Decimal, group: str, mark: str) -> str:
    whole, fraction = f"{abs(value):,.2f}".split(".")
    return ("-" if value < 0 else "") + whole.replace(",", group) + mark + fraction


@pytest.mark.parametrize("style", STYLES)
@given(value=CENTS)
def test_printed_amounts_read_back(style: str, value: Decimal) -> None:
    read = parse.parse_amount(printed(value, *STYLES[style]))
    assert read is not None
    assert read[0] == value


@pytest.mark.parametrize("style", STYLES)
@given(value=CENTS.filter(lambda v: v > 0))
def test_amounts_are_found_between_words(style: str, value: Decimal) -> None:
    text = f"Totale fattura € {printed(value, *STYLES[style])} salvo errori"
    assert [Decimal(found.value) for found in parse.find_amounts(text)] == [value]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("€ 12,-", "12"),
        ("12,--", "12"),
        ("12,50-", "-12.50"),
        ("(1.234,50)", "-1234.50"),
        ("EUR 1.234", "1234"),
        ("1.234.567", "1234567"),
        ("0,125", "0.125"),
        ("1.234, 56", "1234.56"),
        ("l.234,S6", "1234.56"),
        ("1.O00,00", "1000.00"),
    ],
)
def test_unusual_forms(text: str, value: str) -> None:
    read = parse.parse_amount(text)
    assert read is not None
    assert read[0] == Decimal(value)


@pytest.mark.parametrize("text", ["", "EUR", "abc", "12/05/2024", "1,2,3,", "12.34.56,7,8", "--"])
def test_what_is_no_amount(text: str) -> None:
    assert parse.parse_amount(text) is None


def test_look_alike_letters_make_a_reading_less_certain() -> None:
    clean, mended = parse.parse_amount("1.234,56"), parse.parse_amount("l.234,S6")
    assert clean is not None
    assert mended is not None
    assert mended[1] < clean[1]


@pytest.mark.parametrize(("mark", "value"), [(None, "1234"), (",", "1234"), (".", "1.234")])
def test_the_document_s_decimal_mark_decides_a_single_point(
    mark: parse.DecimalMark | None, value: str
) -> None:
    read = parse.parse_amount("1.234", mark)
    assert read is not None
    assert read[0] == Decimal(value)


@given(st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False))
def test_a_normalised_amount_reads_back_as_itself(value: Decimal) -> None:
    text = parse.format_amount(value)
    read = parse.parse_amount(text)
    assert read is not None
    assert read[0] == value
    assert parse.format_amount(read[0]) == text


@given(st.decimals(min_value=0, max_value=10**9, places=4, allow_nan=False))
def test_a_normalised_number_reads_back_as_itself(value: Decimal) -> None:
    read = parse.parse_amount(parse.format_number(value))
    assert read is not None
    assert read[0] == value


def test_the_decimal_mark_is_guessed_from_all_amounts() -> None:
    assert parse.guess_decimal_mark(["12,50", "1.250,00", "3,5 kg", "1.000"]) == ","
    assert parse.guess_decimal_mark(["12.50", "1,250.00"]) == "."
    assert parse.guess_decimal_mark(["12", "Via Roma"]) is None


def test_percents_are_found_and_bounded() -> None:
    assert [f.value for f in parse.find_percents("IVA 22% e 5,5 % e 250%")] == ["22", "5.5"]
    assert parse.parse_percent("22,00 %") == 22
    assert parse.parse_percent("101") is None


@pytest.mark.parametrize(
    ("text", "code"), [("€", "EUR"), ("chf", "CHF"), ("£", "GBP"), ("Fr.", "CHF"), ("zł", "PLN")]
)
def test_currencies(text: str, code: str) -> None:
    assert parse.parse_currency(text) == code


@given(st.text(max_size=300))
def test_any_text_is_scanned_without_error(text: str) -> None:
    for found in (*parse.find_amounts(text), *parse.find_percents(text)):
        assert 0 <= found.start < found.end <= len(text)
