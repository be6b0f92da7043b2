"""The change feed that downstream systems poll.

A feed by `id > cursor` misses rows under concurrent commits: an earlier id may become visible
later. So each client has a counter row, taken as the last act before commit: numbers become
visible in their own order, without gaps.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from itertools import groupby
from typing import Any

from sqlalchemy import String, event, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Base, Owned, Transaction, now


class Change(Owned, Base):
    __tablename__ = "changes"

    client_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    kind: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40))
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime]


class ChangeCounter(Base):
    """The last number given to a client's changes."""

    __tablename__ = "change_counters"

    client_id: Mapped[str] = mapped_column(String(40), primary_key=True)
    seq: Mapped[int]


@dataclass(frozen=True)
class Pending:
    client_id: str
    kind: str
    subject: str
    data: dict[str, Any]


def record_change(
    session: Transaction, client_id: str, kind: str, subject: str, **data: Any
) -> None:
    """Announce a change; it gets its number when the transaction commits."""
    session.info.setdefault("changes", []).append(Pending(client_id, kind, subject, data))


def list_changes(session: Transaction, client_id: str, after: int, limit: int) -> list[Change]:
    """Changes of one client with a number above `after`, in order."""
    return list(
        session.scalars(
            select(Change)
            .where(Change.client_id == client_id, Change.seq > after)
            .order_by(Change.seq)
            .limit(limit)
        )
    )


def last_change(session: Transaction, client_id: str) -> int:
    """The newest number of this client's feed; 0 when it has none."""
    return (
        session.scalar(select(ChangeCounter.seq).where(ChangeCounter.client_id == client_id)) or 0
    )


@event.listens_for(Transaction, "before_commit")
def _number_changes(session: Transaction) -> None:
    pending: list[Pending] = session.info.pop("changes", [])
    if not pending:
        return
    session.flush()  # all else first: the counter row is locked from here to the commit
    pending.sort(key=lambda change: change.client_id)  # one lock order for all
    for client_id, group in groupby(pending, key=lambda change: change.client_id):
        changes = list(group)
        first = _take(session, client_id, len(changes))
        session.execute(
            insert(Change),
            [
                {
                    "client_id": client_id,
                    "seq": first + offset,
                    "kind": change.kind,
                    "subject": change.subject,
                    "data": change.data,
                    "at": now(),
                }
                for offset, change in enumerate(changes)
            ],
        )


def _take(session: Transaction, client_id: str, count: int) -> int:
    """Take `count` numbers of the client's counter (made with the client); the first of them."""
    last = session.scalar(
        update(ChangeCounter)
        .where(ChangeCounter.client_id == client_id)
        .values(seq=ChangeCounter.seq + count)
        .returning(ChangeCounter.seq)
        .execution_options(synchronize_session=False)
    )
    if last is None:
        raise LookupError(f"client {client_id} has no change counter")
    return last - count + 1
