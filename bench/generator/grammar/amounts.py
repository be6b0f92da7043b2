"""What a bill adds up to: lines, VAT by rate, and all that is added or taken off after it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal

from bench.generator.formats import cents
from bench.generator.grammar.business import Business

ZERO = Decimal(0)
HUNDRED = Decimal(100)


@dataclass(frozen=True)
class Charge:
    """One line; `discount` is a percentage. A description of two lines has a remark as its
    second, which may be keyed with it or left out."""

    code: str
    description: str
    unit: str
    quantity: Decimal
    price: Decimal
    rate: Decimal
    discount: int = 0

    @property
    def total(self) -> Decimal:
        return cents(self.quantity * self.price * (HUNDRED - self.discount) / HUNDRED)


@dataclass(frozen=True)
class Terms:
    """What is added to the lines and taken off the total.

    `shipping` is taxed at the standard rate; `fund` (%) is a professional's pension contribution
    and `withheld` (%) the income tax that the buyer keeps back; under `split` payment the buyer
    pays the VAT to the state itself; `untaxed` bills charge none.
    """

    standard: Decimal
    shipping: Decimal = ZERO
    discount: int = 0
    fund: int = 0
    withheld: int = 0
    deposit: Decimal = ZERO
    stamp: Decimal = ZERO
    split: bool = False
    untaxed: bool = False


@dataclass(frozen=True)
class Sums:
    """All amounts of a bill; `rates` are (rate, taxable amount, tax), highest rate first."""

    goods: Decimal
    shipping: Decimal
    discount: Decimal
    fund: Decimal
    net: Decimal
    vat: Decimal
    stamp: Decimal
    gross: Decimal
    withheld: Decimal
    deposit: Decimal
    due: Decimal
    rates: tuple[tuple[Decimal, Decimal, Decimal], ...] = field(default=())


def add_up(charges: Sequence[Charge], terms: Terms) -> Sums:
    """The amounts of a bill, each rounded to the cent where it is printed."""
    goods = sum((charge.total for charge in charges), ZERO)
    discount = cents(goods * terms.discount / HUNDRED)
    fund = cents(goods * terms.fund / HUNDRED)
    bases: dict[Decimal, Decimal] = {}
    for charge in charges:
        bases[charge.rate] = bases.get(charge.rate, ZERO) + charge.total
    top = max(bases)
    bases[top] += fund - discount
    if terms.shipping:
        rate = ZERO if terms.untaxed else terms.standard
        bases[rate] = bases.get(rate, ZERO) + terms.shipping
    rates = tuple(
        (rate, base, cents(base * rate / HUNDRED))
        for rate, base in sorted(bases.items(), reverse=True)
    )
    net = sum((base for _, base, _ in rates), ZERO)
    vat = sum((tax for _, _, tax in rates), ZERO)
    gross = net + vat + terms.stamp
    withheld = cents(goods * terms.withheld / HUNDRED)
    due = gross - withheld - terms.deposit - (vat if terms.split else ZERO)
    return Sums(goods, terms.shipping, discount, fund, net, vat, terms.stamp, gross, withheld,
                terms.deposit, due, rates)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """What kind of bill this is."""

    credit: bool
    negative: bool
    fee: bool
    untaxed: str
    split: bool


@dataclass(frozen=True)
class Bill:
    """Everything about one bill before it is written down."""

    case: Case
    seller: Business
    buyer: Business
    charges: tuple[Charge, ...]
    sums: Sums
    issued: date
    due: date
    terms: str
