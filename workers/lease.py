"""Keeping a lease alive while its step is done."""

from __future__ import annotations

import logging
import threading
from collections.abc import Iterator
from contextlib import contextmanager

from models.db import Database
from models.errors import LeaseLost
from models.steps import Lease, renew_lease

log = logging.getLogger("scrivano.worker")


@contextmanager
def keep_lease(db: Database, lease: Lease, seconds: float) -> Iterator[None]:
    """Renew `lease` three times per its length, from a thread of its own, until the block ends.

    The thread gives up when the lease is lost: the step's own writes then fail with LeaseLost.
    A database that does not answer for a while is tried again.
    """
    done = threading.Event()

    def renew() -> None:
        while not done.wait(seconds / 3):
            try:
                with db.write() as session:
                    renew_lease(session, lease, seconds)
            except LeaseLost:
                return
            except Exception:
                log.warning("lease of %s could not be renewed, trying on", lease.step_id)

    thread = threading.Thread(target=renew, name="lease", daemon=True)
    thread.start()
    try:
        yield
    finally:
        done.set()
        thread.join()
