"""What is bought: lines put together from one family's goods."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from random import Random
from typing import Any

from bench.generator.grammar.amounts import Charge
from bench.generator.grammar.nations import Nation
from bench.generator.grammar.wordings import pick
from bench.generator.numbers import digits

CHOICE = re.compile(r"\[([^\]]+)\]")
CENT = Decimal("0.01")
# sold by weight, length or time: not in whole numbers
MEASURED = frozenset(
    ["KG", "kg", "MQ", "M2", "m²", "MT", "ML", "m", "H", "HR", "Std", "LT", "TN", "MC"]
)  # fmt: skip


@dataclass(frozen=True)
class Ware:
    """`rate` is the letter of a nation's rate; `text` has its alternatives chosen."""

    text: str
    unit: str
    price: Decimal
    rate: str
    tangible: bool


def choose_sector(rng: Random, words: Any, *, services: bool) -> str:
    """A trade of the vocabulary that sells (or does not sell) services."""
    sectors = [name for name in words["goods"] if (name == "services") == services]
    return str(rng.choice(sectors or list(words["goods"])))


def pick_wares(rng: Random, words: Any, sector: str, count: int, places: int = 2) -> list[Ware]:
    """`count` wares, all different while the vocabulary allows it."""
    found: list[Ware] = []
    seen: set[str] = set()
    tries = 0
    while len(found) < count:
        tries += 1
        if tries > count * 8:
            # a long bill has wares of other trades, too
            sector = rng.choice(list(words["goods"]))
        ware = make_ware(rng, rng.choice(words["goods"][sector]), places)
        if ware.text in seen and tries < count * 25:
            continue
        seen.add(ware.text)
        found.append(ware)
    return found


def make_ware(rng: Random, entry: str, places: int = 2) -> Ware:
    """One of the things that an entry of the vocabulary stands for."""
    text, unit, low, high, rate = entry.split(";")
    text = CHOICE.sub(lambda match: rng.choice(match[1].split("|")), text)
    price = Decimal(str(rng.uniform(float(low), float(high))))
    if float(low) < 0.1:
        price = round(price, 3)
    elif price > 15 and rng.random() < 0.6:
        price = round(price / Decimal("0.5")) * Decimal("0.5")
    else:
        price = round(price, places)
    return Ware(text, unit, max(price, CENT), rate[0], not rate.endswith("-"))


def charge(
    rng: Random, ware: Ware, nation: Nation, *, discounted: bool, untaxed: bool, code: str
) -> Charge:
    """A line for so many of the ware."""
    discount = rng.choice((0, 0, 5, 10, 10, 15, 20, 30)) if discounted else 0
    rate = Decimal(0) if untaxed else nation.rates[ware.rate]
    return Charge(code, ware.text, ware.unit, _quantity(rng, ware), ware.price, rate, discount)


def _quantity(rng: Random, ware: Ware) -> Decimal:
    if ware.unit in MEASURED:
        return Decimal(rng.randrange(4, 260)) / rng.choice((1, 2, 4, 10))
    if not ware.tangible:
        return Decimal(rng.choice((1, 1, 1, 2, 3)))
    if ware.price < 1:
        return Decimal(rng.choice((50, 100, 200, 250, 500, 1000)))
    if ware.price > 60:
        return Decimal(rng.choice((1, 1, 2, 2, 3, 4)))
    return Decimal(rng.choice((1, 2, 3, 4, 5, 6, 8, 10, 12, 20, 24, 30)))


CODES: Sequence[str] = (
    "{a}{b:05d}", "{a}.{b:04d}", "{b:06d}", "{a}{b:03d}", "{b:04d}-{c:02d}", "{a}-{b:04d}/{c:02d}",
    "{b:05d}{a}", "80{b:06d}{c:05d}",
)  # fmt: skip


def make_code(rng: Random, pattern: str) -> str:
    """An article number in its supplier's pattern."""
    letters = "".join(rng.choice("ABCDEFGHKLMPRSTVZ") for _ in range(rng.choice((1, 2, 3))))
    return pattern.format(a=letters, b=rng.randrange(10_000), c=rng.randrange(1, 100))


def remark(rng: Random, style: str, text: str, labels: Any, words: Any, when: str) -> str:
    """A description with what its layout adds: more detail, or a line of its own under it."""
    if style == "none" or rng.random() > 0.6:
        return text
    if style == "detail":
        return f"{text} {pick(rng, words, 'details')}"
    return f"{text}\n{_second_line(rng, style, labels, when)}"


def _second_line(rng: Random, style: str, labels: Any, when: str) -> str:
    """A lot, a serial number, or the delivery that brought it."""
    if style == "lot":
        return f"{labels['lot']} {rng.choice('ABCHKL')}{digits(rng, 5)}"
    if style == "serial":
        letters = "".join(rng.choice("ABCDEFGHKM") for _ in range(2))
        return f"{labels['serial']} {letters}{digits(rng, 7)}"
    return f"{labels['ddt']} {rng.randint(100, 2900)} {when}"
