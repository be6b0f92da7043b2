"""How one layout sets text on its sheet: sizes, colours, labels, and text fitted into a width.

Blocks are functions of a setting, the left edge, the top and the width (mm); each gives its bottom.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random

from bench.generator.facts import Facts, Row
from bench.generator.grammar.nations import Hand, Nation, make_hand
from bench.generator.grammar.program import Program
from bench.generator.grammar.wordings import Words
from bench.generator.sheet import BLACK, GREY, MM, Align, Face, Ink, Sheet

LEADING = 1.24
# where the baseline lies below a line's top, in font sizes
RISE = 0.88
SMALLEST = 5.6

ACCENTS: dict[str, Ink] = {
    "blue": (0.05, 0.22, 0.47), "red": (0.55, 0.08, 0.12), "green": (0.02, 0.36, 0.24),
    "black": (0.1, 0.1, 0.11), "orange": (0.7, 0.3, 0.04), "steel": (0.2, 0.33, 0.45),
    "purple": (0.36, 0.16, 0.42), "teal": (0.0, 0.35, 0.4),
}  # fmt: skip


@dataclass(frozen=True)
class Setting:
    """`x0`, `x1`, `top` and `bottom` bound what blocks may use of the page (mm)."""

    sheet: Sheet
    program: Program
    words: Words
    nation: Nation
    x0: float
    x1: float
    top: float
    bottom: float
    size: float
    pages: int = 1

    @property
    def facts(self) -> Facts:
        return self.sheet.facts

    @property
    def width(self) -> float:
        return self.x1 - self.x0

    @property
    def structure(self) -> Mapping[str, str]:
        return self.program.structure

    @property
    def hand(self) -> Hand:
        return make_hand(self.program, self.nation)

    @property
    def accent(self) -> Ink:
        return ACCENTS[self.program.style["accent"]]

    @property
    def tint(self) -> Ink:
        """The accent, as pale as a background."""
        r, g, b = self.accent
        return (0.88 + 0.12 * r, 0.88 + 0.12 * g, 0.88 + 0.12 * b)

    @property
    def small(self) -> float:
        return max(6.2, self.size - 1.6)

    @property
    def number(self) -> str:
        """The template of the paper's own number."""
        name = "document_number" if self.facts.kind == "delivery_note" else "invoice_number"
        return f"{{{name}}}"

    def has(self, choice: str, *options: str) -> bool:
        return self.program.structure.get(choice) in options

    def rng(self, *parts: str) -> Random:
        """Chance that is the same for every document of this layout in this language."""
        return self.program.rng(self.nation.language, *parts)

    def label(self, name: str) -> str:
        """A label that stands before its value."""
        text = self.words[name]
        mark = {"colon": ":", "space_colon": " :", "none": ""}[self.program.style["colon"]]
        return text if not mark or text.endswith((":", ".", "#")) else text + mark

    def money(self, template: str, *, total: bool = True) -> str:
        """A template for an amount, with the currency where this layout writes it."""
        style = self.program.style
        if style["money_at"] == "titles" or (style["money_at"] == "totals" and not total):
            return template
        sign, code = self.nation.sign, self.nation.currency
        way = style["money"].replace("tight", "before") if sign == code else style["money"]
        return {
            "none": template, "before": f"{sign} {template}", "tight": f"{sign}{template}",
            "after": f"{template} {sign}", "code_after": f"{template} {code}",
            "code_before": f"{code} {template}",
        }[way]  # fmt: skip

    @property
    def label_face(self) -> Face:
        face = self.program.style["label_face"]
        return "bold" if face in ("bold", "accent") else "italic" if face == "italic" else "regular"

    @property
    def label_ink(self) -> Ink:
        face = self.program.style["label_face"]
        return {"grey": GREY, "accent": self.accent}.get(face, BLACK)

    @property
    def value_face(self) -> Face:
        return "bold" if self.program.style["value_face"] == "bold" else "regular"


Block = Callable[[Setting, float, float, float], float]


def line_height(size: float) -> float:
    return size * LEADING / MM


def put(
    s: Setting,
    x: float,
    y: float,
    width: float,
    template: str,
    *,
    size: float | None = None,
    face: Face = "regular",
    align: Align = "left",
    ink: Ink | None = None,
    row: Row | None = None,
) -> float:
    """Print a template into a width, wrapped where it is too long; gives the bottom.

    Nothing is printed when a field that it names has no value.
    """
    runs = s.sheet.fill(template, row)
    if not runs:
        return y
    size = size or s.size
    wide, word = s.sheet.measure(template, size, face, row)
    if word > width:
        size = max(SMALLEST * 0.7, size * width / word * 0.99)
        wide = wide * width / word
    at = x + {"left": 0.0, "center": width / 2, "right": width}[align]
    base = y + RISE * size / MM
    if wide <= width * 1.1 and not any("\n" in run.text for run in runs):
        s.sheet.text(at, base, template, size=size, face=face, align=align, ink=ink, row=row,
                     squeeze=width)  # fmt: skip
        return y + line_height(size)
    after = s.sheet.paragraph(at, base, template, width, size=size, leading=LEADING, face=face,
                              align=align, ink=ink, row=row)  # fmt: skip
    return after - RISE * size / MM


def put_lines(
    s: Setting,
    x: float,
    y: float,
    width: float,
    templates: list[str],
    *,
    size: float | None = None,
    align: Align = "left",
    ink: Ink | None = None,
    first: Face = "regular",
    first_size: float | None = None,
) -> float:
    """Templates one under the other, the first perhaps in another face."""
    for index, template in enumerate(templates):
        y = put(s, x, y, width, template, align=align, ink=ink,
                size=first_size if index == 0 and first_size else size,
                face=first if index == 0 else "regular")  # fmt: skip
    return y


def measure(s: Setting, block: Block, width: float) -> float:
    """The height of a block, found by drawing it on paper that is thrown away."""
    scrap = Sheet(s.facts, s.sheet.family, (s.sheet.width, s.sheet.height),
                  currency=s.sheet.currency, stretch=s.sheet.stretch)  # fmt: skip
    return block(replace(s, sheet=scrap), s.x0, 0.0, width)


def titled(s: Setting, name: str) -> str:
    """A column's title or a caption: never with a colon."""
    return s.words[name].rstrip(":")
