"""Keying: one task, one person; nothing typed is lost or taken twice."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from sqlalchemy import select, update

from models.db import Database, now
from models.documents import get_document, set_status
from models.errors import StaleWrite
from models.fields import Field, Reading, list_fields, replace_fields
from models.keying import (
    Entry,
    Key,
    Task,
    add_tasks,
    cancel_tasks,
    claim_tasks,
    enter_key,
    give_back,
    hold_task,
    quarantine,
    renew_claim,
    reopen_abandoned,
    reopen_fields,
)
from models.steps import Step
from tests.models.conftest import Rows, add_rows


def add_fields(db: Database, document: str, count: int) -> None:
    """`count` fields in doubt, and one that is not."""
    with db.write() as session:
        row = get_document(session, document)
        session.execute(update(Step).values(status="cancelled"))
        set_status(session, row, "reading")
        set_status(session, row, "extracting")
        readings = [
            Reading(f"f{number}", None, "1", "1", 0.5, 1, [0, 0, 1, 1], (),
                    ("low_score",) if number < count else ())
            for number in range(count + 1)
        ]  # fmt: skip
        fields = replace_fields(session, row, readings)
        add_tasks(session, row, [(f, ("low_score",)) for f in fields if f.status == "keying"])
        set_status(session, row, "keying")


def claim(db: Database, user: str, count: int = 1) -> list[Task]:
    with db.write() as session:
        return claim_tasks(session, user, count)


def enter(db: Database, task: Task, user: str, value: str | None) -> Field:
    with db.write() as session:
        return enter_key(session, task.id, user, task.version, Entry(value or "", value, ()))[1]


def test_two_people_never_hold_the_same_task(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 30)
    with ThreadPoolExecutor(8) as pool:
        held = list(pool.map(lambda n: claim(db, f"u{n}", 5), range(8)))
    ids = [task.id for tasks in held for task in tasks]
    assert len(ids) == len(set(ids)) == 30


def test_claiming_again_gives_the_same_tasks_first(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 4)
    first = [task.id for task in claim(db, "anna", 2)]
    assert [task.id for task in claim(db, "anna", 3)][:2] == first


def test_tasks_come_document_by_document_in_the_types_order(db: Database) -> None:
    rows = add_rows(db, documents=2)
    add_fields(db, rows.document, 3)
    names = []
    with db.read() as session:
        for task in claim(db, "anna", 3):
            names.append(session.get_one(Field, task.field_id).name)
    assert names == ["f0", "f1", "f2"]


def test_an_entry_makes_the_field_final(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    field = enter(db, claim(db, "anna")[0], "anna", "2")
    assert (field.value, field.source, field.status, field.score) == ("2", "person", "final", None)
    with db.read() as session:
        key = session.scalars(select(Key)).one()
        assert (key.value, key.shown, key.shown_score) == ("2", "1", 0.5)


def test_a_confirmed_value_keeps_what_was_printed(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    with db.write() as session:
        session.execute(update(Field).values(raw="1,00"))
    assert enter(db, claim(db, "anna")[0], "anna", "1").raw == "1,00"


def test_the_same_entry_again_gives_the_same_answer(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    task = claim(db, "anna")[0]
    enter(db, task, "anna", "2")
    assert enter(db, task, "anna", "2").value == "2"
    with db.read() as session:
        assert len(session.scalars(select(Key)).all()) == 1


def test_another_entry_for_a_done_task_is_stale(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    task = claim(db, "anna")[0]
    enter(db, task, "anna", "2")
    with pytest.raises(StaleWrite):
        enter(db, task, "anna", "3")


def test_somebody_elses_task_is_stale(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    task = claim(db, "anna")[0]
    with pytest.raises(StaleWrite):
        enter(db, task, "bruno", "2")


def test_an_abandoned_task_goes_to_the_next_and_its_old_version_is_stale(
    db: Database, rows: Rows
) -> None:
    add_fields(db, rows.document, 1)
    old = claim(db, "anna")[0]
    assert claim(db, "bruno") == []
    with db.write() as session:
        session.execute(update(Task).values(claimed_until=now() - timedelta(seconds=1)))
    new = claim(db, "bruno")[0]
    assert new.id == old.id
    with pytest.raises(StaleWrite):
        enter(db, old, "anna", "2")
    assert enter(db, new, "bruno", "3").value == "3"


def test_the_sweeper_opens_abandoned_tasks(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    claim(db, "anna")
    with db.write() as session:
        session.execute(update(Task).values(claimed_until=now() - timedelta(seconds=1)))
        reopen_abandoned(session)
    with db.read() as session:
        assert session.scalars(select(Task.status)).all() == ["open"]


def test_renewing_holds_the_task_longer(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    task = claim(db, "anna")[0]
    with db.write() as session:
        session.execute(update(Task).values(claimed_until=now() + timedelta(seconds=1)))
    with db.write() as session:
        renewed = renew_claim(session, task.id, "anna", task.version)
        assert renewed.claimed_until is not None
        assert renewed.claimed_until > now() + timedelta(seconds=60)


def test_a_task_given_back_is_open_to_others(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    task = claim(db, "anna")[0]
    with db.write() as session:
        give_back(session, task.id, "anna", task.version)
    with db.write() as session, pytest.raises(StaleWrite):
        hold_task(session, task.id, "anna", task.version)
    assert [other.id for other in claim(db, "bruno")] == [task.id]


def test_a_skipped_task_comes_back_only_when_nothing_else_is_left(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 2)
    skipped = claim(db, "anna")[0]
    with db.write() as session:
        give_back(session, skipped.id, "anna", skipped.version)
    other = claim(db, "anna")[0]
    assert other.id != skipped.id
    enter(db, other, "anna", "2")
    assert [task.id for task in claim(db, "anna")] == [skipped.id]


def test_the_last_key_settles_the_document_once(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 6)
    tasks = claim(db, "anna", 6)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda task: enter(db, task, "anna", "2"), tasks))
    with db.read() as session:
        ready = session.scalars(select(Step.kind).where(Step.status == "ready")).all()
    assert ready == ["settle"]


def test_a_field_that_a_rule_doubts_later_goes_to_a_person(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    with db.write() as session:
        document = get_document(session, rows.document)
        accepted = [f for f in list_fields(session, document.id) if f.status == "final"]
        reopen_fields(session, document, [(field, ("totals",)) for field in accepted])
    with db.read() as session:
        assert {field.status for field in list_fields(session, rows.document)} == {"keying"}
        assert len(session.scalars(select(Task)).all()) == 2


def test_cancelled_tasks_are_stale_to_who_holds_them(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 1)
    task = claim(db, "anna")[0]
    with db.write() as session:
        cancel_tasks(session, rows.document)
    with pytest.raises(StaleWrite):
        enter(db, task, "anna", "2")


def test_nobody_keys_a_quarantined_document(db: Database, rows: Rows) -> None:
    add_fields(db, rows.document, 3)
    with db.write() as session:
        quarantine(session, rows.document, "a bug")
    assert claim(db, "anna", 5) == []
    with db.read() as session:
        assert get_document(session, rows.document).status == "quarantined"
