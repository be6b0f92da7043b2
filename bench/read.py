"""`python -m bench read FILE… --out F.jsonl`: what is read from files, a JSON line a file.

A line is `{"file", "seconds", "pages": [{"width", "height", "lines": [{"text", "box", "score"}]}]}`
with boxes `[x0, y0, x1, y1]` from 0 to 1. A file that cannot be read has no pages and an
`"error": {"code", "detail"}`; the run goes on.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from extractors.limits import DEFAULT
from extractors.ocr import ENGINES, Engine
from extractors.page import read_page
from extractors.render import inspect, render
from models.errors import FileProblem
from models.words import Page


def main(argv: Sequence[str]) -> int:
    """0 when every file has its line, whatever became of it; 2 for wrong usage."""
    options = _parse(argv)
    engine = ENGINES[options.engine]()
    with options.out.open("w", encoding="utf-8") as out:
        for number, path in enumerate(options.files, start=1):
            line = read_file(path, engine, force_ocr=options.force_ocr)
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
            out.flush()
            said = line["error"]["code"] if "error" in line else f"{len(line['pages'])} pages"
            print(
                f"{number}/{len(options.files)} {path}: {said}, {line['seconds']:.2f} s",
                file=sys.stderr,
            )
    return 0


def read_file(path: Path, engine: Engine, *, force_ocr: bool = False) -> dict[str, Any]:
    """The output line of one file."""
    start = time.perf_counter()
    line: dict[str, Any] = {"file": str(path), "seconds": 0.0, "pages": []}
    try:
        info = inspect(path)
        pages = render(path, info.media_type, 1, info.pages, DEFAULT)
        line["pages"] = [_page(read_page(raw, engine, force_ocr=force_ocr).page) for raw in pages]
    except FileProblem as problem:
        line["error"] = {"code": problem.code, "detail": problem.detail}
    except OSError as error:
        line["error"] = {"code": "not_found", "detail": f"{path}: {error.strerror}"}
    line["seconds"] = round(time.perf_counter() - start, 3)
    return line


def _page(page: Page) -> dict[str, Any]:
    return {
        "width": page.width,
        "height": page.height,
        "lines": [
            {"text": line.text, "box": line.box.to_list(), "score": round(line.score, 4)}
            for line in page.lines
        ],
    }


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench read", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--out", type=Path, required=True, metavar="F.jsonl")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="openvino")
    parser.add_argument("--force-ocr", action="store_true", help="read text layers with OCR too")
    return parser.parse_args(argv)
