"""The content of an invoice: parties, lines, VAT by rate and what is to be paid."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Literal

from bench.generator.facts import Facts, Row
from bench.generator.formats import (
    Style,
    cents,
    plain,
    plain_money,
    write_date,
    write_iban,
    write_money,
    write_number,
)
from bench.generator.goods import (
    ABROAD,
    CALLINGS,
    GOODS,
    PROFESSIONS,
    Item,
    choose_quantity,
    pick_items,
)
from bench.generator.numbers import digits
from bench.generator.parties import Party, make_party
from bench.generator.places import write_place

FIRST_DAY = date(2026, 1, 7)
DAYS = 290

# a professional under the flat-rate scheme charges no VAT
Shape = Literal["company", "sole", "professional", "flat_rate"]


@dataclass(frozen=True)
class Charge:
    """One invoice line; `discount` is a percentage."""

    item: Item
    quantity: Decimal
    discount: int

    @property
    def total(self) -> Decimal:
        return cents(self.quantity * self.item.price * (100 - self.discount) / 100)


@dataclass(frozen=True)
class Wanted:
    """What a layout asks of its invoice."""

    style: Style
    lines: tuple[int, int] = (2, 8)
    shape: Shape = "company"
    discounts: bool = False
    order: float = 0.4


@dataclass(frozen=True)
class Terms:
    text: str
    days: int
    month_end: bool


TERMS = {
    "it": (
        Terms("Bonifico bancario 30 gg d.f.", 30, False),
        Terms("Bonifico bancario 30 gg d.f.f.m.", 30, True),
        Terms("Bonifico bancario 60 gg d.f.f.m.", 60, True),
        Terms("Ri.Ba. 60 gg fine mese", 60, True),
        Terms("Rimessa diretta a vista fattura", 0, False),
        Terms("Bonifico a 15 giorni data fattura", 15, False),
    ),
    "en": (Terms("30 days net by bank transfer", 30, False), Terms("14 days net", 14, False)),
    "de": (Terms("30 Tage netto", 30, False), Terms("14 Tage ohne Abzug", 14, False)),
    "fr": (Terms("Virement à 30 jours", 30, False), Terms("Virement à 45 jours", 45, False)),
}
# invoices without VAT bear a stamp of two euros above this amount
STAMP_DUTY_FROM = Decimal("77.47")


def make_invoice(rng: Random, wanted: Wanted) -> Facts:
    """A whole invoice whose amounts add up: lines, VAT by rate, total and amount due."""
    language = wanted.style.language
    sector = rng.choice(sorted(GOODS))
    seller = make_party(
        rng, sector, "professional" if wanted.shape == "flat_rate" else wanted.shape, language
    )
    buyer = seller
    while buyer.name == seller.name:
        trade = rng.choice(("hardware", "building", "textile", "food"))
        buyer = make_party(rng, trade, "company", language)
    charges = _charge(rng, wanted, seller, sector)
    return _facts(rng, wanted, seller, buyer, charges)


def _charge(rng: Random, wanted: Wanted, seller: Party, sector: str) -> list[Charge]:
    language = wanted.style.language
    count = rng.randint(*wanted.lines)
    if wanted.shape in ("professional", "flat_rate"):
        return _fees(rng, seller, min(count, 3), taxed=wanted.shape == "professional")
    goods = GOODS[sector] if language == "it" else ABROAD[language]
    items = pick_items(rng, goods, count, wanted.style.price_places)
    return [
        Charge(item, choose_quantity(rng, item), _discount(rng) if wanted.discounts else 0)
        for item in items
    ]


def _fees(rng: Random, seller: Party, count: int, *, taxed: bool) -> list[Charge]:
    """Fees in tens of euros, the pension fund's 4 %, and the stamp duty where no VAT is due."""
    fund, services = PROFESSIONS[CALLINGS[seller.name.split()[0]]]
    rate = 22 if taxed else 0
    items = [
        replace(item, price=Decimal(round(item.price / 10) * 10), rate=rate)
        for item in pick_items(rng, services, count)
    ]
    total = sum((item.price for item in items), Decimal(0))
    items.append(Item("", f"Contributo integrativo {fund} 4%", "", cents(total * 4 / 100), rate))
    if not taxed and total > STAMP_DUTY_FROM:
        items.append(Item("", "Imposta di bollo", "", Decimal("2.00"), rate))
    return [Charge(item, Decimal(1), 0) for item in items]


def _discount(rng: Random) -> int:
    return rng.choice((0, 0, 0, 5, 10, 10, 15, 20, 30))


def _vat_groups(charges: list[Charge]) -> list[tuple[int, Decimal, Decimal]]:
    """Rate, taxable amount and tax of each rate, highest rate first."""
    groups = []
    for rate in sorted({charge.item.rate for charge in charges}, reverse=True):
        net = sum((c.total for c in charges if c.item.rate == rate), Decimal(0))
        groups.append((rate, net, cents(net * rate / 100)))
    return groups


