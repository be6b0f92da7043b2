"""The work list, which is the outbox too: what is to be done, by whom it is held, how often it
was tried.

A step is `ready`, put on the queue by the dispatcher (`queued`), claimed by a worker (`leased`)
and `done`. The queue holds ids only and may be wiped at any time. A worker owns a step as long as
its lease token stands in the row; all it writes goes with `finish`, which fails when the token is
no longer there. What was started and then lost three times goes to a person.
"""

from __future__ import annotations

import secrets
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, func, select, update
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Base, Owned, Transaction, now
from models.errors import LeaseLost
from models.ids import new_id
from models.status import move, must_move

MAX_LOST = 3
MAX_FAILURES = 3
# A part that does not answer (S3, the database) is no fault of the document: wait much longer.
MAX_OUTAGES = 200
# A release is about good documents: it is tried until it works.
ENDLESS = frozenset({"release"})
# What a document does not wait for: when it fails, nothing else has failed.
ASIDE = frozenset({"archive", "learn"})


# Of two steps with the same urgency the one nearer to a result goes first: people get the first
# document of a large batch while the others are still being read.
# Learning goes before the next extraction, which may be of the same supplier.
RANKS = {
    "inspect": 0, "read": 1, "split": 2, "extract": 3, "learn": 4, "settle": 4, "release": 5,
    "archive": -1,
}  # fmt: skip


