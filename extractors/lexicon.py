"""The words that documents print next to their values: `lexicon.yaml`, indexed for matching."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import yaml
from rapidfuzz import process
from rapidfuzz.distance import Levenshtein

from extractors.parse import fold
from models.doctype import DocumentType

STRONG, WEAK, MENDED = 1.0, 0.5, 0.9
LONGEST = 9  # words of the longest label
TITLE_POINTS, FIELD_POINTS = 4.0, 1.0  # what labels of a client's own type say, as in `types`

# Letters, with digits that OCR put in the middle of a word ("T0tale"); "#" stands for "number".
_TOKEN = re.compile(r"[^\W\d_]+(?:[015](?=[^\W\d_])[^\W\d_]+)*|\d+|#")
_CAMEL = re.compile(r"(?<=[a-zß-ÿ]{2})(?=[A-ZÀ-Þ])")
_DIGIT_LETTERS = str.maketrans("015", "ois")


@dataclass(frozen=True, slots=True)
class Token:
    """A word or a run of digits at `start:end` of a text; `key` is "" for digits."""

    key: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Meaning:
    """One concept that a label may name, and how clearly it does."""

    concept: str
    weight: float


@dataclass(frozen=True, slots=True, eq=False)
class LabelIndex:
    """Labels by their key; `words` are the words that OCR errors are mended to.

    `note` is the concept that the date of a delivery note stands for.
    """

    meanings: dict[str, tuple[Meaning, ...]]
    words: frozenset[str]
    note: str = "other_date"


@lru_cache(maxsize=20_000)
def tokens(text: str) -> tuple[Token, ...]:
    """The words and numbers of `text`; dots, slashes and signs only separate."""
    found = []
    for match in _TOKEN.finditer(text):
        word = match[0]
        if word.isdigit():
            found.append(Token("", match.start(), match.end()))
            continue
        at = match.start()
        for part in _CAMEL.split(word):  # words that lost the space between them ("civicoVia")
            if folded := fold(part.rstrip("ºª") or part):
                found.append(Token(folded.translate(_DIGIT_LETTERS), at, at + len(part)))
            at += len(part)
    return tuple(found)


def key(text: str) -> str:
    """What is left of a label when case, accents, spaces and punctuation do not matter."""
    return "".join(token.key for token in tokens(text))


@cache
def raw() -> dict[str, Any]:
    path = Path(__file__).with_name("lexicon.yaml")
    data: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return data


@cache
def labels(note: str = "other_date") -> LabelIndex:
    """All label concepts; the date of a delivery note (`note_date`) is taken for a `note`."""
    found: dict[str, dict[str, float]] = {}
    for concept, languages in raw()["labels"].items():
        if concept == "note_date":
            concept = note
        for language, entries in languages.items():
            if language == "weak":
                for weak in entries.values():
                    _add(found, concept, weak, WEAK)
            else:
                _add(found, concept, entries, STRONG)
    _add(found, "party_name", raw()["party_name"], STRONG)
    return replace(_index(found), note=note)


def labels_for(doctype: DocumentType) -> LabelIndex:
    """The lexicon plus the labels of the type's fields that the lexicon does not know."""
    known = {**raw()["labels"], **raw()["shared"]}
    extra = tuple(
        (spec.name, tuple(spec.label.values())) for spec in doctype.fields if spec.name not in known
    )
    if any(spec.name == "document_number" for spec in doctype.fields):  # it is a delivery note
        return _labels_with(extra, labels("issue_date"))
    return _labels_with(extra, labels()) if extra else labels()


@lru_cache(maxsize=64)
def _labels_with(extra: tuple[tuple[str, tuple[str, ...]], ...], base: LabelIndex) -> LabelIndex:
    found: dict[str, dict[str, float]] = {}
    for name, entries in extra:
        _add(found, name, list(entries), STRONG)
    added = _index(found)
    meanings = dict(base.meanings)
    for label, more in added.meanings.items():
        meanings[label] = meanings.get(label, ()) + more
    return LabelIndex(meanings, base.words | added.words, base.note)


def _add(found: dict[str, dict[str, float]], concept: str, entries: list[str], w: float) -> None:
    for entry in entries:
        concepts = found.setdefault(entry, {})
        concepts[concept] = max(concepts.get(concept, 0.0), w)


def _index(found: dict[str, dict[str, float]]) -> LabelIndex:
    merged: dict[str, dict[str, float]] = {}
    words: set[str] = set()
    for entry, concepts in found.items():
        label = key(entry)
        words.update(token.key for token in tokens(entry))
        into = merged.setdefault(label, {})
        for concept, weight in concepts.items():
            into[concept] = max(into.get(concept, 0.0), weight)
    meanings = {
        label: tuple(Meaning(c, w) for c, w in concepts.items())
        for label, concepts in merged.items()
        if label
    }
    return LabelIndex(meanings, frozenset(w for w in words if len(w) >= 4))


@cache
def columns() -> LabelIndex:
    """Titles of the columns of line items."""
    found: dict[str, dict[str, float]] = {}
    for column, entries in raw()["columns"].items():
        _add(found, column, entries, STRONG)
    return _index(found)


@cache
def phrases(name: str) -> LabelIndex:
    """A plain list of the lexicon ("table_ends", …) as an index with one concept."""
    found: dict[str, dict[str, float]] = {}
    _add(found, name, raw()[name], STRONG)
    return _index(found)


