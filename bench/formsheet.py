"""Forms with fixed places: a design, its blank, and copies that people have filled in.

Each design has its own order of rows, captions and frames, so that different designs are different
forms. Filled copies are the same blank with ink put on its image: typed, in capitals by hand or in
running hand; marks as people make them; signatures, stamps and stray lines where one is asked for.
"""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from random import Random
from typing import Literal

import cv2
import numpy as np
from numpy.typing import NDArray
from reportlab.graphics.barcode import createBarcodeDrawing
from reportlab.pdfgen.canvas import Canvas

from bench.generator.application import make_application
from bench.generator.fonts import families, text_width
from bench.generator.formats import Style
from bench.generator.inks import Words, make_signature, make_stamp, press_ink
from bench.generator.press import MM, Image, print_pages
from models.doctype import DocumentType

WIDTH, HEIGHT = 210.0, 297.0
DPI = 200
Hand = Literal["typed", "capitals", "running"]
HANDS: tuple[Hand, ...] = ("typed", "capitals", "running")
PENS = ((30, 40, 130), (25, 25, 35), (20, 70, 160))

CAPTIONS = {
    "last_name": ("Cognome", "text"), "first_name": ("Nome", "text"),
    "tax_id": ("Codice fiscale", "tax_id"), "birth_date": ("Data di nascita", "date"),
    "birth_place": ("Comune di nascita", "text"), "address": ("Indirizzo", "text"),
    "postal_code": ("CAP", "identifier"), "city": ("Comune", "text"),
    "province": ("Prov.", "identifier"), "email": ("E-mail", "text"),
    "phone": ("Telefono", "identifier"), "iban": ("IBAN", "iban"), "date": ("Data", "date"),
    "sex": ("Sesso", "text"), "status": ("Stato civile", "text"), "consent": ("Consenso", "text"),
    "member": ("Già iscritto", "text"), "signature": ("Firma", "text"),
    "protocol": ("Protocollo", "identifier"),
}  # fmt: skip
CELLS = {"last_name": 22, "first_name": 20, "tax_id": 16, "birth_date": 8, "birth_place": 22,
         "postal_code": 5, "province": 2, "iban": 27, "city": 20}  # fmt: skip
CHOICES = {
    "sex": ("M", "F"), "status": ("celibe", "coniugato", "vedovo", "separato"),
    "consent": ("yes",), "member": ("yes",),
}  # fmt: skip
TITLES = ("DOMANDA DI ISCRIZIONE", "RICHIESTA DI CONTRIBUTO", "SCHEDA ANAGRAFICA",
          "MODULO DI ADESIONE", "ISTANZA DI RIMBORSO", "DENUNCIA DI VARIAZIONE")  # fmt: skip
SENTENCES = (
    "Compilare in stampatello, un carattere per casella, senza cancellature.",
    "Il modulo va consegnato allo sportello entro trenta giorni dalla data di ricevimento.",
    "I dati sono trattati ai sensi del Regolamento (UE) 2016/679 per le sole finalità indicate.",
    "Barrare la casella che interessa; in caso di errore annerire la casella e barrare l'altra.",
    "Le dichiarazioni mendaci sono punite ai sensi degli articoli 75 e 76 del D.P.R. 445/2000.",
    "Allegare la copia di un documento di identità in corso di validità.",
    "L'ufficio si riserva di chiedere ulteriori informazioni al dichiarante.",
    "La ricevuta è valida solo se timbrata e firmata dall'addetto allo sportello.",
)


@dataclass(frozen=True)
class Zone:
    """A place to fill in; millimetres. A comb has `cells`; a mark has the `value` it stands for."""

    field: str
    reader: Literal["text", "comb", "mark", "barcode", "signature"]
    x: float
    y: float
    width: float
    height: float
    cells: int = 0
    value: str = ""

    @property
    def box(self) -> list[float]:
        return [self.x / WIDTH, self.y / HEIGHT,
                (self.x + self.width) / WIDTH, (self.y + self.height) / HEIGHT]  # fmt: skip


