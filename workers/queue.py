"""The queue: the only file that knows RQ.

The queue carries a step's id and attempt, nothing else, and may be wiped at any time. RQ's retries
and results are not used: the `steps` table has them. Each worker listens to one queue, since RQ
moves a job safely (BLMOVE) from a single queue only.
"""

from __future__ import annotations

import secrets
from typing import Any

from redis import Redis
from redis.exceptions import RedisError
from rq import Queue, SimpleWorker
from rq.serializers import JSONSerializer

from models.errors import Unavailable

NAME = "steps"
JOB = "workers.jobs.run_step"
# Longer than the slowest range of pages; a step that hangs longer is ended and tried again.
TIMEOUT_SECONDS = 900


class StepQueue:
    """Ids of ready steps on their way to workers."""

    def __init__(self, url: str) -> None:
        self._redis: Redis = Redis.from_url(
            url, socket_connect_timeout=2, health_check_interval=15, socket_keepalive=True
        )
        self._queue = Queue(NAME, connection=self._redis, serializer=JSONSerializer)

    def put(self, step_id: str, attempt: int) -> None:
        """Hand a step to whichever worker is free; Unavailable when Redis does not answer."""
        try:
            self._queue.enqueue_call(
                JOB,
                args=(step_id, attempt),
                job_id=f"{step_id}-{attempt}",
                timeout=TIMEOUT_SECONDS,
                result_ttl=0,
                failure_ttl=86400,
            )
        except RedisError as error:
            raise _unavailable(error) from error

    def waiting(self) -> set[str]:
        """Ids of the steps that wait in the queue."""
        try:
            return {job_id.rpartition("-")[0] for job_id in self._queue.job_ids}
        except RedisError as error:
            raise _unavailable(error) from error

    def workers(self) -> int:
        """How many workers listen."""
        try:
            return int(SimpleWorker.count(queue=self._queue))
        except RedisError as error:
            raise _unavailable(error) from error

    def work(self, name: str, max_jobs: int) -> None:
        """Run steps in this process until it is told to stop or `max_jobs` are done.

        Jobs run in this very process (no fork), so that loaded models stay warm.
        """
        worker: Any = SimpleWorker(
            [self._queue],
            # A killed worker's name stays registered for minutes: never use one twice.
            name=f"{name}-{secrets.token_hex(4)}",
            connection=self._redis,
            serializer=JSONSerializer,
            prepare_for_work=True,
        )
        worker.work(max_jobs=max_jobs, logging_level="WARNING", with_scheduler=False)


def _unavailable(error: RedisError) -> Unavailable:
    # The error's text may name the address with its password: only its kind is passed on.
    return Unavailable(
        f"The queue does not answer ({type(error).__name__}): see that Redis or Valkey runs."
    )
