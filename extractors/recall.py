"""What memory says of a new document: whose it is, and where its values should stand.

`recall` weighs every candidate by the places that were verified on earlier documents; `favour`
brings that into the ranking; `extractors.remind` looks at the choice once more when it is made.
Memory adds to what a page says and never stands in for it: where the two disagree, the value is
less sure, and a person looks.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from extractors.candidates import Document, Span
from extractors.choice import Scored
from extractors.layout import Segment
from extractors.memory import Column, Lesson, Memory, Remembered, Taught, around
from extractors.names import looks_like_name
from extractors.places import same_text, segments_of
from extractors.signature import Signature, common, is_misread, overlay, sign_sheets
from extractors.weights import spans_for, value_of
from extractors.whereabouts import (
    LABEL,
    Shift,
    Whereabouts,
    evidence_of,
    label_key,
    like,
    shape_of,
)
from extractors.wordings import Wordings
from models.doctype import DocumentType, FieldSpec

SURE = 1.5  # log odds from which memory names a value
GAIN = 1.5  # what these are worth beside the log odds of the ranking
STRONGEST = 4.0  # log odds that memory can give a candidate
ALIKE = 1.2  # the same where only the layout is alike: under `SURE`, so it decides nothing alone
BASE = -2.5  # log odds of a candidate that only memory has
MACHINE_SHARE = 0.6  # what places count that nobody but the machine has seen
MAX_MATCHES = 3


@dataclass(frozen=True)
class Memories:
    """What is remembered for one document: of layouts that may be its own, and by type what its
    values are called."""

    layouts: Sequence[Memory] = ()
    wordings: Mapping[str, Wordings] = field(default_factory=dict)


@dataclass(frozen=True)
class Match:
    """A memory that fits the document: `same` when it is surely the same supplier's, `linked` when
    a number of that supplier's is printed; `share` is how much of the layout is the same, 0..1."""

    memory: Memory
    shift: Shift
    share: float
    same: bool
    linked: bool


@dataclass(frozen=True, slots=True)
class Recalled:
    """A candidate with what memory gives it, in log odds, and the words of the place it goes by."""

    value: str
    span: Span
    odds: float
    words: tuple[str, str]


@dataclass
class Recall:
    """What memory says of each field: candidates, best first."""

    matches: list[Match]
    wordings: Wordings | None
    fields: dict[str, list[Recalled]] = field(default_factory=dict)
    seen: dict[tuple[int, int, int], Whereabouts] = field(default_factory=dict)

    @property
    def columns(self) -> tuple[Column, ...]:
        """The table of line items of the recognised supplier."""
        return next((m.memory.columns for m in self.matches if m.same and m.memory.columns), ())

    def around(self, document: Document, span: Span) -> Whereabouts:
        at = (span.segment.index, span.start, span.end)
        if at not in self.seen:
            self.seen[at] = around(document, span)
        return self.seen[at]


def recall(document: Document, doctype: DocumentType, memories: Memories) -> Recall:
    """Recognise the document and look for the remembered places on it."""
    signature = sign_sheets(document.sheets)
    matches = [
        match
        for memory in memories.layouts
        if memory.type == doctype.name and (match := recognise(memory, signature))
    ]
    matches.sort(key=lambda match: (not match.same, -match.share))
    found = Recall(matches[:MAX_MATCHES], memories.wordings.get(doctype.name))
    for spec in doctype.fields:
        found.fields[spec.name] = _rank(document, spec, found)
    return found


def recognise(memory: Memory, signature: Signature) -> Match | None:
    """Whether the document with `signature` is of the memory's supplier or at least looks like it;
    None when it is neither. A valid VAT number of somebody else's rules the supplier out."""
    shift, near, _ = overlay(memory.signature, signature)
    grams = common(memory.signature, signature)
    shared = memory.signature.ids & signature.ids
    linked = any(not key.startswith("tel:") for key in shared)
    denied = _is_denied(memory, signature)
    same = not denied and (
        (linked and near >= 0.2)
        or (grams >= 0.4 and near >= 0.35 and len(memory.signature.grams) >= 4)
    )
    if not (same or (linked and not denied) or near >= 0.5):
        return None
    return Match(memory, shift, near, same, linked and not denied)


def _is_denied(memory: Memory, signature: Signature) -> bool:
    """Another number stands where the supplier's should: all that are printed are others'."""
    known = {key for key in memory.signature.ids if key.startswith("vat:")}
    buyers = {
        f"vat:{value}"
        for name, remembered in memory.fields.items()
        if name.startswith("buyer")
        for value in remembered.values
    }
    printed = {key for key in signature.ids if key.startswith("vat:")} - buyers
    if not known or not printed or known & printed:
        return False
    if any(is_misread(one, other) for one in known for other in printed):
        return False
    # a page may print the buyer's number only, one that was not seen before
    return len(printed) >= len(known)


# -- candidates -----------------------------------------------------------------------------------


def _rank(document: Document, spec: FieldSpec, found: Recall) -> list[Recalled]:
    best: dict[tuple[int, int, int], Recalled] = {}
    for match in found.matches:
        remembered = match.memory.fields.get(spec.name)
        if remembered is None or not remembered.traces:
            continue
        for value, span in _candidates(document, spec, remembered, match):
            odds, words = weigh(match, remembered, found.around(document, span))
            at = _at(span)
            if at not in best or odds > best[at].odds:
                best[at] = Recalled(value, span, odds, words)
    return sorted(best.values(), key=lambda one: -one.odds)


