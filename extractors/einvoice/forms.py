"""Texts of XML as normalised values: the forms that the standards prescribe, and no guessing.

"1.234" in an XML is one and a bit, while on paper it may be a thousand: so the parsers for print
are not used here. It loads nothing heavy: every upload of such a file waits for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from extractors import parse
from extractors.einvoice.data import Stated

_DECIMAL = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d{0,20})?|\.\d{1,20})")
_DATE = re.compile(r"(\d{4})-?(\d\d)-?(\d\d)(?:[T ].*|Z|[+-]\d\d:\d\d)?")
VAT_CATEGORY = "VA"
TAX_CATEGORY = "FC"


def decimal(raw: str) -> Decimal | None:
    """An xs:decimal; None for anything else."""
    return Decimal(raw) if _DECIMAL.fullmatch(raw) else None


def amount(raw: str) -> Stated | None:
    value = decimal(raw)
    return _stated(raw, parse.format_amount(value) if value is not None else None)


def number(raw: str) -> Stated | None:
    value = decimal(raw)
    return _stated(raw, parse.format_number(value) if value is not None else None)


def day(raw: str) -> Stated | None:
    """A date as `2026-03-14` or `20260314`, with or without a time or zone after it."""
    match = _DATE.fullmatch(raw)
    try:
        value = date(int(match[1]), int(match[2]), int(match[3])).isoformat() if match else None
    except ValueError:
        value = None
    return _stated(raw, value)


def words(raw: str) -> Stated | None:
    return _stated(raw, raw)


def currency(raw: str) -> Stated | None:
    return _stated(raw, raw.upper() if re.fullmatch(r"[A-Za-z]{3}", raw) else None)


def vat_id(raw: str) -> Stated | None:
    return _stated(raw, parse.compact(raw) or None)


def tax_id(raw: str) -> Stated | None:
    return _stated(raw, raw.upper())


def iban(raw: str) -> Stated | None:
    return _stated(raw, parse.compact(raw) or None)


def unit_price(raw: str, basis: str) -> Stated | None:
    """The price of one unit, when the XML gives that of `basis` units (BT-149)."""
    price, units = decimal(raw), decimal(basis)
    if price is None or units is None or units <= 0 or units == 1:
        return amount(raw)
    return Stated(parse.format_amount(_rounded(price / units)), f"{raw} / {basis}")


def worked_out(value: Decimal) -> Stated:
    """An amount that the XML has only in parts."""
    return Stated(parse.format_amount(_rounded(value)), "")


def earliest(dates: Iterable[str]) -> Stated | None:
    """The first day of several: of instalments, the first to be paid."""
    return min(_days(dates), key=lambda stated: stated.value or "9999", default=None)


def latest(dates: Iterable[str]) -> Stated | None:
    """The last day of several: where those before are for paying less."""
    return max(_days(dates), key=lambda stated: stated.value or "", default=None)


def _days(dates: Iterable[str]) -> list[Stated]:
    return [stated for raw in dates if (stated := day(raw)) is not None]


def present(**values: Stated | None) -> dict[str, Stated]:
    """The values that are there, by name."""
    return {name: stated for name, stated in values.items() if stated is not None}


def _stated(raw: str, value: str | None) -> Stated | None:
    return Stated(value, raw) if raw else None


def _rounded(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.000001"))
