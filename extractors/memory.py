"""What verified documents teach: where the values of a supplier stand and what stays the same.

A `Lesson` is what one verified document taught; a `Memory` is made from the newest lessons of one
layout, anew each time. So learning from a document twice is learning once, and taking a lesson
away leaves no trace.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, Literal

from extractors import zones
from extractors.candidates import Document, Span
from extractors.places import Place, locate
from extractors.signature import Signature, sign_sheets
from extractors.weights import spans_for, value_of
from extractors.whereabouts import Whereabouts, look_around
from models.doctype import DocumentType, FieldSpec
from models.words import Box

PERSON, MACHINE = 1.0, 0.5  # what a value counts by who says it
MAX_LESSONS = 12  # newest lessons that make a memory
MAX_TRACES = 4  # different places of a field that are remembered
MAX_VALUES = 4  # different values of a field that are remembered

Outcome = Literal["right", "wrong", "none"]


@dataclass(frozen=True, slots=True)
class Verified:
    """A value of a finished document; `value` None says that a person or the machine found none.

    `line` counts line items from 0; `by_person` is whether somebody keyed or confirmed it.
    """

    name: str
    line: int | None
    value: str | None
    page: int | None
    box: Box | None
    by_person: bool


@dataclass(frozen=True, slots=True)
class Taught:
    """What a lesson says of one field. `rivals` are how many other values of the kind stood under
    the same words: to the left, above. `outcome` is whether memory would have been right before,
    by the words (left, above) in `spoke`."""

    value: str | None
    weight: float
    traces: tuple[Whereabouts, ...]
    rivals: tuple[int, int] = (0, 0)
    outcome: Outcome = "none"
    spoke: tuple[str, str] = ("", "")


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the table of line items: its title and where it stands across the page."""

    name: str
    title: str
    x0: float
    x1: float


@dataclass(frozen=True)
class Lesson:
    """What one verified document teaches."""

    type: str
    signature: Signature
    fields: Mapping[str, Taught]
    columns: tuple[Column, ...] = ()

    def to_dict(self) -> dict[str, Any]:
        return {
            "type": self.type,
            "signature": self.signature.to_dict(),
            "fields": {
                name: [t.value, t.weight, [s.to_list() for s in t.traces], list(t.rivals),
                       t.outcome, list(t.spoke)]
                for name, t in self.fields.items()
            },
            "columns": [[c.name, c.title, c.x0, c.x1] for c in self.columns],
        }  # fmt: skip

    def anew(self) -> Lesson:
        """The lesson without what memory would have said."""
        fields = {
            name: replace(taught, outcome="none", spoke=("", ""))
            for name, taught in self.fields.items()
        }
        return replace(self, fields=fields)

    @property
    def wording(self) -> dict[str, list[Any]]:
        """The part that teaches wordings: by field the value, what it counts by, the words left of
        it and above, and how many rivals each has."""
        said: dict[str, list[Any]] = {}
        for name, taught in self.fields.items():
            left, above = (
                (taught.traces[0].left, taught.traces[0].above) if taught.traces else ("", "")
            )
            said[name] = [taught.value, taught.weight, left, above, *taught.rivals]
        return said

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Lesson:
        fields = {
            name: Taught(value, float(weight), tuple(Whereabouts.from_list(s) for s in traces),
                         (int(rivals[0]), int(rivals[1])), outcome, (str(spoke[0]), str(spoke[1])))
            for name, (value, weight, traces, rivals, outcome, spoke) in data["fields"].items()
        }  # fmt: skip
        columns = tuple(Column(n, t, float(a), float(b)) for n, t, a, b in data["columns"])
        return cls(data["type"], Signature.from_dict(data["signature"]), fields, columns)


@dataclass
class Trace:
    """A place that was verified, with what speaks for it, and how often memory was right and wrong
    when it went by it."""

    place: Whereabouts
    weight: float
    right: int = 0
    wrong: int = 0

    @property
    def trust(self) -> float:
        """0..1: falls by half and more with each time it was wrong of late."""
        return (1.0 + self.right) / (1.0 + self.right + 2.0 * self.wrong)

    @property
    def is_refuted(self) -> bool:
        return self.wrong >= 2 and self.wrong > self.right


@dataclass
class Remembered:
    """A field of a memory: where it stood, newest first, and what it said with what speaks for
    each; in how many lessons it was `seen` and in how many `empty`."""

    traces: list[Trace] = field(default_factory=list)
    values: dict[str, float] = field(default_factory=dict)
    seen: int = 0
    empty: int = 0
    by_person: bool = False