@dataclass(frozen=True)
class Design:
    """A form: its blank as PDF and the zones on it."""

    blank: bytes
    zones: tuple[Zone, ...]

    def image(self, dpi: int = DPI) -> Image:
        return print_pages(self.blank, dpi)[0]

    def doctype(self, blank: str = "frm_X") -> DocumentType:
        """The document type of this form, whose blank has this id."""
        names = list(dict.fromkeys(zone.field for zone in self.zones))
        shared = {f for f in names if sum(zone.field == f for zone in self.zones) > 1}
        return DocumentType.model_validate({
            "name": "fixed_form", "version": 1, "label": {"it": "Modulo"},
            "fields": [{"name": name, "kind": CAPTIONS[name][1],
                        "label": {"it": CAPTIONS[name][0]}} for name in names],
            "form": {"blank": blank, "zones": [
                {"field": zone.field, "box": zone.box, "reader": zone.reader,
                 **({"cells": zone.cells} if zone.reader == "comb" else {}),
                 **({"value": zone.value} if zone.field in shared else {})}
                for zone in self.zones
            ]},
        })  # fmt: skip


# -- the design -----------------------------------------------------------------------------------


class Drawer:
    """Draws a design from the top of its page down."""

    def __init__(self, rng: Random) -> None:
        self.rng = rng
        self.buffer = io.BytesIO()
        self.canvas = Canvas(self.buffer, pagesize=(WIDTH * MM, HEIGHT * MM), invariant=1)
        self.family = families()[rng.choice(["helvetica", "source_sans", "roboto", "times"])]
        self.zones: list[Zone] = []
        self.grey = rng.choice([0.1, 0.35, 0.5])
        self.walls = rng.choice(["boxes", "boxes", "ticks", "dividers"])
        self.row = 12.5

    def text(self, x: float, y: float, text: str, size: float, *, bold: bool = False) -> float:
        font = self.family.bold if bold else self.family.regular
        self.canvas.setFillGray(0.05)
        self.canvas.setFont(font, size)
        self.canvas.drawString(x * MM, (HEIGHT - y) * MM, text)
        return text_width(text, font, size) / MM

    def rule(self, x0: float, y0: float, x1: float, y1: float, width: float = 0.5) -> None:
        self.canvas.setStrokeGray(self.grey)
        self.canvas.setLineWidth(width)
        self.canvas.line(x0 * MM, (HEIGHT - y0) * MM, x1 * MM, (HEIGHT - y1) * MM)

    def box(self, x: float, y: float, width: float, height: float) -> None:
        self.canvas.setStrokeGray(self.grey)
        self.canvas.setLineWidth(0.6)
        self.canvas.rect(x * MM, (HEIGHT - y - height) * MM, width * MM, height * MM)

    def comb(self, name: str, x: float, y: float) -> float:
        """A row with a place for every letter; gives its width."""
        cells = CELLS[name]
        step = min(self.rng.choice([5.0, 5.5, 6.0]), (196 - x) / cells)
        self.text(x, y + 2.4, CAPTIONS[name][0], 7)
        top, high, wide = y + 3.6, 6.4, cells * step
        if self.walls != "ticks":
            self.rule(x, top, x + wide, top)
        self.rule(x, top + high, x + wide, top + high)
        for wall in range(cells + 1):
            start = top if self.walls == "boxes" or wall in (0, cells) else top + high * 0.55
            self.rule(x + wall * step, start, x + wall * step, top + high)
        self.zones.append(Zone(name, "comb", x, top, wide, high, cells=cells))
        return wide

    def line(self, name: str, x: float, y: float, width: float) -> float:
        self.text(x, y + 2.4, CAPTIONS[name][0], 7)
        if self.walls == "boxes":
            self.box(x, y + 3.4, width, 7.2)
        else:
            self.rule(x, y + 10.4, x + width, y + 10.4, 0.4)
        self.zones.append(Zone(name, "text", x, y + 3.2, width, 7.6))
        return width

    def marks(self, name: str, x: float, y: float) -> float:
        start = x
        x += self.text(x, y + 8, CAPTIONS[name][0], 8) + 3
        for value in CHOICES[name]:
            size = 4.0
            self.box(x, y + 4.9, size, size)
            self.zones.append(Zone(name, "mark", x, y + 4.9, size, size, value=value))
            x += size + 1.5
            if len(CHOICES[name]) > 1:
                x += self.text(x, y + 8, value, 8) + 4
        return x - start

    def bar(self, code: str, x: float, y: float) -> None:
        drawing = createBarcodeDrawing("Code128", value=code, barHeight=10 * MM, barWidth=0.9)
        drawing.drawOn(self.canvas, x * MM, (HEIGHT - y - 10) * MM)


