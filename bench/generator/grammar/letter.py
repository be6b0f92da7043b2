"""Papers that are none of the known types: offers, orders, reminders, statements, contracts."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from decimal import Decimal
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bench.generator.facts import Facts, Lines, Row
from bench.generator.grammar import closing, items, totals
from bench.generator.grammar.bill import make_bill
from bench.generator.grammar.program import Family, Program
from bench.generator.grammar.setting import Block, Setting, line_height, measure, put
from bench.generator.grammar.wordings import share

# these list goods and prices as a bill does
WITH_GOODS = ("quote", "order_confirmation", "purchase")


@cache
def _texts(language: str) -> dict[str, Any]:
    path = Path(__file__).with_name("letters.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))[language]
    return found


def make_letter(program: Program, language: str, rng: Random, lines: Lines = None) -> Facts:
    """A paper whose truth is only that it is something else: no field of it is asked for."""
    about = program.structure["about"]
    facts = make_bill(program, language, rng, lines)
    shown = {**facts.shown, "paper": about, "iso_date": facts.values["issue_date"]}
    dropped = ("due_date", "iban", "bank", "legal", "terms") if about in WITH_GOODS else ("legal",)
    shown = {name: text for name, text in shown.items() if name not in dropped}
    return replace(
        facts, kind="other", values={}, lines=(), also={}, shown=shown,
        tables={**facts.tables, "text": _paragraphs(program.family, about, language, rng)},
    )  # fmt: skip


def _paragraphs(family: Family, about: str, language: str, rng: Random) -> tuple[Row, ...]:
    texts = _texts(language)
    if about not in texts:
        return ()
    found = list(share(texts[about], family))
    if about == "contract":
        found = [f"{number}. {text}" for number, text in enumerate(found * 3, 1)]
    elif about == "letter":
        rng.shuffle(found)
    return tuple(Row({"text": text}) for text in [*found, texts["closing"][0]])


def heading(s: Setting) -> str:
    """The title of a paper that has none among the layout's words."""
    about = s.facts.shown["paper"]
    texts = _texts(s.nation.language)
    titles = texts.get(f"{about}_title")
    return str(s.rng("heading").choice(share(titles, s.program.family))) if titles else ""


def draw_body(s: Setting, y: float, turn: Callable[[], float]) -> float:
    """The goods, the open items, or running text."""
    about = s.facts.shown["paper"]
    if about in WITH_GOODS:
        return items.draw_table(s, y, turn)
    title = heading(s)
    if title:
        y = put(s, s.x0, y + 2, s.width, title, size=s.size + 3, face="bold", align="center") + 2
    for row in s.facts.tables["text"]:

        def paragraph(s: Setting, x: float, y: float, width: float, row: Row = row) -> float:
            return put(s, x, y, width, "{text}", size=s.size + 0.8, row=row)

        height = measure(s, paragraph, s.width)
        if y + height > s.bottom:
            y = turn()
        y = paragraph(s, s.x0, y, s.width) + line_height(s.size) * 0.8
    return _open_items(s, y) if about in ("statement", "reminder") else y


def _open_items(s: Setting, y: float) -> float:
    """What is still to be paid: number, day, amount."""
    rng = s.rng("open")
    columns = (s.words["invoice"], s.words["date"], s.words["gross_total"])
    room = min(s.width, 130.0) / 3
    top = y
    for index, text in enumerate(columns):
        put(s, s.x0 + index * room, y + 0.6, room - 3, text, size=s.small, face="bold")
    y += line_height(s.small) * 2 + 1
    for _ in range(rng.randint(2, 9) if s.facts.shown["paper"] == "statement" else 1):
        row = Row({"a": f"{rng.randint(100, 2900)}", "b": s.facts.shown["order_date"],
                   "c": s.hand.number(Decimal(rng.randint(9000, 400000)) / 100, 2)})  # fmt: skip
        s.sheet.rule(s.x0, y, s.x0 + 3 * room, y, width=0.3)
        for index, name in enumerate(("{a}", "{b}", "{c}")):
            put(s, s.x0 + index * room, y + 0.6, room - 3, name, row=row)
        y += line_height(s.size) + 1.2
    s.sheet.box(s.x0 - 1, top, 3 * room + 1, y - top, stroke=0.4)
    return y


def tail_rows(s: Setting) -> list[Block]:
    if s.facts.shown["paper"] in WITH_GOODS:
        return [totals.totals, closing.notes]
    return []
