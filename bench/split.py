"""`python -m bench split --corpus DIR [--generated DIR …]`: how rightly files are divided.

Documents whose truth is known are read (or taken from `--cache`), joined at random into files of
several, with and without separator sheets between them, and divided again. Each document of
several pages is divided alone, too: it should stay whole. Prints one table; `--fit` prints the
weights of extractors/split.py that these documents would give, and what they reach on documents
that they were not fitted to.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from random import Random

import numpy as np
import pypdfium2
from numpy.typing import NDArray

from bench.documents import find_truths
from bench.extract import read_pages
from extractors.barcodes import find_barcodes
from extractors.leaves import Leaf, read_leaf
from extractors.ocr import ENGINES
from extractors.separators import make_separators
from extractors.split import WEIGHTS, Options, Proposal, compare, propose
from extractors.types import TYPES
from models.errors import FileProblem
from models.words import Page

AGAINST = {name for name, weight in WEIGHTS.items() if weight < 0}
FOLDS = 5
Pages = list[Page]


@dataclass(frozen=True)
class Known:
    """A document, with where it comes from: neighbours from one folder look most alike."""

    folder: str
    pages: Pages


@dataclass(frozen=True)
class Divided:
    """One file after division: how many cuts are right, and what was done without asking."""

    asked: bool
    proposed: frozenset[int]
    true: frozenset[int]
    turns: int

    @property
    def wrong(self) -> frozenset[int]:
        return self.proposed - self.true


def main(argv: Sequence[str]) -> int:
    """0 when every document could be read; 1 when some could not, 2 for wrong usage."""
    options = _parse(argv)
    try:
        truths = list(find_truths(options.corpus, options.folders, options.generated))
    except ValueError as wrong:
        print(f"split: {wrong}", file=sys.stderr)
        return 2
    engine = cache(ENGINES[options.engine])
    documents, unread = [], 0
    for truth in truths:
        try:
            pages = read_pages(truth.path, engine, options.cache)
            documents.append(Known(truth.folder, pages[: options.pages]))
        except (FileProblem, OSError) as problem:
            print(f"{truth.path}: {problem}", file=sys.stderr)
            unread += 1
    if options.fit:
        print(fit(documents, Random(options.seed)))
    else:
        print(measure(documents, options.files, Random(options.seed)))
    return 1 if unread else 0


# -- files ----------------------------------------------------------------------------------------


def join(documents: Iterable[Pages], separator: Page | None = None) -> tuple[Pages, frozenset[int]]:
    """One file of all pages, numbered anew, and the pages with which a document begins, but for
    the first."""
    pages: Pages = []
    begins = []
    for document in documents:
        if pages and separator is not None:
            pages.append(replace(separator, number=len(pages) + 1))
        begins.append(len(pages) + 1)
        for page in document:
            pages.append(replace(page, number=len(pages) + 1))
    return pages, frozenset(begins[1:])


def separator_page() -> Page:
    """Our separator sheet as it is read, without the text on it."""
    bitmap = pypdfium2.PdfDocument(make_separators())[0].render(scale=2)
    image: NDArray[np.uint8] = np.ascontiguousarray(bitmap.to_numpy()[:, :, :3])
    height, width = image.shape[:2]
    return Page(1, width, height, (), "native", barcodes=find_barcodes(image))


def divide(pages: Pages, true: frozenset[int]) -> Divided:
    found = propose(pages, "detect", TYPES, Options())
    return Divided(
        asked="cut" in found.doubts,
        proposed=frozenset(part.pages[0] for part in found.parts[1:]),
        true=true,
        turns=_count_turns(found),
    )


def _count_turns(found: Proposal) -> int:
    return sum(sheet.kind == "page" for sheet in found.sheets) - 1


def measure(documents: Sequence[Known], files: int, rng: Random) -> str:
    """A table of bundles, bundles with separators, and whole documents of several pages."""
    sheet = separator_page()
    bundles, separated = [], []
    for _ in range(files):
        chosen = [documents[i].pages for i in _choose(documents, rng)]
        bundles.append(divide(*join(chosen)))
        separated.append(divide(*join(chosen, sheet)))
    alone = [divide(*join([one.pages])) for one in documents if len(one.pages) > 1]
    rows = [
        ("bundles", bundles),
        ("with separators", separated),
        ("whole documents", alone),
    ]
    lines = [
        f"{'':16} {'files':>6} {'turns':>6} {'cuts':>6} {'right':>7} {'found':>7} "
        f"{'asked':>7} {'unasked: cuts':>14} {'wrong':>6} {'missed':>7}"
    ]
    return "\n".join([*lines, *(_row(name, divided) for name, divided in rows)])


def _choose(documents: Sequence[Known], rng: Random) -> list[int]:
    """Two to six documents, every other one from the folder of the one before it."""
    chosen = [rng.randrange(len(documents))]
    for _ in range(min(rng.randint(1, 5), len(documents) - 1)):
        folder = documents[chosen[-1]].folder
        alike = [i for i, one in enumerate(documents) if one.folder == folder and i not in chosen]
        others = [i for i in range(len(documents)) if i not in chosen]
        chosen.append(rng.choice(alike if alike and rng.random() < 0.5 else others))
    return chosen


def _row(name: str, divided: Sequence[Divided]) -> str:
    """`right` and `found` are precision and recall of all proposed cuts; the last three count
    only files that nobody would be asked about."""
    alone = [one for one in divided if not one.asked]
    proposed = sum(len(one.proposed) for one in divided)
    right = sum(len(one.proposed & one.true) for one in divided)
    true = sum(len(one.true) for one in divided)
    return (
        f"{name:16} {len(divided):6} {sum(one.turns for one in divided):6} {true:6} "
        f"{_share(right, proposed):>7} {_share(right, true):>7} "
        f"{_share(len(divided) - len(alone), len(divided)):>7} "
        f"{sum(len(one.proposed) for one in alone):14} "
        f"{sum(len(one.wrong) for one in alone):6} "
        f"{sum(len(one.true - one.proposed) for one in alone):7}"
    )


def _share(part: int, whole: int) -> str:
    return f"{100 * part / whole:.1f} %" if whole else "-"


# -- weights --------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Turn:
    """A turn of pages: its facts, whether a document begins there, and whose pages they are."""

    facts: Mapping[str, float]
    cut: bool
    documents: frozenset[int]


def find_turns(documents: Sequence[Known], rng: Random) -> Iterator[Turn]:
    """All turns inside documents, and for each document those to some others, most of them from
    its own folder. Copies of one paper are left out: they are no two documents."""
    leaves = [[read_leaf(page, TYPES) for page in one.pages] for one in documents]
    for i, own in enumerate(leaves):
        for k in range(1, len(own)):
            if not own[k].page.blank and not own[k - 1].page.blank:
                yield Turn(compare(own[:k], own[k]), False, frozenset({i}))
        for j in _neighbours(documents, i, rng):
            other = leaves[j]
            if not _numbers(own) & _numbers(other):
                yield Turn(compare(own, other[0]), True, frozenset({i, j}))


def _neighbours(documents: Sequence[Known], i: int, rng: Random) -> list[int]:
    others = [j for j in range(len(documents)) if j != i]
    alike = [j for j in others if documents[j].folder == documents[i].folder]
    return rng.sample(others, min(4, len(others))) + rng.sample(alike, min(4, len(alike)))


def _numbers(leaves: Iterable[Leaf]) -> frozenset[str]:
    return frozenset[str]().union(*(leaf.numbers for leaf in leaves))


def fit(documents: Sequence[Known], rng: Random) -> str:
    """Weights, and wrong and found cuts at several probabilities on documents left out."""
    turns = list(find_turns(documents, rng))
    names = list(WEIGHTS)
    facts = np.array([[turn.facts[name] for name in names] for turn in turns])
    cut = np.array([turn.cut for turn in turns], float)
    folds = [rng.randrange(FOLDS) for _ in documents]
    chance = np.zeros(len(turns))
    for fold in range(FOLDS):
        out = np.array([any(folds[i] == fold for i in turn.documents) for turn in turns])
        chance[out] = _chance(facts[out], _weigh(facts[~out], cut[~out], names))
    weights = _weigh(facts, cut, names)
    lines = [
        f"{name:14} {value:6.2f}" for name, value in zip([*names, "BIAS"], weights, strict=True)
    ]
    joins, cuts = chance[cut == 0], chance[cut == 1]
    lines += [
        f"cut from {at}: {int((joins >= at).sum())} of {len(joins)} joins, "
        f"{_share(int((cuts >= at).sum()), len(cuts))} of {len(cuts)} cuts"
        for at in (0.5, 0.9, 0.95, 0.98, 0.99, 0.995)
    ]
    lines += [
        f"left together up to {at}: {int((cuts <= at).sum())} of {len(cuts)} cuts, "
        f"{_share(int((joins <= at).sum()), len(joins))} of {len(joins)} joins"
        for at in (0.02, 0.05, 0.1, 0.2, 0.5)
    ]
    return "\n".join(lines)


def _chance(facts: NDArray[np.float64], weights: NDArray[np.float64]) -> NDArray[np.float64]:
    chance: NDArray[np.float64] = 1 / (1 + np.exp(-(facts @ weights[:-1] + weights[-1])))
    return chance


def _weigh(
    facts: NDArray[np.float64], cut: NDArray[np.float64], names: Sequence[str]
) -> NDArray[np.float64]:
    """Weights and bias of a logistic model in which cuts and joins count alike; facts that would
    speak for what they are not meant to speak for are left out."""
    kept = np.ones(facts.shape[1], bool)
    while True:
        found = _newton(facts[:, kept], cut)
        weights = np.zeros(facts.shape[1] + 1)
        weights[:-1][kept], weights[-1] = found[:-1], found[-1]
        wrong = [
            i for i, name in enumerate(names) if weights[i] * (-1 if name in AGAINST else 1) < 0
        ]
        if not wrong:
            return weights
        kept[wrong] = False


def _newton(facts: NDArray[np.float64], cut: NDArray[np.float64]) -> NDArray[np.float64]:
    one = np.hstack([facts, np.ones((len(facts), 1))])
    counts = np.where(cut == 1, 0.5 / cut.mean(), 0.5 / (1 - cut.mean()))
    ridge = np.diag(np.r_[np.ones(facts.shape[1]), 1e-6])
    weights = np.zeros(one.shape[1])
    for _ in range(30):
        chance = 1 / (1 + np.exp(-one @ weights))
        slope = one.T @ (counts * (chance - cut)) + ridge @ weights
        bend = (one.T * (counts * chance * (1 - chance))) @ one + ridge
        weights = weights - np.linalg.solve(bend, slope)
    return weights


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench split", description=__doc__)
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="folders with manifests")
    parser.add_argument("--folders", nargs="*", default=(), metavar="NAME", help="only these")
    parser.add_argument("--generated", type=Path, nargs="*", default=(), metavar="DIR")
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep read pages here")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="openvino")
    parser.add_argument("--files", type=int, default=300, help="bundles to make (default 300)")
    parser.add_argument("--pages", type=int, default=12, help="most of a document (default 12)")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--fit", action="store_true", help="print weights instead")
    return parser.parse_args(argv)
