"""What one page says about the document that it belongs to: page number, document number, parties.

The facts by which neighbouring pages are told to belong together or not; see extractors/split.py.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from extractors import lexicon
from extractors.candidates import Document, survey
from extractors.classify import detect_language, find_titles
from extractors.links import links_of
from models.doctype import DocumentType
from models.words import Line, Page

EDGE = 0.16  # of the page's height, at its top and foot: where page numbers stand
HEAD = 0.2  # and letterheads, at the top
NUMBERS = ("invoice_number", "document_number")
TOTALS = ("gross_total", "amount_due")
CLEAR = 0.5  # strength of a label's claim on a number that is believed
_WORD = "pagina|pagine|pag|page|seite|blatt|foglio|sheet|página|hoja"
_OF = r"\s*(?:/|di|of|von|de|sur|su|van|-)\s*"
_LABELLED = re.compile(
    rf"(?i)(?<![^\W\d_])(?:{_WORD}|p)[.:]?\s{{0,3}}(?:n[.°]?\s*|nr[.]?\s*)?(\d{{1,3}})(?!\d|[.,]\d)"
    rf"(?:{_OF}(\d{{1,3}})(?!\d|[.,/]\d))?"
)
_BARE = re.compile(r"(?i)^\W{0,3}(\d{1,3})\s*(?:/|di|of|von|de|sur)\s*(\d{1,3})\W{0,3}$")
_ALONE = re.compile(r"^\s*[-–—]\s*(\d{1,3})\s*[-–—]\s*$")
_CARRIED = re.compile(
    r"(?i)\b(?:ü|ue|u)bertrag\b|\ba?\s?riport(?:o|are|ato)\b|\b(?:carried|brought) forward\b"
    r"|\bsegue\b|\bcontinua\b|\bcontinued\b|\bfortsetzung\b|\bà reporter\b|\breport[eé]\b"
    r"|\bsuma y sigue\b|\bsuite\b"
)


@dataclass(frozen=True, slots=True)
class Leaf:
    """Facts of one page.

    `number` is the page number that it bears and `of` the number of pages (None: it does not say);
    `numbers` are document numbers with a label, `vat_ids` all VAT ids, `titles` the points of each
    type's titles at the top; `head` the words of the letterhead, `words` all longer words with how
    often they occur. `total` tells that a labelled total stands there, `carried` that a sum is
    carried over from or to another page. `em` is the text height in shares of the page's width.
    """

    page: Page
    language: str
    number: int | None = None
    of: int | None = None
    numbers: frozenset[str] = frozenset()
    vat_ids: frozenset[str] = frozenset()
    titles: Mapping[str, float] = field(default_factory=dict)
    head: frozenset[str] = frozenset()
    words: Mapping[str, int] = field(default_factory=dict)
    total: bool = False
    carried: bool = False
    em: float = 0.0


def read_leaf(page: Page, types: Mapping[str, DocumentType]) -> Leaf:
    """The facts of a page; works for pages without words too."""
    language = detect_language([page])
    found = survey([page], lexicon.labels(), language)
    number, of = find_page_number(page)
    heights = sorted(line.box.height for line in page.lines)
    return Leaf(
        page=page,
        language=language,
        number=number,
        of=of,
        numbers=frozenset(_document_numbers(found)),
        vat_ids=frozenset(_digits(span.value) for span in found.spans.get("vat_id", ())),
        titles=find_titles(page, types),
        head=frozenset(_head(page)),
        words=_words(page),
        total=any(label.concept in TOTALS for label in found.labels),
        carried=any(_CARRIED.search(line.text) for line in page.lines[:8] + page.lines[-12:]),
        em=heights[len(heights) // 2] * page.height / max(1, page.width) if heights else 0.0,
    )


def find_page_number(page: Page) -> tuple[int | None, int | None]:
    """The number that a page bears ("Pagina 2 di 3", "Seite 2", "2/3") and that of all pages."""
    best: tuple[int, int | None] | None = None
    for line in page.lines:
        text = line.text[:200]
        edge = line.box.cy < EDGE or line.box.cy > 1 - EDGE
        for found in _LABELLED.finditer(text):
            number, of = int(found[1]), int(found[2]) if found[2] else None
            if _holds(number, of) and (of is not None or edge):
                if of is not None:
                    return number, of
                best = best or (number, None)
        if edge and (match := _BARE.match(text)) and _holds(int(match[1]), int(match[2])):
            best = best or (int(match[1]), int(match[2]))
        if edge and (match := _ALONE.match(text)) and _holds(int(match[1]), None):
            best = best or (int(match[1]), None)
    return best or (None, None)


def _holds(number: int, of: int | None) -> bool:
    return 1 <= number <= (500 if of is None else min(of, 500))


def _document_numbers(found: Document) -> Iterator[str]:
    for span in found.spans.get("identifier", ()):
        for link in links_of(found, span):
            key = _packed(span.value)
            if key and link.concept in NUMBERS and link.strength >= CLEAR:
                yield key


def _packed(text: str) -> str:
    """A document number without what OCR and layouts differ in; "" for what can be none."""
    packed = re.sub(r"[\W_]", "", text).upper().lstrip("0")
    return packed if any(c.isdigit() for c in packed) and len(packed) <= 30 else ""


def _digits(vat_id: str) -> str:
    return re.sub(r"\D", "", vat_id)


def _head(page: Page) -> Iterator[str]:
    for line in page.lines:
        if line.box.y1 < HEAD:
            yield from _long(line)


def _words(page: Page) -> dict[str, int]:
    counts: dict[str, int] = {}
    for line in page.lines:
        for word in _long(line):
            counts[word] = counts.get(word, 0) + 1
    return counts


def _long(line: Line) -> Iterator[str]:
    return (token.key for token in lexicon.tokens(line.text[:400]) if len(token.key) >= 4)
