"""Uploads: files into a batch.

A file is on disk, opened once in the limited process, in the object store and in the records, in
that order; only then the answer is 201. All files of a request are taken, or none.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import partial
from typing import Annotated, Any

import anyio
import anyio.to_thread
from fastapi import APIRouter, Query, Request
from fastapi.responses import JSONResponse
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from extractors.limits import Limits
from extractors.render import inspect
from models import batches, documents
from models.clients import Actor
from models.db import Database, Transaction
from models.documents import StoredFile
from models.errors import (
    Conflict,
    DamagedFile,
    EmptyFile,
    EncryptedFile,
    FileProblem,
    FileTooComplex,
    FileTooLarge,
    IdempotencyMismatch,
    NotFound,
    RequestTooLarge,
    SeveralInvoices,
    TooManyPages,
    TooManyPixels,
    TruncatedFile,
    UnknownXml,
    UnsafeXml,
    UnsupportedType,
)
from models.settings import Settings
from models.storage import Storage, original_key
from server.auth import Sender
from server.deps import Conf, Db, Id, IdempotencyKey, Store, Text
from server.once import Body, do_once, find_known, identify, to_created
from server.problems import answer, errors
from server.schemas import DOCUMENT_ID, SHA256, Out
from server.spool import Spooled, naming, spool_files

router = APIRouter(tags=["batches"])

# Parsing takes a core; storing waits for others, but must not take all threads.
PARSING = anyio.CapacityLimiter(max(2, os.cpu_count() or 1))
_STORING = anyio.CapacityLimiter(16)

RECEIVED = {
    "document_id": DOCUMENT_ID,
    "original_id": SHA256,
    "filename": "fattura 117.pdf",
    "sha256": SHA256,
    "size": 183402,
    "media_type": "application/pdf",
    "duplicate_of": None,
}
PROBLEMS = (
    NotFound, Conflict, IdempotencyMismatch, RequestTooLarge, EmptyFile, TruncatedFile, DamagedFile,
    EncryptedFile, UnsupportedType, FileTooLarge, TooManyPages, TooManyPixels, FileTooComplex,
    UnknownXml, UnsafeXml, SeveralInvoices,
)  # fmt: skip
BODY = {
    "requestBody": {
        "required": True,
        "description": "A form with one or more parts called `file`, or the bytes of one file "
        "with `?filename=`. The type is found out from the content.",
        "content": {
            "multipart/form-data": {
                "schema": {
                    "type": "object",
                    "required": ["file"],
                    "properties": {
                        "file": {
                            "type": "array",
                            "minItems": 1,
                            "items": {"type": "string", "contentMediaType": "application/pdf"},
                        }
                    },
                },
                "example": {"file": ["(bytes of fattura 117.pdf)"]},
            },
            "application/octet-stream": {
                "schema": {"type": "string", "contentMediaType": "application/octet-stream"},
                "example": "(bytes of the file)",
            },
        },
    }
}


class Received(Out):
    """A file that is stored and recorded: it cannot get lost any more."""

    document_id: str
    original_id: str = Field(description="Identifies the bytes: their SHA-256.")
    filename: str = Field(description="As given, without folders and invisible characters.")
    sha256: str
    size: int = Field(description="Bytes.")
    media_type: str = Field(description="As found out from the content.")
    duplicate_of: str | None = Field(
        description="The client's first document with the same bytes. Both are read: release "
        "or reject the second as you see fit."
    )


class ReceivedFiles(Out):
    items: list[Received]


@router.post(
    "/v1/batches/{id}/files",
    operation_id="uploadFiles",
    summary="Upload files",
    status_code=201,
    response_model=ReceivedFiles,
    openapi_extra=BODY,
    responses={**answer({"items": [RECEIVED]}, 201), **errors(*PROBLEMS)},
)
async def upload_files(
    id: Id,
    request: Request,
    actor: Sender,
    db: Db,
    storage: Store,
    settings: Conf,
    filename: Annotated[
        Text | None, Query(max_length=1000, description="Name of a file that is the whole body.")
    ] = None,
    key: IdempotencyKey = None,
) -> JSONResponse:
    """Takes PDF, TIFF, JPEG, PNG, WebP and HEIC, and e-invoices as XML (UBL, CII, FatturaPA), also
    in a signed envelope (`.p7m`, whose signature is not verified). A file that cannot be read
    refuses the whole request: the problem's `filename` says which one it is, its `code` why."""
    client_id = await run_in_threadpool(find_client, db, actor, id, must_be_open=key is None)
    async with spool_files(request, settings, filename) as files:
        names = [(file.sha256, file.filename) for file in files]
        asked = identify(actor, key, "POST", request.url.path, names)
        known = await run_in_threadpool(find_known, db, actor, asked) if key else None
        if known is not None:
            return to_created(known, replayed=True)
        await inspect_files(files, settings)
        await store_files(files, storage, client_id)
        record = partial(record_files, batch_id=id, files=files, actor=actor)
        made, replayed = await run_in_threadpool(do_once, db, actor, asked, record)
    return to_created(made, replayed)


def find_client(db: Database, actor: Actor, batch_id: str, *, must_be_open: bool) -> str:
    """Whose batch it is, before the body is read; Conflict when it takes no more files.

    A request that may have been here before is not refused yet: it has an answer.
    """
    with db.read(actor.scope) as session:
        batch = batches.get_batch(session, batch_id)
        if must_be_open:
            batches.require_open(batch)
        return batch.client_id


async def inspect_files(files: Sequence[Spooled], settings: Settings) -> None:
    """Open each file in the limited process; the first file's problem is raised."""
    limits = Limits(**settings.file_limits)
    problems: dict[int, FileProblem] = {}

    async def look(number: int, file: Spooled) -> None:
        try:
            with naming(file.filename):
                await anyio.to_thread.run_sync(inspect, file.path, limits, limiter=PARSING)
        except FileProblem as problem:
            problems[number] = problem

    async with anyio.create_task_group() as group:
        for number, file in enumerate(files):
            group.start_soon(look, number, file)
    if problems:
        raise problems[min(problems)]


async def store_files(files: Sequence[Spooled], storage: Storage, client_id: str) -> None:
    """Put each file into the object store and see that it is there."""
    for file in {file.sha256: file for file in files}.values():
        await anyio.to_thread.run_sync(_store, file, storage, client_id, limiter=_STORING)


def _store(file: Spooled, storage: Storage, client_id: str) -> None:
    with file.path.open("rb") as stream:
        storage.put_stream(
            original_key(client_id, file.sha256), stream, file.size, file.sha256, file.media_type
        )


def record_files(
    session: Transaction, *, batch_id: str, files: Sequence[Spooled], actor: Actor
) -> Body:
    """The documents of these files, which are in the object store: all in this transaction."""
    items: list[dict[str, Any]] = []
    for file in files:
        stored = StoredFile(file.filename, file.sha256, file.size, file.media_type)
        document = documents.add_document(session, batch_id, stored, actor=actor.id)
        received = Received(
            document_id=document.id,
            original_id=file.sha256,
            filename=file.filename,
            sha256=file.sha256,
            size=file.size,
            media_type=file.media_type,
            duplicate_of=document.duplicate_of,
        )
        items.append(received.model_dump(mode="json"))
    return {"items": items}
