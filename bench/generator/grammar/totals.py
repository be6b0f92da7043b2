"""What a bill comes to: the summary of amounts and the table of VAT by rate."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bench.generator.facts import Row
from bench.generator.grammar.details import BILLS, put_one
from bench.generator.grammar.setting import Setting, line_height, put, titled
from bench.generator.sheet import GREY, WHITE, Align, Face, Ink

PAD = 1.6


@dataclass(frozen=True)
class Amount:
    """A label, the template of its amount, and the row that the template is filled from."""

    label: str
    template: str
    row: Row | None = None
    main: bool = False


def list_amounts(s: Setting) -> list[Amount]:
    """All amounts that the layout's summary prints, in order."""
    shown = s.facts.shown
    credit = shown["paper"] == "credit_note"
    bill = shown["paper"] in BILLS
    gross = s.words["credit_total" if credit else "gross_total" if bill else "other_total"]
    due = Amount(s.words["amount_due"], "{amount_due}", main=True)
    differs = shown["amount_due"] != shown["gross_total"]
    if s.has("totals_single", "yes") and not differs:
        if s.rng("single").random() < 0.3 and not credit:
            return [Amount(s.words["amount_due"], "{gross_total+amount_due}", main=True)]
        return [Amount(gross, "{gross_total}", main=True)]
    found = []
    if any(name in shown for name in ("shipping", "allowance", "fund")):
        found.append(Amount(s.words["goods_total"], "{goods}"))
        found += [Amount(s.words[word], f"{{{name}}}") for name, word in (
            ("allowance", "discount_total"), ("shipping", "shipping"), ("fund", "fund"))
            if name in shown]  # fmt: skip
    found.append(Amount(s.words["net_total"], "{net_total}"))
    found += _vat_amounts(s)
    if "stamp_duty" in shown:
        found.append(Amount(s.words["stamp_duty"], "{stamp_duty}"))
    found.append(Amount(gross, "{gross_total}", main=not differs))
    if "withheld" in shown:
        found.append(Amount(s.words["withholding"], "{withheld}"))
    if "deposit" in shown:
        found.append(Amount(s.words["deposit"], "{deposit}"))
    if differs or (s.rng("due").random() < 0.3 and not credit):
        found.append(due)
    return found


def _vat_amounts(s: Setting) -> list[Amount]:
    """The tax as one amount, or one for each rate."""
    rows = s.facts.tables["vat"]
    untaxed = "legal" in s.facts.shown
    if untaxed and s.rng("no_vat").random() < 0.5:
        return []
    if s.rng("vat_lines").random() < 0.5:
        return [Amount(s.words["vat_total"], "{vat_total}")]
    if len(rows) == 1:
        # the rate is part of the label, the amount is the total of all VAT
        return [Amount(rows[0].shown["rate_name"], "{vat_total}")]
    each = [Amount(row.shown["rate_name"], "{tax}", row) for row in rows if row.shown["tax"]]
    return each + ([Amount(s.words["vat_total"], "{vat_total}")]
                   if s.rng("vat_sum").random() < 0.4 else [])  # fmt: skip


def totals(s: Setting, x: float, y: float, width: float) -> float:
    """The summary in the layout's manner; gives its bottom."""
    amounts = list_amounts(s)
    style = s.program.structure["totals"]
    plain = len(amounts) == 3 and not any(a.row for a in amounts)
    if style == "sentence" and not plain:
        style = "right"
    if style in ("strip", "strip_open") and (len(amounts) > 6 or width < 110):
        style = "lined"
    if style == "split" and (len(amounts) < 3 or width < 120):
        style = "right_box"
    draw = {"strip": _strip, "strip_open": _strip, "sentence": _sentence, "split": _split,
            "wide": _column, "left": _column, "middle": _column}.get(style, _column)  # fmt: skip
    return draw(s, x, y, width, amounts, style)


def _label(s: Setting, amount: Amount) -> str:
    mark = {"colon": ":", "space_colon": " :", "none": ""}[s.program.style["colon"]]
    text = amount.label.rstrip(":")
    return text if text.endswith((".", "%")) else text + mark


