"""Originals, documents and pages.

An original is the uploaded bytes, stored once by their SHA-256 for each client. A document is one
logical paper in it. What a batch may do next depends on its documents, so sealing is here too.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.batches import Batch, get_batch, require_open
from models.changes import record_change
from models.db import Base, Owned, Transaction, now
from models.doctype import DETECT
from models.errors import Conflict, NotFound
from models.ids import new_id
from models.status import must_move
from models.steps import Step, add_step, cancel_steps, count_unfinished

# Nothing more happens to these without a person's decision, and none is needed.
SETTLED = ("final", "failed", "rejected")
ACTIVE = ("received", "reading", "extracting")
# People are asked about it.
WITH_PEOPLE = ("sorting", "keying")
TROUBLED = ("failed", "quarantined", "rejected")
# Pages that one step reads: small enough to spread over workers and to lose little on a kill.
PAGES_PER_STEP = 4
# After everything that people wait for: batches have priorities from 0.
LAST = -1


class Document(Owned, Base):
    """`business_key` stands for the values that mean one paper; `duplicate_of` is the client's
    earlier document with the same bytes or the same key (see models/duplicates.py).

    One of several documents in a file, or one whose file has pages that were left out, has an
    `origin_id`: the document that was uploaded, which is the first part itself. It is number
    `part` of `parts`, made of the file's pages `first_page` to `last_page`, or of a `region` (x0,
    y0, x1, y1) of one of them.
    """

    KIND = "document"
    __tablename__ = "documents"
    __table_args__ = (
        Index("ix_documents_batch_status", "batch_id", "status"),
        Index("ix_documents_client_sha256", "client_id", "sha256"),
        Index("ix_documents_client_key", "client_id", "business_key"),
        Index("ix_documents_client_status", "client_id", "status", "id"),
        Index("ix_documents_client", "client_id", "id"),
        Index("ix_documents_status", "status", "id"),
        Index("ix_documents_origin", "origin_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    batch_id: Mapped[str] = mapped_column(String(40))
    filename: Mapped[str] = mapped_column(String(1000))
    sha256: Mapped[str] = mapped_column(String(64))
    size: Mapped[int]
    media_type: Mapped[str] = mapped_column(String(60))
    type: Mapped[str | None] = mapped_column(String(60))
    type_score: Mapped[float | None]
    language: Mapped[str | None] = mapped_column(String(10))
    pages: Mapped[int | None]
    status: Mapped[str] = mapped_column(String(20), default="received")
    problem_code: Mapped[str | None] = mapped_column(String(60))
    problem: Mapped[str | None]
    business_key: Mapped[str | None] = mapped_column(String(64))
    duplicate_of: Mapped[str | None] = mapped_column(String(40))
    origin_id: Mapped[str | None] = mapped_column(String(40))
    part: Mapped[int | None]
    parts: Mapped[int | None]
    first_page: Mapped[int | None]
    last_page: Mapped[int | None]
    region: Mapped[list[Any] | None]
    # The searchable PDF, once it is made; `standard` is null where it is no PDF/A.
    searchable_sha256: Mapped[str | None] = mapped_column(String(64))
    searchable_size: Mapped[int | None]
    searchable_standard: Mapped[str | None] = mapped_column(String(20))
    created_at: Mapped[datetime] = mapped_column(default=now)


def _as(column: str) -> Any:
    """A column's default: what another column of the same row has."""
    return lambda context: context.get_current_parameters()[column]


