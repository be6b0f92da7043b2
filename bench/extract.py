"""`python -m bench extract --type NAME|detect FILE… --out F.jsonl`: fields, a JSON line a file.

A line is `{"file", "seconds", "type", "fields": {name: {"value", "raw", "score", "page", "box"}},
"lines": [{name: {…}} …]}` with normalised values (ISO dates, "1234.50", "IT01234567890"), pages
from 1 and boxes `[x0, y0, x1, y1]` from 0 to 1 of the upright page. A field without a value is left
out. An electronic invoice that the file is or holds is used, unless --no-xml says that only the
page counts. A file that cannot be read has no fields and an `"error": {"code", "detail"}`; the run
goes on.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
import time
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any

from extractors.limits import DEFAULT
from extractors.ocr import ENGINES, Engine
from extractors.page import read_page
from extractors.pipeline import extract
from extractors.render import inspect, render
from extractors.types import TYPES
from extractors.values import Extraction, FieldValue
from models.doctype import DETECT
from models.errors import FileProblem
from models.words import Page


def main(argv: Sequence[str]) -> int:
    """0 when every file has its line, whatever became of it; 2 for wrong usage."""
    options = _parse(argv)
    engine = cache(ENGINES[options.engine])  # loaded when the first page needs it
    with options.out.open("w", encoding="utf-8") as out:
        for number, path in enumerate(options.files, start=1):
            line = extract_file(
                path,
                options.type,
                engine,
                cached=options.cache,
                name=options.engine,
                force_ocr=options.force_ocr,
                use_xml=not options.no_xml,
            )
            out.write(json.dumps(line, ensure_ascii=False) + "\n")
            out.flush()
            said = line["error"]["code"] if "error" in line else f"{len(line['fields'])} fields"
            print(
                f"{number}/{len(options.files)} {path}: {said}, {line['seconds']:.2f} s",
                file=sys.stderr,
            )
    return 0


def extract_file(
    path: Path,
    doctype: str,
    engine: Callable[[], Engine],
    *,
    cached: Path | None = None,
    name: str = "",
    force_ocr: bool = False,
    use_xml: bool = True,
) -> dict[str, Any]:
    """The output line of one file; without `use_xml` an electronic invoice in it is ignored.

    `name` is the engine's (see `read_pages`).
    """
    start = time.perf_counter()
    line: dict[str, Any] = {
        "file": str(path), "seconds": 0.0, "type": None, "fields": {}, "lines": [],
    }  # fmt: skip
    try:
        pages = read_pages(path, engine, cached, name=name, force_ocr=force_ocr)
        einvoice = inspect(path).einvoice if use_xml else None
        line |= to_dict(extract(pages, doctype, einvoice=einvoice))
    except FileProblem as problem:
        line["error"] = {"code": problem.code, "detail": problem.detail}
    except OSError as error:
        line["error"] = {"code": "not_found", "detail": f"{path}: {error.strerror}"}
    line["seconds"] = round(time.perf_counter() - start, 3)
    return line


def to_dict(found: Extraction) -> dict[str, Any]:
    """The JSON shape of an extraction; fields without a value are left out."""
    return {
        "type": found.type,
        "fields": {n: _value(v) for n, v in found.fields.items() if v.value is not None},
        "lines": [
            {n: _value(v) for n, v in line.items() if v.value is not None} for line in found.lines
        ],
    }


def _value(found: FieldValue) -> dict[str, Any]:
    return {
        "value": found.value,
        "raw": found.raw,
        "score": found.score,
        "page": found.page,
        "box": found.box.to_list() if found.box else None,
    }


def read_pages(
    path: Path,
    engine: Callable[[], Engine],
    cached: Path | None,
    *,
    name: str = "",
    force_ocr: bool = False,
) -> list[Page]:
    """The read pages of a file; `cached` is a folder that keeps them by the file's hash.

    `name` is the engine's: what one engine read is not taken for another's. Pages that were kept
    before engines were named are taken as they are.
    """
    kept = None
    if cached is not None:
        digest = hashlib.sha256(path.read_bytes()).hexdigest()
        how = "-ocr" if force_ocr else ""
        kept = cached / f"{digest}{'-' if name else ''}{name}{how}.json"
        for known in (kept, cached / f"{digest}{how}.json"):
            if known.exists():
                return [Page.from_dict(page) for page in json.loads(known.read_text("utf-8"))]
    info = inspect(path)
    raws = render(path, info.media_type, 1, info.pages, DEFAULT)
    pages = [read_page(raw, engine(), force_ocr=force_ocr).page for raw in raws]
    if kept is not None:
        kept.parent.mkdir(parents=True, exist_ok=True)
        kept.write_text(json.dumps([page.to_dict() for page in pages]), "utf-8")
    return pages


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench extract", description=__doc__)
    parser.add_argument("files", nargs="+", type=Path, metavar="FILE")
    parser.add_argument("--type", choices=[DETECT, *sorted(TYPES)], default=DETECT)
    parser.add_argument("--out", type=Path, required=True, metavar="F.jsonl")
    parser.add_argument("--engine", choices=sorted(ENGINES), default="openvino")
    parser.add_argument("--force-ocr", action="store_true", help="read text layers with OCR too")
    parser.add_argument(
        "--no-xml", action="store_true", help="read the page only, not an electronic invoice in it"
    )
    parser.add_argument("--cache", type=Path, metavar="DIR", help="keep read pages here")
    return parser.parse_args(argv)
