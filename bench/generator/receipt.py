"""The content of a receipt (documento commerciale): prices include VAT."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from random import Random

from bench.generator.facts import Facts, Row
from bench.generator.formats import Style, cents, plain, write_date, write_money
from bench.generator.goods import SHOPPING, pick_items
from bench.generator.invoice import DAYS, FIRST_DAY
from bench.generator.numbers import digits
from bench.generator.parties import Party, make_party

SIGNS = {
    "market": ("SUPERMERCATO", "MINIMARKET", "ALIMENTARI", "MERCATO FRESCO"),
    "bar": ("BAR", "CAFFETTERIA", "TRATTORIA", "OSTERIA", "PIZZERIA"),
    "shop": ("FERRAMENTA", "CARTOLERIA", "CASALINGHI", "BAZAR"),
}
PRICE_STEPS = {"market": "0.01", "bar": "0.10", "shop": "0.10"}
CALLED = (
    "AL PONTE", "DEL CORSO", "LA FONTANA", "DA GINO", "VECCHIA PIAZZA", "IL GIRASOLE", "SOLE",
    "DUE LEONI", "DELLA STAZIONE", "LA LANTERNA", "QUATTRO STAGIONI", "IL QUADRIFOGLIO",
)  # fmt: skip


def make_receipt(rng: Random, trade: str, style: Style, lines: tuple[int, int]) -> Facts:
    """A paid purchase; the tax is what each rate's total contains."""
    shop = make_party(rng, "food", "sole")
    name = f"{rng.choice(SIGNS[trade])} {rng.choice(CALLED)}"
    count = rng.randint(*lines)
    items = pick_items(rng, SHOPPING[trade], count, step=Decimal(PRICE_STEPS[trade]))
    bought = [
        (item, Decimal(rng.choice((1, 1, 1, 1, 2, 3, 4)) if item.price < 12 else 1))
        for item in items
    ]
    totals = [cents(item.price * count) for item, count in bought]
    total = sum(totals, Decimal(0))
    groups = _groups([item.rate for item in items], totals)
    tax = sum((group[2] for group in groups), Decimal(0))
    day = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    values = {
        "merchant_name": name,
        "merchant_address": _address(shop),
        "merchant_vat": shop.vat,
        "date": day.isoformat(),
        "total": f"{total:.2f}",
        "vat_total": f"{tax:.2f}",
    }
    cash = rng.random() < 0.5
    given = Decimal(int(total / 10) * 10 + 10) if cash else Decimal(0)
    shown = {
        **values,
        "owner": f"DI {shop.person.last} {shop.person.first}".upper(),
        "merchant_street": shop.street.upper(),
        "merchant_place": f"{shop.city.postal_code} {shop.city.name} {shop.city.province}".upper(),
        "merchant_vat": style.vat_prefix + shop.vat[2:],
        "phone": shop.phone,
        "date": write_date(day, style.date, "it"),
        "time": f"{rng.randint(8, 21):02d}:{rng.randint(0, 59):02d}",
        "total": write_money(total, "it"),
        "vat_total": write_money(tax, "it"),
        "cash": write_money(given if cash else Decimal(0), "it"),
        "card": write_money(Decimal(0) if cash else total, "it"),
        "change": write_money(given - total, "it") if cash else "",
        "nothing": "0,00",
        "subtotal": write_money(total, "it"),
        "number": f"{rng.randint(1, 2200):04d}-{rng.randint(1, 260):04d}",
        "till": f"{rng.randint(1, 9)}",
        "serial": f"{rng.choice(('99MEX', '99IEB', '88S2X', '53SNS', '96SRT'))}{digits(rng, 6)}",
    }
    return Facts(
        kind="receipt",
        language="it",
        values=values,
        shown=shown,
        lines=tuple(
            {"description": item.description, "quantity": plain(count),
             "unit_price": f"{item.price:.2f}", "line_total": f"{line:.2f}"}
            for (item, count), line in zip(bought, totals, strict=True)
        ),
        rows=tuple(
            Row({"description": item.description, "quantity": plain(count) if count > 1 else "",
                 "unit_price": write_money(item.price, "it") if count > 1 else "",
                 "line_total": write_money(line, "it"), "rate": f"{item.rate}",
                 "letter": {22: "A", 10: "B", 4: "C"}[item.rate]}, index)
            for index, ((item, count), line) in enumerate(zip(bought, totals, strict=True))
        ),
        tables={"vat": tuple(
            Row({"rate": f"{rate}%", "letter": {22: "A", 10: "B", 4: "C"}[rate],
                 "gross": write_money(gross, "it"), "tax": write_money(part, "it"),
                 "base": write_money(gross - part, "it")})
            for rate, gross, part in groups
        )},
    )  # fmt: skip


def _address(shop: Party) -> str:
    city = shop.city
    return f"{shop.street} {city.postal_code} {city.name} {city.province}".upper()


def _groups(rates: list[int], totals: list[Decimal]) -> list[tuple[int, Decimal, Decimal]]:
    """Rate, gross amount and the tax in it."""
    groups = []
    for rate in sorted(set(rates), reverse=True):
        gross = sum((t for r, t in zip(rates, totals, strict=True) if r == rate), Decimal(0))
        groups.append((rate, gross, cents(gross * rate / (100 + rate))))
    return groups
