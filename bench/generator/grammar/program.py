"""A layout as a program: the structural choices that a number stands for, in one of two families.

The families never share a program: a hash of the structure says to which of them it belongs, and
options that `choices.yaml` holds back belong to the test family.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import Any, Literal

import yaml

Family = Literal["train", "test"]
FAMILIES: tuple[Family, ...] = ("train", "test")
Choices = Mapping[str, str]

TRAIN_SHARE = 0.7
# held options are rare by their weights; a test of them must meet them
HELD_FACTOR = 3.0


@dataclass(frozen=True)
class Program:
    """One layout. `structure` and `style` map choices to options; `held` names the choices whose
    option no training layout has."""

    family: Family
    kind: str
    number: int
    structure: Choices
    style: Choices
    held: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.family}-{self.number:06d}"

    @property
    def key(self) -> str:
        """The same for two layouts exactly when their structure is the same."""
        return structure_key(self.kind, self.structure)

    def rng(self, *parts: str) -> Random:
        """Chance that is always the same for this layout and these parts."""
        return Random("/".join((self.name, self.kind, *parts)))


@cache
def read_choices() -> dict[str, Any]:
    path = Path(__file__).with_name("choices.yaml")
    found: dict[str, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return found


def structure_key(kind: str, structure: Choices) -> str:
    return ";".join([kind, *(f"{name}={structure[name]}" for name in sorted(structure))])


def family_of(kind: str, structure: Choices) -> Family:
    """The family that may use this structure."""
    if find_held(structure):
        return "test"
    digest = hashlib.sha256(structure_key(kind, structure).encode()).digest()
    return "train" if digest[0] < 256 * TRAIN_SHARE else "test"


def find_held(structure: Choices) -> tuple[str, ...]:
    """The choices whose option only the test family may use."""
    held = read_choices()["held"]
    return tuple(name for name, option in structure.items() if option in held.get(name, ()))


def draw_program(family: Family, kind: str, number: int) -> Program:
    """The layout with this number; always the same."""
    rng = Random(f"{family}/{kind}/{number}")
    given = read_choices()
    special = given["kinds"].get(kind, {})
    # papers that have nothing in common with a letter draw from choices of their own
    common = {} if special.get("alone") else given["structure"]
    options = {**common, **special.get("structure", {})}
    while True:
        structure = {
            name: _draw(rng, weights, given["held"].get(name, ()), family)
            for name, weights in options.items()
        }
        if "flow" in structure:
            structure = settle(structure)
        if family_of(kind, structure) == family:
            break
    looks = {**given["style"], **special.get("style", {})}
    style = {name: _draw(rng, weights, (), family) for name, weights in looks.items()}
    return Program(family, kind, number, structure, style, find_held(structure))


def _draw(rng: Random, weights: Mapping[str, float], held: Iterable[str], family: Family) -> str:
    names = [str(name) for name in weights if family == "test" or name not in held]
    factors = [
        float(weights[name]) * (HELD_FACTOR if name in held else 1)
        for name in weights
        if family == "test" or name not in held
    ]
    return rng.choices(names, factors)[0]


def settle(structure: dict[str, str]) -> dict[str, str]:
    """The structure without choices that cannot go together or that have no effect."""
    found = dict(structure)
    flow = found["flow"]
    if "L" not in flow:
        # the seller stands in a block of its own
        found["letterhead"] = "none"
    if found["letterhead"] == "none":
        found["flow"] = flow.replace("L", "S") if "S" not in flow else _without_letterhead(flow)
        found["logo"] = "none"
        found["seller_ids"] = "letterhead"
    elif "S" in flow:
        found["seller_ids"] = "foot" if found["seller_ids"] == "foot" else "letterhead"
    if found["letterhead"] == "foot" and found["seller_ids"] == "letterhead":
        found["seller_ids"] = "foot"
    if found["facts"] in ("grid4", "strip", "columns", "grid3"):
        # as wide as the page: it needs a row of its own
        found["flow"] = _widen_facts(found["flow"])
    if found["paper"] == "a5_landscape":
        found |= {"letterhead": "split" if found["letterhead"] == "side" else found["letterhead"],
                  "sign": "none", "margins": "narrow"}  # fmt: skip
    if "T" not in found["flow"]:
        found["title"] = "none"
    if "foot" in (found["letterhead"], found["payment"], found["seller_ids"]) or (
        found["seller_ids"] == "both"
    ):
        found["foot"] = "line" if found["foot"] == "none" else found["foot"]
    if found["vat_table"] == "none":
        found |= {"vat_columns": "none", "vat_sum": "no"}
    if found["totals"] in ("strip", "strip_open", "wide") and found["vat_table"] == "beside":
        found["vat_table"] = "above"
    if found["totals_single"] == "yes":
        found["totals"] = "right" if found["totals"] in ("sentence", "split") else found["totals"]
    if "/" in found["columns"] and found["rules"] in ("zebra", "dots"):
        found["rules"] = "rows"
    if found["payment"] == "none" and found["terms"] == "in_payment":
        found["terms"] = "none"
    return found


def _without_letterhead(flow: str) -> str:
    rows = [row.replace("L", "").strip() for row in flow.split("|")]
    return "|".join(row for row in rows if row)


def _widen_facts(flow: str) -> str:
    rows: list[str] = []
    for row in flow.split("|"):
        cells = row.split()
        rest = [cell for cell in cells if cell != "F"]
        if rest:
            rows.append(" ".join(rest))
        if "F" in cells:
            rows.append("F")
    return "|".join(rows)


def count_programs(programs: Iterable[Program]) -> int:
    """How many different structures there are among the layouts."""
    return len({program.key for program in programs})
