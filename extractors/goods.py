"""Line items without column titles, as on till receipts: words and a price at the right edge."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from decimal import Decimal

from extractors import lexicon, parse
from extractors.candidates import Document
from extractors.cells import cell, checked, mend_goods
from extractors.choice import Choice
from extractors.layout import Segment, Sheet
from models.words import Word

_TIMES = re.compile(
    r"(?<![\d.,])(?P<q>\d{1,4}(?:[.,]\d{1,3})?)\s*(?:kg|pz|stk|st|pcs?|n|ea|l|lt|ud|stuks?)?\.?\s*"
    r"(?:x|X|\*|×|à|@)\s*(?:€|EUR|£|\$)?\s*(?P<p>\d{1,5}[.,]\d{2,3})(?!\d)"
)
_TIMES_BACK = re.compile(
    r"(?<![\d.,])(?P<p>\d{1,5}[.,]\d{2,3})\s*(?:€|EUR)?\s*(?:x|X|\*|×)\s*(?P<q>\d{1,4})(?![\d.,])"
)
_AT_EDGE = re.compile(r"(?:€|EUR|£|\$)?[\s*]*(?:[A-Z]{1,2}|\d{1,2}\s?%?|\*|#|[A-Z]\d)?[\s*]*")


@dataclass(frozen=True, slots=True)
class Price:
    """An amount at the right of a row, and the words before it."""

    value: Decimal
    words: tuple[Word, ...]
    before: tuple[Word, ...]


def read_goods(document: Document) -> list[dict[str, Choice]]:
    """Goods as on till receipts: words and, at the right edge, a price; until the totals."""
    lines: list[dict[str, Choice]] = []
    for sheet in document.sheets:
        times: tuple[Decimal, Decimal, list[Word]] | None = None
        above: list[Word] = []  # words of the row above that have no price of their own
        for row in sheet.rows:
            words = [w for s in row for w in s.words]
            if _not_goods(document, row):
                above = []
                if lines and _is_total_row(document, row):
                    return lines
                continue
            price = _price_at_edge(document, sheet, row)
            product = _times(" ".join(s.text for s in row))
            if product and (price is None or not _named(price.before)):
                value = _times_value(product)
                if price and above and _letters(above):
                    lines.append(_receipt_line(sheet, replace(price, before=tuple(above)), None))
                if lines and _fits(lines[-1], value) and "quantity" not in lines[-1]:
                    lines[-1] = _with_times(lines[-1], value, words, sheet.number)
                else:
                    times = (*value, words)
                above = []
                continue
            if price is None:
                above = words if _letters(words) else []
                continue
            if not _named(price.before):
                if not _letters(above) or sheet.down(words[0].box.y0 - above[0].box.y1) > 1.5:
                    continue
                price = replace(price, before=tuple(above))
            above = []
            line = _receipt_line(sheet, price, product)
            if times and _fits(line, (times[0], times[1])):
                line = _with_times(line, (times[0], times[1]), times[2], sheet.number)
            times = None
            lines.append(line)
    return lines


_UNITS = frozenset(
    [
        "stk",
        "st",
        "pz",
        "kg",
        "gr",
        "g",
        "lt",
        "l",
        "x",
        "n",
        "nr",
        "ea",
        "pcs",
        "pc",
        "stuks",
        "eur",
        "euro",
        "pezzi",
        "stück",
    ]
)


def _named(words: Iterable[Word]) -> bool:
    """The words name goods: letters that are more than a unit."""
    found = [re.sub(r"[^\w]", "", w.text.lower()) for w in words]
    return sum(c.isalpha() for w in found if w not in _UNITS for c in w) >= 2


def _not_goods(document: Document, row: Sequence[Segment]) -> bool:
    index = lexicon.phrases("receipt_not_goods")
    for segment in row:
        matches = lexicon.find(segment.text, index)
        if matches and matches[0].start <= 2:
            length = sum(c.isalpha() for c in segment.text)
            covered = sum(sum(c.isalpha() for c in segment.text[m.start : m.end]) for m in matches)
            if covered >= 0.5 * length:
                return True
    text = " ".join(s.text for s in row)
    return bool(
        re.search(
            r"\d{1,2}[./-]\d{1,2}[./-]\d{2,4}|\d{1,2}:\d{2}|(?i:\btel\b|p\.?\s?iva|ust-?id)", text
        )
    )


def _is_total_row(document: Document, row: Sequence[Segment]) -> bool:
    return any(
        label.concept in ("total", "gross_total", "amount_due") and label.weight >= 0.6
        and label.start <= 2
        for segment in row
        for label in document.labels_in.get(segment.index, ())
    )  # fmt: skip


def _price_at_edge(document: Document, sheet: Sheet, row: Sequence[Segment]) -> Price | None:
    """The last amount with two decimals in the right part of the row."""
    right = max((s.box.x1 for s in sheet.segments), default=1.0)
    left = min((s.box.x0 for s in sheet.segments), default=0.0)
    words = [w for s in row for w in s.words]
    for at in range(len(words) - 1, -1, -1):
        for take in (1, 2):
            if at + 1 < take:
                continue
            piece = words[at + 1 - take : at + 1]
            text = " ".join(w.text for w in piece)
            text = re.sub(r"(?<=\d[.,]\d{2})[\dA-Z*]{1,2}$", "", text)  # a VAT code set too close
            if not re.search(r"\d\s?[.,]\s?\d{2}(?!\d)", text):
                continue
            read = parse.parse_amount(text, document.mark)
            rest = " ".join(w.text for w in words[at + 1 :])
            if read is None or not _AT_EDGE.fullmatch(rest):
                continue
            if piece[-1].box.x1 < left + 0.6 * (right - left):
                return None
            return Price(read[0], tuple(piece), tuple(words[: at + 1 - take]))
    return None


def _letters(words: Iterable[Word]) -> bool:
    return sum(c.isalpha() for w in words for c in w.text) >= 2


def _times(text: str) -> re.Match[str] | None:
    return _TIMES.search(text) or _TIMES_BACK.search(text)


def _times_value(match: re.Match[str]) -> tuple[Decimal, Decimal]:
    quantity = Decimal(match["q"].replace(",", "."))
    return quantity, Decimal(match["p"].replace(",", "."))


def _fits(line: dict[str, Choice], times: tuple[Decimal, Decimal]) -> bool:
    total = Decimal(line["line_total"].value)
    return abs(times[0] * times[1] - total) <= max(Decimal("0.02"), times[0] * Decimal("0.006"))


def _with_times(
    line: dict[str, Choice], times: tuple[Decimal, Decimal], words: list[Word], page: int
) -> dict[str, Choice]:
    more = {
        "quantity": cell(parse.format_number(times[0]), words, page, 2.5),
        "unit_price": cell(parse.format_amount(times[1]), words, page, 2.5),
    }
    return checked({**line, **more})


def _goods(sheet: Sheet, before: Sequence[Word]) -> list[Word]:
    """The words of the goods, without a column of rates or codes at their right."""
    words = list(before)
    while len(words) > 1 and not re.search(r"[A-Za-zÀ-ÿ]{2}", words[-1].text):
        if sheet.across(words[-1].box.x0 - words[-2].box.x1) < 1.0:
            break
        words.pop()
    return words


def _receipt_line(sheet: Sheet, price: Price, product: re.Match[str] | None) -> dict[str, Choice]:
    words = _goods(sheet, price.before)
    text = " ".join(w.text for w in words)
    if product and (found := _times(text)):
        text = text[: found.start()].strip() or text[found.end() :].strip() or text
    text = re.sub(r"(?:\s+\d{1,2}(?:[.,]\d{1,2})?\s?%)?(?:\s+(?:EUR|€|x))?$", "", text).strip(" *")
    line = {
        "description": cell(mend_goods(text) or "-", words, sheet.number, 1.6),
        "line_total": cell(parse.format_amount(price.value), price.words, sheet.number, 2.0),
    }
    if product:
        times = _times_value(product)
        if _fits(line, times):
            line = _with_times(line, times, words, sheet.number)
    return line
