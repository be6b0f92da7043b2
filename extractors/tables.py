"""Line items: the rows under the column titles; without titles, `goods`."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from decimal import Decimal

from extractors import lexicon
from extractors.candidates import Document
from extractors.choice import Choice
from extractors.columns import Item, guess_header, number_of, set_right
from extractors.goods import read_goods
from extractors.items import finish, without_code, without_codes
from extractors.layout import Segment, Sheet
from extractors.titles import Header, find_header
from models.doctype import DocumentType, LineSumRule
from models.words import Box, Word

Lines = list[dict[str, Choice]]

NUMERIC = ("quantity", "unit_price", "vat_rate", "line_total", "discount")
MAX_LINES = 500
ROW_GAP = 2.6  # ems of white inside one item
END_GAP = 14.0  # ems of white after which nothing belongs to the table


FindHeader = Callable[[Sheet], Header | None]


def find_lines(
    document: Document, doctype: DocumentType, remembered: FindHeader | None = None
) -> list[Lines]:
    """Readings of the line items of all pages, in reading order: one or two, and where the titles
    are not known one by those that earlier documents had."""
    wanted = {spec.name for spec in doctype.lines}
    if not wanted:
        return []
    options = [_titled(document)]
    if "line_total" in wanted and ("unit" not in wanted or not options[0]):
        options.append(read_goods(document))
    if remembered is not None and not options[0]:
        options.append(_titled(document, remembered))
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


def _titled(document: Document, remembered: FindHeader | None = None) -> Lines:
    lines: Lines = []
    columns: Header | None = None
    open_table = False
    for sheet in document.sheets:
        if remembered is not None:
            header = remembered(sheet)
        else:
            header = find_header(document, sheet) or (
                None if columns else guess_header(sheet, document.mark)
            )
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
        set_right(items, document.mark)
        for item in items:
            without_code(sheet, header, item)
        without_codes(items)
        made = [finish(document, item) for item in items]
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


_TOTALS = frozenset({"net_total", "vat_total", "gross_total", "amount_due"})


def _body(
    document: Document, sheet: Sheet, header: Header
) -> tuple[list[tuple[Segment, ...]], bool]:
    """The rows from the header to the totals, and whether an end was seen."""
    rows: list[tuple[Segment, ...]] = []
    bottom = header.bottom
    left = min(t.box.x0 for t in header.titles)
    for number, row in enumerate(sheet.rows[header.row + 1 :], start=header.row + 1):
        top = min(s.box.y0 for s in row)
        if sheet.down(top - bottom) > END_GAP and rows:
            return rows, False
        if rows and _is_subtotal(row) and _goes_on(document, sheet, number, left):
            bottom = max(s.box.y1 for s in row)
            continue
        if _ends_table(document, row, left):
            return rows, True
        rows.append(row)
        bottom = max(s.box.y1 for s in row)
    return rows, False


def _is_subtotal(row: Sequence[Segment]) -> bool:
    """A sum of the lines so far, or what is carried over to the next page."""
    text = " ".join(s.text for s in row)
    found = lexicon.find(text, lexicon.phrases("subtotals"), mending=False)[:1]
    return bool(found) and found[0].start <= 2


def _goes_on(document: Document, sheet: Sheet, number: int, left: float) -> bool:
    """More items follow: a row that begins where the table does, and ends with a number."""
    for row in sheet.rows[number + 1 : number + 5]:
        if _is_subtotal(row) or _ends_table(document, row, left):
            return False
        begins = abs(sheet.across(row[0].box.x0 - left)) < 3
        text = row[0].text
        if begins and any(c.isalpha() for c in text) and number_of(row[-1].words[-1].text):
            return len(row) > 1
    return False


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


_LOT = re.compile(  # "Lotto A4471", "Ser.-Nr. KA8005619": which piece it is, not what it is
    r"(?i)(?:lotto|lot|lote|los|charge|ch\.|chargen-?nr\.?|s[ée]rie|ser\.?(?:-?nr\.?)?"
    r"|serial(?: no\.?)?|s/n|sn|batch|matricola|l\.)\s?(?:n\S{0,3}\s)?:?\s?(?=\S*\d)[a-z\d/-]{4,20}"
)
_REFERENCE = re.compile(  # "Lieferung 2760 vom 14.05.2025", "LS 818 / 27.05.2026"
    r"(?:[^\W\d_][\w.]*\s){1,3}(?:[Nn]\S{0,3}\s)?(?:[A-Z]{0,4}[-/ ]?\d[\w/-]*)\s(?:del|vom|du"
    r"|de fecha|del día"
    r"|dated|of|le|am|van|d\.d\.|/|-|,)\s(?:\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{4}-\d\d-\d\d"
    r"|\d{1,2}\.?\s(?:de\s)?[^\W\d_]{3,10}\.?\s(?:de\s)?\d{4}|[^\W\d_]{3,10} \d{1,2},? \d{4})\W*$"
)


def _is_reference(document: Document, row: Sequence[Segment], cells: dict[str, list[Word]]) -> bool:
    """A row that only names another document ("Rif. DDT n. 12 del …") is no part of an item."""
    if any(column in NUMERIC for column in cells):
        return False
    text = " ".join(segment.text for segment in row)
    if _REFERENCE.match(text) or _LOT.fullmatch(text):
        return True
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
    end = max((w.box.x1 for row in rows for w in _cells(header, edges, row).get("description", ())),
              default=1.0)  # fmt: skip
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
        elif current is not None and (counted := _counted(row)) and gap < ROW_GAP:
            if "quantity" not in current.cells:
                _pour(current, counted)
            current.bottom = bottom
        elif set(cells) & {"description", "code"}:
            next_gap = _next_gap(sheet, rows, number, bottom)
            if current is None or waiting or gap > next_gap * 1.4 + 0.15:
                waiting.append((cells, top, bottom))
            elif gap < ROW_GAP:
                if _runs_on(
                    current.cells.get("description", []), cells.get("description", []), end
                ):
                    text = {c: w for c, w in cells.items() if c in ("description", "code")}
                    _pour(current, text)
                current.bottom = bottom
        previous_bottom = bottom
    return items


_COUNTED = re.compile(
    r"\(?(?P<quantity>\d[\d.,']*)\s*(?P<unit>[^\W\d_][\w.²³]{0,9})?\s*(?:[xX×*à@]|zu je|je|a)\s*"
    r"(?:[€$£]|EUR|CHF|GBP)?\s*(?P<unit_price>\d[\d.,']*)\s*(?:[€$£]|EUR|CHF|GBP)?(?:\s*/\s*\w+)?\)?"
)


def _counted(row: Sequence[Segment]) -> dict[str, list[Word]]:
    """The cells of "10 Stk x 18,00" on a row of its own; empty for other rows."""
    words = [word for segment in row for word in segment.words]
    found = _COUNTED.fullmatch(" ".join(word.text for word in words))
    cells: dict[str, list[Word]] = {}
    at = 0
    for word in words:
        for name in ("quantity", "unit", "unit_price"):
            if found and found[name] and found.start(name) < at + len(word.text) > at and (
                found.end(name) > at
            ):  # fmt: skip
                part = found[name]
                cells.setdefault(name, []).append(replace(word, text=part))
        at += len(word.text) + 1
    return cells


def _runs_on(above: Sequence[Word], below: Sequence[Word], end: float) -> bool:
    """Text goes on in the row below if that begins in lower case, or had no room above.

    What begins anew although there was room is a note to the item. `end` is the column's.
    """
    if not above or not below or below[0].text[:1].islower():
        return True
    last = max(above, key=lambda word: (word.box.cy, word.box.x1))
    if last.text[-1:] in ",-(&/+:":
        return True
    return last.box.x1 + below[0].box.width + 0.5 * below[0].box.height > end


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