@dataclass(frozen=True)
class Memory:
    """What is remembered of one layout of one supplier, from `lessons` documents."""

    id: str
    type: str
    lessons: int
    signature: Signature
    fields: Mapping[str, Remembered]
    columns: tuple[Column, ...]
    right: int = 0
    wrong: int = 0

    @property
    def label(self) -> str:
        """The supplier's name or number for people to see, "" when it is not known."""
        for name in ("seller_name", "merchant_name", "seller_vat", "merchant_vat"):
            if name in self.fields and (values := self.fields[name].values):
                return max(values, key=lambda value: values[value])[:200]
        return ""

    @property
    def is_refuted(self) -> bool:
        """Wrong too often of late to be of use: more values wrong than right, over documents."""
        return self.wrong >= 4 and self.wrong > self.right

    def to_dict(self) -> dict[str, Any]:
        """JSON-ready; the inverse of `from_dict`."""
        return {
            "lessons": self.lessons,
            "signature": self.signature.to_dict(),
            "fields": {
                name: [[[t.place.to_list(), t.weight, t.right, t.wrong] for t in one.traces],
                       one.values, one.seen, one.empty, one.by_person]
                for name, one in self.fields.items()
            },
            "columns": [[c.name, c.title, c.x0, c.x1] for c in self.columns],
            "outcomes": [self.right, self.wrong],
        }  # fmt: skip

    @classmethod
    def from_dict(cls, id_: str, type_: str, data: Mapping[str, Any]) -> Memory:
        fields = {
            name: Remembered([Trace(Whereabouts.from_list(place), float(weight), right, wrong)
                              for place, weight, right, wrong in traces],
                             values, seen, empty, by_person)
            for name, (traces, values, seen, empty, by_person) in data["fields"].items()
        }  # fmt: skip
        columns = tuple(Column(n, t, float(a), float(b)) for n, t, a, b in data["columns"])
        return cls(id_, type_, data["lessons"], Signature.from_dict(data["signature"]), fields,
                   columns, *data["outcomes"])  # fmt: skip


# -- learning -------------------------------------------------------------------------------------


def learn(document: Document, doctype: DocumentType, values: Sequence[Verified]) -> Lesson:
    """What a verified document teaches, before memory is asked what it would have said."""
    header = {one.name: one for one in values if one.line is None}
    fields: dict[str, Taught] = {}
    taken: list[Place] = []
    for spec in doctype.fields:
        if spec.name in header:
            fields[spec.name], places = _teach(document, spec, header[spec.name])
            taken += places
    cells = [one for one in values if one.line is not None and one.box is not None]
    skip = _not_of_layout(document, taken, cells)
    signature = sign_sheets(document.sheets, skip)
    own = {f"vat:{header[n].value}" for n in header if n.startswith("buyer") and header[n].value}
    signature = Signature(signature.ids - own, signature.grams, signature.words)
    return Lesson(doctype.name, signature, fields, _columns(document, cells))


def _teach(
    document: Document, spec: FieldSpec, verified: Verified
) -> tuple[Taught, Sequence[Place]]:
    weight = PERSON if verified.by_person else MACHINE
    if verified.value is None:
        return Taught(None, weight, ()), ()
    places = locate(document, spec, verified.value, verified.page, verified.box)
    traces = tuple(
        dict.fromkeys(
            look_around(document, p.segment, p.start, p.end, p.box) for p in places[:MAX_TRACES]
        )
    )
    rivals = _rivals(document, spec, verified.value, traces[0]) if traces else (0, 0)
    return Taught(verified.value, weight, traces, rivals), places


def _rivals(document: Document, spec: FieldSpec, value: str, own: Whereabouts) -> tuple[int, int]:
    """How many other values of the kind the words left of the value, and above it, speak for."""
    left = above = 0
    for span in spans_for(document, spec) if spec.kind != "text" else ():
        if value_of(spec, span) == value:
            continue
        other = around(document, span)
        left += bool(own.left) and other.left == own.left
        above += bool(own.above) and other.above == own.above
    return left, above


def around(document: Document, span: Span) -> Whereabouts:
    return look_around(document, span.segment, span.start, span.end, span.box)


def _not_of_layout(
    document: Document, taken: Sequence[Place], cells: Sequence[Verified]
) -> frozenset[int]:
    """Segments that say something about this document only: line items, and all of the buyer."""
    areas = zones.zones(document)
    tables: dict[int, Box] = {}
    for cell in cells:
        if cell.page is not None and cell.box is not None:
            known = tables.get(cell.page)
            tables[cell.page] = Box.around([cell.box, *([known] if known else [])])
    found = set()
    for sheet in document.sheets:
        for segment in sheet.segments:
            table = tables.get(segment.page)
            in_table = table is not None and table.y0 <= segment.box.cy <= table.y1
            theirs = zones.party_of(segment.box, segment.page, areas) in ("buyer", "delivery_party")
            if in_table or theirs:
                found.add(segment.index)
    return frozenset(found)


