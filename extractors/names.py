"""Names of companies and people: what looks like one, and which is the seller's or buyer's."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass
from functools import cache
from statistics import median

from rapidfuzz import fuzz

from extractors import lexicon, parse
from extractors.candidates import Document, Label, Span
from extractors.layout import Segment, Sheet
from extractors.links import links_of
from extractors.zones import (
    CONTACT,
    PARTIES,
    POSTAL,
    Block,
    Zone,
    blocks,
    holds,
    is_salutation,
    party_of,
)
from models.words import Box


@dataclass(frozen=True, slots=True)
class Name:
    """A possible name with how much it looks like the seller's and the buyer's (log odds)."""

    span: Span
    seller: float
    buyer: float


STREET = re.compile(
    r"(?i)(?:^|[,;|·•–-]\s*)(?:via|viale|v\.le|piazza|p\.?zza|piazzale|p\.le|corso|c\.so|largo"
    r"|vicolo|strada|loc(?:alit[aà])?\.?|contrada|fraz(?:ione)?\.?|borgo|rue|avenue|av\.|boulevard"
    r"|bd|place|chemin|all[ée]e|impasse|quai|route|calle|avda\.?|plaza|p\.?\s?o\.? ?box|postfach"
    r"|jl\.?|jalan|jln\.?|lorong|c/|avenida|paseo|carrer|rua|ctra\.?|pol[ií]gono|camino)\s*(?<![a-z])\S"
    r"|^(?:(?:no|lot|unit|blk|block|level|suite|shop)\.?\s?:?\s?)#?[a-z]?\d"
    r"|(?:stra(?:ß|ss)e|str\.|weg|platz|allee|gasse|ring|damm|ufer|straat|laan|plein|kade)\s?\d"
    r"|\d,? (?:bis |ter )?(?:rue|avenue|av\.|boulevard|bd|place|chemin|all[ée]e|impasse|quai|route)"
    r"\s|^\d{1,5}[a-z]?,? (?:[\w'.-]+ ){1,3}(?:street|road|st|rd|ave|avenue|lane|drive|blvd|way"
    r"|court|close|square|terrace|park|row|dr|ln|gardens|place|crescent)\b"
)
_WEB = re.compile(r"(?i)(?:@|www\.|https?://)([a-z0-9][a-z0-9.-]{2,60})")
_DOMAIN = re.compile(
    r"(?i)[a-z0-9-]{3,40}\.(?:com|de|it|fr|es|nl|at|ch|eu|net|org|be|uk|co)\b.{0,20}"
)
MISREAD = 75.0  # likeness (0..100) from which a name is another one misread
_FREE_MAIL = frozenset(
    ["gmail", "hotmail", "yahoo", "libero", "outlook", "gmx", "web", "pec", "legalmail", "tiscali",
     "alice", "aruba", "arubapec", "tin", "t-online", "email", "icloud"]
)  # fmt: skip
BANK = re.compile(
    r"(?i)\b(?:banca|banco|bank|sparkasse|volksbank|bic|swift|iban|crédit|caisse|filiale)\b"
)
TITLE = re.compile(
    r"(?i)\b(?:fattura|invoice|(?:\w{3,})?rechnung|facture|factura|factuur|nota di credito"
    r"|gutschrift|documento|ddt|lieferschein|delivery note|preventivo|offerta|pagina|page|seite"
    r"|copia|original|originale|data|date|datum|descrizione|receipt|scontrino|rechnungskorrektur"
    r"|pervenuto|ricevuto|reçu|eingegangen|eingang|received|recibido|entrada|protocollo|prot"
    r"|summary|tax|number|numero|nummer|telefono|telefon|phone|importo|totale|total)\b"
)


def has_suffix(text: str) -> bool:
    """A company form stands in `text`; short ones ("AG", "SA") only in capitals."""
    return any(
        len(m[0].strip(". ")) > 2 or m[0].strip(". ").isupper() or m[0] in ("Co.",)
        for m in lexicon.company_forms().finditer(text)
        if m.start() > 1
    )


def mend_company(text: str) -> str:
    """Company forms as they are written, where OCR took an "l" for an "I" or lost a space."""
    text = re.sub(r"\bS\.\s?[rR]\.\s?[lI1|]\.(\s?s\.)?", _limited, text)
    text = re.sub(r"\bF\.\s?[lI1|][lI1|]i\b", "F.lli", text)
    text = re.sub(r"\bS\.\s?p\.\s?A\b", "S.p.A", text)
    text = re.sub(r"\b(S\.(?:n\.c|a\.s|r\.l))$", r"\1.", text)
    return re.sub(r"(?<=\w) &(?=[A-Z])|(?<=\w)& ", " & ", text)


def _limited(match: re.Match[str]) -> str:
    return "S.r.l.s." if match[1] else "S.r.l."


@cache
def _word_pattern() -> re.Pattern[str]:
    words = "|".join(re.escape(w) for w in lexicon.raw()["company_words"])
    return re.compile(rf"(?<![^\W\d_])(?:{words})(?![^\W\d_])", re.IGNORECASE)


def looks_like_name(text: str) -> bool:
    """Mostly letters, neither an address, a contact nor a title."""
    letters = sum(c.isalpha() for c in text)
    if letters < 3 or len(text) > 90 or letters < 0.55 * len(text.replace(" ", "")):
        return False
    if re.search(r"\d{4,}", text) or CONTACT.search(text) or ":" in text:
        return False
    if POSTAL.search(text) and not has_suffix(text):
        return False
    return not STREET.search(text) or has_suffix(text)


_CUT = re.compile(r"\s+[·|•–—*▪-]\s*|\s*[·|•]\s*|,\s(?=\S+.*\d)|;\s|\s{3,}|\s\*\s")


def _trim(text: str, start: int) -> tuple[int, int]:
    """The part of `text[start:]` that is the name: up to a separator, without punctuation."""
    rest = text[start:]
    lead = len(rest) - len(rest.lstrip(" :.,;-–|*"))
    rest = rest[lead:]
    cut = _CUT.search(rest)
    end = cut.start() if cut and cut.start() >= 3 else len(rest)
    street = STREET.search(rest[:end])
    if street and not rest[max(0, street.start() - 1) : street.start()].isalpha():
        before = rest[: street.start()].rstrip(" ,-–")
        if len(before) >= 4:
            end = len(before)
    name = rest[:end].rstrip(" ,;:-–|*")
    return start + lead, start + lead + len(name)


def names(document: Document, found: list[Zone]) -> list[Name]:
    """Possible names on the first two pages."""
    made = []
    for sheet in document.sheets[:2]:
        home = {s.index: b for b in blocks(sheet, found) for s in b.segments}
        heights = [s.box.height for s in sheet.segments] or [0.012]
        typical = median(heights)
        domains = _domains(sheet, found)
        counts: dict[str, int] = {}
        for segment in sheet.segments:
            counts[parse.compact(segment.text)] = counts.get(parse.compact(segment.text), 0) + 1
        for segment in sheet.segments:
            span = _name_span(document, segment)
            if span is None:
                continue
            block = home[segment.index]
            seller, buyer = _weigh(document, sheet, span, block, found, domains, typical)
            if counts.get(parse.compact(span.raw), 1) > 1:
                seller += 0.5
            if sheet is not document.sheets[0]:
                seller, buyer = seller - 1.5, buyer - 1.5
            made.append(Name(_join_suffix(sheet, span, block), seller, buyer))
    return made


def _name_span(document: Document, segment: Segment) -> Span | None:
    start = 0
    for label in document.labels_in.get(segment.index, ()):
        naming = label.concept in (*PARTIES, "party_name", "last_name")
        colon = segment.text[label.end :].lstrip(" ./").startswith(":")
        opens = label.start <= max(2, start + 2)
        if naming and opens and (colon or is_salutation(label) or _leads(label)):
            start = label.end
        elif naming and label.alone:
            return None
    if start:  # "Spett.le Ditta", "Egr. Sig. Rossi"
        polite = re.match(
            r"(?i)[\s.:/]*(?:(?:ditta|sig\.?(?:ra)?|dott\.?|ing\.?)\s+)?", segment.text[start:]
        )
        start += polite.end() if polite else 0
    first, last = _trim(segment.text, start)
    text = segment.text[first:last]
    if not looks_like_name(text):
        return None
    return Span("text", text, segment, first, last, segment.span_box(first, last),
                segment.span_score(first, last), 1.0)  # fmt: skip


def _leads(label: Label) -> bool:
    """ "Ragione sociale Rossi S.r.l.": a heading with the name behind it, without a colon."""
    text, rest = label.segment.text, label.segment.text[label.end :]
    plain = label.end - label.start >= 6 and label.weight >= 0.9
    return plain and bool(re.match(r"\s+[A-ZÀ-Þ][^\W\d_]+\s+\S", rest)) and has_suffix(text)


def _join_suffix(sheet: Sheet, span: Span, block: Block) -> Span:
    """A company form alone on the next line belongs to the name above it."""
    order = [s.index for s in block.segments]
    at = order.index(span.segment.index)
    if at + 1 < len(order) and not has_suffix(span.raw):
        below = block.segments[at + 1]
        if (
            has_suffix(f"xx {below.text}")
            and len(below.text) <= 14
            and span.end == len(span.segment.text)
        ):
            text = f"{span.value} {below.text}"
            return Span("text", text, span.segment, span.start, span.end,
                        Box.around((span.box, below.box)), span.score, span.certainty)  # fmt: skip
    return span


def _weigh(
    document: Document, sheet: Sheet, span: Span, block: Block, found: list[Zone],
    domains: set[str], typical: float,
) -> tuple[float, float]:  # fmt: skip
    """Log odds that the span is the seller's name, and the buyer's."""
    text, segment = span.raw, span.segment
    party = party_of(span.box, sheet.number, found)
    place = _place_in_zone(document, span, found)
    suffix = has_suffix(text)
    worded = bool(_word_pattern().search(text))
    first = block.segments[0].index == segment.index
    title = bool(TITLE.search(text)) and not suffix
    labelled = any(
        label.concept not in (*PARTIES, "party_name", "last_name", "full_name")
        and label.weight >= 0.5 and label.end - label.start > 4
        for label in document.labels_in.get(segment.index, ())
    ) and not suffix  # fmt: skip
    common = 1.3 * suffix + 0.6 * worded - 2.5 * title - 2.2 * labelled
    common -= 2.0 * bool(BANK.search(text)) + 0.8 * (len(text) > 60)
    common -= 0.8 * (not text[0].isupper() and not text[0].isdigit())
    bigger = min(1.5, max(0.0, segment.box.height / typical - 1.05))
    top = 1.0 - min(1.0, span.box.y0 / 0.3)
    address = block.postal and (first or place == 0)
    domain = any(_same_name(text, d) for d in domains)
    seller = (
        common - 2.4 + 1.3 * top + 1.6 * bigger + 2.2 * domain + 0.8 * (block.contact and first)
    )
    seller += 0.7 * address + 0.5 * (span.box.y0 > 0.85 and suffix)
    buyer = common - 2.6 + 1.2 * address - 0.8 * (address and block.contact) - 1.5 * domain
    if address and all(zone.party != "buyer" for zone in found):
        # no heading tells the buyer: a whole address is the likeliest one
        buyer += 0.9 * any(STREET.search(s.text) for s in block.segments[1:3])
    buyer += 0.4 * (0.1 < span.box.y0 < 0.4) - 1.2 * bigger - 2.0 * (span.box.y0 > 0.6)
    bonus = (3.2, 1.0, 0.2)[min(place, 2)] if place is not None else 0.0
    if party == "seller":
        seller, buyer = seller + bonus + 0.3, buyer - 2.5
    elif party == "buyer":
        seller, buyer = seller - 3.0, buyer + bonus + 0.6
    elif party == "delivery_party":
        seller, buyer = seller - 2.5, buyer - 0.6
    return seller, buyer


def _place_in_zone(document: Document, span: Span, found: list[Zone]) -> int | None:
    """0 for the zone's name ("Name: …", or its first line), then 1, 2 …; None outside."""
    page = span.segment.page
    party = party_of(span.box, page, found)
    holding = [z for z in found if z.page == page and z.party == party and holds(z.box, span.box)]
    if not holding:
        return None
    zone = max(holding, key=lambda z: z.box.y0)
    for link in links_of(document, span):
        if link.concept == "party_name" and link.relation in ("left", "inline"):
            return 0
    if zone.label.segment.index == span.segment.index and span.start >= zone.label.end:
        return 0
    sheet = document.sheet_of(span.segment)
    lines = [
        s for s in sheet.segments
        if holds(zone.box, s.box) and s.index != zone.label.segment.index
        and (s.box.y0 < span.box.y0 - 0.3 * sheet.em) and sum(c.isalpha() for c in s.text) > 3
    ]  # fmt: skip
    named = [s for s in lines if looks_like_name(s.text)]
    return len(named)


