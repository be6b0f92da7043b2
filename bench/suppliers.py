"""Documents of suppliers that send several: one layout, one letterhead, different contents.

The generator invents a new seller for each document; here the seller of a supplier's first document
is put into all of its others, and their numbers and dates are written the way the first one's are.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random

from bench.generator.batch import draw
from bench.generator.facts import Facts
from bench.generator.layouts import LAYOUTS, Layout
from bench.generator.truth import describe
from models.words import Box, Line, Page, Word

TRIES = 600  # contents that are looked at for one that is written as the supplier writes
OWN = ("seller_", "merchant_", "bank")
OWN_VALUES = frozenset({"iban", "owner", "phone"})
NUMBERS = ("invoice_number", "document_number", "issue_date", "date", "purchase_order")


def make_suppliers(
    out: Path, suppliers: int, each: int, kind: str, seed: int, languages: tuple[str, ...]
) -> None:
    """Write `each` documents of every supplier into `out` as PDFs with their truth; what is there
    already stays."""
    out.mkdir(parents=True, exist_ok=True)
    for supplier in range(1, suppliers + 1):
        paths = [out / f"s{supplier:03d}_{n:03d}.pdf" for n in range(1, each + 1)]
        if all(path.with_name(f"{path.name}.json").is_file() for path in paths):
            continue
        rng = Random(f"{seed}/{supplier}")
        language = rng.choice(languages)
        names = [n for n, made in LAYOUTS[kind].items() if language in made.languages]
        name = rng.choice(sorted(names) or sorted(LAYOUTS[kind]))
        layout = LAYOUTS[kind][name]
        family = rng.choice(layout.families)
        contents = _contents(layout, language, f"{seed}/{supplier}")
        for path, facts in zip(paths, contents, strict=False):
            pdf, sheet = draw(layout, family, facts, f"{seed}/{supplier}/draw")
            truth = describe(path.name, name, facts, sheet.marks, None)
            path.write_bytes(pdf)
            text = json.dumps({**truth, "supplier": supplier}, ensure_ascii=False, indent=1)
            path.with_name(f"{path.name}.json").write_text(text + "\n", encoding="utf-8")


def _contents(layout: Layout, language: str, seed: str) -> Iterator[Facts]:
    """Contents of one supplier: the first decides who it is and how it writes."""
    first = layout.make(Random(f"{seed}/1"), language, None)
    yield first
    number = 1
    while True:
        best = None
        for _ in range(TRIES):
            number += 1
            facts = layout.make(Random(f"{seed}/{number}"), language, None)
            best = best or facts
            if _manner(facts) == _manner(first):
                best = facts
                break
        assert best is not None
        yield replace(best, values=_own(first.values, best.values),
                      shown=_own(first.shown, best.shown))  # fmt: skip


def _own(first: Mapping[str, str], facts: Mapping[str, str]) -> dict[str, str]:
    """The contents with everything that is the supplier's as on its first document."""
    kept = {k: v for k, v in facts.items() if not k.startswith(OWN) and k not in OWN_VALUES}
    own = {k: v for k, v in first.items() if k.startswith(OWN) or k in OWN_VALUES}
    return {**kept, **own}


def _manner(facts: Facts) -> tuple[str, ...]:
    """How numbers and dates are written: their shapes, as long as a supplier would keep them."""
    return tuple(
        re.sub(r"[A-Z]+", "A", re.sub(r"\d+", "9", facts.shown.get(name, "")))
        for name in NUMBERS[:4]
    )


# -- noise ----------------------------------------------------------------------------------------

CONFUSED = dict(zip("0O1lI5S8BrnceauvmtfgqZ2", "O0lI1S58BncrecoovnnftqgqZ"[:23], strict=False))


def disturb(page: Page, rng: Random, letters: float) -> Page:
    """A page as a scanner and a reader would have it: moved, scaled, letters confused (`letters` is
    their share), words run together, boxes that shake a little."""
    ax, ay = rng.uniform(0.97, 1.03), rng.uniform(0.97, 1.03)
    bx, by = rng.uniform(-0.02, 0.02), rng.uniform(-0.015, 0.015)

    def move(box: Box) -> Box:
        x0, x1 = (min(1.0, max(0.0, ax * x + bx)) for x in (box.x0, box.x1))
        y0, y1 = (min(1.0, max(0.0, ay * y + by + rng.gauss(0, 0.0006))) for y in (box.y0, box.y1))
        return Box(x0, min(y0, y1 - 0.001), max(x1, x0 + 0.0005), y1)

    lines = []
    for line in page.lines:
        words: list[Word] = []
        for word in line.words:
            text = "".join(CONFUSED.get(c, c) if rng.random() < letters else c for c in word.text)
            score = rng.uniform(0.8, 0.97) if text != word.text else rng.uniform(0.93, 1.0)
            box = move(word.box)
            if words and rng.random() < letters and words[-1].box.x1 < box.x0:
                last = words.pop()
                words.append(Word(last.text + text, Box.around((last.box, box)), score))
            else:
                words.append(Word(text, box, score))
        lines.append(Line.of(words))
    return replace(page, lines=tuple(lines), source="ocr")
