"""The dispatcher: puts ids of ready steps on the queue, and the sweeper beside it.

The queue is kept short, so that the order of work is the database's (priority, then deadline) and
a wiped queue loses nothing but a moment.
"""

from __future__ import annotations

import logging
import signal
import threading
import time
from collections.abc import Callable

from models.db import Database
from models.errors import Unavailable
from models.settings import Settings
from models.steps import has_ready, queue_ready
from workers.queue import StepQueue
from workers.sweep import sweep

log = logging.getLogger("scrivano.dispatch")
# Steps in the queue for each worker: one to take at once while the next ones are being put there.
DEPTH = 2
ANALYZE_SECONDS = 900.0


def dispatch(db: Database, queue: StepQueue) -> int:
    """Queue as many ready steps as there is room for; how many that were.

    A step is marked first and put on the queue after that: when Redis fails in between, the
    sweeper finds it marked for too long and sets it back.
    """
    with db.read() as session:
        if not has_ready(session):
            return 0
    room = DEPTH * max(queue.workers(), 1) - len(queue.waiting())
    if room <= 0:
        return 0
    with db.write() as session:
        steps = queue_ready(session, room)
    for step_id, attempt in steps:
        queue.put(step_id, attempt)
    return len(steps)


def run(settings: Settings, db: Database, queue: StepQueue) -> None:
    """Dispatch and sweep until SIGTERM or SIGINT."""
    stop = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    next_sweep = next_look = 0.0
    while not stop.is_set():
        if time.monotonic() >= next_look:
            _carefully(db.analyze)
            next_look = time.monotonic() + ANALYZE_SECONDS
        if time.monotonic() >= next_sweep:
            _carefully(lambda: sweep(db, queue))
            next_sweep = time.monotonic() + settings.sweep_interval_seconds
        _carefully(lambda: dispatch(db, queue))
        stop.wait(settings.dispatch_interval_seconds)


def _carefully(act: Callable[[], object]) -> None:
    """One round must not end the loop: what failed is tried in the next."""
    try:
        act()
    except Unavailable as error:
        log.warning("%s", error.detail)
        time.sleep(1)
    except Exception:
        log.exception("round failed")
        time.sleep(1)
