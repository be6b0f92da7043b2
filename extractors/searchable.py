"""A searchable PDF of a document: its own pages, with the words that were read under them."""

from __future__ import annotations

import json
import struct
import tempfile
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import IO

from extractors.child import DAMAGED
from extractors.limits import DEFAULT, Limits
from extractors.render import receive, run_child
from models.errors import DamagedFile
from models.words import Page

COPY = 1 << 20
# Of the original's size and some for the least of files: more comes only from a parser that was
# taken over.
MOST, AND = 4, 32 << 20


def make_searchable(
    path: Path,
    media_type: str,
    pages: Sequence[Page],
    target: Path,
    limits: Limits = DEFAULT,
    kept: Sequence[int] | None = None,
) -> str | None:
    """Write a PDF of the file at `path` to `target`: the standard it conforms to, None when it is
    no PDF/A.

    Pages that were read as images get their words as invisible text, where the original shows
    them; pages whose text came with the file stay as they are. `kept` are the numbers of the file's
    pages that are to be in it, None for all. The same input gives the same bytes. Raises subclasses
    of FileProblem.
    """
    wanted = list(kept) if kept is not None else None
    request = json.dumps({"media_type": media_type, "limits": asdict(limits), "kept": wanted})
    with tempfile.NamedTemporaryFile(dir=target.parent, prefix="archive-") as bundle:
        _write(bundle, path, pages)
        most = MOST * path.stat().st_size + AND
        with (
            run_child(Path(bundle.name), request, "extractors.archive") as child,
            target.open("wb") as out,
        ):
            while True:
                header, body = receive(child, limits)
                if header["kind"] == "end":
                    standard = header.get("standard")
                    return str(standard) if standard else None
                out.write(body)
                if out.tell() > most:
                    raise DamagedFile(DAMAGED, reason="the parser's answer makes no sense")


def _write(bundle: IO[bytes], path: Path, pages: Sequence[Page]) -> None:
    words = json.dumps([page.to_dict() for page in pages]).encode()
    bundle.write(struct.pack(">Q", len(words)) + words)
    with path.open("rb") as file:
        while piece := file.read(COPY):
            bundle.write(piece)
    bundle.flush()