def make_design(seed: str | int) -> Design:
    """The form with this seed: always the same one."""
    rng = Random(f"design/{seed}")
    drawer = Drawer(rng)
    drawer.canvas.setTitle("form")
    y = 18.0
    drawer.text(20, y, rng.choice(TITLES), 15, bold=True)
    drawer.text(20, y + 6, rng.choice(SENTENCES), 8)
    drawer.box(14, 10, 182, 18)
    y += 16
    rows: list[tuple[str, ...]] = [
        ("last_name",), ("first_name",), ("tax_id", "sex"), ("birth_date", "birth_place"),
        ("postal_code", "city"), ("iban",), ("line:address",), ("line:email", "line:phone"),
        ("status",), ("member", "consent"),
    ]  # fmt: skip
    rng.shuffle(rows)
    sentences = rng.sample(SENTENCES, len(SENTENCES))
    for number, row in enumerate(rows):
        if number % 3 == 0:
            drawer.rule(14, y, 196, y, 1.2)
            drawer.text(14, y + 4.4, f"{'ABCDEFG'[number // 3]} - {sentences.pop()[:44]}", 9,
                        bold=True)  # fmt: skip
            y += 6.5
        _draw_row(drawer, row, y)
        y += drawer.row
        if rng.random() < 0.35 and len(sentences) > 4:
            drawer.text(14, y + 2, sentences.pop(), 7)
            y += 4
    y += 4
    drawer.line("date", 14, y, 44)
    drawer.text(110, y + 2.4, CAPTIONS["signature"][0], 7)
    drawer.rule(110, y + 17, 190, y + 17, 0.5)
    drawer.zones.append(Zone("signature", "signature", 110, y + 3, 80, 15))
    for number, sentence in enumerate(sentences[:3]):
        drawer.text(14, y + 27 + 4 * number, sentence, 7.5)
    drawer.text(14, 290, f"Mod. {rng.choice('ABCDEF')}{rng.randint(1, 99)} rev. "
                f"{rng.randint(1, 9)}", 7)  # fmt: skip
    drawer.canvas.showPage()
    drawer.canvas.save()
    return Design(drawer.buffer.getvalue(), tuple(drawer.zones))


def _draw_row(drawer: Drawer, row: tuple[str, ...], y: float) -> None:
    x = 14.0
    for name in row:
        if name.startswith("line:"):
            width = 182.0 if len(row) == 1 else 86.0
            x += drawer.line(name[5:], x, y, width) + 10
        elif name in CHOICES:
            x += drawer.marks(name, x, y) + 14
        else:
            x += drawer.comb(name, x, y) + 8


# -- filling it in --------------------------------------------------------------------------------


@dataclass(frozen=True)
class Filled:
    """A filled copy: the page's image and what each field's value is (None: left empty)."""

    image: Image
    truth: dict[str, str | None]
    hand: Hand
    extra: dict[str, str]


def fill(design: Design, rng: Random, wanted: Hand | None = None) -> Filled:
    """The blank with a person's data on it; `extra` says how marks and signature were made."""
    hand = rng.choice(HANDS) if wanted is None else wanted
    facts = make_application(rng, Style("it", date="slash", iban_groups=False))
    values: dict[str, str | None] = dict(facts.values)
    values["sex"] = facts.shown["sex"]
    values["status"] = rng.choice([*CHOICES["status"], None])
    values["consent"], values["member"] = rng.choice(["yes", "no"]), rng.choice(["yes", "no"])
    image = design.image()
    pen = (20, 20, 25) if hand == "typed" else rng.choice(PENS)
    font = rng.choice(["courier", "helvetica", "vera"])
    style = rng.choice(["cross", "tick", "fill", "circle"])
    extra = {"marks": style}
    for zone in design.zones:
        if zone.reader == "mark":
            ticked = values[zone.field] == zone.value
            if ticked:
                draw_mark(image, zone, style, rng, pen)
        elif zone.reader == "signature":
            extra["signature"] = _sign(image, zone, rng, pen)
            values["signature"] = "yes" if extra["signature"] == "signed" else "no"
        else:
            if zone.field not in ("last_name", "tax_id") and rng.random() < 0.06:
                values[zone.field] = None
                continue
            text = values[zone.field] or ""
            if zone.reader == "comb" or hand == "capitals":
                text = text.upper()
            if hand != "typed":
                text = unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
            if CAPTIONS[zone.field][1] == "text":
                values[zone.field] = text
            shown = _shown(zone, text)
            for place, part in _places(zone, shown):
                comb = zone.reader == "comb"
                way: Hand = "capitals" if comb and hand == "running" else hand
                write(image, part, place, way, rng, pen, font, middle=comb)
    names = {zone.field for zone in design.zones}
    return Filled(image, {name: values[name] for name in names}, hand, extra)


