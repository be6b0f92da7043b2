"""The steps: what a worker does with each kind.

A step is claimed, done and finished; what it writes goes into the database in the transaction
that finishes it, and only while its lease stands. Files in S3 have keys made from what they are,
so a step that runs twice writes the same files again.
"""

from __future__ import annotations

import json
import logging
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path

from sqlalchemy.exc import OperationalError

from extractors.page import read_page
from extractors.pipeline import extract
from extractors.render import inspect, render
from extractors.types import TYPES
from models.batches import get_batch
from models.documents import (
    PageRow,
    add_page,
    fail_document,
    get_document,
    list_pages,
    set_status,
    start_extracting,
    start_reading,
)
from models.errors import DamagedFile, FileProblem, LeaseLost, ScrivanoError
from models.fields import list_fields, replace_fields
from models.ids import new_id
from models.keying import add_tasks, cancel_tasks, quarantine, reopen_fields
from models.releases import MEDIA_TYPES, build_files, collect, record_release
from models.steps import (
    ENDLESS,
    Lease,
    check_lease,
    claim_step,
    fail_step,
    finish_step,
    give_back_step,
    retry_later,
)
from models.storage import original_key, page_image_key, page_words_key, release_key
from models.words import Page
from workers.context import Context
from workers.lease import keep_lease
from workers.route import find_doubts, to_readings
from workers.stop import Stopped, interruptible

log = logging.getLogger("scrivano.worker")
_context: Context | None = None


def set_context(context: Context) -> None:
    """Give this process its connections and engine: before the first step."""
    global _context
    _context = context


def run_step(step_id: str, attempt: int) -> None:
    """Do one step, if it is still to be had: the function that the queue calls."""
    assert _context is not None, "set_context() comes first"
    context = _context
    with context.db.write() as session:
        lease = claim_step(session, step_id, attempt, context.name, context.settings.lease_seconds)
    if lease is None:
        log.info("step %s attempt %d is not to be had any more", step_id, attempt)
        return
    started = time.monotonic()
    try:
        with keep_lease(context.db, lease, context.settings.lease_seconds), interruptible():
            _do(context, lease)
    except Stopped:
        with context.db.write() as session:
            give_back_step(session, lease)
        log.info("%s of %s given back: this worker stops", lease.kind, lease.subject)
        return
    except LeaseLost:
        log.warning("%s of %s: lease lost, left to its new owner", lease.kind, lease.subject)
        return
    log.info("%s %s %.2f s", lease.kind, lease.subject, time.monotonic() - started)


def _do(context: Context, lease: Lease) -> None:
    """The step's work; a fault ends it, or gives it back for later."""
    try:
        STEPS[lease.kind](context, lease)
    except LeaseLost:
        raise
    except FileProblem as error:
        log.info("%s %s: %s", lease.kind, lease.subject, error.code)
        with context.db.write() as session:
            fail_step(session, lease, error.detail)
            fail_document(session, lease.subject, error.code, error.detail)
    except (ScrivanoError, OperationalError, OSError) as error:
        # A part is away or misconfigured: no fault of this document.
        log.warning("%s %s: %s, again later", lease.kind, lease.subject, error)
        _give_back(context, lease, error, outage=True)
    except Exception as error:
        log.exception("%s %s failed", lease.kind, lease.subject)
        _give_back(context, lease, error, outage=lease.kind in ENDLESS)


def _give_back(context: Context, lease: Lease, error: Exception, *, outage: bool) -> None:
    text = f"{type(error).__name__}: {error}"[:1000]
    with context.db.write() as session:
        if not retry_later(session, lease, text, outage=outage):
            quarantine(session, lease.subject, text)


# -- the kinds ----------------------------------------------------------------------------------


def _inspect(context: Context, lease: Lease) -> None:
    """Open the file and see how many pages there are to read."""
    with _original(context, lease.subject) as (path, _media_type):
        info = inspect(path, context.limits)
    with context.db.write() as session:
        finish_step(session, lease)
        start_reading(session, lease.subject, info.pages)


def _read(context: Context, lease: Lease) -> None:
    """Read a range of pages, one after the other; those that are there already are skipped."""
    first, last = int(lease.data["first"]), int(lease.data["last"])
    with context.db.read() as session:
        known = {page.number for page in list_pages(session, lease.subject)}
    missing = [number for number in range(first, last + 1) if number not in known]
    if missing:
        _read_pages(context, lease, missing)
    with context.db.write() as session:
        finish_step(session, lease)
        start_extracting(session, lease.subject)


