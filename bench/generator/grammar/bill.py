"""The content of a grammar's invoice, fee note or credit note, ready to print."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

from bench.generator.facts import Facts, Lines, Row
from bench.generator.formats import cents, plain, plain_money
from bench.generator.grammar.amounts import ZERO, Bill, Case, Charge, Sums, Terms, add_up
from bench.generator.grammar.business import Business, as_printed, make_business
from bench.generator.grammar.fatturapa import write_xml
from bench.generator.grammar.nations import Hand, Nation, choose_nation, make_hand, nations
from bench.generator.grammar.numbering import DAYS, FIRST_DAY, NUMBERS, ORDERS, fill_number
from bench.generator.grammar.program import Program
from bench.generator.grammar.shop import (
    CODES,
    charge,
    choose_sector,
    make_code,
    pick_wares,
    remark,
)
from bench.generator.grammar.texts import party_texts, side_texts
from bench.generator.grammar.wordings import Words, choose_words, vocabulary
from bench.generator.numbers import iban

# Italian bills without VAT bear a stamp above this amount
STAMP_FROM = Decimal("77.47")


def make_bill(program: Program, language: str, rng: Random, lines: Lines = None) -> Facts:
    """A bill of this layout's supplier; what the layout always prints, it always has."""
    nation = choose_nation(program, language)
    hand = make_hand(program, nation)
    words = choose_words(program, language)
    bill = _invent(program, nation, rng, lines)
    facts = _write(program, bill, hand, words, rng)
    if program.kind == "fatturapa":
        return replace(facts, original=write_xml(bill, facts))
    return facts


def _invent(program: Program, nation: Nation, rng: Random, lines: Lines) -> Bill:
    fixed = program.rng(nation.language, "supplier")
    fee = fixed.random() < 0.12
    seller = make_business(fixed, program.family, nation, professional=fee)
    buyer = seller
    while buyer.name == seller.name:
        buyer = make_business(rng, program.family, _buyer_nation(rng, nation))
    case = _case(program, rng, seller, buyer)
    if program.kind == "letter":
        case = Case(False, False, False, case.untaxed, False)
    charges = _charges(program, seller, case, rng, lines)
    conditions = _conditions(program, case, nation, charges, rng)
    sums = add_up(charges, conditions)
    if case.negative:
        charges = [replace(c, quantity=-c.quantity) for c in charges]
        sums = add_up(charges, _turn(conditions))
    issued = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    terms, due = _due(program, nation, issued, rng)
    charges = _remark(program, nation, charges, issued, rng)
    seller, buyer = as_printed(seller, program), as_printed(buyer, program)
    return Bill(case, seller, buyer, tuple(charges), sums, issued, due, terms)


def _remark(
    program: Program, nation: Nation, charges: list[Charge], issued: date, rng: Random
) -> list[Charge]:
    """The lines with what some layouts add to a description."""
    style, language = program.structure["extras"], nation.language
    words, labels = vocabulary(program.family, language), choose_words(program, language)
    when = make_hand(program, nation).date(issued - timedelta(days=rng.randint(2, 20)))
    return [
        replace(line, description=remark(rng, style, line.description, labels, words, when))
        for line in charges
    ]


def _turn(terms: Terms) -> Terms:
    return replace(terms, shipping=-terms.shipping, deposit=-terms.deposit, stamp=-terms.stamp)


def _buyer_nation(rng: Random, nation: Nation) -> Nation:
    if nation.code == "US" or rng.random() < 0.92:
        return nation
    return nations()[rng.choice(("IT", "DE", "FR", "AT", "BE", "ES", "IE"))]


def _case(program: Program, rng: Random, seller: Business, buyer: Business) -> Case:
    fixed = program.rng("case")
    fee = seller.professional
    credit = not fee and rng.random() < 0.1
    untaxed = ""
    home = seller.nation
    if fixed.random() < (0.25 if fee else 0.03) and home.code in ("IT", "DE", "FR"):
        untaxed = "free"
    elif buyer.nation is not home:
        untaxed = "exempt"
    elif home.code != "US" and rng.random() < 0.03:
        untaxed = "reverse"
    split = home.code == "IT" and not fee and not untaxed and rng.random() < 0.06
    negative = credit and program.kind == "invoice" and fixed.random() < 0.5
    return Case(credit, negative, fee, untaxed, split)


