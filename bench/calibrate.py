"""`python -m bench calibrate --generated DIR … [--corpus DIR] --out FILE`: fit what scores mean.

Documents whose truth is known are extracted, and for every kind of value a logistic curve is
fitted from the evidence for a value to how often it is right: one set for header fields, one for
line items. Layouts named by `--hold` are not fitted: the card that is written with the curves has
the expected calibration error on them, before and after. The same documents give the same file.

The curve is Platt's ("Probabilistic Outputs for Support Vector Machines", 1999), with his targets,
and drawn towards the curve of all kinds where a kind has few values.
"""

from __future__ import annotations

import argparse
import math
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import yaml

from bench.documents import Known, add_options, check, find_documents
from bench.scoring import Judged, expected_error, judge
from bench.truths import Truth
from extractors import lexicon, tables
from extractors.candidates import survey
from extractors.choice import Choice
from extractors.classify import detect_language
from extractors.pipeline import extract
from extractors.rank import choose
from extractors.ranker import Ranker, load
from extractors.score import (
    HIGHEST,
    LOWEST,
    TRAITS,
    WORKED_OUT,
    Curve,
    Paper,
    evidence,
    paper_of,
    traits,
)
from extractors.types import TYPES
from models.doctype import DocumentType
from models.words import Page

PULL = 8.0  # how strongly a kind's curve is drawn to that of all kinds (values' worth)
STEPS = 200
DESCENT = 3000
RISK, DOUBT = 0.005, 0.1  # of values taken without a person: the error, and the doubt about it
DOUBTED = 0.7  # the most for a value on which a rule failed: under every threshold in use
PLAIN: Mapping[str, Any] = {
    "weights": {part: dict.fromkeys(TRAITS, 0.0) | {"odds": 1.0} for part in ("header", "lines")},
    "curves": {"header": {"any": (1.0, 0.0)}, "lines": {"any": (1.0, 0.0)}},
    "failed_rule": DOUBTED,
}
"""The ranker's log odds as they are."""

CARD = """\
# What scores mean: weights of what speaks for a value (`score.traits`), and logistic curves from
# their sum to the share that is right, by the kind of a value: [slope, shift].
# Made by `python -m bench calibrate`; do not edit.
"""


@dataclass(frozen=True)
class Sample:
    """A value that was found: its traits, whether it is right, and what it was found in.

    `failed` tells that a rule of the document type failed on it, `worked_out` that it has no place
    on a page; neither is fitted.
    """

    kind: str
    in_line: bool
    traits: tuple[float, ...]
    right: bool
    layout: str
    folder: str
    failed: bool
    worked_out: bool


def main(argv: Sequence[str]) -> int:
    """0 when the curves were written, 2 for wrong usage."""
    options = _parse(argv)
    try:
        documents, _ = find_documents(options)
    except ValueError as wrong:
        print(f"calibrate: {wrong}", file=sys.stderr)
        return 2
    samples: list[Sample] = []
    used: Counter[str] = Counter()
    rankers = cross_fit(documents, options.folds, options.hold)
    for known in documents:
        samples += collect(known.truth, known.pages, rankers.get(known.truth.path))
        used[known.truth.folder.removeprefix("generated/")] += 1
    fitting = [s for s in samples if not {s.layout, s.folder} & set(options.hold)]
    held = [s for s in samples if {s.layout, s.folder} & set(options.hold)]
    data = fit(fitting)
    data["card"] = describe(data, fitting, held, used, options.hold)
    data["card"]["thresholds"] = thresholds(data, fitting, held)
    text = yaml.safe_dump(data, sort_keys=True, allow_unicode=True, default_flow_style=None)
    options.out.write_text(CARD + text, encoding="utf-8")
    print(text)
    return 0


def cross_fit(documents: Sequence[Known], folds: int, hold: Sequence[str]) -> dict[Path, Ranker]:
    """A ranker for each document, trained on the layouts of the other folds; none without folds.

    A ranker is surer of what it was trained on than of anything that it will meet.
    """
    if folds < 2:
        return {}
    from bench import candidates, train  # LightGBM is needed for this alone

    shown = [train.Shown(known, candidates.collect(known)) for known in documents]
    free = [one for one in shown if not set(one.names) & set(hold)]
    layouts = sorted({one.names for one in free})
    fold = {names: number % folds for number, names in enumerate(layouts)}
    rankers: dict[Path, Ranker] = {}
    for number in range(folds):
        models = train.train([one for one in free if fold[one.names] != number])
        ranker = {group: load(model) for group, model in models.items()}
        rankers |= {one.known.truth.path: ranker for one in free if fold[one.names] == number}
    return rankers


# -- evidence -------------------------------------------------------------------------------------


