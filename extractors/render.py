"""Pages of an untrusted file as images, parsed in a limited child process."""

from __future__ import annotations

import json
import os
import select
import signal
import struct
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors.child import DAMAGED, TOO_COMPLEX
from extractors.einvoice.data import EInvoice
from extractors.einvoice.lot import Lot
from extractors.limits import DEFAULT, Limits
from extractors.native import FEW_CHARS
from extractors.order import arrange
from extractors.sniff import HEAD_BYTES, sniff
from models.errors import DamagedFile, FileProblem, FileTooComplex
from models.words import Box, Line, Page, Word

__all__ = ["FileInfo", "RawPage", "inspect", "render", "sniff"]

ROOT = Path(__file__).resolve().parents[1]
MAX_HEADER = 64 * 1024 * 1024  # a page of text is far below; a hostile child could claim more
PROBLEMS = {
    kind.code: kind
    for direct in FileProblem.__subclasses__()
    for kind in (direct, *direct.__subclasses__())
}
# How PDFium and libheif end when an allocation fails: a trap or an abort, not an error.
OUT_OF_MEMORY = {signal.SIGABRT, signal.SIGTRAP, signal.SIGILL}


@dataclass(frozen=True, slots=True)
class FileInfo:
    """`einvoice` is the electronic invoice that the file is or holds, None for plain paper.

    A file with several has them in `lot`.
    """

    media_type: str
    pages: int
    einvoice: EInvoice | None = None
    lot: Lot | None = None


@dataclass(frozen=True, slots=True, eq=False)
class RawPage:
    """One page as the file has it, before it is made upright.

    `image` is RGB, height x width x 3; `dpi` is 0 when unknown; `native` is the page read from
    its text layer, None when it has none that is sound.
    """

    number: int
    image: NDArray[np.uint8]
    dpi: float
    native: Page | None


def inspect(path: Path, limits: Limits = DEFAULT) -> FileInfo:
    """Type and number of pages; a subclass of FileProblem when the file cannot be taken.

    Opens the file but decodes no page: damage inside a page shows in `render`.
    """
    with path.open("rb") as file:
        media_type = sniff(file.read(HEAD_BYTES))
    with run_child(path, _request("inspect", media_type, 1, 1, limits)) as child:
        header, _ = receive(child, limits)
    try:
        einvoice = EInvoice.from_dict(header["einvoice"]) if header["einvoice"] else None
        lot = Lot.from_dict(header) if header["lot"] else None
        return FileInfo(media_type, int(header["pages"]), einvoice, lot)
    except (KeyError, TypeError, ValueError, IndexError) as error:  # the child was taken over
        raise DamagedFile(DAMAGED, reason="the parser's answer makes no sense") from error


def render(
    path: Path, media_type: str, first: int, last: int, limits: Limits = DEFAULT
) -> Iterator[RawPage]:
    """Pages `first`..`last`, counted from 1; raises subclasses of FileProblem.

    Pages after the file's last one are left out. Closing the iterator ends the child.
    """
    with run_child(path, _request("render", media_type, first, last, limits)) as child:
        while True:
            header, body = receive(child, limits)
            if header["kind"] != "page":
                return
            try:
                page = _raw_page(header, body)
            except (KeyError, TypeError, ValueError) as error:  # the child was taken over
                raise DamagedFile(DAMAGED, reason="the parser's answer makes no sense") from error
            yield page


def _request(action: str, media_type: str, first: int, last: int, limits: Limits) -> str:
    return json.dumps(
        {
            "action": action,
            "media_type": media_type,
            "first": first,
            "last": last,
            "limits": asdict(limits),
        }
    )


@contextmanager
def run_child(
    path: Path, request: str, module: str = "extractors.child"
) -> Iterator[subprocess.Popen[bytes]]:
    """The parsing process with the file as its input; always ended on the way out."""
    environment = {
        "PYTHONPATH": str(ROOT),
        "PYTHONDONTWRITEBYTECODE": "1",
        "PYTHONUTF8": "1",
        "OMP_NUM_THREADS": "1",
    }
    with path.open("rb") as file:
        child = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", module, request],
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=environment,
            cwd="/",
        )
    try:
        yield child
    finally:
        child.kill()
        if child.stdout:
            child.stdout.close()
        child.wait()


