"""Letterheads, titles, and the parties of a document."""

from __future__ import annotations

from bench.generator.blocks import logo
from bench.generator.grammar.setting import Setting, line_height, put, put_lines, titled
from bench.generator.sheet import WHITE, Align, Face

NARROW = 120.0
PAD = 2.0


def id_lines(s: Setting, role: str = "seller") -> list[str]:
    """A party's VAT and tax numbers, as many as the layout prints."""
    rng = s.rng("ids", role)
    vat, tax = s.label("vat"), s.label("tax_id")
    if s.nation.code != "IT":
        return [f"{vat} {{{role}_vat}}"]
    same = s.facts.shown.get(f"{role}_tax_id", "") == s.facts.shown.get(f"{role}_vat", "")[-11:]
    style = rng.choice(("one", "both", "both", "vat"))
    if style == "one" and same:
        names = f"{role}_vat+{role}_tax_id" if role == "seller" else f"{role}_vat"
        return [f"{s.label('vat_and_tax_id')} {{{names}}}"]
    if style == "vat":
        return [f"{vat} {{{role}_vat}}"]
    lines = [f"{vat} {{{role}_vat}}", f"{tax} {{{role}_tax_id}}"]
    return lines if rng.random() < 0.7 else lines[::-1]


def contact_lines(s: Setting) -> list[str]:
    rng = s.rng("contacts")
    lines = [
        f"{s.label('phone')} {{seller_phone}}", f"{s.label('mail')} {{seller_mail}}",
        "{seller_web}",
    ]  # fmt: skip
    kept = [line for line in lines if rng.random() < 0.65]
    return kept if rng.random() < 0.6 or len(kept) < 2 else [" - ".join(kept)]


def register_lines(s: Setting) -> list[str]:
    rng = s.rng("register")
    # where no amount has a currency, the capital has none either: it would be the only hint
    sign = "" if s.program.style["money"] == "none" else f"{s.nation.sign} "
    lines = [f"{s.label('register')} {{seller_register}}",
             f"{s.label('capital')} {sign}{{seller_capital}}"]  # fmt: skip
    if "professional" in s.facts.shown:
        return []
    return [line for line in lines if rng.random() < 0.5]


def seller_lines(s: Setting, *, ids: bool) -> list[str]:
    """What stands under the seller's name."""
    rng = s.rng("seller_lines")
    lines = ["{seller_street}", "{seller_place}"]
    if rng.random() < 0.3:
        lines = ["{seller_street} - {seller_place}"]
    lines += contact_lines(s)
    if ids:
        lines += id_lines(s)
        lines += register_lines(s) if rng.random() < 0.4 else []
    return lines


def _with_ids(s: Setting) -> bool:
    return s.has("seller_ids", "letterhead", "both")


# -- letterheads ----------------------------------------------------------------------------------


def letterhead(s: Setting, x: float, y: float, width: float) -> float:
    """The seller as the layout shows it at the top."""
    style = s.program.structure["letterhead"]
    if style in ("split", "three", "banner") and width < NARROW:
        style = "left"
    draw = {
        "right": _aligned, "centre": _aligned, "left": _aligned, "split": _split, "three": _three,
        "banner": _banner, "ruled": _ruled, "boxed": _boxed, "stripe": _stripe, "foot": _brand,
        "side": _brand,
    }[style]  # fmt: skip
    return draw(s, x, y, width)


def _name_size(s: Setting) -> float:
    return s.size + s.rng("name_size").choice((2.0, 4.0, 6.0, 9.0))


def _emblem(s: Setting, x: float, y: float) -> float:
    """A logo with its top left corner at x, y; gives its size, 0 when there is none."""
    if not s.has("logo", "emblem"):
        return 0.0
    size = s.rng("logo_size").uniform(12, 19)
    logo(s.sheet, x, y, size, s.accent, s.rng("logo"))
    return size


