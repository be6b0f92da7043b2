"""Forms that a person has filled in: blanks in lines, boxes and combs, with captions about them."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bench.generator.blocks import logo
from bench.generator.facts import Facts, Lines
from bench.generator.grammar.business import make_business
from bench.generator.grammar.nations import Nation, make_hand, nations
from bench.generator.grammar.page import MARGINS, set_words
from bench.generator.grammar.program import Program
from bench.generator.grammar.setting import Setting, line_height, put
from bench.generator.grammar.wordings import share, vocabulary
from bench.generator.numbers import digits, iban, tax_code
from bench.generator.places import ITALY
from bench.generator.sheet import A4, GREY, WHITE, Ink, Sheet

HOME = {"it": "IT", "en": "GB", "de": "DE", "fr": "FR", "es": "ES"}
PEN: Ink = (0.1, 0.14, 0.5)
TYPED: Ink = (0.08, 0.08, 0.1)
ROOM = 7.0  # height of a blank
COMBED = ("tax_id", "iban", "postal_code", "birth_date", "date", "last_name", "first_name")


@cache
def _texts(language: str) -> dict[str, Any]:
    path = Path(__file__).with_name("forms.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))[language]
    return found


def in_combs(program: Program, name: str) -> bool:
    """The field is written with one character in a cell."""
    blanks = program.structure["blanks"]
    return name in COMBED and blanks in ("combs", "mixed")


def make_form(program: Program, language: str, rng: Random, lines: Lines = None) -> Facts:
    """A person's data; in Italy tax code, birth date and birth place agree."""
    nation = nations()[HOME[language]]
    hand = make_hand(program, nation)
    words = vocabulary(program.family, language)
    issuer = make_business(program.rng(language, "supplier"), program.family, nation)
    female = rng.random() < 0.5
    first = str(rng.choice(words["women" if female else "men"]))
    last = str(rng.choice(words["surnames"]))
    born = date(1950, 1, 1) + timedelta(days=rng.randrange(20_000))
    signed = date(2023, 2, 1) + timedelta(days=rng.randrange(1300))
    values = {
        "last_name": last, "first_name": first, "birth_date": born.isoformat(),
        "date": signed.isoformat(), "iban": iban(rng, nation.code),
        "phone": f"{rng.choice(('320', '347', '0171', '06', '077'))} {digits(rng, 7)}",
        "email": f"{_ascii(first)}.{_ascii(last)}@{rng.choice(('mail', 'post'))}.example.org",
        **_home(program, nation, rng, (last, first, born, female)),
    }  # fmt: skip
    for name in ("last_name", "first_name"):
        if in_combs(program, name):
            values[name] = values[name].upper()
    shown = dict(values)
    for name, day in (("birth_date", born), ("date", signed)):
        shown[name] = f"{day:%d%m%Y}" if in_combs(program, name) else hand.date(day)
    if not in_combs(program, "iban"):
        shown["iban"] = hand.iban(values["iban"])
    shown |= {"issuer": issuer.name, "seller_name": issuer.name, "paper": "form",
              "nation": nation.code, "protocol": f"{rng.randint(100, 9000)}/{signed.year}",
              "iso_date": signed.isoformat(), "seller_phone": issuer.phone,
              "ticks": str(rng.randrange(1000)), "gender": "F" if female else "M"}  # fmt: skip
    return Facts("form", language, values, shown)


def _ascii(text: str) -> str:
    plain = unicodedata.normalize("NFKD", text.lower())
    return "".join(c for c in plain if c.isascii() and c.isalnum())


