"""Tables of line items: columns, rules between them, and rows until the page is full."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from bench.generator.facts import Row
from bench.generator.sheet import GREY, LIGHT, MM, Align, Ink, Sheet

Rules = Literal["none", "rows", "columns", "grid", "zebra"]


@dataclass(frozen=True)
class Column:
    """`template` is printed in each row; `width` is in millimetres."""

    title: str
    template: str
    width: float
    align: Align = "left"


@dataclass(frozen=True)
class Look:
    """How a table is set; sizes in points, `pad` (left and right of cells) in millimetres."""

    size: float = 8.5
    rules: Rules = "rows"
    pad: float = 1.2
    row_gap: float = 1.6
    stroke: float = 0.4
    ink: Ink = GREY
    head_fill: Ink | None = None
    head_ink: Ink | None = None
    head_size: float = 7.5
    head_height: float = 6.0


def table_width(columns: Sequence[Column]) -> float:
    return sum(column.width for column in columns)


def _place(x: float, column: Column, pad: float) -> float:
    if column.align == "right":
        return x + column.width - pad
    return x + column.width / 2 if column.align == "center" else x + pad


def draw_head(sheet: Sheet, x: float, y: float, columns: Sequence[Column], look: Look) -> float:
    """Print the column titles in a band whose top is y; gives the band's bottom."""
    bottom = y + look.head_height
    if look.head_fill:
        sheet.box(x, y, table_width(columns), look.head_height, stroke=0, fill=look.head_fill)
    left = x
    for column in columns:
        sheet.text(
            _place(left, column, look.pad), y + look.head_height / 2 + look.head_size * 0.12,
            column.title, size=look.head_size, face="bold", align=column.align, ink=look.head_ink,
            squeeze=column.width - look.pad,
        )  # fmt: skip
        left += column.width
    if look.rules != "none":
        sheet.rule(x, bottom, left, bottom, width=look.stroke, ink=look.ink)
    return bottom


def row_height(sheet: Sheet, columns: Sequence[Column], look: Look, row: Row) -> float:
    """Height in millimetres; the left-aligned columns wrap."""
    lines = max(
        (
            sheet.count_lines(c.template, c.width - 2 * look.pad, look.size, row)
            for c in columns
            if c.align == "left"
        ),
        default=1,
    )
    return max(lines, 1) * look.size * 1.18 / MM + look.row_gap


def draw_row(
    sheet: Sheet, x: float, y: float, columns: Sequence[Column], look: Look, row: Row
) -> float:
    """Print one row whose top is y; gives its bottom."""
    height = row_height(sheet, columns, look, row)
    base = y + look.row_gap / 2 + look.size * 0.82 / MM
    if look.rules == "zebra" and (row.line or 0) % 2:
        sheet.box(x, y, table_width(columns), height, stroke=0, fill=LIGHT)
    left = x
    for column in columns:
        at = _place(left, column, look.pad)
        if column.align == "left":
            sheet.paragraph(at, base, column.template, column.width - 2 * look.pad,
                            size=look.size, leading=1.18, row=row)  # fmt: skip
        else:
            sheet.text(at, base, column.template, size=look.size, align=column.align, row=row,
                       squeeze=column.width - look.pad)  # fmt: skip
        left += column.width
    if look.rules in ("rows", "grid"):
        sheet.rule(x, y + height, left, y + height, width=look.stroke, ink=look.ink)
    return y + height


def rows_height(sheet: Sheet, columns: Sequence[Column], look: Look, rows: Sequence[Row]) -> float:
    return sum(row_height(sheet, columns, look, row) for row in rows)


def draw_rows(
    sheet: Sheet,
    x: float,
    y: float,
    columns: Sequence[Column],
    look: Look,
    rows: Sequence[Row],
    bottom: float,
) -> tuple[float, Sequence[Row]]:
    """Print rows down to `bottom`; gives where they end and the rows that found no place."""
    for index, row in enumerate(rows):
        if y + row_height(sheet, columns, look, row) > bottom:
            return y, rows[index:]
        y = draw_row(sheet, x, y, columns, look, row)
    return y, ()


def draw_columns(
    sheet: Sheet, x: float, top: float, bottom: float, columns: Sequence[Column], look: Look
) -> None:
    """Vertical rules and an outline from top to bottom, as preprinted papers have."""
    left = x
    for column in columns[:-1]:
        left += column.width
        sheet.rule(left, top, left, bottom, width=look.stroke, ink=look.ink)
    sheet.box(x, top, table_width(columns), bottom - top, stroke=look.stroke, ink=look.ink)
