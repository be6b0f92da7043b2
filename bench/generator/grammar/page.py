"""A whole paper: the head's rows of blocks, the table over its pages, and what comes after it."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace

from bench.generator.facts import Facts
from bench.generator.grammar import closing, details, heads, items, letter, sdi, slip, totals
from bench.generator.grammar.nations import choose_nation
from bench.generator.grammar.program import Program
from bench.generator.grammar.setting import Block, Setting, measure
from bench.generator.grammar.wordings import Words, choose_words
from bench.generator.sheet import CURRENCY, Sheet

PAPERS = {"a4": (210.0, 297.0), "letter": (215.9, 279.4), "a5_landscape": (210.0, 148.0)}
# left, right, top, bottom
MARGINS = {
    "normal": (15, 15, 12, 10), "narrow": (9, 9, 8, 8), "wide": (22, 20, 16, 14),
    "file_edge": (25, 12, 12, 10), "bottom_heavy": (16, 16, 10, 22),
}  # fmt: skip
CURRENCIES = {
    "EUR": CURRENCY, "GBP": re.compile(r"£|\bGBP\b"), "CHF": re.compile(r"\bCHF\b"),
    "USD": re.compile(r"\$|\bUSD\b"),
}  # fmt: skip
Turn = Callable[[], float]
Head = Callable[[Setting, float], float]
Table = Callable[[Setting, float, Turn], float]
Tail = Callable[[Setting], list[Block]]
SIDEBAR = 46.0
GAP = 6.0


def draw_paper(program: Program, facts: Facts) -> tuple[bytes, Sheet]:
    """Print the facts as the layout has it: twice, since page numbers tell how many there are."""
    pages = _draw(program, facts, 1).page
    sheet = _draw(program, facts, pages)
    return sheet.finish(), sheet


def _draw(program: Program, facts: Facts, pages: int) -> Sheet:
    whole = _set_up(program, facts, pages)
    s = _bound(whole)
    _begin_page(whole, s)

    def turn() -> float:
        s.sheet.turn()
        _begin_page(whole, s)
        return closing.next_heading(s, s.x0, s.top, s.width)

    head, table, tail = PARTS[program.kind]
    y = head(s, s.top)
    y = table(s, y + 2, turn)
    y = _draw_tail(s, y + 3, turn, tail(s))
    closing.draw_mark(s, y)
    return s.sheet


def _set_up(program: Program, facts: Facts, pages: int) -> Setting:
    """The setting of the whole page within its margins."""
    nation = choose_nation(program, facts.language)
    words = set_words(program, facts.language)
    size = PAPERS[program.structure["paper"]]
    sheet = Sheet(facts, program.style["font"], size, facts.kind,
                  currency=CURRENCIES[nation.currency],
                  stretch=float(program.style["stretch"]))  # fmt: skip
    left, right, top, bottom = MARGINS[program.structure["margins"]]
    body = program.rng("size").choice((7.8, 8.2, 8.6, 9.0, 9.4, 10.0))
    return Setting(sheet, program, words, nation, left, size[0] - right, top, size[1] - bottom,
                   min(body, 8.6) if size[1] < 200 else body, pages)  # fmt: skip


def set_words(program: Program, language: str) -> Words:
    """The layout's labels in the case that it writes them in."""
    words = dict(choose_words(program, language))
    if program.style["bilingual"] == "yes" and language != "en":
        english = choose_words(program, "en")
        words |= {name: f"{words[name]} / {english[name]}" for name in TWICE}
    return {name: _write_case(program, name, text) for name, text in words.items()}


# what papers for abroad say in English, too
TWICE = ("number", "date", "due", "description", "quantity", "price", "total", "net_total",
         "vat_total", "gross_total", "iban", "invoice")  # fmt: skip
# sentences keep the case of their language
UNCHANGED = frozenset(("sentence", "total_sentence", "pay_sentence", "group", "of"))


def _write_case(program: Program, name: str, text: str) -> str:
    if name in UNCHANGED:
        return text
    if program.style["case"] == "upper":
        return text.upper()
    if program.style["case"] == "capital":
        return " ".join(word[:1].upper() + word[1:] for word in text.split(" "))
    return text


# -- every page -----------------------------------------------------------------------------------


def _number_room(s: Setting) -> float:
    return 5.0 if s.has("pages", "foot_right", "foot_centre") else 0.0


def _bound(s: Setting) -> Setting:
    """What is left for blocks between the sidebar, the foot and the page number."""
    foot = measure(s, closing.foot, s.width)
    bottom = s.bottom - _number_room(s) - (foot + 3 if foot else 0)
    inset = SIDEBAR if s.has("letterhead", "side") else 0.0
    return replace(s, x0=s.x0 + inset, bottom=bottom)