class PageRow(Owned, Base):
    """A page that was read: page `number` of its document, or of none where it was `dropped`
    (separator, blank, cut, unwanted).

    Its image and its words lie in S3 under keys made from `folder`, the id of the document that
    was uploaded, and `sheet`, its place in the file; neither changes when the file is divided.
    """

    __tablename__ = "pages"
    __table_args__ = (
        UniqueConstraint("document_id", "number"),
        UniqueConstraint("folder", "sheet"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document_id: Mapped[str | None] = mapped_column(String(40))
    number: Mapped[int]
    folder: Mapped[str] = mapped_column(String(40), default=_as("document_id"))
    sheet: Mapped[int] = mapped_column(default=_as("number"))
    dropped: Mapped[str | None] = mapped_column(String(20))
    width: Mapped[int]
    height: Mapped[int]
    source: Mapped[str] = mapped_column(String(10))
    rotation: Mapped[int]
    skew: Mapped[float]
    blank: Mapped[bool] = mapped_column(default=False)
    seconds: Mapped[float]
    created_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True)
class StoredFile:
    """Uploaded bytes that are safely in S3."""

    filename: str
    sha256: str
    size: int
    media_type: str


def add_document(session: Transaction, batch_id: str, file: StoredFile, *, actor: str) -> Document:
    """The document, its first step, the audit event and the change: all or nothing."""
    batch = get_batch(session, batch_id, lock=True)
    require_open(batch)
    earlier = find_earlier(session, batch.client_id, file.sha256)
    document = Document(
        id=new_id("doc"),
        client_id=batch.client_id,
        batch_id=batch.id,
        filename=file.filename,
        sha256=file.sha256,
        size=file.size,
        media_type=file.media_type,
        status="received",
        duplicate_of=earlier.id if earlier else None,
        created_at=now(),
    )
    session.add(document)
    session.flush()
    _add_step(session, batch, "inspect", document)
    record_act(
        session,
        actor,
        "document.upload",
        document.id,
        client_id=batch.client_id,
        sha256=file.sha256,
        filename=file.filename,
    )
    record_change(
        session,
        batch.client_id,
        "document.received",
        document.id,
        batch_id=batch.id,
        filename=file.filename,
    )
    return document


def find_earlier(session: Transaction, client_id: str, sha256: str) -> Document | None:
    """The client's first document with the same bytes: of several in one file, the one that was
    uploaded."""
    return session.scalar(
        select(Document)
        .where(Document.client_id == client_id, Document.sha256 == sha256)
        .order_by(Document.id)
        .limit(1)
    )


def get_document(session: Transaction, document_id: str, *, lock: bool = False) -> Document:
    """The document; NotFound when there is none in this transaction's tenant."""
    query = select(Document).where(Document.id == document_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    document = session.scalar(query)
    if document is None:
        raise NotFound(f"There is no document {document_id}.")
    return document


def list_documents(
    session: Transaction,
    *,
    batch_id: str | None = None,
    status: str | None = None,
    after: str | None = None,
    limit: int,
) -> list[Document]:
    """Documents in the order of their upload; `after` is the id of the last one that is known."""
    query = select(Document).order_by(Document.id).limit(limit)
    if batch_id is not None:
        query = query.where(Document.batch_id == batch_id)
    if status is not None:
        query = query.where(Document.status == status)
    if after is not None:
        query = query.where(Document.id > after)
    return list(session.scalars(query))


def find_documents(session: Transaction, ids: Collection[str]) -> dict[str, Document]:
    """Documents by id; those that this transaction's tenant does not have are left out."""
    found = session.scalars(select(Document).where(Document.id.in_(ids)))
    return {document.id: document for document in found}


def count_documents(session: Transaction, batches: Collection[str]) -> dict[str, dict[str, int]]:
    """How many documents each batch has in each status; batches without any are left out."""
    rows = session.execute(
        select(Document.batch_id, Document.status, func.count(Document.id))
        .where(Document.batch_id.in_(batches))
        .group_by(Document.batch_id, Document.status)
    )
    counts: dict[str, dict[str, int]] = {}
    for batch_id, status, count in rows:
        counts.setdefault(batch_id, {})[status] = count
    return counts


def list_troubled(session: Transaction, batches: Collection[str], most: int) -> list[Document]:
    """Documents that failed, wait for a decision or were given up: at most `most` a batch."""
    place = func.row_number().over(partition_by=Document.batch_id, order_by=Document.id)
    first = (
        select(Document.id, place.label("place"))
        .where(Document.batch_id.in_(batches), Document.status.in_(TROUBLED))
        .subquery()
    )
    return list(
        session.scalars(
            select(Document)
            .join(first, first.c.id == Document.id)
            .where(first.c.place <= most)
            .order_by(Document.id)
        )
    )


def list_pages(session: Transaction, document_id: str) -> list[PageRow]:
    return list(
        session.scalars(
            select(PageRow).where(PageRow.document_id == document_id).order_by(PageRow.number)
        )
    )


def get_page(session: Transaction, document_id: str, number: int) -> PageRow:
    """One page; NotFound when it was not read (yet) or the document is not this tenant's."""
    page = session.scalar(
        select(PageRow).where(PageRow.document_id == document_id, PageRow.number == number)
    )
    if page is None:
        raise NotFound(f"Document {document_id} has no page {number} that was read.")
    return page


def find_pages(
    session: Transaction, documents: Collection[str], numbers: Collection[int]
) -> dict[tuple[str, int], PageRow]:
    """Pages with these numbers of these documents, by document and number."""
    found = session.scalars(
        select(PageRow).where(PageRow.document_id.in_(documents), PageRow.number.in_(numbers))
    )
    return {(page.document_id or "", page.number): page for page in found}


def list_sheets(session: Transaction, origin_id: str) -> list[PageRow]:
    """All pages of an uploaded file, in its order, whatever document they belong to now."""
    return list(
        session.scalars(select(PageRow).where(PageRow.folder == origin_id).order_by(PageRow.sheet))
    )


def get_sheet(session: Transaction, origin_id: str, sheet: int) -> PageRow:
    """One page of an uploaded file; NotFound when it was not read or is not this tenant's."""
    page = session.scalar(
        select(PageRow).where(PageRow.folder == origin_id, PageRow.sheet == sheet)
    )
    if page is None:
        raise NotFound(f"The file of document {origin_id} has no page {sheet} that was read.")
    return page


def set_status(
    session: Transaction,
    document: Document,
    to: str,
    *,
    actor: str = "system",
    code: str | None = None,
    problem: str | None = None,
) -> None:
    """Move a document and announce it; Conflict when another was faster."""
    must_move(
        session,
        document,
        to,
        actor=actor,
        reason=problem,
        values={"problem_code": code, "problem": problem},
    )
    record_change(
        session,
        document.client_id,
        "document.status",
        document.id,
        batch_id=document.batch_id,
        status=to,
        **({"code": code, "problem": problem} if code else {}),
    )
    if to in SETTLED:
        release_if_done(session, document.batch_id)


def seal_batch(session: Transaction, batch_id: str, *, actor: str) -> Batch:
    """Say that all files are there; doing it again changes nothing."""
    batch = get_batch(session, batch_id, lock=True)
    if batch.status != "open":
        return batch
    if not session.scalar(select(func.count()).where(Document.batch_id == batch_id)):
        raise Conflict("The batch has no files: upload at least one before you seal it.")
    must_move(session, batch, "sealed", actor=actor, values={"sealed_at": now()})
    record_act(session, actor, "batch.seal", batch.id, client_id=batch.client_id)
    record_change(session, batch.client_id, "batch.sealed", batch.id, external_id=batch.external_id)
    release_if_done(session, batch_id)
    return batch


def release_if_done(session: Transaction, batch_id: str) -> None:
    """Put the release on the work list when the batch is sealed and nothing in it waits.

    Failed and rejected documents do not hold up the rest: the manifest names them. A quarantined
    one does, until a person has decided.
    """
    batch = get_batch(session, batch_id, lock=True)
    if batch.status != "sealed":
        return
    waiting = session.scalar(
        select(func.count()).where(Document.batch_id == batch_id, Document.status.not_in(SETTLED))
    )
    if not waiting:
        add_step(
            session,
            batch.client_id,
            "release",
            batch.id,
            part=batch.version + 1,
            priority=batch.priority,
            deadline=batch.deadline,
            at=now().isoformat(),
        )


def start_reading(session: Transaction, document_id: str, pages: int) -> None:
    """The file was opened and has `pages` pages: put their reading on the list."""
    document = get_document(session, document_id, lock=True)
    batch = get_batch(session, document.batch_id)
    document.pages = pages
    document.type = document.type_score = None  # of an earlier run
    set_status(session, document, "reading")
    for first in range(1, pages + 1, PAGES_PER_STEP):
        last = min(first + PAGES_PER_STEP - 1, pages)
        _add_step(session, batch, "read", document, part=first, first=first, last=last)


def add_page(session: Transaction, page: PageRow) -> None:
    """Record a page that lies in S3; one that is recorded already stays as it is."""
    known = session.scalar(
        select(PageRow.id).where(PageRow.folder == page.document_id, PageRow.sheet == page.number)
    )
    if known is None:
        session.add(page)


def finish_reading(session: Transaction, document_id: str) -> None:
    """When the last reading step is done: its documents are looked for, if there may be several
    or their type is to be found out; else extraction is next. Called after each of them."""
    document = get_document(session, document_id, lock=True)
    if document.status != "reading" or count_unfinished(session, "read", document_id):
        return
    if may_divide(document, get_batch(session, document.batch_id)):
        start_splitting(session, document)
    else:
        start_extracting(session, document)


def may_divide(document: Document, batch: Batch) -> bool:
    """Whether a file's pages may be several documents, or of a type that is not known."""
    if not has_paper(document):
        return False
    if batch.document_type == DETECT:
        return True
    # Receipts lie side by side on one sheet.
    several = (document.pages or 1) > 1 or batch.document_type == "receipt"
    return several and (batch.split != "none" or batch.drop_blank)


def start_splitting(session: Transaction, document: Document) -> None:
    """Put the search for documents in a file on the list."""
    _add_step(session, get_batch(session, document.batch_id), "split", document)


def start_extracting(session: Transaction, document: Document) -> None:
    """The document's pages are known: extraction is next, and some time the searchable PDF."""
    set_status(session, document, "extracting")
    _add_step(session, get_batch(session, document.batch_id), "extract", document)
    if has_paper(document):
        add_step(session, document.client_id, "archive", document.id, priority=LAST, deadline=None)


def has_paper(document: Document) -> bool:
    """Whether the original has pages: an electronic invoice is data without any."""
    return document.media_type == "application/pdf" or document.media_type.startswith("image/")


def record_searchable(
    session: Transaction, document_id: str, sha256: str, size: int, standard: str | None
) -> None:
    """The searchable PDF lies in S3."""
    document = get_document(session, document_id, lock=True)
    document.searchable_sha256, document.searchable_size = sha256, size
    document.searchable_standard = standard


def hurry_searchable(session: Transaction, document_id: str) -> bool:
    """Somebody waits for the searchable PDF: make it with the urgency of its batch.

    False: it will not come, because the document has no paper, was not read or cannot be written
    as a PDF.
    """
    document = get_document(session, document_id, lock=True)
    if not has_paper(document):
        return False
    if document.status in ("received", "reading", "sorting"):
        return True
    read = session.scalar(select(func.count()).where(PageRow.document_id == document_id))
    if not document.pages or read != document.pages:
        return False
    step = session.scalar(select(Step).where(Step.kind == "archive", Step.subject == document_id))
    if step is not None and step.status == "failed":
        return False
    batch = get_batch(session, document.batch_id)
    if step is not None and step.status == "ready":
        step.priority, step.deadline = batch.priority, batch.deadline
    _add_step(session, batch, "archive", document)
    return True


def start_settling(session: Transaction, document_id: str) -> None:
    """Put the check of a document whose last key has come on the list."""
    document = get_document(session, document_id)
    _add_step(session, get_batch(session, document.batch_id), "settle", document)


def start_learning(session: Transaction, document: Document) -> None:
    """A document is final: what it teaches is of use at once, but nothing waits for it."""
    _add_step(session, get_batch(session, document.batch_id), "learn", document)


def fail_document(
    session: Transaction, document_id: str, code: str, problem: str, *, quarantine: bool = False
) -> None:
    """Stop work on a document: `failed` for a file at fault, `quarantined` for a person to see."""
    document = get_document(session, document_id, lock=True)
    if document.status not in (*ACTIVE, *WITH_PEOPLE):
        return
    cancel_steps(session, document_id)
    to = "quarantined" if quarantine or document.status in WITH_PEOPLE else "failed"
    set_status(session, document, to, code=code, problem=problem)


def retry_document(session: Transaction, document_id: str, *, actor: str) -> Document:
    """Start a failed or quarantined document anew; pages that were read are kept, and one of
    several documents in a file stays what it is."""
    document = get_document(session, document_id, lock=True)
    batch = get_batch(session, document.batch_id, lock=True)
    if batch.status == "released":
        raise Conflict("The batch is released: upload the file again into a new batch.")
    record_act(session, actor, "document.retry", document.id, client_id=document.client_id)
    if document.origin_id is not None:
        start_extracting(session, document)
    else:
        set_status(session, document, "received", actor=actor)
        _add_step(session, batch, "inspect", document)
    return document


def reject_document(session: Transaction, document_id: str, reason: str, *, actor: str) -> Document:
    """Give a document up: the batch is released without it, and the manifest says why."""
    document = get_document(session, document_id, lock=True)
    if document.status in ACTIVE:
        raise Conflict("The document is being read: wait until it is done, then reject it.")
    cancel_steps(session, document_id)
    set_status(session, document, "rejected", actor=actor, code="rejected", problem=reason)
    record_act(
        session,
        actor,
        "document.reject",
        document.id,
        client_id=document.client_id,
        reason=reason,
    )
    return document


def _add_step(
    session: Transaction,
    batch: Batch,
    kind: str,
    document: Document,
    part: int = 0,
    **data: int,
) -> None:
    add_step(
        session,
        document.client_id,
        kind,
        document.id,
        part=part,
        priority=batch.priority,
        deadline=batch.deadline,
        **data,
    )
