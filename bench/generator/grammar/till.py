"""The content of till receipts: what was bought, prices with tax, and how it was paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bench.generator.facts import Facts, Lines, Row
from bench.generator.formats import cents, plain
from bench.generator.grammar.business import Business, make_business
from bench.generator.grammar.nations import Hand, choose_nation, make_hand
from bench.generator.grammar.numbering import DAYS, FIRST_DAY
from bench.generator.grammar.program import Program
from bench.generator.grammar.wordings import share
from bench.generator.numbers import digits

HUNDRED = Decimal(100)
LETTERS = "ABCDE"


@dataclass(frozen=True)
class Sale:
    """One line; the price has its tax in it, but for the United States."""

    text: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    measured: str = ""

    @property
    def total(self) -> Decimal:
        return cents(self.quantity * self.price)


@cache
def _goods() -> dict[str, Any]:
    path = Path(__file__).with_name("till_goods.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def make_till(program: Program, language: str, rng: Random, lines: Lines = None) -> Facts:
    """A paid purchase at this layout's shop."""
    nation = choose_nation(program, language)
    hand = make_hand(program, nation)
    fixed = program.rng(language, "supplier")
    shop = make_business(fixed, program.family, nation)
    trade = program.structure["trade"]
    goods = _goods()[language]
    special: Mapping[str, Any] = goods[trade] if trade in ("fuel", "parking", "hotel") else {}
    sign = fixed.choice(share(special.get("sign", goods["signs"]), program.family))
    name = sign.format(x=shop.brand, s=shop.person.split()[-1], p=shop.person.split()[0])
    sales = _sales(program, hand, goods, rng, lines)
    return _write(program, hand, shop, name, sales, special, rng)


def _sales(program: Program, hand: Hand, goods: Any, rng: Random, lines: Lines) -> list[Sale]:
    trade, nation = program.structure["trade"], hand.nation
    if trade == "fuel":
        price = Decimal(rng.randint(1390, 2090)) / 1000
        volume = Decimal(rng.randint(800, 6200)) / 100
        return [Sale(rng.choice(goods[trade]["product"]), volume, price, nation.rates["s"], "L")]
    if trade == "parking":
        amount = Decimal(rng.randint(2, 60)) / 2
        return [Sale(rng.choice(goods[trade]["product"]), Decimal(1), amount, nation.rates["s"])]
    if trade == "hotel":
        nights = Decimal(rng.randint(1, 5))
        names = goods[trade]["product"]
        found = [Sale(names[rng.randrange(2)], nights, Decimal(rng.randint(49, 160)),
                      nation.rates["r"])]  # fmt: skip
        return found + [Sale(name, nights, Decimal(rng.randint(4, 30)) / 2, nation.rates["r"])
                        for name in names[2:] if rng.random() < 0.4]  # fmt: skip
    low, high = lines or rng.choices(((1, 3), (3, 8), (8, 18)), (3, 5, 2))[0]
    entries = share(goods[trade], program.family)
    count = min(rng.randint(low, high), len(entries))
    return [_sale(rng, entry, hand) for entry in rng.sample(entries, count)]


def _sale(rng: Random, entry: str, hand: Hand) -> Sale:
    text, low, high, rate = entry.split(";")
    price = cents(Decimal(str(rng.uniform(float(low), float(high)))))
    if text.endswith(" KG"):
        quantity = Decimal(rng.randint(120, 2400)) / 1000
        return Sale(text.removesuffix(" KG"), quantity, price, hand.nation.rates[rate], "kg")
    count = Decimal(rng.choice((1, 1, 1, 1, 2, 2, 3, 4)))
    return Sale(text, count, price, hand.nation.rates[rate])


def _taxes(sales: list[Sale], discount: Decimal, added: bool) -> list[tuple[Decimal, ...]]:
    """Rate, taxable amount and tax; the discount is taken from the greatest group."""
    groups: dict[Decimal, Decimal] = {}
    for sale in sales:
        groups[sale.rate] = groups.get(sale.rate, Decimal(0)) + sale.total
    groups[max(groups, key=lambda rate: groups[rate])] -= discount
    found: list[tuple[Decimal, ...]] = []
    for rate, amount in sorted(groups.items(), reverse=True):
        base = amount if added else cents(amount * HUNDRED / (HUNDRED + rate))
        found.append((rate, base, cents(base * rate / HUNDRED) if added else amount - base))
    return found


