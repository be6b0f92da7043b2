"""The sweeper: what went stale is taken back, so that nothing is forgotten."""

from __future__ import annotations

import logging

from models import keying, sorting
from models.db import Database
from models.idempotency import forget_old
from models.steps import sweep_leases, sweep_queued
from workers.queue import StepQueue

log = logging.getLogger("scrivano.sweep")
# A worker claims what it takes from the queue within milliseconds: a step that is neither waiting
# there nor claimed for so long was lost by the queue. A second id of a step does no harm.
QUEUED_SECONDS = 5.0


def sweep(db: Database, queue: StepQueue) -> None:
    """One round over leases, abandoned tasks, old answers, and what the queue has lost."""
    with db.write() as session:
        back, ended = sweep_leases(session)
        for step in ended:
            keying.quarantine(session, step.subject, f"its worker was lost {step.lost} times")
        keying.reopen_abandoned(session)
        sorting.reopen_abandoned(session)
        forget_old(session)
    waiting = queue.waiting()
    with db.write() as session:
        back += sweep_queued(session, waiting, QUEUED_SECONDS)
    if back or ended:
        log.warning("%d stale steps taken back, %d ended", back, len(ended))
