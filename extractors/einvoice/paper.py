# mypy: disable-error-code="import-untyped"
"""A plain page for an electronic original, so that people can see it.

The page is drawn from the data alone: it shows what they say and proves nothing. Where each value
stands is known, so fields have boxes as on any other page.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import font_roboto
from PIL import Image, ImageDraw, ImageFont

from extractors.child import Frame
from extractors.einvoice.data import EInvoice, Stated, Syntax
from models.words import Box

DPI = 150
WIDTH, HEIGHT = 1240, 1754  # A4
LEFT, RIGHT, TOP, BOTTOM = 90, 1150, 90, 1650
MIDDLE = 640  # where the buyer's column begins
SIZE, LARGE, SMALL = 21, 34, 17  # pixels a font em
LEADING = 1.45
RULE = 190  # grey: a rule is no ink that text would have to account for
MAX_TEXT = 4000
NAMES = {"cii": "Cross Industry Invoice", "ubl": "UBL", "fatturapa": "FatturaPA"}
ITALIAN = {
    "title": "Fattura", "credit": "Nota di credito", "code": "tipo",
    "drawn": "Pagina disegnata dai dati: l'originale è il file",
    "seller": "Fornitore", "buyer": "Cliente", "vat": "Partita IVA", "tax_id": "Codice fiscale",
    "invoice_number": "Numero fattura", "issue_date": "Data fattura", "due_date": "Scadenza",
    "purchase_order": "Numero ordine", "currency": "Valuta", "iban": "IBAN",
    "net_total": "Imponibile", "vat_total": "IVA", "gross_total": "Totale fattura",
    "amount_due": "Netto a pagare", "description": "Descrizione", "quantity": "Quantità",
    "unit": "U.M.", "unit_price": "Prezzo unitario", "vat_rate": "IVA %", "line_total": "Importo",
    "rate": "Aliquota", "base": "Imponibile", "tax": "Imposta",
}  # fmt: skip
ENGLISH = {
    "title": "Invoice", "credit": "Credit note", "code": "type",
    "drawn": "Page drawn from the data: the file is the original",
    "seller": "Seller", "buyer": "Buyer", "vat": "VAT number", "tax_id": "Tax number",
    "invoice_number": "Invoice number", "issue_date": "Invoice date", "due_date": "Due date",
    "purchase_order": "Purchase order", "currency": "Currency", "iban": "IBAN",
    "net_total": "Net total", "vat_total": "VAT", "gross_total": "Total",
    "amount_due": "Amount due", "description": "Description", "quantity": "Quantity",
    "unit": "Unit", "unit_price": "Unit price", "vat_rate": "VAT %", "line_total": "Amount",
    "rate": "Rate", "base": "Net", "tax": "VAT",
}  # fmt: skip
FACTS = ("invoice_number", "issue_date", "due_date", "purchase_order", "currency", "iban")
TOTALS = ("net_total", "vat_total", "gross_total", "amount_due")
# Columns of the lines: where each begins (description) or ends (all others), in pixels.
COLUMNS = {
    "description": 90, "quantity": 640, "unit": 720, "unit_price": 890, "vat_rate": 980,
    "line_total": 1150,
}  # fmt: skip
DESCRIPTION_WIDTH = 440
Key = tuple[int | None, str]  # number of the line or None, name of the field


@dataclass(frozen=True, slots=True)
class Run:
    """Words side by side on one baseline of one page; `y` is the top, both in pixels."""

    page: int
    x: float
    y: float
    text: str
    size: int
    bold: bool = False

    @property
    def box(self) -> Box:
        width = _width(self.text, self.size, self.bold)
        return _relative(self.x, self.y, self.x + width, self.y + 1.2 * self.size)

    def words(self) -> list[list[Any]]:
        """`[text, x0, y0, x1, y1]`, page-relative."""
        found, x = [], self.x
        for word in self.text.split(" "):
            end = x + _width(word, self.size, self.bold)
            box = _relative(x, self.y, end, self.y + 1.2 * self.size)
            found.append([word, box.x0, box.y0, box.x1, box.y1])
            x = end + _width(" ", self.size, self.bold)
        return found


@dataclass
class Sheets:
    """Pages as they fill up; `y` is where the next row goes."""

    runs: list[Run] = field(default_factory=list)
    rules: list[tuple[int, float]] = field(default_factory=list)
    places: dict[Key, list[Run]] = field(default_factory=dict)
    page: int = 1
    y: float = TOP

    def make_room(self, rows: int = 1) -> None:
        if self.y + rows * LEADING * SIZE > BOTTOM:
            self.page += 1
            self.y = TOP

    def put(
        self,
        x: float,
        text: str,
        key: Key | None = None,
        *,
        y: float | None = None,
        size: int = SIZE,
        bold: bool = False,
        right: bool = False,
    ) -> None:
        """Write `text` at `x` (its right end when `right`) in the current row or at `y`."""
        if not text:
            return
        if right:
            x -= _width(text, size, bold)
        run = Run(self.page, x, self.y if y is None else y, text, size, bold)
        self.runs.append(run)
        if key is not None:
            self.places.setdefault(key, []).append(run)

    def rule(self) -> None:
        self.rules.append((self.page, self.y))
        self.y += 0.4 * SIZE

    def next_row(self, rows: float = 1.0) -> None:
        self.y += rows * LEADING * SIZE


def place(invoice: EInvoice) -> tuple[EInvoice, int]:
    """The invoice with the page and box of each value, and the number of pages."""
    sheets = lay_out(invoice)
    fields = {
        name: _placed(stated, sheets, (None, name)) for name, stated in invoice.fields.items()
    }
    lines = tuple(
        {name: _placed(stated, sheets, (number, name)) for name, stated in line.items()}
        for number, line in enumerate(invoice.lines)
    )
    return invoice.with_places(fields, lines), sheets.page


def frames(invoice: EInvoice, first: int, last: int) -> Iterator[Frame]:
    """Pages `first`..`last` (from 1), drawn, with their words."""
    sheets = lay_out(invoice)
    for number in range(first, min(last, sheets.page) + 1):
        runs = [run for run in sheets.runs if run.page == number]
        image = Image.new("L", (WIDTH, HEIGHT), 255)
        draw = ImageDraw.Draw(image)
        for page, y in sheets.rules:
            if page == number:
                draw.line((LEFT, y, RIGHT, y), fill=RULE, width=2)
        for run in runs:
            draw.text((run.x, run.y), run.text, fill=0, font=_font(run.size, run.bold))
        lines = [run.words() for run in runs]
        yield Frame(number, WIDTH, HEIGHT, 1, image.tobytes(), DPI, lines=lines)


def lot_frames(invoices: Iterable[EInvoice], first: int, last: int) -> Iterator[Frame]:
    """Pages `first`..`last` of a file with several invoices, one after the other."""
    before = 0
    for invoice in invoices:
        pages = lay_out(invoice).page
        for frame in frames(invoice, max(1, first - before), min(pages, last - before)):
            yield replace(frame, number=frame.number + before)
        before += pages
        if before >= last:
            return


def lay_out(invoice: EInvoice) -> Sheets:
    """Every text and where it goes."""
    labels = _labels(invoice.syntax)
    sheets = Sheets()
    _head(sheets, invoice, labels)
    _parties(sheets, invoice, labels)
    _facts(sheets, invoice, labels)
    _lines(sheets, invoice, labels)
    _sums(sheets, invoice, labels)
    _notes(sheets, invoice)
    return sheets


def _labels(syntax: Syntax) -> dict[str, str]:
    return ITALIAN if syntax == "fatturapa" else ENGLISH


def _head(sheets: Sheets, invoice: EInvoice, labels: dict[str, str]) -> None:
    title = labels["credit" if invoice.is_credit else "title"]
    sheets.put(LEFT, title, (None, "invoice_kind"), size=LARGE, bold=True)
    kind = f"{NAMES[invoice.syntax]}, {labels['code']} {clean(invoice.code)[:10]}"
    sheets.put(RIGHT, kind, size=SMALL, right=True)
    sheets.put(RIGHT, labels["drawn"], y=sheets.y + LEADING * SMALL, size=SMALL, right=True)
    sheets.next_row(2.2)
    sheets.rule()


def _parties(sheets: Sheets, invoice: EInvoice, labels: dict[str, str]) -> None:
    top, lowest = sheets.y, sheets.y
    addresses = (
        [text for label, text in invoice.notes if label in ("Seller", "Cedente")],
        [text for label, text in invoice.notes if label in ("Buyer", "Cessionario")],
    )
    for party, x, address in zip(("seller", "buyer"), (LEFT, MIDDLE), addresses, strict=True):
        sheets.y = top
        sheets.put(x, labels[party], size=SMALL)
        sheets.next_row()
        for row in _wrap(_shown(invoice.fields, f"{party}_name"), MIDDLE - LEFT - 40, bold=True):
            sheets.put(x, row, (None, f"{party}_name"), bold=True)
            sheets.next_row()
        for row in [row for text in address for row in _wrap(clean(text), MIDDLE - LEFT - 40)]:
            sheets.put(x, row)
            sheets.next_row()
        for name, label in ((f"{party}_vat", "vat"), (f"{party}_tax_id", "tax_id")):
            if text := _shown(invoice.fields, name):
                _labelled(sheets, x, labels[label], text, (None, name))
        lowest = max(lowest, sheets.y)
    sheets.y = lowest
    sheets.next_row(0.5)
    sheets.rule()


def _facts(sheets: Sheets, invoice: EInvoice, labels: dict[str, str]) -> None:
    for name in FACTS:
        if text := _shown(invoice.fields, name):
            _labelled(sheets, LEFT, labels[name], text, (None, name))
    sheets.next_row(0.5)


def _labelled(sheets: Sheets, x: float, label: str, text: str, key: Key) -> None:
    sheets.make_room()
    sheets.put(x, f"{label}:")
    sheets.put(x + 200, _cut(text, RIGHT - x - 200), key)
    sheets.next_row()


def _lines(sheets: Sheets, invoice: EInvoice, labels: dict[str, str]) -> None:
    if not invoice.lines:
        return
    _columns(sheets, labels)
    for number, line in enumerate(invoice.lines):
        rows = _wrap(_shown(line, "description"), DESCRIPTION_WIDTH) or [""]
        before = sheets.page
        sheets.make_room()
        if sheets.page != before:
            _columns(sheets, labels)
        for name, x in COLUMNS.items():
            if name != "description":
                sheets.put(x, _cut(_shown(line, name), 160), (number, name), right=True)
        for row in rows:
            sheets.make_room()
            sheets.put(LEFT, row, (number, "description"))
            sheets.next_row()
    sheets.next_row(0.3)


def _columns(sheets: Sheets, labels: dict[str, str]) -> None:
    sheets.make_room(3)
    sheets.rule()
    for name, x in COLUMNS.items():
        sheets.put(x, labels[name], bold=True, size=SMALL, right=name != "description")
    sheets.next_row()
    sheets.rule()


def _sums(sheets: Sheets, invoice: EInvoice, labels: dict[str, str]) -> None:
    sheets.make_room(4)
    sheets.rule()
    if invoice.taxes:
        for x, name in ((LEFT, "rate"), (400, "base"), (560, "tax")):
            sheets.put(x, labels[name], size=SMALL, right=x != LEFT)
        sheets.next_row()
        for rate, base, tax in invoice.taxes:
            sheets.make_room()
            sheets.put(LEFT, f"{_cut(clean(rate), 120)} %")
            sheets.put(400, _cut(clean(base), 160), right=True)
            sheets.put(560, _cut(clean(tax), 160), right=True)
            sheets.next_row()
    code = _shown(invoice.fields, "currency")
    for name in TOTALS:
        if text := _shown(invoice.fields, name):
            sheets.make_room()
            bold = name == "gross_total"
            sheets.put(MIDDLE, labels[name], bold=bold)
            sheets.put(RIGHT, _cut(text, 250), (None, name), bold=bold, right=True)
            if bold:
                sheets.put(RIGHT - 270, code, right=True)
            sheets.next_row()
    sheets.next_row(0.5)


def _notes(sheets: Sheets, invoice: EInvoice) -> None:
    for label, content in invoice.notes:
        if label in ("Seller", "Cedente", "Buyer", "Cessionario"):
            continue
        for row in _wrap(f"{label}: {clean(content)}", RIGHT - LEFT):
            sheets.make_room()
            sheets.put(LEFT, row)
            sheets.next_row()


# -- text ---------------------------------------------------------------------------------------


def _shown(values: dict[str, Stated], name: str) -> str:
    """The normalised value, or what the XML has in its place."""
    stated = values.get(name)
    return clean(stated.value or stated.raw) if stated else ""


def clean(text: str) -> str:
    """Printable and on one line: no control or direction characters, single spaces."""
    shown = (" " if unicodedata.category(c)[0] in "CZ" else c for c in text[:MAX_TEXT])
    return " ".join("".join(shown).split())


def _cut(text: str, width: float) -> str:
    """As much of `text` as fits: an amount is never that long, hostile text may be."""
    if _width(text) <= width:
        return text
    while text and _width(f"{text}…") > width:
        text = text[: -max(1, len(text) // 8)]
    return f"{text}…"


def _wrap(text: str, width: float, *, bold: bool = False) -> list[str]:
    rows: list[str] = []
    row = ""
    for word in _break(text.split(), width, bold):
        longer = f"{row} {word}".strip()
        if row and _width(longer, SIZE, bold) > width:
            rows.append(row)
            row = word
        else:
            row = longer
    return [*rows, row] if row else rows


def _break(words: Iterable[str], width: float, bold: bool) -> Iterator[str]:
    """The words, those that are wider than a row in parts."""
    for word in words:
        size = len(word)
        while size > 8 and _width(word[:size], SIZE, bold) > width:
            size //= 2
        yield from (word[at : at + size] for at in range(0, len(word), size))


def _width(text: str, size: int = SIZE, bold: bool = False) -> float:
    """Pixels. The basic layout only adds up advances, and does it slowly."""
    return sum(_advance(char, size, bold) for char in text)


@lru_cache(maxsize=10_000)
def _advance(char: str, size: int, bold: bool) -> float:
    return _font(size, bold).getlength(char)


@cache
def _font(size: int, bold: bool) -> ImageFont.FreeTypeFont:
    face = "Roboto-Bold.ttf" if bold else "Roboto-Regular.ttf"
    path = Path(font_roboto.font_directory) / face
    return ImageFont.truetype(str(path), size, layout_engine=ImageFont.Layout.BASIC)


def _relative(x0: float, y0: float, x1: float, y1: float) -> Box:
    edges = (x0 / WIDTH, y0 / HEIGHT, x1 / WIDTH, y1 / HEIGHT)
    return Box(*(round(min(max(edge, 0.0), 1.0), 6) for edge in edges))


def _placed(stated: Stated, sheets: Sheets, key: Key) -> Stated:
    """With its place: the part of it on its first page."""
    runs = sheets.places.get(key)
    if not runs:
        return stated
    box = Box.around(run.box for run in runs if run.page == runs[0].page)
    return replace(stated, page=runs[0].page, box=box)
