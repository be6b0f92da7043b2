"""`python -m bench learn [--corpus DIR] [--generated DIR …] [--suppliers N] --out DIR`: what memory
is worth.

Documents are learned from one after the other in a shuffled order, as if a person had verified
them, and others are extracted with what is remembered after 0, 1, 5, 50 and 300 of them; never one
that was learned from. "Seen once" are documents of suppliers of which one other document is
remembered. Two things are made up: with `--suppliers` the documents (N suppliers with `--each`
documents, of `--kind`), and with `--noise` the misreadings of their text layer. Prints a table and
writes `learning.json` and `learning-TYPE.svg` to `--out`.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

from bench.documents import find_truths
from bench.drawings import draw_learning
from bench.extract import read_pages
from bench.figures import percentile
from bench.scoring import Judged, count, judge
from bench.suppliers import disturb, make_suppliers
from bench.truths import Truth
from extractors import lexicon
from extractors.candidates import survey
from extractors.classify import detect_language
from extractors.memory import Lesson, Memory, Verified, learn, make_memory
from extractors.ocr import ENGINES
from extractors.pipeline import extract
from extractors.recall import Memories, examine, find_home
from extractors.signature import hash_key, sign
from extractors.types import TYPES
from extractors.values import Extraction
from extractors.wordings import Wordings, make_wordings
from models.errors import FileProblem
from models.words import Page

POINTS = (0, 1, 5, 50, 300)
MOST_LAYOUTS = 10  # memories that are looked at for a document, as in the database


@dataclass(frozen=True)
class Paper:
    """A read document with its truth; `supplier` tells whose it is, "" when that is not known."""

    truth: Truth
    pages: Sequence[Page]
    supplier: str


@dataclass
class Shelf:
    """What is remembered, as models/memory.py keeps it, but in this process."""

    lessons: dict[str, list[Lesson]] = field(default_factory=dict)
    keys: dict[str, set[str]] = field(default_factory=dict)
    all: list[Lesson] = field(default_factory=list)
    made: dict[str, Memory] = field(default_factory=dict)
    wordings: Wordings | None = None

    def find(self, pages: Sequence[Page]) -> Memories:
        """The memories that share most with the document, and the wordings of its type."""
        shared: dict[str, int] = {}
        for key in sign(pages).keys:
            for name in self.keys.get(key, ()):
                shared[name] = shared.get(name, 0) + 1
        nearest = sorted(shared, key=lambda name: (-shared[name], name))[:MOST_LAYOUTS]
        wordings = self.wordings
        kind = self.all[0].type if self.all else ""
        return Memories([self.made[name] for name in nearest], {kind: wordings} if wordings else {})

    def learn(self, paper: Paper, values: Sequence[Verified], *, wordings: bool = True) -> None:
        kind = TYPES[paper.truth.type]
        document = survey(paper.pages, lexicon.labels_for(kind), detect_language(paper.pages))
        lesson = learn(document, kind, values)
        home = find_home(lesson, self.find(paper.pages).layouts)
        if home is not None:
            lesson = examine(document, kind, lesson, home)
        name = home.id if home else f"m{len(self.lessons)}"
        self.lessons.setdefault(name, []).insert(0, lesson)
        memory = make_memory(name, self.lessons[name])
        assert memory is not None
        self.made[name] = memory
        for key in (hash_key(k) for k in lesson.signature.ids | lesson.signature.grams):
            self.keys.setdefault(key, set()).add(name)
        self.all.insert(0, lesson)
        if wordings:
            self.wordings = make_wordings(one.wording for one in self.all)


def main(argv: Sequence[str]) -> int:
    """0 when all documents were read, 1 when one was not, 2 for wrong usage."""
    options = _parse(argv)
    try:
        papers, unread = _read(options)
    except ValueError as wrong:
        print(f"learn: {wrong}", file=sys.stderr)
        return 2
    print(write_curves(papers, options.out, options.tests, options.seed))
    return 1 if unread else 0


def write_curves(papers: Sequence[Paper], out: Path, tests: int = 100, seed: int = 1) -> str:
    """Measure the papers of each type, write `learning.json` and the drawings, give the table."""
    kinds = sorted({paper.truth.type for paper in papers})
    report = {
        kind: measure(kind, [p for p in papers if p.truth.type == kind], tests, seed)
        for kind in kinds
    }
    out.mkdir(parents=True, exist_ok=True)
    text = json.dumps(report, ensure_ascii=False, indent=1)
    (out / "learning.json").write_text(text + "\n", encoding="utf-8")
    for kind, found in report.items():
        curves = {
            name: [(point["learned"], point["header"]) for point in curve]
            for name, curve in found["curves"].items()
        }
        drawing = draw_learning(curves, f"Header fields right (F1): {kind}")
        (out / f"learning-{kind}.svg").write_text(drawing, encoding="utf-8")
    return tabulate(report)


def _read(options: argparse.Namespace) -> tuple[list[Paper], int]:
    made = []
    if options.suppliers:
        folder = options.out / "documents" / options.kind
        make_suppliers(folder, options.suppliers, options.each, options.kind, options.seed,
                       tuple(options.languages.split(",")))  # fmt: skip
        made.append(folder)
    engine = cache(ENGINES["openvino"])
    papers, unread = [], 0
    for truth in find_truths(options.corpus, options.folders, [*options.generated, *made]):
        try:
            pages = read_pages(truth.path, engine, options.cache)
        except (FileProblem, OSError) as problem:
            print(f"{truth.path}: {problem}", file=sys.stderr)
            unread += 1
            continue
        if options.noise and all(page.source == "native" for page in pages):
            rng = Random(f"{options.seed}/{truth.path.name}")
            pages = [disturb(page, rng, options.noise) for page in pages]
        papers.append(Paper(truth, pages, supplier_of(truth)))
    return papers, unread


def supplier_of(truth: Truth) -> str:
    """Whose document it is, by its truth; "" when that does not say."""
    parts = []
    for part in ("name", "vat"):
        for names, readings in truth.fields.items():
            if {f"seller_{part}", f"merchant_{part}"} & set(names.split("|")):
                parts.append(readings[0].lower())
    return " ".join(parts)


# -- measuring ------------------------------------------------------------------------------------


def measure(kind: str, papers: Sequence[Paper], tests: int, seed: int) -> dict[str, Any]:
    """Curves of one document type: its suppliers mixed, only those that are new, seen once."""
    rng = Random(f"{seed}/{kind}")
    shuffled = rng.sample(list(papers), len(papers))
    groups = by_supplier(shuffled)
    held = set(sorted(groups)[::5]) if len(groups) >= 5 else set()  # a fifth stays unknown
    held.discard("")
    new = [paper for paper in shuffled if paper.supplier in held]
    rest = [paper for paper in shuffled if paper.supplier not in held]
    size = max(1, min(len(rest) // 4, tests))
    mixed, lessons = rest[:size], rest[size:]
    points = [p for p in POINTS if p <= len(lessons)]
    if len(lessons) not in points and not len(lessons) > POINTS[-1]:
        points.append(len(lessons))
    shelf, at = Shelf(), 0
    curves: dict[str, list[dict[str, Any]]] = {"mixed": [], "new supplier": []}
    for point in points:
        while at < point:
            shelf.learn(lessons[at], verify(lessons[at], _extract(lessons[at], shelf)))
            at += 1
        curves["mixed"].append(figures(point, mixed, shelf))
        curves["new supplier"].append(figures(point, new[:tests], shelf))
    return {
        "documents": len(papers),
        "suppliers": len(groups),
        "curves": {name: curve for name, curve in curves.items() if curve[0]["documents"]},
        "seen": seen(groups, tests),
    }


def by_supplier(papers: Iterable[Paper]) -> dict[str, list[Paper]]:
    groups: dict[str, list[Paper]] = {}
    for paper in papers:
        groups.setdefault(paper.supplier, []).append(paper)
    return groups


def seen(groups: Mapping[str, Sequence[Paper]], tests: int) -> list[dict[str, Any]]:
    """Other documents of suppliers of which 0, 1, 2 and 5 have been learned from."""
    several = {}
    for name, papers in groups.items():
        told = {tuple(sorted(paper.truth.fields.items())): paper for paper in papers}
        if name and len(told) > 1:  # the same content twice would be no other document
            several[name] = list(told.values())
    found = []
    for times in (0, 1, 2, 5):
        pairs: list[tuple[Shelf, Paper]] = []
        for papers in several.values():
            if len(papers) <= times:
                continue
            shelf = Shelf()
            for paper in papers[:times]:
                shelf.learn(paper, verify(paper, _extract(paper, shelf)), wordings=False)
            pairs.append((shelf, papers[-1]))
        if pairs:
            judged = [one for shelf, paper in pairs[:tests] for one in _judge(paper, shelf)[0]]
            found.append({"times": times, **_figures(judged), "documents": len(pairs[:tests])})
    return found


def figures(learned: int, tests: Sequence[Paper], shelf: Shelf) -> dict[str, Any]:
    judged: list[Judged] = []
    spent = []
    for paper in tests:
        more, milliseconds = _judge(paper, shelf)
        judged += more
        spent.append(milliseconds)
    return {"learned": learned, "documents": len(tests), **_figures(judged),
            "milliseconds_per_page": round(percentile(spent, 50) or 0.0, 1)}  # fmt: skip


def _figures(judged: Sequence[Judged]) -> dict[str, Any]:
    header = [one for one in judged if not one.in_line]
    lines = [one for one in judged if one.in_line]
    taken = [one for one in header if one.found is not None and one.found.score >= 0.9]
    return {
        "header": count(header).to_dict()["f1"],
        "lines": count(lines).to_dict()["f1"],
        "taken": len(taken) / max(1, len(header)),
        "wrong_taken": sum(not one.right for one in taken) / max(1, len(taken)),
    }


def _judge(paper: Paper, shelf: Shelf) -> tuple[list[Judged], float]:
    """A document against its truth, and what lookup and extraction took for each page."""
    start = time.process_time()
    found = _extract(paper, shelf)
    spent = 1000 * (time.process_time() - start) / max(1, len(paper.pages))
    return judge(paper.truth, TYPES[paper.truth.type], found), spent


def _extract(paper: Paper, shelf: Shelf) -> Extraction:
    return extract(paper.pages, paper.truth.type, memories=shelf.find(paper.pages))


def verify(paper: Paper, found: Extraction) -> list[Verified]:
    """What a person would leave of an extraction: every value that the truth knows put right, where
    it was wrong without a place, since keyed values have none."""
    kind = TYPES[paper.truth.type]
    judged = judge(paper.truth, kind, found)
    values = []
    for one in judged:
        if one.in_line:
            continue
        field_ = one.found
        if one.right and field_ is not None:
            values.append(Verified(one.name, None, field_.value, field_.page, field_.box, True))
        else:
            values.append(Verified(one.name, None, one.wanted, None, None, True))
    told = {value.name for value in values}
    if paper.truth.complete:
        values += [Verified(spec.name, None, None, None, None, True) for spec in kind.fields
                   if spec.name not in told and spec.name not in paper.truth.unknown]  # fmt: skip
    values += [
        Verified(one.name, cell.line, cell.value, cell.page, cell.box, True)
        for one in judged
        if one.in_line and one.right and (cell := one.found) is not None
    ]
    return values


# -- tables ---------------------------------------------------------------------------------------


def tabulate(report: Mapping[str, Any]) -> str:
    """The curves as a table: F1 in percent, and what would be taken unseen."""
    titles = "documents", "learned", "tests", "header F1", "lines F1", "taken", "of it wrong"
    rows: list[tuple[str, ...]] = [(*titles, "ms a page")]
    for kind, found in report.items():
        for name, curve in found["curves"].items():
            rows += [_row(f"{kind}, {name}", str(p["learned"]), p) for p in curve]
        rows += [_row(f"{kind}, supplier seen", f"{p['times']} times", p) for p in found["seen"]]
    widths = [max(len(row[i]) for row in rows) for i in range(len(rows[0]))]
    return "\n".join(
        "  ".join(c.ljust(w) if i == 0 else c.rjust(w)
                  for i, (c, w) in enumerate(zip(row, widths, strict=True)))
        for row in rows
    )  # fmt: skip


def _row(name: str, learned: str, point: Mapping[str, Any]) -> tuple[str, ...]:
    percents = (point[key] for key in ("header", "lines", "taken", "wrong_taken"))
    return (name, learned, str(point["documents"]),
            *("-" if p is None else f"{100 * p:.1f}" for p in percents),
            str(point.get("milliseconds_per_page", "")))  # fmt: skip


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench learn", description=__doc__)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="folders with manifests")
    parser.add_argument("--folders", type=lambda t: tuple(t.split(",")), default=(),
                        help="only these of the corpus, comma-separated")  # fmt: skip
    parser.add_argument("--generated", type=Path, action="append", default=[], metavar="DIR",
                        help="scans of `bench generate`; may be given again")  # fmt: skip
    parser.add_argument("--suppliers", type=int, default=0, help="make documents of so many")
    parser.add_argument("--each", type=int, default=6, help="documents of each supplier")
    parser.add_argument("--kind", default="invoice", help="of the documents that are made")
    parser.add_argument("--languages", default="it,de,en,fr", help="of these documents")
    parser.add_argument("--noise", type=float, default=0.01, metavar="SHARE",
                        help="of letters that are misread in text layers")  # fmt: skip
    parser.add_argument("--tests", type=int, default=100, help="documents measured at a point")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep read pages here")
    parser.add_argument("--out", type=Path, required=True, metavar="DIR")
    options = parser.parse_args(argv)
    if options.corpus is None and not options.generated and not options.suppliers:
        parser.error("give --corpus, --generated or --suppliers")
    return options
