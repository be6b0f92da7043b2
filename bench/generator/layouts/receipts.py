"""Thermal receipts: a supermarket's, a bar's and a shop's."""

from __future__ import annotations

from random import Random

from bench.generator.facts import Facts, Lines, Row
from bench.generator.formats import Style
from bench.generator.receipt import make_receipt
from bench.generator.sheet import MM, Face, Sheet


def _style(rng: Random, language: str) -> Style:
    return Style(language, date=rng.choice(("dash", "slash", "short")),
                 vat_prefix=rng.choice(("", "", "IT")))  # fmt: skip


def make_market(rng: Random, language: str, lines: Lines = None) -> Facts:
    return make_receipt(rng, "market", _style(rng, language), lines or (5, 14))


def make_bar(rng: Random, language: str, lines: Lines = None) -> Facts:
    return make_receipt(rng, "bar", _style(rng, language), lines or (2, 6))


def make_shop(rng: Random, language: str, lines: Lines = None) -> Facts:
    return make_receipt(rng, "shop", _style(rng, language), lines or (1, 5))


def _centred(sheet: Sheet, y: float, templates: list[str], size: float, first: float) -> float:
    for index, template in enumerate(templates):
        if not sheet.fill(template):
            continue
        big = first if index == 0 else size
        face: Face = "bold" if big > size else "regular"
        y += big * 1.2 / MM
        sheet.text(sheet.width / 2, y, template, size=big, face=face, align="center",
                   squeeze=sheet.width - 8)  # fmt: skip
    return y


def _heading(sheet: Sheet, y: float, size: float, first: float, templates: list[str]) -> float:
    """The shop's lines; the address over two lines is one field."""
    y = _centred(sheet, y, templates, size, first)
    y = _address(sheet, y, size)
    return _centred(sheet, y, ["P.IVA {merchant_vat}", "TEL. {phone}"], size, size)


def _address(sheet: Sheet, y: float, size: float) -> float:
    street, place = sheet.facts.shown["merchant_street"], sheet.facts.shown["merchant_place"]
    row = Row({"merchant_address": f"{street}\n{place}"})
    y = sheet.paragraph(sheet.width / 2, y + size * 1.2 / MM, "{merchant_address}",
                        sheet.width - 6, size=size, align="center", row=row)  # fmt: skip
    return y - size * 0.02 / MM - size * 1.2 / MM


def _pair(sheet: Sheet, y: float, left: str, right: str, size: float, face: Face = "regular",
          row: Row | None = None) -> float:  # fmt: skip
    y += size * 1.24 / MM
    sheet.text(4, y, left, size=size, face=face, row=row)
    sheet.text(sheet.width - 4, y, right, size=size, face=face, align="right", row=row)
    return y


def _payment(sheet: Sheet, y: float, size: float) -> float:
    y = _pair(sheet, y, "Pagamento contante", "{cash}", size)
    y = _pair(sheet, y, "Pagamento elettronico", "{card}", size)
    y = _pair(sheet, y, "Non riscosso", "{nothing}", size)
    y = _pair(sheet, y, "Resto", "{change}", size) if sheet.facts.has("change") else y
    return _pair(sheet, y, "Importo pagato", "{total}", size)


