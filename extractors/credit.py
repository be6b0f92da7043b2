"""Whether an invoice asks for money or gives it back: what its title says.

Amounts keep the signs that they are printed with; `invoice_kind` says which way the money goes.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from extractors.parse import fold
from extractors.values import FieldValue
from models.words import Box, Line, Page

FIELD, INVOICE, CREDIT = "invoice_kind", "invoice", "credit_note"
LINES = 80  # of the first page
TITLES_END = 0.5  # of the page's height: titles stand above
# Of a line, from which words are its title and no part of a sentence: with a capital, without one.
SHARE, ALONE = 0.3, 0.55

# Words without accents, in lower case. The first say it for sure; a German "Gutschrift" may be an
# invoice that the buyer writes (Art. 224 of the VAT directive), a correction may ask for more, and
# "avoir" is a verb too.
_CREDIT = (
    r"not[ae] (?:di )?(?:ac)?credito|credit (?:note|memo(?:randum)?|invoice)"
    r"|stornorechnung|rechnungsstorno|wertgutschrift|kaufmannische gutschrift|note de credit"
    r"|facture d.?avoir|factura rectificativa|nota de (?:abono|credito)|factura de abono"
    r"|credit ?nota|creditfactuur"
)
_LIKELY = r"gutschrift|rechnungskorrektur|korrekturrechnung|avoir|abono|rectificativa"
_INVOICE = (
    r"fattura|parcella|invoice|(?!berechnung)\w*rechnung|faktura|facture"
    r"|factura|factuur|bolletta|ricevuta|(?:rechnungs|faktura|factuur)-?(?:nr|nummer|datum)"
)
_WORDS = re.compile(rf"\b(?:(?P<credit>{_CREDIT})|(?P<likely>{_LIKELY})|(?P<invoice>{_INVOICE}))\b")
_NUMBER = re.compile(r"(?: \w+)?[\s:./(-]*(?:n[ro]?\b|num|nummer|numero|number|#|°|\d)")
SCORES = {"credit": 0.97, "likely": 0.85, "invoice": 0.98}
SURE = 0.95  # from which a title may contradict data
BOTH = 0.9  # a form that has both words in one title is an invoice unless it pays back


@dataclass(frozen=True, slots=True)
class Title:
    """Words in a title: `says` is the group of `_WORDS` that they are in."""

    says: str
    line: Line
    text: str


def find_kind(pages: Sequence[Page], gross: str | None) -> FieldValue:
    """The field `invoice_kind` from the first page's titles; without a value when there is none.

    `gross` is the total, normalised: a negative one makes a likely credit note a sure one.
    """
    titles = list(_titles(pages[0])) if pages else []
    negative = gross is not None and gross.startswith("-")
    credit = next((title for title in titles if title.says == "credit"), None)
    credit = credit or next((title for title in titles if title.says == "likely"), None)
    invoice = next((title for title in titles if title.says == "invoice"), None)
    if credit is None and invoice is None:
        return FieldValue(FIELD, None, None, "", 0.0, None, None)
    page = pages[0].number
    if credit is not None and invoice is not None and credit.line is invoice.line and not negative:
        return _value(INVOICE, invoice, BOTH, page)
    if credit is not None:
        return _value(CREDIT, credit, SCORES["credit" if negative else credit.says], page)
    assert invoice is not None
    return _value(INVOICE, invoice, SCORES["invoice"], page)


def _value(value: str, title: Title, score: float, page: int) -> FieldValue:
    box: Box = title.line.box
    return FieldValue(FIELD, None, value, title.text, score, page, box)


def _titles(page: Page) -> Iterator[Title]:
    for line in page.lines[:LINES]:
        if line.box.y0 > TITLES_END:
            continue
        shown = " ".join(line.text.split())[:200]
        text = fold(shown)
        found = list(_WORDS.finditer(text))
        # Titles have capitals or stand alone; a sentence that goes on here does neither.
        large = [m for m in found if len(text) != len(shown) or shown[m.start()].isupper()]
        share = sum(len(match[0]) for match in large) / max(1, len(text))
        for match in found:
            alone = len(match[0]) >= ALONE * len(text)
            numbered = _NUMBER.match(text, match.end()) is not None
            at_start = match.start() < 12 or match in large
            if alone or (numbered and at_start) or (match in large and share >= SHARE):
                yield Title(str(match.lastgroup), line, match[0])