def _home(
    program: Program, nation: Nation, rng: Random, person: tuple[str, str, date, bool]
) -> dict[str, str]:
    words = vocabulary(program.family, nation.language)
    street = str(rng.choice(words["streets"]))
    number = rng.randint(1, 180)
    last, first, born, female = person
    if nation.code == "IT":
        towns = share(ITALY, program.family)
        birth, home = rng.choice(towns), rng.choice(towns)
        return {
            "tax_id": tax_code(last, first, born, birth.code, female=female),
            "birth_place": birth.name, "address": f"{street} {number}",
            "postal_code": home.postal_code, "city": home.name, "province": home.province,
        }  # fmt: skip
    name, code, _ = str(rng.choice(words["towns"])).split(";")
    before = nation.language in ("en", "fr")
    return {
        "birth_place": str(rng.choice(words["towns"])).split(";")[0],
        "address": f"{number} {street}" if before else f"{street} {number}",
        "postal_code": code, "city": name,
    }  # fmt: skip


# -- drawn ----------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Part:
    """A section: its heading and its rows of (field, share of the width)."""

    name: str
    rows: tuple[tuple[tuple[str, float], ...], ...]


PERSON = Part("person", (
    (("last_name", 0.5), ("first_name", 0.5)), (("tax_id", 0.6), ("birth_date", 0.4)),
    (("birth_place", 1.0),),
))  # fmt: skip
ADDRESS = Part("home", (
    (("address", 1.0),), (("postal_code", 0.25), ("city", 0.5), ("province", 0.25)),
    (("email", 0.55), ("phone", 0.45)),
))  # fmt: skip
BANK = Part("bank", ((("iban", 1.0),),))


def draw_form(program: Program, facts: Facts) -> tuple[bytes, Sheet]:
    s = _set_up(program, facts)
    y = _head(s, s.top)
    y = _title(s, y + 2) + 3
    if s.has("declaration", "top"):
        y = put(s, s.x0, y, s.width, _pick(s, "declarations"), size=s.small) + 2
    y = _checks(s, y)
    parts = [PERSON, ADDRESS, BANK]
    if s.has("order", "address_first"):
        parts = [ADDRESS, PERSON, BANK]
    for number, part in enumerate(parts, 1):
        y = _part(s, y, part, number)
    if s.has("declaration", "bottom"):
        y = put(s, s.x0, y + 1, s.width, _pick(s, "declarations"), size=s.small) + 1
    _sign(s, y + 4)
    return s.sheet.finish(), s.sheet


def _set_up(program: Program, facts: Facts) -> Setting:
    sheet = Sheet(facts, program.style["font"], A4, facts.kind)
    left, right, top, bottom = MARGINS[program.structure["margins"]]
    return Setting(sheet, program, set_words(program, facts.language),
                   nations()[HOME[facts.language]], left, A4[0] - right, top, A4[1] - bottom,
                   program.rng("size").choice((8.4, 9.0, 9.6)))  # fmt: skip


def _pick(s: Setting, name: str) -> str:
    entries = share(_texts(s.nation.language)[name], s.program.family)
    return str(s.rng(name).choice(entries))


def _head(s: Setting, y: float) -> float:
    style = s.structure["head"]
    if style == "none":
        return y
    if style == "office":
        # reserved for whoever receives it
        s.sheet.box(s.x1 - 52, y, 52, 14, stroke=0.5, ink=GREY)
        put(s, s.x1 - 50, y + 1, 48, "{protocol}", size=s.small)
        return max(y + 15, put(s, s.x0, y, s.width - 60, "{issuer}", face="bold"))
    inset = 0.0
    if style == "logo":
        logo(s.sheet, s.x0, y, 14, s.accent, s.rng("logo"))
        inset = 18.0
    bottom = put(s, s.x0 + inset, y + 1, s.width - inset, "{issuer}", size=s.size + 2, face="bold")
    return max(bottom, y + (15 if inset else 0))