def draw_market(sheet: Sheet, rng: Random) -> float:
    size = 9.2
    y = _heading(sheet, 4, size, 13, ["{merchant_name}", "{owner}"])
    y = _centred(sheet, y + 3, ["DOCUMENTO COMMERCIALE", "di vendita o prestazione"], size, 10.5)
    y += 3 + size * 1.24 / MM
    sheet.text(4, y, "DESCRIZIONE", size=size)
    sheet.text(55, y, "IVA", size=size, align="right")
    sheet.text(76, y, "Prezzo(€)", size=size, align="right")
    for row in sheet.facts.rows:
        if row.shown["quantity"]:
            y += size * 1.24 / MM
            sheet.text(8, y, "{quantity} X {unit_price}", size=size, row=row)
        y += size * 1.24 / MM
        sheet.text(4, y, "{description}", size=size, row=row, squeeze=38)
        sheet.text(56, y, "{rate},00%", size=size, align="right", row=row)
        sheet.text(76, y, "{line_total}", size=size, align="right", row=row)
    y = _pair(sheet, y + 2, "Subtotale", "{subtotal}", size) if rng.random() < 0.5 else y + 2
    y = _pair(sheet, y + 1, "TOTALE COMPLESSIVO", "{total}", 11, "bold")
    y = _pair(sheet, y, "di cui IVA", "{vat_total}", size)
    y = _payment(sheet, y + 2, size)
    y = _centred(sheet, y + 3, ["{date}  {time}", "DOCUMENTO N. {number}",
                                "Cassa {till}  RT {serial}"], size, size)  # fmt: skip
    y = _centred(sheet, y + 2, ["GRAZIE E ARRIVEDERCI"], size, size)
    return y + 8


def draw_bar(sheet: Sheet, rng: Random) -> float:
    size = 7.2
    y = _heading(sheet, 3, size, 11, ["{merchant_name}", "{owner}"])
    y = _centred(sheet, y + 2.5, ["DOCUMENTO COMMERCIALE", "di vendita o prestazione"], size, 8)
    y += 2
    for row in sheet.facts.rows:
        left = (
            "{quantity} x {unit_price} {description}"
            if row.shown["quantity"]
            else ("{description}")
        )
        y += size * 1.35 / MM
        sheet.text(3, y, left, size=size, row=row, squeeze=34)
        sheet.text(44, y, "{rate}%", size=size, align="right", row=row)
        sheet.text(sheet.width - 3, y, "{line_total}", size=size, align="right", row=row)
    sheet.rule(3, y + 2, sheet.width - 3, y + 2, dash=(2, 1.5))
    y = _pair(sheet, y + 2.5, "TOTALE  €", "{total}", 11.5, "bold")
    y = _pair(sheet, y, "di cui IVA", "{vat_total}", size)
    y = _payment(sheet, y + 1.5, size)
    y = _centred(sheet, y + 2.5, ["DATA {date} ORE {time}", "DOC. N. {number}", "RT {serial}"],
                 size, size)  # fmt: skip
    if rng.random() < 0.5:
        y = _centred(sheet, y + 2, ["TAVOLO " + str(rng.randint(1, 30)), "Grazie!"], size, size)
    return y + 7


def draw_shop(sheet: Sheet, rng: Random) -> float:
    size = 8.6
    y = _heading(sheet, 5, size, 15, ["{merchant_name}"])
    y = _centred(sheet, y + 4, ["DOCUMENTO COMMERCIALE", "DI VENDITA O PRESTAZIONE"], size, size)
    sheet.rule(4, y + 2, 76, y + 2, dash=(3, 2))
    y = _pair(sheet, y + 2.5, "Descrizione", "Importo €", size, "bold")
    for row in sheet.facts.rows:
        y = _pair(sheet, y + 0.6, "{description}", "{line_total} {letter}", size, row=row)
        if row.shown["quantity"]:
            y = _pair(sheet, y, "   n. {quantity} x {unit_price} cad.", " ", size, row=row)
    sheet.rule(4, y + 2, 76, y + 2, dash=(3, 2))
    y = _pair(sheet, y + 3, "TOTALE COMPLESSIVO", "{total}", 12, "bold")
    y = _pair(sheet, y + 0.5, "di cui IVA", "{vat_total}", size)
    y += 2
    for row in sheet.facts.tables["vat"]:
        y = _pair(sheet, y, "IVA {letter} = {rate}", "imp. {base}  iva {tax}", size - 1, row=row)
    y = _payment(sheet, y + 2, size)
    y = _pair(sheet, y + 3, "{date} {time}", "N. {number}", size)
    y = _centred(sheet, y + 1, ["Server RT {serial}", "Cambio merce entro 14 giorni con scontrino"],
                 size - 1, size - 1)  # fmt: skip
    return y + 9
