"""Invoices without a ruled form: a modern one, a letter, and one made in a spreadsheet."""

from __future__ import annotations

from collections.abc import Sequence
from random import Random

from bench.generator.blocks import COLOURS, legal_line, logo, pairs, stack, vat_summary
from bench.generator.facts import Facts, Lines, Row
from bench.generator.formats import Style
from bench.generator.invoice import Shape, Wanted, make_invoice
from bench.generator.labels import Labels, choose_labels
from bench.generator.sheet import GREY, LIGHT, WHITE, Ink, Sheet
from bench.generator.table import Column, Look, draw_columns, draw_head, draw_rows

# -- modern: colour, air, no rules ----------------------------------------------------------------


def make_modern(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(
        language, date=rng.choice(("slash", "dot", "long")), vat_prefix=rng.choice(("", "IT")),
        iban_groups=True, rate_suffix="%",
    )  # fmt: skip
    return make_invoice(rng, Wanted(style, lines=lines or (2, 9), order=0.5))


def draw_modern(sheet: Sheet, rng: Random) -> float:
    labels = choose_labels(rng, sheet.facts.language)
    colour = rng.choice(COLOURS)
    band = rng.random() < 0.5
    _modern_head(sheet, labels, colour, band, rng)
    columns = [
        Column(labels["description"], "{description}", 78),
        Column(labels["quantity"], "{quantity} {unit}", 26, "right"),
        Column(labels["price"], "{unit_price}", 26, "right"),
        Column(labels["rate"], "{vat_rate}", 18, "right"),
        Column(labels["total"], "{line_total}", 30, "right"),
    ]
    if any(not row.shown["unit"] for row in sheet.facts.rows):
        columns[1] = Column(labels["quantity"], "{quantity}", 26, "right")
    look = Look(
        size=9, rules="zebra", row_gap=3.2, head_fill=colour, head_ink=WHITE, head_size=8.5,
        head_height=8, stroke=0,
    )  # fmt: skip
    y = draw_head(sheet, 16, 104, columns, look)
    y, _ = draw_rows(sheet, 16, y, columns, look, sheet.facts.rows, 215)
    y = _modern_totals(sheet, labels, colour, y + 8)
    _modern_payment(sheet, labels, colour, max(y + 6, 236))
    if sheet.facts.language == "it":
        sheet.text(105, 286, legal_line(sheet, vat=rng.random() < 0.5), size=7, align="center",
                   ink=GREY)  # fmt: skip
    return sheet.height


def _modern_head(sheet: Sheet, labels: Labels, colour: Ink, band: bool, rng: Random) -> None:
    if band:
        sheet.box(0, 0, sheet.width, 9, stroke=0, fill=colour)
    logo(sheet, 16, 16, 18, colour, rng)
    sheet.text(38, 24, "{seller_name}", size=14, face="bold", ink=colour, squeeze=90)
    stack(
        sheet, 38, 29.5,
        ["{seller_street}, {seller_place}", "{seller_phone} | {seller_email}",
         f"{labels['vat']} {{seller_vat}}", f"{labels['tax_id']} {{seller_tax_id}}"],
        size=8.2, leading=4, ink=GREY,
    )  # fmt: skip
    sheet.text(194, 27, labels["invoice"].upper(), size=24, align="right", ink=colour,
               squeeze=56)  # fmt: skip
    sheet.text(16, 58, labels["to"], size=8, ink=colour, face="bold")
    stack(
        sheet, 16, 63.5,
        ["{buyer_name}", "{buyer_street}", "{buyer_place}", f"{labels['vat']} {{buyer_vat}}"],
        size=9.5, leading=4.8, first="bold", first_size=10.5, squeeze=92,
    )  # fmt: skip
    pairs(
        sheet, 122, 58,
        [(labels["number"], "{invoice_number}"), (labels["date"], "{issue_date}"),
         (labels["due"], "{due_date}"), (labels["order"], "{purchase_order}"),
         (labels["terms"], "{terms}")][: rng.choice((4, 5))],
        gap=72, align="right", size=9, leading=5.6, face="bold", label_ink=GREY,
    )  # fmt: skip


def _modern_totals(sheet: Sheet, labels: Labels, colour: Ink, y: float) -> float:
    sheet.text(130, y, labels["net_total"], size=9.5)
    sheet.text(192, y, "{net_total} €", size=9.5, align="right")
    y += 6
    if len(sheet.facts.tables["vat"]) > 1:
        for row in sheet.facts.tables["vat"]:
            sheet.text(130, y, "{rate_name}", size=8.5, ink=GREY, row=row)
            sheet.text(192, y, "{tax} €", size=8.5, ink=GREY, align="right", row=row)
            y += 5
        y += 1
    sheet.text(130, y, labels["vat_total"], size=9.5)
    sheet.text(192, y, "{vat_total} €", size=9.5, align="right")
    sheet.box(126, y + 3.5, 68, 10, stroke=0, fill=colour)
    sheet.text(130, y + 10.2, labels["gross_total"], size=11, face="bold", ink=WHITE)
    sheet.text(192, y + 10.2, "{gross_total} €", size=12, face="bold", ink=WHITE, align="right")
    return y + 14


def _modern_payment(sheet: Sheet, labels: Labels, colour: Ink, y: float) -> None:
    sheet.rule(16, y, 194, y, width=1.2, ink=colour)
    pairs(
        sheet, 16, y + 6,
        [(labels["terms"], "{terms}"), (labels["bank"], "{bank}"), ("IBAN", "{iban}")],
        gap=48, size=9, leading=5, label_ink=GREY,
    )  # fmt: skip
    sheet.paragraph(16, y + 24, labels["thanks"], 178, size=7.5, ink=GREY)


# -- a letter -------------------------------------------------------------------------------------


def make_letter(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(language, date="long", rate_suffix="%", iban_groups=rng.random() < 0.7)
    shape: Shape = rng.choice(("sole", "company"))
    return make_invoice(rng, Wanted(style, lines=lines or (1, 5), shape=shape))


def draw_letter(sheet: Sheet, rng: Random) -> float:
    labels = choose_labels(rng, sheet.facts.language)
    colour = rng.choice(COLOURS)
    sheet.text(105, 22, "{seller_name}", size=19, face="bold", align="center", ink=colour,
               squeeze=170)  # fmt: skip
    stack(
        sheet, 105, 28.5,
        ["{seller_street} – {seller_place}",
         f"{labels['phone']} {{seller_phone}} – {{seller_email}}",
         f"{labels['vat']} {{seller_vat}} – {labels['tax_id']} {{seller_tax_id}}"
         if sheet.facts.has("seller_tax_id") else f"{labels['vat']} {{seller_vat}}"],
        size=9, leading=4.4, align="center",
    )  # fmt: skip
    sheet.rule(40, 41, 170, 41, width=0.8, ink=colour)
    stack(
        sheet, 118, 56,
        [labels["to"], "{buyer_name}", "{buyer_street}", "{buyer_place}",
         f"{labels['vat']} {{buyer_vat}}"],
        size=11, leading=5.4, squeeze=80,
    )  # fmt: skip
    sheet.text(22, 92, "{seller_city}, {issue_date}", size=11)
    title = labels["invoice"].capitalize()
    number = {"it": "n.", "en": "no.", "de": "Nr.", "fr": "n°"}[sheet.facts.language]
    sheet.text(22, 102, f"{title} {number} {{invoice_number}}", size=13, face="bold")
    y = 110.0
    if sheet.facts.has("purchase_order"):
        sheet.text(22, y, f"{labels['order']} {{purchase_order}}", size=10.5, face="italic")
    return _letter_body(sheet, labels, y + 6)


def _letter_body(sheet: Sheet, labels: Labels, y: float) -> float:
    columns = [
        Column(labels["description"], "{description}", 84),
        Column(labels["quantity"], "{quantity}", 20, "right"),
        Column(labels["price"], "{unit_price}", 28, "right"),
        Column(labels["total"], "€ {line_total}", 34, "right"),
    ]
    look = Look(size=10.5, rules="none", row_gap=3, head_size=9.5)
    y = draw_head(sheet, 22, y, columns, look)
    sheet.rule(22, y, 188, y, width=0.6)
    y, _ = draw_rows(sheet, 22, y + 1, columns, look, sheet.facts.rows, 200)
    sheet.rule(22, y + 2, 188, y + 2, width=0.6)
    y += 9
    sheet.text(120, y, labels["net_total"], size=10.5)
    sheet.text(186.8, y, "€ {net_total}", size=10.5, align="right")
    for row in sheet.facts.tables["vat"]:
        y += 6
        several = len(sheet.facts.tables["vat"]) > 1
        sheet.text(120, y, "{rate_name}", size=10.5, row=row)
        sheet.text(186.8, y, "€ {tax}" if several else "€ {vat_total}", size=10.5, align="right",
                   row=row)  # fmt: skip
    y += 8
    sheet.text(120, y, labels["gross_total"], size=11.5, face="bold")
    sheet.text(186.8, y, "€ {gross_total}", size=11.5, face="bold", align="right")
    y = max(y + 18, 205)
    y = pairs(
        sheet, 22, y,
        [(labels["terms"] + ":", "{terms}"), (labels["due"] + ":", "{due_date}"),
         (labels["bank"] + ":", "{bank}"), ("IBAN:", "{iban}")],
        gap=52, size=10.5, leading=5.6,
    )  # fmt: skip
    if sheet.facts.language == "it":
        sheet.text(150, y + 14, "In fede", size=10.5, face="italic")
        sheet.anchor("signature", 132, y + 14, 46, 16)
    sheet.paragraph(105, 280, labels["thanks"], 160, size=7.5, align="center", ink=GREY)
    return sheet.height


# -- made in a spreadsheet ------------------------------------------------------------------------


def make_spreadsheet(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(language, date=rng.choice(("slash", "dash")), rate_suffix="%", iban_groups=True)
    shape: Shape = rng.choice(("sole", "sole", "company"))
    return make_invoice(rng, Wanted(style, lines=lines or (2, 8), shape=shape))


def draw_spreadsheet(sheet: Sheet, rng: Random) -> float:
    labels = choose_labels(rng, sheet.facts.language)
    fill = rng.choice(((0.8, 0.87, 0.95), (0.99, 0.93, 0.78), (0.88, 0.94, 0.84), LIGHT))
    stack(
        sheet, 18, 22,
        ["{seller_name}", "{seller_street}", "{seller_place}",
         f"{labels['phone']} {{seller_phone}}", f"{labels['vat']}: {{seller_vat}}",
         f"{labels['tax_id']}: {{seller_tax_id}}"],
        size=8.5, leading=4.6, first="bold", first_size=11, squeeze=95,
    )  # fmt: skip
    sheet.box(122, 18, 70, 9, fill=fill, stroke=0.7)
    sheet.text(157, 24.4, labels["invoice"].upper(), size=13, face="bold", align="center",
               squeeze=66)  # fmt: skip
    for index, (caption, template) in enumerate((
        (labels["number"], "{invoice_number}"), (labels["date"], "{issue_date}"),
        (labels["order"], "{purchase_order}"),
    )):  # fmt: skip
        if not sheet.fill(template):
            continue
        top = 27 + index * 6.5
        sheet.box(122, top, 30, 6.5, stroke=0.5)
        sheet.box(152, top, 40, 6.5, stroke=0.5)
        sheet.text(123.5, top + 4.4, caption, size=8, face="bold", squeeze=27)
        sheet.text(190.5, top + 4.4, template, size=9, align="right", squeeze=37)
    sheet.box(104, 54, 88, 30, stroke=0.7)
    stack(
        sheet, 107, 60,
        [f"{labels['to']}:", "{buyer_name}", "{buyer_street}", "{buyer_place}",
         f"{labels['vat']} {{buyer_vat}}"],
        size=8.8, leading=5, squeeze=82,
    )  # fmt: skip
    return _spreadsheet_body(sheet, labels, fill)


def _spreadsheet_body(sheet: Sheet, labels: Labels, fill: Ink) -> float:
    columns = [
        Column(labels["description"], "{description}", 76),
        Column(labels["unit"], "{unit}", 14, "center"),
        Column(labels["quantity"], "{quantity}", 20, "right"),
        Column(labels["price"], "€ {unit_price}", 24, "right"),
        Column(labels["rate"], "{vat_rate}", 14, "center"),
        Column(labels["total"], "€ {line_total}", 26, "right"),
    ]
    look = Look(size=8.2, rules="grid", row_gap=2.6, stroke=0.6, ink=(0.2, 0.2, 0.2),
                head_fill=fill, head_size=8, head_height=7)  # fmt: skip
    y = draw_head(sheet, 18, 92, columns, look)
    y, _ = draw_rows(sheet, 18, y, columns, look, sheet.facts.rows, 215)
    # a spreadsheet keeps its empty rows
    blank: Sequence[Row] = [Row({}) for _ in range(max(0, int((190 - y) / 6.8)))]
    empty = [Column("", " ", column.width) for column in columns]
    y, _ = draw_rows(sheet, 18, y, empty, look, blank, 196)
    draw_columns(sheet, 18, 92, y, columns, look)
    top = y
    for name in ("net_total", "vat_total", "gross_total"):
        last = name == "gross_total"
        sheet.box(128, y, 38, 7, stroke=0.6, fill=fill if last else None)
        sheet.box(166, y, 26, 7, stroke=0.6, fill=fill if last else None)
        sheet.text(129.5, y + 4.8, labels[name], size=8.6, face="bold", squeeze=35)
        sheet.text(190.8, y + 4.8, f"€ {{{name}}}", size=9, align="right", squeeze=24,
                   face="bold" if last else "regular")  # fmt: skip
        y += 7
    if len(sheet.facts.tables["vat"]) > 1:
        vat_summary(sheet, 18, top + 3, (labels["rate"], labels["base"], labels["tax"]), size=8)
    y = pairs(
        sheet, 18, y + 14,
        [(labels["terms"], "{terms}"), (labels["due"], "{due_date}"), (labels["bank"], "{bank}"),
         ("IBAN", "{iban}")],
        gap=48, size=8.8, leading=5.4, label_face="bold",
    )  # fmt: skip
    sheet.paragraph(18, y + 6, labels["thanks"], 170, size=7.5)
    sheet.anchor("stamp", 130, y + 2, 50, 24)
    return sheet.height