def weigh(
    match: Match, remembered: Remembered, found: Whereabouts
) -> tuple[float, tuple[str, str]]:
    """Log odds of a candidate by the remembered place that it is likest to, and that place's
    words. Places that were wrong before count less, so do likenesses of layouts only."""
    most = max(trace.weight for trace in remembered.traces)
    share = 1.0 if remembered.by_person else MACHINE_SHARE
    best, words = -9.0, ("", "")
    for trace in remembered.traces:
        odds = evidence_of(trace.place, found, match.shift) - 1.5 * (1.0 - trace.weight / most)
        odds *= trace.trust * share if odds > 0 else 1.0
        if odds > best:
            best, words = odds, (trace.place.left, trace.place.above)
    return min(STRONGEST if match.same else ALIKE, best), words


def _candidates(
    document: Document, spec: FieldSpec, remembered: Remembered, match: Match
) -> Iterator[tuple[str, Span]]:
    if spec.kind != "text":
        for span in spans_for(document, spec):
            yield value_of(spec, span), span
    if match.same and spec.kind in ("text", "identifier"):
        shapes = {trace.place.shape for trace in remembered.traces}
        for value, span in _pieces(document, remembered):
            if spec.kind == "identifier":
                fits = shape_of(value) in shapes
            else:
                fits = looks_like_name(value) or not spec.name.endswith("_name")
            if fits:
                yield value, span


def _pieces(document: Document, remembered: Remembered) -> Iterator[tuple[str, Span]]:
    """Whole segments, and what follows the remembered words within one."""
    lefts = {trace.place.left for trace in remembered.traces} - {""}
    for segment in segments_of(document):
        labels = document.labels_in.get(segment.index, ())
        if len(segment.text) > 120 or any(label.alone for label in labels):
            continue
        for at in (0, *_after(segment, lefts)):
            text = segment.text[at:].strip(" .:;,-|")
            if not any(c.isalnum() for c in text):
                continue
            start = segment.text.index(text, at)
            yield text, _text_span(segment, start, start + len(text))


def _after(segment: Segment, lefts: set[str]) -> Iterator[int]:
    for word, start in zip(segment.words, segment.starts, strict=True):
        if start == 0 or not word.text:
            continue
        key = label_key(segment.text[:start])[-LABEL:]
        if key and any(like(left, key) >= 0.85 for left in lefts):
            yield start


def _text_span(segment: Segment, start: int, end: int) -> Span:
    return Span("text", segment.text[start:end], segment, start, end,
                segment.span_box(start, end), segment.span_score(start, end), 1.0)  # fmt: skip


# -- into the ranking -----------------------------------------------------------------------------


def favour(
    document: Document, doctype: DocumentType, spec: FieldSpec, pool: list[Scored], found: Recall
) -> list[Scored]:
    """The candidates of a field with what memory gives them, best first; some may be new."""
    recalled = {_at(one.span): one for one in found.fields.get(spec.name, ())}
    top = max((one.odds for one in recalled.values()), default=0.0)
    raised, known = [], set()
    for scored in pool:
        one = recalled.get(_at(scored.span))
        gain = _gain(one.odds if one else 0.0, top)
        if found.wordings is not None:
            gain += _worded(document, doctype, spec, scored.span, found)
        known.add(_at(scored.span))
        raised.append(replace(scored, odds=scored.odds + gain))
    for at, one in recalled.items():
        if at not in known and one.odds >= SURE:
            raised.append(Scored(one.value, one.span, BASE + GAIN * one.odds))
    return sorted(raised, key=lambda scored: -scored.odds)


def _gain(odds: float, top: float) -> float:
    """What a candidate gets: others than the remembered one lose a little where that is there."""
    if odds > 0:
        return GAIN * odds
    return -1.0 if top >= SURE else 0.0


def _worded(
    document: Document, doctype: DocumentType, spec: FieldSpec, span: Span, found: Recall
) -> float:
    assert found.wordings is not None
    return found.wordings.support(doctype, spec, found.around(document, span))


def _at(span: Span) -> tuple[int, int, int]:
    return span.segment.index, span.start, span.end


# -- what memory would have said ------------------------------------------------------------------


def examine(document: Document, doctype: DocumentType, lesson: Lesson, memory: Memory) -> Lesson:
    """The lesson with what `memory` would have said of each field beside what is true.

    This is how memory is confirmed and corrected: by every later document, used or not.
    """
    found = recall(document, doctype, Memories((memory,)))
    fields: dict[str, Taught] = dict(lesson.fields)
    for name, taught in lesson.fields.items():
        top = found.fields.get(name, [])[:1]
        if not top or top[0].odds < SURE or not taught.traces:
            continue
        hit = taught.value is not None and _equal(top[0].value, taught.value)
        fields[name] = replace(taught, outcome="right" if hit else "wrong", spoke=top[0].words)
    return replace(lesson, fields=fields)


def _equal(one: str, other: str) -> bool:
    return one == other or same_text(one, other) >= 0.88


HOME = 0.35  # share of a layout from which a paper is of that layout


def find_home(lesson: Lesson, memories: Sequence[Memory]) -> Memory | None:
    """The memory that a lesson adds to: the same supplier's, in the same layout. None: a supplier
    that is new, or one that has changed its layout, which is then remembered beside."""
    fitting = [
        (match.share, memory)
        for memory in memories
        if memory.type == lesson.type
        and (match := recognise(memory, lesson.signature))
        and match.same
        and match.share >= HOME
    ]
    return max(fitting, key=lambda pair: pair[0])[1] if fitting else None


def find_rivals(lesson: Lesson, memories: Sequence[Memory]) -> list[Memory]:
    """Memories of the same supplier and type in other layouts, the most useful first."""
    mine = {key for key in lesson.signature.ids if not key.startswith("tel:")}
    rivals = [m for m in memories if m.type == lesson.type and m.signature.ids & mine]
    return sorted(rivals, key=lambda memory: (-memory.lessons, memory.id))