def _read_pages(context: Context, lease: Lease, numbers: list[int]) -> None:
    missing = set(numbers)
    with _original(context, lease.subject) as (path, media_type):
        started = time.monotonic()
        for raw in render(path, media_type, numbers[0], numbers[-1], context.limits):
            if raw.number not in missing:
                continue
            missing.remove(raw.number)
            result = read_page(raw, context.engine)
            _store_page(context, lease, result.page, result.image, time.monotonic() - started)
            started = time.monotonic()
    if missing:
        raise DamagedFile(
            f"Page {min(missing)} is not in the file: export it again and upload the new file.",
            page=min(missing),
        )


def _store_page(context: Context, lease: Lease, page: Page, image: bytes, seconds: float) -> None:
    """First the files, then the row that says they are there."""
    client, document = lease.client_id, lease.subject
    words = json.dumps(page.to_dict(), ensure_ascii=False).encode()
    context.storage.put_bytes(page_image_key(client, document, page.number), image, "image/jpeg")
    context.storage.put_bytes(
        page_words_key(client, document, page.number), words, "application/json"
    )
    with context.db.write() as session:
        check_lease(session, lease)
        add_page(
            session,
            PageRow(
                id=new_id("pag"),
                client_id=client,
                document_id=document,
                number=page.number,
                width=page.width,
                height=page.height,
                source=page.source,
                rotation=page.rotation,
                skew=page.skew,
                seconds=seconds,
            ),
        )


def _extract(context: Context, lease: Lease) -> None:
    """Find the fields, and send to people what is in doubt."""
    with context.db.read() as session:
        document = get_document(session, lease.subject)
        wanted = get_batch(session, document.batch_id).document_type
        numbers = [page.number for page in list_pages(session, lease.subject)]
    pages = [
        Page.from_dict(
            json.loads(
                context.storage.get_bytes(page_words_key(lease.client_id, lease.subject, number))
            )
        )
        for number in numbers
    ]
    extraction = extract(pages, wanted)
    readings = to_readings(extraction, TYPES[extraction.type])
    with context.db.write() as session:
        finish_step(session, lease)
        document = get_document(session, lease.subject, lock=True)
        document.type, document.type_score = extraction.type, extraction.type_score
        document.language = extraction.language
        cancel_tasks(session, document.id)  # of an earlier run, when the document was retried
        fields = replace_fields(session, document, readings)
        doubts = [
            (field, reading.doubts)
            for field, reading in zip(fields, readings, strict=True)
            if reading.doubts
        ]
        add_tasks(session, document, doubts)
        set_status(session, document, "keying" if doubts else "final")


def _settle(context: Context, lease: Lease) -> None:
    """All keys of a document are in: if a rule fails, people see what the machine had accepted
    of it; when they have seen all of it, the paper itself says so, and the release notes it."""
    with context.db.write() as session:
        finish_step(session, lease)
        document = get_document(session, lease.subject, lock=True)
        if document.status != "keying" or document.type is None:
            return
        fields = list_fields(session, document.id)
        doubts = find_doubts(TYPES[document.type], fields)
        unseen = [
            (field, doubts[field.id])
            for field in fields
            if field.id in doubts and field.source == "machine" and field.status == "final"
        ]
        if unseen:
            reopen_fields(session, document, unseen)
            return
        for field in fields:
            if field.id in doubts:
                field.checks = sorted({*field.checks, *doubts[field.id]})
        set_status(session, document, "final")


def _release(context: Context, lease: Lease) -> None:
    """Write the files of the release, then the row that makes it known."""
    at = str(lease.data["at"])
    with context.db.read() as session:
        data = collect(session, lease.subject)
    files = build_files(data, lease.part, at)
    for name, content in files.items():
        key = release_key(lease.client_id, lease.subject, lease.part, name)
        context.storage.put_bytes(key, content, MEDIA_TYPES[name])
    with context.db.write() as session:
        finish_step(session, lease)
        record_release(
            session,
            lease.subject,
            lease.part,
            files["manifest.json"],
            datetime.fromisoformat(at),
        )


STEPS = {
    "inspect": _inspect,
    "read": _read,
    "extract": _extract,
    "settle": _settle,
    "release": _release,
}


@contextmanager
def _original(context: Context, document_id: str) -> Iterator[tuple[Path, str]]:
    """The document's uploaded file on local disk, and its media type."""
    with context.db.read() as session:
        document = get_document(session, document_id)
        key = original_key(document.client_id, document.sha256)
        media_type = document.media_type
    with tempfile.NamedTemporaryFile(dir=context.spool, prefix="original-") as file:
        for chunk in context.storage.open_stream(key):
            file.write(chunk)
        file.flush()
        yield Path(file.name), media_type
