"""What a client's documents of one type call their values, whoever sent them.

Words beside and above values are counted over verified documents: how often they stood at a
field's value, and how often at other values of its kind. It is a lexicon that grows by itself.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Any

from rapidfuzz import fuzz, process

from extractors.whereabouts import Whereabouts
from models.doctype import DocumentType, FieldSpec

MAX_LESSONS = 300  # newest documents of a type that are counted
MAX_KEYS = 120  # different words of a field and a side
MAX_VALUES = 12  # frequent values of a field
LIKE = 84.0  # percent of a word that has to be read right
MOST, LEAST = 3.5, -2.0  # log odds that wordings give and take

Side = str  # "left" or "above"


@dataclass
class Worded:
    """Of one field: by side and words, how often they stood at its value and at rivals; its
    values by how often they came; and how many documents had it."""

    words: dict[Side, dict[str, list[float]]] = field(
        default_factory=lambda: {"left": {}, "above": {}}
    )
    values: dict[str, float] = field(default_factory=dict)
    seen: int = 0
    empty: int = 0


@dataclass(frozen=True)
class Wordings:
    """What `lessons` documents of one type of a client have taught."""

    lessons: int
    fields: Mapping[str, Worded]

    def support(self, doctype: DocumentType, spec: FieldSpec, found: Whereabouts) -> float:
        """Log odds that a value so surrounded is the field's, -2..3.5; 0 for unknown words."""
        left = self._side(doctype, spec, "left", found.left)
        above = self._side(doctype, spec, "above", found.above)
        return max(LEAST, min(MOST, 1.5 * left + 0.8 * above))

    def _side(self, doctype: DocumentType, spec: FieldSpec, side: Side, words: str) -> float:
        if not words:
            return 0.0
        hits = others = 0.0
        for other in doctype.fields:
            if other.kind != spec.kind or other.name not in self.fields:
                continue
            known = self.fields[other.name].words[side]
            key = nearest(words, known)
            if key is None:
                continue
            if other.name == spec.name:
                hits += known[key][0]
                others += known[key][1]
            else:
                others += known[key][0]
        total = hits + others
        if total == 0:
            return 0.0
        return math.log((hits + 0.25) / (others + 0.5)) * total / (total + 2.0)


def nearest(words: str, known: Mapping[str, list[float]]) -> str | None:
    """The known words that are these, but for a misread letter or two."""
    if words in known:
        return words
    if len(words) < 5:
        return None
    found = process.extractOne(words, known.keys(), scorer=fuzz.ratio, score_cutoff=LIKE)
    return str(found[0]) if found else None


def make_wordings(lessons: Iterable[Mapping[str, Sequence[Any]]]) -> Wordings:
    """Count what lessons of one type said (`Lesson.wording`), newest first; only the newest
    `MAX_LESSONS`."""
    fields: dict[str, Worded] = {}
    count = 0
    for wording in islice(lessons, MAX_LESSONS):
        count += 1
        for name, said in wording.items():
            _count(fields.setdefault(name, Worded()), *said)
    for worded in fields.values():
        often = sorted(worded.values.items(), key=lambda pair: -pair[1])[:MAX_VALUES]
        worded.values = {value: weight for value, weight in often if weight >= 2.0}
    return Wordings(count, fields)


def _count(
    worded: Worded, value: str | None, weight: float, left: str, above: str, *rivals: int
) -> None:
    if value is None:
        worded.empty += 1
        return
    worded.seen += 1
    worded.values[value] = worded.values.get(value, 0.0) + weight
    for side, words, others in (("left", left, rivals[0]), ("above", above, rivals[1])):
        known = worded.words[side]
        if words and (words in known or len(known) < MAX_KEYS):
            counted = known.setdefault(words, [0.0, 0.0])
            counted[0] += weight
            counted[1] += min(3, others)


def to_dict(wordings: Wordings) -> dict[str, Any]:
    """JSON-ready; the inverse of `from_dict`."""
    return {
        "lessons": wordings.lessons,
        "fields": {
            name: [one.words, one.values, one.seen, one.empty]
            for name, one in wordings.fields.items()
        },
    }


def from_dict(data: Mapping[str, Any]) -> Wordings:
    fields = {
        name: Worded(words, values, seen, empty)
        for name, (words, values, seen, empty) in data["fields"].items()
    }
    return Wordings(data["lessons"], fields)
