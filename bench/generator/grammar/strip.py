"""Till receipts drawn: narrow strips as long as what stands on them."""

from __future__ import annotations

from dataclasses import replace

from reportlab.graphics.barcode.code128 import Code128

from bench.generator.blocks import logo
from bench.generator.facts import Facts, Row
from bench.generator.grammar.nations import choose_nation
from bench.generator.grammar.page import CURRENCIES, set_words
from bench.generator.grammar.program import Program
from bench.generator.grammar.setting import Setting, line_height, put
from bench.generator.sheet import BLACK, MM, WHITE, Align, Sheet

TALL = 900.0
SIDE = 4.0


def draw_strip(program: Program, facts: Facts) -> tuple[bytes, Sheet]:
    """The receipt: drawn once to find its height, and then on paper of that height."""
    height = _draw(_set_up(program, facts, TALL))
    s = _set_up(program, facts, height + 6)
    _draw(s)
    return s.sheet.finish(), s.sheet


def _set_up(program: Program, facts: Facts, height: float) -> Setting:
    nation = choose_nation(program, facts.language)
    width = float(program.structure["width"])
    sheet = Sheet(facts, program.style["font"], (width, height), facts.kind,
                  currency=CURRENCIES[nation.currency],
                  stretch=float(program.style["stretch"]))  # fmt: skip
    size = program.rng("size").choice((7.6, 8.2, 8.8)) if width < 70 else program.rng(
        "size").choice((8.4, 9.0, 9.6))  # fmt: skip
    return Setting(sheet, program, set_words(program, facts.language), nation, SIDE, width - SIDE,
                   4.0, height - 2, size)  # fmt: skip


def _draw(s: Setting) -> float:
    y = _heading(s, s.top)
    if s.has("date_at", "top"):
        y = _when(s, y + 1)
    y = _centred(s, y + 2, [s.words["receipt"]], s.size + 0.6)
    if s.has("date_at", "under_title"):
        y = _when(s, y + 1)
    y = _centred(s, y, ["{place_number}"], s.size)
    y = _divide(s, y)
    y = _items(s, y)
    y = _divide(s, y)
    y = _sums(s, y)
    y = _paid(s, y + 1.5)
    if s.has("date_at", "bottom"):
        y = _when(s, y + 2)
    return _foot(s, y + 2)


def _centred(s: Setting, y: float, templates: list[str], size: float) -> float:
    align: Align = "left" if s.has("heading", "left") else "center"
    for template in templates:
        y = put(s, s.x0, y, s.width, template, size=size, align=align)
    return y


def _divide(s: Setting, y: float) -> float:
    style = s.structure["lines_between"]
    if style == "none":
        return y + 2
    if style == "rule":
        s.sheet.rule(s.x0, y + 1.4, s.x1, y + 1.4, width=0.6)
        return y + 2.8
    mark = {"dashes": "-", "equals": "=", "stars": "*"}[style]
    one = s.sheet.measure(mark * 10, s.size)[0] / 10
    return put(s, s.x0, y, s.width, mark * int(s.width / one - 0.5)) + 0.4


# -- the head -------------------------------------------------------------------------------------


def _heading(s: Setting, y: float) -> float:
    align: Align = "left" if s.has("heading", "left") else "center"
    if s.has("heading", "logo"):
        logo_facts = replace(s.facts, shown={**s.facts.shown, "seller_name": "A B"})
        sheet, s.sheet.facts = s.sheet, logo_facts
        logo(sheet, s.sheet.width / 2 - 6, y, 12, BLACK, s.rng("logo"))
        s.sheet.facts = replace(logo_facts, shown={
            k: v for k, v in logo_facts.shown.items() if k != "seller_name"})  # fmt: skip
        y += 14
    top = y
    if s.has("heading", "starred"):
        y = _divide(s, y) if s.has("lines_between", "stars") else y
    big = s.size + s.rng("name").choice((1.0, 3.0, 5.0))
    y = put(s, s.x0, y + 1, s.width, "{merchant_name}", size=big, face="bold", align=align)
    if s.rng("owner").random() < 0.4:
        y = put(s, s.x0, y, s.width, "{owner}", align=align)
    if not s.has("address", "below"):
        y = _address(s, y, align)
    if s.has("vat_at", "head"):
        y = _vat_number(s, y, align)
    if s.rng("phone").random() < 0.5:
        y = put(s, s.x0, y, s.width, f"{s.label('phone')} {{phone}}", align=align)
    if s.has("heading", "framed"):
        s.sheet.box(s.x0 - 1.5, top, s.width + 3, y + 1.5 - top, stroke=0.7)
        y += 1.5
    return y