def _begin_page(whole: Setting, s: Setting) -> None:
    """Draw what every page has: its foot, its number, and the sidebar on the first."""
    if s.has("letterhead", "side") and s.sheet.page == 1:
        if s.rng("sidebar").random() < 0.6:
            s.sheet.box(0, 0, s.x0 - 3, s.sheet.height, stroke=0, fill=s.tint)
        heads.sidebar(s, whole.x0, s.top, SIDEBAR - 6)
    closing.draw_watermark(s)
    closing.foot(whole, whole.x0, s.bottom + 3, whole.width)
    number = _number_room(whole)
    closing.page_number(whole, whole.bottom - number + 1 if number else max(3.0, whole.top - 5))


# -- the head -------------------------------------------------------------------------------------


def _buyer(s: Setting, x: float, y: float, width: float) -> float:
    return heads.party(s, "buyer", x, y, width)


def _ship(s: Setting, x: float, y: float, width: float) -> float:
    return heads.party(s, "ship", x, y, width)


def _seller(s: Setting, x: float, y: float, width: float) -> float:
    return heads.party(s, "seller", x, y, width)


BLOCKS: dict[str, Block] = {
    "L": heads.letterhead, "T": heads.title, "B": _buyer, "D": _ship, "S": _seller,
    "F": details.facts,
}  # fmt: skip
# these are never as wide as a page: alone in a row they stand left or right
NARROW = {"B": 92.0, "F": 84.0}


def _draw_head(s: Setting, y: float) -> float:
    """The blocks above the table, row by row as the layout's flow has them."""
    gap = s.rng("gaps").uniform(3.0, 7.0)
    for row in s.program.structure["flow"].split("|"):
        cells = [cell for cell in row.split() if cell != "L" or not s.has("letterhead", "side")]
        if not cells:
            continue
        bottom = max(BLOCKS[cell](s, x, y, width) for cell, x, width in _place(s, cells))
        y = bottom + gap if bottom > y else y
    return y


def _place(s: Setting, cells: list[str]) -> list[tuple[str, float, float]]:
    """Each block with its left edge and width."""
    if len(cells) == 1:
        name = cells[0]
        room = NARROW.get(name, s.width)
        wide = name == "F" and not s.has("facts", "rows", "rows_apart", "boxed", "lined", "stacked")
        if wide or room >= s.width:
            return [(name, s.x0, s.width)]
        right = s.rng("side", name).random() < 0.5
        return [(name, s.x1 - room if right else s.x0, room)]
    share = s.rng("share", *cells).choice((0.48, 0.52, 0.56))
    left = s.width * share
    return [(cells[0], s.x0, left - GAP), (cells[1], s.x0 + left, s.width - left)]


# -- after the table ------------------------------------------------------------------------------


def _tail_rows(s: Setting) -> list[Block]:
    vat = s.program.structure["vat_table"]
    rows: list[Block] = [_beside if vat == "beside" else totals.totals]
    if vat == "above":
        rows.insert(0, totals.vat_table)
    elif vat == "below":
        rows.append(totals.vat_table)
    if s.has("payment_place", "before"):
        rows.insert(0, closing.payment)
    else:
        rows.append(closing.payment)
    return [*rows, closing.notes]


def _beside(s: Setting, x: float, y: float, width: float) -> float:
    """The VAT table on the left, the totals on the right."""
    half = width / 2
    left = totals.vat_table(s, x, y, half - GAP)
    return max(left, totals.totals(s, x + half, y, half))


def _draw_tail(s: Setting, y: float, turn: Turn, rows: list[Block]) -> float:
    gap = s.rng("tail").uniform(2.5, 6.0)
    heights = [measure(s, row, s.width) for row in rows]
    if s.has("totals_place", "bottom") or s.structure.get("transport_place") == "bottom":
        whole = sum(h + gap for h in heights if h)
        y = max(y, s.bottom - whole)
    for row, height in zip(rows, heights, strict=True):
        if not height:
            continue
        if y + height > s.bottom:
            y = turn()
        y = row(s, s.x0, y, s.width) + gap
    return y


# how the head, the lines and the tail of each kind of paper are drawn
PARTS: dict[str, tuple[Head, Table, Tail]] = {
    "invoice": (_draw_head, items.draw_table, _tail_rows),
    "delivery_note": (_draw_head, items.draw_table, slip.tail_rows),
    "letter": (_draw_head, letter.draw_body, letter.tail_rows),
    "fatturapa": (sdi.draw_head, sdi.draw_lines, sdi.tail_rows),
}
