"""Cells of line items as choices, and the arithmetic of a line."""

from __future__ import annotations

from collections.abc import Iterable
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


def checked(line: dict[str, Choice]) -> dict[str, Choice]:
    """Quantity times price is the total: all three are surer; else they are less sure."""
    names = ("quantity", "unit_price", "line_total")
    if not all(name in line for name in names):
        return line
    quantity, price, total = (Decimal(line[name].value) for name in names)
    slack = max(Decimal("0.02"), abs(quantity) * Decimal("0.0051"))
    holds = abs(quantity * price - total) <= slack
    changed = dict(line)
    for name in names:
        old = line[name]
        changed[name] = Choice(old.value, old.raw, old.page, old.box,
                               old.odds + (1.0 if holds else -1.5), old.lead, old.reading,
                               agrees=holds)  # fmt: skip
    return changed
