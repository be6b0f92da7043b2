"""Batches of papers from the grammar: one family's layouts, on all devices, with their truth."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from random import Random

from bench.generator.batch import Order, Sample, scan_file, write_truth
from bench.generator.files import SUFFIXES, Format
from bench.generator.grammar import papers
from bench.generator.grammar.program import FAMILIES, Family, Program, draw_program
from bench.generator.grammar.wordings import LANGUAGES
from bench.generator.scanner import Device, choose_damage
from bench.generator.truth import describe

GRAMMAR_KINDS = papers.KINDS
LAYOUTS = 1_000_000

# None: a PDF that never was paper
DEVICES: dict[Device | None, float] = {
    "flatbed": 42, "feeder": 28, None: 10, "copier": 5, "fax": 7, "phone": 8,
}  # fmt: skip
FORMS: dict[Device, tuple[Format, ...]] = {
    "flatbed": ("pdf", "jpg", "png"), "feeder": ("pdf", "pdf", "tif"), "copier": ("pdf", "jpg"),
    "fax": ("tif", "pdf"), "phone": ("jpg",),
}  # fmt: skip


@dataclass(frozen=True)
class Batch:
    """What to make. `each` documents in a row come from one supplier, in one layout."""

    family: Family
    count: int
    kinds: Sequence[str]
    seed: int = 1
    languages: Sequence[str] = LANGUAGES
    each: int = 1


def generate_family(out: Path, batch: Batch) -> Iterator[tuple[Sample, Program]]:
    """Make the documents one by one; the same batch makes the same files.

    ValueError names a family, kind or language that is not known.
    """
    _check(batch)
    return (_make(out, batch, index) for index in range(1, batch.count + 1))


def _check(batch: Batch) -> None:
    for name, given, known in (
        ("family", [batch.family], FAMILIES), ("kind", batch.kinds, GRAMMAR_KINDS),
        ("language", batch.languages, LANGUAGES),
    ):  # fmt: skip
        for one in given:
            if one not in known:
                raise ValueError(f"unknown {name} {one!r}; known: {', '.join(known)}")
    if batch.each < 1:
        raise ValueError(f"{batch.each} documents of each supplier: at least 1 is needed")


def choose_layout(batch: Batch, index: int) -> tuple[Program, str]:
    """The layout of the document with this number (from 1), and its language."""
    supplier = (index - 1) // batch.each
    kind = batch.kinds[supplier % len(batch.kinds)]
    digest = hashlib.sha256(f"{batch.seed}/{supplier}".encode()).digest()
    program = draw_program(batch.family, kind, int.from_bytes(digest[:8], "big") % LAYOUTS)
    return program, program.rng(str(batch.seed), "language").choice(sorted(batch.languages))


def _make(out: Path, batch: Batch, index: int) -> tuple[Sample, Program]:
    program, language = choose_layout(batch, index)
    rng = Random(f"{batch.family}/{batch.seed}/{index}")
    facts = papers.make(program, language, rng)
    pdf, sheet = papers.draw(program, facts)
    device = _choose_device(rng, program)
    form: Format = rng.choice(FORMS[device]) if device else "text_pdf"
    if sheet.page > 1 and form in ("jpg", "png"):
        form = "pdf" if device != "phone" else "tif"
    out.mkdir(parents=True, exist_ok=True)
    path = out / f"{batch.family}_{index:05d}{SUFFIXES[form]}"
    features = {
        **program.structure, "held": list(program.held), **papers.find_features(facts),
        "nation": facts.shown.get("nation", ""),
    }  # fmt: skip
    if device is None:
        path.write_bytes(pdf)
        truth = describe(path.name, program.name, facts, sheet.marks, None, features)
    else:
        damage = choose_damage(rng, device)
        if program.kind == "receipt":
            # thermal paper fades, and nobody punches it
            damage = replace(damage, fade=rng.uniform(0.05, 0.3), holes=False, bleed=0.0)
        order = Order(program.kind, program.name, device, form, language, stamp_abroad=True)
        marks = scan_file(path, order, damage, facts, pdf, sheet, rng)
        truth = describe(path.name, program.name, facts, marks, asdict(damage), features)
    truth["pages"] = sheet.page
    if facts.original:
        path.with_name(f"{path.name}.xml").write_text(facts.original, encoding="utf-8")
    return write_truth(path, truth), program


def _choose_device(rng: Random, program: Program) -> Device | None:
    device = rng.choices(list(DEVICES), list(DEVICES.values()))[0]
    if program.kind == "receipt" and device in ("fax", "copier", None):
        return "phone"
    if device in ("fax", "copier") and program.style["font"].endswith("light"):
        # two tones leave nothing of thin strokes
        return "feeder"
    return device
