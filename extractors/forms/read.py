"""The fields of a fixed form: each read in its zone of the page that lies on the blank."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from extractors.barcodes import find_barcodes
from extractors.forms import hands, marks, signatures, texts
from extractors.forms.cells import find_glyphs, find_walls
from extractors.forms.combs import dress, read_comb, reader_of
from extractors.forms.curves import probability
from extractors.forms.doubts import (
    HANDWRITING,
    NOT_THIS_FORM,
    SEVERAL_MARKS,
    UNCLEAR_MARK,
    UNCLEAR_SIGNATURE,
    UNREADABLE,
)
from extractors.forms.paper import Blot, Look, look_at
from extractors.forms.place import Placed, place_pages
from extractors.forms.register import Sheet
from extractors.ocr import LineEngine
from extractors.validate import check
from extractors.values import FieldValue
from models.doctype import DocumentType, FieldSpec, Zone
from models.words import Box, Page

Image = NDArray[np.uint8]

BY_HAND = 0.33  # from which what stands in a zone counts as handwriting
OWN = 0.4  # the most that a zone's own letters count beside those of the whole form
HAND_CEILING = 0.3  # the most that a value read from handwriting is trusted
CHANGED = 0.5  # the most of a number whose check digits hold for letters that look less likely
UNSURE = 0.6  # of a mark or a signature: under it people are told what is unclear
GUESS = 0.35  # the most of an unclear one


@dataclass(frozen=True, slots=True)
class Found:
    """What a zone shows, not yet as a value of its field.

    `text` is "" when nothing stands there; `sure` is 0..1 by the reader's own evidence.
    """

    zone: Zone
    placed: Placed
    box: Box
    text: str
    sure: float
    problems: tuple[str, ...] = ()
    evenness: hands.Evenness | None = None


def read_form(
    doctype: DocumentType,
    pages: Sequence[Page],
    load: Callable[[int], Image],
    blanks: Mapping[int, Sheet],
    engine: LineEngine,
) -> dict[str, FieldValue]:
    """The values of the fields that have zones; {} when the type has no form.

    `load` gives a page's RGB image by its number; `blanks` has the pages of the blank that zones
    are on. Fields of pages that the document does not show are empty, with a doubt.
    """
    if doctype.form is None:
        return {}
    wanted = sorted({zone.page for zone in doctype.form.zones})
    numbers = [page.number for page in pages]
    placed = place_pages(wanted, blanks, numbers, lambda number: Sheet(load(number)))
    specs = {spec.name: spec for spec in doctype.fields}
    groups: dict[str, list[Zone]] = {}
    for zone in doctype.form.zones:
        groups.setdefault(zone.field, []).append(zone)
    values: dict[str, FieldValue] = {}
    found: dict[str, Found] = {}
    by_number = {page.number: page for page in pages}
    filling = False
    if placed:
        filling = _is_filling(doctype.form.zones, placed, blanks)
    for name, zones in groups.items():
        if any(zone.page not in placed for zone in zones):
            values[name] = _missing(name)
        elif zones[0].reader == "mark":
            found[name] = _read_marks(zones, placed, blanks, filling)
        else:
            there = placed[zones[0].page]
            found[name] = _read_zone(zones[0], specs[name], there, blanks, by_number, engine)
    for name, one in _judge_hands(found).items():
        values[name] = _to_value(specs[name], one)
    return values


def _missing(name: str) -> FieldValue:
    return FieldValue(name, None, None, "", 0.0, None, None, (NOT_THIS_FORM,))


# -- the readers ----------------------------------------------------------------------------------


def _read_zone(
    zone: Zone,
    spec: FieldSpec,
    placed: Placed,
    blanks: Mapping[int, Sheet],
    pages: Mapping[int, Page],
    engine: LineEngine,
) -> Found:
    blank = blanks[zone.page]
    box = to_page(Box(*zone.box), placed, blank)
    if zone.reader == "barcode":
        return _read_barcode(zone, placed, blank, box)
    look = look_at(placed.sheet, blank, placed.registration, Box(*zone.box))
    if zone.reader == "signature":
        signed = signatures.find_signature(look, lambda seen: _print_share(seen, engine))
        unclear = (UNCLEAR_SIGNATURE,) if signed.sure < UNSURE else ()
        return Found(zone, placed, box, "yes" if signed.present else "no", signed.sure, unclear)
    if zone.reader == "comb":
        return _read_comb(zone, spec, look, placed, box, engine)
    native = _native_words(pages[placed.number], box, look)
    if native:
        return Found(zone, placed, box, native, 0.999)
    reading = texts.read_text(look, engine)
    if not reading.letters:
        return Found(zone, placed, box, "", 0.95)
    if not reading.text:
        return Found(zone, placed, box, "", 0.0, (UNREADABLE,))
    return Found(
        zone, placed, box, reading.text, _sureness(reading.scores),
        evenness=hands.measure(reading.letters),
    )  # fmt: skip


def _read_comb(
    zone: Zone, spec: FieldSpec, look: Look, placed: Placed, box: Box, engine: LineEngine
) -> Found:
    cells = find_walls(look.form, zone.cells)
    glyphs = find_glyphs(look, cells) if cells else []
    if not glyphs:
        return Found(zone, placed, box, "", 0.95 if cells else 0.0, () if cells else (UNREADABLE,))
    reading = read_comb(glyphs, spec, reader_of(engine))
    letters = [Blot(g.x0, g.y0, g.x1, g.y1, 1) for g in glyphs]
    sure = _sureness(reading.weights)
    if reading.changed:
        sure = min(sure, CHANGED)
    elif reading.settled and spec.kind != "date":  # a check digit holds: one chance in many
        sure = max(sure, 0.5) + 0.5 * (1 - max(sure, 0.5))
    unread = (UNREADABLE,) if "?" in reading.text else ()
    text = dress(reading.text, spec)
    return Found(zone, placed, box, text, sure, unread, hands.measure(letters))


def _read_barcode(zone: Zone, placed: Placed, blank: Sheet, box: Box) -> Found:
    """The code in the zone's part of the page, which may be turned or skewed."""
    image = placed.sheet.image
    height, width = image.shape[:2]
    room = 0.15 * max(box.width, box.height)
    left, right = max(0.0, box.x0 - room), min(1.0, box.x1 + room)
    top, bottom = max(0.0, box.y0 - room), min(1.0, box.y1 + room)
    part = image[int(top * height) : int(bottom * height) + 1,
                 int(left * width) : int(right * width) + 1]  # fmt: skip
    codes = find_barcodes(np.ascontiguousarray(part)) or find_barcodes(image)
    inside = [code for code in codes if _is_in(code.box, box, part is image)] or list(codes[:1])
    if inside:
        return Found(zone, placed, box, inside[0].text, 0.999)
    look = look_at(placed.sheet, blank, placed.registration, Box(*zone.box))
    inked = float(look.ink.mean()) > 0.01
    return Found(zone, placed, box, "", 0.0 if inked else 0.95, (UNREADABLE,) if inked else ())


