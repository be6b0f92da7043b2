"""The facts of the head: number, date and what stands beside them, in the layout's manner."""

from __future__ import annotations

from collections.abc import Sequence

from bench.generator.grammar.setting import Setting, line_height, put, titled
from bench.generator.sheet import GREY, Align

Item = tuple[str, str]
PAD = 1.4

# what layouts print beside number and date, and how often
MORE: dict[str, tuple[str, float]] = {
    "due": ("{due_date}", 0.55), "customer": ("{customer_code}", 0.45),
    "order": ("{purchase_order}", 0.5), "order_date": ("{order_date}", 0.2),
    "delivered": ("{delivered}", 0.25), "ddt": ("{ddt}", 0.2), "our_order": ("{our_order}", 0.22),
    "agent": ("{agent}", 0.2), "period": ("{period}", 0.1),
}  # fmt: skip
# papers whose number and date the wordings "number" and "date" may call an invoice's
BILLS = ("invoice", "credit_note", "fee_note")


def find_items(s: Setting) -> list[Item]:
    """Names of labels and templates, in the layout's order."""
    rng = s.rng("facts")
    number = ("number", s.number)
    day = ("date", "{issue_date}")
    first = [day, number] if s.has("facts_order", "date_first") else [number, day]
    if s.has("title", "with_number"):
        first = [day]
    elif s.has("title", "sentence"):
        first = []
    more = [(name, entry[0]) for name, entry in MORE.items() if rng.random() < entry[1]]
    if s.has("terms", "in_facts"):
        more.append(("terms", "{terms}"))
    if s.has("buyer_ids", "in_facts"):
        more.append(("vat", "{buyer_vat}"))
    if s.has("facts", "strip", "grid4") and len(more) > 5:
        more = more[:5]
    rng.shuffle(more)
    items = first + more
    if s.has("facts_order", "mixed"):
        rng.shuffle(items)
    return [(name, template) for name, template in items if s.sheet.fill(template)]


def label_of(s: Setting, name: str) -> str:
    if name == "number" and s.facts.shown["paper"] not in BILLS:
        name = "other_number"
    elif name == "date" and s.facts.shown["paper"] not in BILLS:
        name = "other_date"
    text = titled(s, name)
    if name in ("number", "other_number") and s.has("title", "none"):
        # nothing else says what the paper is
        word = s.words[s.facts.shown["paper"]]
        return text if word.lower() in text.lower() else f"{word} {text}"
    return text


def facts(s: Setting, x: float, y: float, width: float) -> float:
    """All facts of the head; gives the bottom."""
    items = find_items(s)
    if not items:
        return y
    style = s.program.structure["facts"]
    if style.startswith("grid"):
        return _grid(s, x, y, width, items, int(style[-1]))
    draw = {
        "rows": _rows, "rows_apart": _rows, "plain": _plain, "strip": _strip, "stacked": _stacked,
        "boxed": _boxed, "chain": _chain, "columns": _columns, "lined": _rows,
    }[style]  # fmt: skip
    return draw(s, x, y, width, items)


def _with_mark(s: Setting, name: str) -> str:
    text = label_of(s, name)
    mark = {"colon": ":", "space_colon": " :", "none": ""}[s.program.style["colon"]]
    return text if text.endswith((".", "#")) else text + mark


def _rows(s: Setting, x: float, y: float, width: float, items: Sequence[Item]) -> float:
    """Label left, value after a gap or at the right edge."""
    width = min(width, 84.0)
    labels = [_with_mark(s, name) for name, _ in items]
    widest = max(s.sheet.measure(label, s.size, s.label_face)[0] for label in labels)
    gap = min(widest + 3, width * 0.55)
    words = max(s.sheet.measure(t, s.size, s.value_face)[1] for _, t in items)
    if words > width - gap:
        # no room beside the labels
        return _stack(s, x, y, width, items)
    for label, (_, template) in zip(labels, items, strict=True):
        one = put(s, x, y, gap - 1.5, label, face=s.label_face, ink=s.label_ink)
        two = put(s, x + gap, y, width - gap, template, face=s.value_face,
                  align="right" if s.has("facts", "rows_apart", "lined") else "left")  # fmt: skip
        y = max(one, two) + (0.9 if s.has("facts", "lined") else 0.2)
        if s.has("facts", "lined"):
            s.sheet.rule(x, y - 0.3, x + width, y - 0.3, width=0.3, ink=GREY)
    return y


def _plain(s: Setting, x: float, y: float, width: float, items: Sequence[Item]) -> float:
    """Label and value in one run, as a typist writes them."""
    align: Align = s.rng("plain").choice(("left", "left", "right"))
    for name, template in items:
        y = put(s, x, y, width, f"{_with_mark(s, name)} {template}", align=align) + 0.2
    return y


def captioned(
    s: Setting, x: float, y: float, width: float, items: Sequence[Item], style: str
) -> float:
    """Labels and values in any of the manners that the head's facts know."""
    if style.startswith("grid"):
        return _grid(s, x, y, width, items, int(style[-1]))
    draw = {"rows": _rows, "strip": _strip, "boxed": _boxed, "columns": _columns, "plain": _plain}
    return draw[style](s, x, y, width, items)


