"""Free text that answers a label: beside it, under it or after it on its line."""

from __future__ import annotations

import re
from collections.abc import Iterable

from extractors import lexicon, names, parse
from extractors.candidates import Document, Label, Span
from extractors.choice import Scored
from extractors.layout import Segment, Sheet
from models.doctype import FieldSpec

_NO_ANSWER = re.compile(r"^[\W_]*$")


def texts(document: Document, spec: FieldSpec) -> Iterable[Scored]:
    """What stands after, right of or under a label of the field, up to the next label."""
    concepts = lexicon.concepts_of(spec.name)
    for label in document.labels:
        if label.concept not in concepts or _is_repeated(document, label):
            continue
        for span, strength in beside(document, label):
            odds = -3.0 + 5.6 * strength * label.weight + 1.0 * (span.score - 1)
            odds += _text_odds(document, spec, span)
            if spec.name == "province":
                odds += _near_town(document, label)
            yield Scored(_text_value(spec, span), span, odds)


def _text_value(spec: FieldSpec, span: Span) -> str:
    if spec.name == "carrier":
        return names.mend_company(span.value)
    if spec.name == "province" and (inside := re.search(r"\b[A-Z]{2}\b", span.value)):
        return inside[0]
    if spec.name in _WORDED:  # a name has no digits: they are letters that OCR took for some
        return " ".join(
            parse.letters_for_digits(w) if any(c.isalpha() for c in w) else w
            for w in span.value.split(" ")
        )
    return span.value


_WORDED = frozenset({"last_name", "first_name", "city", "birth_place"})


def _near_town(document: Document, label: Label) -> float:
    """A province beside town and postal code is the address's; one beside a birth place is not."""
    row = document.sheet_of(label.segment).rows[label.segment.row]
    concepts = {
        other.concept for segment in row for other in document.labels_in.get(segment.index, ())
    }
    birth = bool(concepts & {"birth_place", "birth_date"})
    return 1.0 * bool(concepts & {"city", "postal_code"} and not birth) - 2.0 * birth


def _is_repeated(document: Document, label: Label) -> bool:
    """After another label of its concept a word is part of the value ("Vettore: Corriere Blu")."""
    return any(
        other.concept == label.concept and other.start < label.start
        for other in document.labels_in[label.segment.index]
    )


def _text_odds(document: Document, spec: FieldSpec, span: Span) -> float:
    text = span.value
    odds = -2.0 * (len(text) > spec.max_length) - 0.8 * (len(text) > 60)
    digits = sum(c.isdigit() for c in text)
    if spec.name in _WORDED or spec.name in ("province", "carrier"):
        odds -= 2.5 * (digits > 0.3 * len(text)) + 1.0 * (len(text) > 45)
    if spec.name in _WORDED and re.search(r"(?:^|\s)[^\W\d_a-zéèàùìòy](?=\s|$)", text):
        odds -= 2.0  # a letter that stands alone: others were lost between the boxes of a form
    if spec.name == "province":
        odds += 1.0 if re.fullmatch(r"\(?[A-Z]{2}\)?", text) else -1.5
    if spec.name == "address":
        odds += 1.0 * bool(names.STREET.search(text)) + 0.3 * bool(digits)
    return odds


def beside(document: Document, label: Label) -> Iterable[tuple[Span, float]]:
    """Text spans that a label may name, with the strength of the tie."""
    segment = label.segment
    sheet = document.sheet_of(segment)
    others = document.labels_in[segment.index]
    begin = _after_hint(segment.text, label.end)
    later = [
        o.start for o in others if o.start >= begin and (o.concept != label.concept or o.colon)
        and (o.colon or label.concept != "carrier") and not _is_house(label, o)
    ]  # fmt: skip
    end = min(later, default=len(segment.text))
    if inline := _clean(document, segment, begin, end):
        yield inline, 0.95 if label.colon else 0.7
        return
    if later or _in_prose(document, label):
        return
    row = sheet.rows[segment.row]
    at = next(i for i, s in enumerate(row) if s.index == segment.index)
    right = row[at + 1] if at + 1 < len(row) else None
    if right is not None:
        distance = sheet.across(right.box.x0 - segment.box.x1)
        labels = document.labels_in.get(right.index, ())
        stop = min((o.start for o in labels if o.weight > 0.4), default=len(right.text))
        found = _clean(document, right, 0, stop)
        if found and distance < 40:
            yield found, 0.88 - 0.006 * distance
    yield from _under(document, sheet, label, right.box.x0 if right else 1.0)


