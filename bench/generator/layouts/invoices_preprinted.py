"""An invoice typed on paper that a print shop had prepared."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from random import Random

from bench.generator.blocks import stack
from bench.generator.facts import Facts, Lines, Row, capitals
from bench.generator.formats import Style
from bench.generator.invoice import Wanted, make_invoice
from bench.generator.sheet import WHITE, Ink, Sheet
from bench.generator.table import Column, Look, draw_columns, draw_rows

LEFT, RIGHT = 12.0, 198.0


def make_preprinted(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(
        language, date=rng.choice(("slash", "dash")), price_places=rng.choice((2, 4)),
        quantity_places=2, rate_suffix="", iban_groups=False,
    )  # fmt: skip
    facts = make_invoice(rng, Wanted(style, lines=lines or (5, 34), order=0.3))
    # such printers have capitals only, and the truth is what was printed
    return replace(
        facts,
        values=capitals(facts.values, {"buyer_name"}),
        shown=capitals(facts.shown, {"buyer_name", "buyer_street", "buyer_place", "terms", "bank"}),
        lines=tuple(capitals(line, set(line)) for line in facts.lines),
        rows=tuple(Row(capitals(row.shown, set(row.shown)), row.line) for row in facts.rows),
    )


def draw_preprinted(sheet: Sheet, rng: Random) -> float:
    colour = rng.choice(((0.1, 0.35, 0.3), (0.15, 0.25, 0.5), (0.5, 0.2, 0.15)))
    shift = rng.uniform(-0.8, 0.8)  # the typed text never hits the boxes exactly
    columns = [
        Column("CODICE", "{code}", 24), Column("DESCRIZIONE DELLA MERCE", "{description}", 74),
        Column("U.M.", "{unit}", 11, "center"), Column("QUANTITÀ", "{quantity}", 21, "right"),
        Column("PREZZO", "{unit_price}", 22, "right"),
        Column("IMPORTO", "{line_total}", 24, "right"), Column("IVA", "{vat_rate}", 10, "center"),
    ]  # fmt: skip
    rows: Sequence[Row] = sheet.facts.rows
    while True:
        _form(sheet, colour, columns)
        _entries(sheet, shift)
        look = Look(size=8.4, rules="none", row_gap=1.0)
        _, rows = draw_rows(sheet, LEFT, 91 + shift, columns, look, rows, 222)
        if not rows:
            break
        sheet.text(110, 233, "** SEGUE **", size=9, align="right")
        sheet.turn()
    _totals(sheet, shift)
    return sheet.height


def _form(sheet: Sheet, colour: Ink, columns: list[Column]) -> None:
    """What the print shop put on the paper, in one colour."""
    sheet.text(LEFT, 19, "{seller_name}", size=16, face="bold", family="times", ink=colour,
               squeeze=88)  # fmt: skip
    for index, template in enumerate((
        "{seller_street} - {seller_place}", "Tel. {seller_phone} - {seller_email}",
        "Cod. Fisc. e Part. IVA {seller_vat+seller_tax_id}",
        "R.E.A. {seller_rea} - Cap. Soc. € {seller_capital}",
    )):  # fmt: skip
        sheet.text(LEFT, 25 + index * 3.9, template, size=7.6, squeeze=88, family="helvetica",
                   ink=colour)  # fmt: skip
    sheet.box(108, 14, 90, 32, ink=colour, radius=3, stroke=0.8)
    sheet.text(111, 18, "Spett.le", size=7, family="helvetica", ink=colour)
    sheet.box(LEFT, 46, 60, 8, stroke=0, fill=colour)
    sheet.text(LEFT + 30, 51.6, "FATTURA", size=13, face="bold", align="center", ink=WHITE,
               family="helvetica")  # fmt: skip
    _cells(sheet, colour, columns)


def _cells(sheet: Sheet, colour: Ink, columns: list[Column]) -> None:
    captions = (
        ("NUMERO", LEFT, 56, 34), ("DATA", LEFT + 34, 56, 28), ("COD. CLIENTE", LEFT + 62, 56, 24),
        ("PARTITA IVA CLIENTE", LEFT + 86, 56, 44), ("VS. ORDINE", LEFT + 130, 56, 40),
        ("PAG.", LEFT + 170, 56, 16), ("PAGAMENTO", LEFT, 66, 70), ("BANCA D'APPOGGIO", LEFT + 70,
        66, 76), ("SCADENZA", LEFT + 146, 66, 40),
    )  # fmt: skip
    for caption, x, y, width in captions:
        sheet.box(x, y, width, 10, ink=colour, stroke=0.6)
        sheet.text(x + 1, y + 2.6, caption, size=5.6, family="helvetica", ink=colour)
    look = Look(ink=colour, stroke=0.6)
    sheet.box(LEFT, 80, 186, 7, stroke=0.6, ink=colour)
    left = LEFT
    for column in columns:
        sheet.text(left + column.width / 2, 84.6, column.title, size=6.4, face="bold",
                   align="center", squeeze=column.width - 1, family="helvetica",
                   ink=colour)  # fmt: skip
        left += column.width
    draw_columns(sheet, LEFT, 80, 236, columns, look)
    sheet.box(LEFT, 238, 186, 32, stroke=0.6, ink=colour)
    for caption, x, y in (
        ("ALIQ.", LEFT + 1, 241), ("IMPONIBILE", LEFT + 22, 241), ("IMPOSTA", LEFT + 56, 241),
        ("TOTALE IMPONIBILE", 100, 241), ("TOTALE IMPOSTA", 150, 241), ("IBAN", LEFT + 1, 262),
        ("TOTALE FATTURA", 150, 256),
    ):  # fmt: skip
        sheet.text(x, y, caption, size=5.8, family="helvetica", ink=colour)
    sheet.rule(98, 238, 98, 258, ink=colour)
    sheet.rule(98, 253, RIGHT, 253, ink=colour)
    sheet.rule(LEFT, 258, 148, 258, ink=colour)
    sheet.rule(148, 238, 148, 270, ink=colour)
    sheet.text(LEFT, 274, "Contributo CONAI assolto ove dovuto. La merce viaggia a rischio e "
               "pericolo del committente anche se venduta franco destino.", size=6,
               family="helvetica", ink=colour)  # fmt: skip


def _entries(sheet: Sheet, shift: float) -> None:
    stack(sheet, 113, 26 + shift, ["{buyer_name}", "{buyer_street}", "{buyer_place}"], size=9.5,
          leading=5.4, squeeze=82)  # fmt: skip
    for template, x, y, width in (
        ("{invoice_number}", LEFT, 56, 34), ("{issue_date}", LEFT + 34, 56, 28),
        ("{customer_code}", LEFT + 62, 56, 24), ("{buyer_vat}", LEFT + 86, 56, 44),
        ("{purchase_order}", LEFT + 130, 56, 40), (str(sheet.page), LEFT + 170, 56, 16),
        ("{terms}", LEFT, 66, 70), ("{bank}", LEFT + 70, 66, 76),
        ("{due_date}", LEFT + 146, 66, 40),
    ):  # fmt: skip
        sheet.text(x + 2, y + 8 + shift, template, size=9, squeeze=width - 3)


def _totals(sheet: Sheet, shift: float) -> None:
    for index, row in enumerate(sheet.facts.tables["vat"]):
        y = 245.5 + shift + index * 4
        sheet.text(LEFT + 10, y, "{rate}", size=9, align="right", row=row)
        sheet.text(LEFT + 44, y, "{base}", size=9, align="right", row=row)
        sheet.text(LEFT + 78, y, "{tax}", size=9, align="right", row=row)
    sheet.text(144, 249 + shift, "{net_total}", size=10, align="right")
    sheet.text(195, 249 + shift, "{vat_total}", size=10, align="right")
    sheet.text(LEFT + 12, 266 + shift, "{iban}", size=9.5)
    sheet.text(195, 265 + shift, "EURO {gross_total}", size=12, face="bold", align="right")
