"""Pages as segments: pieces of text without a wide gap, on rows, whatever reader made the lines."""

from __future__ import annotations

import itertools
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median

from models.words import Box, Page, Word

WIDE_GAP = 1.1  # in line heights: words further apart belong to different segments
LINE_GAP = 0.6  # a gap that splits where the reader began a new line, too
MAX_WORDS = 6000  # words of a page that are looked at
MAX_TEXT = 600  # characters of a word or a segment that are looked at


@dataclass(frozen=True, slots=True)
class Segment:
    """Words on one row without a wide gap. `starts` are the words' offsets in `text`."""

    index: int
    page: int
    row: int
    text: str
    box: Box
    words: tuple[Word, ...]
    starts: tuple[int, ...]

    def span_box(self, start: int, end: int) -> Box:
        """The box of `text[start:end]`; parts of words are cut in proportion to letters."""
        boxes = []
        for word, offset in self._words(start, end):
            length = max(1, len(word.text))
            left = max(0, start - offset) / length
            right = min(length, end - offset) / length
            box = word.box
            boxes.append(Box(box.x0 + left * box.width, box.y0, box.x0 + right * box.width, box.y1))
        return Box.around(boxes) if boxes else self.box

    def span_score(self, start: int, end: int) -> float:
        """The lowest reading confidence of the words in `text[start:end]`; two readings of a word
        that differ count as a poor one."""
        return min((word.trust for word, _ in self._words(start, end)), default=0.0)

    def _words(self, start: int, end: int) -> list[tuple[Word, int]]:
        first = max(0, bisect_right(self.starts, start) - 1)
        return [
            (word, offset)
            for word, offset in zip(self.words[first:], self.starts[first:], strict=True)
            if offset < end and offset + len(word.text) > start
        ]


@dataclass(frozen=True, slots=True)
class Sheet:
    """A page as rows of segments. `em` is the median text height; `aspect` is width / height.

    Heights and vertical distances are page-relative; `across` turns horizontal ones into ems.
    """

    number: int
    segments: tuple[Segment, ...]
    rows: tuple[tuple[Segment, ...], ...]
    em: float
    aspect: float

    def across(self, dx: float) -> float:
        """A horizontal distance (page-relative) in ems."""
        return dx * self.aspect / self.em

    def down(self, dy: float) -> float:
        """A vertical distance (page-relative) in ems."""
        return dy / self.em


def lay_out(page: Page, first_index: int = 0) -> Sheet:
    """Group the words of `page` into rows and segments; works for empty pages too."""
    aspect = page.width / page.height if page.width > 0 and page.height > 0 else 0.707
    words = _usable_words(page)
    em = max(median(w.box.height for w, _ in words), 0.002) if words else 0.012
    segments: list[Segment] = []
    rows: list[tuple[Segment, ...]] = []
    starts: list[float] = []  # where the segments of the row above begin
    for row_number, row in enumerate(_join_combs(_rows(words))):
        made = []
        for piece in _split(row, aspect, starts):
            made.append(_segment(piece, first_index + len(segments), page.number, row_number))
            segments.append(made[-1])
        rows.append(tuple(made))
        starts = [segment.box.x0 for segment in made]
    return Sheet(page.number, tuple(segments), tuple(rows), em, aspect)


def lay_out_all(pages: Sequence[Page]) -> list[Sheet]:
    """Sheets with segment indices that are unique over the document."""
    sheets: list[Sheet] = []
    for page in pages:
        sheets.append(lay_out(page, sum(len(sheet.segments) for sheet in sheets)))
    return sheets


def _usable_words(page: Page) -> list[tuple[Word, int]]:
    """Words with text and a box, cut to sane sizes, each with the number of its line."""
    found = []
    for number, line in enumerate(page.lines):
        for word in line.words:
            text = " ".join(word.text.split())[:MAX_TEXT]
            box = word.box
            x0, x1 = sorted((min(1.0, max(0.0, box.x0)), min(1.0, max(0.0, box.x1))))
            y0, y1 = sorted((min(1.0, max(0.0, box.y0)), min(1.0, max(0.0, box.y1))))
            if text and x1 > x0 and y1 > y0:
                score = min(1.0, max(0.0, word.score))
                sane = replace(word, text=text, box=Box(x0, y0, x1, y1), score=score)
                found.append((sane, number))
        if len(found) > MAX_WORDS:
            break
    return found[:MAX_WORDS]


