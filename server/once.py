"""Doing what a request asks once, however often it is sent under its Idempotency-Key."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from typing import Any

from fastapi.responses import JSONResponse
from sqlalchemy.exc import IntegrityError

from models import idempotency
from models.clients import Actor
from models.db import Database, Transaction

Body = dict[str, Any]


def identify(actor: Actor, key: str | None, *parts: object) -> idempotency.Request:
    """The request as what it asks for: method, path and content."""
    content = json.dumps(parts, ensure_ascii=False, sort_keys=True, default=str)
    digest = hashlib.sha256(content.encode("utf-8", "surrogatepass")).hexdigest()
    return idempotency.Request(actor.id, key, digest)


def find_known(db: Database, actor: Actor, request: idempotency.Request) -> Body | None:
    """The answer that this request got before."""
    with db.read(actor.scope) as session:
        return idempotency.find_answer(session, request)


def do_once(
    db: Database,
    actor: Actor,
    request: idempotency.Request,
    work: Callable[[Transaction], Body],
) -> tuple[Body, bool]:
    """The answer, and whether it is one from before. Work and answer are one transaction."""
    try:
        with db.write(actor.scope) as session:
            known = idempotency.find_answer(session, request)
            if known is not None:
                return known, True
            body = work(session)
            idempotency.store_answer(session, request, body)
            return body, False
    except IntegrityError:
        # The same request came twice at once: ours has been undone, the other's answer is there.
        known = find_known(db, actor, request)
        if known is None:
            raise
        return known, True


def to_created(body: Body, replayed: bool, location: str | None = None) -> JSONResponse:
    headers = {"Location": location} if location else {}
    if replayed:
        headers["Idempotent-Replayed"] = "true"
    return JSONResponse(body, 201, headers)
