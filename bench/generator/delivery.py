"""The content of a delivery note (documento di trasporto)."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from bench.generator.facts import Facts, Row
from bench.generator.formats import Style, plain, write_date, write_number
from bench.generator.goods import GOODS, choose_quantity, pick_items
from bench.generator.invoice import DAYS, FIRST_DAY, order_number, party_texts
from bench.generator.numbers import digits
from bench.generator.parties import make_party
from bench.generator.places import make_city, make_street, write_place

REASONS = ("Vendita", "Vendita", "Vendita", "Conto visione", "Reso per riparazione",
           "Conto lavorazione")  # fmt: skip
LOOKS = ("Scatole", "Cartoni", "Pallet", "Pacchi", "Sfuso", "Colli su bancale")


def make_delivery(rng: Random, style: Style, lines: tuple[int, int] = (3, 12)) -> Facts:
    """Goods under way: no prices, but packages, weight, reason and carrier."""
    sector = rng.choice(("hardware", "food", "office", "textile", "computing"))
    seller = make_party(rng, sector)
    buyer = make_party(rng, rng.choice(("building", "food", "services")))
    carrier = make_party(rng, "carrier")
    goods = tuple(good for good in GOODS[sector] if good.tangible)
    items = pick_items(rng, goods, rng.randint(*lines))
    quantities = [choose_quantity(rng, item) for item in items]
    issued = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    weight = Decimal(rng.randint(30, 1600)) / rng.choice((1, 2, 10))
    values = {
        "document_number": rng.choice((
            f"{rng.randint(1, 1900)}", f"{rng.randint(1, 1900)}/{issued:%y}",
            f"{issued.year}/{rng.randint(1, 9000):05d}", f"BV{digits(rng, 6)}",
            f"DDT-{rng.randint(1, 3000):04d}",
        )),
        "issue_date": issued.isoformat(),
        "seller_name": seller.name,
        "seller_vat": seller.vat,
        "buyer_name": buyer.name,
        "buyer_vat": buyer.vat,
        "purchase_order": order_number(rng) if rng.random() < 0.6 else "",
        "carrier": carrier.name if rng.random() < 0.75 else "",
        "packages": str(rng.randint(1, 24)),
        "weight": plain(weight),
        "transport_reason": rng.choice(REASONS),
    }  # fmt: skip
    places = max(1, len(plain(weight).partition(".")[2]))
    shown = {
        **party_texts("seller", seller, style, rng),
        **party_texts("buyer", buyer, style, rng),
        **{f"carrier_{k}": v for k, v in (("street", carrier.street),
                                          ("place", write_place(carrier.city)))},
        **values,
        "seller_vat": party_texts("seller", seller, style, Random(0))["seller_vat"],
        "buyer_vat": party_texts("buyer", buyer, style, Random(0))["buyer_vat"],
        "issue_date": write_date(issued, style.date, "it"),
        "order_date": write_date(issued - timedelta(days=rng.randint(2, 20)), style.date, "it"),
        "weight": write_number(weight, "it", places),
        "look": rng.choice(LOOKS),
        "freight": rng.choice(("Porto franco", "Porto assegnato", "Franco")),
        "by": "Vettore" if values["carrier"] else "Mittente",
        "pickup": f"{write_date(issued, style.date, 'it')} ore {rng.randint(8, 18)}:"
                  f"{rng.choice(('00', '15', '30', '45'))}",
        "customer_code": digits(rng, 5),
        "destination_street": make_street(rng),
        "destination_place": write_place(make_city(rng)),
    }  # fmt: skip
    rows = tuple(
        Row({"code": item.code, "description": item.description, "unit": item.unit,
             "quantity": _write_quantity(quantity, style)}, index)
        for index, (item, quantity) in enumerate(zip(items, quantities, strict=True))
    )  # fmt: skip
    facts = Facts("delivery_note", "it", {k: v for k, v in values.items() if v}, shown, rows=rows)
    return replace(facts, lines=tuple(
        {"description": item.description, "quantity": plain(quantity), "unit": item.unit}
        for item, quantity in zip(items, quantities, strict=True)
    ))  # fmt: skip


def _write_quantity(quantity: Decimal, style: Style) -> str:
    places = max(style.quantity_places, len(plain(quantity).partition(".")[2]))
    return write_number(quantity, "it", places)
