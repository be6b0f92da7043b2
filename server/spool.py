"""Taking in files: from the request to disk, counted, hashed and looked at on the way.

Nothing is held in memory, and a body that is too large is refused while it comes, whatever its
Content-Length says.
"""

from __future__ import annotations

import hashlib
import shutil
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import BinaryIO

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from extractors.sniff import HEAD_BYTES, sniff
from models.errors import FileProblem, FileTooLarge, InvalidRequest, RequestTooLarge
from models.settings import Settings
from server.files import clean_name

PART = "file"
MAX_FILES = 100
MAX_FIELDS_BYTES = 64 * 1024
# All files of one request together, in files of the largest size.
MAX_LARGEST = 4
OLD_SECONDS = 24 * 3600


@dataclass(frozen=True, slots=True)
class Spooled:
    """A file on disk for as long as its request lasts; `media_type` from its first bytes."""

    path: Path
    filename: str
    sha256: str
    size: int
    media_type: str


def prepare_spool(settings: Settings) -> Path:
    """The folder for files under way; what a killed process left there is removed."""
    folder = settings.data_dir / "spool"
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder.chmod(0o700)
    for left in folder.iterdir():
        if left.stat().st_mtime < time.time() - OLD_SECONDS:
            shutil.rmtree(left, ignore_errors=True)
    return folder


@asynccontextmanager
async def spool_files(
    request: Request, settings: Settings, filename: str | None
) -> AsyncIterator[list[Spooled]]:
    """The files of a request: the parts of a form, or its whole body as one called `filename`.

    They are gone when the block ends, however it ends.
    """
    folder = Path(await run_in_threadpool(tempfile.mkdtemp, dir=settings.data_dir / "spool"))
    try:
        kind, options = parse_options_header(request.headers.get("content-type"))
        intake = Intake(folder, settings.max_file_bytes)
        if kind == b"multipart/form-data":
            await _read_form(request, intake, options.get(b"boundary"))
        else:
            await _read_body(request, intake, filename or "")
        yield intake.files
    finally:
        await run_in_threadpool(shutil.rmtree, folder, ignore_errors=True)


@dataclass
class Intake:
    """Writes one file after the other into `folder`."""

    folder: Path
    max_bytes: int
    files: list[Spooled] = field(default_factory=list)
    total: int = 0
    _file: OpenFile | None = None

    def start(self, filename: str) -> None:
        if len(self.files) >= MAX_FILES:
            raise RequestTooLarge(f"At most {MAX_FILES} files fit in one request: send several.")
        path = self.folder / str(len(self.files))
        self._file = OpenFile(path, clean_name(filename), self.max_bytes, path.open("wb"))

    def write(self, data: bytes) -> None:
        assert self._file is not None
        self.total += len(data)
        if self.total > MAX_LARGEST * self.max_bytes:
            raise RequestTooLarge("These files are too much for one request: send several.")
        self._file.write(data)

    def finish(self) -> None:
        assert self._file is not None
        self.files.append(self._file.finish())
        self._file = None

    def close(self) -> None:
        if self._file is not None:
            self._file.file.close()


@dataclass
class OpenFile:
    """A file that is being written."""

    path: Path
    filename: str
    max_bytes: int
    file: BinaryIO
    size: int = 0
    head: bytes = b""
    media_type: str | None = None

    def __post_init__(self) -> None:
        self.hash = hashlib.sha256()

    def write(self, data: bytes) -> None:
        """FileTooLarge and UnsupportedType as soon as they are certain."""
        self.size += len(data)
        if self.size > self.max_bytes:
            raise FileTooLarge(
                f"A file may have at most {_megabytes(self.max_bytes)}: scan at 200-300 dpi, "
                "or split it and upload the parts.",
                filename=self.filename,
            )
        if self.media_type is None:
            self.head += data[: HEAD_BYTES - len(self.head)]
            if len(self.head) == HEAD_BYTES:
                self._sniff()
        self.hash.update(data)
        self.file.write(data)

    def finish(self) -> Spooled:
        self.file.close()
        media_type = self.media_type or self._sniff()
        return Spooled(self.path, self.filename, self.hash.hexdigest(), self.size, media_type)

    def _sniff(self) -> str:
        with naming(self.filename):
            self.media_type = sniff(self.head)
        return self.media_type


@contextmanager
def naming(filename: str) -> Iterator[None]:
    """Say in a file's problem which file it is."""
    try:
        yield
    except FileProblem as problem:
        problem.extra["filename"] = filename
        raise


def _megabytes(size: int) -> str:
    return f"{size / 2**20:.0f} MB" if size >= 2**20 else f"{size} bytes"


async def _read_body(request: Request, intake: Intake, filename: str) -> None:
    intake.start(filename)
    try:
        async for chunk in request.stream():
            intake.write(chunk)
    finally:
        intake.close()
    intake.finish()


async def _read_form(request: Request, intake: Intake, boundary: bytes | None) -> None:
    if not boundary:
        raise InvalidRequest("The Content-Type of this form lacks its boundary.")
    form = Form(intake)
    try:
        parser = MultipartParser(
            boundary,
            {
                "on_part_begin": form.begin,
                "on_header_field": form.add_name,
                "on_header_value": form.add_value,
                "on_header_end": form.end_header,
                "on_headers_finished": form.end_headers,
                "on_part_data": form.add_data,
                "on_part_end": form.end,
                "on_end": form.end_all,
            },
        )
        async for chunk in request.stream():
            parser.write(chunk)
    except FormParserError as error:
        raise InvalidRequest("The form in this request is malformed.") from error
    finally:
        intake.close()
    if not form.complete:
        raise InvalidRequest("The form in this request ends too early: send it again.")
    if not intake.files:
        raise InvalidRequest(f"The form has no file: send at least one part called `{PART}`.")


class Form:
    """What the parser tells of a form's parts: those called `file` go to the intake."""

    def __init__(self, intake: Intake) -> None:
        self.intake = intake
        self.complete = False
        self._left = MAX_FIELDS_BYTES
        self.begin()

    def begin(self) -> None:
        self._is_file = False
        self._name = self._value = self._disposition = b""

    def add_name(self, data: bytes, start: int, end: int) -> None:
        self._name += data[start:end]

    def add_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def end_header(self) -> None:
        if self._name.lower() == b"content-disposition":
            self._disposition = self._value
        self._name = self._value = b""

    def end_headers(self) -> None:
        _, options = parse_options_header(self._disposition)
        self._is_file = options.get(b"name") == PART.encode()
        if self._is_file:
            self.intake.start(_decode(options.get(b"filename", b"")))
        elif b"filename" in options:
            raise InvalidRequest(f"Files come in parts called `{PART}`, not in others.")

    def add_data(self, data: bytes, start: int, end: int) -> None:
        if self._is_file:
            self.intake.write(data[start:end])
            return
        self._left -= end - start
        if self._left < 0:
            raise RequestTooLarge(f"Only parts called `{PART}` may be large.")

    def end(self) -> None:
        if self._is_file:
            self.intake.finish()

    def end_all(self) -> None:
        self.complete = True


def _decode(name: bytes) -> str:
    # Browsers write a quotation mark as %22 and nothing else in this way.
    name = name.replace(b"%22", b'"')
    try:
        return name.decode()
    except UnicodeDecodeError:
        return name.decode("latin-1")
