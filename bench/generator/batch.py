"""Whole batches: which documents, on which device, in which file; and the truth beside each."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

from bench.generator.facts import Facts, Lines
from bench.generator.files import SUFFIXES, Format, write_scans
from bench.generator.inks import (
    PEN_INKS,
    STAMP_INKS,
    Words,
    find_room,
    make_signature,
    make_stamp,
    press_ink,
    print_fax_line,
)
from bench.generator.layouts import LAYOUTS, Layout
from bench.generator.press import Image, print_pages
from bench.generator.scanner import Damage, Device, choose_damage, move_box, scan
from bench.generator.sheet import Mark, Sheet
from bench.generator.truth import describe
from models.words import Box

KINDS = tuple(LAYOUTS)
TALL = 900.0
MONTHS = ("GEN", "FEB", "MAR", "APR", "MAG", "GIU", "LUG", "AGO", "SET", "OTT", "NOV", "DIC")
RECEIVED = {
    "it": ("RICEVUTO", "RICEVUTO IL", "REGISTRATO", "PERVENUTO"),
    "en": ("RECEIVED", "POSTED", "APPROVED"),
    "de": ("EINGEGANGEN", "GEBUCHT", "EINGANG"),
    "fr": ("REÇU LE", "COURRIER ARRIVÉ", "ENREGISTRÉ"),
    "es": ("RECIBIDO", "ENTRADA", "REGISTRADO"),
}


@dataclass(frozen=True)
class Order:
    """One document to make; a `device` of None is a PDF that never was paper."""

    kind: str
    layout: str
    device: Device | None
    form: Format
    language: str = "it"
    lines: Lines = None
    stamp: bool | None = None
    # the mail room's stamp speaks the paper's language, not Italian
    stamp_abroad: bool = False


@dataclass(frozen=True)
class Sample:
    """A document's file and its truth, which also lies beside it as `<file>.json`."""

    path: Path
    truth: dict[str, Any]


# six invoices, two delivery notes, three receipts, a form
DEMO = (
    Order("invoice", "ruled", "feeder", "pdf", lines=(46, 52), stamp=True),
    Order("invoice", "modern", "flatbed", "jpg"),
    Order("receipt", "market", "phone", "jpg"),
    Order("invoice", "courtesy", None, "text_pdf"),
    Order("delivery_note", "transport", "feeder", "pdf", stamp=True),
    Order("invoice", "preprinted", "fax", "tif", lines=(36, 42)),
    Order("form", "boxes", "flatbed", "pdf"),
    Order("invoice", "fee_note", "phone", "jpg", stamp=False),
    Order("receipt", "bar", "flatbed", "png"),
    Order("invoice", "spreadsheet", "copier", "pdf", stamp=True),
    Order("delivery_note", "simple", "flatbed", "jpg"),
    Order("receipt", "shop", "flatbed", "jpg"),
)


def sample(out: Path, seed: int = 1) -> list[Sample]:
    """Make the demo batch, a dozen documents in all formats, in the folder `out`."""
    return [_make(out, order, index, seed) for index, order in enumerate(DEMO, 1)]


def generate(
    out: Path,
    count: int,
    kinds: Sequence[str] = KINDS,
    seed: int = 1,
    languages: Sequence[str] = ("it",),
) -> list[Sample]:
    """Make `count` documents of the given kinds in turn; the same seed makes the same files.

    ValueError names a kind or language that is not known.
    """
    for kind in kinds:
        if kind not in LAYOUTS:
            raise ValueError(f"unknown kind {kind!r}; known: {', '.join(LAYOUTS)}")
    known = {language for layout in LAYOUTS["invoice"].values() for language in layout.languages}
    for language in languages:
        if language not in known:
            raise ValueError(f"unknown language {language!r}; known: {', '.join(sorted(known))}")
    made = []
    for index in range(1, count + 1):
        kind = kinds[(index - 1) % len(kinds)]
        order = _choose_order(Random(f"{seed}/{index}/order"), kind, languages)
        made.append(_make(out, order, index, seed))
    return made


def _choose_order(rng: Random, kind: str, languages: Sequence[str]) -> Order:
    language = rng.choice(list(languages))
    # only invoices are printed in several languages; other papers stay Italian
    names = [n for n, layout in LAYOUTS[kind].items() if language in layout.languages]
    if not names:
        language, names = "it", list(LAYOUTS[kind])
    layout = rng.choice(names)
    if kind == "invoice" and rng.random() < 0.08:
        return Order(kind, layout, None, "text_pdf", language)
    devices: dict[str, tuple[Device, ...]] = {
        "receipt": ("flatbed", "phone", "phone", "feeder"),
        "form": ("flatbed", "feeder", "copier", "phone"),
    }
    if kind in devices:
        device = rng.choice(devices[kind])
    else:
        device = rng.choice(("flatbed", "feeder", "feeder", "copier", "fax", "phone"))
    forms: dict[Device, tuple[Format, ...]] = {
        "flatbed": ("pdf", "jpg", "jpg", "png"), "feeder": ("pdf", "pdf", "tif"),
        "copier": ("pdf", "jpg"), "fax": ("tif", "pdf"), "phone": ("jpg",),
    }  # fmt: skip
    form = rng.choice(forms[device])
    # one-page files cannot hold a long invoice
    return Order(kind, layout, device, form, language, lines=(3, 12) if form in ("jpg", "png")
                 and kind == "invoice" else None)  # fmt: skip