def _charges(
    program: Program, seller: Business, case: Case, rng: Random, lines: Lines
) -> list[Charge]:
    nation = seller.nation
    words = vocabulary(program.family, nation.language)
    fixed = program.rng(nation.language, "goods")
    sector = choose_sector(fixed, words, services=case.fee or fixed.random() < 0.2)
    pattern = fixed.choice(CODES)
    places = {"two": 2, "three": 3, "four": 4}[program.style["price_places"]]
    wares = pick_wares(rng, words, sector, _count(program, case, rng, lines), places)
    shows = program.structure["columns"].replace("/", " ").split()
    discounted = "s" in shows
    found = []
    for ware in wares:
        line = charge(rng, ware, nation, discounted=discounted, untaxed=bool(case.untaxed),
                      code=make_code(rng, pattern))  # fmt: skip
        if not {"e", "x"} & set(shows) and not {"q", "qu", "x"} & set(shows):
            # one sum a line, such as fees are: nothing says how it came about
            line = replace(line, quantity=Decimal(1), price=cents(line.total))
        found.append(line)
    return found


def _count(program: Program, case: Case, rng: Random, lines: Lines) -> int:
    if case.fee:
        return rng.randint(1, 4)
    low, high = lines or rng.choices(((1, 3), (3, 9), (10, 22), (24, 56)), (30, 50, 13, 7))[0]
    if program.structure["paper"] == "a5_landscape":
        low, high = 1, 4
    elif case.credit and not lines:
        low, high = 1, 7
    return rng.randint(low, high)


def _conditions(
    program: Program, case: Case, nation: Nation, charges: list[Charge], rng: Random
) -> Terms:
    """What the layout's supplier adds and takes off."""
    fixed = program.rng("conditions")
    goods = sum((c.total for c in charges), ZERO)
    terms = Terms(nation.rates["s"], untaxed=bool(case.untaxed), split=case.split)
    if case.fee:
        rate = {"IT": 20, "ES": 15}.get(nation.code, 0) if case.untaxed != "free" else 0
        return replace(terms, fund=4 if nation.code == "IT" else 0, withheld=rate,
                       stamp=_stamp(case, nation, goods))  # fmt: skip
    if program.kind == "fatturapa":
        # its sums are those of its lines
        return replace(terms, stamp=_stamp(case, nation, goods))
    if fixed.random() < 0.18 and rng.random() < 0.7:
        terms = replace(
            terms, shipping=Decimal(rng.choice(("4.90", "7.50", "9.00", "12.50", "25")))
        )
    if fixed.random() < 0.12 and len({c.rate for c in charges}) == 1 and goods > 20:
        terms = replace(terms, discount=rng.choice((2, 3, 5, 10)))
    if fixed.random() < 0.12 and not case.credit and goods > 100 and rng.random() < 0.6:
        terms = replace(terms, deposit=Decimal(int(goods / 50)) * 10)
    return replace(terms, stamp=_stamp(case, nation, goods))


def _stamp(case: Case, nation: Nation, goods: Decimal) -> Decimal:
    due = nation.code == "IT" and case.untaxed == "free" and goods > STAMP_FROM
    return Decimal("2.00") if due else ZERO


def _due(program: Program, nation: Nation, issued: date, rng: Random) -> tuple[str, date]:
    """The terms as printed and the day they come to, which is not always the same text."""
    fixed = program.rng(nation.language, "terms")
    entry = fixed.choice(vocabulary(program.family, nation.language)["terms"])
    if rng.random() < 0.2:
        entry = rng.choice(vocabulary(program.family, nation.language)["terms"])
    text, _, period = str(entry).rpartition(";")
    days = int(period.removesuffix("m"))
    due = issued + timedelta(days=days)
    if period.endswith("m"):
        due = (due.replace(day=1) + timedelta(days=32)).replace(day=1) - timedelta(days=1)
    return text.replace("{n}", str(days)), due


# -- written down ---------------------------------------------------------------------------------


