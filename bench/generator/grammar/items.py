"""The table of line items: columns as wide as their contents, rows until the page is full."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from bench.generator.facts import Row
from bench.generator.grammar.setting import SMALLEST, Setting, line_height, put, titled
from bench.generator.sheet import GREY, LIGHT, WHITE, Align, Ink, Sheet

PAD = 1.3
# narrower descriptions are hard to read
DESCRIPTION = 36.0

KEYS: dict[str, tuple[str, str]] = {
    "p": ("position", "{position}"), "c": ("code", "{code}"), "d": ("description", "{description}"),
    "q": ("quantity", "{quantity}"), "u": ("unit", "{unit}"), "e": ("price", "{unit_price}"),
    "qu": ("quantity", "{quantity} {unit}"), "s": ("discount", "{discount}"),
    "r": ("rate", "{vat_rate}"), "t": ("total", "{line_total}"),
    "x": ("", "{quantity} {unit} x {unit_price}"),
}  # fmt: skip
LEFT = ("c", "d", "p", "u")


@dataclass(frozen=True)
class Column:
    """`keys` of the values that stand one under the other in each row; `width` in mm."""

    keys: tuple[str, ...]
    titles: tuple[str, ...]
    align: Align
    width: float = 0.0


@dataclass(frozen=True)
class Table:
    """A planned table: its columns and the size of its text."""

    columns: tuple[Column, ...]
    size: float
    head: float
    x: float

    @property
    def width(self) -> float:
        return sum(column.width for column in self.columns)


def plan(s: Setting) -> Table:
    """Columns that fit into the page, the description taking what the others leave."""
    keys = s.program.structure["columns"].split()
    size = s.size
    while True:
        columns = [_column(s, key, size) for key in keys]
        rest = s.width - sum(column.width for column in columns)
        if rest >= DESCRIPTION or size < SMALLEST + 0.6:
            break
        size -= 0.4
        if size < s.size - 1.2 and (spare := next((k for k in ("p", "u") if k in keys), "")):
            keys.remove(spare)
            size = s.size
    wide = [replace(c, width=rest) if "d" in c.keys else c for c in columns]
    head = max(SMALLEST + 0.4, size - 0.6)
    return Table(tuple(wide), size, head, s.x0)


def _column(s: Setting, spec: str, size: float) -> Column:
    keys = tuple(spec.split("/"))
    align: Align = "left" if keys[0] in LEFT else s.rng("align", spec).choice(
        ("right", "right", "right", "center"))  # fmt: skip
    if "t" in keys or "e" in keys:
        align = "right"
    titles = tuple(_title(s, key) for key in keys if KEYS[key][0])
    if "d" in keys:
        return Column(keys, titles, "left")
    values = max(
        s.sheet.measure(_template(s, key, row), size, "regular", row)[0]
        for key in keys for row in s.facts.rows
    )  # fmt: skip
    words = max(s.sheet.measure(title, size - 0.6, "bold")[1] for title in titles)
    return Column(keys, titles, align, max(values, words, 5.0) + 2 * PAD)


def _title(s: Setting, key: str) -> str:
    text = titled(s, KEYS[key][0])
    if key in ("e", "t") and s.program.style["money_at"] == "titles":
        sign = s.nation.sign if s.rng("title_sign").random() < 0.6 else s.nation.currency
        return text if sign in text else f"{text} {sign}"
    return text


def _template(s: Setting, key: str, row: Row) -> str:
    template = KEYS[key][1]
    if key == "e" or key == "t":
        return s.money(template, total=False)
    if key in ("qu", "x") and not row.shown.get("unit"):
        return template.replace(" {unit}", "")
    return template


# -- the head -------------------------------------------------------------------------------------


def draw_head(s: Setting, table: Table, y: float) -> float:
    """The column titles; gives their bottom."""
    style = s.program.structure["head"]
    scrap = _scrap(s)
    height = max(_titles(scrap, table, c, 0.0, 0.0, None) for c in table.columns) + 2.0
    if style in ("filled", "tinted"):
        fill = s.accent if style == "filled" else s.tint
        s.sheet.box(table.x, y, table.width, height, stroke=0, fill=fill)
    left = table.x
    for column in table.columns:
        _titles(s, table, column, left, y + 1.0, WHITE if style == "filled" else None)
        if style == "boxed":
            s.sheet.box(left, y, column.width, height, stroke=0.5)
        left += column.width
    thick = 1.2 if s.has("rules", "heavy") else 0.5
    if style in ("between", "underlined") or s.has("rules", "heavy", "half"):
        s.sheet.rule(table.x, y + height, left, y + height, width=thick)
    if style == "between" or s.has("rules", "heavy", "half"):
        s.sheet.rule(table.x, y, left, y, width=thick)
    if s.has("rules", "grid", "columns", "tall", "frame"):
        s.sheet.box(table.x, y, table.width, height, stroke=0.5)
    return y + height


def _titles(s: Setting, table: Table, column: Column, x: float, y: float, ink: Ink | None) -> float:
    for title in column.titles:
        y = put(s, x + PAD, y, column.width - 2 * PAD, title, size=table.head, face="bold",
                align=column.align, ink=ink)  # fmt: skip
    return y


def _scrap(s: Setting) -> Setting:
    sheet = Sheet(s.facts, s.sheet.family, (s.sheet.width, s.sheet.height),
                  currency=s.sheet.currency, stretch=s.sheet.stretch)  # fmt: skip
    return replace(s, sheet=sheet)


# -- rows -----------------------------------------------------------------------------------------


def _draw_item(s: Setting, table: Table, y: float, row: Row) -> float:
    gap = 0.5 if s.has("rules", "none", "half", "heavy", "frame") else 0.8
    bottom = y
    left = table.x
    for column in table.columns:
        at = y + gap
        for key in column.keys:
            at = put(s, left + PAD, at, column.width - 2 * PAD, _template(s, key, row),
                     size=table.size, align=column.align, row=row)  # fmt: skip
        bottom = max(bottom, at)
        left += column.width
    return bottom + gap


def _draw_other(s: Setting, table: Table, y: float, row: Row) -> float:
    """A row that is no item: a delivery's heading or a group's sum."""
    left, width = table.x, table.width
    if row.shown["kind"] == "group":
        if s.has("rules", "grid", "columns", "tall"):
            # no rule runs through the words
            left, width = _place_of(table, "d")
        return put(s, left + PAD, y + 0.8, width - 2 * PAD, "{text}", size=table.size, face="bold",
                   row=row) + 0.6  # fmt: skip
    return _sum_row(s, table, y, s.words["subtotal"], "{text}", row)


def _place_of(table: Table, key: str) -> tuple[float, float]:
    """Left edge and width of the column with this key."""
    left = table.x
    for column in table.columns:
        if key in column.keys:
            return left, column.width
        left += column.width
    return table.x, table.width


def _sum_row(s: Setting, table: Table, y: float, label: str, template: str, row: Row) -> float:
    room = max(table.columns[-1].width, 24.0) - PAD
    right = table.x + table.width - PAD
    put(s, table.x + PAD, y + 0.6, table.width - room - 3 * PAD, label, size=table.size,
        face="italic", align="right")  # fmt: skip
    return put(s, right - room, y + 0.6, room, template, size=table.size, face="italic",
               align="right", row=row) + 0.6  # fmt: skip


def _draw(s: Setting, table: Table, y: float, row: Row) -> float:
    draw = _draw_item if row.shown["kind"] == "item" else _draw_other
    return draw(s, table, y, row)


def draw_table(s: Setting, y: float, turn: Callable[[], float]) -> float:
    """The whole table, on as many pages as it takes; gives its bottom on the last.

    `turn` goes on to a new page and gives the top of what is free there.
    """
    table = plan(s)
    scrap = _scrap(s)
    first = max(_draw(scrap, table, 0.0, row) for row in s.facts.tables["body"][:2])
    if y + draw_head(scrap, table, 0.0) + 2 * first > s.bottom:
        # titles never stand alone at the foot of a page
        y = turn()
    top = y
    y = draw_head(s, table, y)
    carrying = s.has("carry", "carry")
    reserve = line_height(table.size) + 1.4
    total = Decimal(0)
    body = s.facts.tables["body"]
    shaded = 0
    for index, row in enumerate(body):
        height = _draw(scrap, table, 0.0, row)
        kept = height
        if row.shown["kind"] == "group" and index + 1 < len(body):
            # a heading stays with its first item
            kept += _draw(scrap, table, 0.0, body[index + 1])
        if y + kept > s.bottom - reserve:
            if carrying:
                y = _sum_row(s, table, y, s.words["carry"], "{sum}", _sum(s, total))
            _close(s, table, top, s.bottom if s.has("rules", "tall") else y)
            top = turn()
            y = draw_head(s, table, top)
            if carrying:
                y = _sum_row(s, table, y, s.words["carried"], "{sum}", _sum(s, total))
        if s.has("rules", "zebra") and row.shown["kind"] == "item":
            shaded += 1
            if shaded % 2 == 0:
                s.sheet.box(table.x, y, table.width, height, stroke=0, fill=LIGHT)
        y = _draw(s, table, y, row)
        _under(s, table, y)
        total += Decimal(row.shown.get("amount", "0"))
    return _close(s, table, top, y)


def _sum(s: Setting, total: Decimal) -> Row:
    return Row({"sum": s.hand.money(total)})


def _under(s: Setting, table: Table, y: float) -> None:
    right = table.x + table.width
    if s.has("rules", "rows", "grid"):
        s.sheet.rule(table.x, y, right, y, width=0.35, ink=GREY)
    elif s.has("rules", "dots"):
        s.sheet.rule(table.x, y, right, y, width=0.5, ink=GREY, dash=(1, 2))


def _close(s: Setting, table: Table, top: float, y: float) -> float:
    """Rules that run down the whole table; gives its bottom."""
    if s.has("rules", "grid", "columns", "tall", "frame"):
        s.sheet.box(table.x, top, table.width, y - top, stroke=0.5)
    if s.has("rules", "grid", "columns", "tall"):
        _verticals(s, table, table.columns[:-1], top, y)
    if s.has("rules", "half", "heavy"):
        thick = 1.2 if s.has("rules", "heavy") else 0.5
        s.sheet.rule(table.x, y, table.x + table.width, y, width=thick)
    return y


def _verticals(
    s: Setting, table: Table, columns: Sequence[Column], top: float, bottom: float
) -> None:
    left = table.x
    for column in columns:
        left += column.width
        s.sheet.rule(left, top, left, bottom, width=0.35, ink=GREY)
