"""Where the documents in a file begin, what they are, and how sure that is.

Separator sheets and patch codes divide a file for certain. Without them, each page is held against
those before it: what numbers it bears, whose it is, how it looks. A logistic model makes a
probability of that; its weights are fitted by `python -m bench split --fit`. A cut that is not
sure, or a type that is not, is for people: a wrong cut that nobody sees is worse than a question.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from extractors.classify import detect_type
from extractors.leaves import Leaf, read_leaf
from extractors.patches import PATCH
from extractors.separators import TEXT
from models.doctype import DETECT, DocumentType
from models.words import Box, Line, Page

Mode = Literal["auto", "separators", "page", "none"]
Kind = Literal["page", "blank", "separator"]

# A cut is made without asking from here on: of 337 page turns within real documents of several
# pages none came so high (docs/decisions/0011-splitting.md).
CUT_SURE = 0.995
# Pages are left together without asking up to here; less where the file is known to hold several
# documents, because another one is likelier there.
KEEP_SURE, KEEP_SURE_IN_BUNDLE = 0.2, 0.05
# Whoever puts sheets between documents has put them between all: only the clearest sign of a
# forgotten one is asked about.
FORGOTTEN = 0.95
# What the type's score has to be: of 345 papers of the corpus and the generator, one that was taken
# for something else came so high (a letter, for which there is no type), and nine in ten of the
# others did.
TYPE_SURE = 0.75
SLIPS_SURE = 0.9
# Words that a separator sheet may bear beside its code: more is a page with a code on it.
MOST_WORDS = 40
TOGGLE = f"{PATCH} 4"  # switches a scanner between colour and black: divides nothing

EVERY: tuple[str, ...] = ("every_page",)
SEPARATOR: tuple[str, ...] = ("separator",)

# How much each fact speaks for a new document, in logits.
BIAS = -2.0
WEIGHTS: Mapping[str, float] = {
    "new_number": 3.6,
    "first_number": 2.4,
    "size": 2.6,
    "ended": 2.1,
    "first": 1.7,
    "first_of": 1.5,
    "language": 1.5,
    "title": 1.2,
    "second_total": 1.0,
    "second_title": 0.9,
    "new_vat_id": 0.5,
    "next": -3.0,
    "later": -2.4,
    "open": -2.4,
    "few_words": -2.1,
    "same_vat_id": -1.9,
    "carried": -1.1,
    "same_number": -0.4,
}


@dataclass(frozen=True, slots=True)
class Options:
    """How a client wants its files divided; `separator` is what its own separator sheets say."""

    split: Mode = "auto"
    separator: str | None = None
    drop_blank: bool = False


@dataclass(frozen=True, slots=True)
class Slips:
    """Papers that lie side by side on one page: `regions` of it, and how sure that is (0..1)."""

    regions: tuple[Box, ...]
    score: float


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page of the file. `cut` is the probability that a document begins with it (None: not
    asked), `reasons` the facts that say so most, `sure` whether it needs no person."""

    number: int
    kind: Kind
    cut: float | None = None
    reasons: tuple[str, ...] = ()
    sure: bool = True


@dataclass(frozen=True, slots=True)
class Segment:
    """One document: the numbers of its pages in the file, or the `region` of one of them.

    `score` is how sure its beginning is, `type_score` how sure its type."""

    pages: tuple[int, ...]
    type: str
    type_score: float
    score: float = 1.0
    region: Box | None = None


@dataclass(frozen=True, slots=True)
class Proposal:
    """How a file would be divided. `dropped` says why pages belong to no document ("separator",
    "blank"); `doubts` ("cut", "type", "slips") what a person should decide, none when it is sure.
    """

    sheets: tuple[Sheet, ...]
    parts: tuple[Segment, ...]
    dropped: Mapping[int, str]
    doubts: tuple[str, ...] = ()
    slips: Mapping[int, Slips] = field(default_factory=dict)


def propose(
    pages: Sequence[Page],
    doctype: str,
    types: Mapping[str, DocumentType],
    options: Options = Options(),
    slips: Mapping[int, Slips] | None = None,
) -> Proposal:
    """Divide the read pages of one file, in their order; `doctype` may be "detect".

    `slips` are the pages on which several papers lie (see extractors/slips.py). Never raises for
    what stands on the pages. A file without anything but blank pages and separators stays whole.
    """
    kinds = {page.number: _kind(page, options) for page in pages}
    content = [page for page in pages if kinds[page.number] == "page"]
    if not content:
        whole = tuple(page.number for page in pages)
        name, score = _type(pages, doctype, types)
        sheets = tuple(Sheet(page.number, kinds[page.number]) for page in pages)
        return Proposal(sheets, (Segment(whole, name, score),), {})
    separated = options.split != "none" and any(kind == "separator" for kind in kinds.values())
    found = _cuts(pages, kinds, types, options)
    separated |= any(sheet.reasons == SEPARATOR for sheet in found)
    sheets = tuple(_judge(sheet, found, separated, options) for sheet in found)
    dropped = _dropped(kinds, options)
    parts = _parts(pages, sheets, dropped, doctype, types)
    lying = {n: s for n, s in (slips or {}).items() if kinds[n] == "page"}
    parts = _cut_apart(parts, {page.number: page for page in pages}, lying, doctype, types)
    return Proposal(sheets, parts, dropped, _doubts(sheets, parts, lying, doctype), lying)