def _write(program: Program, bill: Bill, hand: Hand, words: Words, rng: Random) -> Facts:
    nation, sums = bill.seller.nation, bill.sums
    fixed = program.rng(nation.language, "numbers")
    number = fill_number(fixed.choice(NUMBERS), bill.issued, rng)
    order = fill_number(rng.choice(ORDERS), bill.issued, rng) if rng.random() < 0.75 else ""
    amounts = {"net_total": sums.net, "vat_total": sums.vat, "gross_total": sums.gross,
               "amount_due": sums.due}  # fmt: skip
    values = {
        "invoice_number": number,
        "issue_date": bill.issued.isoformat(),
        "due_date": "" if bill.case.credit else bill.due.isoformat(),
        "currency": nation.currency,
        "seller_name": bill.seller.name,
        "seller_vat": bill.seller.vat,
        "seller_tax_id": bill.seller.tax_id,
        "buyer_name": bill.buyer.name,
        "buyer_vat": bill.buyer.vat,
        "iban": "" if bill.case.credit else bill.seller.iban,
        "purchase_order": order,
        **{name: f"{value:.2f}" for name, value in amounts.items()},
    }
    texts = {
        **values,
        **party_texts("seller", bill.seller, hand, program),
        **party_texts("buyer", bill.buyer, hand, program),
        **side_texts(program, bill.seller, bill.buyer, bill.issued, hand, rng),
        "issue_date": hand.date(bill.issued),
        "due_date": hand.date(bill.due) if values["due_date"] else "",
        "terms": "" if bill.case.credit else bill.terms,
        "iban": hand.iban(bill.seller.iban) if values["iban"] else "",
        "bank": bill.seller.bank if values["iban"] else "",
        **_second_bank(program, bill, hand),
        "bic": bill.seller.bic if values["iban"] else "",
        "legal": _legal(program, bill),
        "paper": _paper(bill.case),
        "professional": "yes" if bill.seller.professional else "",
        "nation": nation.code,
        "seller_nation": nation.code,
        "buyer_nation": bill.buyer.nation.code,
        "regime": "RF19 (forfettario)" if bill.case.untaxed == "free" else "RF01 (ordinario)",
        "recipient": "0000000" if bill.buyer.nation.code == "IT" else "XXXXXXX",
        "eligible": "S (scissione dei pagamenti)" if bill.case.split else "I (immediata)",
        **_amount_texts(sums, hand),
    }
    dues = _dues(program, bill, hand, rng)
    also: dict[str, tuple[str, ...]] = (
        {"iban": (texts["iban2"].replace(" ", ""),)} if texts.get("iban2") else {}
    )
    if len(dues) > 1:
        texts["due_date"], values["due_date"] = dues[0].shown["due_date"], dues[0].shown["iso"]
        also["due_date"] = tuple(row.shown["iso"] for row in dues[1:])
    if nation.code in ("ES", "GB", "IT"):
        # printed without their country, these are a number of their own
        for role in ("seller_vat", "buyer_vat"):
            also[role] = (values[role][2:],) if values[role][:2] in ("ES", "GB") else ()
    rows = tuple(
        Row(_line_texts(line, index, hand), index) for index, line in enumerate(bill.charges)
    )
    return Facts(
        kind="invoice",
        language=nation.language,
        values={name: value for name, value in values.items() if value},
        shown={name: text for name, text in texts.items() if text},
        lines=tuple(_line_values(line) for line in bill.charges),
        rows=rows,
        tables={
            "vat": tuple(_vat_row(rate, hand, words) for rate in sums.rates),
            "body": _body(program, bill, rows, hand, words, rng),
            "dues": dues,
        },
        also=also,
    )


def _amount_texts(sums: Sums, hand: Hand) -> dict[str, str]:
    found = {
        "net_total": sums.net, "vat_total": sums.vat, "gross_total": sums.gross,
        "amount_due": sums.due, "goods": sums.goods,
    }  # fmt: skip
    # what is not there is not printed
    found |= {
        name: value
        for name, value in (("shipping", sums.shipping), ("allowance", -sums.discount),
                            ("fund", sums.fund), ("stamp_duty", sums.stamp),
                            ("withheld", -sums.withheld), ("deposit", -sums.deposit))
        if value
    }  # fmt: skip
    return {name: hand.money(value) for name, value in found.items()}