def _title(s: Setting, y: float) -> float:
    style, text, size = s.structure["title"], _pick(s, "titles"), s.size + 5
    if style in ("band", "boxed"):
        s.sheet.box(s.x0, y, s.width, line_height(size) + 2, stroke=0 if style == "band" else 0.8,
                    fill=s.accent if style == "band" else None)  # fmt: skip
        return put(s, s.x0 + 2, y + 1, s.width - 4, text, size=size, face="bold", align="center",
                   ink=WHITE if style == "band" else None) + 1  # fmt: skip
    return put(s, s.x0, y, s.width, text, size=size, face="bold", ink=s.accent,
               align="center" if style == "centre" else "left")  # fmt: skip


def _checks(s: Setting, y: float) -> float:
    """Boxes to tick, one of which is ticked."""
    rows = [_pick(s, "choices").split("|")] if not s.has("checks", "none") else []
    if s.has("gender", "yes"):
        rows.append(["M", "F"])
    for row in rows:
        ticked = int(s.facts.shown["ticks"]) % len(row)
        if row == ["M", "F"]:
            ticked = row.index(s.facts.shown["gender"])
        x = s.x0
        for index, text in enumerate(row):
            s.sheet.box(x, y + 0.3, 3.4, 3.4, stroke=0.6)
            if index == ticked:
                s.sheet.rule(x + 0.5, y + 0.8, x + 2.9, y + 3.2, width=1.2, ink=_ink(s))
                s.sheet.rule(x + 0.5, y + 3.2, x + 2.9, y + 0.8, width=1.2, ink=_ink(s))
            bottom = put(s, x + 5, y, 50, text)
            if s.has("checks", "column"):
                y = bottom + 1
            else:
                x += 5 + s.sheet.measure(text, s.size)[0] + 8
        y += 1.5 if s.has("checks", "column") else line_height(s.size) + 2.5
    return y


def _ink(s: Setting) -> Ink:
    return PEN if s.has("filled", "pen") else TYPED


def _part(s: Setting, y: float, part: Part, number: int) -> float:
    style = s.structure["sections"]
    top = y
    text = str(s.rng(part.name).choice(_texts(s.nation.language)[part.name]))
    inset = 2.0 if style == "boxed" else 0.0
    if style == "numbered":
        text = f"{number}. {text}"
    if style == "tinted":
        s.sheet.box(s.x0, y, s.width, line_height(s.size) + 1.4, stroke=0, fill=s.tint)
    if style != "none":
        y = put(s, s.x0 + inset + (1 if style == "tinted" else 0), y + 0.7, s.width - 4, text,
                face="bold") + 1.6  # fmt: skip
    if style == "ruled":
        s.sheet.rule(s.x0, y - 1, s.x1, y - 1, width=0.6)
    for row in _rows(s, part.rows):
        y = _row(s, y, row, inset)
    if style == "boxed":
        s.sheet.box(s.x0, top, s.width, y + 1 - top, stroke=0.6)
        y += 1
    return y + 3


Cells = Sequence[tuple[str, float]]


def _rows(s: Setting, rows: Sequence[Cells]) -> list[Cells]:
    """The rows as the layout's grid has them, without fields that the country has not."""
    kept = [[cell for cell in row if s.facts.has(cell[0])] for row in rows]
    cells = [cell for row in kept for cell in row]
    if s.has("grid", "one"):
        return [[(name, 1.0)] for name, _ in cells]
    if s.has("grid", "two"):
        return [[(name, 0.5) for name, _ in cells[i : i + 2]] for i in range(0, len(cells), 2)]
    return [[(name, part / sum(p for _, p in row)) for name, part in row] for row in kept if row]


def _row(s: Setting, y: float, cells: Cells, inset: float) -> float:
    x, width = s.x0 + inset, s.width - 2 * inset
    if len(cells) == 1 and cells[0][1] == 0.5:
        cells = [(cells[0][0], 1.0)]
    bottom = y
    for name, part in cells:
        bottom = max(bottom, _field(s, x, y, part * width - 3, name))
        x += part * width
    return bottom + 1.6


