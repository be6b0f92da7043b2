"""The steps: what a worker does with each kind.

A step is claimed, done and finished; what it writes goes into the database in the transaction
that finishes it, and only while its lease stands. Files in S3 have keys made from what they are,
so a step that runs twice writes the same files again.
"""

from __future__ import annotations

import hashlib
import json
import logging
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from functools import partial
from pathlib import Path

from sqlalchemy.exc import OperationalError

from extractors.duplicates import DUPLICATE, business_key, marked_field
from extractors.einvoice.data import EInvoice
from extractors.page import read_page
from extractors.pipeline import extract
from extractors.references import apply_references, lists_of
from extractors.render import inspect, render
from extractors.searchable import make_searchable
from extractors.types import TYPES
from models.batches import get_batch
from models.db import Transaction
from models.doctype import DocumentType
from models.documents import (
    Document,
    PageRow,
    add_page,
    fail_document,
    finish_reading,
    get_document,
    has_paper,
    list_pages,
    list_sheets,
    record_searchable,
    set_status,
    start_learning,
    start_reading,
)
from models.duplicates import note_key
from models.errors import DamagedFile, FileProblem, LeaseLost, NotFound, ScrivanoError
from models.fields import Field, list_fields, replace_fields
from models.ids import new_id
from models.keying import add_tasks, cancel_tasks, quarantine, reopen_fields
from models.opinions import record_opinion
from models.references import load_tables
from models.releases import MEDIA_TYPES, build_files, collect, record_release
from models.steps import (
    ASIDE,
    ENDLESS,
    Lease,
    check_lease,
    claim_step,
    fail_step,
    finish_step,
    give_back_step,
    retry_later,
)
from models.storage import (
    einvoice_key,
    original_key,
    release_key,
    searchable_key,
)
from models.types import types_of
from models.words import Page
from workers.context import Context
from workers.forms import read_zones_of
from workers.lease import keep_lease
from workers.memory import keep_lesson, load_memories, teach
from workers.pages import load_pages, put_page, read_image
from workers.route import (
    add_duplicate,
    add_opinions,
    find_doubts,
    name_duplicate,
    to_readings,
)
from workers.second import get_opinion
from workers.split import split
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
            if lease.kind not in ASIDE:
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
    """Open the file: how many pages there are to read, and whether it is an e-invoice, too."""
    with _original(context, lease.subject) as (path, _media_type):
        info = inspect(path, context.limits)
    if info.einvoice is not None:
        stated = json.dumps(info.einvoice.to_dict(), ensure_ascii=False).encode()
        key = einvoice_key(lease.client_id, lease.subject)
        context.storage.put_bytes(key, stated, "application/json")
    with context.db.write() as session:
        finish_step(session, lease)
        start_reading(session, lease.subject, info.pages)


def _read(context: Context, lease: Lease) -> None:
    """Read a range of pages, one after the other; those that are there already are skipped."""
    first, last = int(lease.data["first"]), int(lease.data["last"])
    with context.db.read() as session:
        known = {page.sheet for page in list_sheets(session, lease.subject)}
    missing = [number for number in range(first, last + 1) if number not in known]
    if missing:
        _read_pages(context, lease, missing)
    with context.db.write() as session:
        finish_step(session, lease)
        finish_reading(session, lease.subject)


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
    put_page(context, client, document, page, image)
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
                blank=page.blank,
                seconds=seconds,
            ),
        )


def _extract(context: Context, lease: Lease) -> None:
    """Find the fields, and send to people what is in doubt."""
    with context.db.read() as session:
        document = get_document(session, lease.subject)
        batch = get_batch(session, document.batch_id)
        types = types_of(session, TYPES, batch)
    pages = load_pages(context, lease.subject)
    einvoice = _get_einvoice(context, lease)
    read_zones = partial(read_zones_of, context, lease.client_id, lease.subject, pages)
    # Its type was found out when its file was divided, or is left to this step.
    known = document.type
    memories = None
    if context.settings.memory:
        with context.db.read(lease.client_id) as session:
            memories = load_memories(session, lease.client_id, pages)
    extraction = extract(
        pages,
        known or batch.document_type,
        types,
        einvoice=einvoice,
        read_zones=read_zones,
        memories=memories,
    )
    doctype = types[extraction.type]
    if lists := lists_of(doctype):
        with context.db.read() as session:
            tables = load_tables(session, lease.client_id, lists)
        extraction = apply_references(extraction, doctype, tables)
    second = get_opinion(context, lease, extraction, doctype, pages)
    readings = add_opinions(to_readings(second.extraction, doctype), second.others)
    header = {reading.name: reading.value for reading in readings if reading.line is None}
    with context.db.write() as session:
        finish_step(session, lease)
        document = get_document(session, lease.subject, lock=True)
        document.type = extraction.type
        if known is None:
            document.type_score = extraction.type_score
        document.language = extraction.language
        cancel_tasks(session, document.id)  # of an earlier run, when the document was retried
        if second.round is not None:
            record_opinion(session, lease.client_id, document.id, second.round)
        if earlier := note_key(session, document, business_key(doctype, header)):
            readings = add_duplicate(readings, doctype, earlier)
        fields = replace_fields(session, document, readings)
        doubts = [
            (field, reading.doubts)
            for field, reading in zip(fields, readings, strict=True)
            if reading.doubts
        ]
        add_tasks(session, document, doubts)
        set_status(session, document, "keying" if doubts else "final")
        if not doubts:
            _start_learning(context, session, document)


