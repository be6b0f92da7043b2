"""Pieces that several layouts share: captioned cells, logos, address blocks, summaries."""

from __future__ import annotations

import math
from collections.abc import Sequence
from random import Random

from bench.generator.facts import Row
from bench.generator.sheet import BLACK, GREY, MM, WHITE, Align, Face, Ink, Sheet

COLOURS: tuple[Ink, ...] = (
    (0.05, 0.22, 0.47), (0.55, 0.08, 0.12), (0.02, 0.38, 0.25), (0.13, 0.13, 0.16),
    (0.75, 0.33, 0.04), (0.16, 0.4, 0.6), (0.36, 0.16, 0.42), (0.0, 0.35, 0.4),
)  # fmt: skip


def cell(
    sheet: Sheet,
    x: float,
    y: float,
    width: float,
    height: float,
    caption: str,
    template: str,
    *,
    size: float = 9,
    face: Face = "regular",
    align: Align = "left",
    ink: Ink = GREY,
    caption_size: float = 5.8,
    stroke: float = 0.5,
    family: str | None = None,
    value_ink: Ink | None = None,
) -> None:
    """A box with a small caption in its top left corner and a value under it."""
    sheet.box(x, y, width, height, stroke=stroke, ink=ink)
    sheet.text(x + 1, y + 2.4, caption, size=caption_size, ink=ink, squeeze=width - 2)
    at = {"left": x + 1.4, "right": x + width - 1.4, "center": x + width / 2}[align]
    sheet.text(
        at, y + height - 1.7, template, size=size, face=face, align=align, squeeze=width - 2.4,
        family=family, ink=value_ink,
    )  # fmt: skip


def pairs(
    sheet: Sheet,
    x: float,
    y: float,
    items: Sequence[tuple[str, str]],
    *,
    gap: float = 30,
    size: float = 9,
    leading: float = 4.6,
    align: Align = "left",
    face: Face = "regular",
    label_face: Face = "regular",
    label_ink: Ink | None = None,
) -> float:
    """Label and value one under the other; values start (or end) `gap` after x.

    Pairs whose value is not there are left out; gives the baseline after the last.
    """
    for label, template in items:
        if not sheet.fill(template):
            continue
        used = sheet.text(x, y, label, size=size, face=label_face, ink=label_ink)
        room = gap - used - 2 if align == "right" else None
        sheet.text(x + gap, y, template, size=size, face=face, align=align, squeeze=room)
        y += leading
    return y


def stack(
    sheet: Sheet,
    x: float,
    y: float,
    templates: Sequence[str],
    *,
    size: float = 9,
    leading: float = 4.2,
    align: Align = "left",
    ink: Ink | None = None,
    first: Face = "regular",
    first_size: float | None = None,
    squeeze: float | None = None,
) -> float:
    """Lines one under the other, the first perhaps bolder; lines without value are left out."""
    for index, template in enumerate(templates):
        if not sheet.fill(template):
            continue
        sheet.text(
            x, y, template, align=align, ink=ink, squeeze=squeeze,
            size=first_size if index == 0 and first_size else size,
            face=first if index == 0 else "regular",
        )  # fmt: skip
        y += leading
    return y


def initials(name: str) -> str:
    words = [w for w in name.replace(".", " ").replace("&", " ").split() if w[0].isupper()]
    return "".join(word[0] for word in words[:2])


def logo(sheet: Sheet, x: float, y: float, size: float, colour: Ink, rng: Random) -> None:
    """An emblem in a square of `size` millimetres; one of five kinds."""
    middle, half = (x + size / 2, y + size / 2), size / 2
    pale: Ink = (0.5 + colour[0] / 2, 0.5 + colour[1] / 2, 0.5 + colour[2] / 2)
    letters = initials(sheet.facts.shown["seller_name"])
    kind = rng.randrange(5)
    if kind == 0:
        sheet.disc(*middle, half, colour)
        sheet.text(middle[0], middle[1] + size * 0.16, letters, size=size * 1.35, face="bold",
                   align="center", ink=WHITE)  # fmt: skip
    elif kind == 1:
        for step in range(3):
            sheet.box(x + step * size * 0.34, y + (2 - step) * size * 0.22, size * 0.26,
                      size * (0.56 + 0.22 * step), stroke=0,
                      fill=colour if step != 1 else pale)  # fmt: skip
    elif kind == 2:
        points = [
            (middle[0] + half * math.sin(a), middle[1] - half * math.cos(a))
            for a in (i * math.pi / 3 for i in range(6))
        ]
        sheet.polygon(points, colour)
        sheet.text(middle[0], middle[1] + size * 0.14, letters[:1], size=size * 1.3, face="bold",
                   align="center", ink=WHITE)  # fmt: skip
    elif kind == 3:
        sheet.polygon([(x, y + size), (x + half, y), (x + size, y + size)], colour)
        small = [(x + half, y + size), (x + half * 1.5, y + half), (x + size, y + size)]
        sheet.polygon(small, pale)
    else:
        sheet.disc(*middle, half * 0.95, colour, stroke=size * 0.22)
        sheet.box(x + size * 0.3, y + size * 0.3, size * 0.4, size * 0.4, stroke=0, fill=pale)


def vat_summary(
    sheet: Sheet,
    x: float,
    y: float,
    titles: tuple[str, str, str],
    *,
    widths: tuple[float, float, float] = (22, 28, 24),
    size: float = 7.5,
    ruled: bool = True,
    rate: str = "{rate}",
) -> float:
    """Rate, taxable amount and tax of each rate; gives the bottom."""
    rows = sheet.facts.tables["vat"]
    leading = size * 1.3 / MM + 0.9
    edges = [x, x + widths[0], x + widths[0] + widths[1], x + sum(widths)]
    for edge, title in zip(edges[1:], titles, strict=True):
        sheet.text(edge - 1.2, y + leading - 1.4, title, size=size - 1, align="right", face="bold")
    for index, row in enumerate(rows):
        base = y + leading * (index + 2) - 1.4
        for edge, template in zip(edges[1:], (rate, "{base}", "{tax}"), strict=True):
            sheet.text(edge - 1.2, base, template, size=size, align="right", row=row)
    bottom = y + leading * (len(rows) + 1)
    if ruled:
        sheet.box(x, y, sum(widths), bottom - y, stroke=0.4, ink=GREY)
        sheet.rule(x, y + leading, edges[-1], y + leading, width=0.4, ink=GREY)
        for edge in edges[1:-1]:
            sheet.rule(edge, y, edge, bottom, width=0.4, ink=GREY)
    return bottom


def legal_line(sheet: Sheet, *, vat: bool = True) -> str:
    """The line that company law asks for under a letter."""
    parts = ["Cap. Soc. € {seller_capital} i.v.", "R.E.A. {seller_rea}"]
    if vat:
        parts.append("P.IVA {seller_vat} - C.F. {seller_tax_id}")
    return " - ".join(["{seller_name}", *parts])


def black_or(colour: Ink, rng: Random) -> Ink:
    return colour if rng.random() < 0.6 else BLACK


def row_of(**shown: str) -> Row:
    """A row that prints what is given here and marks nothing."""
    return Row(shown)
