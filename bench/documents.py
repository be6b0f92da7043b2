"""Documents whose truth is known, read: what `evaluate`, `calibrate` and `train` begin with."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from bench.extract import read_pages
from bench.truths import Truth, read_corpus, read_generated
from extractors.ocr import ENGINES
from models.errors import FileProblem
from models.words import Page


@dataclass(frozen=True)
class Known:
    """What a document says, and its pages as they were read."""

    truth: Truth
    pages: tuple[Page, ...]


def add_options(parser: argparse.ArgumentParser) -> None:
    """The options that name the documents; `check` says what is wrong with them."""
    parser.add_argument("--corpus", type=Path, metavar="DIR", help="folders with manifests")
    parser.add_argument("--folders", type=lambda t: tuple(t.split(",")), default=(),
                        help="only these of the corpus, comma-separated")  # fmt: skip
    parser.add_argument("--generated", type=Path, action="append", default=[], metavar="DIR",
                        help="scans of `bench generate`; may be given again")  # fmt: skip
    parser.add_argument("--engine", choices=sorted(ENGINES), default="openvino",
                        help="what reads pages that have no text of their own")  # fmt: skip
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep read pages here")


def check(parser: argparse.ArgumentParser, options: argparse.Namespace) -> None:
    """Ends the command when no documents are named."""
    if options.corpus is None and not options.generated:
        parser.error("give --corpus or --generated")


def find_truths(
    corpus: Path | None, folders: Sequence[str], generated: Sequence[Path]
) -> Iterator[Truth]:
    """Every document to look at; ValueError names a folder that has none."""
    if corpus is not None:
        yield from read_corpus(corpus, folders)
    for folder in generated:
        found = list(read_generated(folder))
        if not found:
            raise ValueError(f"{folder} has no scans with their truth")
        yield from found


def find_documents(options: argparse.Namespace) -> tuple[list[Known], int]:
    """The documents that `options` name, and how many of them could not be read.

    ValueError names a folder that has none. What cannot be read is told on standard error.
    """
    truths = list(find_truths(options.corpus, options.folders, options.generated))
    engine = cache(ENGINES[options.engine])  # loaded when the first page needs it
    found = []
    for truth in truths:
        try:
            pages = read_pages(truth.path, engine, options.cache, name=options.engine)
        except (FileProblem, OSError) as problem:
            print(f"{truth.path}: {problem}", file=sys.stderr)
            continue
        found.append(Known(truth, tuple(pages)))
    return found, len(truths) - len(found)
