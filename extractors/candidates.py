"""Every plausible value of a document, and the labels that speak for it.

`survey` turns pages into a `Document`: segments, the labels in them, the typed spans (dates,
amounts, …) in them and, for each span, its links to labels: how strongly a label beside or above
claims the value. What a link is worth for a field is decided in `rank`.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from extractors import dates, identifiers, lexicon, parse
from extractors.layout import Segment, Sheet, lay_out_all
from extractors.lexicon import LabelIndex
from extractors.others import find_confirmed
from models.words import Box, Page

MAX_PAGES = 40


@dataclass(frozen=True, slots=True)
class Label:
    """A label that was found; `alone` when nothing but punctuation stands with it, `colon` when
    one follows.
    """

    concept: str
    weight: float
    segment: Segment
    start: int
    end: int
    box: Box
    alone: bool
    colon: bool


@dataclass(frozen=True, slots=True)
class Span:
    """A value of a kind at `start:end` of a segment; `score` is the reader's confidence."""

    kind: str
    value: str
    segment: Segment
    start: int
    end: int
    box: Box
    score: float
    certainty: float

    @property
    def raw(self) -> str:
        return self.segment.text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Link:
    """A label's claim on a span; `strength` is 0..1, `relation` is where the label stands."""

    concept: str
    strength: float
    relation: str
    label: Label


@dataclass(frozen=True, slots=True)
class Document:
    """What is known of the pages before any field is chosen."""

    sheets: tuple[Sheet, ...]
    labels: tuple[Label, ...]
    labels_in: dict[int, tuple[Label, ...]]  # by index of the segment
    spans: dict[str, tuple[Span, ...]]  # by kind
    mark: parse.DecimalMark | None
    order: dates.DayOrder
    language: str
    index: LabelIndex
    # found so far, by kind and place of the span
    links: dict[tuple[str, int, int, int], tuple[Link, ...]] = field(default_factory=dict)

    def sheet_of(self, segment: Segment) -> Sheet:
        return next(sheet for sheet in self.sheets if sheet.number == segment.page)


def survey(pages: Sequence[Page], index: LabelIndex, language: str) -> Document:
    """Find segments, labels and typed values; pages after the 40th are not looked at."""
    sheets = tuple(lay_out_all(pages[:MAX_PAGES]))
    segments = [segment for sheet in sheets for segment in sheet.segments]
    native = {page.number for page in pages if page.source == "native"}
    labels_in = {
        segment.index: found
        for segment in segments
        if (found := _qualified(list(_labels(segment, index, mending=segment.page not in native))))
    }
    labels_in = _without_columns(labels_in)
    texts = [segment.text for segment in segments]
    mark = parse.guess_decimal_mark(texts)
    order = _told_order(texts) or dates.guess_day_order(texts) or _usual_order(language, texts)
    spans: dict[str, list[Span]] = {}
    for segment in segments:
        for span in _spans(segment, mark, order):
            spans.setdefault(span.kind, []).append(span)
    for segment in segments:
        for kind, value in find_confirmed(segment):
            settled = _span(kind, segment, value)
            others = [span for span in spans.get(kind, ()) if not _same_place(span, settled)]
            spans[kind] = [*others, settled]
    for span in _broken_ibans(sheets):
        spans.setdefault("iban", []).append(span)
    return Document(
        sheets=sheets,
        labels=tuple(label for found in labels_in.values() for label in found),
        labels_in=labels_in,
        spans={kind: tuple(found) for kind, found in spans.items()},
        mark=mark,
        order=order,
        language=language,
        index=index,
    )


_ORDER_TOLD = re.compile(
    r"(?i)\b(?:(mm?[-/. ]+[dgtj]{1,2})|([dgtj]{1,2}[-/. ]+mm?))[-/. ]+[ya]{2,4}\b"
)


def _told_order(texts: Iterable[str]) -> dates.DayOrder | None:
    """How a form wants dates written ("MM-DD-YYYY", "gg/mm/aaaa")."""
    told = [found for text in texts if (found := _ORDER_TOLD.search(text))]
    return ("mdy" if told[0][1] else "dmy") if told else None


def _usual_order(language: str, texts: Iterable[str]) -> dates.DayOrder:
    """Month-first is the habit of English pages that count in US dollars or name US states."""
    if language != "en":
        return "dmy"
    joined = "\n".join(texts)
    american = re.search(r"\bUSA?\b|US\$|\$\s?\d|\b[A-Z]{2},? \d{5}(?:-\d{4})?\b", joined)
    british = re.search(r"£|\bVAT\b|\bGBP\b|€|\bEUR\b|\b[A-Z]{1,2}\d{1,2} \d[A-Z]{2}\b", joined)
    return "mdy" if american and not british else "dmy"


# -- labels ---------------------------------------------------------------------------------------

