"""Reading order of lines on a page: rows top to bottom, except side-by-side columns of prose."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from models.words import Line

Row = list[Line]

# A column is prose when it has this many lines of at least this many characters on average.
# Label/value pairs and table columns stay below it: they are read across, row by row.
PROSE_LINES = 5
PROSE_CHARS = 25


def arrange(lines: Iterable[Line]) -> list[Line]:
    """`lines` in reading order."""
    return [line for row in _order(rows(lines)) for line in row]


def rows(lines: Iterable[Line]) -> list[Row]:
    """Lines grouped by shared baseline, rows top to bottom, each row left to right."""
    found: list[Row] = []
    for line in sorted(lines, key=lambda item: item.box.cy):
        row = next((r for r in found[:-5:-1] if _same_row(r, line)), None)
        if row is None:
            found.append([line])
        else:
            row.append(line)
    for row in found:
        row.sort(key=lambda item: item.box.x0)
    return sorted(found, key=lambda row: sum(line.box.cy for line in row) / len(row))


def _same_row(row: Row, line: Line) -> bool:
    """Nearest neighbour of the row decides, so a row may follow a slight slope."""
    near = min(row, key=lambda other: abs(other.box.cx - line.box.cx))
    small = min(near.box.height, line.box.height)
    overlap = min(near.box.y1, line.box.y1) - max(near.box.y0, line.box.y0)
    aside = min(near.box.x1, line.box.x1) - max(near.box.x0, line.box.x0) < 0.5 * min(
        near.box.width, line.box.width
    )
    return overlap > 0.5 * small and aside


def _order(page: Sequence[Row]) -> list[Row]:
    """Rows with every block of two prose columns turned into left rows, then right rows."""
    best: tuple[int, int, float] | None = None
    for step in range(25, 76):
        x = step / 100
        run = _columns(page, x)
        if run and (best is None or run[1] - run[0] > best[1] - best[0]):
            best = (*run, x)
    if best is None:
        return list(page)
    first, last, x = best
    block = page[first:last]
    left = [[line for line in row if line.box.cx < x] for row in block]
    right = [[line for line in row if line.box.cx >= x] for row in block]
    return [
        *_order(page[:first]),
        *(row for row in left if row),
        *(row for row in right if row),
        *_order(page[last:]),
    ]


def _columns(page: Sequence[Row], x: float) -> tuple[int, int] | None:
    """The longest run of rows that no line crosses at `x`, if both its sides are prose."""
    best, start = (0, 0), 0
    for index in range(len(page) + 1):
        if index == len(page) or any(line.box.x0 < x < line.box.x1 for line in page[index]):
            if index - start > best[1] - best[0]:
                best = (start, index)
            start = index + 1
    lines = [line for row in page[best[0] : best[1]] for line in row]
    left = [line for line in lines if line.box.cx < x]
    right = [line for line in lines if line.box.cx >= x]
    return best if _is_prose(left) and _is_prose(right) else None


def _is_prose(lines: Sequence[Line]) -> bool:
    if len(lines) < PROSE_LINES:
        return False
    return sum(len(line.text) for line in lines) / len(lines) >= PROSE_CHARS
