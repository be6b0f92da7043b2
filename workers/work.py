"""A worker process: warm models, one step at a time."""

from __future__ import annotations

import logging

from models.keying import quarantine
from models.settings import Settings
from models.steps import release_worker
from workers.context import open_context
from workers.jobs import set_context
from workers.queue import StepQueue

log = logging.getLogger("scrivano.worker")


def work(settings: Settings, name: str) -> None:
    """Load the engine, take back what a killed process of this name held, then run steps."""
    context = open_context(settings, name)
    context.empty_spool()
    with context.db.write() as session:
        back, ended = release_worker(session, name)
        for step in ended:
            quarantine(session, step.subject, f"its worker was lost {step.lost} times")
    if back or ended:
        log.warning("took back %d steps of a former process, ended %d", back, len(ended))
    _ = context.engine
    set_context(context)
    log.info("%s is ready", name)
    StepQueue(settings.redis_url.get_secret_value()).work(
        name.replace(":", "-"), settings.worker_max_jobs
    )
