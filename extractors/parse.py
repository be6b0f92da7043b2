"""Typed parsers of amounts, rates and currencies: printed text in, normalised values out.

Every `find_…` scans a piece of text and yields `Found` spans; every `parse_…` reads one whole
entry and returns None when it is not one. `certainty` is lower for readings that needed a guess
(an ambiguous separator, a letter read as a digit). Dates are in `dates`, numbers that identify
somebody in `identifiers`. No third-party imports, no state.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Literal

DecimalMark = Literal[",", "."]


@dataclass(frozen=True, slots=True)
class Found:
    """A value at `start:end` of the text that was scanned."""

    value: str
    start: int
    end: int
    certainty: float = 1.0


def fold(text: str) -> str:
    """Lower case without accents, for comparing words."""
    if text.isascii():
        return text.lower()
    decomposed = unicodedata.normalize("NFKD", text.casefold())
    return "".join(c for c in decomposed if not unicodedata.combining(c))


CURRENCY_SIGNS = {
    "€": "EUR", "£": "GBP", "$": "USD", "¥": "JPY", "₣": "CHF", "zł": "PLN", "kč": "CZK",
    "fr.": "CHF", "sfr": "CHF", "us$": "USD", "eur": "EUR", "euro": "EUR", "euros": "EUR",
    "usd": "USD", "gbp": "GBP", "chf": "CHF", "sek": "SEK", "nok": "NOK", "dkk": "DKK",
    "pln": "PLN", "czk": "CZK", "huf": "HUF", "ron": "RON", "bgn": "BGN", "try": "TRY",
    "jpy": "JPY", "cny": "CNY", "cad": "CAD", "aud": "AUD", "dollars": "USD", "pounds": "GBP",
    "rm": "MYR", "myr": "MYR", "s$": "SGD", "sgd": "SGD", "rp": "IDR", "idr": "IDR", "₹": "INR",
    "inr": "INR", "rs": "INR", "hk$": "HKD", "hkd": "HKD", "a$": "AUD", "c$": "CAD", "ca$": "CAD",
    "nz$": "NZD", "nzd": "NZD", "r$": "BRL", "brl": "BRL", "mx$": "MXN", "mxn": "MXN", "₺": "TRY",
    "zar": "ZAR", "aed": "AED", "thb": "THB", "฿": "THB", "₱": "PHP", "php": "PHP", "₩": "KRW",
    "krw": "KRW", "ils": "ILS", "₪": "ILS",
}  # fmt: skip
CURRENCY_CODES = frozenset(CURRENCY_SIGNS.values())
_SIGN = (
    r"(?:€|£|(?:US|CA|HK|NZ|MX|[ACSR])?\$|¥|₹|฿|₱|₩|₺|₪|EUR(?:O)?|USD|GBP|CHF|SEK|NOK|DKK|PLN|CZK|HUF"
    r"|RON|RM|MYR|SGD|IDR|Rp\.?|INR|Rs\.?|CAD|AUD|NZD|HKD|BRL|MXN|ZAR|AED|THB|PHP)"
)
_SPACE = " \u00a0\u202f"
_GROUP = rf"[.,'’{_SPACE}]"
_NUMBER = (
    # grouped thousands, then optional decimals; or plain digits with optional decimals
    rf"\d{{1,3}}(?:{_GROUP}\d{{3}})+(?:[.,]\s?\d{{1,6}}(?!\d))?"
    rf"|\d+(?:[.,]\s?\d{{2}}(?!\d)|[.,]\d{{1,6}}(?!\d)|[.,](?:-{{1,2}}|–|—)(?!\d))?"
)
AMOUNT = re.compile(
    rf"(?<![\w.,/])(?<!\d[:-])(?P<open>\()?(?P<minus>[-−–]\s?)?(?:(?P<left>{_SIGN})\s?)?"
    rf"(?P<inner>[-−–+]\s?)?(?P<number>{_NUMBER})"
    rf"(?:\s?(?P<right>{_SIGN})(?![A-Za-z]))?(?P<trail>[-−–](?![\w-]))?(?P<close>\))?"
    rf"(?![\d/]|[.,:-]\d|[^\W\d_]{{3}})",
    re.IGNORECASE,
)
LOOKALIKES = str.maketrans("OoQDlIi|SsBZz", "0000111155822")
LETTERS = str.maketrans({"0": "O", "1": "I", "5": "S", "8": "B", "2": "Z", "|": "I"})


def letters_for_digits(text: str) -> str:
    """Digits that OCR confuses with letters, as those letters ("1" is I, "0" is O)."""
    return text.translate(LETTERS)


def guess_decimal_mark(texts: Iterable[str]) -> DecimalMark | None:
    """The decimal mark that the amounts of a document agree on; None when they do not say."""
    votes = {",": 0, ".": 0}
    for text in texts:
        for mark in re.findall(r"(?<![\d.,])\d{1,3}(?:[.,' ]\d{3})*([.,])\d{2}(?![\d.,])", text):
            votes[mark] += 1
        for mark in re.findall(r"\d([.,])\d{3}[.,]\d{1,2}(?!\d)", text):
            votes["," if mark == "." else "."] += 3
    if votes[","] == votes["."]:
        return None
    return "," if votes[","] > votes["."] else "."


def to_decimal(number: str, mark: DecimalMark | None = None) -> tuple[Decimal, float] | None:
    """The value of unsigned printed digits and its certainty; None when it is not a number.

    `mark` is the document's decimal mark; it decides "1.234", which is a thousand otherwise.
    """
    text = re.sub(r"[.,](?:-{1,2}|–|—)$", "", number)
    text = re.sub(rf"['’{_SPACE}](?=\d{{3}}(?:\D|$))|(?<=[.,])\s", "", text)
    if not re.fullmatch(r"\d+(?:[.,]\d+)*", text):
        return None
    marks = re.findall(r"[.,]", text)
    certainty = 1.0
    if not marks:
        decimal_mark = ""
    elif len(set(marks)) == 2:
        decimal_mark = marks[-1]
        if marks.count(decimal_mark) > 1:
            return None
    elif len(marks) > 1:
        decimal_mark = ""
    elif (
        len(text) - text.index(marks[0]) - 1 == 3
        and text.index(marks[0]) <= 3
        and not text.startswith("0")
    ):
        decimal_mark = marks[0] if marks[0] == mark else ""
        certainty = 1.0 if mark else 0.7
    else:
        decimal_mark = marks[0]
        certainty = 1.0 if mark in (None, decimal_mark) else 0.8
    whole, _, fraction = text.rpartition(decimal_mark) if decimal_mark else (text, "", "")
    try:
        return Decimal(re.sub(r"[.,]", "", whole) + (f".{fraction}" if fraction else "")), certainty
    except InvalidOperation:
        return None


def format_amount(value: Decimal) -> str:
    """Decimal point, two decimals or more ("1234.50", "0.125").

    Never exactly three after one to three digits, which would read as a thousand ("8.6990").
    """
    text = _unpadded(value)
    whole, _, fraction = text.partition(".")
    return _unambiguous(f"{whole}.{fraction:0<2}")


def format_number(value: Decimal) -> str:
    """Decimal point and no trailing zeros ("20", "2.5"), but "8.6990" as in `format_amount`."""
    return _unambiguous(_unpadded(value))


def _unpadded(value: Decimal) -> str:
    text = f"{value:f}"
    text = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if text in ("-0", "") else text


def _unambiguous(text: str) -> str:
    return f"{text}0" if re.fullmatch(r"-?[1-9]\d{0,2}\.\d{3}", text) else text


def _signed(match: re.Match[str], mark: DecimalMark | None) -> tuple[Decimal, float] | None:
    read = to_decimal(match["number"], mark)
    if read is None:
        return None
    value, certainty = read
    negative = (
        bool(match["minus"])
        or (match["inner"] or "").strip() in ("-", "−", "–")
        or bool(match["trail"])
        or bool(match["open"] and match["close"] and re.search(r"[.,]\d{2}$", match["number"]))
    )
    return (-value if negative else value), certainty


def find_amounts(text: str, mark: DecimalMark | None = None) -> Iterator[Found]:
    """Amounts and plain numbers in `text`; a currency sign or decimals make them more certain."""
    for match in AMOUNT.finditer(text):
        read = _signed(match, mark)
        if read is None or len(match["number"]) > 20:
            continue
        value, certainty = read
        # "RM" stands for Malaysian ringgit, but for Rome, too ("REA RM 1234567")
        signs = {(match[side] or "").lower() for side in ("left", "right")}
        has_sign = bool(signs - {"", "rm"})
        if not has_sign and not re.search(r"[.,]\s?\d{2}$|[.,][-–—]+$", match["number"]):
            certainty *= 0.6
        yield Found(format_amount(value), match.start(), match.end(), certainty)


def parse_amount(text: str, mark: DecimalMark | None = None) -> tuple[Decimal, float] | None:
    """One whole entry as an amount; look-alike letters are read as digits only as a last resort."""
    stripped = text.strip()
    match = AMOUNT.fullmatch(stripped)
    if match:
        return _signed(match, mark)
    repaired = re.sub(r"(?<=\d)\s*([.,])\s*(?=\d)", r"\1", stripped)
    if sum(c.isdigit() for c in repaired) >= 2:
        body = re.sub(rf"^{_SIGN}\s*|\s*{_SIGN}$", "", repaired, flags=re.IGNORECASE)
        body = body.translate(LOOKALIKES)
        if (match := AMOUNT.fullmatch(body)) and (read := _signed(match, mark)):
            return read[0], read[1] * 0.5
    return None


PERCENT = re.compile(r"(?<![\w.,])(\d{1,3}(?:[.,]\d{1,4})?)\s?%")


def find_percents(text: str) -> Iterator[Found]:
    for match in PERCENT.finditer(text):
        value = Decimal(match[1].replace(",", "."))
        if value <= 100:
            yield Found(format_number(value), match.start(), match.end())


def parse_percent(text: str) -> Decimal | None:
    """ "22 %", "22,00" or "10.5" as 22, 22, 10.5; None when it is not between 0 and 100."""
    match = re.fullmatch(r"(\d{1,3}(?:[.,]\d{1,4})?)\s*%?", text.strip())
    value = Decimal(match[1].replace(",", ".")) if match else None
    return value if value is not None and value <= 100 else None


_CURRENCY = re.compile(
    r"(?<![^\W\d_])(?:€|£|(?:US|CA|HK|NZ|MX|[ACSR])?\$|¥|₹|฿|₱|₩|₺|₪|EUR(?:OS?)?|USD|GBP|CHF|SFr\.?"
    r"|SEK|NOK|DKK|PLN|CZK|HUF|RON|BGN|JPY|CNY|CAD|AUD|MYR|SGD|IDR|INR|HKD|NZD|BRL|MXN|ZAR|AED|THB"
    r"|PHP|(?:RM|Rs\.?)(?=\s?[\d,]+\.\d{2}(?!\d))|Rp\.?(?=\s?\d))(?![^\W\d_])",
    re.IGNORECASE,
)


def find_currencies(text: str) -> Iterator[Found]:
    for match in _CURRENCY.finditer(text):
        code = CURRENCY_SIGNS.get(match[0].lower().rstrip("."))
        if code:
            yield Found(code, match.start(), match.end(), 0.8 if match[0] == "$" else 1.0)


def parse_currency(text: str) -> str | None:
    """A sign, a name or an ISO 4217 code as the code."""
    key = text.strip().lower()
    return CURRENCY_SIGNS.get(key) or CURRENCY_SIGNS.get(key.rstrip("."))


def compact(text: str) -> str:
    """Letters and digits only, upper case."""
    return re.sub(r"[^A-Z0-9]", "", text.upper())


def digits_for_letters(text: str) -> str:
    """Letters that OCR confuses with digits, as those digits ("O" is 0, "l" is 1, "S" is 5)."""
    return text.translate(LOOKALIKES)