def _is_in(code: Box, zone: Box, of_page: bool) -> bool:
    if not of_page:
        return True
    return zone.x0 <= code.cx <= zone.x1 and zone.y0 <= code.cy <= zone.y1


def _read_marks(
    zones: Sequence[Zone], placed: Mapping[int, Placed], blanks: Mapping[int, Sheet], filling: bool
) -> Found:
    """One field's boxes: which of them is marked."""
    seen = [_measure(zone, placed, blanks) for zone in zones]
    verdict = marks.decide(seen, filling=filling)
    chosen = zones[verdict.chosen or 0]
    there = placed[chosen.page]
    if verdict.chosen is None and len(zones) > 1:
        box = Box.around(to_page(Box(*z.box), placed[z.page], blanks[z.page]) for z in zones
                         if z.page == chosen.page)  # fmt: skip
    else:
        box = to_page(Box(*chosen.box), there, blanks[chosen.page])
    if len(zones) == 1 and chosen.value is None:
        text = "no" if verdict.chosen is None else "yes"
    else:
        text = "" if verdict.chosen is None else chosen.value or "yes"
    problem = SEVERAL_MARKS if verdict.several else UNCLEAR_MARK
    problems = (problem,) if verdict.several or verdict.sure < UNSURE else ()
    return Found(chosen, there, box, text, verdict.sure, problems)


def _measure(zone: Zone, placed: Mapping[int, Placed], blanks: Mapping[int, Sheet]) -> marks.Mark:
    there, blank, box = placed[zone.page], blanks[zone.page], Box(*zone.box)
    height, width = (side * 2400 / max(blank.image.shape) for side in blank.image.shape[:2])
    pad = marks.pad_of(box.height * height, box.width * width)
    return marks.measure(look_at(there.sheet, blank, there.registration, box, pad))


