"""What a page really says, and how much of it was read. Pure but for `find`."""

from __future__ import annotations

import json
import re
import unicodedata
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rapidfuzz.distance import Levenshtein

# Of values that a printed page shows in another form than the truth has it.
REWORDED = re.compile(r"date|currency|language|type|kind|country|n_items|due$|unit$")


@dataclass(frozen=True, slots=True)
class Truth:
    """`text` is a whole page's transcription; `values` are only some things printed on it."""

    text: str | None = None
    values: tuple[str, ...] = ()
    language: str = ""


def find(path: Path) -> Truth:
    """The truth that lies beside a file: `FILE.gt.txt`, `FILE.json`, or its manifest's line."""
    text, own = path.with_name(path.name + ".gt.txt"), path.with_name(path.name + ".json")
    entry = json.loads(own.read_text(encoding="utf-8")) if own.is_file() else _listed(path)
    language = str(entry.get("language") or entry.get("lang") or "")
    if text.is_file():
        return Truth(text=text.read_text(encoding="utf-8"), language=language)
    return Truth(values=printed(entry), language=language)


def _listed(path: Path) -> dict[str, Any]:
    manifest = path.with_name("manifest.jsonl")
    if manifest.is_file():
        for line in manifest.read_text(encoding="utf-8").splitlines():
            entry: dict[str, Any] = json.loads(line)
            if entry.get("file") == path.name:
                return entry
    return {}


def printed(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Values of a truth's fields and lines that can be looked for as they are."""
    fields = entry.get("fields") or {}
    groups = [fields, *entry.get("lines", ()), *fields.get("items", ())]
    return tuple(
        str(value)
        for group in groups
        if isinstance(group, Mapping)
        for name, value in group.items()
        if isinstance(value, str | int | float) and not REWORDED.search(name)
    )


def plain(text: str) -> str:
    """Compatibility forms and every run of white space made one space."""
    return " ".join(unicodedata.normalize("NFKC", text).split())


@dataclass(frozen=True, slots=True)
class Words:
    """Words of a page: in the truth, read, and both; an F1 of several pages adds these up."""

    wanted: int = 0
    read: int = 0
    both: int = 0

    def __add__(self, other: Words) -> Words:
        return Words(self.wanted + other.wanted, self.read + other.read, self.both + other.both)

    @property
    def f1(self) -> float | None:
        total = self.wanted + self.read
        return 2 * self.both / total if total else None


def compare_words(truth: str, text: str) -> Words:
    """Words alike, whatever their place: the order of columns is another question than reading."""
    wanted, read = Counter(plain(truth).split()), Counter(plain(text).split())
    return Words(wanted.total(), read.total(), (wanted & read).total())


def count_errors(truth: str, text: str) -> tuple[int, int]:
    """Characters to insert, delete or replace to make `text` the truth, and the truth's length."""
    wanted = plain(truth)
    return Levenshtein.distance(wanted, plain(text)), len(wanted)


def count_found(values: Iterable[str], text: str) -> tuple[int, int]:
    """How many of `values` are on the page, and how many were looked for.

    Only letters and digits count, so that "1234.50" is found in "1.234,50".
    """
    there = squeeze(text)
    wanted = [squeezed for value in values if (squeezed := squeeze(value))]
    return sum(value in there for value in wanted), len(wanted)


def squeeze(text: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFKC", text).casefold() if c.isalnum())