def _aligned(s: Setting, x: float, y: float, width: float) -> float:
    style = s.program.structure["letterhead"]
    align: Align = {"right": "right", "centre": "center"}.get(style, "left")  # type: ignore[assignment]
    size = _emblem(s, {"left": x, "right": x + width - 16, "center": x + width / 2 - 8}[align], y)
    if size and align == "left" and s.rng("logo_beside").random() < 0.6:
        bottom = _names(s, x + size + 4, y, width - size - 4, align)
        return max(bottom, y + size + 1)
    return _names(s, x, y + (size + 2.5 if size else 0), width, align)


def _names(s: Setting, x: float, y: float, width: float, align: Align) -> float:
    y = _wordmark(s, x, y, width, align)
    y = put(s, x, y, width, "{seller_name}", size=_name_size(s), face="bold", align=align,
            ink=s.accent)  # fmt: skip
    if s.rng("slogan").random() < 0.25:
        y = put(s, x, y, width, "{slogan}", size=s.small, face="italic", align=align)
    return put_lines(s, x, y + 0.6, width, seller_lines(s, ids=_with_ids(s)), size=s.small,
                     align=align)  # fmt: skip


def _wordmark(s: Setting, x: float, y: float, width: float, align: Align) -> float:
    """The brand in large letters, which is not the company's name."""
    if not s.has("logo", "wordmark"):
        return y
    return put(s, x, y, width, "{seller_brand}", size=s.size + 14, face="bold", align=align,
               ink=s.accent) + 1  # fmt: skip


def _split(s: Setting, x: float, y: float, width: float) -> float:
    size = _emblem(s, x, y)
    inset = size + 4 if size else 0.0
    half = width * 0.56
    top = _wordmark(s, x + inset, y, half - inset, "left")
    left = put(s, x + inset, top, half - inset - 4, "{seller_name}", size=_name_size(s),
               face="bold", ink=s.accent)  # fmt: skip
    left = put(s, x + inset, left, half - inset - 4, "{slogan}", size=s.small, face="italic")
    align: Align = "right" if s.rng("split").random() < 0.6 else "left"
    right = put_lines(s, x + half, y, width - half, seller_lines(s, ids=_with_ids(s)),
                      size=s.small, align=align)  # fmt: skip
    return max(left, right, y + size)


def _three(s: Setting, x: float, y: float, width: float) -> float:
    third = width / 3
    size = _emblem(s, x, y)
    inset = size + 3 if size else 0.0
    one = put(s, x + inset, y, third - inset - 3, "{seller_name}", size=s.size + 2.5, face="bold",
              ink=s.accent)  # fmt: skip
    ids = id_lines(s) if _with_ids(s) else []
    two = put_lines(s, x + third, y, third - 3, ["{seller_street}", "{seller_place}", *ids],
                    size=s.small)  # fmt: skip
    three = put_lines(s, x + 2 * third, y, third, [*contact_lines(s), *register_lines(s)],
                      size=s.small)  # fmt: skip
    return max(one, two, three, y + size)


def _banner(s: Setting, x: float, y: float, width: float) -> float:
    name = _name_size(s) + 2
    height = line_height(name) + 4
    s.sheet.box(x, y, width, height, stroke=0, fill=s.accent)
    align: Align = s.rng("banner").choice(("left", "center"))
    put(s, x + 3, y + 2, width - 6, "{seller_name}", size=name, face="bold", ink=WHITE,
        align=align)  # fmt: skip
    lines = seller_lines(s, ids=_with_ids(s))
    joined = [" - ".join(lines[:3]), *lines[3:]]
    return put_lines(s, x, y + height + 1, width, joined, size=s.small, align=align)


