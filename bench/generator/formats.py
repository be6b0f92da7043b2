"""How values are written on paper: amounts, numbers, dates and account numbers by language."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

CENT = Decimal("0.01")

DateStyle = Literal["slash", "dash", "dot", "short", "long"]

MONTH_NAMES = {
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre"
    " dicembre",
    "en": "January February March April May June July August September October November December",
    "de": "Januar Februar März April Mai Juni Juli August September Oktober November Dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
}
SEPARATORS = {"it": (".", ","), "de": (".", ","), "fr": (" ", ","), "en": (",", ".")}


@dataclass(frozen=True)
class Style:
    """How one document writes its values."""

    language: str = "it"
    date: DateStyle = "slash"
    vat_prefix: str = ""
    iban_groups: bool = True
    price_places: int = 2
    quantity_places: int = 0
    rate_suffix: str = "%"


def cents(value: Decimal) -> Decimal:
    """Rounded half up to the cent, as tax law has it."""
    return value.quantize(CENT, ROUND_HALF_UP)


def write_number(value: Decimal, language: str, places: int) -> str:
    """`1234.5` as "1.234,50" (it, de), "1,234.50" (en) or "1 234,50" (fr)."""
    thousands, point = SEPARATORS[language]
    text = f"{value:,.{places}f}"
    return text.replace(",", "\0").replace(".", point).replace("\0", thousands)


def write_money(value: Decimal, language: str) -> str:
    return write_number(value, language, 2)


def write_date(day: date, style: DateStyle, language: str) -> str:
    if style == "long":
        month = MONTH_NAMES[language].split()[day.month - 1]
        return f"{day.day}{'.' if language == 'de' else ''} {month} {day.year}"
    if style == "short":
        return f"{day:%d/%m/%y}"
    if language == "de":
        return f"{day:%d.%m.%Y}"
    mark = {"slash": "/", "dash": "-", "dot": "."}[style]
    return day.strftime(f"%d{mark}%m{mark}%Y")


def write_iban(iban: str, groups: bool) -> str:
    if not groups:
        return iban
    return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))


def plain(value: Decimal) -> str:
    """A normalised number: decimal point, no trailing zeros ("2.5", "10")."""
    return f"{value.normalize():f}"


def plain_money(value: Decimal) -> str:
    """A normalised amount: decimal point, at least two decimals ("1234.50", "0.125")."""
    text = plain(value)
    places = len(text.partition(".")[2])
    return text if places > 2 else f"{value:.2f}"
