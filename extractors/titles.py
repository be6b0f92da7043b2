"""The titles of a table's columns, on up to three rows close together."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from extractors import lexicon
from extractors.candidates import Document
from extractors.layout import Segment, Sheet
from models.words import Box


@dataclass(frozen=True, slots=True)
class Title:
    """A column title and where it stands."""

    column: str
    box: Box


@dataclass(frozen=True, slots=True)
class Header:
    """The titles left to right; `bottom` is where the body begins, `row` the last title row."""

    titles: tuple[Title, ...]
    row: int
    bottom: float


def find_header(document: Document, sheet: Sheet) -> Header | None:
    """The row (or up to three rows close together) with the most column titles."""
    best: tuple[float, Header] | None = None
    for number, row in enumerate(sheet.rows):
        titles = _titles(row)
        if len({t.column for t in titles}) < 2:
            continue
        titles, last = _add_rows(sheet, number, titles)
        chosen = _with_description(sheet, number, _distinct(titles))
        columns = {t.column for t in chosen}
        numeric = columns & {"quantity", "unit_price", "line_total"}
        if not numeric or not ("description" in columns or len(numeric) >= 2):
            continue
        score = len(columns) + 1.5 * ("description" in columns) + 0.5 * len(numeric)
        score -= 0.02 * number
        if not columns & {"description"} and len(columns) < 3:
            continue
        if best is None or score > best[0]:
            bottom = max(s.box.y1 for s in sheet.rows[last])
            best = (score, Header(tuple(chosen), last, bottom))
    return best[1] if best else None


def _with_description(sheet: Sheet, number: int, chosen: list[Title]) -> list[Title]:
    """A title that is not known, with the most room to the next one, is the description's."""
    if any(title.column == "description" for title in chosen) or len(chosen) < 2:
        return chosen
    taken = [title.box for title in chosen]
    rest = [
        segment.box for segment in sheet.rows[number]
        if sum(c.isalpha() for c in segment.text) >= 3
        and all(segment.box.x1 <= box.x0 or segment.box.x0 >= box.x1 for box in taken)
    ]  # fmt: skip
    starts = sorted([box.x0 for box in (*taken, *rest)] + [1.0])
    room = {box: next(x for x in starts if x > box.x0) - box.x0 for box in rest}
    widest = max(rest, key=lambda box: room[box], default=None)
    if widest is None or room[widest] < 0.15:
        return chosen
    return sorted([*chosen, Title("description", widest)], key=lambda title: title.box.cx)


def _titles(row: Sequence[Segment]) -> list[Title]:
    """Titles in a row; a row with much other text is no row of titles."""
    index = lexicon.columns()
    titles: list[Title] = []
    covered = letters = 0
    for segment in row:
        letters += sum(c.isalpha() for c in segment.text)
        for match in lexicon.find(segment.text, index):
            covered += sum(c.isalpha() for c in segment.text[match.start : match.end])
            for meaning in match.meanings:
                titles.append(Title(meaning.concept,
                                    segment.span_box(match.start, match.end)))  # fmt: skip
    return titles if covered >= 0.5 * letters else []


def _add_rows(sheet: Sheet, number: int, titles: list[Title]) -> tuple[list[Title], int]:
    """Titles on two or three lines: rows close by that hold titles and no numbers."""
    found, last = list(titles), number
    for step in (-1, 1):
        at = number + step
        bottom, top = sheet.rows[number][0].box, sheet.rows[number][0].box
        while 0 <= at < len(sheet.rows) and abs(at - number) <= 3:
            row = sheet.rows[at]
            near = (
                sheet.down(row[0].box.y0 - bottom.y1)
                if step > 0
                else sheet.down(top.y0 - row[0].box.y1)
            )
            if near > 0.6 or any(c.isdigit() for s in row for c in s.text):
                break
            if sum(len(s.text) for s in row) > 60 or (more := _titles(row)) is None:
                break
            if not more and any(len(s.text) > 14 for s in row):
                break
            found += more
            last = max(last, at)
            bottom = top = row[0].box
            at += step
    return found, last


def _distinct(titles: list[Title]) -> list[Title]:
    """One title a column and one column a place: totals stand right, descriptions left."""
    ordered = sorted(titles, key=lambda t: t.box.x0)
    chosen: dict[str, Title] = {}
    priority = ("line_total", "unit_price", "quantity", "description", "vat_rate", "unit",
                "discount", "code", "position")  # fmt: skip
    taken: list[Box] = []

    def free(box: Box) -> bool:
        return all(box.x1 <= t.x0 + 0.001 or box.x0 >= t.x1 - 0.001 for t in taken)

    for column in priority:
        options = [t for t in ordered if t.column == column and free(t.box)]
        # a place that can only be this column is better than one that may be another
        sole = [t for t in options if sum(1 for o in ordered if o.box == t.box) == 1] or options
        if sole:
            title = sole[-1] if column in ("line_total", "vat_rate", "discount") else sole[0]
            if column == "unit_price" and len(sole) > 1:
                title = sole[-1] if "line_total" not in chosen else max(
                    (t for t in sole if t.box.x0 < chosen["line_total"].box.x0),
                    key=lambda t: t.box.x0, default=sole[0],
                )  # fmt: skip
            chosen[column] = title
            taken.append(title.box)
    return sorted(chosen.values(), key=lambda t: t.box.cx)
