"""`python -m bench generate`: make synthetic scans with their truth."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

from bench.generator import KINDS, generate, sample


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m bench generate", description=__doc__)
    parser.add_argument("--out", type=Path, required=True, help="folder for files and truth")
    parser.add_argument("--documents", type=int, default=20, help="how many (default 20)")
    parser.add_argument("--kinds", default=",".join(KINDS), help="comma-separated, used in turn")
    parser.add_argument("--languages", default="it", help="comma-separated: it, en, de, fr")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--sample", action="store_true", help="the demo batch of a dozen")
    options = parser.parse_args(argv)
    if options.sample:
        made = sample(options.out, options.seed)
    else:
        kinds, languages = options.kinds.split(","), options.languages.split(",")
        try:
            made = generate(options.out, options.documents, kinds, options.seed, languages)
        except ValueError as wrong:
            print(f"generate: {wrong}", file=sys.stderr)
            return 2
    for item in made:
        print(json.dumps({"file": item.path.name, "type": item.truth["type"],
                          "layout": item.truth["layout"]}))  # fmt: skip
    return 0
