"""How strongly the labels beside, before and above a value claim it."""

from __future__ import annotations

import re
from collections.abc import Iterator

from extractors import lexicon, parse
from extractors.candidates import BARE, DEL, Document, Label, Link, Span
from extractors.layout import Segment, Sheet

REACH_DOWN = 3.2  # ems from a label down to its value
REACH_RIGHT = 60.0  # ems from a label to its value on the same row


def links_of(document: Document, span: Span) -> tuple[Link, ...]:
    """The labels that claim `span`, best first, the strongest for each concept."""
    at = (span.kind, span.segment.index, span.start, span.end)
    if at not in document.links:
        document.links[at] = tuple(_find(document, span))
    return document.links[at]


def _find(document: Document, span: Span) -> list[Link]:
    best: dict[str, Link] = {}
    sheet = document.sheet_of(span.segment)
    for link in (
        *_inline(document, span),
        *_to_the_left(document, sheet, span),
        *_above(document, sheet, span),
    ):
        known = best.get(link.concept)
        if known is None or link.strength > known.strength:
            best[link.concept] = link
    return sorted(best.values(), key=lambda link: -link.strength)


def _inline(document: Document, span: Span) -> Iterator[Link]:
    """Labels before the span in its own segment; words or numbers between weaken them."""
    text = span.segment.text
    before = [x for x in document.labels_in.get(span.segment.index, ()) if x.end <= span.start]
    for label in before:
        between = text[label.end : span.start]
        strength = label.weight * 0.97
        for start, end in {(o.start, o.end) for o in before if o.start >= label.end}:
            strength *= 0.75
            between = between.replace(text[start:end], " ", 1)
        for word in re.findall(r"\w+", between):
            strength *= 0.9 if word.lower() in _FILLERS else (0.72 if word.isalpha() else 0.6)
        if strength > 0.05:
            yield Link(label.concept, strength, "inline", label)
    if (
        span.kind == "date"
        and _PLACE.fullmatch(text[: span.start])
        and not text[span.end :].strip(" .")
    ):
        # "Milano, 5 marzo 2024": the place and date of a letter
        place = Label("issue_date", 0.8, span.segment, 0, span.start, span.box, False, False)
        yield Link("issue_date", 0.75, "inline", place)
        yield Link("date", 0.75, "inline", place)
    if span.kind == "date" and before:
        yield from _dated(document, text, before, span)


_PLACE = re.compile(
    r"[A-ZÀ-Þ][^\W\d_]+(?:[ '’-][^\W\d_]+){0,4}(?:\s?\([A-Z]{2}\))?\s?,\s*"
    r"(?:(?:lì|li|le|den|il|the|el|de)\s*)?,?\s*"
)


def _last_named(text: str, before: list[Label]) -> list[Label]:
    """The labels that stand last; "n." is not one when another stands right before it."""
    last = max(label.start for label in before)
    ends = [label for label in before if label.start == last]
    if lexicon.key(text[last : ends[0].end]) in lexicon.number_words():
        named = [x for x in before if x.end <= last and not BARE.sub("", text[x.end : last])]
        ends = named or ends
    return ends


def _dates_of(document: Document) -> dict[str, str]:
    """What a date is that stands beside a number, by what the number is."""
    dated: dict[str, str] = lexicon.raw()["dated"]
    return {n: document.index.note if d == "note_date" else d for n, d in dated.items()}


def _dated(document: Document, text: str, before: list[Label], span: Span) -> Iterator[Link]:
    """A date after a number is the date of what the number names ("Fattura n. 12 del 3/4/2024")."""
    dated = _dates_of(document)
    for label in _last_named(text, before):
        if label.concept not in dated:
            continue
        between = re.findall(r"\w+", text[label.end : span.start])
        words = [w for w in between if w.isalpha() and len(w) > 1 and w.lower() not in _FILLERS]
        if len(words) <= 1 and any(any(c.isdigit() for c in w) for w in between):
            yield Link(dated[label.concept], 0.9 * max(label.weight, 0.8), "inline", label)


_FILLERS = frozenset(
    ["n", "nr", "no", "num", "del", "della", "il", "di", "e", "al", "entro", "gg", "vom", "am",
     "zum", "den", "der", "bis", "und", "von", "du", "le", "la", "et", "of", "the", "on", "is",
     "by", "to", "and", "in", "eur", "euro", "pari", "ad", "a", "è", "ist", "beträgt", "est"]
)  # fmt: skip


def _to_the_left(document: Document, sheet: Sheet, span: Span) -> Iterator[Link]:
    """Labels that end a segment to the left on the same row."""
    strength = 0.95
    row = sheet.rows[span.segment.row]
    at = next(i for i, segment in enumerate(row) if segment.index == span.segment.index)
    lead = span.segment.text[: span.start]
    if span.kind == "date" and at > 0 and (not lead.strip() or DEL.fullmatch(lead)):
        yield from _dated_left(document, row[at - 1], 0.5 if not lead.strip() else 0.8)
    if re.search(r"[^\W\d_]{2}|\d", re.sub(r"(?i)eur|usd|chf|gbp|euro", "", lead)):
        strength *= 0.6
    found = False
    for segment in reversed(row[:at]):
        distance = sheet.across(span.box.x0 - segment.box.x1)
        if distance > REACH_RIGHT:
            break
        labels = document.labels_in.get(segment.index, ())
        found = found or bool(labels)
        yield from _at_the_end(segment, labels, strength * (1 - 0.004 * max(0.0, distance)))
        if labels and any(label.alone for label in labels):
            strength *= 0.3
        elif not BARE.sub("", segment.text) or parse.parse_currency(segment.text):
            strength *= 0.98
        else:
            strength *= 0.75
    if not found and not lead.strip(" €$£"):
        yield from _slanted(document, sheet, span)


