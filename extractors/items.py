"""Line items with typed values, from the words of their columns."""

from __future__ import annotations

import re
from collections.abc import Sequence
from decimal import Decimal

from extractors import parse
from extractors.candidates import Document
from extractors.cells import cell, checked, mend_goods
from extractors.choice import Choice
from extractors.columns import Item, number_of
from extractors.layout import Sheet
from extractors.titles import Header
from models.words import Word

_CODE = re.compile(r"(?=.*\d)[A-Z0-9][A-Z0-9./_-]{0,19}|\d{1,3}[.)]?")


def without_code(sheet: Sheet, header: Header, item: Item) -> None:
    """Numbers and codes left of the description's title have a column of their own."""
    title = next((t for t in header.titles if t.column == "description"), None)
    words = item.cells.get("description", [])
    if title is None or len(words) < 2:
        return
    edge = title.box.x0 - 0.4 * sheet.em / sheet.aspect
    codes = [w for w in words if w.box.x1 < edge and _CODE.fullmatch(w.text)]
    rest = [w for w in words if w not in codes]
    if codes and rest and abs(sheet.across(min(w.box.x0 for w in rest) - title.box.x0)) < 1.5:
        item.cells["description"] = rest


def without_codes(items: Sequence[Item]) -> None:
    """A code that opens nearly every description is a column whose title was not seen."""
    for pattern in (
        re.compile(r"\d{1,3}[.)]?"),
        re.compile(r"(?=(?:.*\d){3})[A-Z0-9][A-Z0-9./_-]{3,}"),
    ):
        texts = [item.cells.get("description", []) for item in items]
        coded = [t for t in texts if len(t) > 1 and pattern.fullmatch(t[0].text)]
        if len(coded) < 2 or len(coded) < 0.7 * len(items):
            continue
        for item, words in zip(items, texts, strict=True):
            if words in coded:
                item.cells["description"] = words[1:]


_UNIT = re.compile(r"[^\W\d_][^\W\d_.²³/]{0,11}\.?[²³]?\d?")


WRAPPED = -1.6  # log odds of text on several rows: where the name ends and notes begin is a guess


def _is_wrapped(words: Sequence[Word]) -> bool:
    heights = [word.box.cy for word in words]
    return max(heights) - min(heights) > 0.7 * words[0].box.height


def finish(document: Document, item: Item) -> dict[str, Choice]:
    """Typed values of an item's cells."""
    line: dict[str, Choice] = {}
    for column, words in item.cells.items():
        text = " ".join(w.text for w in words)
        if column == "unit" and (numbers := [w for w in words if number_of(w.text)]):
            words = [w for w in words if w not in numbers]
            text = " ".join(w.text for w in words)
            if "unit_price" not in item.cells:
                _number_cell(document, line, "unit_price", numbers, item.page)
        if column in ("description", "unit"):
            if any(c.isalnum() for c in text):
                line[column] = cell(
                    mend_goods(text.strip(" |")),
                    words,
                    item.page,
                    WRAPPED if _is_wrapped(words) else 1.6,
                )
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
