"""Dates as six languages print them."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from extractors import dates

DAYS = st.dates(min_value=datetime.date(1970, 1, 1), max_value=datetime.date(2069, 12, 31))
MONTHS = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre "
          "dicembre",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre "
          "diciembre",
    "nl": "januari februari maart april mei juni juli augustus september oktober november december",
    "en": "January February March April May June July August September October November December",
}  # fmt: skip


@pytest.mark.parametrize("form", ["%d/%m/%Y", "%d.%m.%Y", "%d-%m-%Y", "%d.%m.%y", "%Y-%m-%d"])
@given(day=DAYS)
def test_numeric_dates_read_back(form: str, day: datetime.date) -> None:
    assert dates.parse_date(day.strftime(form)) == day.isoformat()


@pytest.mark.parametrize("language", MONTHS)
@given(day=DAYS)
def test_written_months_read_back(language: str, day: datetime.date) -> None:
    month = MONTHS[language].split()[day.month - 1]
    dot = "." if language == "de" else ""
    text = f"Luogo, {day.day}{dot} {month} {day.year}"
    assert [found.value for found in dates.find_dates(text)] == [day.isoformat()]


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("March 5, 2024", "2024-03-05"),
        ("1er mars 2024", "2024-03-01"),
        ("3rd of June 2024", "2024-06-03"),
        ("1 de enero de 2024", "2024-01-01"),
        ("05-Mar-2024", "2024-03-05"),
        ("31122025", "2025-12-31"),
        ("3l/l2/2O25", "2025-12-31"),
        ("12/31/2025", "2025-12-31"),
    ],
)
def test_other_forms(text: str, value: str) -> None:
    assert dates.parse_date(text) == value


@pytest.mark.parametrize("text", ["31/02/2024", "00/01/2024", "12.50", "32 marzo 2024", "1/2"])
def test_what_is_no_date(text: str) -> None:
    assert dates.parse_date(text) is None


def test_the_day_is_first_unless_told_otherwise() -> None:
    assert dates.parse_date("03/04/2024") == "2024-04-03"
    assert dates.parse_date("03/04/2024", "mdy") == "2024-03-04"


def test_the_day_order_is_guessed_only_from_dates_that_force_it() -> None:
    assert dates.guess_day_order(["04-15-1974", "05-02-2021"]) == "mdy"
    assert dates.guess_day_order(["15/04/1974"]) == "dmy"
    assert dates.guess_day_order(["05/02/2021"]) is None


def test_a_time_set_too_close_is_no_part_of_the_year() -> None:
    assert [f.value for f in dates.find_dates("07.04.2014:38")] == ["2020-04-07"]
    assert [f.value for f in dates.find_dates("18.05.202016:07")] == ["2020-05-18"]


@given(st.text(max_size=300))
def test_any_text_is_scanned_without_error(text: str) -> None:
    for found in dates.find_dates(text):
        datetime.date.fromisoformat(found.value)
