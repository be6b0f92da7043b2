"""Cells of line items as choices, and the arithmetic of a line."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace
from decimal import Decimal

from extractors.choice import Choice
from models.words import Box, Word


def cell(value: str, words: Iterable[Word], page: int, odds: float, raw: str = "") -> Choice:
    held = list(words)
    return Choice(
        value=value,
        raw=raw or " ".join(w.text for w in held),
        page=page,
        box=Box.around(w.box for w in held),
        odds=odds,
        lead=2.0,
        reading=min(w.score for w in held),
    )


def mend_goods(text: str) -> str:
    """Signs that goods do not have, as those that they have: a diameter, litres beside a number,
    Roman numbers, letters in capitals."""
    text = text.replace("∅", "Ø")
    text = re.sub(r"(?<=[a-zà-ÿ] )I(l{1,2})\b(?!['’])", lambda m: "I" * (1 + len(m[1])), text)
    text = re.sub(r"(?<=[A-Z]{2})0(?=[A-Z]{2}|[A-Z]\b)|(?<=\b[A-Z]{6})0\b", "O", text)
    return re.sub(r"(?<=\d )It\b|(?<=\d)It\b|\bIt(?= ?\d)", "lt", text)


def checked(line: dict[str, Choice], discount: Decimal = Decimal(0)) -> dict[str, Choice]:
    """Quantity times price is the total: all three are surer; else they are less sure.

    What else stands on the line is then surer, too, not to have come from another one. A
    `discount` is in percent.
    """
    names = ("quantity", "unit_price", "line_total")
    if not all(name in line for name in names):
        return line
    quantity, price, total = (Decimal(line[name].value) for name in names)
    slack = max(Decimal("0.02"), abs(quantity) * Decimal("0.0051"))
    full = quantity * price
    holds = any(abs(sum_ - total) <= slack for sum_ in (full, full * (100 - discount) / 100))
    return {
        name: replace(cell, odds=cell.odds + (1.0 if holds else -1.5), agrees=holds)
        if name in names
        else replace(cell, odds=cell.odds + (0.6 if holds else -1.0))
        for name, cell in line.items()
    }