class Step(Owned, Base):
    """One thing to do with `subject`: a document or a batch.

    `part` tells apart steps of one kind for one subject: the first page of a range, a version.
    """

    KIND = "step"
    __tablename__ = "steps"
    __table_args__ = (
        UniqueConstraint("kind", "subject", "part"),
        Index("ix_steps_status", "status", "priority", "deadline", "rank", "id"),
        Index("ix_steps_subject", "subject"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    kind: Mapped[str] = mapped_column(String(20))
    subject: Mapped[str] = mapped_column(String(40))
    part: Mapped[int] = mapped_column(default=0)
    rank: Mapped[int] = mapped_column(default=0)
    data: Mapped[dict[str, Any]]
    status: Mapped[str] = mapped_column(String(20), default="ready")
    priority: Mapped[int]
    deadline: Mapped[datetime | None]
    not_before: Mapped[datetime]
    attempt: Mapped[int] = mapped_column(default=0)
    lost: Mapped[int] = mapped_column(default=0)
    failures: Mapped[int] = mapped_column(default=0)
    outages: Mapped[int] = mapped_column(default=0)
    queued_at: Mapped[datetime | None]
    lease_token: Mapped[str | None] = mapped_column(String(40))
    lease_until: Mapped[datetime | None]
    worker: Mapped[str | None] = mapped_column(String(60))
    error: Mapped[str | None]
    created_at: Mapped[datetime]


@dataclass(frozen=True)
class Lease:
    """A worker's hold on a step, with what it needs to do it."""

    step_id: str
    token: str
    client_id: str
    kind: str
    subject: str
    part: int
    data: dict[str, Any]
    attempt: int


def add_step(
    session: Transaction,
    client_id: str,
    kind: str,
    subject: str,
    *,
    part: int = 0,
    priority: int,
    deadline: datetime | None,
    **data: Any,
) -> None:
    """Put a step on the list. One that was there and has ended starts anew; one that has not
    stays as it is, so that adding twice is adding once."""
    step = session.scalar(
        select(Step).where(Step.kind == kind, Step.subject == subject, Step.part == part)
    )
    if step is None:
        session.add(
            Step(
                id=new_id("stp"),
                client_id=client_id,
                kind=kind,
                subject=subject,
                part=part,
                rank=RANKS[kind],
                data=data,
                status="ready",
                priority=priority,
                deadline=deadline,
                not_before=now(),
                created_at=now(),
            )
        )
        session.flush()
    elif step.status in ("done", "failed", "cancelled"):
        must_move(
            session,
            step,
            "ready",
            values={"data": data, "lost": 0, "failures": 0, "outages": 0, "not_before": now()},
        )


def has_ready(session: Transaction) -> bool:
    """Whether any step is to be queued now: a cheap look before the write."""
    return bool(
        session.scalar(
            select(Step.id).where(Step.status == "ready", Step.not_before <= now()).limit(1)
        )
    )


def queue_ready(session: Transaction, room: int) -> list[tuple[str, int]]:
    """Mark up to `room` ready steps as queued, most urgent first: their ids and attempts."""
    found = session.scalars(
        select(Step)
        .where(Step.status == "ready", Step.not_before <= now())
        .order_by(Step.priority.desc(), Step.deadline.asc().nulls_last(), Step.rank.desc(), Step.id)
        .limit(room)
        .with_for_update(skip_locked=True)
    )
    return [
        (step.id, step.attempt)
        for step in found
        if move(session, step, "queued", values={"queued_at": now(), "attempt": step.attempt + 1})
    ]


def claim_step(
    session: Transaction, step_id: str, attempt: int, worker: str, seconds: float
) -> Lease | None:
    """Lease a queued step for `seconds`; None when it is not there to be had any more."""
    step = session.get(Step, step_id, with_for_update=True)
    if step is None or step.status != "queued" or step.attempt != attempt:
        return None
    token = secrets.token_hex(16)
    won = move(
        session,
        step,
        "leased",
        actor=worker,
        values={
            "lease_token": token,
            "lease_until": now() + timedelta(seconds=seconds),
            "worker": worker,
        },
    )
    if not won:
        return None
    return Lease(
        step_id=step.id,
        token=token,
        client_id=step.client_id,
        kind=step.kind,
        subject=step.subject,
        part=step.part,
        data=step.data,
        attempt=step.attempt,
    )


def renew_lease(session: Transaction, lease: Lease, seconds: float) -> None:
    """Hold the step for `seconds` more; LeaseLost when somebody else has it."""
    changed = session.execute(
        update(Step)
        .where(Step.id == lease.step_id, Step.lease_token == lease.token, Step.status == "leased")
        .values(lease_until=now() + timedelta(seconds=seconds))
        .execution_options(synchronize_session=False)
    )
    if changed.rowcount != 1:  # type: ignore[attr-defined]
        raise LeaseLost(f"Step {lease.step_id} is held by another worker.")


def check_lease(session: Transaction, lease: Lease) -> Step:
    """The step's row, locked, if the lease still stands; LeaseLost if not. Every transaction in
    which a worker writes begins with this."""
    step = session.scalar(
        select(Step)
        .where(Step.id == lease.step_id, Step.lease_token == lease.token, Step.status == "leased")
        .with_for_update()
    )
    if step is None:
        raise LeaseLost(f"Step {lease.step_id} is held by another worker.")
    return step


def finish_step(session: Transaction, lease: Lease) -> None:
    """The step is done: in the transaction that writes its result."""
    step = check_lease(session, lease)
    must_move(session, step, "done", actor=step.worker, values={"lease_token": None, "error": None})


def retry_later(session: Transaction, lease: Lease, error: str, *, outage: bool) -> bool:
    """Give the step back after a fault that may pass, with a growing pause.

    False: it has failed too often, the step has ended and the caller quarantines its subject
    (never for what is done aside).
    """
    step = check_lease(session, lease)
    failures = step.failures + (not outage)
    outages = step.outages + outage
    counts = {"failures": failures, "outages": outages, "error": error, "lease_token": None}
    ended = failures >= MAX_FAILURES or outages >= MAX_OUTAGES
    if ended and step.kind not in ENDLESS:
        must_move(session, step, "failed", actor=step.worker, reason=error, values=counts)
        return step.kind in ASIDE
    pause = timedelta(seconds=min(2.0 ** min(outages if outage else failures, 5), 30.0))
    must_move(
        session,
        step,
        "ready",
        actor=step.worker,
        reason=error,
        values={**counts, "not_before": now() + pause},
    )
    return True


def give_back_step(session: Transaction, lease: Lease) -> None:
    """Hand the step back undone, at nobody's fault: its worker was told to stop."""
    step = check_lease(session, lease)
    must_move(session, step, "ready", actor=step.worker, values={"lease_token": None})


def fail_step(session: Transaction, lease: Lease, error: str) -> None:
    """End the step for good: no retry can help."""
    step = check_lease(session, lease)
    must_move(
        session,
        step,
        "failed",
        actor=step.worker,
        reason=error,
        values={"error": error, "lease_token": None},
    )


def sweep_leases(session: Transaction) -> tuple[int, list[Step]]:
    """Take back steps whose lease ran out.

    Returns how many went back to ready, and those that were lost too often: they have ended, and
    the caller quarantines their subjects.
    """
    stale = session.scalars(
        select(Step)
        .where(Step.status == "leased", Step.lease_until < now())
        .with_for_update(skip_locked=True)
    ).all()
    return _take_back(session, stale, "lease ran out")


def sweep_queued(session: Transaction, waiting: Collection[str], seconds: float) -> int:
    """Take back steps that were queued more than `seconds` ago and are not `waiting` in the queue
    (ids): it has lost them. How many that were."""
    stale = session.scalars(
        select(Step)
        .where(Step.status == "queued", Step.queued_at < now() - timedelta(seconds=seconds))
        .with_for_update(skip_locked=True)
    ).all()
    lost = [step for step in stale if step.id not in waiting]
    return _take_back(session, lost, "lost by the queue")[0]


def release_worker(session: Transaction, worker: str) -> tuple[int, list[Step]]:
    """Take back what a former process of this worker's name held: it is not alive any more."""
    held = session.scalars(
        select(Step).where(Step.status == "leased", Step.worker == worker).with_for_update()
    ).all()
    return _take_back(session, held, "worker restarted")


def _take_back(session: Transaction, steps: Sequence[Step], reason: str) -> tuple[int, list[Step]]:
    back, ended = 0, []
    for step in steps:
        lost = step.lost + (step.status == "leased")
        to = "failed" if lost >= MAX_LOST and step.kind not in ENDLESS else "ready"
        if not move(session, step, to, reason=reason, values={"lost": lost, "lease_token": None}):
            continue
        if to == "failed":
            ended += [step] if step.kind not in ASIDE else []
        else:
            back += 1
    return back, ended


def cancel_steps(session: Transaction, subject: str) -> None:
    """Take a subject's waiting steps off the list."""
    waiting = session.scalars(
        select(Step).where(Step.subject == subject, Step.status.in_(("ready", "queued")))
    ).all()
    for step in waiting:
        move(session, step, "cancelled")


def count_unfinished(session: Transaction, kind: str, subject: str) -> int:
    """How many of a subject's steps of one kind are not done."""
    return (
        session.scalar(
            select(func.count())
            .select_from(Step)
            .where(Step.kind == kind, Step.subject == subject, Step.status != "done")
        )
        or 0
    )
