"""`python -m bench generate`: make synthetic scans with their truth."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.generator import GRAMMAR_KINDS, KINDS, Sample, generate, generate_family, sample
from bench.generator.grammar.batch import Batch
from bench.generator.grammar.program import count_programs
from bench.generator.grammar.wordings import LANGUAGES


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench generate", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for files and truth")
    parser.add_argument("--documents", type=int, default=20, help="how many (default 20)")
    parser.add_argument("--kinds", help="comma-separated, used in turn (default: all)")
    parser.add_argument("--languages", help="comma-separated: it, en, de, fr; es with a family "
                        "(default: it; all with a family)")  # fmt: skip
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", action="store_true", help="the demo batch of a dozen")
    parser.add_argument("--family", choices=("classic", "train", "test"), default="classic",
                        help="hand-made layouts, or drawn from the grammar's training or test "
                        "layouts, which share nothing (default classic)")  # fmt: skip
    parser.add_argument("--each", type=int, default=1, help="documents of each supplier in a row "
                        "(train and test; default 1)")  # fmt: skip
    options = parser.parse_args(argv)
    try:
        if options.family != "classic":
            _generate_family(options)
        elif options.sample:
            _list(sample(options.out, options.seed))
        else:
            kinds = options.kinds.split(",") if options.kinds else KINDS
            languages = (options.languages or "it").split(",")
            _list(generate(options.out, options.documents, kinds, options.seed, languages))
    except ValueError as wrong:
        print(f"generate: {wrong}", file=sys.stderr)
        return 2
    return 0


def _generate_family(options: argparse.Namespace) -> None:
    """Documents of the grammar, and at the end how many different layouts they have."""
    batch = Batch(
        family=options.family,
        count=options.documents,
        kinds=options.kinds.split(",") if options.kinds else GRAMMAR_KINDS,
        seed=options.seed,
        languages=options.languages.split(",") if options.languages else LANGUAGES,
        each=options.each,
    )
    programs = []
    for made, program in generate_family(options.out, batch):
        programs.append(program)
        _list([made])
    print(f"{len(programs)} documents, {count_programs(programs)} structures", file=sys.stderr)


def _list(made: Sequence[Sample]) -> None:
    for item in made:
        print(json.dumps({"file": item.path.name, "type": item.truth["type"],
                          "layout": item.truth["layout"]}))  # fmt: skip
