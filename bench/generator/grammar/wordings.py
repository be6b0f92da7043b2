"""Words that the grammar prints: labels and vocabularies by language, shared by the families."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from bench.generator.grammar.program import Family, Program

LANGUAGES = ("it", "en", "de", "fr", "es")

# every so manyth entry of a list is kept from training
LABEL_STEP = 6
NAME_STEP = 3
# a test layout takes a wording that training never saw this often, where there is one
UNSEEN = 0.4

Words = Mapping[str, str]


@cache
def _read(folder: str, language: str) -> dict[str, Any]:
    path = Path(__file__).parent / folder / f"{language}.yaml"
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def labels(language: str) -> Mapping[str, Sequence[str]]:
    """Every wording of every label."""
    return _read("words", language)


def seen(wordings: Sequence[str]) -> list[str]:
    """The wordings that both families use."""
    return [text for i, text in enumerate(wordings) if i % LABEL_STEP != LABEL_STEP - 1]


def unseen(wordings: Sequence[str]) -> list[str]:
    """The wordings that only the test family uses."""
    return list(wordings[LABEL_STEP - 1 :: LABEL_STEP])


def choose_words(program: Program, language: str) -> Words:
    """One wording of every label, as this layout prints them in this language."""
    found = {}
    for name, wordings in labels(language).items():
        rng = program.rng(language, "words", name)
        kept = unseen(wordings)
        if program.family == "test" and kept and rng.random() < UNSEEN:
            found[name] = rng.choice(kept)
        else:
            common = seen(wordings)
            # plain wordings come first in the lists and are the most usual
            found[name] = rng.choice(common[:3]) if rng.random() < 0.3 else rng.choice(common)
    return _set_apart(found)


def _set_apart(words: dict[str, str]) -> dict[str, str]:
    """No two amounts of a document under the same words."""
    for name, other in (("amount_due", "gross_total"), ("net_total", "goods_total"),
                        ("net_total", "gross_total"), ("vat_total", "vat_summary")):  # fmt: skip
        if words[name].lower() == words[other].lower():
            words[name] = _longer(name, words)
    return words


def _longer(name: str, words: Mapping[str, str]) -> str:
    taken = words[name].lower()
    for language in LANGUAGES:
        wordings = labels(language)[name]
        if words[name] in wordings:
            return next(text for text in seen(wordings) if text.lower() != taken)
    return words[name]


def vocabulary(family: Family, language: str) -> Mapping[str, Any]:
    """Names, places and goods of one family; no entry is in both families."""
    return _share(family, language)


@cache
def _share(family: Family, language: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, entries in _read("vocabulary", language).items():
        if isinstance(entries, list) and len(entries) >= NAME_STEP:
            found[name] = share(entries, family)
        elif isinstance(entries, dict):
            kept = share(sorted(entries), family)
            found[name] = {key: entries[key] for key in kept}
        else:
            found[name] = entries
    return found


def share(entries: Sequence[Any], family: Family) -> list[Any]:
    """One family's entries of a list that both draw from."""
    last = NAME_STEP - 1
    return [e for i, e in enumerate(entries) if (i % NAME_STEP == last) == (family == "test")]


def pick(rng: Random, words: Mapping[str, Any], name: str) -> str:
    """One entry of a list of the vocabulary."""
    return str(rng.choice(words[name]))