_PARTIES = frozenset({"seller", "buyer", "delivery_party"})
DEL = re.compile(r"(?i)\s*(?:del|vom|du|dated|of|van|de)\s*")
_ITEM_NUMBER = re.compile(r"^\d{1,2}[a-z]?(?=[.)\s])")
_BRACKETED = re.compile(r"\((?=[^)]*[a-zà-ÿ]{3}|[DMYGAJT][-/. DMYGAJT]+\))[^)]*\)")
BARE = re.compile(r"[\s:.,;#*_()\[\]€$£%°º/|-]*")


def _labels(segment: Segment, index: LabelIndex, *, mending: bool) -> Iterator[Label]:
    text = segment.text
    titled: set[str] = set()
    forms = [
        m.span() for m in lexicon.company_forms().finditer(text if "." in text else "")
        if "." in m[0] and " " not in m[0]
    ]  # fmt: skip
    position = 0  # the end of the last label: labels in a row all stand "at the start"
    for match in lexicon.find(text, index, mending=mending):
        before, after = text[position : match.start], text[match.end :]
        at_start = not re.search(r"[^\W\d_]", before)
        # a number of the form's own before it and a hint in brackets leave it alone
        lead = _ITEM_NUMBER.sub("", text[: match.start])
        alone = not BARE.sub("", lead) and not BARE.sub("", _BRACKETED.sub("", after))
        colon = after.lstrip(" .)").startswith(":")
        short = match.end - match.start <= 4
        if any(start < match.end and match.start < end for start, end in forms):
            continue  # the "n." of "S.n.c."
        weight = match.weight * (1.0 if at_start or colon else 0.6)
        numbers = lexicon.key(text[match.start : match.end]) in lexicon.number_words()
        for meaning in match.meanings:
            if numbers and meaning.concept in titled:
                # "Rechnung … Nr.": the number of what the title names
                weight, at_start = 1.9, True
            if short and meaning.concept in _PARTIES and not (alone or colon):
                continue
            if meaning.weight >= 0.5 and match.end - match.start >= 6:
                titled.add(meaning.concept)
            if short and not alone and DEL.fullmatch(text[match.start : match.end]):
                continue
            if short and not at_start and not re.match(r"\s?[.:°º#]", after):
                continue
            yield Label(
                concept=meaning.concept,
                weight=min(1.0, weight * meaning.weight * (1.4 if alone else 1.0)),
                segment=segment,
                start=match.start,
                end=match.end,
                box=segment.span_box(match.start, match.end),
                alone=alone,
                colon=colon,
            )
        if at_start or colon:
            position = match.end


_SUMS = frozenset({"net_total", "vat_total", "gross_total", "amount_due"})


def _qualified(found: list[Label]) -> tuple[Label, ...]:
    """Labels of one segment; "netto", "inkl." and their like decide what a total is.

    "Rechnungssumme netto (exkl. USt.)" names the net total, although its words name all three.
    """
    sums = [label for label in found if label.concept in _SUMS]
    totals = [label for label in sums if label.concept in ("gross_total", "net_total")]
    if not totals or min(label.start for label in totals) > min(label.start for label in sums):
        return tuple(found)
    words = lexicon.tokens(sums[0].segment.text)
    said = {lexicon.qualifiers().get(word.key) for word in words} - {None}
    if len(said) != 1 or len({(label.start, label.end) for label in sums}) < 2:
        return tuple(found)
    concept = str(said.pop())
    first, end = sums[0], max(label.end for label in sums)
    whole = replace(
        first,
        concept=concept,
        weight=max(label.weight for label in totals),
        end=end,
        box=first.segment.span_box(first.start, end),
    )
    return (*(label for label in found if label.concept not in _SUMS), whole)


def _without_columns(labels_in: dict[int, tuple[Label, ...]]) -> dict[int, tuple[Label, ...]]:
    """Words that fill a column ("NR" as a unit in every row) are no labels."""
    counts: dict[str, int] = {}
    for found in labels_in.values():
        for text in {label.segment.text for label in found if label.alone}:
            counts[text] = counts.get(text, 0) + 1
    return {
        index: tuple(x for x in found if not x.alone or counts[x.segment.text] <= 2 or x.colon)
        for index, found in labels_in.items()
    }


# -- typed spans ----------------------------------------------------------------------------------

_IDENTIFIER = re.compile(r"[A-Za-z0-9][A-Za-z0-9]*(?:[/\-_.\\]+[A-Za-z0-9]+)*")