def _start_learning(context: Context, session: Transaction, document: Document) -> None:
    if context.settings.memory and has_paper(document):
        start_learning(session, document)


def _get_einvoice(context: Context, lease: Lease) -> EInvoice | None:
    """What the document's electronic invoice states; None for plain paper."""
    try:
        stated = context.storage.get_bytes(einvoice_key(lease.client_id, lease.subject))
    except NotFound:
        return None
    return EInvoice.from_dict(json.loads(stated))


def _settle(context: Context, lease: Lease) -> None:
    """All keys of a document are in: if a rule fails, people see what the machine had accepted
    of it; when they have seen all of it, the paper itself says so, and the release notes it. So
    it does when the keyed values show that the paper came before."""
    einvoice = _get_einvoice(context, lease)
    with context.db.write() as session:
        finish_step(session, lease)
        document = get_document(session, lease.subject, lock=True)
        if document.status != "keying" or document.type is None:
            return
        fields = list_fields(session, document.id)
        adjustment = einvoice.adjustment if einvoice else "0"
        doctype = types_of(session, TYPES, get_batch(session, document.batch_id))[document.type]
        doubts = find_doubts(doctype, fields, adjustment)
        unseen = {
            field.id: doubts[field.id]
            for field in fields
            if field.id in doubts and field.source == "machine" and field.status == "final"
        }
        for field_id, doubt, is_new in _find_duplicate(session, document, doctype, fields):
            if is_new:
                unseen[field_id] = (*unseen.get(field_id, ()), doubt)
            else:
                doubts[field_id] = (*doubts.get(field_id, ()), DUPLICATE)
        if unseen:
            again = [(field, unseen[field.id]) for field in fields if field.id in unseen]
            reopen_fields(session, document, again)
            return
        for field in fields:
            if field.id in doubts:
                field.checks = sorted({*field.checks, *doubts[field.id]})
        set_status(session, document, "final")
        _start_learning(context, session, document)


def _find_duplicate(
    session: Transaction, document: Document, doctype: DocumentType, fields: Sequence[Field]
) -> list[tuple[str, str, bool]]:
    """The field to ask about when the document came before, the doubt, and whether that is news:
    at most one."""
    before = document.business_key, document.duplicate_of
    header = {field.name: field for field in fields if field.line is None}
    values = {name: field.value for name, field in header.items()}
    earlier = note_key(session, document, business_key(doctype, values))
    marked = header.get(marked_field(doctype) or "")
    if earlier is None or marked is None:
        return []
    is_new = (document.business_key, document.duplicate_of) != before
    return [(marked.id, name_duplicate(earlier), is_new)]


def _learn(context: Context, lease: Lease) -> None:
    """Remember where the values of a final document stand: nothing waits for it."""
    with context.db.read() as session:
        document = get_document(session, lease.subject)
        fields = list_fields(session, document.id)
        types = types_of(session, TYPES, get_batch(session, document.batch_id))
    doctype = types.get(document.type or "")
    if document.status != "final" or doctype is None:
        with context.db.write() as session:
            finish_step(session, lease)
        return
    taught = teach(load_pages(context, lease.subject), doctype, fields, document.language)
    with context.db.write() as session:
        finish_step(session, lease)
        keep_lesson(session, lease.client_id, document.id, taught)


def _release(context: Context, lease: Lease) -> None:
    """Write the files of the release, then the row that makes it known."""
    at = str(lease.data["at"])
    with context.db.read() as session:
        data = collect(session, lease.subject)
        types = types_of(session, TYPES, get_batch(session, lease.subject))
    files = build_files(data, lease.part, at, types)
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


def _archive(context: Context, lease: Lease) -> None:
    """Make the searchable PDF: nothing waits for it."""
    with (
        _paper(context, lease.subject) as (path, media_type, pages, kept),
        tempfile.NamedTemporaryFile(dir=context.spool, prefix="searchable-") as file,
    ):
        target = Path(file.name)
        standard = make_searchable(path, media_type, pages, target, context.limits, kept)
        with target.open("rb") as made:
            sha256, size = hashlib.file_digest(made, "sha256").hexdigest(), made.tell()
            made.seek(0)
            key = searchable_key(lease.client_id, lease.subject)
            context.storage.put_stream(key, made, size, sha256, "application/pdf")
    with context.db.write() as session:
        finish_step(session, lease)
        record_searchable(session, lease.subject, sha256, size, standard)


STEPS = {
    "inspect": _inspect,
    "read": _read,
    "split": split,
    "extract": _extract,
    "settle": _settle,
    "release": _release,
    "archive": _archive,
    "learn": _learn,
}


@contextmanager
def _paper(
    context: Context, document_id: str
) -> Iterator[tuple[Path, str, list[Page], list[int] | None]]:
    """The file with a document's pages, its media type, the pages as they were read, numbered as
    in the file, and which of it are the document's (None: all)."""
    with context.db.read() as session:
        document = get_document(session, document_id)
        rows = list_pages(session, document_id)
    if document.region is not None:  # its paper is the image that was cut out
        with tempfile.NamedTemporaryFile(dir=context.spool, prefix="cut-") as file:
            file.write(read_image(context, rows[0]))
            file.flush()
            pages = load_pages(context, document_id)
            upright = [replace(page, rotation=0, skew=0.0) for page in pages]
            yield Path(file.name), "image/jpeg", upright, None
        return
    pages = load_pages(context, document_id, lambda row: row.sheet)
    kept = [row.sheet for row in rows] if document.origin_id else None
    with _original(context, document_id) as (path, media_type):
        yield path, media_type, pages, kept


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
