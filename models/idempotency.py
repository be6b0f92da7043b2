"""Answers to requests with an `Idempotency-Key`: the same key gets the same answer."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import String, delete, select
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Base, Transaction, now
from models.errors import IdempotencyMismatch, InvalidRequest

KEEP_DAYS = 30


class StoredAnswer(Base):
    """`scope` is the actor that used the key; `fingerprint` stands for the whole request."""

    __tablename__ = "idempotency"

    scope: Mapped[str] = mapped_column(String(40), primary_key=True)
    key: Mapped[str] = mapped_column(String(200), primary_key=True)
    fingerprint: Mapped[str] = mapped_column(String(64))
    body: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now, index=True)


@dataclass(frozen=True)
class Request:
    """A request that wants to be done once: who, under which key, and what it asks (a hash)."""

    scope: str
    key: str | None
    fingerprint: str


def find_answer(session: Transaction, request: Request) -> dict[str, Any] | None:
    """The answer that this request got before; IdempotencyMismatch when the key had another."""
    if request.key is None:
        return None
    if not 1 <= len(request.key) <= 200:
        raise InvalidRequest("Idempotency-Key must have 1 to 200 characters.")
    found = session.scalar(
        select(StoredAnswer).where(
            StoredAnswer.scope == request.scope, StoredAnswer.key == request.key
        )
    )
    if found is None:
        return None
    if found.fingerprint != request.fingerprint:
        raise IdempotencyMismatch(
            "This Idempotency-Key was used with other content: use a new key for a new request."
        )
    return found.body


def store_answer(session: Transaction, request: Request, body: dict[str, Any]) -> None:
    """Keep the answer in the transaction that does the work. Two requests at once with one key:
    the second one's transaction fails with IntegrityError, and it finds the first one's answer."""
    if request.key is not None:
        session.add(
            StoredAnswer(
                scope=request.scope,
                key=request.key,
                fingerprint=request.fingerprint,
                body=body,
                created_at=now(),
            )
        )
        session.flush()


def forget_old(session: Transaction) -> None:
    session.execute(
        delete(StoredAnswer).where(StoredAnswer.created_at < now() - timedelta(days=KEEP_DAYS))
    )
