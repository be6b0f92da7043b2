"""Delivery notes: their content, and what stands under the goods: transport and signatures."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from random import Random

from bench.generator.facts import Facts, Lines, Row
from bench.generator.formats import plain
from bench.generator.grammar import closing
from bench.generator.grammar.business import as_printed, make_business
from bench.generator.grammar.details import captioned
from bench.generator.grammar.nations import Hand, choose_nation, make_hand
from bench.generator.grammar.numbering import DAYS, FIRST_DAY, ORDERS, fill_number
from bench.generator.grammar.program import Program
from bench.generator.grammar.setting import Block, Setting, line_height, put
from bench.generator.grammar.shop import (
    CODES,
    charge,
    choose_sector,
    make_code,
    pick_wares,
    remark,
)
from bench.generator.grammar.texts import party_texts, side_texts
from bench.generator.grammar.wordings import choose_words, vocabulary

NUMBERS = (
    "{n}", "{n}/{yy}", "{y}/{n:05d}", "DDT-{n:04d}", "{l}{n:06d}", "{n:07d}", "LS{yy}{n:05d}",
    "{n}/{y}", "80{n:06d}", "{l}{l2}-{n}", "{n:05d}/{l}",
)  # fmt: skip


def make_slip(program: Program, language: str, rng: Random, lines: Lines = None) -> Facts:
    """Goods under way: no prices, but packages, weight, reason and carrier."""
    nation = choose_nation(program, language)
    hand = make_hand(program, nation)
    fixed = program.rng(language, "supplier")
    seller = make_business(fixed, program.family, nation)
    buyer = carrier = seller
    while buyer.name == seller.name:
        buyer = make_business(rng, program.family, nation)
    while carrier.name in (seller.name, buyer.name):
        carrier = make_business(rng, program.family, nation)
    seller, buyer = as_printed(seller, program), as_printed(buyer, program)
    words = vocabulary(program.family, language)
    issued = FIRST_DAY + timedelta(days=rng.randrange(DAYS))
    weight = Decimal(rng.randint(30, 16000)) / rng.choice((1, 2, 10, 100))
    carried = fixed.random() < 0.8
    values = {
        "document_number": fill_number(
            program.rng(language, "numbers").choice(NUMBERS), issued, rng),
        "issue_date": issued.isoformat(),
        "seller_name": seller.name,
        "seller_vat": seller.vat,
        "buyer_name": buyer.name,
        "buyer_vat": buyer.vat,
        "purchase_order": fill_number(rng.choice(ORDERS), issued, rng),
        "carrier": carrier.name if carried and rng.random() < 0.85 else "",
        "packages": str(rng.randint(1, 40)),
        "weight": plain(weight),
        "transport_reason": rng.choice(words["reasons"]),
    }  # fmt: skip
    texts = {
        **values,
        **party_texts("seller", seller, hand, program),
        **party_texts("buyer", buyer, hand, program),
        **side_texts(program, seller, buyer, issued, hand, rng),
        "issue_date": hand.date(issued),
        "weight": hand.number(weight, max(fixed.choice((0, 1, 2)), len(
            plain(weight).partition(".")[2]))),
        "look": rng.choice(words["looks"]),
        "freight": rng.choice(words["freight"]),
        "pickup": f"{hand.date(issued)} {rng.randint(7, 18)}:{rng.choice(('00', '15', '40'))}",
        "paper": "delivery_note",
        "nation": nation.code,
        "ddt": "",
        "period": "",
        "delivered": "",
    }  # fmt: skip
    return _with_goods(program, language, hand, rng, lines, values, texts)


def _with_goods(
    program: Program, language: str, hand: Hand, rng: Random, lines: Lines,
    values: dict[str, str], texts: dict[str, str],
) -> Facts:  # fmt: skip
    words = vocabulary(program.family, language)
    labels = choose_words(program, language)
    fixed = program.rng(language, "goods")
    sector, pattern = choose_sector(fixed, words, services=False), fixed.choice(CODES)
    low, high = lines or rng.choices(((1, 3), (3, 10), (11, 24), (25, 45)), (20, 55, 18, 7))[0]
    if program.structure["paper"] == "a5_landscape":
        low, high = 1, 4
    count = rng.randint(low, high)
    wares = [w for w in pick_wares(rng, words, sector, count * 3) if w.tangible][:count]
    charges = [
        charge(rng, ware, hand.nation, discounted=False, untaxed=False,
               code=make_code(rng, pattern)) for ware in wares
    ]  # fmt: skip
    style = program.structure["extras"].replace("note", "lot")
    charges = [
        replace(line, description=remark(rng, style, line.description, labels, words, ""))
        for line in charges
    ]
    rows = tuple(
        Row({"position": str(index + 1), "code": line.code, "description": line.description,
             "quantity": hand.quantity(line.quantity), "unit": line.unit}, index)
        for index, line in enumerate(charges)
    )  # fmt: skip
    body = []
    for row in rows:
        body.append(Row({**row.shown, "kind": "item"}, row.line))
    return Facts(
        kind="delivery_note",
        language=language,
        values={name: value for name, value in values.items() if value},
        shown={name: text for name, text in texts.items() if text},
        lines=tuple({"description": c.description, "quantity": plain(c.quantity), "unit": c.unit}
                    for c in charges),
        rows=rows,
        tables={"body": tuple(body)},
        also={role: (values[role][2:],) for role in ("seller_vat", "buyer_vat")
              if values[role][:2] in ("ES", "GB")},
    )  # fmt: skip


# -- under the goods ------------------------------------------------------------------------------

TRANSPORT: dict[str, tuple[str, float]] = {
    "reason": ("{transport_reason}", 0.7), "packages": ("{packages}", 0.75),
    "weight": ("{weight}", 0.7), "carrier": ("{carrier}", 0.75), "look": ("{look}", 0.4),
    "freight": ("{freight}", 0.4), "pickup": ("{pickup}", 0.4),
}  # fmt: skip


def tail_rows(s: Setting) -> list[Block]:
    return [transport, closing.notes, signatures]


def transport(s: Setting, x: float, y: float, width: float) -> float:
    """Reason, packages, weight and carrier, in the layout's manner."""
    rng = s.rng("transport")
    items = [(name, entry[0]) for name, entry in TRANSPORT.items() if rng.random() < entry[1]]
    items = [(name, template) for name, template in items if s.sheet.fill(template)]
    rng.shuffle(items)
    if not items:
        return y
    style = s.structure["transport"]
    if style == "grid":
        style = rng.choice(("grid2", "grid3", "grid4"))
    if style == "strip" and len(items) > 5:
        style = "grid3"
    return captioned(s, x, y, width, items, style)


def signatures(s: Setting, x: float, y: float, width: float) -> float:
    """Boxes or lines to sign on; pens find them by their anchors."""
    count = {"none": 0, "one": 1, "two": 2, "three": 3}[s.structure["signatures"]]
    if not count:
        return y
    names = ("sign_receiver", "sign_driver", "seller")[:count]
    room = width / max(count, 2)
    boxed = s.rng("signatures").random() < 0.5
    height = line_height(s.small) + 14
    for index, name in enumerate(names):
        left = x + index * room
        put(s, left + 1, y + 0.6, room - 6, s.words[name], size=s.small)
        if boxed:
            s.sheet.box(left, y, room - 4, height, stroke=0.4)
        else:
            s.sheet.rule(left + 1, y + height - 1, left + room - 6, y + height - 1, width=0.5)
        s.sheet.anchor("signature", left + 4, y + line_height(s.small) + 1.5, room - 14, 11)
    return y + height
