"""Sorting: files whose documents or types the machine is not sure of, for people.

A sorting is one file for one person: where its documents begin, what they are, and which pages
belong to none. It is claimed as keying tasks are: for a few minutes, each claim with a new
version, and an answer counts only with the version that its operator was given.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.batches import Batch
from models.db import Base, Owned, Transaction, now
from models.documents import Document, get_document, set_status, start_splitting
from models.errors import NotFound, StaleWrite
from models.ids import new_id
from models.keying import claim_end, claim_row
from models.status import move, must_move

WAITING = ("open", "claimed")


class Sorting(Owned, Base):
    """`proposal` is what the machine would do and how sure it is (see workers/split.py); `answer`
    what the person decided, in the same shape."""

    KIND = "sorting"
    __tablename__ = "sortings"
    __table_args__ = (
        Index("ix_sortings_open", "status", "priority", "deadline", "id"),
        Index("ix_sortings_document", "document_id"),
        Index("ix_sortings_batch", "batch_id", "status"),
        Index("ix_sortings_claimed_by", "claimed_by", "status"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    batch_id: Mapped[str] = mapped_column(String(40))
    document_id: Mapped[str] = mapped_column(String(40))
    status: Mapped[str] = mapped_column(String(20), default="open")
    proposal: Mapped[dict[str, Any]]
    answer: Mapped[dict[str, Any] | None]
    priority: Mapped[int]
    deadline: Mapped[datetime | None]
    version: Mapped[int] = mapped_column(default=1)
    claimed_by: Mapped[str | None] = mapped_column(String(40))
    claimed_until: Mapped[datetime | None]
    skipped_by: Mapped[str | None] = mapped_column(String(40))
    done_by: Mapped[str | None] = mapped_column(String(40))
    done_at: Mapped[datetime | None]
    seconds: Mapped[float | None]
    keystrokes: Mapped[int | None]
    created_at: Mapped[datetime] = mapped_column(default=now)


def ask(session: Transaction, document: Document, proposal: dict[str, Any]) -> Sorting:
    """Send a file to people: its document waits in `sorting` for the answer."""
    batch = session.get_one(Batch, document.batch_id)
    sorting = Sorting(
        id=new_id("srt"),
        client_id=document.client_id,
        batch_id=batch.id,
        document_id=document.id,
        status="open",
        proposal=proposal,
        priority=batch.priority,
        deadline=batch.deadline,
        version=1,
        created_at=now(),
    )
    session.add(sorting)
    session.flush()
    set_status(session, document, "sorting")
    return sorting


def find_answer(session: Transaction, document_id: str) -> Sorting | None:
    """What a person said last of this file; None when nobody was asked, or has answered."""
    return session.scalar(
        select(Sorting)
        .where(Sorting.document_id == document_id, Sorting.status == "done")
        .order_by(Sorting.id.desc())
        .limit(1)
    )


def claim_sortings(
    session: Transaction, user_id: str, count: int, batch_id: str | None = None
) -> list[Sorting]:
    """Up to `count` files for this operator alone: those it holds already first, then the most
    urgent. Abandoned claims of others are taken over."""
    scope = [Sorting.batch_id == batch_id] if batch_id else []
    held = list(
        session.scalars(
            _in_order(
                select(Sorting).where(
                    Sorting.claimed_by == user_id, Sorting.status == "claimed", *scope
                )
            )
        )
    )[:count]
    for sorting in held:
        sorting.claimed_until = claim_end()
    others = or_(Sorting.skipped_by.is_(None), Sorting.skipped_by != user_id)
    free = _find_free(session, user_id, count - len(held), [*scope, others])
    if not held and not free:  # only what this operator has skipped is left
        free = _find_free(session, user_id, count, scope)
    return held + [sorting for sorting in free if claim_row(session, sorting, user_id)]


def _find_free(
    session: Transaction, user_id: str, count: int, scope: list[Any]
) -> Sequence[Sorting]:
    abandoned = and_(
        Sorting.status == "claimed",
        Sorting.claimed_until < now(),
        Sorting.claimed_by != user_id,
    )
    query = select(Sorting).where(or_(Sorting.status == "open", abandoned), *scope)
    return session.scalars(_in_order(query).limit(count).with_for_update(skip_locked=True)).all()


def _in_order(query: Any) -> Any:
    return query.order_by(Sorting.priority.desc(), Sorting.deadline.asc().nulls_last(), Sorting.id)


def get_sorting(session: Transaction, sorting_id: str) -> Sorting:
    sorting = session.scalar(select(Sorting).where(Sorting.id == sorting_id).with_for_update())
    if sorting is None:
        raise NotFound(f"There is no sorting {sorting_id}.")
    return sorting


def hold_sorting(session: Transaction, sorting_id: str, user_id: str, version: int) -> Sorting:
    """The sorting, if this operator holds it at this version; StaleWrite if not."""
    sorting = get_sorting(session, sorting_id)
    held = sorting.status == "claimed" and sorting.claimed_by == user_id
    if not held or sorting.version != version:
        raise StaleWrite(
            "This file is not yours any more: somebody else has it or it is sorted. "
            "Claim the next.",
            sorting_id=sorting_id,
            sorting_status=sorting.status,
        )
    return sorting


def renew_claim(session: Transaction, sorting_id: str, user_id: str, version: int) -> Sorting:
    sorting = hold_sorting(session, sorting_id, user_id, version)
    sorting.claimed_until = claim_end()
    return sorting


def give_back(session: Transaction, sorting_id: str, user_id: str, version: int) -> Sorting:
    """Hand a file back unsorted: it goes to somebody else, and to the same operator again only
    when there is nothing else."""
    sorting = hold_sorting(session, sorting_id, user_id, version)
    must_move(
        session,
        sorting,
        "open",
        actor=user_id,
        values={
            "claimed_by": None,
            "claimed_until": None,
            "skipped_by": user_id,
            "version": version + 1,
        },
    )
    return sorting


def answer_sorting(
    session: Transaction,
    sorting_id: str,
    user_id: str,
    version: int,
    answer: dict[str, Any],
    *,
    seconds: float = 0.0,
    keystrokes: int = 0,
) -> Sorting:
    """Take an operator's answer: a worker divides the file by it.

    The same answer sent again (the reply to it was lost on the way) gives the same result. Raises
    StaleWrite when the operator does not hold the file at this version.
    """
    document_id = get_sorting(session, sorting_id).document_id
    document = get_document(session, document_id, lock=True)
    sorting = get_sorting(session, sorting_id)
    again = (sorting.done_by, sorting.version) == (user_id, version)
    if sorting.status == "done" and again and sorting.answer == answer:
        return sorting
    sorting = hold_sorting(session, sorting_id, user_id, version)
    sorting.answer, sorting.done_by = answer, user_id
    sorting.seconds, sorting.keystrokes = seconds, keystrokes
    session.flush()
    must_move(session, sorting, "done", actor=user_id, values={"done_at": now()})
    set_status(session, document, "reading", actor=user_id)
    start_splitting(session, document)
    return sorting


def reopen_abandoned(session: Transaction) -> None:
    """Give files back whose operator has gone away."""
    gone = session.scalars(
        select(Sorting)
        .where(Sorting.status == "claimed", Sorting.claimed_until < now())
        .limit(500)
        .with_for_update(skip_locked=True)
    ).all()
    for sorting in gone:
        values = {"claimed_by": None, "claimed_until": None, "version": sorting.version + 1}
        move(session, sorting, "open", values=values)


def cancel_sorting(session: Transaction, document_id: str) -> None:
    """Take a file away from people: it was rejected or starts anew."""
    waiting = session.scalars(
        select(Sorting).where(Sorting.document_id == document_id, Sorting.status.in_(WAITING))
    ).all()
    for sorting in waiting:
        move(session, sorting, "cancelled", values={"version": sorting.version + 1})


def count_sortings(session: Transaction, batches: Collection[str]) -> dict[str, int]:
    """How many files of each batch wait to be sorted; batches without any are left out."""
    rows = session.execute(
        select(Sorting.batch_id, func.count(Sorting.id))
        .where(Sorting.batch_id.in_(batches), Sorting.status.in_(WAITING))
        .group_by(Sorting.batch_id)
    )
    return {row.batch_id: row[1] for row in rows}


def count_waiting(session: Transaction) -> tuple[int, int]:
    """How many files nobody holds, and how many people hold now."""
    held = and_(Sorting.status == "claimed", Sorting.claimed_until >= now())
    free = or_(Sorting.status == "open", and_(Sorting.status == "claimed", ~held))
    counts = [
        session.scalar(select(func.count(Sorting.id)).where(which)) or 0 for which in (free, held)
    ]
    return counts[0], counts[1]


def count_answers(session: Transaction, user_id: str, since: datetime) -> int:
    """How many files this operator has sorted since then."""
    query = select(func.count(Sorting.id)).where(
        Sorting.done_by == user_id, Sorting.done_at >= since
    )
    return session.scalar(query) or 0
