"""The process that parses untrusted bytes: `python -m extractors.child REQUEST < FILE`.

It limits itself before it looks at the file: memory, CPU, no written files, few open ones, no
core dump and, where the system allows, no network. It imports only what the file's type needs.

REQUEST is a JSON object: `action` (`inspect` or `render`), `media_type`, `first`, `last` (pages,
from 1) and `limits`. The answer is frames on stdout: two big-endian 32-bit lengths, a JSON header,
a body (rows of pixels, 1 or 3 bytes each). The last frame has `kind` `end` or `error`.
"""

from __future__ import annotations

import ctypes
import json
import os
import resource
import struct
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, BinaryIO

from extractors.limits import Limits
from extractors.sniff import ELECTRONIC
from models.errors import DamagedFile, FileProblem, FileTooComplex, TooManyPages

CLONE_NEWUSER, CLONE_NEWNET = 0x10000000, 0x40000000
TOO_COMPLEX = (
    "Reading the file needs more memory or time than allowed. Print it to a plain PDF or scan it "
    "again at 300 dpi, and upload the new file."
)
DAMAGED = "The file's content is broken. Export or scan it again and upload the new file."


# Writes frames for a request about a file's bytes.
Answer = Callable[[BinaryIO, dict[str, Any], bytes, Limits], None]


@dataclass(frozen=True)
class Frame:
    """One page on its way to the parent.

    `channels` is 1 or 3; `turn` is the EXIF orientation (1..8) that is still to be applied;
    `lines` are native words, `[text, x0, y0, x1, y1]`, page-relative; None when the page has no
    sound text layer.
    """

    number: int
    width: int
    height: int
    channels: int
    pixels: bytes | memoryview
    dpi: float
    turn: int = 1
    lines: list[list[list[Any]]] | None = field(default=None)


def main(argv: list[str], answer: Answer | None = None) -> int:
    """Confine this process, then `answer` the request: by default, `inspect` and `render`."""
    request = json.loads(argv[0])
    limits = Limits(**request["limits"])
    confine(limits)
    out = sys.stdout.buffer
    try:
        data = sys.stdin.buffer.read()
        (answer or _answer)(out, request, data, limits)
    except FileProblem as problem:
        header = {"kind": "error", "code": problem.code, "detail": problem.detail}
        send(out, header)
    except MemoryError:
        send(out, {"kind": "error", "code": FileTooComplex.code, "detail": TOO_COMPLEX})
    except BrokenPipeError:
        return 0  # the parent wants no more
    except Exception as error:  # a parser met something it did not expect: the file's fault
        send(
            out,
            {
                "kind": "error",
                "code": DamagedFile.code,
                "detail": DAMAGED,
                "reason": f"{type(error).__name__}: {error}"[:500],
            },
        )
    return 0


def confine(limits: Limits) -> None:
    """Give up what parsing does not need; irreversible for this process."""
    resource.setrlimit(resource.RLIMIT_AS, (limits.memory_bytes, limits.memory_bytes))
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_NOFILE, (32, 32))
    allow_cpu(limits)
    # Refused inside many containers; the other limits stand.
    ctypes.CDLL(None).unshare(CLONE_NEWUSER | CLONE_NEWNET)


def allow_cpu(limits: Limits) -> None:
    """`cpu_seconds` more from now on; the kernel ends the process after them."""
    used = resource.getrusage(resource.RUSAGE_SELF)
    until = int(used.ru_utime + used.ru_stime) + 1 + limits.cpu_seconds
    resource.setrlimit(resource.RLIMIT_CPU, (until, resource.RLIM_INFINITY))


def send(out: BinaryIO, header: dict[str, Any], body: bytes | memoryview = b"") -> None:
    text = json.dumps(header).encode()
    out.write(struct.pack(">II", len(text), len(body)) + text)
    out.write(body)
    out.flush()


def _answer(out: BinaryIO, request: dict[str, Any], data: bytes, limits: Limits) -> None:
    media_type = request["media_type"]
    if request["action"] == "inspect":
        pages, einvoice, lot = _look(data, media_type, limits)
        if pages > limits.max_pages:
            raise TooManyPages(
                f"The file has {pages if pages < 100_000 else 'very many'} pages, at most "
                f"{limits.max_pages} are allowed. Split it and upload the parts."
            )
        send(out, {"kind": "end", "pages": pages, "einvoice": einvoice, "lot": lot})
        return
    for frame in _pages(data, media_type, request["first"], request["last"], limits):
        header = {
            "kind": "page",
            "number": frame.number,
            "width": frame.width,
            "height": frame.height,
            "channels": frame.channels,
            "dpi": frame.dpi,
            "turn": frame.turn,
            "lines": frame.lines,
        }
        send(out, header, frame.pixels)
        del frame
        allow_cpu(limits)
    send(out, {"kind": "end"})


def _look(
    data: bytes, media_type: str, limits: Limits
) -> tuple[int, dict[str, Any] | None, list[Any]]:
    """Number of pages, the electronic invoice that the file is or holds, and if it holds several
    each with its number of pages (all JSON-ready)."""
    if media_type == "application/pdf":
        from extractors import pdf

        pages = pdf.count(data)
        return pages, _look_inside(pdf.attached_xml(data)), []
    if media_type in ELECTRONIC:
        from extractors.einvoice import paper, read_einvoices

        found = [paper.place(one) for one in read_einvoices(data, media_type, limits.max_invoices)]
        total = sum(pages for _, pages in found)
        if len(found) == 1:
            return total, found[0][0].to_dict(), []
        return total, None, [[placed.to_dict(), pages] for placed, pages in found]
    from extractors import picture

    return picture.count(data, media_type, limits), None, []


def _look_inside(files: list[tuple[str, bytes]]) -> dict[str, Any] | None:
    """The electronic invoice in files attached to a PDF; most have none, and load no reader."""
    if not files:
        return None
    from extractors.einvoice import embedded

    found = embedded.choose(files)
    return found.to_dict() if found else None


def _pages(data: bytes, media_type: str, first: int, last: int, limits: Limits) -> Iterator[Frame]:
    if media_type == "application/pdf":
        from extractors import pdf

        return pdf.frames(data, first, last, limits)
    if media_type in ELECTRONIC:
        from extractors.einvoice import paper, read_einvoices

        invoices = read_einvoices(data, media_type, limits.max_invoices)
        return paper.lot_frames(invoices, first, last)
    from extractors import picture

    return picture.frames(data, media_type, first, last, limits)


if __name__ == "__main__":
    status = main(sys.argv[1:])
    # Skip the interpreter's teardown: PDFium may crash on the way out of a broken file.
    sys.stdout.flush()
    os._exit(status)