def _column(
    s: Setting, x: float, y: float, width: float, amounts: Sequence[Amount], style: str
) -> float:
    """Label and amount row by row."""
    room = width if style == "wide" else min(width, s.rng("totals").uniform(72, 88))
    left = {"left": x, "wide": x, "middle": x + (width - room) / 2}.get(style, x + width - room)
    top = y
    inset = PAD if style in ("right_box", "right_filled", "wide") else 0.6
    y += inset if style == "right_box" else 0.0
    for index, amount in enumerate(amounts):
        main = amount.main and index == len(amounts) - 1
        y = _total_row(s, left, y, room, amount, style, main, inset)
        if style in ("lined", "wide") and not main:
            s.sheet.rule(left, y, left + room, y, width=0.35, ink=GREY)
            y += 0.3
    if style == "right_box":
        y += PAD / 2
        s.sheet.box(left, top, room, y - top, stroke=0.6)
    return y


def _total_row(
    s: Setting, x: float, y: float, width: float, amount: Amount, style: str, main: bool,
    inset: float,
) -> float:  # fmt: skip
    big = s.rng("total_size").choice((0.0, 1.0, 2.5)) if main else 0.0
    size = s.size + big
    face: Face = "bold" if main else "regular"
    ink: Ink | None = None
    template = s.money(amount.template)
    value = s.sheet.measure(template, size, face, amount.row)[0] + 0.5
    # a line of its own height even when the label wraps
    height = put_height(s, width - value - 2 * inset - 3, _label(s, amount), size, face)
    if main and style == "right_filled":
        s.sheet.box(x, y, width, height + 1.6, stroke=0, fill=s.accent)
        ink = WHITE
    elif main and style in ("right", "dotted", "left", "middle") and s.rng("bar").random() < 0.5:
        s.sheet.rule(x, y + 0.2, x + width, y + 0.2, width=0.8)
    top = y + 0.8
    label_ink = ink or (None if main else s.label_ink)
    put(s, x + inset, top, width - value - 2 * inset - 3, _label(s, amount), size=size,
        face=face if main else s.label_face, ink=label_ink)  # fmt: skip
    put(s, x + width - inset - value, top, value, template, size=size, face=face, align="right",
        ink=ink, row=amount.row)  # fmt: skip
    if style == "dotted":
        _leader(s, x + inset, top, width - 2 * inset, value, _label(s, amount), size, face)
    return top + height + 0.6


def put_height(s: Setting, width: float, template: str, size: float, face: Face) -> float:
    """The height that `put` will take in any of the faces."""
    wide = max(s.sheet.measure(template, size, f)[0] for f in (face, s.label_face))
    if wide <= width * 1.1:
        return line_height(size)
    return line_height(size) * (s.sheet.count_lines(template, width * 0.92, size) + 0.0)


def _leader(
    s: Setting, x: float, y: float, width: float, value: float, label: str, size: float, face: Face
) -> None:
    used = max(s.sheet.measure(label, size, f)[0] for f in (face, s.label_face))
    start, end = x + used + 2, x + width - value - 2
    base = y + line_height(size) * 0.7
    if end > start:
        s.sheet.rule(start, base, end, base, width=0.5, dash=(0.6, 1.8))


def _strip(
    s: Setting, x: float, y: float, width: float, amounts: Sequence[Amount], style: str
) -> float:
    """Cells side by side, each with its caption above the amount."""
    shares = [
        max(s.sheet.measure(a.label, s.small)[0],
            s.sheet.measure(s.money(a.template), s.size + 1, "bold", a.row)[0]) + 2 * PAD
        for a in amounts
    ]  # fmt: skip
    factor = width / sum(shares)
    head, body = line_height(s.small) + 1.2, line_height(s.size + 1) + 1.6
    left = x
    align: Align = s.rng("strip_total").choice(("left", "right", "center"))
    if style == "strip_open":
        s.sheet.rule(x, y, x + width, y, width=0.8, ink=s.accent)
        s.sheet.rule(x, y + head + body, x + width, y + head + body, width=0.8, ink=s.accent)
    for amount, share in zip(amounts, shares, strict=True):
        room = share * factor
        if style == "strip":
            if amount.main:
                s.sheet.box(left, y, room, head + body, stroke=0, fill=s.tint)
            s.sheet.box(left, y, room, head + body, stroke=0.5)
        put_one(s, left + PAD, y + 0.6, room - 2 * PAD, amount.label, caption=True)
        size = s.size + 1
        wide = s.sheet.measure(s.money(amount.template), size, "bold", amount.row)[0]
        size *= min(1.0, (room - 2 * PAD) / wide * 0.99)
        put(s, left + PAD, y + head + 0.5, room - 2 * PAD, s.money(amount.template), size=size,
            face="bold" if amount.main else "regular", align=align, row=amount.row)  # fmt: skip
        left += room
    return y + head + body


