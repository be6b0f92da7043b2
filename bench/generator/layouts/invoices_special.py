"""Invoices of professionals (with withheld tax) and of service companies (with a sidebar)."""

from __future__ import annotations

from random import Random

from bench.generator.blocks import COLOURS, logo, pairs, stack, vat_summary
from bench.generator.facts import Facts, Lines
from bench.generator.formats import Style
from bench.generator.invoice import Shape, Wanted, make_invoice
from bench.generator.sheet import GREY, LIGHT, WHITE, Sheet
from bench.generator.table import Column, Look, draw_head, draw_rows

SUBJECT_TO_TAX = (
    "Operazione soggetta a ritenuta d'acconto ai sensi dell'art. 25 D.P.R. 600/1973. I dati "
    "personali sono trattati ai sensi del Reg. UE 2016/679 per i soli adempimenti fiscali."
)
FLAT_RATE = (
    "Operazione senza applicazione dell'IVA e non soggetta a ritenuta d'acconto ai sensi "
    "dell'art. 1, commi da 54 a 89, della Legge n. 190/2014. Imposta di bollo assolta "
    "sull'originale per importi superiori a € 77,47."
)


def make_fee_note(rng: Random, language: str, lines: Lines = None) -> Facts:
    return _make_fees(rng, language, lines, "professional")


def make_flat_rate(rng: Random, language: str, lines: Lines = None) -> Facts:
    return _make_fees(rng, language, lines, "flat_rate")


def _make_fees(rng: Random, language: str, lines: Lines, shape: Shape) -> Facts:
    style = Style(language, date=rng.choice(("slash", "long")), iban_groups=rng.random() < 0.6)
    return make_invoice(rng, Wanted(style, lines=lines or (1, 3), shape=shape, order=0.1))


def draw_fee_note(sheet: Sheet, rng: Random) -> float:
    x = 24.0
    sheet.text(x, 26, "{seller_name}", size=17, face="bold")
    sheet.rule(x, 29, 100, 29, width=0.6)
    stack(
        sheet, x, 34,
        [rng.choice(("Iscritto all'Albo della provincia di {seller_province}",
                     "Studio professionale")),
         "{seller_street}", "{seller_place}", "Tel. {seller_phone}", "{seller_email}",
         "C.F. {seller_tax_id}", "P. IVA {seller_vat}"],
        size=9, leading=4.3,
    )  # fmt: skip
    sheet.text(124, 54, rng.choice(("Spett.le", "Gent.ma", "Spettabile")), size=10, face="italic")
    stack(sheet, 124, 60, ["{buyer_name}", "{buyer_street}", "{buyer_place}", "P. IVA {buyer_vat}"],
          size=10.5, leading=5, first="bold", squeeze=72)  # fmt: skip
    title = rng.choice(("PARCELLA", "FATTURA", "NOTA SPESE E COMPETENZE - FATTURA"))
    sheet.text(x, 92, f"{title} N. {{invoice_number}} DEL {{issue_date}}", size=12.5, face="bold",
               squeeze=162)  # fmt: skip
    if sheet.facts.has("purchase_order"):
        sheet.text(x, 98, "Vs. incarico / ordine n. {purchase_order}", size=9.5, face="italic")
    columns = [
        Column("Descrizione della prestazione", "{description}", 126),
        Column("Importo", "{line_total}", 36, "right"),
    ]
    look = Look(size=10, rules="rows", row_gap=4, head_size=9, head_height=7)
    y = draw_head(sheet, x, 104, columns, look)
    y, _ = draw_rows(sheet, x, y, columns, look, sheet.facts.rows, 190)
    return _fee_totals(sheet, x, y + 10)


def _fee_totals(sheet: Sheet, x: float, y: float) -> float:
    taxed = (
        ("Imponibile IVA", "€ {net_total}"),
        ("IVA 22%", "€ {vat_total}"),
        ("Totale fattura", "€ {gross_total}"),
        ("Ritenuta d'acconto 20% su € {withholding_base}", "- € {withholding}"),
    )
    plain = (("Totale fattura", "€ {gross_total}"),)
    for label, template in taxed if sheet.facts.has("withholding") else plain:
        bold = label == "Totale fattura"
        sheet.text(x + 60, y, label, size=10, face="bold" if bold else "regular")
        sheet.text(x + 160.8, y, template, size=10, align="right",
                   face="bold" if bold else "regular")  # fmt: skip
        y += 6.4
    sheet.box(x + 58, y - 1, 104, 9, stroke=0.8, fill=LIGHT)
    sheet.text(x + 60, y + 5, "NETTO A PAGARE", size=11, face="bold")
    sheet.text(x + 160.8, y + 5, "€ {amount_due}", size=11.5, face="bold", align="right")
    y = pairs(
        sheet, x, y + 24,
        [("Pagamento", "{terms}"), ("Scadenza", "{due_date}"), ("Banca", "{bank}"),
         ("IBAN", "{iban}")],
        gap=28, size=9.5, leading=5.2,
    )  # fmt: skip
    sheet.anchor("signature", 140, y - 2, 46, 18)
    sheet.paragraph(
        x, 270, SUBJECT_TO_TAX if sheet.facts.has("withholding") else FLAT_RATE, 162, size=7.5,
        ink=GREY,
    )  # fmt: skip
    return sheet.height


