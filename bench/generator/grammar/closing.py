"""What stands under the totals and at the foot: payment, notes, footers, marks."""

from __future__ import annotations

from reportlab.graphics.barcode.code128 import Code128
from reportlab.graphics.barcode.qr import QrCode
from reportlab.pdfgen.canvas import Canvas

from bench.generator.facts import Row
from bench.generator.fonts import text_width
from bench.generator.grammar.details import put_one
from bench.generator.grammar.heads import contact_lines, id_lines, register_lines
from bench.generator.grammar.setting import Setting, line_height, put, put_lines, titled
from bench.generator.sheet import GREY, MM

PAD = 1.8


def payment_items(s: Setting) -> list[tuple[str, str]]:
    """Names of labels and templates: terms, bank, account, and the day."""
    rng = s.rng("payment")
    items = []
    if s.has("terms", "in_payment"):
        items.append(("terms", "{terms}"))
    if rng.random() < 0.35:
        items.append(("due", "{due_date}"))
    if rng.random() < 0.7:
        items.append(("bank", "{bank}"))
    items.append(("iban", "{iban}"))
    if rng.random() < 0.15:
        items += [("bank", "{bank2}"), ("iban", "{iban2}")]
    if rng.random() < 0.35:
        items.append(("bic", "{bic}"))
    return [(name, template) for name, template in items if s.sheet.fill(template)]


def payment(s: Setting, x: float, y: float, width: float) -> float:
    style = s.program.structure["payment"]
    items = payment_items(s)
    if style in ("none", "foot") or not items:
        return y
    if style == "sentence":
        return _payment_sentence(s, x, y, width)
    if style == "boxed":
        width = min(width, 110.0)
        bottom = _payment_rows(s, x + PAD, y + PAD, width - 2 * PAD, items) + PAD / 2
        s.sheet.box(x, y, width, bottom - y, stroke=0.5)
        return bottom
    if style == "strip":
        return _payment_strip(s, x, y, width, items)
    y = _payment_rows(s, x, y, width, items)
    return _due_list(s, x, y + 1, width) if style == "list" else y


def _payment_rows(
    s: Setting, x: float, y: float, width: float, items: list[tuple[str, str]]
) -> float:
    labels = [s.label(name) for name, _ in items]
    gap = max(s.sheet.measure(label, s.size, s.label_face)[0] for label in labels) + 3
    gap = min(gap, width * 0.45)
    words = max(s.sheet.measure(template, s.size)[1] for _, template in items)
    inline = s.rng("payment_rows").random() < 0.4 or words > width - gap
    for label, (_, template) in zip(labels, items, strict=True):
        if inline:
            y = put(s, x, y, width, f"{label} {template}") + 0.2
            continue
        one = put(s, x, y, gap - 2, label, face=s.label_face, ink=s.label_ink)
        y = max(one, put(s, x + gap, y, width - gap, template)) + 0.2
    return y


def _payment_sentence(s: Setting, x: float, y: float, width: float) -> float:
    due = s.money("{amount_due}")
    text = s.words["pay_sentence"].format(
        due=due, day="{due_date}", iban="{iban}", bank="{bank}")  # fmt: skip
    if s.has("terms", "in_payment"):
        y = put(s, x, y, width, f"{s.label('terms')} {{terms}}") + 0.4
    return put(s, x, y, width, text)


def _payment_strip(
    s: Setting, x: float, y: float, width: float, items: list[tuple[str, str]]
) -> float:
    shares = [
        max(s.sheet.measure(titled(s, name), s.small)[0], s.sheet.measure(template, s.size)[0]) + 4
        for name, template in items
    ]
    factor = width / sum(shares)
    height = line_height(s.small) + line_height(s.size) + 2.2
    left = x
    for (name, template), share in zip(items, shares, strict=True):
        room = share * factor
        s.sheet.box(left, y, room, height, stroke=0.4)
        put_one(s, left + 1.2, y + 0.5, room - 2.4, titled(s, name), caption=True)
        put_one(s, left + 1.2, y + 1 + line_height(s.small), room - 2.4, template)
        left += room
    return y + height


def _due_list(s: Setting, x: float, y: float, width: float) -> float:
    """Instalments: days and parts."""
    rows = s.facts.tables["dues"]
    if not rows:
        return y
    y = put(s, x, y, width, s.words["due_list"], size=s.small, face="bold") + 0.2
    for row in rows:
        day = "{due_date}" if "due_date" in row.shown else "{day}"
        put(s, x, y, 34, day, row=None if day == "{due_date}" else row)
        y = put(s, x + 34, y, 30, s.money("{part}"), align="right", row=row) + 0.2
    return y


def notes(s: Setting, x: float, y: float, width: float) -> float:
    """The law's words where they are needed, and the supplier's own."""
    y = put(s, x, y, width, "{legal}", face=s.value_face)
    style = s.program.structure["notes"]
    if style in ("none", "foot"):
        return y
    if style == "boxed":
        bottom = put(s, x + PAD, y + PAD, width - 2 * PAD, "{note}", size=s.small) + PAD
        s.sheet.box(x, y, width, bottom - y, stroke=0.4)
        return bottom
    y = put(s, x, y, width, "{note}", size=s.small)
    if s.facts.shown["note"] != s.facts.shown["note2"]:
        y = put(s, x, y + 0.4, width, "{note2}", size=s.small)
    return y


# -- the foot of every page -----------------------------------------------------------------------