def _address(s: Setting, y: float, align: Align) -> float:
    """Street and town: one field, whether on one line or on two."""
    text = s.facts.shown["merchant_address"]
    if s.has("address", "one_line"):
        return put(s, s.x0, y, s.width, "{merchant_address}", align=align,
                   row=Row({"merchant_address": text.replace("\n", " ")}))  # fmt: skip
    at = s.x0 + {"left": 0.0, "center": s.width / 2, "right": s.width}[align]
    row = Row({"merchant_address": text})
    base = y + 0.88 * s.size / MM
    after = s.sheet.paragraph(at, base, "{merchant_address}", s.width, size=s.size, leading=1.24,
                              align=align, row=row)  # fmt: skip
    return after - 0.88 * s.size / MM


def _vat_number(s: Setting, y: float, align: Align) -> float:
    return put(s, s.x0, y, s.width, f"{s.label('vat')} {{merchant_vat}}", align=align)


def _when(s: Setting, y: float) -> float:
    """Date, time and number of the receipt."""
    style = s.structure["date_form"]
    number = f"{s.label('till_number')} {{number}}"
    if style == "with_time":
        return _centred(s, y, ["{date}  {time}", number], s.size)
    if style == "labelled":
        return _centred(s, y, [f"{s.label('till_date')} {{date}} {{time}}",
                               f"{number}  {s.words['till']} {{till}}"], s.size)  # fmt: skip
    if style == "row":
        return _pair(s, y, "{date} {time}", "{number}")
    return _centred(s, y, [number, "{date} {time}"], s.size)


def _pair(s: Setting, y: float, left: str, right: str, row: Row | None = None,
          size: float | None = None, bold: bool = False, white: bool = False) -> float:  # fmt: skip
    """A text on the left and one on the right, the left wrapped before the right."""
    size = size or s.size
    face = "bold" if bold else "regular"
    value = s.sheet.measure(right, size, "bold", row)[0]
    if value > s.width * 0.6:
        size *= s.width * 0.6 / value
        value = s.width * 0.6
    ink = WHITE if white else None
    one = put(s, s.x0, y, s.width - value - 2, left, size=size, face=face, ink=ink, row=row)  # type: ignore[arg-type]
    two = put(s, s.x1 - value - 0.5, y, value + 0.5, right, size=size, face=face,  # type: ignore[arg-type]
              align="right", ink=ink, row=row)  # fmt: skip
    return max(one, two)


# -- what was bought ------------------------------------------------------------------------------


def _items(s: Setting, y: float) -> float:
    style = s.structure["items"]
    if not s.has("titles", "none"):
        y = _pair(s, y, s.words["till_item"], s.words["till_price"], bold=True)
        if s.has("titles", "ruled"):
            s.sheet.rule(s.x0, y + 0.4, s.x1, y + 0.4, width=0.4)
            y += 1
    for row in s.facts.rows:
        y = _item(s, y, row, style)
    return y


def _item(s: Setting, y: float, row: Row, style: str) -> float:
    total = s.money("{line_total}", total=False)
    times = "{quantity}{unit} x {unit_price}" if row.shown["unit"] else "{quantity} x {unit_price}"
    several = bool(row.shown["several"])
    if style == "columns" and s.width > 60 and not row.shown["unit"]:
        return _columns(s, y, row)
    if style == "first" and not row.shown["unit"]:
        return _pair(s, y, "{quantity} {description}", total, row)
    if style == "rate":
        total = f"{{rate}}  {total}"
    elif style == "letter":
        total = f"{total} {{letter}}"
    if several and style in ("above", "rate"):
        y = put(s, s.x0 + 3, y, s.width - 3, times, row=row)
    y = _pair(s, y, "{description}", total, row)
    if several and style not in ("above", "rate"):
        y = put(s, s.x0 + 3, y, s.width - 3, times, row=row)
    return y


def _columns(s: Setting, y: float, row: Row) -> float:
    room = (s.width * 0.1, s.width * 0.5, s.width * 0.2, s.width * 0.2)
    x, bottom = s.x0, y
    cells: tuple[tuple[str, Align], ...] = (
        ("{quantity}", "left"), ("{description}", "left"), ("{unit_price}", "right"),
        ("{line_total}", "right"),
    )  # fmt: skip
    for (template, align), width in zip(cells, room, strict=True):
        bottom = max(bottom, put(s, x, y, width - 1, template, align=align, row=row))
        x += width
    return bottom