def collect(truth: Truth, pages: Sequence[Page], ranker: Ranker | None = None) -> list[Sample]:
    """The evidence and the rightness of every value found in a document."""
    kind = TYPES[truth.type]
    header, items, paper = find_choices(pages, kind, ranker)
    found = extract(pages, truth.type, ranker=ranker)
    rules = {rule.name for rule in kind.rules}
    samples = []
    for one in judge(truth, kind, found):
        choice = _choice_of(one, header, items)
        if one.found is None or choice is None:
            continue
        problems = [code for code in one.found.problems if code not in rules]
        samples.append(
            Sample(
                kind=one.kind,
                in_line=one.in_line,
                traits=traits(choice, problems, paper),
                right=one.right,
                layout=truth.layout or truth.folder,
                folder=truth.folder.removeprefix("generated/"),
                failed=len(problems) < len(one.found.problems),
                worked_out=choice.page is None,
            )
        )
    return samples


def find_choices(
    pages: Sequence[Page], kind: DocumentType, ranker: Ranker | None = None
) -> tuple[Mapping[str, Choice], Sequence[Mapping[str, Choice]], Paper]:
    """What `extract` chooses, before it is scored."""
    document = survey(pages, lexicon.labels_for(kind), detect_language(pages))
    readings = tables.find_lines(document, kind)
    header = choose(document, kind, tables.added_up(readings), ranker)
    return header, tables.fit_lines(readings, kind, header), paper_of(document)


def _choice_of(
    one: Judged, header: Mapping[str, Choice], items: Sequence[Mapping[str, Choice]]
) -> Choice | None:
    if one.found is None:
        return None
    cells = header if one.found.line is None else items[one.found.line]
    return cells.get(one.name)


# -- fitting --------------------------------------------------------------------------------------


def fit(samples: Sequence[Sample]) -> dict[str, Any]:
    """`{"weights": {"header": {trait: weight}, "lines": …}, "curves": {"header": {kind: [slope,
    shift]}, "lines": …}, "failed_rule": share}`."""
    weights: dict[str, dict[str, float]] = {}
    curves: dict[str, dict[str, list[float]]] = {}
    for part, in_line in (("header", False), ("lines", True)):
        fitted = [s for s in samples if s.in_line == in_line and not s.failed and not s.worked_out]
        own = fit_weights([(s.traits, s.right) for s in fitted])
        weights[part] = dict(zip(TRAITS, own, strict=True))
        whole = fit_curve([(evidence(own, s.traits), s.right) for s in fitted])
        curves[part] = {"any": _rounded(whole)}
        for kind in sorted({s.kind for s in fitted}):
            pairs = [(evidence(own, s.traits), s.right) for s in fitted if s.kind == kind]
            curves[part][kind] = _rounded(fit_curve(pairs, towards=whole))
    failed = [s for s in samples if s.failed]
    share = (sum(s.right for s in failed) + 1) / (len(failed) + 2)
    return {"weights": weights, "curves": curves, "failed_rule": round(min(DOUBTED, share), 3)}


def fit_weights(pairs: Sequence[tuple[tuple[float, ...], bool]]) -> list[float]:
    """The weights of the traits in a logistic regression; none is below 0.

    Drawn towards the ranker's log odds as they are; by projected gradients from there.
    """
    aim = np.array([float(name == "odds") for name in TRAITS])
    if not pairs:
        return list(map(float, aim))
    table = np.array([found for found, _ in pairs])
    right = np.array([float(one) for _, one in pairs])
    scale = np.maximum(np.abs(table).max(axis=0), 1e-9)
    table = np.hstack([table / scale, np.ones((len(table), 1))])
    aim = np.append(aim * scale, 0.0)
    step = 1 / (0.25 * np.linalg.norm(table, 2) ** 2 + PULL)
    ahead = last = aim
    for number in range(DESCENT):  # Beck and Teboulle, FISTA, 2009
        chance = 1 / (1 + np.exp(-np.clip(table @ ahead, -50, 50)))
        new = ahead - step * (table.T @ (chance - right) + PULL / 8 * (ahead - aim))
        new[:-1] = new[:-1].clip(min=0.0)
        ahead, last = new + number / (number + 3) * (new - last), new
    return [round(float(weight), 4) for weight in last[:-1] / scale]


def fit_curve(pairs: Sequence[tuple[float, bool]], towards: Curve | None = None) -> Curve:
    """The logistic curve that explains (evidence, right) best; by Newton's method.

    It is drawn towards another curve, or to the identity, which settles it without any pairs.
    """
    aim = towards or Curve(1.0, 0.0)
    rights = sum(right for _, right in pairs)
    high = (rights + 1) / (rights + 2)
    low = 1 / (len(pairs) - rights + 2)
    targets = [(x, high if right else low) for x, right in pairs]
    slope, shift = aim.slope, aim.shift
    for _ in range(STEPS):
        # gradient and second derivatives of the negative log likelihood, and of the pull
        down = [PULL * (slope - aim.slope), PULL / 4 * (shift - aim.shift)]
        bend = [PULL, 0.0, PULL / 4]
        for x, target in targets:
            chance = Curve(slope, shift).probability(x)
            weight = max(1e-6, chance * (1 - chance))
            down[0] += (chance - target) * x
            down[1] += chance - target
            bend[0] += weight * x * x
            bend[1] += weight * x
            bend[2] += weight
        whole = bend[0] * bend[2] - bend[1] ** 2
        step = ((bend[2] * down[0] - bend[1] * down[1]) / whole,
                (bend[0] * down[1] - bend[1] * down[0]) / whole)  # fmt: skip
        size = min(1.0, 1.0 / max(1e-9, abs(step[0]), abs(step[1])))
        slope, shift = max(0.05, slope - size * step[0]), shift - size * step[1]
        if max(abs(step[0]), abs(step[1])) < 1e-6:
            break
    return Curve(slope, shift)


