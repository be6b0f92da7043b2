"""`python -m bench COMMAND …`: measuring commands and the document generator."""

from __future__ import annotations

import importlib
import sys

COMMANDS = {
    "read": "read files with OCR or their text layer; a JSON line a file",
    "compare": "our readers and others on the same pages: rightness, speed, memory",
    "scale": "pages a minute of one, two … reading processes",
    "extract": "read files and extract their fields; a JSON line a file",
    "evaluate": "extraction against the truth: rightness, scores, time",
    "train": "train the ranker on documents whose truth is known",
    "calibrate": "fit what scores mean to documents whose truth is known",
    "split": "join documents and divide them again: cuts found, missed and wrong",
    "learn": "extraction after so many verified documents: what memory is worth",
    "forms": "fixed forms: registration over damages, and each reader's rightness",
    "chain": "drive a running server from upload to release; one JSON object",
    "degrade": "how much is still read of skewed, faxed, photographed … pages",
    "ranges": "what 8-bit reading must know of each step of the recogniser",
    "generate": "make synthetic scans with their truth",
}


def main(argv: list[str]) -> int:
    if not argv or argv[0] not in COMMANDS:
        print("usage: python -m bench COMMAND …\n", file=sys.stderr)
        for name, text in COMMANDS.items():
            print(f"  {name:10} {text}", file=sys.stderr)
        return 2
    command = importlib.import_module(f"bench.{argv[0]}")
    return int(command.main(argv[1:]))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
