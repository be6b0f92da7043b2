"""The sweeper: what went stale is taken back, so that nothing is forgotten."""

from __future__ import annotations

import logging

from models.db import Database
from models.documents import quarantine
from models.idempotency import forget_old
from models.keying import reopen_abandoned
from models.steps import sweep_steps

log = logging.getLogger("scrivano.sweep")
# A step that nobody took for so long: the queue may have lost its id. The queue is short, so this
# is far longer than a wait in it; a second id of the same step does no harm.
QUEUED_SECONDS = 20.0


def sweep(db: Database) -> None:
    """One round over leases, queued steps, abandoned tasks and old answers."""
    with db.write() as session:
        back, ended = sweep_steps(session, QUEUED_SECONDS)
        for step in ended:
            quarantine(session, step.subject, f"its worker was lost {step.lost} times")
        reopen_abandoned(session)
        forget_old(session)
    if back or ended:
        log.warning("%d stale steps taken back, %d ended", back, len(ended))
