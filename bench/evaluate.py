"""`python -m bench evaluate --corpus DIR [--generated DIR …] --out DIR`: how right extraction is.

Documents whose truth is known are read (or taken from `--cache`) and extracted as what they are;
what is embedded in a file beside its pages is not looked at. Prints tables, and writes
`evaluation.json`, `reliability-{header,lines}.svg` and `risk-{header,lines}.svg` to `--out`.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from bench import opinions
from bench.documents import Known, add_options, check, find_documents
from bench.drawings import draw_reliability, draw_risk
from bench.figures import percentile, share
from bench.scoring import (
    Judged,
    by_name,
    calibration,
    count,
    coverage_at,
    expected_error,
    judge,
    risk_coverage,
    scored,
)
from bench.truths import Truth
from extractors.classify import detect_type
from extractors.pipeline import extract
from extractors.types import TYPES
from models.settings import variable
from models.words import Page
from workers.opinion import Endpoint


@dataclass(frozen=True)
class Outcome:
    """A document after extraction; `milliseconds` is processor time after OCR, for each page."""

    truth: Truth
    detected: str
    milliseconds: float
    lines: int
    judged: tuple[Judged, ...]


def main(argv: Sequence[str]) -> int:
    """0 when every document was extracted; 1 when a file could not be read, 2 for wrong usage."""
    options = _parse(argv)
    try:
        documents, unread = find_documents(options)
    except ValueError as wrong:
        print(f"evaluate: {wrong}", file=sys.stderr)
        return 2
    asker = _make_opinions(options)
    outcomes = []
    for known in documents:
        outcomes.append(measure(known.truth, known.pages))
        if asker:
            asker.ask(known.truth, known.pages)
        if options.misses:
            _print_misses(outcomes[-1])
    report = summarise(outcomes)
    if asker:
        report["opinion"] = asker.summarise()
    options.out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=1)
    (options.out / "evaluation.json").write_text(text + "\n", encoding="utf-8")
    _draw(outcomes, options.out)
    print(tabulate(report))
    if asker:
        print(f"\n{opinions.tabulate(report['opinion'])}")
    if options.learn:
        print(f"\n{_learn(documents, options.out)}")
    return 1 if unread else 0


def _learn(documents: Sequence[Known], out: Path) -> str:
    from bench import learn  # which measures with what is here

    papers = [learn.Paper(k.truth, k.pages, learn.supplier_of(k.truth)) for k in documents]
    return learn.write_curves(papers, out)


def measure(truth: Truth, pages: Sequence[Page]) -> Outcome:
    """Extract one document, as the type that it is."""
    kind = TYPES[truth.type]
    detected, _ = detect_type(pages, TYPES)
    start = time.process_time()
    found = extract(pages, truth.type)
    spent = 1000 * (time.process_time() - start) / max(1, len(pages))
    return Outcome(truth, detected, spent, len(found.lines), tuple(judge(truth, kind, found)))


# -- figures --------------------------------------------------------------------------------------


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    """The figures of all documents, of each folder and of each document type's fields."""
    folders = sorted({outcome.truth.folder for outcome in outcomes})
    return {
        "all": _figures(outcomes),
        "folders": {f: _figures([o for o in outcomes if o.truth.folder == f]) for f in folders},
        "header": _fields(outcomes, in_line=False),
        "lines": _fields(outcomes, in_line=True),
        "scores": {"header": _scores(_judged(outcomes, in_line=False)),
                   "lines": _scores(_judged(outcomes, in_line=True))},
        "milliseconds_per_page": {
            "median": _round(percentile([o.milliseconds for o in outcomes], 50)),
            "p95": _round(percentile([o.milliseconds for o in outcomes], 95)),
        },
    }  # fmt: skip


def _judged(outcomes: Iterable[Outcome], *, in_line: bool) -> list[Judged]:
    return [one for outcome in outcomes for one in outcome.judged if one.in_line == in_line]


def _figures(outcomes: Sequence[Outcome]) -> dict[str, Any]:
    counted = [o for o in outcomes if o.truth.count is not None or o.truth.lines is not None]
    right = sum(
        o.lines == (len(o.truth.lines) if o.truth.lines is not None else o.truth.count)
        for o in counted
    )
    return {
        "documents": len(outcomes),
        "type_right": share(sum(o.detected == o.truth.type for o in outcomes), len(outcomes)),
        "header": count(_judged(outcomes, in_line=False)).to_dict(),
        "lines": count(_judged(outcomes, in_line=True)).to_dict(),
        "line_count_right": share(right, len(counted)),
        "header_ece": _round(expected_error(scored(_judged(outcomes, in_line=False))), 4),
        "line_ece": _round(expected_error(scored(_judged(outcomes, in_line=True))), 4),
    }


def _fields(outcomes: Sequence[Outcome], *, in_line: bool) -> dict[str, dict[str, Any]]:
    types = sorted({outcome.truth.type for outcome in outcomes})
    return {
        kind: {
            name: count(judged).to_dict()
            for name, judged in by_name(
                _judged([o for o in outcomes if o.truth.type == kind], in_line=in_line)
            ).items()
        }
        for kind in types
    }


