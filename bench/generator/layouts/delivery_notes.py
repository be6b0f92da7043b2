"""Delivery notes: the form of an accounting program, and a plain one."""

from __future__ import annotations

from random import Random

from bench.generator.blocks import COLOURS, black_or, cell, logo, stack
from bench.generator.delivery import make_delivery
from bench.generator.facts import Facts, Lines
from bench.generator.formats import Style
from bench.generator.sheet import BLACK, GREY, LIGHT, Ink, Sheet
from bench.generator.table import Column, Look, draw_columns, draw_head, draw_rows

LEFT, RIGHT = 12.0, 198.0


def make_note(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(
        language, date=rng.choice(("slash", "dash")), quantity_places=rng.choice((0, 2)),
        vat_prefix=rng.choice(("", "", "IT")),
    )  # fmt: skip
    return make_delivery(rng, style, lines or (3, 12))


def draw_transport(sheet: Sheet, rng: Random) -> float:
    colour = black_or(rng.choice(COLOURS), rng)
    logo(sheet, LEFT, 11, 16, colour, rng)
    stack(
        sheet, LEFT + 19, 16,
        ["{seller_name}", "{seller_street} - {seller_place}", "Tel. {seller_phone}",
         "P.IVA / C.F. {seller_vat}", "R.E.A. {seller_rea}"],
        size=7.8, leading=3.8, first="bold", first_size=12, squeeze=82,
    )  # fmt: skip
    sheet.box(118, 11, RIGHT - 118, 15, fill=LIGHT, ink=colour)
    sheet.text(158, 17, "DOCUMENTO DI TRASPORTO", size=11.5, face="bold", align="center")
    sheet.text(158, 22.5, "(D.d.T.) D.P.R. 472 del 14-08-1996", size=7, align="center")
    for x, caption, template in (
        (118.0, "Numero", "{document_number}"), (147.0, "Data", "{issue_date}"),
        (176.0, "Pagina", "1 di 1"),
    ):  # fmt: skip
        cell(sheet, x, 26, 29 if x < 170 else 22, 9, caption, template, face="bold", ink=colour,
             value_ink=BLACK)  # fmt: skip
    _parties(sheet, colour, rng)
    x = LEFT
    for caption, template, width in (
        ("Cod. cliente", "{customer_code}", 26.0), ("Partita IVA", "{buyer_vat}", 42.0),
        ("Vs. ordine", "{purchase_order}", 42.0),
        ("Causale del trasporto", "{transport_reason}", 76.0),
    ):  # fmt: skip
        cell(sheet, x, 70, width, 9, caption, template, ink=colour, value_ink=BLACK)
        x += width
    columns = [
        Column("Codice", "{code}", 30),
        Column("Descrizione dei beni (natura e qualità)", "{description}", 112),
        Column("U.M.", "{unit}", 16, "center"),
        Column("Quantità", "{quantity}", 28, "right"),
    ]
    look = Look(size=8.6, rules="none", row_gap=1.8, head_fill=LIGHT, ink=colour)
    y = draw_head(sheet, LEFT, 82, columns, look)
    draw_rows(sheet, LEFT, y + 1, columns, look, sheet.facts.rows, 222)
    draw_columns(sheet, LEFT, 82, 224, columns, look)
    return _transport(sheet, colour)


def _parties(sheet: Sheet, colour: Ink, rng: Random) -> None:
    same = rng.random() < 0.5
    for x, caption, lines in (
        (LEFT, "Destinatario", ["{buyer_name}", "{buyer_street}", "{buyer_place}"]),
        (106.0, "Luogo di destinazione", ["Stesso indirizzo"] if same else
         ["Magazzino", "{destination_street}", "{destination_place}"]),
    ):  # fmt: skip
        sheet.box(x, 40, 92, 27, ink=colour)
        sheet.text(x + 1.5, 43.4, caption, size=6.2, ink=GREY)
        stack(sheet, x + 4, 50, lines, size=9.2, leading=5,
              first="bold" if x == LEFT else "regular", squeeze=84)  # fmt: skip


def _transport(sheet: Sheet, colour: Ink) -> float:
    grid = (
        (("Aspetto esteriore dei beni", "{look}", 60.0), ("N. colli", "{packages}", 26.0),
         ("Peso Kg", "{weight}", 30.0), ("Porto", "{freight}", 34.0),
         ("Trasporto a cura", "{by}", 36.0)),
        (("Vettore", "{carrier}", 86.0), ("Data e ora ritiro", "{pickup}", 44.0),
         ("Annotazioni", "", 56.0)),
    )  # fmt: skip
    y = 226.0
    for line in grid:
        x = LEFT
        for caption, template, width in line:
            cell(sheet, x, y, width, 10, caption, template, ink=colour, value_ink=BLACK)
            x += width
        y += 10
    for index, caption in enumerate(("Firma conducente", "Firma vettore", "Firma destinatario")):
        x = LEFT + index * 62
        sheet.box(x, y, 62, 18, ink=colour)
        sheet.text(x + 1, y + 2.6, caption, size=5.8, ink=GREY)
        if caption != "Firma vettore":
            sheet.anchor("signature", x + 8, y + 3, 44, 14)
    sheet.text(LEFT, y + 22, "La merce si intende accettata se non contestata entro 8 giorni dal "
               "ricevimento. Contributo CONAI assolto ove dovuto.", size=6.6, ink=GREY)  # fmt: skip
    return sheet.height


def draw_simple(sheet: Sheet, rng: Random) -> float:
    stack(
        sheet, 20, 22,
        ["{seller_name}", "{seller_street}", "{seller_place}", "Tel. {seller_phone}",
         "Partita IVA {seller_vat}"],
        size=9, leading=4.6, first="bold", first_size=13, squeeze=100,
    )  # fmt: skip
    title = rng.choice(("D.D.T.", "BOLLA DI CONSEGNA", "DOCUMENTO DI TRASPORTO"))
    sheet.text(20, 62, f"{title} N. {{document_number}} DEL {{issue_date}}", size=12.5, face="bold",
               squeeze=170)  # fmt: skip
    reason = rng.choice(("Causale", "Causale trasporto"))
    sheet.text(20, 67.5, f"{reason}: {{transport_reason}}", size=9.5)
    sheet.text(20, 72.5, "Rif. Vs. ordine {purchase_order} del {order_date}", size=9.5)
    sheet.text(118, 30, rng.choice(("Spett.le", "Destinatario:")), size=9, face="italic")
    stack(sheet, 118, 35.5, ["{buyer_name}", "{buyer_street}", "{buyer_place}",
                             "P.IVA {buyer_vat}"], size=10, leading=5, first="bold",
          squeeze=76)  # fmt: skip
    columns = [
        Column("Q.tà", "{quantity}", 22, "right"),
        Column("UM", "{unit}", 16, "center"),
        Column("Descrizione", "{description}", 132),
    ]
    look = Look(size=9.5, rules="rows", row_gap=3, head_size=9)
    y = draw_head(sheet, 20, 76, columns, look)
    y, _ = draw_rows(sheet, 20, y, columns, look, sheet.facts.rows, 205)
    y = max(y + 14, 190)
    for left, right in (
        ("Aspetto dei beni: {look}", "N. colli: {packages}"),
        ("Trasporto a mezzo: {by}", "Peso kg: {weight}"),
        ("Vettore: {carrier}", "Porto: {freight}"),
        ("Inizio trasporto: {pickup}", ""),
    ):
        sheet.text(20, y, left, size=9.5, squeeze=100)
        sheet.text(130, y, right, size=9.5)
        y += 6.4
    y += 14
    for x, caption in ((20, "Il mittente"), (85, "Il vettore"), (150, "Il destinatario")):
        sheet.text(x, y, caption, size=9)
        sheet.rule(x - 2, y + 14, x + 42, y + 14, dash=(1, 1.5))
        if caption != "Il vettore":
            sheet.anchor("signature", x, y + 1, 40, 13)
    return sheet.height