def _rows(words: list[tuple[Word, int]]) -> list[list[tuple[Word, int]]]:
    """Words whose vertical centres lie within each other, top to bottom."""
    rows: list[list[tuple[Word, int]]] = []
    middles: list[tuple[float, float]] = []  # centre and height of each row's first words
    for word, line in sorted(words, key=lambda pair: pair[0].box.cy):
        placed = False
        for back in range(1, min(4, len(rows)) + 1):
            centre, height = middles[-back]
            if abs(word.box.cy - centre) < 0.45 * min(height, word.box.height) + 0.1 * height:
                rows[-back].append((word, line))
                count = len(rows[-back])
                middles[-back] = (
                    centre + (word.box.cy - centre) / count,
                    height + (word.box.height - height) / count,
                )
                placed = True
                break
        if not placed:
            rows.append([(word, line)])
            middles.append((word.box.cy, word.box.height))
    order = sorted(range(len(rows)), key=lambda i: middles[i][0])
    return [sorted(rows[i], key=lambda pair: pair[0].box.x0) for i in order]


# -- one letter a box -----------------------------------------------------------------------------

COMB = -2  # the line number of words that were joined from boxes
BOXED = 0.75  # how far a word from boxes can be trusted: thin letters between them get lost
COMB_RUN = 4  # boxed letters in a row that show a comb, and its pitch


def _join_combs(rows: list[list[tuple[Word, int]]]) -> list[list[tuple[Word, int]]]:
    """Letters written one a box, joined to words; a row of boxes has a constant pitch."""
    pitches = [pitch for row in rows for pitch in _pitches(row)]
    if not pitches:
        return rows
    pitch = median(pitches)
    return [_join_comb(row, pitch) for row in rows]


def _is_boxed(word: Word) -> bool:
    return len(word.text) == 1 and word.text.isalnum()


def _pitches(row: list[tuple[Word, int]]) -> list[float]:
    """The pitch of each run of single letters that stand apart and evenly."""
    found, run = [], [row[0][0]] if row else []
    for word, _ in [*row[1:], (Word("--", row[0][0].box, 0.0), 0)] if row else []:
        if _is_boxed(word) and _is_boxed(run[-1]):
            run.append(word)
            continue
        steps = [b.box.cx - a.box.cx for a, b in itertools.pairwise(run)]
        if len(steps) >= COMB_RUN - 1:
            middle = median(steps)
            even = sum(1 for step in steps if abs(step - middle) < 0.25 * middle)
            apart = median(word.box.width for word in run) < 0.8 * middle
            if apart and even >= 0.6 * len(steps):
                found.append(middle)
        run = [word]
    return found


def _join_comb(row: list[tuple[Word, int]], pitch: float) -> list[tuple[Word, int]]:
    """Letters at the comb's pitch as one word; an empty box is a space."""
    joined: list[tuple[Word, int]] = []
    for word, line in row:
        if joined and len(word.text) == 1:
            last, last_line = joined[-1]
            step = word.box.cx - (last.box.x1 - 0.5 * min(last.box.width, pitch * 0.4))
            boxed = len(last.text) == 1 or last_line == COMB
            if boxed and 0.6 * pitch < step < 1.4 * pitch:
                box = Box.around((last.box, word.box))
                score = min(last.score, word.score)
                joined[-1] = (Word(last.text + word.text, box, score), COMB)
                continue
        joined.append((word, line))
    if all(line != COMB for _, line in joined):
        return joined
    return [
        (Word(word.text.translate(_STROKES), word.box, BOXED * word.score), COMB)
        if line == COMB or len(word.text) == 1
        else (word, line)
        for word, line in joined
    ]


# single strokes in a box that a reader of many scripts takes for ideographs
_STROKES = str.maketrans({"\u5de5": "I", "\u4e00": "I", "\u4e28": "I", "\u3007": "O", "\u53e3": "O",
                          "|": "I"})  # fmt: skip


def _split(row: list[tuple[Word, int]], aspect: float, starts: list[float]) -> list[list[Word]]:
    """Pieces of a row without a wide gap; words of combs also part where a label above begins."""
    pieces: list[list[Word]] = []
    last_line, length = -1, 0
    for word, line in row:
        if pieces:
            previous = pieces[-1][-1]
            height = max(0.002, min(previous.box.height, word.box.height))
            gap = (word.box.x0 - previous.box.x1) * aspect / height
            limit = WIDE_GAP if line == last_line else LINE_GAP
            if line == last_line == COMB:
                # one empty box between the words of a comb, but not where a label above begins
                apart = any(previous.box.x1 <= start <= word.box.x0 for start in starts)
                limit = 0.0 if apart else 4.0
            if gap < limit and length + len(word.text) < MAX_TEXT:
                pieces[-1].append(word)
                length += len(word.text) + 1
                last_line = line
                continue
        pieces.append([word])
        last_line, length = line, len(word.text)
    return pieces


def _segment(words: list[Word], index: int, page: int, row: int) -> Segment:
    starts = []
    offset = 0
    for word in words:
        starts.append(offset)
        offset += len(word.text) + 1
    return Segment(
        index=index,
        page=page,
        row=row,
        text=" ".join(w.text for w in words),
        box=Box.around(w.box for w in words),
        words=tuple(words),
        starts=tuple(starts),
    )
