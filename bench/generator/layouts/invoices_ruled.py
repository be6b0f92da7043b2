"""Invoices on ruled papers: an accounting program's grid, the courtesy copy of an e-invoice."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from bench.generator.blocks import COLOURS, black_or, cell, legal_line, logo, stack, vat_summary
from bench.generator.facts import Facts, Lines, Row
from bench.generator.formats import Style
from bench.generator.invoice import Wanted, make_invoice
from bench.generator.labels import Labels, choose_labels
from bench.generator.sheet import BLACK, GREY, LIGHT, Ink, Sheet
from bench.generator.table import Column, Look, draw_columns, draw_head, draw_rows, rows_height

LEFT, RIGHT = 12.0, 198.0


# -- the grid of an accounting program ------------------------------------------------------------


def make_ruled(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(
        language,
        date=rng.choice(("slash", "slash", "dash", "short")) if language == "it" else "slash",
        price_places=rng.choice((2, 2, 3, 4)),
        quantity_places=rng.choice((0, 2)),
        rate_suffix=rng.choice(("", "%")),
        vat_prefix=rng.choice(("", "IT")),
    )
    discounts = rng.random() < 0.3
    return make_invoice(rng, Wanted(style, lines or (4, 46), discounts=discounts, order=0.6))


def draw_ruled(sheet: Sheet, rng: Random) -> float:
    labels = choose_labels(rng, sheet.facts.language)
    colour = black_or(rng.choice(COLOURS), rng)
    seed = rng.random()
    columns = _ruled_columns(sheet, labels)
    look = Look(size=8, rules="none", row_gap=1.1, stroke=0.5, ink=colour, head_fill=LIGHT)
    due_in_head = rng.random() < 0.6
    rows: Sequence[Row] = _with_deliveries(sheet.facts.rows, sheet.facts, rng)
    while True:
        top = _ruled_head(sheet, labels, colour, Random(seed), due_in_head)
        y = draw_head(sheet, LEFT, top, columns, look) + 1
        last = y + rows_height(sheet, columns, look, rows) < 215
        bottom = 216.0 if last else 262.0
        # the totals never stand on a page without rows
        now = rows if last else rows[:-2]
        _, rest = draw_rows(sheet, LEFT, y, columns, look, now, bottom - 1)
        draw_columns(sheet, LEFT, top, bottom, columns, look)
        if last:
            break
        sheet.text(RIGHT, 268, labels["continued"], size=8, align="right", face="italic")
        _ruled_footer(sheet, colour)
        sheet.turn()
        rows = [*rest, *rows[-2:]]
    _ruled_totals(sheet, labels, colour, due_in_head)
    _ruled_footer(sheet, colour)
    return sheet.height


def _with_deliveries(rows: Sequence[Row], facts: Facts, rng: Random) -> Sequence[Row]:
    """Some sellers say before the goods with which delivery note they came."""
    if facts.language != "it" or rng.random() < 0.5:
        return rows
    first = rng.randint(20, 1800)
    cut = len(rows) // 2 if len(rows) > 5 else len(rows)
    parts = []
    for index, part in enumerate((rows[:cut], rows[cut:])):
        if part:
            text = f"Rif. D.d.T. n. {first + 7 * index} del {facts.shown['delivered']}"
            parts += [Row({"description": text}), *part]
    return parts


def _ruled_columns(sheet: Sheet, labels: Labels) -> list[Column]:
    discounted = any(row.shown["discount"] for row in sheet.facts.rows)
    columns = [
        Column(labels["code"], "{code}", 22),
        Column(labels["description"], "{description}", 70 if discounted else 82),
        Column(labels["unit"], "{unit}", 11, "center"),
        Column(labels["quantity"], "{quantity}", 18, "right"),
        Column(labels["price"], "{unit_price}", 20, "right"),
        Column(labels["discount"], "{discount}", 12, "right"),
        Column(labels["total"], "{line_total}", 22, "right"),
        Column(labels["rate"], "{vat_rate}", 11, "center"),
    ]
    return columns if discounted else [c for c in columns if c.template != "{discount}"]


def _ruled_head(sheet: Sheet, labels: Labels, colour: Ink, rng: Random, due_in_head: bool) -> float:
    """Letterhead, address box and the row of cells; gives the top of the table."""
    logo(sheet, LEFT, 10, 17, colour, rng)
    stack(
        sheet, LEFT + 20, 15,
        ["{seller_name}", "{seller_street}", "{seller_place}",
         f"{labels['phone']} {{seller_phone}} - {{seller_email}}",
         f"{labels['vat']} {{seller_vat}}",
         f"{labels['tax_id']} {{seller_tax_id}}"],
        size=7.6, leading=3.7, first="bold", first_size=12, squeeze=76,
    )  # fmt: skip
    sheet.box(110, 12, RIGHT - 110, 30, ink=colour, radius=rng.choice((0, 2)))
    sheet.text(112, 16, labels["to"], size=7, ink=GREY, face="italic")
    stack(
        sheet, 114, 22, ["{buyer_name}", "{buyer_street}", "{buyer_place}"],
        size=9.5, leading=4.8, first="bold", squeeze=80,
    )  # fmt: skip
    y = 46.0
    title = labels["invoice"]
    sheet.box(LEFT, y, 44, 9, ink=colour, fill=LIGHT)
    sheet.text(LEFT + 22, y + 6.2, title, size=11, face="bold", align="center", squeeze=42)
    page = f"{sheet.page}"
    upper = [
        (labels["number"], "{invoice_number}", 34), (labels["date"], "{issue_date}", 28),
        (labels["customer"], "{customer_code}", 26), (labels["vat"], "{buyer_vat}", 38),
        (labels["page"], page, 16),
    ]  # fmt: skip
    x = LEFT + 44
    for caption, template, width in upper:
        cell(sheet, x, y, width, 9, caption, template, ink=colour, value_ink=BLACK,
             face="bold" if template == "{invoice_number}" else "regular")  # fmt: skip
        x += width
    y += 9
    lower = [
        (labels["terms"], "{terms}", 66), (labels["bank"], "{bank}", 54),
        (labels["order"], "{purchase_order}", 36),
        (labels["due"], "{due_date}", 30) if due_in_head else ("Agente", "", 30),
    ]  # fmt: skip
    x = LEFT
    for caption, template, width in lower:
        cell(sheet, x, y, width, 9, caption, template, ink=colour, size=8, value_ink=BLACK)
        x += width
    return y + 11


def _ruled_totals(sheet: Sheet, labels: Labels, colour: Ink, due_in_head: bool) -> None:
    y = 218.0
    vat_summary(sheet, LEFT, y, (labels["rate"], labels["base"], labels["tax"]), size=8,
                widths=(26, 32, 30))  # fmt: skip
    if not due_in_head:
        cell(sheet, 102, y, 24, 9, labels["due"], "{due_date}", ink=colour, value_ink=BLACK)
    cell(sheet, LEFT, y + 26, 112, 9, "IBAN", "{iban}", ink=colour, value_ink=BLACK)
    names = ("net_total", "vat_total", "gross_total")
    for index, name in enumerate(names):
        cell(sheet, 128, y + index * 9, RIGHT - 128, 9, labels[name], f"{{{name}}}", align="right",
             ink=colour, value_ink=BLACK, size=10)  # fmt: skip
    top = y + 27
    sheet.box(128, top, RIGHT - 128, 10, fill=LIGHT, ink=colour)
    sheet.text(130, top + 6.4, labels["amount_due"], size=8.5, face="bold")
    sheet.text(RIGHT - 2, top + 6.6, "€ {amount_due}", size=12, face="bold", align="right")
    sheet.paragraph(LEFT, y + 42, labels["thanks"], RIGHT - LEFT, size=6.8)


def _ruled_footer(sheet: Sheet, colour: Ink) -> None:
    sheet.rule(LEFT, 281, RIGHT, 281, ink=colour)
    if sheet.facts.language == "it":
        sheet.text(105, 285, legal_line(sheet, vat=False), size=6.5, align="center", ink=GREY)
        sheet.text(105, 288.5, "PEC {seller_pec} - Codice SDI {seller_code} - {seller_web}",
                   size=6.5, align="center", ink=GREY)  # fmt: skip
    else:
        sheet.text(105, 285, "{seller_name} - {seller_web}", size=6.5, align="center", ink=GREY)


# -- the courtesy copy of an electronic invoice ---------------------------------------------------


def make_courtesy(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(
        language, date=rng.choice(("dash", "slash")), vat_prefix="IT", iban_groups=False,
        price_places=2, quantity_places=2, rate_suffix="", 
    )  # fmt: skip
    return make_invoice(rng, Wanted(style, lines=lines or (2, 9), order=0.5))


def draw_courtesy(sheet: Sheet, rng: Random) -> float:
    head: Ink = rng.choice(((0.87, 0.9, 0.94), (0.9, 0.9, 0.9), (0.86, 0.92, 0.88)))
    _courtesy_parties(sheet)
    y = _courtesy_strip(sheet, 62, head, [
        ("Tipologia documento", "TD01 fattura", 40), ("Art. 73", "", 14),
        ("Numero documento", "{invoice_number}", 46), ("Data documento", "{issue_date}", 36),
        ("Codice destinatario", "{buyer_code}", 50),
    ])  # fmt: skip
    columns = [
        Column("Cod. articolo", "{code}", 22),
        Column("Descrizione", "{description}", 66),
        Column("Quantità", "{quantity}", 18, "right"),
        Column("Prezzo unitario", "{unit_price}", 22, "right"),
        Column("UM", "{unit}", 11, "center"),
        Column("%IVA", "{vat_rate}", 13, "right"),
        Column("Prezzo totale", "{line_total}", 34, "right"),
    ]
    columns = [replace(c, width=c.width * 186 / sum(k.width for k in columns)) for c in columns]
    look = Look(size=7.8, rules="grid", stroke=0.35, head_fill=head, head_size=6.8, row_gap=2)
    top = y + 4
    y = draw_head(sheet, LEFT, top, columns, look)
    y, _ = draw_rows(sheet, LEFT, y, columns, look, sheet.facts.rows, 225)
    if sheet.facts.has("purchase_order"):
        sheet.text(LEFT + 23.2, y + 3.6, "Vs. ordine n. {purchase_order} del {order_date}",
                   size=7.5, face="italic")  # fmt: skip
        y += 5.5
    draw_columns(sheet, LEFT, top, y, columns, look)
    y = _courtesy_summary(sheet, y + 5, head)
    _courtesy_payment(sheet, y + 5, head)
    sheet.text(105, 288, "Copia analogica di fattura elettronica - il documento originale è "
               "disponibile nella Sua area riservata dell'Agenzia delle Entrate", size=6.5,
               align="center", ink=GREY)  # fmt: skip
    return sheet.height


def _courtesy_parties(sheet: Sheet) -> None:
    for x, title, role in (
        (LEFT, "Cedente/prestatore (fornitore)", "seller"),
        (107.0, "Cessionario/committente (cliente)", "buyer"),
    ):
        sheet.box(x, 12, 91, 46, stroke=0.6)
        sheet.text(x + 2, 17, title, size=8.5, face="bold")
        stack(
            sheet, x + 2, 23,
            [f"Identificativo fiscale ai fini IVA: {{{role}_vat}}",
             f"Codice fiscale: {{{role}_tax_id}}",
             f"Denominazione: {{{role}_name}}",
             *(["Regime fiscale: RF01 (ordinario)"] if role == "seller" else []),
             f"Indirizzo: {{{role}_street}}",
             f"Comune: {{{role}_city}}  Provincia: {{{role}_province}}",
             f"Cap: {{{role}_postal_code}}  Nazione: IT",
             *(["Telefono: {seller_phone}"] if role == "seller" else ["Pec: {buyer_pec}"])],
            size=7.8, leading=4.2, squeeze=87,
        )  # fmt: skip


def _courtesy_strip(
    sheet: Sheet, y: float, head: Ink, cells: list[tuple[str, str, float]]
) -> float:
    x = LEFT
    for title, template, width in cells:
        sheet.box(x, y, width, 5.5, stroke=0.35, ink=GREY, fill=head)
        sheet.text(x + width / 2, y + 3.8, title, size=7, face="bold", align="center")
        sheet.box(x, y + 5.5, width, 6, stroke=0.35, ink=GREY)
        sheet.text(x + width / 2, y + 9.6, template, size=8.2, align="center", squeeze=width - 2)
        x += width
    return y + 11.5


def _courtesy_summary(sheet: Sheet, y: float, head: Ink) -> float:
    sheet.text(105, y + 3, "RIEPILOGHI IVA E TOTALI", size=8.5, face="bold", align="center")
    columns = [
        Column("Esigibilità iva / riferimenti normativi", "I (esigibilità immediata)", 70),
        Column("%IVA", "{rate}", 20, "right"),
        Column("Spese accessorie", "", 24, "right"),
        Column("Totale imponibile", "{base}", 36, "right"),
        Column("Totale imposta", "{tax}", 36, "right"),
    ]
    look = Look(size=8, rules="grid", stroke=0.35, head_fill=head, head_size=6.8)
    top = y + 5
    y = draw_head(sheet, LEFT, top, columns, look)
    rows = [replace(row, line=None) for row in sheet.facts.tables["vat"]]
    y, _ = draw_rows(sheet, LEFT, y, columns, look, rows, 280)
    draw_columns(sheet, LEFT, top, y, columns, look)
    return _courtesy_strip(sheet, y + 3, head, [
        ("Importo bollo", "", 26), ("Totale imponibile", "{net_total}", 45),
        ("Totale imposta", "{vat_total}", 45), ("Valuta", "EUR", 18),
        ("Totale documento", "{gross_total}", 52),
    ])  # fmt: skip


def _courtesy_payment(sheet: Sheet, y: float, head: Ink) -> None:
    x = LEFT
    for title, template, width in (
        ("Modalità pagamento", "MP05 Bonifico", 36.0), ("IBAN", "{iban}", 66.0),
        ("Istituto", "{bank}", 34.0), ("Data scadenza", "{due_date}", 24.0),
        ("Importo", "{amount_due}", 26.0),
    ):  # fmt: skip
        sheet.box(x, y, width, 5.5, stroke=0.35, ink=GREY, fill=head)
        sheet.text(x + width / 2, y + 3.8, title, size=7, face="bold", align="center")
        sheet.box(x, y + 5.5, width, 6.5, stroke=0.35, ink=GREY)
        sheet.text(x + width / 2, y + 9.8, template, size=8, align="center", squeeze=width - 2)
        x += width