def _dated_left(document: Document, beside: Segment, strength: float) -> Iterator[Link]:
    """ "Fattura n. 12", and at some distance "3/4/2024" or "del 3/4/2024"."""
    dated = _dates_of(document)
    for label in document.labels_in.get(beside.index, ()):
        numbered = re.search(r"\d", beside.text[label.end :])
        if strength <= 0.5 and not (numbered and dated.get(label.concept) == "issue_date"):
            continue
        if label.concept in dated:
            yield Link(dated[label.concept], strength * max(label.weight, 0.8), "left", label)


def _at_the_end(segment: Segment, labels: tuple[Label, ...], strength: float) -> Iterator[Link]:
    """Links to a segment's labels; what stands after a label weakens it."""
    for label in labels:
        rest = segment.text[label.end :]
        decay = strength
        for other in labels:
            if other.start >= label.end:
                decay *= 0.75
                rest = rest.replace(segment.text[other.start : other.end], " ", 1)
        for word in re.findall(r"\w+", rest):
            decay *= 0.93 if word.lower() in _FILLERS else 0.85
        if decay * label.weight > 0.05:
            yield Link(label.concept, decay * label.weight, "left", label)


def _slanted(document: Document, sheet: Sheet, span: Span) -> Iterator[Link]:
    """Labels to the left a little higher or lower, with nothing on their own row to the right.

    Paper that was photographed or not held flat has rows that bend.
    """
    number = span.segment.row
    for row in sheet.rows[max(0, number - 2) : number + 3]:
        last = row[-1]
        offset = abs(sheet.down(last.box.cy - span.box.cy))
        if last.row == number or offset > 1.3 or last.box.x1 >= span.box.x0:
            continue
        if sheet.across(span.box.x0 - last.box.x1) < REACH_RIGHT:
            labels = document.labels_in.get(last.index, ())
            yield from _at_the_end(last, labels, 0.8 - 0.2 * offset)


def _dated_above(document: Document, sheet: Sheet, span: Span) -> Iterator[Link]:
    """ "Fattura 12" with "del 3/4/2024" on the line under it."""
    dated = _dates_of(document)
    for row in sheet.rows[max(0, span.segment.row - 2) : span.segment.row]:
        for segment in row:
            near = sheet.down(span.box.y0 - segment.box.y1) < 1.5
            if not near or abs(sheet.across(segment.box.x0 - span.segment.box.x0)) > 1.5:
                continue
            for label in document.labels_in.get(segment.index, ()):
                if label.concept in dated:
                    yield Link(dated[label.concept], 0.75, "above", label)


def _above(document: Document, sheet: Sheet, span: Span) -> Iterator[Link]:
    """Labels over the span: in its column, at most a few rows up, nothing typed between."""
    passed = 1.0
    top = span.box.y0
    if span.kind == "date" and DEL.fullmatch(span.segment.text[: span.start]):
        yield from _dated_above(document, sheet, span)
    for row in reversed(sheet.rows[: span.segment.row]):
        gap = sheet.down(top - max(segment.box.y1 for segment in row))
        if sheet.down(top - min(segment.box.y1 for segment in row)) > REACH_DOWN * 2:
            break
        blocked = False
        for at, segment in enumerate(row):
            gap = sheet.down(top - segment.box.y1)
            if gap > REACH_DOWN or gap < -0.6:
                continue
            right = row[at + 1].box.x0 if at + 1 < len(row) else 1.0
            if not (segment.box.x0 - sheet.em < span.box.x1 and span.box.x0 < right):
                continue
            labels = document.labels_in.get(segment.index, ())
            for label in labels:
                strength = _alignment(sheet, label, span, right) * passed
                strength *= label.weight * (1 - 0.1 * max(0.0, gap))
                tail = segment.text[label.end :]
                if re.search(r"\d", tail) and not label.alone:
                    strength *= 0.25  # the label has its value beside it
                elif not label.alone:
                    strength *= 0.7
                if strength > 0.05:
                    yield Link(label.concept, strength, "above", label)
            over = segment.box.x0 < span.box.x1 and span.box.x0 < segment.box.x1
            blocked = blocked or over
        if blocked:
            passed *= 0.6


def _alignment(sheet: Sheet, label: Label, span: Span, right: float) -> float:
    """How well a span stands under a label: aligned, overlapping or at least in its cell."""
    edges = min(
        abs(sheet.across(span.box.x0 - label.box.x0)),
        abs(sheet.across(span.box.x1 - label.box.x1)),
        abs(sheet.across(span.box.cx - label.box.cx)),
    )
    overlap = min(span.box.x1, label.box.x1) - max(span.box.x0, label.box.x0)
    if overlap > 0:
        return 0.9 if edges < 1.0 else 0.82
    return 0.5 if label.box.x1 <= span.box.x0 < right else 0.25