def _domains(sheet: Sheet, found: list[Zone]) -> set[str]:
    """The names in web and mail addresses outside the buyer's zone."""
    cores = set()
    for segment in sheet.segments:
        for match in _WEB.finditer(segment.text):
            if party_of(segment.box, sheet.number, found) == "buyer":
                continue
            parts = match[1].lower().strip(".").split(".")
            core = parts[-2] if len(parts) >= 2 else parts[0]
            if core not in _FREE_MAIL and len(core) >= 3:
                cores.add(core)
    return cores


def _same_name(text: str, domain: str) -> bool:
    plain = lexicon.company_forms().sub(" ", text)
    squeezed = lexicon.key(plain)
    core = re.sub(r"[^a-z]", "", domain)
    if len(squeezed) < 3 or len(core) < 3:
        return False
    if core in squeezed or squeezed in core:
        return min(len(core), len(squeezed)) >= 4 or core == squeezed
    return fuzz.ratio(core, squeezed) >= 82


def printed_again(document: Document, span: Span) -> str | None:
    """The name in `span` as smaller print or a web address has it, where a logo was misread.

    None when it is not printed again, or is printed as it was read.
    """
    sheet = document.sheet_of(span.segment)
    letters = lexicon.key(span.value)
    if len(letters) < 5 or has_suffix(span.value):
        return None
    best = (MISREAD, "")
    for segment in sheet.segments:
        # a logo is larger than what is printed with the till's own letters
        if segment.index == span.segment.index or segment.box.height > 0.8 * span.box.height:
            continue
        words = [word.text.strip(" .,:;!?*") for word in segment.words]
        phrases = [" ".join(words[i : i + n]) for n in (1, 2, 3) for i in range(len(words) - n + 1)]
        phrases += [
            m[1].split(".")[-2 if m[1].count(".") else 0] for m in _WEB.finditer(segment.text)
        ]
        phrases += [word.split(".")[0] for word in words if _DOMAIN.fullmatch(word)]
        for phrase in phrases:
            same = fuzz.ratio(letters, lexicon.key(phrase))
            if best[0] < same and any(c.isalpha() for c in phrase):
                best = (same, phrase)
    if not best[1] or lexicon.key(best[1]) == letters:
        return None
    return best[1].upper() if span.value.isupper() else best[1]


