"""RQ on a real Valkey: ids go through, and a wiped or dead queue loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator

import pytest
import redis
from sqlalchemy import select

from models.db import Database
from models.documents import get_document
from models.errors import Unavailable
from models.steps import Step, sweep_queued
from tests.workers.conftest import make_pdf
from workers.context import Context
from workers.dispatch import dispatch
from workers.queue import StepQueue

Upload = Callable[..., tuple[str, str, list[str]]]


@pytest.fixture
def queue(context: Context) -> Iterator[StepQueue]:
    url = context.settings.redis_url.get_secret_value()
    redis.Redis.from_url(url).flushall()
    yield StepQueue(url)
    redis.Redis.from_url(url).flushall()


@pytest.fixture
def worker(context: Context) -> Iterator[Callable[[], subprocess.Popen[bytes]]]:
    """Start `python -m workers work` on the test's database; ended with the test."""
    settings = context.settings
    started: list[subprocess.Popen[bytes]] = []

    def start() -> subprocess.Popen[bytes]:
        environ = {
            **os.environ,
            "SCRIVANO_EMBEDDED": "false",
            "SCRIVANO_DATA_DIR": str(settings.data_dir),
            "SCRIVANO_MODELS_DIR": os.path.abspath("data/models"),
            "SCRIVANO_DATABASE_URL": f"sqlite:///{settings.data_dir}/records.sqlite3",
            "SCRIVANO_REDIS_URL": settings.redis_url.get_secret_value(),
            "SCRIVANO_S3_ENDPOINT": settings.s3_endpoint,
            "SCRIVANO_S3_ACCESS_KEY": settings.s3_access_key.get_secret_value(),
            "SCRIVANO_S3_SECRET_KEY": settings.s3_secret_key.get_secret_value(),
            "SCRIVANO_S3_BUCKET": settings.s3_bucket,
            "SCRIVANO_SECRET_KEY": "0" * 64,
        }
        with (settings.data_dir / "worker.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "workers", "work", "--name", "w1"], env=environ, stderr=log
            )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.wait()


def wait_for(check: Callable[[], object], context: Context, seconds: float = 60) -> None:
    end = time.monotonic() + seconds
    while not check():
        if time.monotonic() > end:
            log = context.settings.data_dir / "worker.log"
            pytest.fail(f"not within {seconds} s; the worker says:\n{log.read_text()}")
        time.sleep(0.1)


def is_settled(db: Database, document: str) -> bool:
    with db.read() as session:
        return get_document(session, document).status in ("keying", "final")


def test_a_worker_process_takes_steps_from_the_queue(
    context: Context, upload: Upload, queue: StepQueue, worker: Callable[[], object]
) -> None:
    _, _, [document] = upload(make_pdf())
    worker()

    def done() -> bool:
        dispatch(context.db, queue)
        return is_settled(context.db, document)

    wait_for(done, context)
    wait_for(lambda: not queue.waiting(), context)  # the searchable PDF, which nobody waits for


def test_a_wiped_queue_loses_nothing(
    context: Context, upload: Upload, queue: StepQueue, worker: Callable[[], object]
) -> None:
    _, _, [document] = upload(make_pdf())
    assert dispatch(context.db, queue) == 1
    redis.Redis.from_url(context.settings.redis_url.get_secret_value()).flushall()
    worker()

    def done() -> bool:
        with context.db.write() as session:
            sweep_queued(session, queue.waiting(), 1)
        dispatch(context.db, queue)
        return is_settled(context.db, document)

    wait_for(done, context)


def test_a_worker_stops_when_told_to(
    context: Context, queue: StepQueue, worker: Callable[[], subprocess.Popen[bytes]]
) -> None:
    process = worker()
    wait_for(lambda: queue.workers() == 1, context)
    process.send_signal(signal.SIGTERM)
    assert process.wait(15) == 0


def test_the_queue_is_kept_short(context: Context, upload: Upload, queue: StepQueue) -> None:
    upload(*(make_pdf(lines=(str(number),)) for number in range(6)))
    dispatched = [dispatch(context.db, queue) for _ in range(3)]
    assert dispatched == [2, 0, 0]
    assert len(queue.waiting()) == 2


def test_only_ids_are_in_the_queue(context: Context, upload: Upload, queue: StepQueue) -> None:
    client, _, [document] = upload(make_pdf())
    dispatch(context.db, queue)
    connection = redis.Redis.from_url(context.settings.redis_url.get_secret_value())
    stored = str([connection.hgetall(key) for key in connection.keys("rq:job:*")])
    with context.db.read() as session:
        step = session.scalars(select(Step.id)).one()
    assert step in stored
    assert client not in stored
    assert document not in stored


def test_a_dead_queue_is_named_without_its_password() -> None:
    queue = StepQueue("redis://:s3cret@127.0.0.1:9/0")
    with pytest.raises(Unavailable, match="does not answer") as caught:
        queue.put("stp_1", 1)
    assert "s3cret" not in str(caught.value)