# -- pages ----------------------------------------------------------------------------------------


def _kind(page: Page, options: Options) -> Kind:
    if page.blank:
        return "blank"
    return "separator" if is_separator(page, options.separator) else "page"


def is_separator(page: Page, own: str | None = None) -> bool:
    """Whether a page is a sheet between documents: with our code, with a patch code and little
    else, or with the text of the client's `own` sheets and little else."""
    if any(code.text == TEXT for code in page.barcodes):
        return True
    return len(page.words) <= MOST_WORDS and _has_mark(page, own)


def _has_mark(page: Page, own: str | None) -> bool:
    """Whether a page says that a document begins: with it, or behind it."""
    for code in page.barcodes:
        if code.format.startswith(PATCH) and code.format != TOGGLE:
            return True
        if own is not None and code.text.strip() == own.strip():
            return True
    return own is not None and any(line.text.strip() == own.strip() for line in page.lines)


def _dropped(kinds: Mapping[int, Kind], options: Options) -> dict[int, str]:
    return {
        number: kind
        for number, kind in kinds.items()
        if (kind == "separator" and options.split != "none")
        or (kind == "blank" and options.drop_blank)
    }


# -- cuts -----------------------------------------------------------------------------------------


def _cuts(
    pages: Sequence[Page],
    kinds: Mapping[int, Kind],
    types: Mapping[str, DocumentType],
    options: Options,
) -> list[Sheet]:
    """Each page with the probability that a document begins with it."""
    sheets: list[Sheet] = []
    leaves: list[Leaf] = []  # of the document so far
    after_separator = False
    for page in pages:
        kind = kinds[page.number]
        if kind != "page" or options.split == "none":
            after_separator |= kind == "separator"
            sheets.append(Sheet(page.number, kind))
            continue
        if options.split == "page":
            cut, reasons = 1.0, EVERY
        elif after_separator or _has_mark(page, options.separator):
            cut, reasons = 1.0, SEPARATOR
        elif options.split == "separators":
            cut, reasons = 0.0, ()
        else:
            leaf = read_leaf(page, types)
            cut, reasons = begins(leaves, leaf) if leaves else (1.0, ())
            leaves = [leaf] if cut >= 0.5 else [*leaves, leaf]
        if reasons == SEPARATOR and options.split == "auto":
            leaves = [read_leaf(page, types)]
        after_separator = False
        first = not any(sheet.kind == "page" for sheet in sheets)
        sheets.append(Sheet(page.number, kind, None if first else cut, () if first else reasons))
    return sheets


def begins(before: Sequence[Leaf], leaf: Leaf) -> tuple[float, tuple[str, ...]]:
    """The probability that a document begins with `leaf`, after the pages `before` of another or
    the same one, and what speaks for it and against it, most telling first."""
    facts = compare(before, leaf)
    told = {name: WEIGHTS[name] * value for name, value in facts.items() if value}
    logit = BIAS + sum(told.values())
    reasons = sorted(told, key=lambda name: -abs(told[name]))
    return 1 / (1 + math.exp(-logit)), tuple(reasons[:4])


def compare(before: Sequence[Leaf], leaf: Leaf) -> dict[str, float]:
    """The facts of `WEIGHTS` about a page and the pages before it: 1.0 where they hold."""
    last = before[-1]
    numbers = frozenset[str]().union(*(one.numbers for one in before))
    vat_ids = frozenset[str]().union(*(one.vat_ids for one in before))
    titled = any(one.titles for one in before)
    same_count = last.of == leaf.of or last.of is None or leaf.of is None
    follows = last.number is not None and leaf.number == last.number + 1 and same_count
    first = leaf.number == 1
    facts = {
        "new_number": numbers and leaf.numbers and not numbers & leaf.numbers,
        "same_number": numbers & leaf.numbers,
        "first_number": leaf.numbers and not numbers,
        "new_vat_id": vat_ids and leaf.vat_ids and not vat_ids & leaf.vat_ids,
        "same_vat_id": vat_ids & leaf.vat_ids,
        "first": first,
        "first_of": first and leaf.of is not None,
        "next": follows,
        "later": leaf.number is not None and leaf.number > 1 and not follows,
        "ended": last.number is not None and last.number == last.of,
        "open": last.number is not None and last.of is not None and last.number < last.of
        and not first,
        "size": _differ(_shape(last.page), _shape(leaf.page)),
        "title": leaf.titles,
        "second_title": leaf.titles and titled,
        "second_total": leaf.total and any(one.total for one in before),
        "carried": last.carried or leaf.carried,
        "language": last.words and leaf.words and last.language != leaf.language,
        "few_words": len(leaf.page.words) < MOST_WORDS,
    }  # fmt: skip
    return {name: float(bool(holds)) for name, holds in facts.items()}