def _field(s: Setting, x: float, y: float, width: float, name: str) -> float:
    """One blank with its caption, filled in."""
    label = str(s.rng("label", name).choice(_texts(s.nation.language)["labels"][name]))
    style = s.structure["caption"]
    comb = in_combs(s.program, name)
    caption = line_height(s.small)
    if style == "left" and width > 60:
        used = min(s.sheet.measure(label, s.size)[0] + 2, width * 0.4)
        put(s, x, y + (ROOM - line_height(s.size)) / 2, used, label, size=min(s.size, 9))
        _blank(s, x + used + 1, y, width - used - 1, name, comb)
        return y + ROOM
    if style == "below":
        _blank(s, x, y, width, name, comb)
        put(s, x, y + ROOM + 0.3, width, label, size=s.small, ink=s.accent)
        return y + ROOM + caption
    put(s, x, y, width, label, size=s.small, ink=s.accent)
    _blank(s, x, y + caption + 0.2, width, name, comb)
    return y + caption + 0.2 + ROOM


def _blank(s: Setting, x: float, y: float, width: float, name: str, comb: bool) -> None:
    if comb:
        _comb(s, x, y, width, name)
        return
    style = s.structure["blanks"]
    if style in ("boxes", "combs", "table"):
        s.sheet.box(x, y, width, ROOM, stroke=0.5, ink=GREY)
    else:
        dash = (0.8, 1.6) if style == "dotted" else None
        s.sheet.rule(x, y + ROOM - 0.8, x + width, y + ROOM - 0.8, width=0.6, ink=GREY, dash=dash)
    family = "times" if s.has("filled", "pen") else s.rng("typed").choice(("courier", "helvetica"))
    size = 12.5 if s.has("filled", "pen") else 10.5
    s.sheet.text(x + 1.5, y + ROOM - 2.0, f"{{{name}}}", size=size, family=family, ink=_ink(s),
                 face="italic" if s.has("filled", "pen") else "regular",
                 squeeze=width - 2.5)  # fmt: skip


def _comb(s: Setting, x: float, y: float, width: float, name: str) -> None:
    """A cell for every character."""
    text = s.facts.shown[name].upper()
    spare = 0 if "date" in name or name == "tax_id" else s.rng("comb", name).randint(0, 8)
    count = max(len(text), min(int(width / 5.2), len(text) + spare))
    cell = min(width / count, 6.0)
    closed = s.rng("comb").random() < 0.6
    for index in range(count + 1):
        at = x + index * cell
        top = y if closed else y + ROOM * 0.55
        s.sheet.rule(at, top, at, y + ROOM, width=0.4, ink=GREY)
    for at in (y, y + ROOM) if closed else (y + ROOM,):
        s.sheet.rule(x, at, x + count * cell, at, width=0.4, ink=GREY)
    family = "times" if s.has("filled", "pen") else "courier"
    for index, char in enumerate(text):
        s.sheet.text(x + (index + 0.5) * cell, y + ROOM - 2.0, char, size=min(11.0, cell * 2.2),
                     family=family, align="center", ink=_ink(s))  # fmt: skip
    s.sheet.mark_area(name, x, y + 0.6, x + len(text) * cell, y + ROOM - 0.4)


def _sign(s: Setting, y: float) -> None:
    """Date on the left, signature on the right."""
    half = s.width / 2
    _field(s, s.x0, y, half - 10, "date")
    text = str(s.rng("sign").choice(_texts(s.nation.language)["sign"]))
    put(s, s.x0 + half, y, half, text, size=s.small, ink=s.accent)
    top = y + line_height(s.small)
    if s.has("signature", "box"):
        s.sheet.box(s.x0 + half, top, half, 14, stroke=0.5, ink=GREY)
    else:
        s.sheet.rule(s.x0 + half, top + 13, s.x1, top + 13, width=0.6, ink=GREY)
    s.sheet.anchor("signature", s.x0 + half + 4, top + 1, half - 10, 11)
