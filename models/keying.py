"""Keying: tasks for people, and what they keyed.

A task is claimed by one operator for a few minutes; each claim gives it a new version, and an
entry counts only with the version that its operator was given. So two people never hold the same
task, and whoever comes late is told.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Index, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.batches import Batch
from models.clients import Client
from models.db import Base, Owned, Transaction, now
from models.documents import Document, fail_document, get_document, start_settling
from models.errors import NotFound, StaleWrite
from models.fields import Field, get_field
from models.ids import new_id
from models.status import move, must_move

CLAIM_MINUTES = 5


class Task(Owned, Base):
    """One field for one person to confirm or correct; `doubts` say why it is here."""

    KIND = "task"
    __tablename__ = "tasks"
    __table_args__ = (
        Index("ix_tasks_open", "status", "priority", "deadline", "document_id", "position"),
        Index("ix_tasks_document", "document_id"),
        Index("ix_tasks_batch", "batch_id", "status"),
        Index("ix_tasks_claimed_by", "claimed_by", "status"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    batch_id: Mapped[str] = mapped_column(String(40))
    document_id: Mapped[str] = mapped_column(String(40))
    field_id: Mapped[str] = mapped_column(String(40))
    mode: Mapped[str] = mapped_column(String(20), default="confirm")
    status: Mapped[str] = mapped_column(String(20), default="open")
    doubts: Mapped[list[Any]]
    priority: Mapped[int]
    deadline: Mapped[datetime | None]
    position: Mapped[int]
    version: Mapped[int] = mapped_column(default=1)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None]
    skipped_by: Mapped[str | None] = mapped_column(String(40))
    done_at: Mapped[datetime | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


class Key(Owned, Base):
    """One operator's entry, beside what the machine had shown: kept for control and learning."""

    __tablename__ = "keys"
    __table_args__ = (Index("ix_keys_user", "user_id", "created_at"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    task_id: Mapped[str] = mapped_column(String(40), index=True)
    task_version: Mapped[int]
    field_id: Mapped[str] = mapped_column(String(40))
    user_id: Mapped[str] = mapped_column(String(40))
    value: Mapped[str | None]
    raw: Mapped[str]
    shown: Mapped[str | None]
    shown_score: Mapped[float | None]
    forced: Mapped[bool]
    seconds: Mapped[float]
    keystrokes: Mapped[int]
    created_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True)
class Entry:
    """What an operator keyed: as typed, normalised, and the checks that it does not pass."""

    raw: str
    value: str | None
    checks: tuple[str, ...]
    forced: bool = False
    seconds: float = 0.0
    keystrokes: int = 0


def add_tasks(
    session: Transaction, document: Document, doubts: Sequence[tuple[Field, tuple[str, ...]]]
) -> None:
    """A keying task for each field in doubt."""
    batch = session.get_one(Batch, document.batch_id)
    session.add_all(
        Task(
            id=new_id("tsk"),
            client_id=document.client_id,
            batch_id=batch.id,
            document_id=document.id,
            field_id=field.id,
            mode="confirm",
            status="open",
            doubts=list(why),
            priority=batch.priority,
            deadline=batch.deadline,
            position=field.position,
            version=1,
            created_at=now(),
        )
        for field, why in doubts
    )


def claim_tasks(
    session: Transaction, user_id: str, count: int, batch_id: str | None = None
) -> list[Task]:
    """Up to `count` tasks for this operator alone: those it holds already first, then the most
    urgent, document by document. Abandoned claims of others are taken over."""
    scope: list[ColumnElement[bool]] = [Task.batch_id == batch_id] if batch_id else []
    held = list(
        session.scalars(
            _in_order(
                select(Task).where(Task.claimed_by == user_id, Task.status == "claimed", *scope)
            )
        )
    )[:count]
    for task in held:
        task.claimed_until = claim_end()
    others = or_(Task.skipped_by.is_(None), Task.skipped_by != user_id)
    free = _find_free(session, user_id, count - len(held), [*scope, others])
    if not held and not free:  # only what this operator has skipped is left
        free = _find_free(session, user_id, count, scope)
    return held + [task for task in free if claim_row(session, task, user_id)]


def _find_free(
    session: Transaction, user_id: str, count: int, scope: list[ColumnElement[bool]]
) -> Sequence[Task]:
    abandoned = and_(
        Task.status == "claimed", Task.claimed_until < now(), Task.claimed_by != user_id
    )
    query = select(Task).where(or_(Task.status == "open", abandoned), *scope)
    return session.scalars(_in_order(query).limit(count).with_for_update(skip_locked=True)).all()


def _in_order(query: Any) -> Any:
    return query.order_by(
        Task.priority.desc(), Task.deadline.asc().nulls_last(), Task.document_id, Task.position
    )


def claim_row(session: Transaction, row: Any, user_id: str) -> bool:
    """Give a task, or a file to sort, to this operator for a few minutes; False when another was
    faster."""
    return move(
        session,
        row,
        "claimed",
        actor=user_id,
        where=(type(row).version == row.version,),
        values={
            "claimed_by": user_id,
            "claimed_until": claim_end(),
            "version": row.version + 1,
        },
    )


def claim_end() -> datetime:
    return now() + timedelta(minutes=CLAIM_MINUTES)


def get_task(session: Transaction, task_id: str) -> Task:
    task = session.scalar(select(Task).where(Task.id == task_id).with_for_update())
    if task is None:
        raise NotFound(f"There is no task {task_id}.")
    return task


def hold_task(session: Transaction, task_id: str, user_id: str, version: int) -> Task:
    """The task, if this operator holds it at this version; StaleWrite if not."""
    task = get_task(session, task_id)
    if task.status != "claimed" or task.claimed_by != user_id or task.version != version:
        raise StaleWrite(
            "This task is not yours any more: somebody else has it or it is done. Claim the next.",
            task_id=task_id,
            task_status=task.status,
        )
    return task


def renew_claim(session: Transaction, task_id: str, user_id: str, version: int) -> Task:
    task = hold_task(session, task_id, user_id, version)
    task.claimed_until = claim_end()
    return task


def give_back(session: Transaction, task_id: str, user_id: str, version: int) -> Task:
    """Hand a task back unanswered: it goes to somebody else, and to the same operator again only
    when there is nothing else."""
    task = hold_task(session, task_id, user_id, version)
    must_move(
        session,
        task,
        "open",
        actor=user_id,
        values={
            "claimed_by": None,
            "claimed_until": None,
            "skipped_by": user_id,
            "version": version + 1,
        },
    )
    return task


def give_back_all(session: Transaction, user_id: str) -> int:
    """Hand back every task that this person holds, who keys no more: how many there were."""
    held = session.scalars(
        select(Task)
        .where(Task.status == "claimed", Task.claimed_by == user_id)
        .with_for_update(skip_locked=True)
    ).all()
    values = {"claimed_by": None, "claimed_until": None}
    for task in held:
        move(session, task, "open", values={**values, "version": task.version + 1})
    return len(held)


def enter_key(
    session: Transaction, task_id: str, user_id: str, version: int, entry: Entry
) -> tuple[Task, Field]:
    """Take an operator's entry: the field becomes final, the task is done.

    The same entry sent again (its answer was lost on the way) gives the same result. Raises
    StaleWrite when the operator does not hold the task at this version.
    """
    document_id = get_task(session, task_id).document_id
    get_document(session, document_id, lock=True)  # the last key of a document is one key only
    if _was_entered(session, task_id, user_id, version, entry):
        task = get_task(session, task_id)
        return task, get_field(session, task.field_id)
    task = hold_task(session, task_id, user_id, version)
    field = get_field(session, task.field_id)
    session.add(
        Key(
            id=new_id("key"),
            client_id=task.client_id,
            task_id=task.id,
            task_version=version,
            field_id=field.id,
            user_id=user_id,
            value=entry.value,
            raw=entry.raw,
            shown=field.value,
            shown_score=field.score,
            forced=entry.forced,
            seconds=entry.seconds,
            keystrokes=entry.keystrokes,
            created_at=now(),
        )
    )
    changes: dict[str, Any] = {} if entry.value == field.value else {"raw": entry.raw}
    must_move(
        session,
        field,
        "final",
        actor=user_id,
        values={
            **changes,
            "value": entry.value,
            "score": None,
            "source": "person",
            "checks": list(entry.checks),
            "version": field.version + 1,
            "updated_at": now(),
        },
    )
    must_move(session, task, "done", actor=user_id, values={"done_at": now()})
    if not count_waiting(session, document_id):
        start_settling(session, document_id)
    return task, field


def _was_entered(
    session: Transaction, task_id: str, user_id: str, version: int, entry: Entry
) -> bool:
    return bool(
        session.scalar(
            select(Key.id).where(
                Key.task_id == task_id,
                Key.user_id == user_id,
                Key.task_version == version,
                Key.value.is_(None) if entry.value is None else Key.value == entry.value,
            )
        )
    )


def count_waiting(session: Transaction, document_id: str) -> int:
    """How many of a document's tasks are still to be keyed."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Task)
            .where(Task.document_id == document_id, Task.status.in_(("open", "claimed")))
        )
        or 0
    )


def count_tasks(session: Transaction, batches: Collection[str]) -> dict[str, int]:
    """How many tasks of each batch wait to be keyed; batches without any are left out."""
    rows = session.execute(
        select(Task.batch_id, func.count(Task.id))
        .where(Task.batch_id.in_(batches), Task.status.in_(("open", "claimed")))
        .group_by(Task.batch_id)
    )
    return {row.batch_id: row[1] for row in rows}


def count_claimed(session: Transaction) -> int:
    """How many tasks people hold now."""
    query = select(func.count(Task.id)).where(Task.status == "claimed", Task.claimed_until >= now())
    return session.scalar(query) or 0


def count_keys(session: Transaction, user_id: str, since: datetime) -> int:
    """How many entries this operator has made since then."""
    query = select(func.count(Key.id)).where(Key.user_id == user_id, Key.created_at >= since)
    return session.scalar(query) or 0


@dataclass(frozen=True)
class Backlog:
    """A batch with tasks that nobody holds."""

    batch: Batch
    client: str
    open: int


def list_backlog(session: Transaction) -> list[Backlog]:
    """Batches with open tasks, most urgent first; abandoned claims count as open."""
    free = (
        select(Task.batch_id, func.count(Task.id).label("open"))
        .where(
            or_(Task.status == "open", and_(Task.status == "claimed", Task.claimed_until < now()))
        )
        .group_by(Task.batch_id)
        .subquery()
    )
    rows = session.execute(
        select(Batch, Client.name, free.c.open)
        .join(free, free.c.batch_id == Batch.id)
        .join(Client, Client.id == Batch.client_id)
        .order_by(Batch.priority.desc(), Batch.deadline.asc().nulls_last(), Batch.id)
    )
    return [Backlog(batch, client, count) for batch, client, count in rows]


def reopen_fields(
    session: Transaction, document: Document, doubts: Sequence[tuple[Field, tuple[str, ...]]]
) -> None:
    """Send final fields to people after all: a rule fails that they take part in, or the document
    seems to have come before. What follows the colon of a doubt is for that person only."""
    for field, why in doubts:
        checks = [doubt.partition(":")[0] for doubt in why]
        must_move(session, field, "keying", values={"checks": checks})
    add_tasks(session, document, doubts)


def reopen_abandoned(session: Transaction) -> None:
    """Give tasks back whose operator has gone away."""
    gone = session.scalars(
        select(Task)
        .where(Task.status == "claimed", Task.claimed_until < now())
        .limit(500)
        .with_for_update(skip_locked=True)
    ).all()
    for task in gone:
        move(
            session,
            task,
            "open",
            values={"claimed_by": None, "claimed_until": None, "version": task.version + 1},
        )


def cancel_tasks(session: Transaction, document_id: str) -> None:
    """Take a document's tasks away from people: it was rejected or starts anew."""
    waiting = session.scalars(
        select(Task).where(Task.document_id == document_id, Task.status.in_(("open", "claimed")))
    ).all()
    for task in waiting:
        move(session, task, "cancelled", values={"version": task.version + 1})


def quarantine(session: Transaction, document_id: str, reason: str) -> None:
    """Put a document aside for a supervisor: work on it failed too often for an unknown reason.
    Nobody keys it meanwhile."""
    cancel_tasks(session, document_id)
    fail_document(
        session,
        document_id,
        "quarantined",
        f"Reading failed several times ({reason}). A supervisor can retry or reject it.",
        quarantine=True,
    )