def _sentence(
    s: Setting, x: float, y: float, width: float, amounts: Sequence[Amount], style: str
) -> float:
    """Net, tax and total in running text."""
    net, vat, gross = (s.money(a.template) for a in amounts)
    text = s.words["total_sentence"].format(net=net, vat=vat, gross=gross)
    return put(s, x, y + 1, width, text, size=s.size + 0.6, face="bold")


def _split(
    s: Setting, x: float, y: float, width: float, amounts: Sequence[Amount], style: str
) -> float:
    """The way to the total on the left, the total in a box on the right."""
    half = width * 0.52
    left = _column(s, x, y, half, amounts[:-1], "left")
    last = amounts[-1]
    room = width - half - 8
    box = line_height(s.small) + line_height(s.size + 6) + 4
    s.sheet.box(x + half + 8, y, room, box, stroke=0.9)
    put_one(s, x + half + 10, y + 1, room - 4, last.label, caption=True)
    put(s, x + half + 10, y + 2 + line_height(s.small), room - 4, s.money(last.template),
        size=s.size + 6, face="bold", align="right")  # fmt: skip
    return max(left, y + box)


# -- VAT by rate ----------------------------------------------------------------------------------

VAT_KEYS: dict[str, tuple[str, str]] = {
    "r": ("rate_summary", "{full_rate}"), "b": ("base", "{base}"), "x": ("tax", "{tax}"),
    "g": ("gross_column", "{both}"), "n": ("rate_summary", "{rate_name}"),
}  # fmt: skip
ONLY = {"{base}": "{net_total}", "{tax}": "{vat_total}"}


def vat_table(s: Setting, x: float, y: float, width: float) -> float:
    """Rate, taxable amount and tax of every rate, perhaps with their sum."""
    keys = s.program.structure["vat_columns"].split()
    rows = list(s.facts.tables["vat"])
    width = min(width, 24.0 * len(keys) + 10)
    room = width / len(keys)
    rng = s.rng("vat_table")
    ruled = rng.choice(("grid", "lines", "none"))
    top = y
    if rng.random() < 0.4:
        y = put(s, x, y, width, titled(s, "vat_summary"), size=s.small, face="bold") + 0.4
        top = y
    height = line_height(s.small) + 0.9
    for index, key in enumerate(keys):
        name = VAT_KEYS[key][0]
        text = titled(s, name)
        put_title(s, x + index * room + PAD / 2, y + 0.4, room - PAD, text)
    y += height
    if s.has("vat_sum", "yes"):
        rows.append(Row({"full_rate": "", "rate_name": "", "base": "{net_total}",
                         "tax": "{vat_total}", "both": "{gross_total}"}))  # fmt: skip
    for row in rows:
        if ruled != "none":
            s.sheet.rule(x, y, x + width, y, width=0.35, ink=GREY)
        for index, key in enumerate(keys):
            template = VAT_KEYS[key][1]
            if len(s.facts.tables["vat"]) == 1:
                # one rate: its amounts are those of the whole bill
                template = ONLY.get(template, template)
            summed = row.shown.get(template.strip("{}"), "")
            template = summed if summed.startswith("{") else template
            put(s, x + index * room + PAD / 2, y + 0.4, room - PAD, template, size=s.small,
                align="right", row=row)  # fmt: skip
        y += height
    if ruled == "grid":
        s.sheet.box(x, top, width, y - top, stroke=0.5)
        for index in range(1, len(keys)):
            s.sheet.rule(x + index * room, top, x + index * room, y, width=0.35, ink=GREY)
    return y


def put_title(s: Setting, x: float, y: float, width: float, text: str) -> None:
    """A column's title on one line, right-aligned over its numbers."""
    wide = s.sheet.measure(text, s.small, "bold")[0]
    size = s.small * min(1.0, width / wide * 0.99) if wide else s.small
    put(s, x, y, width, text, size=size, face="bold", align="right")