def _ruled(s: Setting, x: float, y: float, width: float) -> float:
    y = _wordmark(s, x, y, width, "left")
    y = put(s, x, y, width, "{seller_name}", size=_name_size(s), face="bold", ink=s.accent)
    lines = seller_lines(s, ids=_with_ids(s))
    s.sheet.rule(x, y + 0.6, x + width, y + 0.6, width=1.0, ink=s.accent)
    if width > NARROW:
        lines = [" - ".join(lines[:2]), " - ".join(lines[2:4]), *lines[4:]]
    return put_lines(s, x, y + 1.4, width, [line for line in lines if line], size=s.small)


def _boxed(s: Setting, x: float, y: float, width: float) -> float:
    room = min(width, 105.0)
    bottom = _names(s, x + PAD, y + PAD, room - 2 * PAD, "left") + PAD
    s.sheet.box(x, y, room, bottom - y, stroke=0.7, radius=s.rng("radius").choice((0, 0, 2)))
    return bottom


def _stripe(s: Setting, x: float, y: float, width: float) -> float:
    bottom = _names(s, x + 6, y, width - 6, "left")
    s.sheet.box(x, y, 2.5, bottom - y, stroke=0, fill=s.accent)
    return bottom


def _brand(s: Setting, x: float, y: float, width: float) -> float:
    """Only a mark at the top: the company's data stand elsewhere."""
    size = _emblem(s, x, y)
    if size:
        return y + size + 1
    return put(s, x, y, width, "{seller_brand}", size=s.size + 12, face="bold", ink=s.accent)


def sidebar(s: Setting, x: float, y: float, width: float) -> float:
    """The seller's data in a column beside everything else."""
    y = put(s, x, y, width, "{seller_name}", size=s.size + 1, face="bold", ink=s.accent)
    for line in seller_lines(s, ids=_with_ids(s)):
        y = put(s, x, y + 0.8, width, line, size=s.small)
    return y


# -- titles ---------------------------------------------------------------------------------------


def title_template(s: Setting) -> str:
    """What the title says; with number and date when the layout puts them there."""
    word = s.words[s.facts.shown["paper"]]
    if s.has("title", "sentence"):
        return s.words["sentence"].format(
            invoice=word, number=s.number, date="{issue_date}")  # fmt: skip
    if s.has("title", "with_number"):
        mark = s.rng("title_mark").choice(("n. ", "Nr. ", "N° ", ""))
        mark = mark if s.nation.language in ("it", "de") else s.rng("title_mark").choice(("", "# "))
        return f"{word} {mark}{s.number}"
    return word


def title(s: Setting, x: float, y: float, width: float) -> float:
    style = s.program.structure["title"]
    text = title_template(s)
    if style == "none":
        return y
    if style == "spaced":
        text = " ".join(text.upper().replace(" ", " "))
    sizes = {"big": 10.0, "medium": 4.0, "band": 3.0, "spaced": 5.0, "boxed": 4.0,
             "with_number": 4.0, "sentence": 2.0}  # fmt: skip
    size = s.size + sizes[style]
    align: Align = s.rng("title").choice(("left", "left", "center", "right"))
    face: Face = "bold" if s.rng("title_face").random() < 0.8 else "regular"
    if style == "band":
        s.sheet.box(x, y, width, line_height(size) + 2, stroke=0, fill=s.accent)
        return put(s, x + 2, y + 1, width - 4, text, size=size, face=face, ink=WHITE,
                   align=align) + 1  # fmt: skip
    if style == "boxed":
        bottom = put(s, x + 2, y + 1.2, width - 4, text, size=size, face=face, align="center")
        s.sheet.box(x, y, width, bottom + 1 - y, stroke=0.8)
        return bottom + 1
    return put(s, x, y, width, text, size=size, face=face, align=align, ink=s.accent)


# -- parties --------------------------------------------------------------------------------------


