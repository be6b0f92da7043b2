"""The table of line items as it was on earlier documents: its titles, wherever it stands now."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from extractors.layout import Segment, Sheet
from extractors.memory import Column
from extractors.titles import Header, Title
from extractors.whereabouts import label_key, like
from models.words import Box

LIKE = 0.8  # how like a remembered title a text has to be
SHARE = 0.6  # of the remembered titles that have to be there


def find_remembered(sheet: Sheet, columns: Sequence[Column]) -> Header | None:
    """The row with the remembered titles, as the header of a table; None when it is not there.

    Titles that were not read stand where the others say: the table may have moved.
    """
    best: tuple[int, Header] | None = None
    for number, row in enumerate(sheet.rows):
        rows = sheet.rows[number : number + 2]
        found = {c.name: box for c in columns if (box := _title(c, [s for r in rows for s in r]))}
        on_row = sum(1 for c in columns if _title(c, row))
        if on_row == 0 or len(found) < max(2, SHARE * len(columns)):
            continue
        if best is None or len(found) > best[0]:
            low = any(found[name].cy > max(s.box.y1 for s in row) for name in found)
            last = number + 1 if low else number
            best = (len(found), Header(_titles(columns, found), last,
                                       max(s.box.y1 for s in sheet.rows[last])))  # fmt: skip
    return best[1] if best else None


def _title(column: Column, segments: Sequence[Segment]) -> Box | None:
    """Where the title of a column stands among `segments`, by the words that read like it."""
    wanted = label_key(column.title)
    if not wanted:
        return None
    for segment in segments:
        if like(wanted, label_key(segment.text)) >= LIKE and len(segment.text) < 2 * len(
            column.title
        ):
            return segment.box
        for word in segment.words:
            if like(wanted, label_key(word.text)) >= LIKE:
                return word.box
    return None


def _titles(columns: Sequence[Column], found: dict[str, Box]) -> tuple[Title, ...]:
    """All columns left to right; those without a title are where the others were shifted to."""
    shift = median(found[c.name].cx - (c.x0 + c.x1) / 2 for c in columns if c.name in found)
    some = next(iter(found.values()))
    titles = [
        Title(c.name, found[c.name])
        if c.name in found
        else Title(c.name, Box(c.x0 + shift, some.y0, c.x1 + shift, some.y1))
        for c in columns
    ]
    return tuple(sorted(titles, key=lambda title: title.box.cx))