def _write(
    program: Program, hand: Hand, shop: Business, name: str, sales: list[Sale],
    special: Mapping[str, Any], rng: Random,
) -> Facts:  # fmt: skip
    added = hand.nation.code == "US"
    goods = sum((sale.total for sale in sales), Decimal(0))
    off = program.structure["discount"] == "yes" and goods > 8 and rng.random() < 0.7
    discount = cents(goods * rng.choice((5, 10)) / HUNDRED) if off else Decimal(0)
    taxes = _taxes(sales, discount, added)
    tax = sum((group[2] for group in taxes), Decimal(0))
    total = goods - discount + (tax if added else 0)
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    cash = rng.random() < 0.5
    given = Decimal(int(total / 10) * 10 + 10) if cash else Decimal(0)
    upper = program.style["case"] == "upper"
    values = {
        "merchant_name": name.upper() if upper else name,
        "merchant_address": f"{shop.street}\n{shop.place}".upper() if upper else (
            f"{shop.street}\n{shop.place}"),
        "merchant_vat": shop.vat,
        "date": day.isoformat(),
        "total": f"{total:.2f}",
        "vat_total": f"{tax:.2f}",
    }  # fmt: skip
    rates = [group[0] for group in taxes]
    texts = {
        **values,
        "owner": shop.name,
        "merchant_vat": hand.vat(shop.vat) if shop.vat else "",
        "phone": shop.phone,
        "date": hand.date(day),
        "time": f"{rng.randint(7, 22):02d}:{rng.randint(0, 59):02d}",
        "total": hand.money(total),
        "vat_total": hand.money(tax),
        "goods": hand.money(goods),
        "discount": hand.money(-discount) if discount else "",
        "cash": hand.money(given) if cash else "",
        "change": hand.money(given - total) if cash else "",
        "card": "" if cash else hand.money(total),
        "number": f"{rng.randint(1, 2400):04d}-{rng.randint(1, 300):04d}",
        "till": str(rng.randint(1, 9)),
        "serial": f"{rng.choice(('99M', '88S', '72M', '53S'))}{digits(rng, 7)}",
        "pan": f"************{digits(rng, 4)}",
        "auth": digits(rng, 6),
        "terminal": digits(rng, 8),
        "place_number": f"{special['pump']} {rng.randint(1, 40)}" if special else "",
        "nation": hand.nation.code,
        "paper": "receipt",
    }
    vat = tuple(_vat_row(group, rates, hand) for group in taxes)
    return Facts(
        kind="receipt",
        language=hand.nation.language,
        values={key: value for key, value in values.items() if value},
        shown={key: text for key, text in texts.items() if text},
        lines=tuple(
            {"description": sale.text, "quantity": plain(sale.quantity),
             "unit_price": f"{sale.price:.3f}" if sale.measured == "L" else f"{sale.price:.2f}",
             "line_total": f"{sale.total:.2f}"} for sale in sales
        ),
        rows=tuple(_row(sale, index, rates, hand) for index, sale in enumerate(sales)),
        tables={"vat": vat},
        also={
            # the sign above the door, or the company that runs the shop
            "merchant_name": (shop.name,),
            "merchant_vat": (shop.vat[2:],) if shop.vat[:2] in ("ES", "GB") else (),
        },
    )  # fmt: skip


def _row(sale: Sale, index: int, rates: list[Decimal], hand: Hand) -> Row:
    several = sale.quantity != 1
    unit = f" {sale.measured}" if sale.measured else ""
    return Row({
        "description": sale.text,
        "quantity": (hand.number(sale.quantity, 3 if sale.measured == "kg" else 2)
                     if sale.measured else plain(sale.quantity)),
        "unit": unit, "several": "1" if several else "",
        "unit_price": hand.number(sale.price, 3 if sale.measured == "L" else 2),
        "line_total": hand.money(sale.total),
        "rate": hand.full_rate(sale.rate), "letter": LETTERS[rates.index(sale.rate)],
    }, index)  # fmt: skip


def _vat_row(group: tuple[Decimal, ...], rates: list[Decimal], hand: Hand) -> Row:
    rate, base, tax = group
    return Row({
        "rate": hand.full_rate(rate), "letter": LETTERS[rates.index(rate)],
        "base": hand.money(base), "tax": hand.money(tax), "both": hand.money(base + tax),
    })  # fmt: skip