def _due(day: date, terms: Terms) -> date:
    due = day + timedelta(days=terms.days)
    if terms.month_end:
        due = (due.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return due


def _facts(
    rng: Random, wanted: Wanted, seller: Party, buyer: Party, charges: list[Charge]
) -> Facts:
    style = wanted.style
    language = style.language
    issued = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    usable = [t for t in TERMS[language] if seller.shape == "company" or "Ri.Ba." not in t.text]
    terms = rng.choice(usable)
    due = _due(issued, terms)
    groups = _vat_groups(charges)
    net = sum((group[1] for group in groups), Decimal(0))
    vat = sum((group[2] for group in groups), Decimal(0))
    fees = net if wanted.shape != "professional" else net - charges[-1].total
    withheld = cents(fees * 20 / 100) if wanted.shape == "professional" else Decimal(0)
    amounts = {
        "net_total": net,
        "vat_total": vat,
        "gross_total": net + vat,
        "amount_due": net + vat - withheld,
    }
    extra = {"withholding": withheld, "withholding_base": fees} if withheld else {}
    values = {
        "invoice_number": invoice_number(rng, issued),
        "issue_date": issued.isoformat(),
        "due_date": due.isoformat(),
        "currency": "EUR",
        "seller_name": seller.name,
        "seller_vat": seller.vat,
        "seller_tax_id": seller.tax_id,
        "buyer_name": buyer.name,
        "buyer_vat": buyer.vat,
        "iban": seller.iban,
        "purchase_order": order_number(rng) if rng.random() < wanted.order else "",
    }
    values |= {name: f"{value:.2f}" for name, value in amounts.items()}
    shown = {
        **values,
        **party_texts("seller", seller, style, rng),
        **party_texts("buyer", buyer, style, rng),
        "issue_date": write_date(issued, style.date, language),
        "due_date": write_date(due, style.date, language),
        "order_date": write_date(issued - timedelta(days=rng.randint(4, 30)), style.date, language),
        "delivered": write_date(issued - timedelta(days=rng.randint(1, 20)), style.date, language),
        "terms": terms.text,
        "customer_code": digits(rng, rng.choice((4, 5, 6))),
        "iban": write_iban(seller.iban, style.iban_groups),
        "bank": seller.bank,
        **{name: write_money(value, language) for name, value in (amounts | extra).items()},
    }
    return Facts(
        kind="invoice",
        language=language,
        values={name: value for name, value in values.items() if value},
        shown=shown,
        lines=tuple(_line_values(charge) for charge in charges),
        rows=tuple(Row(_line_texts(charge, style), i) for i, charge in enumerate(charges)),
        tables={"vat": tuple(_vat_row(group, style) for group in groups)},
    )


def _line_values(charge: Charge) -> Mapping[str, str]:
    item = charge.item
    found = {
        "description": item.description,
        "quantity": plain(charge.quantity),
        "unit": item.unit,
        "unit_price": plain_money(item.price),
        "vat_rate": str(item.rate),
        "line_total": f"{charge.total:.2f}",
    }
    return {name: value for name, value in found.items() if value}


def _line_texts(charge: Charge, style: Style) -> Mapping[str, str]:
    item, language = charge.item, style.language
    price_places = max(style.price_places, len(plain(item.price).partition(".")[2]))
    places = max(style.quantity_places, len(plain(charge.quantity).partition(".")[2]))
    return {
        "code": item.code,
        "description": item.description,
        "quantity": write_number(charge.quantity, language, places),
        "unit": item.unit,
        "unit_price": write_number(item.price, language, price_places),
        "discount": f"{charge.discount}" if charge.discount else "",
        "vat_rate": f"{item.rate}{style.rate_suffix}",
        "line_total": write_money(charge.total, language),
    }


def _vat_row(group: tuple[int, Decimal, Decimal], style: Style) -> Row:
    rate, net, tax = group
    names = {"it": "Iva", "de": "MwSt", "fr": "TVA", "en": "VAT"}
    return Row(
        {
            "rate": f"{rate}%" if style.rate_suffix else f"{rate}",
            "rate_name": f"{names[style.language]} {rate}%",
            "base": write_money(net, style.language),
            "tax": write_money(tax, style.language),
        }
    )


def party_texts(role: str, party: Party, style: Style, rng: Random) -> dict[str, str]:
    """Everything a letterhead or address block may print of a party, under `role`_ names."""
    local = rng.choice(("info", "amministrazione", "ordini")) if style.language == "it" else "info"
    country = party.vat[:2]
    # outside Italy the number is always written with its country
    prefix = style.vat_prefix if country == "IT" else country
    return {
        f"{role}_name": party.name,
        f"{role}_street": party.street,
        f"{role}_place": write_place(party.city),
        f"{role}_city": party.city.name,
        f"{role}_postal_code": party.city.postal_code,
        f"{role}_province": party.city.province,
        f"{role}_phone": party.phone,
        f"{role}_email": f"{local}@{party.domain}",
        f"{role}_web": f"www.{party.domain}",
        f"{role}_pec": f"{party.domain.partition('.')[0]}@pec.example.it",
        f"{role}_vat": prefix + party.vat[2:],
        f"{role}_tax_id": party.tax_id,
        f"{role}_rea": party.rea,
        f"{role}_capital": write_money(Decimal(party.capital), style.language),
        f"{role}_code": "".join(rng.choice("ABCDEFGHKLMNPRSTUVWXYZ0123456789") for _ in range(7)),
    }


def invoice_number(rng: Random, day: date) -> str:
    count = rng.randint(1, 2400)
    letter = rng.choice("ABEFV")
    return rng.choice((
        f"{count}", f"{count}/{day.year}", f"{count}/{day:%y}", f"{day.year}/{count:06d}",
        f"FT-{day.year}-{count:04d}", f"{count}/{letter}", f"{letter}{count:06d}",
        f"{day:%y}{letter}{count:05d}", f"V1-{count:07d}", f"{count:04d}/{day.year}/FE",
    ))  # fmt: skip


def order_number(rng: Random) -> str:
    return rng.choice((
        f"45{digits(rng, 8)}", f"OA-{rng.randint(10, 999):05d}", f"ODA {rng.randint(100, 9999)}/26",
        f"{rng.randint(100, 9999)}", f"PO{digits(rng, 6)}",
    ))  # fmt: skip
