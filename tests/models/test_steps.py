"""The work list: claimed once, owned by a lease, never forgotten."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.batches import get_batch
from models.db import Database, now
from models.documents import (
    fail_document,
    finish_reading,
    get_document,
    retry_document,
    start_reading,
)
from models.errors import LeaseLost
from models.steps import (
    MAX_FAILURES,
    MAX_LOST,
    Lease,
    Step,
    add_step,
    check_lease,
    claim_step,
    fail_step,
    finish_step,
    has_ready,
    queue_ready,
    release_worker,
    renew_lease,
    retry_later,
    sweep_leases,
    sweep_queued,
)
from tests.models.conftest import Rows, add_rows


def lease_next(db: Database, worker: str = "w1", seconds: float = 30) -> Lease:
    with db.write() as session:
        [(step_id, attempt)] = queue_ready(session, 1)
    with db.write() as session:
        lease = claim_step(session, step_id, attempt, worker, seconds)
    assert lease is not None
    return lease


def statuses(db: Database) -> list[str]:
    with db.read() as session:
        return list(session.scalars(select(Step.status).order_by(Step.id)))


def test_a_step_is_claimed_by_one_worker_only(db: Database, rows: Rows) -> None:
    with db.write() as session:
        [(step_id, attempt)] = queue_ready(session, 5)

    def claim(number: int) -> Lease | None:
        with db.write() as session:
            return claim_step(session, step_id, attempt, f"w{number}", 30)

    with ThreadPoolExecutor(8) as pool:
        leases = [lease for lease in pool.map(claim, range(8)) if lease]
    assert len(leases) == 1


def test_an_old_attempt_cannot_be_claimed(db: Database, rows: Rows) -> None:
    with db.write() as session:
        [(step_id, attempt)] = queue_ready(session, 5)
        assert claim_step(session, step_id, attempt - 1, "w1", 30) is None


def test_urgent_steps_are_queued_first(db: Database) -> None:
    rows = add_rows(db)
    wanted = [(9, None), (5, 1), (5, 2), (5, None), (0, 1)]
    with db.write() as session:
        session.execute(update(Step).values(status="cancelled"))
        for part, (priority, hours) in enumerate(reversed(wanted)):
            deadline = now() + timedelta(hours=hours) if hours else None
            add_step(session, rows.client, "read", "d", part=part, priority=priority,
                     deadline=deadline)  # fmt: skip
    with db.write() as session:
        parts = [session.get_one(Step, step_id).part for step_id, _ in queue_ready(session, 9)]
    assert parts == [4, 3, 2, 1, 0]


def test_a_worker_that_lost_its_lease_writes_nothing(db: Database, rows: Rows) -> None:
    lost = lease_next(db, seconds=-1)
    with db.write() as session:
        assert sweep_leases(session)[0] == 1
    kept = lease_next(db, "w2")
    for act in (finish_step, check_lease):
        with db.write() as session, pytest.raises(LeaseLost):
            act(session, lost)
    with db.write() as session, pytest.raises(LeaseLost):
        renew_lease(session, lost, 30)
    with db.write() as session, pytest.raises(LeaseLost):
        fail_step(session, lost, "too late")
    with db.write() as session:
        finish_step(session, kept)
    assert statuses(db) == ["done"]


def test_a_renewed_lease_is_not_swept(db: Database, rows: Rows) -> None:
    lease = lease_next(db, seconds=-1)
    with db.write() as session:
        renew_lease(session, lease, 30)
        assert sweep_leases(session) == (0, [])


def test_an_id_that_the_queue_lost_is_queued_again(db: Database, rows: Rows) -> None:
    with db.write() as session:
        [(step_id, first)] = queue_ready(session, 5)
    with db.write() as session:
        assert sweep_queued(session, {step_id}, -1) == 0  # it waits its turn
        assert sweep_queued(session, set(), 60) == 0  # a worker may be about to claim it
        assert sweep_queued(session, set(), -1) == 1
    with db.write() as session:
        assert queue_ready(session, 5) == [(step_id, first + 1)]


def test_a_step_lost_too_often_ends(db: Database, rows: Rows) -> None:
    ended: list[Step] = []
    for _ in range(MAX_LOST):
        assert not ended
        lease_next(db, seconds=-1)
        with db.write() as session:
            ended = sweep_leases(session)[1]
    assert [step.subject for step in ended] == [rows.document]
    assert statuses(db) == ["failed"]


def test_a_release_is_tried_for_ever(db: Database, rows: Rows) -> None:
    with db.write() as session:
        session.execute(update(Step).values(kind="release"))
    for _ in range(MAX_LOST + 2):
        lease_next(db, seconds=-1)
        with db.write() as session:
            assert sweep_leases(session)[1] == []


def test_a_restarted_worker_gives_back_what_it_held(db: Database) -> None:
    add_rows(db, documents=2)
    mine, other = lease_next(db, "w1"), lease_next(db, "w2")
    with db.write() as session:
        assert release_worker(session, "w1")[0] == 1
    with db.write() as session, pytest.raises(LeaseLost):
        finish_step(session, mine)
    with db.write() as session:
        finish_step(session, other)


def test_faults_pause_and_then_end_a_step(db: Database, rows: Rows) -> None:
    for number in range(1, MAX_FAILURES + 1):
        lease = lease_next(db)
        with db.write() as session:
            again = retry_later(session, lease, "boom", outage=False)
        assert again == (number < MAX_FAILURES)
        with db.read() as session:
            assert not has_ready(session)  # it pauses
        with db.write() as session:
            session.execute(update(Step).values(not_before=now()))
    assert statuses(db) == ["failed"]


def test_outages_do_not_end_a_step(db: Database, rows: Rows) -> None:
    for _ in range(MAX_FAILURES + 3):
        lease = lease_next(db)
        with db.write() as session:
            assert retry_later(session, lease, "S3 is away", outage=True)
            session.execute(update(Step).values(not_before=now()))


def test_adding_a_step_twice_is_adding_it_once(db: Database, rows: Rows) -> None:
    with db.write() as session:
        for _ in range(2):
            add_step(session, rows.client, "inspect", rows.document, priority=5, deadline=None)
    assert statuses(db) == ["ready"]


def test_the_last_page_range_starts_the_next_step_once(db: Database, rows: Rows) -> None:
    lease = lease_next(db)
    with db.write() as session:
        finish_step(session, lease)
        start_reading(session, rows.document, 10)
    leases = [lease_next(db) for _ in range(3)]
    assert [(lease.data["first"], lease.data["last"]) for lease in leases] == [
        (1, 4), (5, 8), (9, 10),
    ]  # fmt: skip

    def finish(lease: Lease) -> None:
        with db.write() as session:
            finish_step(session, lease)
            finish_reading(session, rows.document)

    with ThreadPoolExecutor(3) as pool:
        list(pool.map(finish, leases))
    with db.read() as session:
        kinds = session.scalars(select(Step.kind).where(Step.status == "ready")).all()
        assert kinds == ["split"]
        assert get_document(session, rows.document).status == "reading"


def test_a_failed_document_leaves_no_steps_waiting(db: Database, rows: Rows) -> None:
    lease = lease_next(db)
    with db.write() as session:
        finish_step(session, lease)
        start_reading(session, rows.document, 10)
        fail_document(session, rows.document, "file_damaged", "It is damaged.")
    assert statuses(db) == ["done", "cancelled", "cancelled", "cancelled"]


def test_a_retried_document_is_read_again(db: Database, rows: Rows) -> None:
    lease = lease_next(db)
    with db.write() as session:
        fail_step(session, lease, "damaged")
        fail_document(session, rows.document, "file_damaged", "It is damaged.")
    with db.write() as session:
        retry_document(session, rows.document, actor="test")
        assert get_batch(session, rows.batch).status == "open"
    assert lease_next(db).kind == "inspect"


def test_the_first_document_is_extracted_before_the_last_is_read(db: Database) -> None:
    rows = add_rows(db)
    with db.write() as session:
        session.execute(update(Step).values(status="cancelled"))
        for kind in ("read", "inspect", "extract"):
            add_step(session, rows.client, kind, "d", priority=5, deadline=None)
    with db.write() as session:
        kinds = [session.get_one(Step, step_id).kind for step_id, _ in queue_ready(session, 9)]
    assert kinds == ["extract", "read", "inspect"]
