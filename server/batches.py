"""Batches."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import AfterValidator, AwareDatetime, Field

from extractors.types import TYPES
from models import batches, documents, fields, keying, sorting
from models.db import Transaction
from models.doctype import DETECT
from models.errors import (
    Conflict,
    IdempotencyMismatch,
    NotFound,
    RequestTooLarge,
)
from models.types import pin_types
from server.auth import Anyone, Sender, choose_client
from server.deps import Db, Id, IdempotencyKey, Page, Text
from server.once import Body, do_once, identify, to_created
from server.problems import answer, errors
from server.schemas import (
    BATCH_ID,
    CLIENT_ID,
    DOCUMENT_ID,
    TIME,
    In,
    Listing,
    Out,
    Time,
    listing,
)
from server.types import unknown_type

router = APIRouter(tags=["batches"])

PROBLEMS_SHOWN = 100
Status = Literal["open", "sealed", "released"]
Split = Literal["auto", "separators", "page", "none"]

BATCH = {
    "id": BATCH_ID,
    "client_id": CLIENT_ID,
    "status": "sealed",
    "document_type": "invoice",
    "type_versions": {},
    "split": "auto",
    "separator": None,
    "drop_blank": False,
    "priority": 5,
    "deadline": "2026-11-24T18:00:00.000Z",
    "external_id": "2026-11-24/morning",
    "created_at": TIME,
    "sealed_at": "2026-11-24T09:31:10.000Z",
    "released_at": None,
    "version": 0,
    "counts": {
        "documents": 3,
        "by_status": {"final": 1, "keying": 1, "failed": 1},
        "tasks_open": 4,
        "sorting_open": 0,
        "fields": 58,
        "fields_keyed": 3,
    },
    "problems": [
        {
            "document_id": DOCUMENT_ID,
            "filename": "scan 7.pdf",
            "code": "file_damaged",
            "detail": "Page 2 is broken. Scan it again and upload the new file.",
        }
    ],
}


def _to_utc(time: datetime) -> datetime:
    try:
        return time.astimezone(UTC)
    except OverflowError:
        raise ValueError("this time is too far away") from None


class NewBatch(
    In,
    json_schema_extra={
        "examples": [
            {
                "document_type": "invoice",
                "priority": 5,
                "deadline": "2026-11-24T18:00:00Z",
                "external_id": "2026-11-24/morning",
            }
        ]
    },
):
    document_type: str = Field(
        DETECT,
        description="Name of a document type, or `detect` to find out for each document.",
    )
    split: Split = Field(
        "auto",
        description="Where a file is several documents: `auto` finds out, and asks people when it "
        "is not sure; `separators`: only at separator sheets and patch codes; `page`: every page "
        "is one; `none`: never.",
    )
    separator: Text | None = Field(
        None,
        min_length=3,
        max_length=200,
        description="What the barcode or the line on your own separator sheets says.",
    )
    drop_blank: bool = Field(False, description="Blank pages belong to no document.")
    priority: int = Field(5, ge=0, le=9, description="9 is the most urgent.")
    deadline: Annotated[AwareDatetime, AfterValidator(_to_utc)] | None = Field(
        None, description="When the data are due."
    )
    external_id: Text | None = Field(
        None, min_length=1, max_length=200,
        description="Your own name for it; batches can be found by it.",
    )  # fmt: skip
    client_id: Text | None = Field(
        None,
        max_length=40,
        description="Whose batch it is: staff have to say it.",
    )


class Counts(Out):
    """How far a batch has come."""

    documents: int
    by_status: dict[str, int] = Field(description="Documents in each status that occurs.")
    tasks_open: int = Field(description="Fields that wait for a person.")
    sorting_open: int = Field(description="Files that wait for a person to sort their pages.")
    fields: int | None = Field(description="All fields. null in lists: get the batch for it.")
    fields_keyed: int | None = Field(
        description="Fields that a person has confirmed or corrected. null in lists."
    )


class BatchProblem(Out):
    """A document that cannot go on: `failed`, `quarantined` or `rejected`."""

    document_id: str
    filename: str
    code: str
    detail: str


class Batch(Out):
    """Files that were delivered together."""

    id: str
    client_id: str
    status: Status
    document_type: str
    type_versions: dict[str, int] = Field(
        description="The client's own types that it uses, in the versions of its creation."
    )
    split: Split
    separator: str | None
    drop_blank: bool
    priority: int
    deadline: Time | None
    external_id: str | None
    created_at: Time
    sealed_at: Time | None
    released_at: Time | None
    version: int = Field(description="Of the newest release; 0 before the first.")
    counts: Counts
    problems: list[BatchProblem] = Field(
        description=f"The first {PROBLEMS_SHOWN} documents that cannot go on."
    )


def show_batches(session: Transaction, rows: Sequence[batches.Batch]) -> list[Batch]:
    """Batches with their counts, in as many queries for many as for one."""
    ids = [batch.id for batch in rows]
    statuses = documents.count_documents(session, ids)
    tasks = keying.count_tasks(session, ids)
    to_sort = sorting.count_sortings(session, ids)
    troubles: dict[str, list[BatchProblem]] = {}
    for document in documents.list_troubled(session, ids, PROBLEMS_SHOWN):
        troubles.setdefault(document.batch_id, []).append(
            BatchProblem(
                document_id=document.id,
                filename=document.filename,
                code=document.problem_code or document.status,
                detail=document.problem or "",
            )
        )
    return [
        Batch(
            **{name: getattr(row, name) for name in Batch.model_fields if hasattr(row, name)},
            counts=Counts(
                documents=sum(statuses.get(row.id, {}).values()),
                by_status=statuses.get(row.id, {}),
                tasks_open=tasks.get(row.id, 0),
                sorting_open=to_sort.get(row.id, 0),
                fields=None,
                fields_keyed=None,
            ),
            problems=troubles.get(row.id, []),
        )
        for row in rows
    ]


def show_batch(session: Transaction, row: batches.Batch) -> Batch:
    batch = show_batches(session, [row])[0]
    batch.counts.fields, batch.counts.fields_keyed = fields.count_fields(session, row.id)
    return batch


@router.post(
    "/v1/batches",
    operation_id="createBatch",
    summary="Create a batch",
    status_code=201,
    response_model=Batch,
    responses={
        **answer(
            {
                **BATCH,
                "status": "open",
                "sealed_at": None,
                "counts": {
                    "documents": 0,
                    "by_status": {},
                    "tasks_open": 0,
                    "sorting_open": 0,
                    "fields": 0,
                    "fields_keyed": 0,
                },
                "problems": [],
            },
            201,
        ),
        **errors(NotFound, IdempotencyMismatch, RequestTooLarge),
    },
)
def create_batch(
    body: NewBatch, request: Request, actor: Sender, db: Db, key: IdempotencyKey = None
) -> JSONResponse:
    """Opens a batch: upload files into it, then seal it."""
    client_id = choose_client(actor, body.client_id)

    def work(session: Transaction) -> Body:
        versions = pin_types(session, client_id, body.document_type)
        known = {DETECT, *TYPES, *versions}
        if body.document_type not in known:
            raise unknown_type(body.document_type, sorted(known))
        batch = batches.create_batch(
            session,
            client_id,
            body.document_type,
            priority=body.priority,
            deadline=body.deadline,
            external_id=body.external_id,
            type_versions=versions,
            split=body.split,
            separator=body.separator,
            drop_blank=body.drop_blank,
            actor=actor.id,
        )
        return show_batch(session, batch).model_dump(mode="json")

    asked = identify(actor, key, "POST", request.url.path, body.model_dump(mode="json"))
    made, replayed = do_once(db, actor, asked, work)
    return to_created(made, replayed, f"/v1/batches/{made['id']}")


@router.get(
    "/v1/batches",
    operation_id="listBatches",
    summary="List batches",
    responses={
        **answer(
            listing(
                {**BATCH, "counts": {**BATCH["counts"], "fields": None, "fields_keyed": None}}  # type: ignore[dict-item]
            )
        ),
        **errors(NotFound),
    },
)
def list_batches(
    actor: Anyone,
    page: Page,
    db: Db,
    status: Annotated[Status | None, Query()] = None,
    external_id: Annotated[Text | None, Query(max_length=200)] = None,
    client_id: Annotated[Text | None, Query(max_length=40)] = None,
) -> Listing[Batch]:
    """Newest first."""
    if client_id is not None:
        client_id = choose_client(actor, client_id)
    with db.read(actor.scope) as session:
        rows, following = page.cut(
            batches.list_batches(
                session,
                status=status,
                external_id=external_id,
                client_id=client_id,
                after=page.after,
                limit=page.fetch,
            )
        )
        return Listing(items=show_batches(session, rows), next=following)


@router.get(
    "/v1/batches/{id}",
    operation_id="getBatch",
    summary="Get a batch",
    responses={**answer(BATCH), **errors(NotFound)},
)
def get_batch(id: Id, actor: Anyone, db: Db) -> Batch:
    with db.read(actor.scope) as session:
        return show_batch(session, batches.get_batch(session, id))


@router.post(
    "/v1/batches/{id}/seal",
    operation_id="sealBatch",
    summary="Seal a batch",
    responses={**answer(BATCH), **errors(NotFound, Conflict)},
)
def seal_batch(id: Id, actor: Sender, db: Db) -> Batch:
    """Says that all files are there: the batch is released once everything in it is final.
    Doing it again changes nothing."""
    with db.write(actor.scope) as session:
        documents.seal_batch(session, id, actor=actor.id)
        session.flush()
        return show_batch(session, batches.get_batch(session, id))