def _is_house(label: Label, other: Label) -> bool:
    """ "Via Cavour, n. 78": the number of the house, and no label."""
    text = other.segment.text[other.start : other.end]
    return (
        label.concept in ("address", "merchant_address")
        and not other.colon
        and lexicon.key(text) in lexicon.number_words()
    )


_HINT = re.compile(r"\s*\((?=[^)]*[a-zà-ÿ]{2})[^)]*\)?")


def _after_hint(text: str, start: int) -> int:
    """Where a value may begin: after what tells the writer how to fill the field.

    "Address (street, no.). Do not use a P.O. box", "Via (se diversa)", "Ort (siehe Hinweise)".
    """
    while hint := _HINT.match(text, start):
        start = hint.end()
    rest = text[start:].lstrip(" .:;-")
    said = lexicon.find(rest, lexicon.phrases("hints"), mending=False)
    return len(text) if said and said[0].start == 0 else start


def _in_prose(document: Document, label: Label) -> bool:
    """A label at the end of a sentence names nothing beside or below it."""
    before = label.segment.text[: label.start]
    for other in document.labels_in[label.segment.index]:
        if other.end <= label.start:
            before = before.replace(label.segment.text[other.start : other.end], " ")
    return not label.colon and len(re.findall(r"[^\W\d_]{2,}", before)) >= 3


def _under(
    document: Document, sheet: Sheet, label: Label, right: float
) -> Iterable[tuple[Span, float]]:
    """Text in the rows under the label and in its column, which ends where `right` begins."""
    segment = label.segment
    margin = sheet.em / sheet.aspect
    # what stands first on its row may begin further left: the label has a number before it
    ahead = (s for s in sheet.rows[segment.row] if s.box.x1 <= segment.box.x0)
    reach = 1.0 if any(c.isalpha() for s in ahead for c in s.text) else 3.0
    left, right = segment.box.x0 - reach * margin, max(segment.box.x1, right - 0.6 * margin)
    for row in sheet.rows[segment.row + 1 : segment.row + 4]:
        hit = False
        for below in row:
            gap = sheet.down(below.box.y0 - segment.box.y1)
            if gap > 2.2 or not (left < below.box.x1 and below.box.x0 < right):
                continue
            hit = True
            labels = document.labels_in.get(below.index, ())
            if any(
                o.start <= 1 and o.weight > 0.4 and (o.concept != label.concept or o.colon)
                for o in labels
            ):
                continue
            # a reader may have taken the values of neighbouring columns for one line
            inside = [
                (word, start)
                for word, start in zip(below.words, below.starts, strict=True)
                if left < word.box.cx < right
            ]
            if not inside:
                continue
            first, last = inside[0], inside[-1]
            if found := _clean(document, below, first[1], last[1] + len(last[0].text)):
                aligned = abs(sheet.across(first[0].box.x0 - segment.box.x0)) < 1.5
                yield found, (0.78 if aligned else 0.6) - 0.08 * max(0.0, gap)
        if hit:
            break


def _clean(document: Document, segment: Segment, start: int, end: int) -> Span | None:
    """`text[start:end]` without the signs that only lead to it; None when nothing is left."""
    text = segment.text[start:end]
    lead = re.match(r"[\s:.;,_\-–=)*/|]*", text)
    begin = start + (lead.end() if lead else 0)
    value = segment.text[begin:end].rstrip(" :;,_|(-–")
    if _NO_ANSWER.match(value):
        return None
    return Span("text", value, segment, begin, begin + len(value),
                segment.span_box(begin, begin + len(value)),
                segment.span_score(begin, begin + len(value)), 1.0)  # fmt: skip