def _scores(judged: Sequence[Judged]) -> dict[str, Any]:
    pairs = scored(judged)
    points = risk_coverage(pairs)
    kinds = sorted({one.kind for one in judged})
    return {
        "values": len(pairs),
        "ece": _round(expected_error(pairs), 4),
        "ece_by_kind": {
            kind: _round(expected_error(scored(j for j in judged if j.kind == kind)), 4)
            for kind in kinds
        },
        "reliability": [asdict(b) for b in calibration(pairs)],
        "coverage_at_risk": {
            str(risk): _round(coverage_at(points, risk), 4) for risk in (0.0, 0.005, 0.01, 0.02)
        },
        "risk_coverage": [asdict(point) for point in points],
    }


def _round(value: float | None, places: int = 2) -> float | None:
    return None if value is None else round(value, places)


def _draw(outcomes: Sequence[Outcome], out: Path) -> None:
    for name, in_line in (("header", False), ("lines", True)):
        pairs = scored(_judged(outcomes, in_line=in_line))
        reliability = draw_reliability(calibration(pairs), f"How right scores are: {name}")
        risk = draw_risk(risk_coverage(pairs), f"Wrong among what is taken: {name}")
        (out / f"reliability-{name}.svg").write_text(reliability, encoding="utf-8")
        (out / f"risk-{name}.svg").write_text(risk, encoding="utf-8")


# -- tables ---------------------------------------------------------------------------------------


def tabulate(report: dict[str, Any]) -> str:
    """The report as tables for a terminal."""
    rows = [["folder", "docs", "type", "P", "R", "F1", "ECE", "lines F1", "ECE", "n lines"]]
    for name, figures in [*report["folders"].items(), ("all", report["all"])]:
        header, lines = figures["header"], figures["lines"]
        rows.append(
            [name, str(figures["documents"]), _percent(figures["type_right"]),
             *(_percent(header[key]) for key in ("precision", "recall", "f1")),
             _percent(figures["header_ece"]), _percent(lines["f1"]),
             _percent(figures["line_ece"]), _percent(figures["line_count_right"])]
        )  # fmt: skip
    fields = [["field", "right", "wrong", "missed", "P", "R", "F1"]]
    for part in ("header", "lines"):
        for kind, found in report[part].items():
            for name, tally in sorted(found.items()):
                fields.append(
                    [f"{kind} {name}", *(str(tally[k]) for k in ("right", "wrong", "missed")),
                     *(_percent(tally[k]) for k in ("precision", "recall", "f1"))]
                )  # fmt: skip
    parts = [_table(rows), _table(fields)]
    for part, scores in report["scores"].items():
        bins = [[f"{part} score", "values", "mean score", "right"]]
        bins += [
            [f"{b['low']:.1f}-{b['high']:.1f}", str(b["values"]), _percent(b["score"]),
             _percent(b["right"])]
            for b in scores["reliability"]
        ]  # fmt: skip
        taken = ", ".join(
            f"{_percent(share_)} at {100 * float(risk):g} %"
            for risk, share_ in scores["coverage_at_risk"].items()
        )
        parts.append(f"{_table(bins)}\nECE {_percent(scores['ece'])}; taken at most wrong: {taken}")
    times = report["milliseconds_per_page"]
    parts.append(f"ms a page after OCR: median {times['median']}, p95 {times['p95']}")
    return "\n\n".join(parts)


def _percent(value: float | None) -> str:
    return "-" if value is None else f"{100 * value:.1f}"


def _table(rows: Sequence[Sequence[str]]) -> str:
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(
            cell.ljust(width) if i == 0 else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    )


def _print_misses(outcome: Outcome) -> None:
    for one in outcome.judged:
        if one.right:
            continue
        place = "line " if one.in_line else ""
        found = f"{one.found.value!r} ({one.found.score:.2f})" if one.found else "nothing"
        print(f"{outcome.truth.folder}/{outcome.truth.path.name} {outcome.truth.layout}: "
              f"{place}{one.name} is {one.wanted!r}, found {found}", file=sys.stderr)  # fmt: skip


def _make_opinions(options: argparse.Namespace) -> opinions.Opinions | None:
    if options.opinion is None:
        return None
    key = os.environ.get(variable("opinion_key"), "")
    endpoint = Endpoint(
        options.opinion.rstrip("/"), options.opinion_model, key, options.opinion_seconds
    )
    return opinions.Opinions(endpoint, options.opinion_mode, options.opinion_weight)


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench evaluate", description=__doc__)
    add_options(parser)
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    parser.add_argument("--opinion", metavar="URL",
                        help="ask this OpenAI-compatible endpoint for second opinions, too "
                        "(key in SCRIVANO_OPINION_KEY): what they gain and cost")  # fmt: skip
    parser.add_argument("--opinion-model", default="default", metavar="NAME")
    parser.add_argument("--opinion-mode", choices=["text", "vision"], default="text")
    parser.add_argument("--opinion-weight", type=float, default=1.0, metavar="LOG_ODDS")
    parser.add_argument("--opinion-seconds", type=float, default=20.0, metavar="S")
    parser.add_argument("--learn", action="store_true",
                        help="learning curves, too: see `bench learn`")  # fmt: skip
    parser.add_argument("--misses", action="store_true", help="name every wrong value")
    options = parser.parse_args(argv)
    check(parser, options)
    return options