def _columns(document: Document, cells: Sequence[Verified]) -> tuple[Column, ...]:
    """The columns of the first page that has line items: what stands over their cells."""
    pages = [cell.page for cell in cells if cell.page is not None]
    if not pages:
        return ()
    here = [cell for cell in cells if cell.page == min(pages) and cell.box is not None]
    sheet = next((s for s in document.sheets if s.number == min(pages)), None)
    if sheet is None:
        return ()
    top = min(cell.box.y0 for cell in here if cell.box)
    found = []
    for name in dict.fromkeys(cell.name for cell in here):
        boxes = [cell.box for cell in here if cell.name == name and cell.box]
        across = Box.around(boxes)
        title = next(
            (
                segment
                for row in reversed(sheet.rows)
                for segment in row
                if segment.box.y1 <= top + 0.3 * sheet.em
                and sheet.down(top - segment.box.y1) < 6
                and segment.box.x0 < across.x1
                and segment.box.x1 > across.x0
            ),
            None,
        )
        if title is not None:
            over = [w for w in title.words if w.box.x0 < across.x1 and w.box.x1 > across.x0]
            found.append(Column(name, " ".join(w.text for w in over or title.words)[:60],
                                round(across.x0, 4), round(across.x1, 4)))  # fmt: skip
    return tuple(found)


# -- remembering ----------------------------------------------------------------------------------


def make_memory(id_: str, lessons: Iterable[Lesson]) -> Memory | None:
    """The memory that lessons of one layout make, newest first; None without any.

    Only the newest `MAX_LESSONS` count, so that what a supplier has changed is forgotten.
    """
    kept = list(lessons)[:MAX_LESSONS]
    if not kept:
        return None
    fields: dict[str, Remembered] = {}
    for lesson in kept:
        for name, taught in lesson.fields.items():
            _add(fields.setdefault(name, Remembered()), taught)
    outcomes = [(n, taught) for lesson in kept for n, taught in lesson.fields.items()]
    for name, taught in outcomes:
        _judge(fields[name].traces, taught)
    for known in fields.values():
        known.traces = [trace for trace in known.traces if not trace.is_refuted]
    columns = next((lesson.columns for lesson in kept if len(lesson.columns) >= 2), ())
    said = [taught.outcome for _, taught in outcomes]
    return Memory(id_, kept[0].type, len(kept), _merge(kept), fields, columns,
                  said.count("right"), said.count("wrong"))  # fmt: skip


def _add(known: Remembered, taught: Taught) -> None:
    known.by_person = known.by_person or taught.weight >= PERSON
    if taught.value is None:
        known.empty += 1
        return
    known.seen += 1
    if taught.value in known.values or len(known.values) < MAX_VALUES:
        known.values[taught.value] = known.values.get(taught.value, 0.0) + taught.weight
    for at, place in enumerate(taught.traces):
        weight = taught.weight / (1 + at)
        trace = _find(known.traces, (place.left, place.above))
        if trace is not None:
            trace.weight += weight
        elif len(known.traces) < 2 * MAX_TRACES:
            known.traces.append(Trace(place, weight))


def _find(traces: Sequence[Trace], words: tuple[str, str]) -> Trace | None:
    """The place with these words around it; misread letters make another place."""
    return next((t for t in traces if (t.place.left, t.place.above) == words), None)


def _judge(traces: Sequence[Trace], taught: Taught) -> None:
    """Confirm or correct the place that memory went by."""
    trace = _find(traces, taught.spoke)
    if trace is not None:
        trace.right += taught.outcome == "right"
        trace.wrong += taught.outcome == "wrong"


def _merge(lessons: Sequence[Lesson]) -> Signature:
    """What most of the lessons' signatures have in common; the newest decides about places."""
    half = (len(lessons) + 1) / 2 if len(lessons) > 2 else 1
    counts: dict[str, int] = {}
    for lesson in lessons:
        for word in {word for word, _, _ in lesson.signature.words}:
            counts[word] = counts.get(word, 0) + 1
    newest = lessons[0].signature
    words = tuple(placed for placed in newest.words if counts[placed[0]] >= half)
    return Signature(
        _in_most([lesson.signature.ids for lesson in lessons], half),
        _in_most([lesson.signature.grams for lesson in lessons], half),
        words or newest.words,
    )


def _in_most(sets: Sequence[frozenset[str]], least: float) -> frozenset[str]:
    counts: dict[str, int] = {}
    for held in sets:
        for one in held:
            counts[one] = counts.get(one, 0) + 1
    return frozenset(one for one, count in counts.items() if count >= least)