def foot_lines(s: Setting) -> list[str]:
    lines: list[str] = []
    if s.has("letterhead", "foot"):
        lines.append("{seller_name} - {seller_street} - {seller_place}")
        lines += [" - ".join(contact_lines(s))]
    if s.has("seller_ids", "foot", "both"):
        lines.append(" - ".join(id_lines(s)))
    lines.append(" - ".join(register_lines(s)))
    if s.has("payment", "foot"):
        lines.append(f"{s.label('bank')} {{bank}} - {s.label('iban')} {{iban}}")
    if s.has("notes", "foot"):
        lines.append("{note}")
    return [line for line in lines if line and s.sheet.fill(line)]


def foot(s: Setting, x: float, y: float, width: float) -> float:
    """What stands at the foot of every page; gives the bottom."""
    style = s.program.structure["foot"]
    lines = foot_lines(s)
    if style == "none" or not lines:
        return y
    size = max(5.8, s.small - 0.8)
    if s.rng("foot_rule").random() < 0.5 or style == "ruled":
        s.sheet.rule(x, y, x + width, y, width=1.0 if style == "ruled" else 0.4, ink=s.accent)
    y += 0.8
    if style == "columns":
        room = width / min(3, len(lines))
        bottoms = [
            put_lines(s, x + index * room, y, room - 3, lines[index::3], size=size)
            for index in range(min(3, len(lines)))
        ]
        return max(bottoms)
    align = "center" if style == "centre" else "left"
    return put_lines(s, x, y, width, lines, size=size, align=align, ink=None)  # type: ignore[arg-type]


def page_number(s: Setting, y: float) -> None:
    """ "Page 1 of 3", where the layout has it."""
    style = s.program.structure["pages"]
    if style == "none" or (s.pages == 1 and s.rng("pages").random() < 0.5):
        return
    text = f"{s.words['page']} {s.sheet.page}"
    if s.rng("page_of").random() < 0.6:
        mark = s.words["of"]
        text += f"/{s.pages}" if mark == "/" else f" {mark} {s.pages}"
    align = "center" if style == "foot_centre" else "right"
    put(s, s.x0, y, s.width, text, size=s.small, align=align, ink=GREY)  # type: ignore[arg-type]


# -- marks that are no facts ----------------------------------------------------------------------


def draw_mark(s: Setting, y: float) -> None:
    """A code, a stamp or a scribble in what is free under the last block."""
    room = s.bottom - y
    sign = s.program.structure["sign"]
    if sign == "qr" and room > 28:
        _draw_qr(s, s.x1 - 24, y + 2, 24)
    elif sign == "barcode" and room > 14:
        _draw_barcode(s, s.x1, y + 3)
    elif sign == "paid" and room > 16:
        width = s.sheet.measure(s.words["paid"], 20, "bold")[0] + 8
        left = s.x0 + s.rng("paid").uniform(0, s.width - width)
        s.sheet.box(left, y + 3, width, 10.5, stroke=1.6, ink=(0.65, 0.1, 0.12), radius=1.5)
        s.sheet.text(left + width / 2, y + 10.6, s.words["paid"], size=20, face="bold",
                     align="center", ink=(0.65, 0.1, 0.12))  # fmt: skip
    elif sign == "handwritten" and room > 14:
        text = s.rng("scribble").choice(("ok", "visto", "reg.", "contab.", "MR", "ok - F.B."))
        s.sheet.text(s.x0 + s.width * 0.7, y + 9, text, size=19, face="italic", family="times",
                     ink=(0.1, 0.16, 0.5))  # fmt: skip


def draw_watermark(s: Setting) -> None:
    """A pale word across the page; text stays readable over it."""
    if not s.has("sign", "watermark"):
        return
    word, font = s.words["copy"], "Helvetica-Bold"
    wide = text_width(word, font, 1)
    size = min(90.0, s.width * MM / wide)

    def draw(canvas: Canvas) -> None:
        canvas.translate(s.sheet.width * MM / 2, s.sheet.height * MM / 2)
        canvas.rotate(40)
        canvas.setFillColorRGB(0.93, 0.93, 0.94)
        canvas.setFont(font, size)
        canvas.drawCentredString(0, -size / 3, word)

    s.sheet.draw(draw)


def _draw_barcode(s: Setting, x: float, y: float) -> None:
    text = "".join(c for c in s.facts.shown[s.number.strip("{}")] if c.isascii() and c.isalnum())
    code = Code128(text, barHeight=9 * MM, barWidth=0.8)
    left = x * MM - code.width
    s.sheet.draw(lambda canvas: code.drawOn(canvas, left, (s.sheet.height - y - 9) * MM))


def _draw_qr(s: Setting, x: float, y: float, size: float) -> None:
    text = f"{s.facts.shown['seller_web']}/{s.facts.shown['customer_code']}"
    code = QrCode(text, width=size * MM, height=size * MM)
    s.sheet.draw(lambda canvas: code.drawOn(canvas, x * MM, (s.sheet.height - y - size) * MM))


def next_heading(s: Setting, x: float, y: float, width: float) -> float:
    """What further pages carry above the table."""
    style = s.program.structure["next_head"]
    if style == "line":
        text = f"{s.words[s.facts.shown['paper']]} {{number}} - {{day}}"
        row = Row(
            {"number": s.facts.shown[s.number.strip("{}")], "day": s.facts.shown["issue_date"]}
        )
        return put(s, x, y, width, text, size=s.small, row=row) + 2
    if style == "title":
        return put(s, x, y, width, "{seller_name}", face="bold", ink=s.accent) + 2
    return y