def receive(child: subprocess.Popen[bytes], limits: Limits) -> tuple[dict[str, Any], bytearray]:
    """The next frame; raises what the child reports or how it ended."""
    deadline = time.monotonic() + limits.wall_seconds
    header_size, body_size = struct.unpack(">II", _read(child, 8, deadline))
    if header_size > MAX_HEADER or body_size > 3 * limits.output_pixels:
        raise DamagedFile(DAMAGED)
    try:
        header: dict[str, Any] = json.loads(_read(child, header_size, deadline))
        kind = header["kind"]
    except (KeyError, TypeError, ValueError) as error:
        raise DamagedFile(DAMAGED, reason="the parser's answer makes no sense") from error
    body = _read(child, body_size, deadline)
    if kind == "error":
        extra = {"reason": header["reason"]} if "reason" in header else {}
        raise PROBLEMS.get(header["code"], DamagedFile)(header["detail"], **extra)
    return header, body


def _read(child: subprocess.Popen[bytes], size: int, deadline: float) -> bytearray:
    assert child.stdout is not None
    handle = child.stdout.fileno()
    data = bytearray(size)
    view, got = memoryview(data), 0
    while got < size:
        left = deadline - time.monotonic()
        if left <= 0 or not select.select([handle], [], [], left)[0]:
            raise FileTooComplex(TOO_COMPLEX)
        count = os.readv(handle, [view[got:]])
        if count == 0:
            raise _ended(child)
        got += count
    return data


def _ended(child: subprocess.Popen[bytes]) -> FileProblem:
    """Why the child stopped without a word."""
    status = child.wait(timeout=10)
    reason = f"parser ended with status {status}"
    if -status in {signal.SIGXCPU, signal.SIGKILL, *OUT_OF_MEMORY} or status == 1:
        return FileTooComplex(TOO_COMPLEX, reason=reason)
    return DamagedFile(DAMAGED, reason=reason)


def _raw_page(header: dict[str, Any], body: bytearray) -> RawPage:
    height, width, channels = header["height"], header["width"], header["channels"]
    if channels not in (1, 3) or len(body) != height * width * channels:
        raise DamagedFile(DAMAGED)
    image = np.frombuffer(body, np.uint8).reshape(height, width, channels)
    if channels == 1:
        image = np.repeat(image, 3, axis=2)
    image = _turned(image, header["turn"])
    native = _native(header) if header["lines"] else None
    if native is not None and not accounts_for(native, image):
        native = None
    return RawPage(header["number"], image, float(header["dpi"]), native)


def accounts_for(page: Page, image: NDArray[np.uint8]) -> bool:
    """Whether a text layer of few characters is where most of the page's ink is.

    Else the page's content is a drawing or picture of text, with a stamp or number typed over.
    """
    if sum(len(line.text) for line in page.lines) >= FEW_CHARS:
        return True
    ink = image[::2, ::2].min(axis=2) < 160
    inside = np.zeros_like(ink)
    height, width = ink.shape
    for box in (line.box for line in page.lines):
        rows = slice(int(box.y0 * height), int(box.y1 * height) + 1)
        inside[rows, int(box.x0 * width) : int(box.x1 * width) + 1] = True
    within = int(ink[inside].sum())
    return int(ink.sum()) - within <= 2 * within


def _turned(image: NDArray[np.uint8], orientation: int) -> NDArray[np.uint8]:
    """The image as it should be seen, from its EXIF orientation (1..8)."""
    if orientation in (5, 6, 7, 8):
        image = image.transpose(1, 0, 2)
    if orientation in (2, 3, 6, 7):
        image = image[:, ::-1]
    if orientation in (3, 4, 7, 8):
        image = image[::-1]
    return np.ascontiguousarray(image)


def _native(header: dict[str, Any]) -> Page:
    lines = [Line.of(_word(*word) for word in words) for words in header["lines"]]
    return Page(
        number=header["number"],
        width=header["width"],
        height=header["height"],
        lines=tuple(arrange(lines)),
        source="native",
    )


def _word(text: str, x0: float, y0: float, x1: float, y1: float) -> Word:
    if not (0 <= x0 <= x1 <= 1 and 0 <= y0 <= y1 <= 1):
        raise ValueError("a box outside the page")
    return Word(str(text), Box(x0, y0, x1, y1), 1.0)