def _rounded(curve: Curve) -> list[float]:
    return [round(curve.slope, 3), round(curve.shift, 3)]


# -- thresholds -----------------------------------------------------------------------------------


def thresholds(
    data: Mapping[str, Any], fitting: Sequence[Sample], held: Sequence[Sample]
) -> dict[str, dict[str, float | int | None]]:
    """By kind of header value: the threshold that keeps to `RISK`, what it takes and what is
    wrong with that where it was not fitted."""
    found: dict[str, dict[str, float | int | None]] = {}
    for kind in sorted({s.kind for s in fitting if not s.in_line}):
        some = [(rescore(data, s), s.right) for s in fitting if s.kind == kind and not s.in_line]
        other = [(rescore(data, s), s.right) for s in held if s.kind == kind and not s.in_line]
        at = certify(some)
        taken = [right for score, right in other if at is not None and score >= at]
        found[kind] = {"at": at, "held": len(other), "taken": len(taken),
                       "wrong": len(taken) - sum(taken)}  # fmt: skip
    return found


def certify(pairs: Sequence[tuple[float, bool]]) -> float | None:
    """The lowest threshold at which the error among what is taken is under `RISK`, with
    confidence 1 - `DOUBT`; None when there is none.

    Thresholds are tried from the strictest, by an exact binomial test, until one fails
    (Angelopoulos and others, "Learn then Test", 2021, with fixed sequence testing). Those that
    take too few values to tell are passed over, whatever is right with these.
    """
    passed = None
    for step in range(999, 700, -1):
        at = step / 1000
        taken = [right for score, right in pairs if score >= at]
        if (1 - RISK) ** len(taken) > DOUBT:
            continue
        wrong = len(taken) - sum(taken)
        if binomial(wrong, len(taken)) > DOUBT:
            return passed
        passed = at
    return passed


def binomial(wrong: int, taken: int) -> float:
    """The chance of at most `wrong` errors among `taken` values, were the rate `RISK`."""
    return sum(math.comb(taken, k) * RISK**k * (1 - RISK) ** (taken - k) for k in range(wrong + 1))


# -- card -----------------------------------------------------------------------------------------


def describe(
    data: Mapping[str, Any],
    fitting: Sequence[Sample],
    held: Sequence[Sample],
    used: Mapping[str, int],
    hold: Sequence[str],
) -> dict[str, Any]:
    """What the curves were made from and how far they hold."""
    return {
        "documents": dict(sorted(used.items())),
        "layouts": {
            "fitted": len({s.layout for s in fitting}),
            "held": len({s.layout for s in held}),
        },
        "held": sorted(hold),
        "values": {"fitted": len(fitting), "held": len(held)},
        "ece": {
            f"{part}_{name}": {
                "before": round(expected_error([(rescore(PLAIN, s), s.right) for s in some]), 4),
                "after": round(expected_error([(rescore(data, s), s.right) for s in some]), 4),
            }
            for part, in_line in (("header", False), ("lines", True))
            for name, samples in (("fitted", fitting), ("held", held))
            if (some := [s for s in samples if s.in_line == in_line])
        },
    }


def rescore(data: Mapping[str, Any], sample: Sample) -> float:
    """The score of a value with new curves."""
    curves = data["curves"]["lines" if sample.in_line else "header"]
    curve = Curve(*(curves.get(sample.kind) or curves["any"]))
    weights = [data["weights"]["lines" if sample.in_line else "header"][name] for name in TRAITS]
    score = curve.probability(evidence(weights, sample.traits))
    score = max(LOWEST, min(HIGHEST, score))
    if sample.worked_out:
        score = min(score, WORKED_OUT)
    return min(score, float(data["failed_rule"])) if sample.failed else score


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench calibrate", description=__doc__)
    add_options(parser)
    parser.add_argument("--hold", type=lambda t: tuple(t.split(",")), default=(),
                        help="layouts to test on, comma-separated")  # fmt: skip
    parser.add_argument(
        "--folds",
        type=int,
        default=0,
        metavar="N",
        help="score with rankers trained on other layouts, in N parts",
    )
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(argv)
    check(parser, options)
    return options