def pair_names(pool: list[Name]) -> tuple[list[Name], list[Name]]:
    """Sellers and buyers, best first, such that the two best are not the same name."""
    sellers = sorted(pool, key=lambda n: -n.seller)[:8]
    buyers = sorted(pool, key=lambda n: -n.buyer)[:8]
    best, pair = -math.inf, (sellers[:1], buyers[:1])
    for seller in sellers:
        for buyer in buyers:
            if seller.span.segment.index == buyer.span.segment.index:
                continue
            score = seller.seller + buyer.buyer - 3.0 * _equal(seller, buyer)
            if score > best:
                best, pair = score, ([seller], [buyer])
    rest_s = [n for n in sellers if n not in pair[0]]
    rest_b = [n for n in buyers if n not in pair[1]]
    return pair[0] + rest_s, pair[1] + rest_b


def _equal(one: Name, other: Name) -> bool:
    a, b = parse.compact(one.span.value), parse.compact(other.span.value)
    return a == b or fuzz.ratio(a, b) > 92


def nearest_party(
    document: Document, span: Span, found: list[Zone], sellers: list[Name], buyers: list[Name]
) -> dict[str, float]:
    """How well a number in `span` goes with each party: by its zone, else by the nearest name."""
    party = party_of(span.box, span.segment.page, found)
    scores = {"seller": 0.0, "buyer": 0.0}
    if party == "delivery_party":
        return {"seller": -1.5, "buyer": -0.5}
    if party:
        scores[party] += 2.5
        scores["buyer" if party == "seller" else "seller"] -= 1.5
    sheet = document.sheet_of(span.segment)
    for who, chosen in (("seller", sellers[:1]), ("buyer", buyers[:1])):
        for name in chosen:
            if name.span.segment.page == span.segment.page and getattr(name, who) > -1.0:
                dy = sheet.down(span.box.y0 - name.span.box.y0)
                dx = sheet.across(abs(span.box.x0 - name.span.box.x0))
                if -1 <= dy < 14 and dx < 25:
                    scores[who] += 1.5 - dy * 0.05 - dx * 0.04
    return scores
