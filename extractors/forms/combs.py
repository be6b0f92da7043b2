"""Combs: one letter a cell. What the cells hold is read together and each by itself, and the
field's kind says which letters may stand where."""

from __future__ import annotations

import math
import re
from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from extractors.forms.cells import Glyph, join
from extractors.forms.register import Image
from extractors.ocr import LineEngine
from extractors.ocr.lines import Char
from extractors.validate import check
from models.doctype import FieldSpec

Recognise = Callable[[Image], Sequence[Char]]

UPRIGHT = 0.38  # width by height under which a letter that nobody can read is a stroke: I or 1
WRITTEN = frozenset("'’.,-/&+@()|!:;_€%°#*?[]\\=")
BARE = 0.25  # under which it is nothing else, whatever was read
WEAK = 0.3  # of a letter's weights: less is as good as not read
STROKES = frozenset("|!l/\\[](){}1Iıij")
LETTER = {"0": "O", "1": "I", "2": "Z", "5": "S", "6": "G", "8": "B", "4": "A", "7": "T",
          "|": "I", "!": "I", "€": "E"}  # fmt: skip
DIGIT = {"O": "0", "Q": "0", "D": "0", "U": "0", "I": "1", "L": "1", "T": "7", "Z": "2", "S": "5",
         "B": "8", "G": "6", "A": "4", "|": "1", "!": "1", "/": "1", "Y": "7", "]": "1",
         "[": "1", "J": "1", "E": "6", "R": "8", "C": "0"}  # fmt: skip
LIKE = [
    (pair[0], pair[1])
    for pair in ("OD", "OQ", "UV", "MN", "EF", "PR", "IL", "38", "17", "56", "08", "69", "14")
]
CLEAR = 0.97  # of a letter among others: it is not read again alone
TURNED = 0.2  # of a reading's weight, for the letter that looks like it
FLAT = frozenset("cosuvwxz")  # small letters that differ from capitals in size only
BEAM, TRIED = 120, 400
CHECKED = ("tax_id", "iban", "vat_id", "date")


@dataclass(frozen=True, slots=True)
class CombReading:
    """`text` has a space for each empty cell between letters and "?" for what cannot be read;
    `weights` say how much (0..1) speaks for each letter; `settled` that check digits hold,
    `changed` that they do so only for other letters than the likeliest: among hundreds some fit."""

    text: str
    weights: tuple[float, ...]
    settled: bool = False
    changed: bool = False


def reader_of(engine: LineEngine) -> Recognise:
    """What reads one strip of letters at a time."""
    return lambda strip: engine.recognise([strip])[0]


def read_comb(glyphs: Sequence[Glyph], spec: FieldSpec, recognise: Recognise) -> CombReading:
    """The letters of a comb's cells."""
    if not glyphs:
        return CombReading("", ())
    options = _read_cells(glyphs, recognise)
    options = _one_case(options)
    classes = _classes(spec, options, glyphs)
    options = [_fit(option, kind) for option, kind in zip(options, classes, strict=True)]
    rows = _beam(options)
    best = rows[0]
    settled = False
    if spec.kind in CHECKED:
        passing = next((row for row in rows[:TRIED] if _passes(spec, row, glyphs)), None)
        best, settled = passing or best, passing is not None
    weights = tuple(option.get(char, 0.0) for option, char in zip(options, best, strict=True))
    return CombReading(_space(best, glyphs), weights, settled, best != rows[0])


def _read_cells(glyphs: Sequence[Glyph], recognise: Recognise) -> list[dict[str, float]]:
    """For each letter what it may be, with weights that sum to 1 at most."""
    strip, places = join(glyphs)
    together = _assign(_letters(recognise(strip)), places)
    options = []
    for glyph, chars in zip(glyphs, together, strict=True):
        found: defaultdict[str, float] = defaultdict(float)
        if len(chars) == 1 and chars[0].score >= CLEAR and chars[0].text not in STROKES:
            found[chars[0].text] += chars[0].score
        else:
            if len(chars) == 1:
                found[chars[0].text] += 0.55 * chars[0].score
            alone = _read_alone(glyph, recognise)
            if alone is not None:
                found[alone.text] += 0.45 * alone.score
        slim = (glyph.x1 - glyph.x0) / (glyph.y1 - glyph.y0)
        if slim <= BARE or (slim <= UPRIGHT and max(found.values(), default=0.0) < WEAK):
            found = defaultdict(float, {c: w for c, w in found.items() if c in STROKES})
        if not found or set(found) <= STROKES:
            _add_stroke(found, glyph)
        options.append(dict(found) or {"?": 0.02})
    return options


def _letters(chars: Sequence[Char]) -> list[Char]:
    """Without spaces, and without the ornaments that recognisers see in dust."""
    return [c for c in chars if c.text.isalnum() or c.text in WRITTEN]


def _assign(chars: Sequence[Char], places: Sequence[tuple[float, float]]) -> list[list[Char]]:
    """The characters of each place along the strip; in turn when there are as many."""
    if len(chars) == len(places):
        return [[char] for char in chars]
    found: list[list[Char]] = [[] for _ in places]
    for char in chars:
        for number, (left, right) in enumerate(places):
            if left <= char.at < right:
                found[number].append(char)
                break
    return found


