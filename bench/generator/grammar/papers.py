"""Every kind of paper that the grammar knows: how its content is made and drawn."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from bench.generator.facts import Facts, Lines
from bench.generator.grammar.bill import make_bill
from bench.generator.grammar.forms import draw_form, make_form
from bench.generator.grammar.letter import make_letter
from bench.generator.grammar.page import draw_paper
from bench.generator.grammar.program import Program
from bench.generator.grammar.slip import make_slip
from bench.generator.grammar.strip import draw_strip
from bench.generator.grammar.till import make_till
from bench.generator.sheet import Sheet

MAKERS: dict[str, Callable[[Program, str, Random, Lines], Facts]] = {
    "invoice": make_bill,
    "delivery_note": make_slip,
    "receipt": make_till,
    "form": make_form,
    "letter": make_letter,
    # Italian whatever language is asked for
    "fatturapa": lambda program, _, rng, lines: make_bill(program, "it", rng, lines),
}
KINDS = tuple(MAKERS)


def make(program: Program, language: str, rng: Random, lines: Lines = None) -> Facts:
    """The content of one document of this layout."""
    return MAKERS[program.kind](program, language, rng, lines)


def draw(program: Program, facts: Facts) -> tuple[bytes, Sheet]:
    """The paper as a PDF, and the sheet with its marks."""
    if program.kind == "receipt":
        return draw_strip(program, facts)
    if program.kind == "form":
        return draw_form(program, facts)
    return draw_paper(program, facts)


def find_features(facts: Facts) -> dict[str, object]:
    """What is special about a document's content."""
    shown = facts.shown
    found: dict[str, object] = {"items": len(facts.lines)}
    found |= {
        name: True
        for name, key in (("withholding", "withheld"), ("fund", "fund"), ("deposit", "deposit"),
                          ("stamp_duty", "stamp_duty"), ("shipping", "shipping"),
                          ("allowance", "allowance"), ("untaxed", "legal"))
        if shown.get(key)
    }  # fmt: skip
    if len(facts.tables.get("vat", ())) > 1:
        found["rates"] = len(facts.tables["vat"])
    if len(facts.tables.get("dues", ())) > 1:
        found["instalments"] = len(facts.tables["dues"])
    if "paper" in shown:
        found["paper"] = shown["paper"]
    return found
