"""Everything that a paper may say of its parties and beside its own facts, under names."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

from bench.generator.grammar.business import Business
from bench.generator.grammar.nations import Hand
from bench.generator.grammar.program import Program
from bench.generator.grammar.wordings import vocabulary
from bench.generator.numbers import digits

COUNTRIES = {
    "IT": "ITALIA", "DE": "DEUTSCHLAND", "AT": "ÖSTERREICH", "CH": "SCHWEIZ", "FR": "FRANCE",
    "BE": "BELGIQUE", "GB": "UNITED KINGDOM", "IE": "IRELAND", "US": "USA", "ES": "ESPAÑA",
}  # fmt: skip


def party_texts(role: str, party: Business, hand: Hand, program: Program) -> dict[str, str]:
    """A party's lines under `role`_ names."""
    rng = program.rng(party.domain)
    local = rng.choice(("info", "office", "mail", party.person.split()[0].lower()))
    plain = local if local.isascii() else "info"
    return {
        f"{role}_name": party.name,
        f"{role}_brand": party.brand,
        f"{role}_street": party.street,
        f"{role}_place": party.place,
        f"{role}_country": COUNTRIES[party.nation.code],
        f"{role}_phone": party.phone,
        f"{role}_mail": f"{plain}@{party.domain}",
        f"{role}_web": f"www.{party.domain}",
        f"{role}_vat": hand.vat(party.vat) if party.vat else "",
        f"{role}_tax_id": party.tax_id,
        f"{role}_register": party.register,
        f"{role}_capital": hand.money_plain(party.capital),
        f"{role}_person": party.person,
    }


def side_texts(
    program: Program, seller: Business, buyer: Business, issued: date, hand: Hand, rng: Random
) -> dict[str, str]:
    """Numbers, dates and people that stand about a bill and are none of its own facts."""
    words = vocabulary(program.family, seller.nation.language)
    fixed = program.rng(seller.nation.language, "side")
    code = fixed.choice(("{:05d}", "C{:04d}", "{:06d}", "10{:04d}", "{:03d}.{:03d}"))

    def before(low: int, high: int) -> str:
        return hand.date(issued - timedelta(days=rng.randint(low, high)))

    first = (issued.replace(day=1) - timedelta(days=1)).replace(day=1)
    last = issued.replace(day=1) - timedelta(days=1)
    return {
        "customer_code": code.format(rng.randrange(10, 9_999), rng.randrange(1000)),
        "order_date": before(8, 40),
        "delivered": before(1, 12),
        "ddt": f"{rng.randint(20, 4000)} - {before(1, 12)}",
        "our_order": fixed.choice(("{n}", "AB-{n}", "{n}/{y}", "P{n}")).format(
            n=digits(rng, 5), y=issued.year),
        "agent": f"{rng.choice(words['men'])} {rng.choice(words['surnames'])}",
        "period": f"{hand.date(first)} - {hand.date(last)}",
        "ship_name": buyer.name if rng.random() < 0.5 else f"{buyer.brand}",
        "ship_street": f"{rng.choice(words['streets'])} {rng.randint(1, 120)}",
        "ship_place": buyer.place,
        "slogan": fixed.choice(words["slogans"]),
        "note": fixed.choice(words["notes"]),
        "note2": fixed.choice(words["notes"]),
    }  # fmt: skip