def _read_alone(glyph: Glyph, recognise: Recognise) -> Char | None:
    """A letter by itself, three times in a row: recognisers are made for words."""
    strip, _ = join([glyph] * 3)
    chars = _letters(recognise(strip))
    if not chars:
        return None
    text, votes = Counter(c.text for c in chars).most_common(1)[0]
    scores = [c.score for c in chars if c.text == text]
    share = min(1.0, votes / 3) * (1.0 if len(chars) <= 3 else 3 / len(chars))
    return Char(text, 0.5, share * sum(scores) / len(scores))


def _add_stroke(found: dict[str, float], glyph: Glyph) -> None:
    """Ink in a cell is a letter, and one that is only a stroke is an I or a 1."""
    tall, wide = glyph.y1 - glyph.y0, glyph.x1 - glyph.x0
    if wide > UPRIGHT * tall and not found:
        return
    if found.get("/", 0.0) >= WEAK and wide > BARE * tall:
        return  # a date's stroke
    strength = max(0.6, sum(found.values()))
    one = found.get("1", 0.0) > found.get("I", 0.0)
    found.clear()
    found["1" if one else "I"] = 0.75 * strength
    found["I" if one else "1"] = 0.7 * strength


def _one_case(options: list[dict[str, float]]) -> list[dict[str, float]]:
    """Capitals, unless letters whose small form is another shape say that they are small."""
    tops = [max(option, key=option.__getitem__) for option in options]
    telling = [c for c in tops if c.isalpha() and c.lower() not in FLAT and c not in STROKES]
    if telling and sum(c.islower() for c in telling) > 0.6 * len(telling):
        return options
    raised = []
    for option in options:
        found: defaultdict[str, float] = defaultdict(float)
        for char, weight in option.items():
            found[char.upper() if len(char.upper()) == 1 else char] += weight
        raised.append(dict(found))
    return raised


def _classes(spec: FieldSpec, options: Sequence[dict[str, float]], glyphs: Sequence[Glyph]) -> str:
    """For each letter: A (a letter), 9 (a digit), or ? (anything)."""
    count = len(options)
    match spec.kind:
        case "tax_id" if count == 16:
            return "AAAAAA99A99A999A"
        case "tax_id" if count == 11:
            return "9" * count
        case "date" | "amount" | "number" | "percent":
            return "9" * count
        case "vat_id":
            return "9" * count if count <= 11 else "AA" + "9" * (count - 2)
        case "iban" if count == 27:
            return "AA99A" + "9" * 10 + "?" * 12
        case "iban" if count > 4:
            return "AA99" + "?" * (count - 4)
        case "currency":
            return "A" * count
    whole = _majority(options)
    classes, start = "", 0
    for end in range(1, count + 1):
        if end == count or glyphs[end].cell > glyphs[end - 1].cell + 1:  # between two words
            own = _majority(options[start:end])
            classes += (whole if own == "?" else own) * (end - start)
            start = end
    return classes


def _majority(options: Sequence[dict[str, float]]) -> str:
    """A or 9 when nearly all are letters or digits, without those that may be either."""
    letters, digits = (
        sum(w for option in options for c, w in option.items() if test(c))
        for test in (_is_letter, _is_digit)
    )
    if digits > 2.5 * letters:
        return "9"
    return "A" if letters > 2.5 * digits else "?"


def _is_letter(char: str) -> bool:
    return char.isalpha() and char not in "IOl"


def _is_digit(char: str) -> bool:
    return char.isdigit() and char not in "01"


def _fit(option: dict[str, float], kind: str) -> dict[str, float]:
    """The option with look-alikes of the class that is wanted here, and less of the others."""
    found: defaultdict[str, float] = defaultdict(float, option)
    if kind == "?":
        for table in (LETTER, DIGIT):
            for char, weight in option.items():
                if char in table:
                    found[table[char]] += 0.3 * TURNED * weight
        return dict(found)
    table, right = (LETTER, str.isalpha) if kind == "A" else (DIGIT, str.isdigit)
    for char, weight in option.items():
        if not right(char):
            punctuation = kind == "A" and char in "'-."
            found[char] = weight if punctuation else 0.1 * weight
            if char in table:
                found[table[char]] += (0.3 if punctuation else 0.85) * weight
    for one, other in LIKE:  # what nobody read, but a check digit may want
        for char, like in ((one, other), (other, one)):
            if char in option and right(like):
                found[like] += 0.05 * option[char]
    return dict(found)


def _beam(options: Sequence[dict[str, float]]) -> list[str]:
    """Likely rows of letters, the likeliest first."""
    rows = [(0.0, "")]
    for option in options:
        longer = [
            (cost - math.log(max(weight, 1e-4)), row + char)
            for cost, row in rows
            for char, weight in option.items()
        ]
        rows = sorted(longer)[:BEAM]
    return [row for _, row in rows]


def _passes(spec: FieldSpec, row: str, glyphs: Sequence[Glyph]) -> bool:
    return "?" not in row and not check(spec, dress(_space(row, glyphs), spec)).problems


def _space(row: str, glyphs: Sequence[Glyph]) -> str:
    text, last = "", glyphs[0].cell
    for char, glyph in zip(row, glyphs, strict=True):
        text += " " * min(1, glyph.cell - last - 1) + char if glyph.cell > last else char
        last = glyph.cell
    return text


def dress(text: str, spec: FieldSpec) -> str:
    """A comb's letters as the field's kind is written: dates with strokes, numbers without gaps."""
    if spec.kind == "text":
        return text
    packed = text.replace(" ", "")
    if spec.kind == "date" and (found := re.fullmatch(r"(\d\d)(\d\d)(\d{4}|\d\d)", packed)):
        return f"{found[1]}/{found[2]}/{found[3]}"
    return text if spec.kind == "identifier" else packed