def _grid(
    s: Setting, x: float, y: float, width: float, items: Sequence[Item], columns: int
) -> float:
    """Ruled cells with a caption above each value."""
    columns = min(columns, len(items))
    room = width / columns
    height = line_height(s.small) + line_height(s.size) * 1.05 + 1.6
    tinted = s.rng("grid").random() < 0.4
    for index, (name, template) in enumerate(items):
        left, top = x + (index % columns) * room, y + (index // columns) * height
        last = index == len(items) - 1
        wide = x + width - left if last else room
        if tinted:
            s.sheet.box(left, top, wide, line_height(s.small) + 0.8, stroke=0, fill=s.tint)
        s.sheet.box(left, top, wide, height, stroke=0.4)
        put_one(s, left + PAD, top + 0.4, wide - 2 * PAD, label_of(s, name), caption=True)
        put_one(s, left + PAD, top + 1 + line_height(s.small), wide - 2 * PAD, template)
    return y + height * ((len(items) + columns - 1) // columns)


def put_one(
    s: Setting, x: float, y: float, width: float, template: str, *, caption: bool = False
) -> None:
    """One line that never wraps: what is too long is set smaller."""
    size = s.small if caption else s.size
    wide = s.sheet.measure(template, size, "regular" if caption else s.value_face)[0]
    if wide > width:
        size *= width / wide * 0.995
    put(s, x, y, width, template, size=size, face="regular" if caption else s.value_face,
        ink=s.label_ink if caption else None)  # fmt: skip


def _strip(s: Setting, x: float, y: float, width: float, items: Sequence[Item]) -> float:
    """One table row across: titles in a band, values under them."""
    shares = [
        max(s.sheet.measure(label_of(s, name), s.small)[0],
            s.sheet.measure(template, s.size, s.value_face)[0]) + 2 * PAD
        for name, template in items
    ]  # fmt: skip
    factor = width / sum(shares)
    head = line_height(s.small) + 1.4
    body = line_height(s.size) + 1.6
    style = s.rng("strip").choice(("filled", "ruled", "open", "boxes"))
    if style in ("filled", "boxes"):
        s.sheet.box(x, y, width, head, stroke=0, fill=s.tint)
    left = x
    for (name, template), share in zip(items, shares, strict=True):
        room = share * factor
        put_one(s, left + PAD, y + 0.7, room - 2 * PAD, label_of(s, name), caption=True)
        put_one(s, left + PAD, y + head + 0.6, room - 2 * PAD, template)
        if style == "boxes":
            s.sheet.box(left, y, room, head + body, stroke=0.4)
        left += room
    bottom = y + head + body
    if style == "ruled":
        for at in (y, y + head, bottom):
            s.sheet.rule(x, at, x + width, at, width=0.5, ink=s.accent)
    return bottom


def _stacked(s: Setting, x: float, y: float, width: float, items: Sequence[Item]) -> float:
    """Captions above values, in one column or two."""
    columns = 2 if width > 60 and s.rng("stacked").random() < 0.6 else 1
    return _stack(s, x, y, width, items, columns)


def _stack(
    s: Setting, x: float, y: float, width: float, items: Sequence[Item], columns: int = 1
) -> float:
    room = width / columns
    tops = [y] * columns
    for index, (name, template) in enumerate(items):
        column = index % columns
        left, top = x + column * room, tops[column]
        bottom = put(s, left, top, room - 3, label_of(s, name), size=s.small, face=s.label_face,
                     ink=s.label_ink)  # fmt: skip
        tops[column] = put(s, left, bottom, room - 3, template, face=s.value_face) + 1.2
    return max(tops)


def _boxed(s: Setting, x: float, y: float, width: float, items: Sequence[Item]) -> float:
    width = min(width, 84.0)
    bottom = _rows(s, x + 2, y + 1.6, width - 4, items) + 1.4
    s.sheet.box(x, y, width, bottom - y, stroke=0.6, radius=s.rng("box").choice((0, 0, 1.5)))
    return bottom


def _chain(s: Setting, x: float, y: float, width: float, items: Sequence[Item]) -> float:
    """Everything in one sentence."""
    mark = s.rng("chain").choice(("  |  ", " - ", ", ", "  •  "))
    return put(s, x, y, width, mark.join(f"{_with_mark(s, n)} {t}" for n, t in items))


def _columns(s: Setting, x: float, y: float, width: float, items: Sequence[Item]) -> float:
    """Rows of labels and values, in two or three columns side by side."""
    count = 3 if len(items) > 5 and width > 150 else 2 if width > 110 else 1
    each = (len(items) + count - 1) // count
    room = width / count
    bottoms = [
        _rows(s, x + index * room, y, room - 4, part)
        for index in range(count)
        if (part := items[index * each : (index + 1) * each])
    ]
    return max(bottoms)
