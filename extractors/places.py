"""Where a known value stands on the pages: what a person keyed has no place yet."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from rapidfuzz import fuzz

from extractors.candidates import Document
from extractors.layout import Segment
from extractors.parse import fold
from extractors.weights import claims, spans_for, value_of
from models.doctype import FieldSpec
from models.words import Box

MOST = 4  # places of one value that are kept
LIKE = 86.0  # percent of a text that has to be read right
MAX_CHARACTERS = 300


@dataclass(frozen=True, slots=True)
class Place:
    """`segment.text[start:end]` with its box; `page` as the document counts."""

    segment: Segment
    start: int
    end: int
    box: Box

    @property
    def page(self) -> int:
        return self.segment.page


def locate(
    document: Document, spec: FieldSpec, value: str, page: int | None, box: Box | None
) -> list[Place]:
    """The places where `value` is printed, the likeliest first; at most `MOST`.

    A place at `box` of `page` is first; else the one that a label of the field is nearest to.
    """
    found = list(_typed(document, spec, value)) or list(_worded(document, value))
    if not found and box is not None and page is not None:
        found = list(_at(document, page, box))

    def first(place: Place) -> tuple[bool, float]:
        hinted = box is not None and place.page == page and _touch(place.box, box)
        return not hinted, -_claimed(document, spec, place)

    return sorted(found, key=first)[:MOST]


def _typed(document: Document, spec: FieldSpec, value: str) -> Iterator[Place]:
    if spec.kind == "text":
        return
    for span in spans_for(document, spec):
        if value_of(spec, span) == value:
            yield Place(span.segment, span.start, span.end, span.box)


def _claimed(document: Document, spec: FieldSpec, place: Place) -> float:
    for span in spans_for(document, spec) if spec.kind != "text" else ():
        if span.segment.index == place.segment.index and span.start == place.start:
            return claims(document, spec, span)[0]
    return 0.0


def _touch(one: Box, other: Box) -> bool:
    return (
        (one.x0 < other.x1 and other.x0 < one.x1 and one.y0 < other.cy < one.y1)
        or (other.x0 < one.cx < other.x1 and other.y0 < one.cy < other.y1)
    )  # fmt: skip


def _at(document: Document, page: int, box: Box) -> Iterator[Place]:
    """The words in `box`, whatever they say."""
    for sheet in document.sheets:
        for segment in sheet.segments if sheet.number == page else ():
            inside = [
                (word, start)
                for word, start in zip(segment.words, segment.starts, strict=True)
                if box.x0 <= word.box.cx <= box.x1 and box.y0 <= word.box.cy <= box.y1
            ]
            if inside:
                start, end = inside[0][1], inside[-1][1] + len(inside[-1][0].text)
                yield Place(segment, start, end, segment.span_box(start, end))


def _worded(document: Document, value: str) -> Iterator[Place]:
    """Runs of words that read like `value`, exact ones before those with misread letters."""
    wanted, _ = squeeze(value[:MAX_CHARACTERS])
    if len(wanted) < 2:
        return
    exact, like = [], []
    for sheet in document.sheets:
        for segment in sheet.segments:
            text, places = squeeze(segment.text)
            at = text.find(wanted)
            if at >= 0:
                exact.append(_place(segment, places[at], places[at + len(wanted) - 1] + 1))
            elif len(wanted) >= 5 and len(text) >= 0.8 * len(wanted):
                found = fuzz.partial_ratio_alignment(wanted, text, score_cutoff=LIKE)
                if found is not None and found.dest_end > found.dest_start:
                    start, end = places[found.dest_start], places[found.dest_end - 1] + 1
                    like.append((found.score, _place(segment, start, end)))
    yield from exact
    yield from (place for _, place in sorted(like, key=lambda pair: -pair[0]))


def _place(segment: Segment, start: int, end: int) -> Place:
    """Whole words only: a value does not begin within one."""
    for word, at in zip(segment.words, segment.starts, strict=True):
        if at < start < at + len(word.text) and all(
            not c.isalnum() for c in word.text[: start - at]
        ):
            start = at
    return Place(segment, start, end, segment.span_box(start, end))


def squeeze(text: str) -> tuple[str, list[int]]:
    """Letters and digits only, folded, and where each of them stands in `text`."""
    letters, places = [], []
    for at, c in enumerate(text):
        for part in fold(c) if c.isalnum() else ():
            letters.append(part)
            places.append(at)
    return "".join(letters), places


def same_text(one: str, other: str) -> float:
    """How like two texts are (0..1) when case, spaces and punctuation do not matter."""
    a, b = squeeze(one)[0], squeeze(other)[0]
    return 1.0 if a == b else fuzz.ratio(a, b) / 100


def segments_of(document: Document) -> Iterable[Segment]:
    return (segment for sheet in document.sheets for segment in sheet.segments)
