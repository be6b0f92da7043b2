"""The parts of a page that belong to the seller, to the buyer or to a place of delivery."""

from __future__ import annotations

import re
from dataclasses import dataclass

from extractors.candidates import Document, Label
from extractors.layout import Segment, Sheet
from models.words import Box

PARTIES = ("seller", "buyer", "delivery_party")
ZONE_GAP = 2.6  # ems of white that end a zone
ZONE_ROWS = 12


@dataclass(frozen=True, slots=True)
class Zone:
    """The part of a page that a heading ("Cliente", "Bill to") governs."""

    party: str
    page: int
    box: Box
    label: Label


@dataclass(frozen=True, slots=True)
class Block:
    """Lines set under each other, like an address."""

    segments: tuple[Segment, ...]
    box: Box
    postal: bool
    contact: bool
    party: str | None


POSTAL = re.compile(
    r"(?<!\d)(?:(?:I|D|F|A|CH|NL|IT|DE|FR|AT|ES|B|BE|L)[- ])?\d{4,5}\s?[,-]?\s?"
    r"(?:[A-Z]{2}\s)?[A-ZÀ-Ý](?:[^\W\d_]|['’][A-ZÀ-Ý])"
    r"|\b[A-Z]{2},? \d{5}\b|\b[A-Z]{1,2}\d[A-Z\d]? ?\d[A-Z]{2}\b|\(\s?[A-Z]{2}\s?\)\s*$"
)
CONTACT = re.compile(
    r"(?i)\b(?:tel|telefono|phone|fax|e-?mail|pec|www|http|p\.?\s?iva|partita iva|ust|uid|siret"
    r"|rea|vat|telefon|fon|iban|cap\. soc|internet|web|c\.f)\b|@"
)


def zones(document: Document) -> list[Zone]:
    """One zone for each party heading."""
    found = []
    for sheet in document.sheets:
        heads = _heads(document, sheet)
        found += [_zone(sheet, label, heads) for label in heads]
    return found


def _heads(document: Document, sheet: Sheet) -> list[Label]:
    """Party labels that stand alone or start their segment; one concept a place."""
    heads = []
    taken = set()
    for segment in sheet.segments:
        for label in document.labels_in.get(segment.index, ()):
            if label.concept not in PARTIES or (segment.index, label.start) in taken:
                continue
            rest = segment.text[label.end :]
            opens = label.start <= 2 and (
                label.alone or re.match(r"\s?[.:]|\s*$", rest) or is_salutation(label)
            )
            if opens and label.weight >= 0.6:
                heads.append(label)
                taken.add((segment.index, label.start))
    return heads


def is_salutation(label: Label) -> bool:
    text = label.segment.text[label.start : label.end].lower()
    return text.startswith(("spett", "egr", "gent"))


def _zone(sheet: Sheet, head: Label, heads: list[Label]) -> Zone:
    row = sheet.rows[head.segment.row]
    left = head.segment.box.x0 - 1.5 * sheet.em / sheet.aspect
    right = 1.0
    beside = [s for s in row if s.box.x0 > head.segment.box.x1]
    other_heads = {label.segment.index for label in heads}
    if (
        head.alone
        and beside
        and (
            beside[0].index in other_heads
            or sheet.across(beside[0].box.x0 - head.segment.box.x1) > 6
        )
    ):
        right = beside[0].box.x0 - 0.5 * sheet.em / sheet.aspect
    bottom = head.segment.box.y1
    for below in sheet.rows[head.segment.row + 1 : head.segment.row + 1 + ZONE_ROWS]:
        inside = [s for s in below if left <= s.box.x0 < right]
        if not inside:
            continue
        if sheet.down(min(s.box.y0 for s in inside) - bottom) > ZONE_GAP:
            break
        if any(s.index in other_heads for s in inside):
            break
        bottom = max(bottom, max(s.box.y1 for s in inside))
    box = Box(max(0.0, left), head.segment.box.y0, right, bottom)
    return Zone(head.concept, sheet.number, box, head)


def party_of(box: Box, page: int, found: list[Zone]) -> str | None:
    """The party of the zone that holds the place; the nearest heading above wins."""
    holding = [
        zone
        for zone in found
        if zone.page == page
        and zone.box.x0 <= box.cx <= zone.box.x1
        and zone.box.y0 - 0.002 <= box.cy <= zone.box.y1 + 0.002
    ]
    return max(holding, key=lambda z: (z.box.y0, z.box.x0)).party if holding else None


def blocks(sheet: Sheet, found: list[Zone]) -> list[Block]:
    """Segments chained downwards: close, and aligned left or centred."""
    chains: list[list[Segment]] = []
    for row in sheet.rows:
        for segment in row:
            home = None
            for chain in reversed(chains[-40:]):
                last = chain[-1]
                gap = sheet.down(segment.box.y0 - last.box.y1)
                aligned = (
                    abs(sheet.across(segment.box.x0 - last.box.x0)) < 1.0
                    or abs(sheet.across(segment.box.cx - last.box.cx)) < 0.8
                )
                if -0.5 < gap < 1.25 and aligned:
                    home = chain
                    break
            if home is None:
                chains.append([segment])
            else:
                home.append(segment)
    made = []
    for chain in chains:
        text = "\n".join(s.text for s in chain)
        box = Box.around(s.box for s in chain)
        made.append(
            Block(
                segments=tuple(chain),
                box=box,
                postal=any(POSTAL.search(s.text) for s in chain),
                contact=bool(CONTACT.search(text)),
                party=party_of(chain[-1].box, sheet.number, found),
            )
        )
    return made


def holds(outer: Box, inner: Box) -> bool:
    return outer.x0 <= inner.cx <= outer.x1 and outer.y0 - 0.002 <= inner.cy <= outer.y1 + 0.002
