"""Document type and language of pages, from their words and shape."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from extractors import lexicon
from extractors.parse import CURRENCY_SIGNS
from models.doctype import DocumentType
from models.words import Page

LINES_LOOKED_AT = 160
NARROW = 0.62  # width / height under which a page has the shape of a till receipt
TOP = 0.35  # of the page, where titles stand
_TITLE_BONUS = 2.0


def detect_language(pages: Sequence[Page]) -> str:
    """The language with the most of its frequent words on the first pages; "en" when none."""
    votes: dict[str, float] = {}
    known = lexicon.language_words()
    for page in pages[:2]:
        for line in page.lines[:LINES_LOOKED_AT]:
            for token in lexicon.tokens(line.text[:400]):
                languages = known.get(token.key, ())
                for language in languages:
                    votes[language] = votes.get(language, 0.0) + 1 / len(languages)
    return max(votes, key=lambda language: votes[language]) if votes else "en"


def detect_type(pages: Sequence[Page], types: Mapping[str, DocumentType]) -> tuple[str, float]:
    """The most likely of these document types, by their names, and its probability.

    Each word that tells a type counts once; in the upper part and as a title it counts more. A
    narrow page with few words a line speaks for a receipt.
    """
    points = dict.fromkeys(types, 0.0)
    index = lexicon.type_words_for(types.values())
    for page in pages[:2]:
        for name, found in _word_points(page, index).items():
            if name in points:
                points[name] += found * (1.0 if page is pages[0] else 0.4)
    if pages and "receipt" in points:
        points["receipt"] += _shape_points(pages[0])
    best = max(points, key=lambda name: points[name])
    weights = {name: math.exp(min(60.0, found) / 3) for name, found in points.items()}
    return best, weights[best] / sum(weights.values())


def _word_points(page: Page, index: lexicon.LabelIndex) -> dict[str, float]:
    best: dict[tuple[str, str], float] = {}
    for line in page.lines[:LINES_LOOKED_AT]:
        text = line.text[:400]
        for match in lexicon.find(text, index, mending=page.source != "native"):
            word = lexicon.key(text[match.start : match.end])
            share = (match.end - match.start) / max(1, len(text))
            title = line.box.y0 < TOP and _is_title(match, text)
            for meaning in match.meanings:
                points = meaning.weight * match.weight
                if title and meaning.weight >= 3:
                    points += _TITLE_BONUS
                elif share < 0.15:
                    points *= 0.5
                at = (meaning.concept, word)
                best[at] = max(best.get(at, 0.0), points)
    totals: dict[str, float] = {}
    for (name, _), points in best.items():
        totals[name] = totals.get(name, 0.0) + points
    return totals


def find_titles(page: Page, types: Mapping[str, DocumentType]) -> dict[str, float]:
    """The weight of the clearest title of each type in the upper part of a page: a line that
    says little else than what the paper is."""
    index = lexicon.type_words_for(types.values())
    found: dict[str, float] = {}
    for line in page.lines[:LINES_LOOKED_AT]:
        if line.box.y0 >= TOP:
            continue
        text = line.text[:400]
        for match in lexicon.find(text, index, mending=page.source != "native"):
            if _is_title(match, text):
                for meaning in match.meanings:
                    if meaning.concept in types and meaning.weight >= 3:
                        before = found.get(meaning.concept, 0.0)
                        found[meaning.concept] = max(before, meaning.weight)
    return found


def _is_title(match: lexicon.Match, text: str) -> bool:
    share = (match.end - match.start) / max(1, len(text))
    return share > 0.35 and match.end - match.start > 3


def _shape_points(page: Page) -> float:
    """Receipts are narrow strips; their text fills the width and stays in one or two columns."""
    if not page.lines or page.height <= 0:
        return 0.0
    points = 0.0
    ratio = page.width / page.height
    left = min(line.box.x0 for line in page.lines)
    right = max(line.box.x1 for line in page.lines)
    top = min(line.box.y0 for line in page.lines)
    bottom = max(line.box.y1 for line in page.lines)
    text_ratio = ratio * (right - left) / max(0.05, bottom - top)
    if ratio < NARROW:
        points += 3.0
    if text_ratio < 0.55:
        points += 2.0
    heights = sorted(line.box.height for line in page.lines)
    em = max(0.002, heights[len(heights) // 2])
    columns = (right - left) * ratio / em  # letters that fit, roughly halved
    if columns < 32:
        points += 3.0
    elif columns > 55:
        points -= 4.0
    return points


def currency_hint(language: str) -> str | None:
    """The currency that pages in `language` count in when none is printed; None when unclear."""
    return CURRENCY_SIGNS["€"] if language in ("it", "de", "fr", "es", "nl") else None
