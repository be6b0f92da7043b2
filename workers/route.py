"""What goes to people: pure decisions about values, by the document type's policy."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from extractors.duplicates import DUPLICATE, marked_field
from extractors.forms.doubts import ZONE_DOUBTS
from extractors.validate import check_adjusted
from extractors.values import Extraction, FieldValue
from models.doctype import DocumentType, FieldSpec
from models.documents import Document
from models.fields import Field, Reading

DIFFERS = "differs_from_print"
LOW_SCORE = "low_score"
MISSING = "missing"
OPINION = "opinion"
MAX_PRINTED = 200  # characters of a printed value that a doubt names


def to_readings(extraction: Extraction, doctype: DocumentType) -> list[Reading]:
    """The document's fields in the type's order: every header field, then each line's cells.

    A reading has doubts when its score is under the field's threshold, when it fails a validator
    or a rule, or when it is missing though required.
    """
    readings = [_read(spec, None, extraction.fields.get(spec.name)) for spec in doctype.fields]
    for number, line in enumerate(extraction.lines):
        readings.extend(
            _read(spec, number, line.get(spec.name))
            for spec in doctype.lines
            if spec.required or spec.name in line
        )
    return readings


def _read(spec: FieldSpec, line: int | None, found: FieldValue | None) -> Reading:
    if found is None or found.value is None:
        # What was read but makes no value is shown to the person; an optional one is absent.
        raw = found.raw if found else ""
        doubts = (MISSING,) if spec.required or raw else ()
        doubts = (*_zone_doubts(found), *doubts)
        return Reading(
            name=spec.name,
            line=line,
            value=None,
            raw=raw,
            score=found.score if found else 0.0,
            page=found.page if found else None,
            box=found.box.to_list() if found and found.box else None,
            checks=found.problems if found else (),
            doubts=doubts,
        )
    low = (LOW_SCORE,) if found.score < spec.threshold else ()
    return Reading(
        name=spec.name,
        line=line,
        value=found.value,
        raw=found.raw,
        score=found.score,
        page=found.page,
        box=found.box.to_list() if found.box else None,
        checks=found.problems,
        doubts=tuple(_name_printed(code, found) for code in found.problems) + low,
    )


def _zone_doubts(found: FieldValue | None) -> tuple[str, ...]:
    """Why a field is empty although its zone on the form may not be."""
    return tuple(code for code in found.problems if code in ZONE_DOUBTS) if found else ()


def _name_printed(code: str, found: FieldValue) -> str:
    """The doubt, with what the page says after a colon where that is the doubt."""
    return f"{code}:{(found.printed or '')[:MAX_PRINTED]}" if code == DIFFERS else code


def add_opinions(readings: Sequence[Reading], others: Mapping[str, str]) -> list[Reading]:
    """The readings with what a second opinion says instead, for the person who decides. A field
    that nobody is to see stays so."""
    return [
        replace(reading, doubts=(*reading.doubts, f"{OPINION}:{others[reading.name]}"))
        if reading.line is None and reading.name in others and reading.doubts
        else reading
        for reading in readings
    ]


def add_duplicate(
    readings: Sequence[Reading], doctype: DocumentType, earlier: Document
) -> list[Reading]:
    """The readings with a doubt on the number, because `earlier` has the same business key."""
    marked = marked_field(doctype)
    return [
        replace(
            reading,
            checks=(*reading.checks, DUPLICATE),
            doubts=(*reading.doubts, name_duplicate(earlier)),
        )
        if reading.name == marked and reading.line is None
        else reading
        for reading in readings
    ]


def name_duplicate(earlier: Document) -> str:
    """The doubt, with the earlier document after a colon."""
    return f"{DUPLICATE}:{earlier.id} ({earlier.filename[:MAX_PRINTED]})"


def find_doubts(
    doctype: DocumentType, fields: Sequence[Field], adjustment: str = "0"
) -> dict[str, tuple[str, ...]]:
    """Rules that a document's values fail, by id of each field that takes part; `adjustment` is
    what an electronic invoice has in its net total beside the lines."""
    header = {field.name: field.value for field in fields if field.line is None}
    lines = _lines(field for field in fields if field.line is not None)
    numbers = sorted(lines)
    cells = [{f.name: f.value for f in lines[number].values()} for number in numbers]
    failures = check_adjusted(doctype, header, cells, adjustment)
    doubts: dict[str, tuple[str, ...]] = {}
    by_header = {field.name: field for field in fields if field.line is None}
    for failure in failures:
        for name in failure.fields:
            for field in _named(name, failure.line, by_header, lines, numbers):
                doubts[field.id] = (*doubts.get(field.id, ()), failure.rule)
    return doubts


def _lines(cells: Iterable[Field]) -> dict[int, dict[str, Field]]:
    lines: dict[int, dict[str, Field]] = {}
    for cell in cells:
        assert cell.line is not None
        lines.setdefault(cell.line, {})[cell.name] = cell
    return lines


def _named(
    name: str,
    line: int | None,
    header: Mapping[str, Field],
    lines: Mapping[int, Mapping[str, Field]],
    numbers: Sequence[int],
) -> list[Field]:
    """The fields that a rule means by `name`: a cell of its line, a header field, or a column."""
    if line is not None:
        cell = lines[numbers[line]].get(name)
        return [cell] if cell else []
    if name in header:
        return [header[name]]
    return [cells[name] for cells in lines.values() if name in cells]
