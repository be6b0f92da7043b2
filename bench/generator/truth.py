"""The truth of a document: what was printed, normalised, and where it stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from bench.generator.facts import Facts
from bench.generator.sheet import Mark
from models.words import Box

Place = dict[str, Any]


def describe(
    file: str,
    layout: str,
    facts: Facts,
    marks: Sequence[Mark],
    damage: dict[str, Any] | None,
    features: Mapping[str, Any] | None = None,
) -> dict[str, Any]:
    """The JSON truth of one file. Only fields with a mark, that is printed ones, are in it.

    `line_boxes` runs parallel to `lines`; boxes are page-relative on the page as scanned. `also`
    (further readings that are as right) and `features` (of a grammar's layout) are there when
    there are any.
    """
    fields = {n: v for n, v in facts.values.items() if any(_is(m, n, None) for m in marks)}
    lines = [
        {n: v for n, v in line.items() if any(_is(m, n, index) for m in marks)}
        for index, line in enumerate(facts.lines)
    ]
    also = {name: list(more) for name, more in facts.also.items() if name in fields and more}
    more: dict[str, Any] = {"also": also} if also else {}
    if features is not None:
        more["features"] = dict(features)
    return {
        "file": file,
        "type": facts.kind,
        "language": facts.language,
        "layout": layout,
        "pages": max((mark.page for mark in marks), default=1),
        "fields": fields,
        "lines": lines,
        "boxes": {name: _place(marks, name, None) for name in fields},
        "line_boxes": [
            {name: _place(marks, name, index) for name in line} for index, line in enumerate(lines)
        ],
        "degradation": damage or {},
        **more,
    }


def _is(mark: Mark, name: str, line: int | None) -> bool:
    return mark.name == name and mark.line == line


def _place(marks: Sequence[Mark], name: str, line: int | None) -> Place:
    """Where the field was printed first; a value of several words has one box around them."""
    found = [mark for mark in marks if _is(mark, name, line)]
    first = [mark for mark in found if mark.print == found[0].print]
    return {"page": first[0].page, "box": Box.around(mark.box for mark in first).to_list()}
