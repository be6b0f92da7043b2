"""`python -m bench train --generated DIR … [--corpus DIR] --out FILE`: train the ranker.

Documents whose truth is known are surveyed, and for each group of fields boosted trees learn from
the candidates which are right. Layouts and folders named by `--hold` are not trained on. The card
that is written with the model has the right fields (F1) of the hand-weighted model and of the
ranker on what is held, and, for each `--leave-out FOLDER,…`, on those folders with a ranker that
was trained without them. The same documents give the same file.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import lightgbm
import numpy as np

from bench.candidates import Example, collect
from bench.documents import Known, add_options, check, find_documents
from bench.scoring import count, judge
from extractors.features import GROUPS
from extractors.pipeline import extract
from extractors.ranker import Ranker, load
from extractors.types import TYPES

TREES, LEAVES = 160, 12
FEWEST = 25  # layouts that a field must have been seen right in
RISING = ("own", "odds", "score", "certainty", "fits", "own_lead")
FALLING = ("rival", "behind")
SETTINGS: dict[str, Any] = {
    "objective": "binary", "learning_rate": 0.06, "num_leaves": LEAVES, "max_depth": 7,
    "min_data_in_leaf": 60, "lambda_l2": 10.0, "feature_fraction": 0.4, "bagging_fraction": 0.7,
    "bagging_freq": 1, "max_bin": 63, "use_missing": False, "seed": 7, "deterministic": True,
    "force_row_wise": True, "num_threads": 1, "verbosity": -1, "monotone_constraints_method":
    "advanced",
}  # fmt: skip


@dataclass(frozen=True)
class Shown:
    """A document with its candidates."""

    known: Known
    examples: list[Example]

    @property
    def names(self) -> tuple[str, str]:
        return self.known.truth.layout, self.known.truth.folder.removeprefix("generated/")


def main(argv: Sequence[str]) -> int:
    """0 when the model was written, 2 for wrong usage."""
    options = _parse(argv)
    try:
        documents, _ = find_documents(options)
    except ValueError as wrong:
        print(f"train: {wrong}", file=sys.stderr)
        return 2
    shown = [Shown(known, collect(known)) for known in documents]
    fitting = [one for one in shown if not set(one.names) & set(options.hold)]
    held = [one for one in shown if set(one.names) & set(options.hold)]
    models = train(fitting)
    card = describe(fitting, options.hold)
    card["held"] = compare(held, models)
    card["left_out"] = {}
    for group in options.leave_out:
        folders = set(group.split(","))
        rest = [one for one in fitting if not set(one.names) & folders]
        gone = [one for one in fitting if set(one.names) & folders]
        card["left_out"][group] = compare(gone, train(rest))
    text = json.dumps({"card": card, "models": models}, separators=(",", ":"), sort_keys=True)
    options.out.write_text(text + "\n", encoding="utf-8")
    print(tabulate(card))
    return 0


# -- training -------------------------------------------------------------------------------------


def train(documents: Sequence[Shown]) -> dict[str, Any]:
    """The models by group of fields, as `extractors.ranker.load` takes them.

    A field that was seen right in few layouts is left to hand weights: a model would know those
    layouts and no more.
    """
    layouts: dict[str, set[tuple[str, str]]] = {}
    for document in documents:
        for field in {one.field for one in document.examples if one.right}:
            layouts.setdefault(field, set()).add(document.names)
    models = {}
    for group, fields in GROUPS.items():
        known = sorted(name for name in fields if len(layouts.get(name, ())) >= FEWEST)
        examples = [one for found in documents for one in found.examples if one.field in known]
        if examples:
            models[group] = fit(examples, known)
    return models


def fit(examples: Sequence[Example], fields: Sequence[str]) -> dict[str, Any]:
    """The trees of one group; features are those that tell its candidates apart."""
    names = sorted({name for one in examples for name in one.features})
    table = np.array([[one.features.get(name, 0.0) for name in names] for one in examples])
    names, table = _varied(names, table)
    booster = lightgbm.train(
        {**SETTINGS, "monotone_constraints": [_slope(name) for name in names]},
        lightgbm.Dataset(table, [float(one.right) for one in examples], free_raw_data=False),
        num_boost_round=TREES,
    )
    return {"fields": list(fields), "features": list(names), "trees": convert(booster)}


def _varied(names: Sequence[str], table: Any) -> tuple[list[str], Any]:
    keep = [i for i in range(len(names)) if np.ptp(table[:, i]) > 0]
    return [names[i] for i in keep], table[:, keep]


def _slope(name: str) -> int:
    return (name in RISING) - (name in FALLING)


def convert(booster: lightgbm.Booster) -> list[list[list[float]]]:
    """The trees of a booster as `[features, thresholds, lefts, rights, values]`."""
    return [_tree(info["tree_structure"]) for info in booster.dump_model()["tree_info"]]


def _tree(root: Mapping[str, Any]) -> list[list[float]]:
    features: list[float] = []
    thresholds: list[float] = []
    lefts: list[float] = []
    rights: list[float] = []
    values: list[float] = []

    def add(node: Mapping[str, Any]) -> int:
        if "leaf_value" in node:
            values.append(node["leaf_value"])
            return -len(values)
        at = len(features)
        features.append(node["split_feature"])
        thresholds.append(node["threshold"])
        lefts.append(0)
        rights.append(0)
        lefts[at] = add(node["left_child"])
        rights[at] = add(node["right_child"])
        return at

    add(root)
    return [features, thresholds, lefts, rights, values]


# -- figures --------------------------------------------------------------------------------------


def describe(fitting: Sequence[Shown], hold: Sequence[str]) -> dict[str, Any]:
    """What a model was made from."""
    folders = Counter(one.names[1] for one in fitting)
    return {
        "documents": dict(sorted(folders.items())),
        "layouts": len({one.names for one in fitting}),
        "held_layouts": sorted(hold),
        "candidates": sum(len(one.examples) for one in fitting),
        "right": sum(example.right for one in fitting for example in one.examples),
    }


def compare(documents: Sequence[Shown], models: Mapping[str, Any]) -> dict[str, Any]:
    """Header F1 of the hand-weighted model and of the ranker, for each folder."""
    ranker = {group: load(model) for group, model in models.items()}
    folders = sorted({one.names[1] for one in documents})
    return {
        folder: {
            "documents": len(some),
            "hand": header_f1(some, {}),
            "ranker": header_f1(some, ranker),
        }
        for folder in folders
        if (some := [one.known for one in documents if one.names[1] == folder])
    }


def header_f1(documents: Sequence[Known], ranker: Ranker) -> float | None:
    """F1 of header fields, with this ranker."""
    judged = [
        one
        for known in documents
        for one in judge(
            known.truth,
            TYPES[known.truth.type],
            extract(known.pages, known.truth.type, ranker=ranker),
        )
        if not one.in_line
    ]
    f1 = count(judged).to_dict()["f1"]
    return None if f1 is None else round(f1, 4)


def tabulate(card: Mapping[str, Any]) -> str:
    """The card's figures for a terminal."""
    rows = [f"{'not trained on':34} {'docs':>5} {'hand F1':>8} {'ranker F1':>9}"]
    for found in (card["held"], *card["left_out"].values()):
        rows += [
            f"{folder:34} {f['documents']:5} {_percent(f['hand']):>8} {_percent(f['ranker']):>9}"
            for folder, f in found.items()
        ]
    return "\n".join(rows)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench train", description=__doc__)
    add_options(parser)
    parser.add_argument("--hold", type=lambda t: tuple(t.split(",")), default=(),
                        help="layouts or folders to test on, comma-separated")  # fmt: skip
    parser.add_argument("--leave-out", action="append", default=[], metavar="FOLDER,…",
                        help="also test on these with a ranker trained without them")  # fmt: skip
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(argv)
    check(parser, options)
    return options
