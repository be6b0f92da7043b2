"""Line items: the rows under the column titles; without titles, `goods`."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal

from extractors import lexicon, parse
from extractors.candidates import Document
from extractors.cells import cell, checked, mend_goods
from extractors.choice import Choice
from extractors.goods import read_goods
from extractors.layout import Segment, Sheet
from models.doctype import DocumentType, LineSumRule
from models.words import Box, Word

Lines = list[dict[str, Choice]]

NUMERIC = ("quantity", "unit_price", "vat_rate", "line_total", "discount")
MAX_LINES = 500
ROW_GAP = 2.6  # ems of white inside one item
END_GAP = 14.0  # ems of white after which nothing belongs to the table


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


@dataclass(slots=True)
class Item:
    """Words by column while an item is put together."""

    cells: dict[str, list[Word]] = field(default_factory=dict)
    page: int = 0
    top: float = 0.0
    bottom: float = 0.0


def find_lines(document: Document, doctype: DocumentType) -> list[Lines]:
    """One or two readings of the line items of all pages, in reading order."""
    wanted = {spec.name for spec in doctype.lines}
    if not wanted:
        return []
    options = [_titled(document)]
    if "line_total" in wanted and ("unit" not in wanted or not options[0]):
        options.append(read_goods(document))
    return [option for option in options if option]


def added_up(options: Sequence[Lines]) -> set[Decimal]:
    """What the line totals of each reading add up to."""
    return {
        sum((Decimal(line["line_total"].value) for line in lines), Decimal(0))
        for lines in options
        if all("line_total" in line for line in lines)
    }


def fit_lines(
    options: Sequence[Lines], doctype: DocumentType, header: Mapping[str, Choice]
) -> Lines:
    """The reading that adds up to the totals in `header`; columns that the type has.

    Rows that keep the lines from adding up are taken for no items.
    """
    wanted = {spec.name for spec in doctype.lines}
    targets = [
        Decimal(header[name].value)
        for rule in doctype.rules
        if isinstance(rule, LineSumRule) and rule.column == "line_total"
        for name in rule.equals
        if name in header
    ]
    fitted = [_fit(option, targets) for option in options]
    # of two that add up equally well, the one that knows more of its lines
    fullest = max(fitted, key=lambda pair: (pair[1], sum(map(len, pair[0]))), default=None)
    lines = fullest[0] if fullest else []
    if not any(isinstance(rule, LineSumRule) for rule in doctype.rules):
        lines = [_surer(line, 1.0) for line in lines]  # nothing that should add up fails to
    kept = [{n: c for n, c in line.items() if n in wanted} for line in lines]
    return [line for line in kept if line][:MAX_LINES]


def _fit(lines: Lines, targets: Sequence[Decimal]) -> tuple[Lines, float]:
    """The lines, less a few that are no items if the rest then adds up; and how well they do."""
    if not lines:
        return lines, -1.0
    totals = [Decimal(line["line_total"].value) if "line_total" in line else None for line in lines]
    known = [total if total is not None else Decimal(0) for total in totals]
    if any(_near(sum(known), target) for target in targets):
        # the sum holds without what has no total: it is detail of another line
        return [_agreeing(line) for line in lines if "line_total" in line] or lines, 2.0
    for target in targets:
        added = Decimal(0)
        for count, total in enumerate(known, 1):  # what follows may be the summary
            added += total
            summary = not any("quantity" in x and "unit_price" in x for x in lines[count:])
            if _near(added, target) and target != 0 and count >= len(lines) / 3 and summary:
                return [_agreeing(line) for line in lines[:count]], 1.5
        whole = [line for line in lines if "quantity" in line and "line_total" in line]
        if 0 < len(whole) < len(lines) and _near(
            sum(Decimal(line["line_total"].value) for line in whole), target
        ):
            return [_agreeing(line) for line in whole], 1.4
        for drop, total in enumerate(known):
            if "quantity" not in lines[drop] and _near(sum(known) - total, target):
                return [_agreeing(x) for i, x in enumerate(lines) if i != drop], 1.2
    doubted = [_surer(line, -1.0) for line in lines] if targets else lines
    return doubted, 0.5 + 0.01 * sum("quantity" in line for line in lines)


def _near(one: Decimal | int, other: Decimal) -> bool:
    return abs(one - other) <= Decimal("0.05")


def _agreeing(line: dict[str, Choice]) -> dict[str, Choice]:
    """A line whose total is part of a sum that holds; the lines are then taken apart rightly."""
    surer = _surer(line, 1.5)
    if "line_total" in surer:
        surer["line_total"] = replace(surer["line_total"], agrees=True)
    return surer


def _surer(line: dict[str, Choice], odds: float) -> dict[str, Choice]:
    return {name: replace(cell, odds=cell.odds + odds) for name, cell in line.items()}


def _titled(document: Document) -> Lines:
    lines: Lines = []
    columns: Header | None = None
    open_table = False
    for sheet in document.sheets:
        header = find_header(document, sheet)
        if header is None and not (open_table and columns):
            continue
        if header is None and columns:
            header = Header(columns.titles, -1, 0.0)
        if header is None:
            continue
        columns = header
        rows, ended = _body(document, sheet, header)
        rows = _without_sidebar(sheet, header, rows)
        edges = _edges(header, rows)
        items = _items(document, sheet, header, edges, rows)
        made = [_finish(document, item) for item in items]
        lines += [line for line in made if _is_item(line, header)]
        open_table = not ended and bool(items)
    return lines


def _is_item(line: dict[str, Choice], header: Header) -> bool:
    titled = {title.column for title in header.titles}
    if "line_total" in titled and "line_total" not in line:
        # a line without a total is an item only when it has a quantity and a price
        return {"description", "quantity", "unit_price"} <= line.keys()
    numbers = line.keys() & {"quantity", "unit_price", "line_total"}
    return bool(numbers) if "description" in line else {"quantity", "line_total"} <= numbers


def find_header(document: Document, sheet: Sheet) -> Header | None:
    """The row (or up to three rows close together) with the most column titles."""
    best: tuple[float, Header] | None = None
    for number, row in enumerate(sheet.rows):
        titles = _titles(row)
        if len({t.column for t in titles}) < 2:
            continue
        titles, last = _add_rows(sheet, number, titles)
        chosen = _distinct(titles)
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


_TOTALS = frozenset({"net_total", "vat_total", "gross_total", "amount_due"})


def _body(
    document: Document, sheet: Sheet, header: Header
) -> tuple[list[tuple[Segment, ...]], bool]:
    """The rows from the header to the totals, and whether an end was seen."""
    rows: list[tuple[Segment, ...]] = []
    bottom = header.bottom
    left = min(t.box.x0 for t in header.titles)
    for row in sheet.rows[header.row + 1 :]:
        top = min(s.box.y0 for s in row)
        if sheet.down(top - bottom) > END_GAP and rows:
            return rows, False
        if _ends_table(document, row, left):
            return rows, True
        rows.append(row)
        bottom = max(s.box.y1 for s in row)
    return rows, False


def _ends_table(document: Document, row: Sequence[Segment], left: float) -> bool:
    index = lexicon.phrases("table_ends")
    for segment in row:
        for match in lexicon.find(segment.text, index, mending=False)[:1]:
            length = sum(c.isalpha() for c in segment.text)
            covered = sum(c.isalpha() for c in segment.text[match.start : match.end])
            colon = segment.text[match.end :].lstrip().startswith(":")
            if match.start <= 1 and (covered >= 0.6 * length or colon):
                return True
        sums = [x for x in document.labels_in.get(segment.index, ()) if x.concept in _TOTALS]
        letters = sum(c.isalpha() for c in segment.text)
        named = {i for x in sums for i in range(x.start, x.end) if segment.text[i].isalpha()}
        if sums and min(x.start for x in sums) <= 1 and len(named) >= 0.6 * letters:
            return True
        for label in sums:
            whole = label.alone or re.match(r"[\s:€EUR%\d.,()]*$", segment.text[label.end :])
            if label.weight >= 0.9 and label.start <= 1 and whole:
                return True
    return False


def _edges(header: Header, rows: Sequence[Sequence[Segment]]) -> list[float]:
    """Where one column ends and the next begins: the emptiest place between their titles."""
    segments = [segment for row in rows[:80] for segment in row]
    edges = []
    for left, right in zip(header.titles, header.titles[1:], strict=False):
        words = _words_between(segments, left.box.x1, right.box.cx)
        start = left.box.x1 if left.column == "description" else left.box.cx
        end = max(right.box.cx, start + 0.004)
        steps = 60
        places = [start + (end - start) * i / steps for i in range(steps + 1)]
        crossings = [sum(1 for b in words if b.x0 < x < b.x1) for x in places]
        least = min(crossings)
        best_run, run_start = (0, 0), None
        for i, count in enumerate([*crossings, least + 1]):
            if count == least and run_start is None:
                run_start = i
            elif count != least and run_start is not None:
                if i - run_start >= best_run[1] - best_run[0]:
                    best_run = (run_start, i)
                run_start = None
        edges.append((places[best_run[0]] + places[min(steps, best_run[1] - 1)]) / 2)
    return edges


def _words_between(segments: Sequence[Segment], left: float, right: float) -> list[Box]:
    """Words to find a gap among; text that runs on from one column into the next tells nothing."""
    apart = [s for s in segments if not (s.box.x0 < left and s.box.x1 > right)]
    kept = apart if 2 * len(apart) >= len(segments) else segments
    return [word.box for segment in kept for word in segment.words]


def _column_of(header: Header, edges: list[float], box: Box) -> str:
    for title, edge in zip(header.titles, edges, strict=False):
        if box.cx < edge:
            return title.column
    return header.titles[-1].column


def _is_reference(document: Document, row: Sequence[Segment], cells: dict[str, list[Word]]) -> bool:
    """A row that only names another document ("Rif. DDT n. 12 del …") is no part of an item."""
    if any(column in NUMERIC for column in cells):
        return False
    references = ("other_number", "purchase_order", "document_number", "order_date")
    return any(
        label.concept in references and label.start <= 6 and any(c.isdigit() for c in segment.text)
        for segment in row
        for label in document.labels_in.get(segment.index, ())
    )


def _without_sidebar(
    sheet: Sheet, header: Header, rows: Sequence[Sequence[Segment]]
) -> list[tuple[Segment, ...]]:
    """Rows less what ends left of the table, if its rows begin at its first title."""
    first = header.titles[0].box
    starts = [s for row in rows for s in row if abs(sheet.across(s.box.x0 - first.x0)) < 1.0]
    aligned = len({s.row for s in starts}) >= 0.4 * len(rows)
    if not aligned:
        return [tuple(row) for row in rows]
    kept = (tuple(s for s in row if s.box.cx > first.x0 - sheet.em) for row in rows)
    return [row for row in kept if row]


def _items(
    document: Document,
    sheet: Sheet,
    header: Header,
    edges: list[float],
    rows: Sequence[Sequence[Segment]],
) -> list[Item]:
    """Rows put together to items: a new one begins where a filled numeric column comes again."""
    items: list[Item] = []
    previous_bottom = header.bottom
    waiting: list[tuple[dict[str, list[Word]], float, float]] = []
    for number, row in enumerate(rows):
        cells = _cells(header, edges, row)
        if not cells or _is_reference(document, row, cells):
            continue
        top = min(s.box.y0 for s in row)
        bottom = max(s.box.y1 for s in row)
        numbers = {c for c in cells if c in NUMERIC and _has_number(cells[c])}
        current = items[-1] if items else None
        gap = sheet.down(top - previous_bottom)
        starts = bool(numbers - {"discount"}) and (
            current is None
            or any(c in current.cells and _has_number(current.cells[c]) for c in numbers)
            or gap > ROW_GAP
        )
        if starts:
            items.append(Item(page=sheet.number, top=top))
            for held, held_top, _ in waiting:
                _pour(items[-1], held)
                items[-1].top = min(items[-1].top, held_top)
            waiting = []
            _pour(items[-1], cells)
            items[-1].bottom = bottom
        elif numbers and current is not None:
            _pour(current, cells)
            current.bottom = bottom
        elif set(cells) & {"description", "code"}:
            next_gap = _next_gap(sheet, rows, number, bottom)
            if current is None or waiting or gap > next_gap * 1.4 + 0.15:
                waiting.append((cells, top, bottom))
            elif gap < ROW_GAP:
                _pour(current, {c: w for c, w in cells.items() if c in ("description", "code")})
                current.bottom = bottom
        previous_bottom = bottom
    return items


def _next_gap(sheet: Sheet, rows: Sequence[Sequence[Segment]], number: int, bottom: float) -> float:
    if number + 1 >= len(rows):
        return 99.0
    return max(0.0, sheet.down(min(s.box.y0 for s in rows[number + 1]) - bottom))


def _cells(header: Header, edges: list[float], row: Sequence[Segment]) -> dict[str, list[Word]]:
    cells: dict[str, list[Word]] = {}
    for segment in row:
        for word in segment.words:
            cells.setdefault(_column_of(header, edges, word.box), []).append(word)
    return cells


def _has_number(words: list[Word]) -> bool:
    return any(c.isdigit() for word in words for c in word.text)


def _pour(item: Item, cells: dict[str, list[Word]]) -> None:
    for column, words in cells.items():
        item.cells.setdefault(column, []).extend(words)


_UNIT = re.compile(r"[^\W\d_][^\W\d_.²³/]{0,11}\.?[²³]?\d?")


def _finish(document: Document, item: Item) -> dict[str, Choice]:
    """Typed values of an item's cells."""
    line: dict[str, Choice] = {}
    for column, words in item.cells.items():
        text = " ".join(w.text for w in words)
        if column in ("description", "unit"):
            if any(c.isalnum() for c in text):
                line[column] = cell(mend_goods(text.strip(" |")), words, item.page, 1.6)
        elif column == "vat_rate":
            match = re.search(r"\d{1,2}(?:[.,]\d{1,2})?", text)
            rate = parse.parse_percent(match[0]) if match else None
            if rate is not None:
                line[column] = cell(parse.format_number(rate), words, item.page, 2.2)
        elif column in ("quantity", "unit_price", "line_total"):
            _number_cell(document, line, column, words, item.page)
    printed = " ".join(w.text for w in item.cells.get("discount", ()))
    number = re.search(r"\d{1,2}(?:[.,]\d{1,2})?", printed)
    discount = parse.parse_percent(number[0]) if number else None
    return checked(line, discount or Decimal(0))


def _number_cell(
    document: Document, line: dict[str, Choice], column: str, words: list[Word], page: int
) -> None:
    text = " ".join(w.text for w in words)
    found = list(parse.find_amounts(text, document.mark))
    if not found and (read := parse.parse_amount(text, document.mark)):
        found = [parse.Found(parse.format_amount(read[0]), 0, len(text), read[1])]
    if not found:
        return
    chosen = found[-1] if column == "line_total" else found[0]
    value = chosen.value
    if column == "quantity":
        value = parse.format_number(Decimal(value))
        rest = (text[: chosen.start] + " " + text[chosen.end :]).strip(" .,*")
        if rest.lower() not in ("", "x", "×") and _UNIT.fullmatch(rest):
            named = [w for w in words if rest.startswith(w.text[:3]) or w.text == rest] or words
            line.setdefault("unit", cell(rest, named, page, 1.4))
    line[column] = cell(value, words, page, 2.2, raw=text)