# -- sums -----------------------------------------------------------------------------------------


def _sums(s: Setting, y: float) -> float:
    added = s.nation.code == "US"
    if s.facts.has("discount") or s.has("subtotal", "yes") or added:
        y = _pair(s, y, s.words["subtotal"], "{goods}")
    if s.facts.has("discount"):
        y = _pair(s, y, s.words["till_discount"], "{discount}")
    if added:
        y = _pair(s, y, "Sales tax", "{vat_total}")
    y = _total(s, y + 0.8)
    if added:
        return y
    if s.has("vat", "line", "both"):
        y = _pair(s, y, s.words["of_which_vat"], s.money("{vat_total}"))
    if s.has("vat", "table", "both"):
        y = _vat_table(s, y + 1)
    if s.has("vat_at", "after_total"):
        y = _vat_number(s, y + 0.6, "left")
    return y


def _total(s: Setting, y: float) -> float:
    style = s.structure["total"]
    size = s.size + {"big": 4.5, "boxed": 2.5, "reversed": 3.0, "ruled": 2.0}.get(style, 0.6)
    height = line_height(size)
    if style == "reversed":
        s.sheet.box(s.x0 - 1.5, y, s.width + 3, height + 1.6, stroke=0, fill=BLACK)
    elif style == "ruled":
        s.sheet.rule(s.x0, y + 0.2, s.x1, y + 0.2, width=0.8)
    right = s.money("{total}")
    label = s.words["paid_total"]
    # a label that would wrap is set smaller, so that the frame fits
    wide = s.sheet.measure(label, size, "bold")[0] + s.sheet.measure(right, size, "bold")[0] + 4
    size *= min(1.0, s.width / wide)
    bottom = _pair(s, y + 0.8, label, right, size=size, bold=True, white=style == "reversed")
    if style == "boxed":
        s.sheet.box(s.x0 - 1.5, y, s.width + 3, bottom + 0.8 - y, stroke=0.8)
    return max(bottom, y + height) + 1.2


def _vat_table(s: Setting, y: float) -> float:
    room = s.width / 4
    size = s.size - 0.8
    y0 = y
    for index, name in enumerate(("rate_summary", "base", "tax", "gross_column")):
        text = s.words[name]
        wide = s.sheet.measure(text, size, "bold")[0]
        put(s, s.x0 + index * room, y0, room - 1, text, face="bold", align="right",
            size=size * min(1.0, (room - 1.5) / wide))  # fmt: skip
    y = y0 + line_height(size)
    rate = "{letter} {rate}" if s.has("items", "letter") else "{rate}"
    rows = s.facts.tables["vat"]
    tax = "{vat_total}" if len(rows) == 1 else "{tax}"
    for row in rows:
        for index, template in enumerate((rate, "{base}", tax, "{both}")):
            put(s, s.x0 + index * room, y, room - 1, template, align="right", row=row, size=size)
        y += line_height(size)
    return y


def _paid(s: Setting, y: float) -> float:
    words = s.words
    y = _pair(s, y, words["cash"], "{cash}") if s.facts.has("cash") else y
    y = _pair(s, y, words["card"], "{card}") if s.facts.has("card") else y
    y = _pair(s, y, words["change"], "{change}") if s.facts.has("change") else y
    if s.facts.has("card") and s.has("payment", "slip"):
        y = _divide(s, y + 1)
        y = _centred(s, y, ["{pan}", "AUT. {auth}  TID {terminal}"], s.size)
        y = _pair(s, y, s.nation.currency, "{card}")
    elif s.has("payment", "fiscal"):
        y = _pair(s, y, f"{words['till']} {{till}}", "{serial}")
    return y


def _foot(s: Setting, y: float) -> float:
    if s.has("address", "below"):
        y = _address(s, y, "center") + 1
    if s.has("vat_at", "foot"):
        y = _vat_number(s, y, "center") + 1
    style = s.structure["foot"]
    if style in ("thanks", "barcode"):
        y = _centred(s, y + 1, [s.words["thanks"]], s.size)
    if style == "barcode":
        code = Code128(s.facts.shown["number"].replace("-", ""), barHeight=8 * MM, barWidth=0.9)
        left = (s.sheet.width * MM - code.width) / 2
        s.sheet.draw(lambda canvas: code.drawOn(canvas, left, (s.sheet.height - y - 10) * MM))
        y += 11
    elif style == "fiscal":
        y = _centred(s, y + 1, ["RT {serial}"], s.size)
    return y