def party(s: Setting, role: str, x: float, y: float, width: float) -> float:
    """An address with its heading, in the layout's manner; `role` is seller, buyer or ship."""
    name = {"seller": "seller", "buyer": "buyer", "ship": "ship_to"}[role]
    lines = _address(s, role)
    style = s.program.structure["buyer"]
    width = min(width, 92.0)
    draw = {"grid": _grid_party, "beside": _beside_party}.get(style)
    if draw:
        return draw(s, titled(s, name), lines, x, y, width)
    inset = {"boxed": PAD, "captioned": PAD, "barred": 3.0, "corner": PAD}.get(style, 0.0)
    top = y
    if style == "captioned":
        height = line_height(s.small) + 1.4
        s.sheet.box(x, y, width, height, stroke=0, fill=s.tint)
        put(s, x + PAD, y + 0.7, width - 2 * PAD, titled(s, name), size=s.small, face="bold")
        y += height
    y += inset and 1.4
    if style in ("labelled", "boxed", "barred") or (
        style in ("window", "corner") and role == "ship"
    ):
        y = put(s, x + inset, y, width - 2 * inset, s.label(name), size=s.small,
                face=s.label_face, ink=s.label_ink)  # fmt: skip
    y = put_lines(s, x + inset, y + 0.4, width - 2 * inset, lines, first=_name_face(s))
    y += inset and 1.4
    if style in ("boxed", "captioned"):
        s.sheet.box(x, top, width, y - top, stroke=0.5)
    elif style == "barred":
        s.sheet.rule(x, top, x, y, width=1.6, ink=s.accent)
    elif style == "corner":
        _corners(s, x, top, width, y - top)
    return y


def _name_face(s: Setting) -> Face:
    return "bold" if s.rng("party_face").random() < 0.5 else "regular"


def _address(s: Setting, role: str) -> list[str]:
    lines = [f"{{{role}_name}}", f"{{{role}_street}}", f"{{{role}_place}}"]
    if role == "buyer" and s.facts.shown.get("buyer_country") != s.facts.shown.get(
        "seller_country"
    ):
        lines.append("{buyer_country}")
    if role == "seller":
        lines += contact_lines(s) + id_lines(s)
    if role == "buyer" and s.has("buyer_ids", "in_block"):
        lines += id_lines(s, "buyer")
    return lines


def _beside_party(
    s: Setting, name: str, lines: list[str], x: float, y: float, width: float
) -> float:
    used = s.sheet.measure(name, s.size, s.label_face)[0]
    used = min(used, width * 0.3)
    put(s, x, y, used, name, face=s.label_face, ink=s.label_ink)
    return put_lines(s, x + used + 3, y, width - used - 3, lines, first=_name_face(s))


def _grid_party(s: Setting, name: str, lines: list[str], x: float, y: float, width: float) -> float:
    """A small table: captions left, values right, rules between."""
    captions = [titled(s, "name"), titled(s, "street"), titled(s, "town")]
    captions += [""] * (len(lines) - 3)
    gap = max(s.sheet.measure(text, s.small)[0] for text in captions) + 2 * PAD
    top = y
    bottom = put(s, x + PAD, y + 0.6, width - 2 * PAD, name, size=s.small, face="bold") + 0.6
    s.sheet.rule(x, bottom, x + width, bottom, width=0.5)
    for caption, line in zip(captions, lines, strict=True):
        if not s.sheet.fill(line):
            continue
        put(s, x + PAD, bottom + 0.7, gap - PAD, caption, size=s.small, ink=s.label_ink)
        bottom = put(s, x + gap, bottom + 0.6, width - gap - PAD, line) + 0.6
        s.sheet.rule(x, bottom, x + width, bottom, width=0.3)
    s.sheet.box(x, top, width, bottom - top, stroke=0.5)
    return bottom


def _corners(s: Setting, x: float, y: float, width: float, height: float) -> None:
    for left in (x, x + width):
        for top in (y, y + height):
            across = 4 if left == x else -4
            down = 4 if top == y else -4
            s.sheet.rule(left, top, left + across, top, width=0.5)
            s.sheet.rule(left, top, left, top + down, width=0.5)
