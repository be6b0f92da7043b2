"""The change feed, by long polling."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Query, Request
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from models import changes
from models.clients import Client
from models.db import Database
from models.errors import NotFound
from server.auth import Receiver, choose_client
from server.deps import Db, Text
from server.problems import answer, errors
from server.schemas import BATCH_ID, RELEASE_ID, TIME, Out, Time

router = APIRouter(tags=["changes"])

INTERVAL = 0.25
"""Seconds between looks while a caller waits."""

CHANGE = {
    "seq": 17,
    "kind": "batch.released",
    "subject": BATCH_ID,
    "data": {"release_id": RELEASE_ID, "version": 1, "external_id": "2026-11-24/morning"},
    "at": TIME,
}


class Change(Out):
    """Something that happened."""

    seq: int = Field(description="Counts up for each client, without gaps.")
    kind: str = Field(
        description="`batch.created`, `batch.sealed`, `batch.released`, `document.received`, "
        "`document.status` or `release.acknowledged`; more may come."
    )
    subject: str = Field(description="Id of the batch, document or release.")
    data: dict[str, Any]
    at: Time


class Changes(Out):
    items: list[Change]
    next: int = Field(description="Pass it as `after` the next time.")


@router.get(
    "/v1/changes",
    operation_id="listChanges",
    summary="Follow changes",
    responses={**answer({"items": [CHANGE], "next": 17}), **errors(NotFound)},
)
async def list_changes(
    request: Request,
    actor: Receiver,
    db: Db,
    after: Annotated[int, Query(ge=0, le=2**31 - 1, description="`next` of last time.")] = 0,
    wait: Annotated[
        float, Query(ge=0, le=60, description="Seconds to wait for a change if there is none.")
    ] = 0,
    limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    client_id: Annotated[Text | None, Query(max_length=40)] = None,
) -> Changes:
    """Everything that happened to a client's batches after `after`, in order and without gaps.
    Staff name the client."""
    chosen = choose_client(actor, client_id)
    if actor.client_id is None:
        await run_in_threadpool(_require_client, db, chosen)
    end = time.monotonic() + wait
    stopping: Callable[[], bool] = request.app.state.stopping
    while True:
        found = await run_in_threadpool(_read, db, actor.scope, chosen, after, limit)
        left = end - time.monotonic()
        if found or left <= 0 or stopping() or await request.is_disconnected():
            return Changes(items=found, next=found[-1].seq if found else after)
        # Asleep, a caller costs no thread and no connection.
        await asyncio.sleep(min(INTERVAL, left))


def _require_client(db: Database, client_id: str) -> None:
    with db.read() as session:
        if session.get(Client, client_id) is None:
            raise NotFound(f"There is no client {client_id}.")


def _read(db: Database, scope: str, client_id: str, after: int, limit: int) -> list[Change]:
    with db.read(scope) as session:
        rows = changes.list_changes(session, client_id, after, limit)
        return [Change.model_validate(row) for row in rows]