def _is_filling(
    zones: Sequence[Zone], placed: Mapping[int, Placed], blanks: Mapping[int, Sheet]
) -> bool:
    """Whether whoever filled in this form marks boxes by filling them."""
    seen = [_measure(zone, placed, blanks) for zone in zones
            if zone.reader == "mark" and zone.page in placed]  # fmt: skip
    inked = [mark for mark in seen if mark.strength >= 0.5]
    return bool(inked) and all(mark.dense for mark in inked)


def _print_share(look: Look, engine: LineEngine) -> float:
    """How much of a zone's ink is print that can be read."""
    ink = look.ink
    if not ink.any():
        return 0.0
    lines = [line for line in engine.read(np.repeat(look.clean[:, :, None], 3, axis=2))
             if line.score > 0.8 and len(line.text) >= 5]  # fmt: skip
    inside = np.zeros_like(ink)
    height, width = ink.shape
    for line in lines:
        inside[int(line.box.y0 * height) : int(line.box.y1 * height) + 1,
               int(line.box.x0 * width) : int(line.box.x1 * width) + 1] = True  # fmt: skip
    return float((ink & inside).sum() / ink.sum())


def _native_words(page: Page, box: Box, look: Look) -> str:
    """The text layer's words in the zone that are not the form's own print."""
    if page.source != "native":
        return ""
    height, width = look.ink.shape
    words = []
    for word in page.words:
        if not (box.x0 <= word.box.cx <= box.x1 and box.y0 <= word.box.cy <= box.y1):
            continue
        left = int((word.box.x0 - box.x0) / box.width * width)
        right = int((word.box.x1 - box.x0) / box.width * width) + 1
        top = int((word.box.y0 - box.y0) / box.height * height)
        bottom = int((word.box.y1 - box.y0) / box.height * height) + 1
        part = look.ink[max(0, top) : bottom, max(0, left) : right]
        if part.size and float(part.mean()) > 0.04:
            words.append(word.text)
    return " ".join(words)


def _sureness(scores: Sequence[float]) -> float:
    """One number for letters' scores: the worst counts as much as all together."""
    return 0.5 * sum(scores) / len(scores) + 0.5 * min(scores) if scores else 0.0


# -- from what was found to values ----------------------------------------------------------------


def _judge_hands(found: dict[str, Found]) -> dict[str, Found]:
    """Text that was written by hand gets its doubt; short fields go by the rest of the page."""
    measured = [one.evenness for one in found.values() if one.evenness]
    whole = hands.combine(measured)
    judged = {}
    for name, one in found.items():
        if one.zone.reader in ("text", "comb") and one.text:
            own = hands.combine([one.evenness]) if one.evenness else whole
            weight = min(OWN, one.evenness.count / 25) if one.evenness else 0.0
            if weight * own + (1 - weight) * whole >= BY_HAND and one.sure < 0.9989:
                one = replace(one, problems=(*one.problems, HANDWRITING))
        judged[name] = one
    return judged


def _to_value(spec: FieldSpec, found: Found) -> FieldValue:
    """The field's value with its score; nothing there is a value too: none, and surely so."""
    where = found.placed.number, found.box
    checked = check(spec, found.text) if found.text else None
    if checked is None or checked.value is None:
        return FieldValue(spec.name, None, None, found.text, 0.0, *where, found.problems)
    problems = (*found.problems, *(problem.code for problem in checked.problems))
    score = probability(found.zone.reader, found.sure, len(checked.problems))
    if HANDWRITING in problems or UNREADABLE in problems:
        score = min(score, HAND_CEILING)
    elif found.problems:
        score = min(score, GUESS)
    return FieldValue(spec.name, None, checked.value, found.text, score, *where, problems)


def to_page(box: Box, placed: Placed, blank: Sheet) -> Box:
    """A box of the blank's page (0..1) as the upright box around it on the scanned page (0..1)."""
    height, width = blank.image.shape[:2]
    corners = np.array([(box.x0, box.y0), (box.x1, box.y0), (box.x1, box.y1), (box.x0, box.y1)])
    moved = placed.registration.move(corners * (width, height))
    page_height, page_width = placed.sheet.image.shape[:2]
    part = np.clip(moved / (page_width, page_height), 0, 1)
    (x0, y0), (x1, y1) = part.min(axis=0), part.max(axis=0)
    return Box(float(x0), float(y0), float(x1), float(y1))