@cache
def qualifiers() -> dict[str, str]:
    """ "net_total" or "gross_total" by the key of a word that says which a total is."""
    return {key(w): concept for concept, words in raw()["qualifiers"].items() for w in words}


@cache
def company_forms() -> re.Pattern[str]:
    """Company forms ("S.r.l.", "GmbH"), whatever their case and spaces."""
    forms = sorted(raw()["company_suffixes"], key=len, reverse=True)
    dotted = (re.escape(f).replace(r"\.", r"\.?\s?").replace(r"\ ", r"\s?") for f in forms)
    return re.compile(rf"(?<![^\W\d_])(?:{'|'.join(dotted)})(?![^\W_])", re.IGNORECASE)


@cache
def number_words() -> frozenset[str]:
    """Keys of the words that introduce a number ("n", "nr", …)."""
    return frozenset(key(word) for word in raw()["number_words"])


@cache
def type_words() -> LabelIndex:
    """Words that tell document types; the weight is how much they say."""
    found: dict[str, dict[str, float]] = {}
    for name, weights in raw()["types"].items():
        for weight, entries in weights.items():
            _add(found, name, entries, float(weight))
    return _index(found)


def type_words_for(types: Iterable[DocumentType]) -> LabelIndex:
    """`type_words` plus, for types that the lexicon does not know, their own labels: as a title,
    and less those of their fields."""
    return _type_words_with(
        tuple(
            (
                doctype.name,
                tuple(doctype.label.values()),
                tuple(label for spec in doctype.fields for label in spec.label.values()),
            )
            for doctype in types
            if doctype.name not in raw()["types"]
        )
    )


@lru_cache(maxsize=64)
def _type_words_with(own: tuple[tuple[str, tuple[str, ...], tuple[str, ...]], ...]) -> LabelIndex:
    if not own:
        return type_words()
    found: dict[str, dict[str, float]] = {}
    for name, titles, labels_of_fields in own:
        _add(found, name, list(labels_of_fields), FIELD_POINTS)
        _add(found, name, list(titles), TITLE_POINTS)
    added, known = _index(found), type_words()
    meanings = dict(known.meanings)
    for label, more in added.meanings.items():
        meanings[label] = meanings.get(label, ()) + more
    return LabelIndex(meanings, known.words | added.words)


@cache
def language_words() -> dict[str, tuple[str, ...]]:
    """Languages by folded frequent word."""
    found: dict[str, list[str]] = {}
    for language, words in raw()["languages"].items():
        for word in words:
            found.setdefault(key(word), []).append(language)
    return {word: tuple(languages) for word, languages in found.items()}


def concepts_of(field: str) -> tuple[str, ...]:
    """The label concepts that name `field`."""
    return tuple(raw()["shared"].get(field, (field,)))


# -- matching -------------------------------------------------------------------------------------


@cache
def _by_length(words: frozenset[str]) -> dict[int, list[str]]:
    found: dict[int, list[str]] = {}
    for word in sorted(words):
        found.setdefault(len(word), []).append(word)
    return found


@lru_cache(maxsize=50_000)
def mend(word: str, words: frozenset[str]) -> str:
    """`word` as one of `words` when one or two letters differ, else unchanged.

    One edit is allowed from 5 letters on, two from 12; the first or the last letter must agree.
    """
    if len(word) < 5 or len(word) > 30 or word in words:
        return word
    if (ending := _ending(word)) != word:
        return ending
    edits = 1 if len(word) < 12 else 2
    lengths = _by_length(words)
    near = [
        known
        for length in range(len(word) - edits, len(word) + edits + 1)
        for known in lengths.get(length, ())
        if known[0] == word[0] or known[-1] == word[-1]
    ]
    best = process.extractOne(word, near, scorer=Levenshtein.distance, score_cutoff=edits)
    return str(best[0]) if best else word


def _ending(word: str) -> str:
    """The known last part of a compound ("Mietrechnung" is a "Rechnung")."""
    return next((str(e) for e in raw()["compounds"] if word.endswith(e)), word)


@dataclass(frozen=True, slots=True)
class Match:
    """A label at `start:end` of a text; `weight` is 1.0 when it was read without mending."""

    start: int
    end: int
    meanings: tuple[Meaning, ...]
    weight: float


def find(text: str, index: LabelIndex, *, mending: bool = True) -> list[Match]:
    """The labels in `text`, leftmost and longest first; never overlapping."""
    found: list[Match] = []
    words = tokens(text)
    mended = [mend(t.key, index.words) if mending else _ending(t.key) for t in words]
    i = 0
    while i < len(words):
        best = _longest_at(words, mended, i, index)
        if best is None:
            i += 1
            continue
        match, used = best
        found.append(match)
        i += used
    return found


def _longest_at(
    words: tuple[Token, ...], mended: list[str], first: int, index: LabelIndex
) -> tuple[Match, int] | None:
    best = None
    plain = fixed = ""
    for last in range(first, min(first + LONGEST, len(words))):
        if not words[last].key:
            break
        plain += words[last].key
        fixed += mended[last]
        for label, weight in ((plain, 1.0), (fixed, MENDED)):
            if meanings := index.meanings.get(label):
                match = Match(words[first].start, words[last].end, meanings, weight)
                best = (match, last - first + 1)
                break
    return best
