"""Trained odds for a field's candidates: boosted trees, evaluated here without their library.

`ranker.json` is made by `python -m bench train` and has its card: data and figures. Each group of
fields has a model (Friedman, "Greedy Function Approximation: A Gradient Boosting Machine", 2001);
the sum of its trees is the log odds that a candidate is right.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.choice import Scored
from extractors.features import GROUP_OF, Features, measure
from extractors.surroundings import Surroundings
from extractors.weights import taxed_apart
from models.doctype import FieldSpec

FILE = Path(__file__).with_name("ranker.json")
MOST = 60  # candidates of a field, the best by hand, that are ranked
HAND = 0.3  # share of hand-weighted log odds in the sum: two models err less than one
SUREST = 8.0  # log odds; trees that never saw an error claim more


@dataclass(frozen=True)
class Model:
    """Trees side by side. Of tree t, node n: `feature[t, n] <= threshold[t, n]` goes to `left`,
    else to `right`; a leaf leads to itself and has a `value`."""

    features: tuple[str, ...]
    fields: frozenset[str]
    feature: NDArray[np.int64]
    threshold: NDArray[np.float64]
    left: NDArray[np.int64]
    right: NDArray[np.int64]
    value: NDArray[np.float64]
    depth: int


Ranker = Mapping[str, Model]
"""A model for each group of fields (`features.GROUPS`); groups without one keep hand odds."""


def load(data: Mapping[str, Any]) -> Model:
    """A model from its JSON: `{"fields", "features", "trees"}`.

    A tree is `[features, thresholds, lefts, rights, values]`: of its splits in order, then of its
    leaves; a child below 0 is leaf -1 - n.
    """
    trees = data["trees"]
    nodes = max((len(tree[0]) + len(tree[4]) for tree in trees), default=1)
    shape = (len(trees), nodes)
    here = np.broadcast_to(np.arange(nodes), shape)
    feature, threshold = np.zeros(shape, np.int64), np.zeros(shape)
    left, right, value = here.copy(), here.copy(), np.zeros(shape)
    for number, (features, thresholds, lefts, rights, values) in enumerate(trees):
        splits = len(features)
        feature[number, :splits] = features
        threshold[number, :splits] = thresholds
        left[number, :splits] = [n if n >= 0 else splits - 1 - n for n in lefts]
        right[number, :splits] = [n if n >= 0 else splits - 1 - n for n in rights]
        value[number, splits : splits + len(values)] = values
    depth = max((len(tree[0]) for tree in trees), default=0)
    return Model(tuple(data["features"]), frozenset(data["fields"]), feature, threshold, left,
                 right, value, depth)  # fmt: skip


def log_odds(model: Model, rows: Sequence[Features]) -> NDArray[np.float64]:
    """The log odds of each row of features, one that it lacks being 0."""
    table = np.array([[row.get(name, 0.0) for name in model.features] for row in rows], np.float64)
    return evaluate(model, table.reshape(len(rows), len(model.features)))


def evaluate(model: Model, table: NDArray[np.float64]) -> NDArray[np.float64]:
    """The sums of the trees' leaves for each row of `table` (rows x features)."""
    count, trees = len(table), len(model.value)
    if not count or not trees:
        return np.zeros(count)
    rows, tree = np.arange(count)[:, None], np.arange(trees)[None, :]
    node = np.zeros((count, trees), np.int64)
    for _ in range(model.depth):
        goes_left = table[rows, model.feature[tree, node]] <= model.threshold[tree, node]
        below = np.where(goes_left, model.left[tree, node], model.right[tree, node])
        if np.array_equal(below, node):
            break
        node = below
    # tree after tree, as LightGBM adds them: sums in another order differ in the last digit
    return np.asarray(np.cumsum(model.value[tree, node], axis=1)[:, -1])


def rank(around: Surroundings, spec: FieldSpec, pool: list[Scored], ranker: Ranker) -> list[Scored]:
    """The pool with trained odds, best first; as it is where the ranker does not know the field."""
    model = ranker.get(GROUP_OF.get(spec.name, ""))
    if model is None or spec.name not in model.fields or not pool:
        return pool
    ranked, rest = pool[:MOST], pool[MOST:]
    odds = log_odds(model, measure(around, spec, ranked)).clip(-SUREST, SUREST)
    scored = [
        replace(one, odds=_joined(one, float(value)), hand=_lead(one, pool))
        for one, value in zip(ranked, odds, strict=True)
    ]
    last = min(one.odds for one in scored)
    scored += [replace(one, odds=min(last, one.odds)) for one in rest]
    return sorted(scored, key=lambda one: -one.odds)


def _joined(one: Scored, trained: float) -> float:
    """Trained and hand-weighted odds together; where words settle it ("plus VAT"), they do."""
    if one.span.kind == "amount" and taxed_apart(one.span):
        return one.odds
    return (1 - HAND) * trained + HAND * one.odds


def _lead(one: Scored, pool: list[Scored]) -> float:
    """How far a candidate is ahead of the best different value; `pool` is sorted."""
    return one.odds - next((other.odds for other in pool if other.value != one.value), -6.0)


@cache
def shipped() -> Ranker:
    """The ranker in `ranker.json`; an empty one when there is none."""
    if not FILE.exists():
        return {}
    data = json.loads(FILE.read_text(encoding="utf-8"))
    return {group: load(model) for group, model in data["models"].items()}
