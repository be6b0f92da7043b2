"""By what a paper is known again: printed numbers of its sender, and the words of its layout.

A signature is made of the pages alone, before any field is chosen: `keys` find memories in an
index, `words` tell how alike two layouts are. Both stand a good deal of misread letters: there are
many keys, and words count by their share.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any

from rapidfuzz.distance import Levenshtein

from extractors import identifiers, lexicon, parse, validate
from extractors.layout import Segment, Sheet, lay_out_all
from extractors.whereabouts import Shift
from models.words import Page

TOP, BOTTOM = 0.34, 0.86  # where letterheads end and feet begin
MAX_WORDS = 140
MAX_GRAMS = 48
MAX_PAIRS = 36  # words by which two pages are laid over each other
TOLERANCE = 0.02  # how far a word may be off after the pages were laid over each other

Placed = tuple[str, float, float]


@dataclass(frozen=True)
class Signature:
    """`ids` are numbers and addresses that belong to somebody ("vat:IT01234567897", "web:…");
    `grams` are pairs of neighbouring words of head and foot; `words` those of the first page.
    """

    ids: frozenset[str]
    grams: frozenset[str]
    words: tuple[Placed, ...]

    @property
    def keys(self) -> list[str]:
        """Short hashes to look memories up by; they tell nothing of what is printed."""
        return sorted(hash_key(text) for text in self.ids | self.grams)

    @cached_property
    def places(self) -> Mapping[str, list[tuple[float, float]]]:
        found: dict[str, list[tuple[float, float]]] = {}
        for word, x, y in self.words:
            found.setdefault(word, []).append((x, y))
        return found

    def to_dict(self) -> dict[str, Any]:
        return {
            "ids": sorted(self.ids),
            "grams": sorted(self.grams),
            "words": [[word, round(x, 3), round(y, 3)] for word, x, y in self.words],
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Signature:
        words = tuple((str(w), float(x), float(y)) for w, x, y in data["words"])
        return cls(frozenset(data["ids"]), frozenset(data["grams"]), words)


def hash_key(text: str) -> str:
    return hashlib.blake2b(text.encode(), digest_size=9).hexdigest()


def sign(pages: Sequence[Page]) -> Signature:
    """The signature of a document, from its first and last page."""
    ends = [*pages[:1], *(pages[-1:] if len(pages) > 1 else ())]
    return sign_sheets(lay_out_all(ends))


def sign_sheets(sheets: Sequence[Sheet], skip: Container[int] = ()) -> Signature:
    """The same from laid-out pages: the first and the last of `sheets` count, without the
    segments whose index is in `skip`."""
    if not sheets:
        return Signature(frozenset(), frozenset(), ())
    ends = [sheets[0], *(sheets[-1:] if len(sheets) > 1 else ())]
    kept = [[s for s in sheet.segments if s.index not in skip] for sheet in ends]
    ids = frozenset(key for segments in kept for s in segments for key in _ids(s.text))
    edge = [s for s in kept[0] if s.box.cy < TOP or s.box.cy > BOTTOM]
    grams = [gram for segment in edge for gram in _grams(segment.text)]
    return Signature(ids, frozenset(grams[:MAX_GRAMS]), tuple(_words(kept[0])))


_MAIL = re.compile(r"(?i)[a-z0-9._+-]+@([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})")
_WEB = re.compile(r"(?i)\bwww\.([a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,})")
_PHONE = re.compile(r"(?i)\b(?:tel|telefono|phone|fon|telefon|fax|cell|mob)\b[^\d+]{0,4}"
                    r"(\+?\d[\d /.()-]{5,18}\d)")  # fmt: skip
# Domains where everybody has an address tell nobody apart.
_SHARED = re.compile(r"(?i)^(?:gmail|googlemail|outlook|hotmail|yahoo|libero|tiscali|alice|virgilio"
                     r"|icloud|live|msn|gmx|web|t-online|aol|orange|wanadoo|free|pec|legalmail"
                     r"|arubapec|pecimprese|postecert)\.|\bpec\b")  # fmt: skip


def _ids(text: str) -> Iterable[str]:
    """Whose numbers and addresses are printed in `text`: keys of a kind and a value."""
    if "@" in text or "www." in text.lower():
        for pattern in (_MAIL, _WEB):
            for match in pattern.finditer(text):
                if not _SHARED.search(match[1]):
                    yield f"web:{match[1].lower()}"
    if not any(c.isdigit() for c in text):
        return
    for found in identifiers.find_ibans(text):
        if identifiers.iban_holds(found.value):
            yield f"iban:{found.value}"
    for found in identifiers.find_vat_ids(text):
        if validate.vat_problem(found.value) is None:
            yield f"vat:{found.value}"
    for match in _PHONE.finditer(text):
        yield f"tel:{re.sub(r'[^0-9]', '', match[1])[-8:]}"


def _grams(text: str) -> Iterable[str]:
    """Neighbouring words as pairs, single long ones alone: "via garibaldi", "garibaldi 12"."""
    pieces = re.findall(r"\w+", parse.fold(text))
    for one, other in pairwise(pieces):
        if len(one) + len(other) >= 6 and not (one.isdigit() and other.isdigit()):
            yield f"{one} {other}"


def _words(segments: Sequence[Segment]) -> Iterable[Placed]:
    """Words of three letters or more with their middles, the first `MAX_WORDS` of the page."""
    count = 0
    for segment in segments:
        for word in segment.words:
            key = lexicon.key(word.text)
            if len(key) < 3 or any(c.isdigit() for c in word.text):
                continue
            yield key, word.box.cx, word.box.cy
            count += 1
            if count >= MAX_WORDS:
                return


# -- comparing ------------------------------------------------------------------------------------


def overlay(known: Signature, found: Signature) -> tuple[Shift, float, float]:
    """How the places of `known` lie on `found`, the share of its words that are near their place
    there, and the share that are there at all; shares are 0 where `known` has no words."""
    pairs = []
    for word, x, y in known.words:
        places = found.places.get(word, ())
        if len(places) == 1 and len(known.places[word]) == 1:
            pairs.append(((x, y), places[0]))
    shift = _fit(pairs)
    near = there = 0
    for word, x, y in known.words:
        places = found.places.get(word, ())
        there += bool(places)
        px, py = shift.ax * x + shift.bx, shift.ay * y + shift.by
        near += any(abs(px - u) < 1.5 * TOLERANCE and abs(py - v) < TOLERANCE for u, v in places)
    total = max(1, len(known.words))
    return shift, near / total, there / total


def _fit(pairs: Sequence[tuple[tuple[float, float], tuple[float, float]]]) -> Shift:
    """Scale and shift that bring most of the pairs together, each axis for itself."""
    if len(pairs) < 4:
        return Shift()
    ax, bx = _axis([(a[0], b[0]) for a, b in pairs])
    ay, by = _axis([(a[1], b[1]) for a, b in pairs])
    return Shift(ax, bx, ay, by)


def _axis(pairs: list[tuple[float, float]]) -> tuple[float, float]:
    """The scale and shift that most pairs agree on, tried out by two pairs at a time (after
    RANSAC), since a part of the page may have moved for itself."""
    step = max(1, len(pairs) // MAX_PAIRS)
    some = sorted(pairs)[::step]
    best, most = (1.0, 0.0), -1
    for at, (a, b) in enumerate(some):
        far, its = some[(at + len(some) // 2) % len(some)]
        scales = [1.0]
        if abs(far - a) > 0.15 and 0.8 < (its - b) / (far - a) < 1.25:
            scales.append((its - b) / (far - a))
        for scale in scales:
            shift = b - scale * a
            agreeing = sum(1 for x, u in some if abs(scale * x + shift - u) < 0.3 * TOLERANCE)
            if agreeing > most:
                best, most = (scale, shift), agreeing
    return best


def common(known: Signature, found: Signature) -> float:
    """The share of the known word pairs that are printed, 0..1."""
    return len(known.grams & found.grams) / max(1, len(known.grams))


def is_misread(one: str, other: str) -> bool:
    """Whether two numbers differ by no more than one or two characters: one reading of the other
    rather than another number."""
    distance = Levenshtein.distance(one, other, score_cutoff=2)
    return 0 < distance <= (1 if len(one) < 14 else 2)
