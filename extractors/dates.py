"""Calendar dates as printed in six languages, to ISO 8601."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from datetime import date
from typing import Literal

from extractors.parse import LOOKALIKES, Found, fold

DayOrder = Literal["dmy", "mdy"]
_MONTHS = (
    "gennaio gen january jan januar jän janner janvier janv enero ene januari",
    "febbraio feb february februar feber février fevr fév febrero februari",
    "marzo mar march märz mrz maerz mars maart mrt",
    "aprile apr april avril avr abril abr",
    "maggio mag may mai mayo mei",
    "giugno giu june jun juni juin junio",
    "luglio lug july jul juli juillet juil julio",
    "agosto ago august aug août aout agosto augustus",
    "settembre set sett september sep sept septembre septiembre",
    "ottobre ott october oct oktober okt octobre octubre",
    "novembre nov november noviembre",
    "dicembre dic december dec dezember dez décembre déc diciembre",
)
MONTHS = {fold(name): number for number, names in enumerate(_MONTHS, 1) for name in names.split()}
_MONTH = "|".join(sorted(MONTHS, key=len, reverse=True))
_ISO = re.compile(r"(?<!\d)(\d{4})\s?([-/.])\s?(\d{1,2})\s?\2\s?(\d{1,2})(?!\d)")
_NUMERIC = re.compile(
    r"(?<![\d.,/-])(\d{1,2})\s?([-/.·])\s?(\d{1,2})\s?[-/.·]\s?(\d{4}|\d{2})(?![\d/]|[.,-]\d)"
)
# a date that has lost the space before the time ("07.04.2014:38", "18.05.202016:07")
_STAMP = re.compile(
    r"(?<![\d.,/-])(\d{2})([./-])(\d{2})\2((?:19|20)?\d{2})(?=[ -]?[012]\d:[0-5]\d)"
)
# digits in boxes: the strokes between them are lost or read as "1"
_BOXED = re.compile(r"(\d{2})([ ./|li1-]{0,3}?)(\d{2})[ ./|li1-]{0,3}?(\d{4})")
_DAY_MONTH = re.compile(
    rf"(?<!\d)(\d{{1,2}})(?:\s?(?:st|nd|rd|th|er|re|°|º|\.))?[\s./-]*(?:de |di |of )?\s*"
    rf"({_MONTH})\.?[\s,./-]*(?:de |del |di |of )?\s*['’]?(\d{{4}}|\d{{2}})(?!\d)"
)
_MONTH_DAY = re.compile(
    rf"(?<![^\W\d_])({_MONTH})\.?[\s-]+(\d{{1,2}})(?:st|nd|rd|th)?\s*[,\s-]\s*(\d{{4}})(?!\d)"
)


def _iso(year: str | int, month: str | int, day: str | int) -> str | None:
    full = int(year)
    if isinstance(year, str) and len(year) == 2:
        full += 2000 if full < 70 else 1900
    if not 1880 <= full <= 2120:
        return None
    try:
        return date(full, int(month), int(day)).isoformat()
    except ValueError:
        return None


def guess_day_order(texts: Iterable[str]) -> DayOrder | None:
    """Whether the document's numeric dates can only be day-first or only month-first."""
    votes = {"dmy": 0, "mdy": 0}
    for text in texts:
        for first, _, second, _ in _NUMERIC.findall(text):
            if int(first) > 12 >= int(second):
                votes["dmy"] += 1
            elif int(second) > 12 >= int(first):
                votes["mdy"] += 1
    if votes["dmy"] == votes["mdy"]:
        return None
    return "dmy" if votes["dmy"] > votes["mdy"] else "mdy"


def find_dates(text: str, order: DayOrder = "dmy") -> Iterator[Found]:
    """Calendar dates in `text` as ISO 8601; month-first only when `order` says or forces it."""
    folded = fold(text)
    if len(folded) != len(text):  # folding changed offsets ("ß", ligatures): keep them
        folded = text.lower()
    taken: list[tuple[int, int]] = []

    def add(value: str | None, match: re.Match[str], certainty: float) -> Iterator[Found]:
        if value and not any(match.start() < e and s < match.end() for s, e in taken):
            taken.append(match.span())
            yield Found(value, match.start(), match.end(), certainty)

    for match in _ISO.finditer(folded):
        yield from add(_iso(match[1], match[3], match[4]), match, 1.0)
    for match in _STAMP.finditer(folded):
        yield from add(_iso(match[4], match[3], match[1]), match, 0.95)
    for match in _DAY_MONTH.finditer(folded):
        yield from add(_iso(match[3], MONTHS[match[2]], match[1]), match, 1.0)
    for match in _MONTH_DAY.finditer(folded):
        yield from add(_iso(match[3], MONTHS[match[1]], match[2]), match, 1.0)
    for match in _NUMERIC.finditer(folded):
        yield from add(*_numeric_date(match, order))
    if not taken and (boxed := _BOXED.fullmatch(folded.strip())):
        certainty = 0.8 if boxed[2].strip() in ("", *"/.-") else 0.5
        found = _iso(boxed[4], boxed[3], boxed[1]) or _iso(boxed[4], boxed[1], boxed[3])
        yield from add(found, boxed, certainty)


def _numeric_date(match: re.Match[str], order: DayOrder) -> tuple[str | None, re.Match[str], float]:
    first, second, year = match[1], match[3], match[4]
    preferred = _iso(year, second, first) if order == "dmy" else _iso(year, first, second)
    if preferred:
        ambiguous = int(first) <= 12 and int(second) <= 12 and first != second
        return preferred, match, 0.95 if ambiguous else 1.0
    other = _iso(year, first, second) if order == "dmy" else _iso(year, second, first)
    return other, match, 0.85


def parse_date(text: str, order: DayOrder = "dmy") -> str | None:
    """One whole entry as an ISO date; accepts digits only ("31122025") and look-alike letters."""
    stripped = text.strip().rstrip(".,;")
    for found in find_dates(stripped, order):
        if found.start == 0 and found.end == len(stripped):
            return found.value
    if match := re.fullmatch(r"(\d{2})\s?(\d{2})\s?(\d{4})", stripped):
        first, second, year = match.groups()
        value = _iso(year, second, first)
        return value or _iso(year, first, second)
    repaired = re.sub(r"\s+", "", stripped).translate(LOOKALIKES)
    if repaired != stripped and sum(c.isdigit() for c in stripped) >= 4:
        return parse_date(repaired, order)
    return None