def _shown(zone: Zone, text: str) -> str:
    if zone.field not in ("birth_date", "date"):
        return text
    day = date.fromisoformat(text)
    return f"{day:%d%m%Y}" if zone.reader == "comb" else f"{day:%d/%m/%Y}"


def _places(zone: Zone, text: str) -> list[tuple[tuple[float, float, float, float], str]]:
    """Where each part of the text goes, in millimetres: a letter a cell, or all in one."""
    if zone.reader != "comb":
        return [((zone.x + 1.5, zone.y + 1, zone.width - 3, zone.height - 2), text)]
    step = zone.width / zone.cells
    return [((zone.x + i * step, zone.y + 0.8, step, zone.height - 1.6), char)
            for i, char in enumerate(text[: zone.cells]) if char != " "]  # fmt: skip


def _sign(image: Image, zone: Zone, rng: Random, pen: tuple[int, int, int]) -> str:
    """Put a signature, or what is none, on the line: which of them."""
    kind = rng.choice(["signed", "signed", "signed", "nothing", "line", "stamp", "specks"])
    x, y, width, height = _pixels((zone.x, zone.y, zone.width, zone.height))
    if kind == "signed":
        ink = make_signature(rng, int(width * rng.uniform(0.5, 0.8)), height, DPI)
        press_ink(image, ink, x + rng.randint(5, width // 6), y + rng.randint(-10, 3), pen, 0.9)
    elif kind == "line":
        at = y + rng.randint(height // 4, height - 20)
        cv2.line(image, (x + 12, at), (x + width - rng.randint(10, width // 2),
                 at + rng.randint(-8, 8)), pen, 3, cv2.LINE_AA)  # fmt: skip
    elif kind == "stamp":
        words = Words("UFFICIO", (f"{rng.randint(1, 28):02d} MAG 2025", "PERVENUTO"))
        ink = make_stamp(rng, words, DPI, circular=rng.random() < 0.5)
        small = cv2.resize(ink, None, fx=0.6, fy=0.6, interpolation=cv2.INTER_AREA)
        ink = small.astype(np.float32, copy=False)
        press_ink(image, ink, x + width // 4, y - 20, (60, 50, 140), 0.8)
    elif kind == "specks":
        for _ in range(25):
            at_x, at_y = x + rng.randrange(width), y + rng.randrange(height)
            cv2.circle(image, (at_x, at_y), rng.choice([1, 1, 2]), (60, 60, 60), -1)
    return kind


def _pixels(place: tuple[float, float, float, float]) -> tuple[int, int, int, int]:
    x, y, width, height = (round(v * DPI / 25.4) for v in place)
    return x, y, width, height


def draw_mark(image: Image, zone: Zone, style: str, rng: Random, pen: tuple[int, int, int]) -> None:
    """Mark a box: `cross`, `tick`, `fill` or `circle`; changes `image`, which is at 200 dpi."""
    x, y, size, _ = _pixels((zone.x, zone.y, zone.width, zone.height))

    def at(across: float, down: float) -> tuple[int, int]:
        jitter = 0.07
        return (round(x + size * (across + rng.uniform(-jitter, jitter))),
                round(y + size * (down + rng.uniform(-jitter, jitter))))  # fmt: skip

    if style == "cross":
        cv2.line(image, at(0.05, 0.05), at(0.95, 0.95), pen, 3, cv2.LINE_AA)
        cv2.line(image, at(0.95, 0.0), at(0.05, 1.0), pen, 3, cv2.LINE_AA)
    elif style == "tick":
        cv2.line(image, at(0.1, 0.5), at(0.42, 0.92), pen, 3, cv2.LINE_AA)
        cv2.line(image, at(0.42, 0.92), at(1.15, -0.2), pen, 3, cv2.LINE_AA)
    elif style == "circle":
        middle, axes = at(0.5, 0.5), (round(size * 0.95), round(size * 0.85))
        cv2.ellipse(image, middle, axes, rng.uniform(0, 90), 0, 350, pen, 3, cv2.LINE_AA)
    else:
        for stroke in range(7):
            down = 0.1 + stroke * 0.13
            cv2.line(image, at(0.08, down), at(0.92, down + 0.08), pen, 4, cv2.LINE_AA)


def write(
    image: Image,
    text: str,
    place: tuple[float, float, float, float],
    hand: Hand,
    rng: Random,
    pen: tuple[int, int, int],
    font: str,
    *,
    middle: bool = False,
) -> None:
    """Write `text` into `place` (millimetres): set in `font`, or by a hand that is not steady."""
    x, y, width, height = _pixels(place)
    ink = _typed(text, height, font) if hand == "typed" else _by_hand(text, height, hand, rng)
    if ink.shape[1] > width:
        narrow = cv2.resize(ink, (width, ink.shape[0]), interpolation=cv2.INTER_AREA)
        ink = narrow.astype(np.float32, copy=False)
    left = x + (max(0, width - ink.shape[1]) // 2 if middle else rng.randint(0, 12))
    down = y + (height - ink.shape[0]) // 2 + (0 if hand == "typed" else rng.randint(-3, 3))
    press_ink(image, ink, left, down, pen, 0.92)


def _typed(text: str, height: int, font: str) -> NDArray[np.float32]:
    size = height / DPI * 72 * 0.82
    name = families()[font].regular
    wide = text_width(text, name, size) / 72 * 25.4 + 0.6
    high = height / DPI * 25.4
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=(wide * MM, high * MM), invariant=1)
    canvas.setFont(name, size)
    canvas.drawString(0.3 * MM, high * MM * 0.24, text)
    canvas.showPage()
    canvas.save()
    grey = cv2.cvtColor(print_pages(buffer.getvalue(), DPI)[0], cv2.COLOR_RGB2GRAY)
    return np.asarray(1 - grey.astype(np.float32) / 255, np.float32)


def _by_hand(text: str, height: int, hand: Hand, rng: Random) -> NDArray[np.float32]:
    """Strokes of a plotter's alphabet, each letter a little different, then bent."""
    face = cv2.FONT_HERSHEY_SCRIPT_SIMPLEX if hand == "running" else cv2.FONT_HERSHEY_SIMPLEX
    scale, up = height / 30 * rng.uniform(0.85, 1.05), 3
    thick = rng.choice([2, 3]) * up
    pad = height * up // 2
    letters = []
    for char in text:
        own = scale * up * rng.uniform(0.9, 1.1)
        (wide, _), _ = cv2.getTextSize(char, face, own, thick)
        cell = np.zeros((height * up + 2 * pad, wide + 2 * pad), np.uint8)
        foot = (pad, pad + round(height * up * 0.8))
        cv2.putText(cell, char, foot, face, own, (255,), thick, cv2.LINE_AA)
        slant = np.array([[1, rng.uniform(-0.18, 0.08), 0], [rng.uniform(-0.05, 0.05), 1,
                         rng.uniform(-0.04, 0.04) * height * up]], np.float64)  # fmt: skip
        slant[0, 2] = -slant[0, 1] * cell.shape[0] / 2
        letters.append((cv2.warpAffine(cell, slant, cell.shape[::-1]), wide))
    gap = round(height * up * (-0.02 if hand == "running" else 0.12))
    total = sum(wide + gap for _, wide in letters) + 2 * pad
    row = np.zeros((height * up + 2 * pad, total), np.uint8)
    left = 0
    for letter, wide in letters:
        part = row[:, left : left + letter.shape[1]]
        part[:] = np.maximum(part, letter[:, : part.shape[1]])
        left += wide + gap
    return _bend(row, up, pad, rng)


def _bend(row: NDArray[np.uint8], up: int, pad: int, rng: Random) -> NDArray[np.float32]:
    noise = np.random.default_rng(rng.getrandbits(32))
    shape = (max(3, row.shape[0] // (14 * up)), max(3, row.shape[1] // (14 * up)))
    waves = [
        cv2.resize(noise.normal(0, 1.5 * up, shape).astype(np.float32), row.shape[::-1],
                   interpolation=cv2.INTER_CUBIC)
        for _ in range(2)
    ]  # fmt: skip
    grid_y, grid_x = np.mgrid[0 : row.shape[0], 0 : row.shape[1]].astype(np.float32)
    bent = cv2.remap(row, grid_x + waves[0], grid_y + waves[1], cv2.INTER_LINEAR)
    bent = bent[pad // 2 : -(pad // 2), pad // 2 :]
    small = cv2.resize(bent, None, fx=1 / up, fy=1 / up, interpolation=cv2.INTER_AREA)
    inked = np.flatnonzero(small.max(axis=0))
    small = small[:, inked[0] : inked[-1] + 1] if len(inked) else small[:, :1]
    return np.asarray(small.astype(np.float32) / 255, np.float32)


def describe(values: Mapping[str, str | None]) -> str:
    return ", ".join(f"{name}={value}" for name, value in sorted(values.items()))
