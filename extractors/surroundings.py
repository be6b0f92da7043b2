"""What stands around a candidate: the page, its row and column, the other values of its kind."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections import Counter
from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property

from extractors import names, parse, validate
from extractors.candidates import Document, Span
from extractors.layout import Segment, Sheet
from extractors.names import Name
from extractors.zones import Block, Zone, blocks
from models.doctype import DocumentType

MOST_AMOUNTS = 60  # different amounts whose sums are looked at
USUAL_RATES = tuple(
    Decimal(rate) / 10
    for rate in (21, 26, 30, 38, 40, 50, 55, 60, 70, 77, 80, 81, 90, 100, 120, 130, 135, 140, 160,
                 170, 180, 190, 200, 210, 220, 230, 240, 250, 255, 270)
)  # fmt: skip


@dataclass(frozen=True)
class Surroundings:
    """A document with what is worked out once for all of its candidates."""

    document: Document
    doctype: DocumentType
    areas: list[Zone]
    line_sums: Collection[Decimal] = ()
    known: dict[tuple[str, int, int, int], dict[str, float]] = field(default_factory=dict)

    def sheet(self, span: Span) -> Sheet:
        return self.document.sheet_of(span.segment)

    @cached_property
    def about(self) -> dict[str, float]:
        """Of the document as a whole."""
        words = [w for sheet in self.document.sheets for s in sheet.segments for w in s.words]
        scores = [word.score for word in words]
        concepts = {label.concept for label in self.document.labels}
        found = {
            "words": min(6.0, len(words) / 100),
            "pages": float(min(5, len(self.document.sheets))),
            "reading": sum(scores) / len(scores) if scores else 0.0,
            "labels": float(min(20, len(concepts))),
        }
        found[f"type_{self.doctype.name}"] = 1.0
        return found

    @cached_property
    def amounts(self) -> list[Decimal]:
        """The different amounts, the largest first."""
        spans = self.document.spans.get("amount", ())
        return sorted({Decimal(s.value) for s in spans if s.certainty > 0.55}, reverse=True)

    @cached_property
    def sums(self) -> dict[str, dict[Decimal, float]]:
        """How well each amount goes as "net", "tax" or "gross" of three that add up: 0..3."""
        found: dict[str, dict[Decimal, float]] = {"net": {}, "tax": {}, "gross": {}}
        amounts = self.amounts[:MOST_AMOUNTS]
        known = set(amounts)
        printed = {Decimal(s.value) for s in self.document.spans.get("percent", ())}
        for gross in amounts:
            for tax in amounts:
                net = gross - tax
                if net not in known or not gross or not tax or abs(tax) > abs(net) * Decimal("0.4"):
                    continue
                fit = _rate_fit(net, tax, printed)
                for role, value in (("net", net), ("tax", tax), ("gross", gross)):
                    found[role][value] = max(found[role].get(value, 0.0), fit)
        return found

    @cached_property
    def days(self) -> list[int]:
        """The different dates as ordinal days, the earliest first."""
        return sorted({ordinal(s.value) for s in self.document.spans.get("date", ())})

    @cached_property
    def counts(self) -> Counter[tuple[str, str]]:
        """How often each value of a kind is printed."""
        return Counter(
            (kind, s.value) for kind, found in self.document.spans.items() for s in found
        )

    @cached_property
    def text_counts(self) -> Counter[str]:
        """How often each segment's text is printed."""
        return Counter(
            parse.compact(s.text) for sheet in self.document.sheets for s in sheet.segments
        )

    @cached_property
    def columns(self) -> dict[tuple[str, int], list[tuple[float, float, float]]]:
        """(right edge, left edge, height) of the spans of a kind on a page, by right edge."""
        found: dict[tuple[str, int], list[tuple[float, float, float]]] = {}
        for kind, spans in self.document.spans.items():
            for span in spans:
                at = (kind, span.segment.page)
                found.setdefault(at, []).append((span.box.x1, span.box.x0, span.box.cy))
        return {at: sorted(edges) for at, edges in found.items()}

    @cached_property
    def ends(self) -> dict[int, tuple[float, float]]:
        """Where the text of each page begins and ends."""
        return {
            sheet.number: (
                min(s.box.y0 for s in sheet.segments), max(s.box.y1 for s in sheet.segments)
            )
            for sheet in self.document.sheets
            if sheet.segments
        }  # fmt: skip

    @cached_property
    def homes(self) -> dict[int, Block]:
        """The block of every segment of the first two pages, by its index."""
        return {
            segment.index: block
            for sheet in self.document.sheets[:2]
            for block in blocks(sheet, self.areas)
            for segment in block.segments
        }

    @cached_property
    def all_names(self) -> list[Name]:
        """Whatever looks like a name, with its hand-weighted odds."""
        return names.names(self.document, self.areas)

    @cached_property
    def named(self) -> dict[tuple[int, int], Name]:
        """The names by segment and start."""
        return {(n.span.segment.index, n.span.start): n for n in self.all_names}

    @cached_property
    def parties(self) -> tuple[list[Name], list[Name]]:
        """Sellers and buyers, best first, as the hand-weighted model has them."""
        return names.pair_names(self.all_names)

    @cached_property
    def vat_ids(self) -> list[str]:
        """The different VAT ids with a sound form, in the order of the page."""
        spans = sorted(
            (s for s in self.document.spans.get("vat_id", ()) if s.certainty > 0.7),
            key=lambda s: (s.segment.page, s.box.y0, s.box.x0),
        )
        return list(dict.fromkeys(s.value for s in spans if validate.vat_problem(s.value) is None))


def _rate_fit(net: Decimal, tax: Decimal, printed: Collection[Decimal]) -> float:
    """1 for a sum that holds, 2 with a tax at a usual rate, 3 at one that is printed."""
    slack = Decimal("0.02") + abs(net) * Decimal("0.0002")
    if any(abs(net * rate / 100 - tax) <= slack for rate in printed if rate):
        return 3.0
    return 2.0 if any(abs(net * rate / 100 - tax) <= slack for rate in USUAL_RATES) else 1.0


def ordinal(value: str) -> int:
    """The day of an ISO date as a number; 0 for what is none."""
    try:
        return date.fromisoformat(value).toordinal()
    except ValueError:
        return 0


def aligned(around: Surroundings, span: Span) -> tuple[int, int]:
    """Spans of the same kind with the same right edge, and how many of them stand lower."""
    edges = around.columns.get((span.kind, span.segment.page), [])
    sheet = around.sheet(span)
    reach = 0.8 * sheet.em / sheet.aspect
    first = bisect_left(edges, (span.box.x1 - reach, 0.0, 0.0))
    same = lower = 0
    for right, _, height in edges[first:]:
        if right > span.box.x1 + reach:
            break
        same += 1
        lower += height > span.box.cy + 0.3 * sheet.em
    return same - 1, lower


def row_of(around: Surroundings, span: Span) -> tuple[Segment, ...]:
    return around.sheet(span).rows[span.segment.row]


_MONEY_SIGN = re.compile(r"(?i)[€$£]|\b(?:eur|euro|chf|usd|gbp)\b")


def has_money_sign(span: Span) -> bool:
    """A currency stands right beside the span in its segment."""
    text = span.segment.text
    near = f"{text[max(0, span.start - 5) : span.start]} {text[span.end : span.end + 6]}"
    return bool(_MONEY_SIGN.search(near))