def make_sidebar(rng: Random, language: str, lines: Lines = None) -> Facts:
    style = Style(language, date=rng.choice(("slash", "dot")), vat_prefix=rng.choice(("", "IT")))
    return make_invoice(rng, Wanted(style, lines=lines or (3, 10), discounts=False, order=0.5))


def draw_sidebar(sheet: Sheet, rng: Random) -> float:
    colour = rng.choice(COLOURS)
    sheet.box(0, 0, 52, sheet.height, stroke=0, fill=(0.93, 0.94, 0.95))
    logo(sheet, 14, 14, 22, colour, rng)
    y = sheet.paragraph(7, 46, "{seller_name}", 41, size=10.5, face="bold", ink=colour)
    y = _sidebar_block(sheet, y + 3, ["{seller_street}", "{seller_place}"])
    y = _sidebar_block(sheet, y, ["Tel. {seller_phone}", "{seller_email}", "{seller_web}"])
    y = _sidebar_block(sheet, y, ["Partita IVA", "{seller_vat}", "Codice fiscale",
                                  "{seller_tax_id}", "REA {seller_rea}",
                                  "Cap. soc. € {seller_capital} i.v."])  # fmt: skip
    sheet.text(7, y + 4, "Per pagare", size=8.5, face="bold", ink=colour)
    _sidebar_block(sheet, y + 9, ["{terms}", "{bank}", "IBAN", "{iban}"])
    sheet.text(60, 24, f"{rng.choice(('Fattura', 'Fattura n.', 'Fattura numero'))} "
               "{invoice_number}", size=15, face="bold", squeeze=80)  # fmt: skip
    sheet.text(60, 30, "del {issue_date}", size=10.5)
    sheet.text(60, 36, "Vs. ordine {purchase_order}", size=9, ink=GREY)
    sheet.box(146, 14, 52, 28, stroke=0, fill=colour, radius=2)
    sheet.text(172, 20, "Totale da pagare", size=8.5, ink=WHITE, align="center")
    sheet.text(172, 29, "{amount_due} €", size=15, face="bold", ink=WHITE, align="center")
    sheet.text(172, 37, "entro il {due_date}", size=9, ink=WHITE, align="center")
    sheet.text(60, 56, "Intestatario", size=8, ink=colour, face="bold")
    stack(sheet, 60, 61.5, ["{buyer_name}", "{buyer_street}", "{buyer_place}",
                            "P.IVA {buyer_vat}"], size=9.5, leading=4.7, first="bold",
          squeeze=120)  # fmt: skip
    return _sidebar_body(sheet)


def _sidebar_block(sheet: Sheet, y: float, templates: list[str]) -> float:
    for template in templates:
        if sheet.fill(template):
            y = sheet.paragraph(7, y, template, 42, size=7.4, leading=1.35)
    return y + 3


def _sidebar_body(sheet: Sheet) -> float:
    columns = [
        Column("Dettaglio", "{description}", 62), Column("Q.tà", "{quantity}", 15, "right"),
        Column("U.M.", "{unit}", 11, "center"), Column("Prezzo", "{unit_price}", 18, "right"),
        Column("IVA", "{vat_rate}", 12, "right"), Column("Importo", "{line_total}", 20, "right"),
    ]  # fmt: skip
    look = Look(size=8.4, rules="rows", row_gap=2.6, head_size=8)
    y = draw_head(sheet, 60, 88, columns, look)
    y, _ = draw_rows(sheet, 60, y, columns, look, sheet.facts.rows, 210)
    y = pairs(
        sheet, 134, y + 8,
        [("Imponibile", "{net_total} €"), ("IVA", "{vat_total} €")],
        gap=62.8, align="right", size=9.2, leading=5.4,
    )  # fmt: skip
    sheet.text(134, y + 1, "Totale fattura", size=10.5, face="bold")
    sheet.text(196.8, y + 1, "{gross_total} €", size=10.5, face="bold", align="right")
    vat_summary(sheet, 60, y - 11, ("Aliquota", "Imponibile", "Imposta"), widths=(18, 24, 22),
                ruled=False)  # fmt: skip
    sheet.paragraph(
        60, 268,
        "Il mancato pagamento entro la scadenza comporta l'applicazione degli interessi di mora "
        "previsti dal D.Lgs. 231/2002. Per informazioni sulla fattura o per segnalare un reclamo "
        "può scrivere all'indirizzo di posta elettronica indicato a lato. Documento privo di "
        "valore fiscale ai sensi dell'art. 21 DPR 633/72, emesso in formato elettronico.",
        138, size=6.6, ink=GREY,
    )  # fmt: skip
    return sheet.height