def _spans(
    segment: Segment, mark: parse.DecimalMark | None, order: dates.DayOrder
) -> Iterator[Span]:
    text = segment.text
    if not any(c.isdigit() for c in text):
        for found in parse.find_currencies(text):
            yield _span("currency", segment, found)
        return
    taken: list[tuple[int, int]] = []
    for kind, finder in (
        ("iban", identifiers.find_ibans(text)),
        ("tax_id", identifiers.find_tax_ids(text)),
        ("date", dates.find_dates(text, order)),
        ("vat_id", identifiers.find_vat_ids(text)),
    ):
        for found in finder:
            yield _span(kind, segment, found)
            if kind != "vat_id" or found.certainty > 0.7:
                taken.append((found.start, found.end))
    for found in parse.find_percents(text):
        yield _span("percent", segment, found)
        taken.append((found.start, found.end))
    for found in parse.find_currencies(text):
        yield _span("currency", segment, found)
    for found in parse.find_amounts(text, mark):
        if not _overlaps(found, taken):
            yield _span("amount", segment, found)
            if found.certainty > 0.6:
                taken.append((found.start, found.end))
    taken = [(s, e) for s, e in taken if not text[s:e].isdigit()]
    for found in find_identifiers(text):
        if not _overlaps(found, taken):
            yield _span("identifier", segment, found)


def _same_place(one: Span, other: Span) -> bool:
    same = one.segment.index == other.segment.index
    return same and one.start < other.end and other.start < one.end


_IBAN_HEAD = re.compile(r"[A-Z]{2}\d{2}(?:\s?[A-Z0-9]){8,28}$")


def _broken_ibans(sheets: Sequence[Sheet]) -> Iterator[Span]:
    """IBANs that go on in the line below; only with check digits that hold."""
    for sheet in sheets:
        for segment in sheet.segments:
            head = _IBAN_HEAD.search(segment.text)
            if head is None or any(identifiers.find_ibans(segment.text)):
                continue
            for row in sheet.rows[segment.row + 1 : segment.row + 3]:
                for below in row:
                    near = sheet.down(below.box.y0 - segment.box.y1) < 1.2
                    if not near or abs(sheet.across(below.box.x0 - segment.box.x0)) > 1.5:
                        continue
                    text = f"{head[0]} {below.text}"
                    for found in identifiers.find_ibans(text):
                        if identifiers.iban_holds(found.value):
                            box = Box.around((segment.box, below.box))
                            score = segment.span_score(head.start(), head.end())
                            yield Span(
                                "iban", found.value, segment, head.start(), head.end(),
                                box, score, 0.9,
                            )  # fmt: skip


def _overlaps(found: parse.Found, taken: list[tuple[int, int]]) -> bool:
    return any(found.start < end and start < found.end for start, end in taken)


def _span(kind: str, segment: Segment, found: parse.Found) -> Span:
    return Span(
        kind=kind,
        value=found.value,
        segment=segment,
        start=found.start,
        end=found.end,
        box=segment.span_box(found.start, found.end),
        score=segment.span_score(found.start, found.end),
        certainty=found.certainty,
    )


_NUMBER_WORD = re.compile(r"(?i)(?:num|nr|no|n)[.:_]+(?=\w)")


def find_identifiers(text: str) -> Iterator[parse.Found]:
    """Runs of letters, digits and separators with a digit; short prefixes join ("FT 12 / A")."""
    pieces = list(_IDENTIFIER.finditer(text))
    for i, piece in enumerate(pieces):
        if not any(c.isdigit() for c in piece[0]):
            continue
        start, end = piece.start(), piece.end()
        if glued := _NUMBER_WORD.match(piece[0]):  # "n.127/A"
            start += glued.end()
        elif i > 0:
            before = pieces[i - 1]
            joint = text[before.end() : start]
            prefix = re.fullmatch(r"[A-Z]{1,5}", before[0]) and joint == " "
            if prefix and before[0].upper() not in _NOT_PREFIXES:
                start = before.start()
        for after in pieces[i + 1 : i + 3]:
            joint = text[end : after.start()]
            fits = re.fullmatch(r"\d{1,8}|[A-Z0-9]{1,4}", after[0])
            if fits and re.fullmatch(r"\s?[/\\]\s?|\s?-\s?", joint):
                end = after.end()
            else:
                break
        if end - start <= 40:
            yield parse.Found(text[start:end], start, end)


_NOT_PREFIXES = frozenset(
    [
        "N",
        "NR",
        "NO",
        "NUM",
        "DEL",
        "DAL",
        "AL",
        "IL",
        "DI",
        "DA",
        "VOM",
        "NUMMER",
        "DATUM",
        "DATE",
        "FATTURA",
        "INVOICE",
        "EUR",
        "USD",
        "GBP",
        "CHF",
        "KG",
        "TEL",
        "FAX",
        "VAT",
        "IVA",
        "UST",
        "MWST",
        "PAG",
        "SEITE",
        "PAGE",
        "CAP",
        "VIA",
        "DDT",
        "P",
        "ID",
        "LI",
        "DATA",
        "NDEG",
    ]
)
