"""What documents really say: manifests of a corpus and the truth beside generated scans."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Literal

import yaml

from extractors.types import TYPES

Order = Literal["dmy", "mdy"]


@dataclass(frozen=True)
class Truth:
    """One document's file and what it says.

    `fields` holds the readings of which any is right, by field; one that several fields may hold
    is listed by all of their names, joined with "|". `lines` is None when they are not known and
    `count` when their number is not. `complete` tells that whatever `fields` lacks is not printed,
    but for what is `unknown`; `part_of` names the fields whose truth is only part of what is.
    `layout` is the generator's.
    """

    path: Path
    folder: str
    type: str
    layout: str
    fields: Mapping[str, tuple[str, ...]]
    lines: tuple[Mapping[str, str], ...] | None
    count: int | None = None
    complete: bool = False
    unknown: frozenset[str] = frozenset()
    part_of: frozenset[str] = frozenset()
    order: Order = "dmy"


def read_corpus(corpus: Path, folders: Sequence[str] = ()) -> Iterator[Truth]:
    """The documents of the manifests in `corpus` whose truth is known and whose file is there.

    A file that a manifest names again with other values has no truth: which is meant is not known.
    ValueError names a folder without a manifest.
    """
    for folder in folders:
        if not (corpus / folder / "manifest.jsonl").is_file():
            raise ValueError(f"{corpus / folder} has no manifest.jsonl")
    for manifest in sorted(corpus.glob("*/manifest.jsonl")):
        if folders and manifest.parent.name not in folders:
            continue
        named: dict[Path, list[Truth]] = {}
        for line in manifest.read_text(encoding="utf-8").splitlines():
            truth = read_entry(manifest.parent, json.loads(line)) if line.strip() else None
            if truth and truth.path.is_file():
                named.setdefault(truth.path, []).append(truth)
        yield from (truths[0] for truths in named.values() if all(t == truths[0] for t in truths))


def read_entry(folder: Path, entry: Mapping[str, Any]) -> Truth | None:
    """One line of a manifest; None when nothing is known of its document."""
    given: Mapping[str, Any] = entry.get("fields") or {}
    fitting = (m for m in _meanings()["manifests"] if entry.get("kind") in m["kinds"])
    meaning = next((m for m in fitting if m.get("having", "") in ("", *given)), None)
    if meaning is None:
        return None
    fields: dict[str, tuple[str, ...]] = {}
    for name, ours in meaning["fields"].items():
        value = str(given.get(name) or "").strip()
        key = ours if isinstance(ours, str) else "|".join(ours)
        if value:
            fields[key] = (*fields.get(key, ()), value)
    columns: Mapping[str, str] = meaning.get("items", {})
    items = given.get("items") if columns else None
    lines = tuple(
        {ours: str(item[name]) for name, ours in columns.items() if str(item.get(name) or "")}
        for item in items or ()
    )
    return Truth(
        path=folder / str(entry["file"]),
        folder=folder.name,
        type=meaning["type"],
        layout="",
        fields=fields,
        lines=lines or None,
        count=given.get(meaning.get("count", "")),
        part_of=frozenset(meaning.get("part_of", ())),
        order=meaning.get("order", "dmy"),
    ) if fields or lines else None  # fmt: skip


def read_generated(folder: Path) -> Iterator[Truth]:
    """The scans of `bench generate` in `folder`, in the order of their names, that have a type."""
    for path in sorted(folder.glob("*.json")):
        scan = path.with_suffix("")
        if not scan.is_file():
            continue
        data = json.loads(path.read_text(encoding="utf-8"))
        if data["type"] not in TYPES:
            # letters, offers: nothing of them is asked for
            continue
        yield Truth(
            path=scan,
            folder=f"generated/{folder.name}",
            type=data["type"],
            layout=data["layout"],
            fields={
                name: (value, *data.get("also", {}).get(name, ()))
                for name, value in data["fields"].items()
            },
            lines=tuple(data["lines"]),
            complete=True,
            unknown=frozenset(_meanings()["generated"]["unknown"]),
        )


@cache
def _meanings() -> dict[str, Any]:
    path = Path(__file__).with_name("truths.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found
