"""What may follow what: the only place where a status changes.

`move` is a compare-and-set: one row changed means the caller won; then the transition is written
in the same transaction. Nothing else sets a status.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

from sqlalchemy import ColumnElement, Index, String, update
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Base, Transaction, now
from models.errors import Conflict

ALLOWED: Mapping[str, Mapping[str, frozenset[str]]] = {
    "batch": {
        "open": frozenset({"sealed"}),
        "sealed": frozenset({"released"}),
        "released": frozenset(),
    },
    "document": {
        "received": frozenset({"reading", "failed", "quarantined"}),
        "reading": frozenset({"sorting", "extracting", "failed", "quarantined", "rejected"}),
        # a person says where its documents begin and what they are; "reading" applies the answer
        "sorting": frozenset({"reading", "quarantined", "rejected"}),
        "extracting": frozenset({"keying", "final", "failed", "quarantined"}),
        "keying": frozenset({"final", "quarantined", "rejected"}),
        "final": frozenset(),
        # bad bytes; blocks nothing (a part of a file has its pages: it starts with extraction)
        "failed": frozenset({"received", "extracting", "rejected"}),
        # a person must decide
        "quarantined": frozenset({"received", "extracting", "rejected"}),
        "rejected": frozenset(),
    },
    "step": {
        "ready": frozenset({"queued", "leased", "cancelled"}),
        "queued": frozenset({"leased", "ready", "cancelled"}),
        "leased": frozenset({"done", "ready", "failed"}),
        "done": frozenset({"ready"}),
        "failed": frozenset({"ready"}),
        "cancelled": frozenset({"ready"}),
    },
    "task": {
        "open": frozenset({"claimed", "cancelled"}),
        "claimed": frozenset({"open", "claimed", "done", "cancelled"}),
        "done": frozenset(),
        "cancelled": frozenset(),
    },
    "sorting": {
        "open": frozenset({"claimed", "cancelled"}),
        "claimed": frozenset({"open", "claimed", "done", "cancelled"}),
        "done": frozenset(),
        "cancelled": frozenset(),
    },
    "field": {
        "keying": frozenset({"final"}),
        "final": frozenset({"keying"}),  # a rule failed later on
    },
}


class Transition(Base):
    """One change of a status: what, from, to, when, by whom, why."""

    __tablename__ = "transitions"
    __table_args__ = (Index("ix_transitions_subject", "subject"),)

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(40))
    before: Mapped[str] = mapped_column(String(20))
    after: Mapped[str] = mapped_column(String(20))
    actor: Mapped[str] = mapped_column(String(60))
    reason: Mapped[str | None]
    at: Mapped[datetime] = mapped_column(default=now)


class HasStatus(Protocol):
    """Rows with a status; `KIND` names their entry in `ALLOWED`."""

    KIND: str
    id: Any
    status: Any


def move(
    session: Transaction,
    row: HasStatus,
    to: str,
    *,
    actor: str = "system",
    reason: str | None = None,
    where: Sequence[ColumnElement[bool]] = (),
    values: Mapping[str, Any] | None = None,
) -> bool:
    """Set `row`'s status to `to` if it still is what the caller read, and `where` holds.

    `values` are further columns to set at once. True: this caller made the change. False: another
    was faster. Raises Conflict when `ALLOWED` has no such way.
    """
    before = row.status
    if to not in ALLOWED[row.KIND][before]:
        raise Conflict(f"A {row.KIND} that is {before} cannot become {to}.", subject=row.id)
    model: Any = type(row)
    changed = session.execute(
        update(model)
        .where(model.id == row.id, model.status == before, *where)
        .values(status=to, **(values or {}))
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        return False
    session.refresh(row)
    session.add(
        Transition(
            kind=row.KIND, subject=row.id, before=before, after=to, actor=actor, reason=reason
        )
    )
    return True


def must_move(session: Transaction, row: HasStatus, to: str, **options: Any) -> None:
    """`move`, or Conflict when another was faster."""
    if not move(session, row, to, **options):
        raise Conflict(
            f"This {row.KIND} has just been changed by somebody else: read it again.",
            subject=row.id,
        )
