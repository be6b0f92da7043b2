"""Countries of sellers and buyers, and how each writes numbers, dates and identifiers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cache
from pathlib import Path

import yaml

from bench.generator.formats import MONTH_NAMES
from bench.generator.grammar.program import Choices, Program

SPANISH_MONTHS = (
    "enero febrero marzo abril mayo junio julio agosto septiembre octubre noviembre diciembre"
)
SHARES: Mapping[str, Mapping[str, float]] = {
    "it": {"IT": 1}, "de": {"DE": 15, "AT": 3, "CH": 2}, "fr": {"FR": 17, "BE": 3},
    "en": {"GB": 10, "IE": 5, "US": 3}, "es": {"ES": 1},
}  # fmt: skip


@dataclass(frozen=True)
class Nation:
    """`rates` are VAT percentages by the letter that goods name them with."""

    code: str
    language: str
    currency: str
    rates: Mapping[str, Decimal]
    thousands: str
    point: str
    sign: str
    towns: str = "towns"


@cache
def nations() -> dict[str, Nation]:
    path = Path(__file__).with_name("nations.yaml")
    return {
        code: Nation(**{
            "code": code, **given,
            "rates": {letter: Decimal(str(rate)) for letter, rate in given["rates"].items()},
        })
        for code, given in yaml.safe_load(path.read_text(encoding="utf-8")).items()
    }  # fmt: skip


def choose_nation(program: Program, language: str) -> Nation:
    """Where a layout is at home when it speaks this language."""
    shares = SHARES[language]
    code = program.rng(language, "nation").choices(list(shares), list(shares.values()))[0]
    return nations()[code]


@dataclass(frozen=True)
class Hand:
    """How one layout writes values."""

    nation: Nation
    style: Choices
    cent_minus: bool = False

    def number(self, value: Decimal, places: int) -> str:
        """Grouped by thousands unless the style is bare; the minus before, or after the digits."""
        thousands, point = self.nation.thousands, self.nation.point
        style = self.style["number"]
        if style == "bare":
            thousands = ""
        elif style == "spaced" and point == ",":
            thousands = " "
        text = f"{abs(value):,.{places}f}"
        text = text.replace(",", "\0").replace(".", point).replace("\0", thousands)
        if value >= 0:
            return text
        return f"{text}-" if self.cent_minus else f"-{text}"

    def money(self, value: Decimal) -> str:
        return self.number(value, 2)

    def money_plain(self, whole: int) -> str:
        return self.number(Decimal(whole), 2)

    def price(self, value: Decimal) -> str:
        places = {"two": 2, "three": 3, "four": 4}[self.style["price_places"]]
        return self.number(value, max(places, decimals(value)))

    def quantity(self, value: Decimal) -> str:
        places = {"whole": 0, "two": 2, "three": 3}[self.style["quantity"]]
        return self.number(value, max(places, decimals(value)))

    def rate(self, value: Decimal) -> str:
        places = 2 if self.style["rate"] == "decimals" else decimals(value)
        text = f"{value:.{places}f}".replace(".", self.nation.point)
        return text + {"percent": "%", "spaced": " %"}.get(self.style["rate"], "")

    def full_rate(self, value: Decimal) -> str:
        """With its sign, for where no title says what the number is."""
        text = f"{value:.{decimals(value)}f}".replace(".", self.nation.point)
        return f"{text} %" if self.style["rate"] == "spaced" else f"{text}%"

    def date(self, day: date) -> str:
        return write_day(day, self.style["date"], self.nation)

    def iban(self, iban: str) -> str:
        if self.style["iban"] == "packed":
            return iban
        return " ".join(iban[i : i + 4] for i in range(0, len(iban), 4))

    def vat(self, vat: str) -> str:
        """A VAT id given with its country, as it is printed."""
        country, body = vat[:2], vat[2:]
        if country == "CH":
            return f"CHE-{body[1:4]}.{body[4:7]}.{body[7:]} MWST"
        if country in ("IT", "ES") and self.style["vat"] == "plain":
            return body
        if country == "GB" and self.style["vat"] == "plain":
            return f"{body[:3]} {body[3:7]} {body[7:]}"
        if country == "BE" and self.style["vat"] == "spaced":
            return f"BE {body[:4]}.{body[4:7]}.{body[7:]}"
        return f"{country} {body}" if self.style["vat"] == "spaced" else vat


def decimals(value: Decimal) -> int:
    """Decimals that the value needs."""
    return max(0, -int(value.normalize().as_tuple().exponent))


def write_day(day: date, style: str, nation: Nation) -> str:
    language = nation.language
    names = SPANISH_MONTHS if language == "es" else MONTH_NAMES[language]
    month = names.split()[day.month - 1]
    if nation.code == "US":
        # day and month in figures would mean something else there
        return f"{month if style == 'long' else month[:3]} {day.day}, {day.year}"
    if style == "long":
        dot = "." if language == "de" else ""
        return f"{day.day} de {month} de {day.year}" if language == "es" else (
            f"{day.day}{dot} {month} {day.year}")  # fmt: skip
    if style == "abbreviated" and language in ("en", "it", "es"):
        return f"{day.day:02d}-{month[:3]}-{day.year}"
    if style == "iso":
        return day.isoformat()
    usual = "." if language == "de" else "/"
    mark = {"dot": ".", "dash": "-"}.get(style, usual)
    if style == "short":
        return day.strftime(f"%d{mark}%m{mark}%y")
    return day.strftime(f"%d{mark}%m{mark}%Y")


def make_hand(program: Program, nation: Nation) -> Hand:
    trailing = nation.code == "DE" and program.rng("minus").random() < 0.3
    return Hand(nation, program.style, trailing)
