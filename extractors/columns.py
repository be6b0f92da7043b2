"""Columns of numbers told by arithmetic, where their titles are unknown or misleading."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import combinations

from extractors import parse
from extractors.layout import Segment, Sheet
from extractors.titles import Header, Title
from models.words import Box, Word

ENOUGH = 0.6  # share of the items on which a product has to hold
_NUMBER = re.compile(r"[€$£]?[-+]?\d[\d.,'’]*[-+]?(?:€|%|EUR)?")
SUMS = ("quantity", "unit_price", "line_total")


@dataclass(slots=True)
class Item:
    """Words by column while an item is put together."""

    cells: dict[str, list[Word]] = field(default_factory=dict)
    page: int = 0
    top: float = 0.0
    bottom: float = 0.0


Row = dict[int, tuple[float, Word]]
"""A row's numbers by column."""


def number_of(text: str, mark: parse.DecimalMark | None = None) -> float | None:
    """The value of a word that is nothing but a number; None for others, and for 0."""
    if not _NUMBER.fullmatch(text):
        return None
    read = parse.parse_amount(text.strip("€$£%EUR"), mark)
    return float(read[0]) or None if read else None


def set_right(items: Sequence[Item], mark: parse.DecimalMark | None) -> None:
    """Where quantity times price is not the total as the titles have it, but is so in most rows
    with other columns, those are taken.
    """
    if not items or sum(_holds(item, mark) for item in items) >= ENOUGH * len(items):
        return
    rows = _columns(items, mark)
    found = _best_product(rows)
    if found is None:
        return
    names = dict(zip(found, (*SUMS, "discount"), strict=False))
    for item, row in zip(items, rows, strict=True):
        _assign(item, {names[c]: word for c, (_, word) in row.items() if c in names}, mark)


def guess_header(sheet: Sheet, mark: parse.DecimalMark | None) -> Header | None:
    """Columns of a table whose titles are not known: rows of text on which a product holds."""
    rows = [row for row in sheet.rows if _looks_like_item(row, mark)]
    items = [Item({"": [w for s in row for w in s.words]}) for row in rows]
    numbers = _columns(items, mark)
    found = _best_product(numbers) if len(rows) > 1 else None
    if found is None:
        return None
    one, other, total = found[:3]
    good = [n for n, row in enumerate(numbers) if _fits(row, one, other, total, (*found, None)[3])]
    boxes = {
        name: Box.around(numbers[n][column][1].box for n in good)
        for name, column in zip((*SUMS, "discount"), found, strict=False)
    }
    first = rows[good[0]][0]
    left = min(box.x0 for box in boxes.values())
    texts = [s.box for n in good for s in rows[n] if s.box.x0 < left and _is_text(s.text)]
    if not texts:
        return None
    widest = max(texts, key=lambda box: box.width)
    boxes["description"] = Box(widest.x0, widest.y0, min(widest.x1, left), widest.y1)
    titles = sorted((Title(n, box) for n, box in boxes.items()), key=lambda t: t.box.cx)
    return Header(tuple(titles), first.row - 1, min(s.box.y0 for s in rows[good[0]]))


def _is_text(text: str) -> bool:
    return sum(c.isalpha() for c in text) >= 3


def _looks_like_item(row: Sequence[Segment], mark: parse.DecimalMark | None) -> bool:
    """Text, and three numbers or more to its right of which one is the product of two others."""
    start = next((s.box.x0 for s in row if _is_text(s.text)), None)
    if start is None:
        return False
    values = [
        value for s in row for w in s.words
        if w.box.x0 > start and (value := number_of(w.text, mark)) is not None
    ][-7:]  # fmt: skip
    return len(values) > 2 and any(
        _is_product(one, other, total)
        for one, other in combinations(values[:-1], 2)
        for total in values[1:]
        if total not in (one, other) or one == 1 or other == 1
    )


def _holds(item: Item, mark: parse.DecimalMark | None) -> bool:
    values = []
    for name in SUMS:
        numbers = [n for w in item.cells.get(name, ()) if (n := number_of(w.text, mark))]
        if len(numbers) != 1:
            return False
        values.append(numbers[0])
    return _is_product(values[0], values[1], values[2])


def _is_product(quantity: float, price: float, total: float) -> bool:
    return abs(quantity * price - total) <= max(0.02, abs(quantity) * 0.0051)


def _columns(items: Sequence[Item], mark: parse.DecimalMark | None) -> list[Row]:
    """The numbers of each item by column; numbers above each other are in one column."""
    found = [
        (word.box.x0, word.box.x1, at, value, word)
        for at, item in enumerate(items)
        for words in item.cells.values()
        for word in words
        if (value := number_of(word.text, mark)) is not None
    ]
    rows: list[Row] = [{} for _ in items]
    column, end = -1, -1.0
    for x0, x1, at, value, word in sorted(found, key=lambda one: one[:3]):
        if x0 > end - 0.2 * (x1 - x0):
            column += 1
        end = max(end, x1)
        rows[at].setdefault(column, (value, word))
    return rows


def _best_product(rows: Sequence[Row]) -> tuple[int, ...] | None:
    """The columns of quantity, price and total (and discount) that hold on the most rows."""
    columns = sorted({column for row in rows for column in row})
    columns = [c for c in columns if sum(c in row for row in rows) >= ENOUGH * len(rows)][-9:]
    best: tuple[tuple[float, int, int], tuple[int, ...]] | None = None
    for one, other in combinations(columns, 2):
        for total in columns:
            if total in (one, other):
                continue
            for discount in (None, *(c for c in columns if c not in (one, other, total))):
                held = sum(_fits(row, one, other, total, discount) for row in rows)
                told = sum(_tells(row, one, other, total) for row in rows)
                if held < ENOUGH * len(rows) or not told:
                    continue
                rank = (held - 0.5 * (discount is not None), total, one + other)
                if best is None or rank > best[0]:
                    pair = _ordered(rows, one, other)
                    best = (rank, (*pair, total, *([] if discount is None else [discount])))
    return best[1] if best else None


def _fits(row: Row, one: int, other: int, total: int, discount: int | None) -> bool:
    if not {one, other, total} <= row.keys():
        return False
    share = 1.0
    if discount is not None and discount in row:
        share = 1 - row[discount][0] / 100
    return _is_product(row[one][0], row[other][0] * share, row[total][0])


def _tells(row: Row, one: int, other: int, total: int) -> bool:
    """A product with 1 says nothing: any two equal numbers have it."""
    return {one, other, total} <= row.keys() and 1.0 not in (row[one][0], row[other][0])


def _ordered(rows: Sequence[Row], one: int, other: int) -> tuple[int, int]:
    """Quantity and price: quantities are whole more often, and stand left if both are."""

    def whole(column: int) -> int:
        return sum(column in row and row[column][0] == int(row[column][0]) for row in rows)

    return (one, other) if whole(one) >= whole(other) else (other, one)


def _assign(item: Item, taken: dict[str, Word], mark: parse.DecimalMark | None) -> None:
    """Puts words where they belong; numbers that the titles had put there are in no column."""
    if not set(SUMS) <= taken.keys():
        return
    beside = [w for w in item.cells.get("quantity", ()) if number_of(w.text, mark) is None]
    for name in list(item.cells):
        kept = [w for w in item.cells[name] if w not in taken.values()]
        if name in taken or name in SUMS:
            kept = []
        item.cells[name] = kept
        if not kept:
            del item.cells[name]
    for name, word in taken.items():
        item.cells[name] = [word, *beside] if name == "quantity" else [word]
