"""Is it alive, can it work."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field

from fastapi import APIRouter, Request
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from models.db import Database
from models.errors import ScrivanoError, Unavailable
from models.storage import Storage
from server.deps import Db, Store
from server.problems import answer, errors
from server.schemas import Out

LOG = logging.getLogger("scrivano.health")
router = APIRouter(tags=["health"])

FRESH = 2.0
"""Seconds for which an answer of the parts holds: anyone may ask, and asking costs a PUT."""


class Alive(Out):
    status: str


class Ready(Out):
    status: str
    parts: dict[str, str]


@dataclass
class Readiness:
    """What the parts said last."""

    at: float = float("-inf")
    parts: dict[str, str] = field(default_factory=dict)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, db: Database, storage: Storage) -> dict[str, str]:
        with self.lock:
            if time.monotonic() - self.at > FRESH:
                self.parts = ask_parts(db, storage)
                self.at = time.monotonic()
            return self.parts


def ask_parts(db: Database, storage: Storage) -> dict[str, str]:
    """`ok` or `down` for each part that requests need."""
    return {"database": _ask(lambda: _query(db)), "objects": _ask(storage.check)}


def _query(db: Database) -> None:
    with db.read() as session:
        session.execute(text("SELECT 1 FROM clients WHERE 1 = 0"))


def _ask(question: Callable[[], None]) -> str:
    try:
        question()
    except (Unavailable, SQLAlchemyError) as error:
        LOG.warning("part is down", extra={"data": {"detail": str(error)}})
        return "down"
    return "ok"


@router.get(
    "/healthz",
    operation_id="getHealth",
    summary="Is the server alive",
    responses={**answer({"status": "alive"}), **errors(base=(ScrivanoError,))},
)
async def get_health() -> Alive:
    """Answers as long as the process does."""
    return Alive(status="alive")


@router.get(
    "/readyz",
    operation_id="getReadiness",
    summary="Can the server work",
    responses={
        **answer({"status": "ready", "parts": {"database": "ok", "objects": "ok"}}),
        **errors(base=(ScrivanoError, Unavailable)),
    },
)
def get_readiness(request: Request, db: Db, storage: Store) -> Ready:
    """Asks the database and the object store; 503 when one of them does not answer."""
    readiness: Readiness = request.app.state.readiness
    parts = readiness.ask(db, storage)
    if "down" in parts.values():
        raise Unavailable(f"Not ready: {parts}.", parts=parts)
    return Ready(status="ready", parts=parts)
