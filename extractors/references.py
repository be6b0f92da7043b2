"""Values held against a client's reference lists: suppliers, orders, cost centres.

A value is looked up by what is left of it when case, accents and punctuation do not matter. A text
that is not there is compared with all rows by its letters (rapidfuzz's normalised indel similarity,
words as they are and sorted); a number that is one digit off is another number, so numbers have no
near matches. What a matching row says fills fields that were not read.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache

from rapidfuzz import fuzz, process

from extractors.parse import compact, fold
from extractors.validate import Problem, check, normalise_tax_id, normalise_vat
from extractors.values import Extraction, FieldValue
from models.doctype import DocumentType, FieldSpec, Table

NOT_IN_REFERENCE = "not_in_reference"
DOUBTED = 0.5  # the most that a value is trusted that its list does not have
FILLED = 0.85  # what a value is trusted that an exact row gave: it was not read
NEAR = 0.5  # likeness from which a row is worth naming to a person

Tables = Mapping[str, Table]


@dataclass(frozen=True, slots=True)
class Match:
    """Rows with the same value, and how like it is to what was looked up (1.0: the same)."""

    rows: tuple[int, ...]
    likeness: float


@dataclass(frozen=True, slots=True)
class Index:
    """A column: rows by key, and the keys once more for comparing."""

    rows: Mapping[str, tuple[int, ...]]
    keys: tuple[str, ...]
    sorted_keys: tuple[str, ...]


def apply_references(extraction: Extraction, doctype: DocumentType, tables: Tables) -> Extraction:
    """The extraction with values that are not in their lists doubted, and empty fields filled.

    Fields whose list is not among `tables` stay as they are. A field is filled when all matching
    rows agree, with a score under what most fields ask for.
    """
    fields = dict(extraction.fields)
    for spec in doctype.fields:
        found = fields.get(spec.name)
        if spec.reference is None or found is None or found.value is None:
            continue
        table = tables.get(spec.reference.list)
        if table is None or spec.reference.column not in table.columns:
            continue
        match = look_up(spec, table, found.value)
        if match is None or match.likeness < spec.reference.threshold:
            problems = (*found.problems, NOT_IN_REFERENCE)
            doubted = replace(found, score=min(found.score, DOUBTED), problems=problems)
            fields[spec.name] = doubted
            continue
        _fill(fields, spec, doctype, table, match)
    return replace(extraction, fields=fields)


def check_reference(spec: FieldSpec, table: Table, value: str) -> Problem | None:
    """What to tell the person who keyed a value that is not in its list; None when it is."""
    assert spec.reference is not None
    if spec.reference.column not in table.columns:
        return None
    match = look_up(spec, table, value)
    if match is not None and match.likeness == 1.0:
        return None
    message = f"This is not in the list {spec.reference.list}."
    if match is not None and match.likeness >= NEAR:
        near = table.rows[match.rows[0]][table.columns.index(spec.reference.column)]
        message += f" The nearest is: {near}."
    return Problem(NOT_IN_REFERENCE, f"{message} Compare it with the page.")


def look_up(spec: FieldSpec, table: Table, value: str) -> Match | None:
    """The row or rows of the field's list that are most like `value`; None when none is."""
    assert spec.reference is not None
    index = _index(table, spec.reference.column, spec.kind)
    key = _normaliser(spec.kind)(value)
    if key in index.rows:
        return Match(index.rows[key], 1.0)
    if spec.kind != "text" or not key:
        return None
    # as printed and with sorted words: a misread letter may move its word to another place
    best = [
        (score, at)
        for asked, keys in ((key, index.keys), (_sort_words(key), index.sorted_keys))
        for _, score, at in process.extract(
            asked, keys, scorer=fuzz.ratio, score_cutoff=100 * NEAR, limit=8
        )
    ]
    if not best:
        return None
    top = max(score for score, _ in best)
    places = dict.fromkeys(at for score, at in best if score == top)
    rows = tuple(row for at in places for row in index.rows[index.keys[at]])
    return Match(rows, min(top / 100, 0.999))  # only the same value is entirely like it


def _fill(
    fields: dict[str, FieldValue],
    spec: FieldSpec,
    doctype: DocumentType,
    table: Table,
    match: Match,
) -> None:
    assert spec.reference is not None
    for column, name in spec.reference.fills.items():
        found = fields.get(name)
        if found is None or found.value is not None or found.raw or column not in table.columns:
            continue
        at = table.columns.index(column)
        said = {table.rows[row][at] for row in match.rows}
        if len(said) != 1:
            continue  # the rows are of several suppliers with one name
        checked = check(doctype.spec(name, in_line=False), said.pop())
        if checked.value is not None and not checked.problems:
            score = round(FILLED * match.likeness, 4)
            fields[name] = replace(found, value=checked.value, score=score)


@lru_cache(maxsize=16)
def _index(table: Table, column: str, kind: str) -> Index:
    normalise = _normaliser(kind)
    at = table.columns.index(column)
    rows: dict[str, list[int]] = {}
    for number, cells in enumerate(table.rows):
        if key := normalise(cells[at]):
            rows.setdefault(key, []).append(number)
    keys = tuple(rows)
    return Index(
        {key: tuple(numbers) for key, numbers in rows.items()},
        keys,
        tuple(map(_sort_words, keys)) if kind == "text" else (),
    )


def _normaliser(kind: str) -> Callable[[str], str]:
    return {"vat_id": normalise_vat, "tax_id": normalise_tax_id, "iban": compact}.get(kind, _plain)


_SIGNS = re.compile(r"[\W_]+")
_LONE = re.compile(r"\b(\w) (?=\w\b)")


def _plain(text: str) -> str:
    """Words without signs; letters that stand alone are joined: "S.r.l." is "srl"."""
    return _LONE.sub(r"\1", _SIGNS.sub(" ", fold(text)).strip())


def _sort_words(key: str) -> str:
    return " ".join(sorted(key.split(" ")))


def lists_of(doctype: DocumentType) -> Sequence[str]:
    """The lists that a type's fields name."""
    return sorted({spec.reference.list for spec in doctype.fields if spec.reference is not None})