def _shape(page: Page) -> float:
    return page.width / max(1, page.height)


def _differ(one: float, other: float) -> bool:
    return abs(one - other) > 0.03 * max(one, other)


def _judge(sheet: Sheet, all_: Sequence[Sheet], separated: bool, options: Options) -> Sheet:
    """The sheet with whether its cut, or that there is none, is sure."""
    if sheet.cut is None or options.split != "auto" or sheet.reasons == SEPARATOR:
        return sheet
    if separated:
        forgotten = sheet.cut >= FORGOTTEN
        return replace(sheet, sure=not forgotten, cut=sheet.cut if forgotten else 0.0)
    bundle = any((other.cut or 0.0) >= 0.5 for other in all_ if other is not sheet)
    keep = KEEP_SURE_IN_BUNDLE if bundle else KEEP_SURE
    return replace(sheet, sure=sheet.cut >= CUT_SURE or sheet.cut <= keep)


# -- parts ----------------------------------------------------------------------------------------


def _parts(
    pages: Sequence[Page],
    sheets: Sequence[Sheet],
    dropped: Mapping[int, str],
    doctype: str,
    types: Mapping[str, DocumentType],
) -> tuple[Segment, ...]:
    """Pages up to the next cut; blank ones that are kept stay with the page before them."""
    groups: list[tuple[float, list[Page]]] = []
    waiting: list[Page] = []  # blank pages before the first document
    for sheet, page in zip(sheets, pages, strict=True):
        if sheet.number in dropped:
            continue
        if sheet.kind != "page" and not groups:
            waiting.append(page)
        elif not groups:
            groups.append((1.0, [*waiting, page]))
        elif sheet.cut is not None and sheet.cut >= 0.5:
            groups.append((sheet.cut, [page]))
        else:
            groups[-1][1].append(page)
    parts = []
    for score, group in groups:
        name, type_score = _type(group, doctype, types)
        parts.append(Segment(tuple(page.number for page in group), name, type_score, score))
    return tuple(parts)


def _type(
    pages: Sequence[Page], doctype: str, types: Mapping[str, DocumentType]
) -> tuple[str, float]:
    if doctype != DETECT:
        return doctype, 1.0
    return detect_type([page for page in pages if not page.blank] or pages, types)


def _cut_apart(
    parts: Sequence[Segment],
    pages: Mapping[int, Page],
    slips: Mapping[int, Slips],
    doctype: str,
    types: Mapping[str, DocumentType],
) -> tuple[Segment, ...]:
    """The parts, with each page on which several papers lie in as many: it is a document of its
    own, and what stands before and behind it are others."""
    made: list[Segment] = []
    for part in parts:
        rest: list[int] = []
        for number in part.pages:
            if number not in slips:
                rest.append(number)
                continue
            if rest:
                made.append(replace(part, pages=tuple(rest)))
                rest = []
            for region in slips[number].regions:
                name, score = _type([crop(pages[number], region)], doctype, types)
                made.append(Segment((number,), name, score, slips[number].score, region))
        if rest:
            made.append(replace(part, pages=tuple(rest)))
    return tuple(made)


def crop(page: Page, region: Box) -> Page:
    """The words in a region of a page, as a page of that size."""
    width, height = max(1e-6, region.width), max(1e-6, region.height)

    def moved(box: Box) -> Box:
        return Box(
            (box.x0 - region.x0) / width,
            (box.y0 - region.y0) / height,
            (box.x1 - region.x0) / width,
            (box.y1 - region.y0) / height,
        )

    inside = (  # a line may run on over the paper beside
        [replace(word, box=moved(word.box)) for word in line.words if _holds(region, word.box)]
        for line in page.lines
    )
    lines = tuple(Line.of(words) for words in inside if words)
    return replace(
        page,
        width=max(1, round(page.width * width)),
        height=max(1, round(page.height * height)),
        lines=lines,
        barcodes=(),
    )


def _holds(region: Box, box: Box) -> bool:
    return region.x0 <= box.cx <= region.x1 and region.y0 <= box.cy <= region.y1


def _doubts(
    sheets: Sequence[Sheet], parts: Sequence[Segment], slips: Mapping[int, Slips], doctype: str
) -> tuple[str, ...]:
    doubts = []
    if not all(sheet.sure for sheet in sheets):
        doubts.append("cut")
    if any(found.score < SLIPS_SURE for found in slips.values()):
        doubts.append("slips")
    if doctype == DETECT and any(part.type_score < TYPE_SURE for part in parts):
        doubts.append("type")
    return tuple(doubts)