def draw(layout: Layout, family: str, facts: Facts, seed: str) -> tuple[bytes, Sheet]:
    """Print the facts; papers without a height are drawn twice, first to measure them."""
    height = layout.height
    if not height:
        height = layout.draw(Sheet(facts, family, (layout.width, TALL)), Random(seed))
    sheet = Sheet(facts, family, (layout.width, height), title=facts.kind)
    layout.draw(sheet, Random(seed))
    return sheet.finish(), sheet


def _make(out: Path, order: Order, index: int, seed: int) -> Sample:
    rng = Random(f"{seed}/{index}")
    layout = LAYOUTS[order.kind][order.layout]
    facts = layout.make(rng, order.language, order.lines)
    pdf, sheet = draw(layout, rng.choice(layout.families), facts, f"{seed}/{index}/draw")
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"scan_{index:04d}{SUFFIXES[order.form]}"
    if order.device is None:
        path.write_bytes(pdf)
        truth = describe(path.name, order.layout, facts, sheet.marks, None)
    else:
        damage = choose_damage(rng, order.device)
        if order.kind == "receipt":
            # thermal paper fades, and nobody punches it
            damage = replace(damage, fade=rng.uniform(0.05, 0.3), holes=False, bleed=0.0)
        marks = scan_file(path, order, damage, facts, pdf, sheet, rng)
        truth = describe(path.name, order.layout, facts, marks, asdict(damage))
    return write_truth(path, truth)


def write_truth(path: Path, truth: dict[str, Any]) -> Sample:
    """Write a document's truth beside its file."""
    text = json.dumps(truth, ensure_ascii=False, indent=1)
    path.with_name(f"{path.name}.json").write_text(text + "\n", encoding="utf-8")
    return Sample(path, truth)


def scan_file(
    path: Path, order: Order, damage: Damage, facts: Facts, pdf: bytes, sheet: Sheet, rng: Random
) -> list[Mark]:
    """Print, stamp, sign and scan all pages into `path`; gives the marks where they are now."""
    stamped = damage.stamp if order.stamp is None else order.stamp
    scans: list[Image] = []
    moved: list[Mark] = []
    for number, page in enumerate(print_pages(pdf, damage.dpi), 1):
        marks = [mark for mark in sheet.marks if mark.page == number]
        _sign(page, sheet, number, damage.dpi, facts, rng)
        if stamped and number == 1 and facts.kind in ("invoice", "delivery_note"):
            taken = [mark.box for mark in marks]
            taken += [anchor.box for anchor in sheet.anchors if anchor.page == 1]
            titles = RECEIVED[facts.language] if order.stamp_abroad else RECEIVED["it"]
            _stamp_receipt(page, facts, taken, damage.dpi, rng, titles)
        image, matrix = scan(page, damage, rng, [mark.box for mark in marks])
        if damage.device == "fax":
            print_fax_line(image, _fax_line(facts, number, sheet.page, rng), damage.dpi)
        moved += [
            Mark(m.name, m.line, number, move_box(m.box, matrix, page, image), m.print)
            for m in marks
        ]
        scans.append(image)
    write_scans(path, order.form, scans, damage)
    return moved


def _fax_line(facts: Facts, number: int, pages: int, rng: Random) -> str:
    issued = facts.values.get("issue_date") or facts.shown["iso_date"]
    sent = date.fromisoformat(issued) + timedelta(days=1)
    phone = facts.shown["seller_phone"].replace(" ", "")
    time = f"{rng.randint(8, 18):02d}:{rng.randint(0, 59):02d}"
    return f"{sent:%d-%m-%y} {time}   DA: FAX {phone}" + " " * 30 + f"PAG. {number:02d}/{pages:02d}"


def _sign(page: Image, sheet: Sheet, number: int, dpi: int, facts: Facts, rng: Random) -> None:
    """Signatures and company stamps where the layout left room for them."""
    height, width = page.shape[:2]
    for anchor in sheet.anchors:
        if anchor.page != number or rng.random() < 0.25:
            continue
        x, y = round(anchor.box.x0 * width), round(anchor.box.y0 * height)
        room = round(anchor.box.width * width), round(anchor.box.height * height)
        if anchor.kind == "signature":
            ink = make_signature(rng, *room, dpi)
            press_ink(page, ink, x, y, rng.choice(PEN_INKS), 0.9)
        else:
            name = facts.shown.get("seller_name", "Ufficio protocollo")
            place = facts.shown.get("seller_place", "Accettazione")
            words = Words(name, (place, facts.shown.get("seller_phone", "")))
            ink = make_stamp(rng, words, dpi, circular=True)
            press_ink(page, ink, x, y - ink.shape[0] // 4, rng.choice(STAMP_INKS), 0.7)


def _stamp_receipt(
    page: Image, facts: Facts, taken: list[Box], dpi: int, rng: Random, titles: Sequence[str]
) -> None:
    """The mail room's date stamp, where it hides no field."""
    day = date.fromisoformat(facts.values["issue_date"]) + timedelta(days=rng.randint(1, 9))
    month = MONTHS[day.month - 1]
    title = rng.choice(titles)
    lines = (f"{day.day:02d} {month} {day.year}", f"Prot. {rng.randint(10, 9999)}")
    ink = make_stamp(rng, Words(title, lines[: rng.choice((1, 2))]), dpi, circular=False)
    height, width = page.shape[:2]
    region = Box(0.05, 0.05, 0.97, 0.95)
    x, y = find_room(rng, taken, ink.shape[1] / width, ink.shape[0] / height, region)
    press_ink(page, ink, round(x * width), round(y * height), rng.choice(STAMP_INKS), 0.85)