def _second_bank(program: Program, bill: Bill, hand: Hand) -> dict[str, str]:
    """Another account of the supplier, which is as right as the first where it is printed."""
    nation = bill.seller.nation
    if bill.case.credit or nation.code == "US":
        return {}
    rng = program.rng(nation.language, "second bank")
    banks = vocabulary(program.family, nation.language)["banks"]
    return {"bank2": rng.choice(banks), "iban2": hand.iban(iban(rng, nation.code))}


def _paper(case: Case) -> str:
    return "credit_note" if case.credit else "fee_note" if case.fee else "invoice"


def _legal(program: Program, bill: Bill) -> str:
    language = bill.seller.nation.language
    if not bill.case.untaxed:
        return ""
    return str(vocabulary(program.family, language)[bill.case.untaxed])


def _dues(program: Program, bill: Bill, hand: Hand, rng: Random) -> tuple[Row, ...]:
    """Instalments, for a layout that lists them; one is a list, too."""
    if bill.case.credit or program.structure["payment"] != "list":
        return ()
    count = rng.choice((1, 2, 2, 3)) if bill.sums.due > 300 else 1
    part = cents(bill.sums.due / count)
    parts = [part] * (count - 1) + [bill.sums.due - part * (count - 1)]
    days = [bill.due + timedelta(days=30 * index) for index in range(count)]
    return tuple(
        Row({"due_date" if index == 0 else "day": hand.date(day), "iso": day.isoformat(),
             "amount": f"{amount:.2f}",
             "part": hand.money(amount)})
        for index, (day, amount) in enumerate(zip(days, parts, strict=True))
    )  # fmt: skip


def _line_values(line: Charge) -> Mapping[str, str]:
    found = {
        "description": line.description,
        "quantity": plain(line.quantity),
        "unit": line.unit,
        "unit_price": plain_money(line.price),
        "vat_rate": plain(line.rate),
        "line_total": f"{line.total:.2f}",
    }
    return {name: value for name, value in found.items() if value}


def _line_texts(line: Charge, index: int, hand: Hand) -> dict[str, str]:
    return {
        "position": str(index + 1),
        "code": line.code,
        "description": line.description,
        "quantity": hand.quantity(line.quantity),
        "unit": line.unit,
        "unit_price": hand.price(line.price),
        "discount": f"{line.discount}%" if line.discount else "",
        "vat_rate": hand.rate(line.rate),
        "line_total": hand.money(line.total),
    }


def _vat_row(group: tuple[Decimal, Decimal, Decimal], hand: Hand, words: Words) -> Row:
    rate, base, tax = group
    return Row({
        "rate": hand.rate(rate), "full_rate": hand.full_rate(rate),
        "rate_name": f"{words['rate_name']} {hand.full_rate(rate)}",
        "base": hand.money(base), "tax": hand.money(tax), "both": hand.money(base + tax),
    })  # fmt: skip


def _body(
    program: Program, bill: Bill, rows: tuple[Row, ...], hand: Hand, words: Words, rng: Random
) -> tuple[Row, ...]:
    """The rows of the table in order: items, and between them what is no item."""
    structure, language = program.structure, bill.seller.nation.language
    vocabulary_ = vocabulary(program.family, language)
    found: list[Row] = []
    group, group_sum = 0, ZERO
    for index, (row, line) in enumerate(zip(rows, bill.charges, strict=True)):
        if group == 0 and structure["groups"] in ("ddt", "subtotal", "comment"):
            group = rng.randint(2, 6)
            found.append(Row({"kind": "group", "text": _group_text(
                structure["groups"], bill, hand, words, vocabulary_, rng)}))  # fmt: skip
        found.append(Row({**row.shown, "kind": "item", "amount": str(line.total)}, row.line))
        group, group_sum = max(group - 1, 0), group_sum + line.total
        if structure["groups"] == "subtotal" and (group == 0 or index == len(rows) - 1):
            found.append(Row({"kind": "subtotal", "text": hand.money(group_sum)}))
            group_sum = ZERO
    return tuple(found)


def _group_text(
    style: str, bill: Bill, hand: Hand, words: Words, vocabulary_: Mapping[str, Any], rng: Random
) -> str:
    if style == "comment":
        return str(rng.choice(vocabulary_["slogans"]))
    day = bill.issued - timedelta(days=rng.randint(1, 28))
    return words["group"].format(rng.randint(100, 3900), hand.date(day))
