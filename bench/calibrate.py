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
import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import yaml

from bench.evaluate import find_truths
from bench.extract import read_pages
from bench.scoring import Judged, expected_error, judge
from bench.truths import Truth
from extractors import lexicon, tables
from extractors.candidates import survey
from extractors.choice import Choice
from extractors.classify import detect_language
from extractors.ocr import ENGINES
from extractors.pipeline import extract
from extractors.rank import choose
from extractors.score import HIGHEST, LOWEST, WORKED_OUT, Curve, evidence
from extractors.types import TYPES
from models.doctype import DocumentType
from models.errors import FileProblem
from models.words import Page

PULL = 8.0  # how strongly a kind's curve is drawn to that of all kinds (values' worth)
STEPS = 200
DOUBTED = 0.7  # the most for a value on which a rule failed: under every threshold in use
PLAIN: Mapping[str, Any] = {
    "curves": {"header": {"any": (1.0, 0.0)}, "lines": {"any": (1.0, 0.0)}},
    "failed_rule": DOUBTED,
}
"""Evidence taken for log odds as it is."""

CARD = """\
# What scores mean: logistic curves from evidence (`score.evidence`) to the share that is right,
# by the kind of a value: [slope, shift]. Made by `python -m bench calibrate`; do not edit.
"""


@dataclass(frozen=True)
class Sample:
    """A value that was found: its evidence, whether it is right, and what it was found in.

    `failed` tells that a rule of the document type failed on it, `worked_out` that it has no place
    on a page; neither is fitted.
    """

    kind: str
    in_line: bool
    evidence: float
    right: bool
    layout: str
    failed: bool
    worked_out: bool


def main(argv: Sequence[str]) -> int:
    """0 when the curves were written, 2 for wrong usage."""
    options = _parse(argv)
    try:
        truths = list(find_truths(options.corpus, options.folders, options.generated))
    except ValueError as wrong:
        print(f"calibrate: {wrong}", file=sys.stderr)
        return 2
    engine = cache(ENGINES["paddle"])
    samples: list[Sample] = []
    used: Counter[str] = Counter()
    for truth in truths:
        try:
            pages = read_pages(truth.path, engine, options.cache)
        except (FileProblem, OSError) as problem:
            print(f"{truth.path}: {problem}", file=sys.stderr)
            continue
        samples += collect(truth, pages)
        used[truth.folder.removeprefix("generated/")] += 1
    fitting = [s for s in samples if s.layout not in options.hold]
    held = [s for s in samples if s.layout in options.hold]
    data = fit(fitting)
    data["card"] = describe(data, fitting, held, used, options.hold)
    text = yaml.safe_dump(data, sort_keys=True, allow_unicode=True, default_flow_style=None)
    options.out.write_text(CARD + text, encoding="utf-8")
    print(text)
    return 0


# -- evidence -------------------------------------------------------------------------------------


def collect(truth: Truth, pages: Sequence[Page]) -> list[Sample]:
    """The evidence and the rightness of every value found in a document."""
    kind = TYPES[truth.type]
    header, items = find_choices(pages, kind)
    found = extract(pages, truth.type)
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
                evidence=evidence(choice, problems),
                right=one.right,
                layout=truth.layout or truth.folder,
                failed=len(problems) < len(one.found.problems),
                worked_out=choice.page is None,
            )
        )
    return samples


def find_choices(
    pages: Sequence[Page], kind: DocumentType
) -> tuple[Mapping[str, Choice], Sequence[Mapping[str, Choice]]]:
    """What `extract` chooses, before it is scored."""
    document = survey(pages, lexicon.labels_for(kind), detect_language(pages))
    readings = tables.find_lines(document, kind)
    header = choose(document, kind, tables.added_up(readings))
    return header, tables.fit_lines(readings, kind, header)


def _choice_of(
    one: Judged, header: Mapping[str, Choice], items: Sequence[Mapping[str, Choice]]
) -> Choice | None:
    if one.found is None:
        return None
    cells = header if one.found.line is None else items[one.found.line]
    return cells.get(one.name)


# -- fitting --------------------------------------------------------------------------------------


def fit(samples: Sequence[Sample]) -> dict[str, Any]:
    """`{"curves": {"header": {kind: [slope, shift]}, "lines": …}, "failed_rule": share}`."""
    curves: dict[str, dict[str, list[float]]] = {}
    for part, in_line in (("header", False), ("lines", True)):
        fitted = [s for s in samples if s.in_line == in_line and not s.failed and not s.worked_out]
        whole = fit_curve([(s.evidence, s.right) for s in fitted])
        curves[part] = {"any": _rounded(whole)}
        for kind in sorted({s.kind for s in fitted}):
            pairs = [(s.evidence, s.right) for s in fitted if s.kind == kind]
            curves[part][kind] = _rounded(fit_curve(pairs, towards=whole))
    failed = [s for s in samples if s.failed]
    share = (sum(s.right for s in failed) + 1) / (len(failed) + 2)
    return {"curves": curves, "failed_rule": round(min(DOUBTED, share), 3)}


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
        "fitted": sorted({s.layout for s in fitting}),
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
    score = max(LOWEST, min(HIGHEST, curve.probability(sample.evidence)))
    if sample.worked_out:
        score = min(score, WORKED_OUT)
    return min(score, float(data["failed_rule"])) if sample.failed else score


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench calibrate", description=__doc__)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="folders with manifests")
    parser.add_argument("--folders", type=lambda t: tuple(t.split(",")), default=(),
                        help="only these of the corpus, comma-separated")  # fmt: skip
    parser.add_argument("--generated", type=Path, action="append", default=[], metavar="DIR",
                        help="scans of `bench generate`; may be given again")  # fmt: skip
    parser.add_argument("--hold", type=lambda t: tuple(t.split(",")), default=(),
                        help="layouts to test on, comma-separated")  # fmt: skip
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep read pages here")
    parser.add_argument("--out", type=Path, required=True, metavar="FILE")
    options = parser.parse_args(argv)
    if options.corpus is None and not options.generated:
        parser.error("give --corpus or --generated")
    return options
