"""What is remembered is kept apart by client, found by keys, and stays within its bounds."""

from __future__ import annotations

from typing import Any

import pytest
from sqlalchemy import func, select, text

from models import memory
from models.db import Database
from models.errors import NotFound
from models.memory import (
    Lesson,
    Memory,
    MemoryKey,
    add_lesson,
    find_memories,
    find_wordings,
    forget,
    list_lessons,
    list_memories,
    list_wordings,
    prune_lessons,
    prune_memories,
    remove_lesson,
    save_memory,
    save_wordings,
)
from tests.models.conftest import Rows, add_rows


def save(
    db: Database, client: str, memory_id: str, keys: set[str], data: dict[str, Any] | None = None
) -> None:
    with db.write() as session:
        save_memory(
            session, client, memory_id, "invoice", "Acme", keys, data or {}, (0, 0), taught=1
        )


def add(db: Database, client: str, document: str, memory_id: str) -> None:
    with db.write() as session:
        add_lesson(session, client, document, memory_id, "invoice", {}, {"of": [document]})


def found(db: Database, client: str, keys: set[str]) -> list[str]:
    with db.read(client) as session:
        return [row.id for row in find_memories(session, client, keys)]


def test_what_shares_most_keys_is_found_first(db: Database, rows: Rows) -> None:
    save(db, rows.client, "mem_1", {"a", "b"})
    save(db, rows.client, "mem_2", {"b", "c", "d"})
    save(db, rows.client, "mem_3", {"e"})
    assert found(db, rows.client, {"b", "c", "x"}) == ["mem_2", "mem_1"]


def test_nothing_is_found_by_no_keys(db: Database, rows: Rows) -> None:
    save(db, rows.client, "mem_1", {"a"})
    assert found(db, rows.client, set()) == []


def test_a_client_never_sees_what_another_has_taught(db: Database) -> None:
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    save(db, first.client, "mem_1", {"a"})
    add(db, first.client, "doc_1", "mem_1")
    with db.write() as session:
        save_wordings(session, first.client, "invoice", {"lessons": 1})
    assert found(db, second.client, {"a"}) == []
    with db.read() as session:  # as workers read: for all clients, but asked for one
        assert find_memories(session, second.client, {"a"}) == []
        assert find_wordings(session, second.client) == {}
    with db.read(second.client) as session:
        assert list_memories(session, second.client, limit=9) == []
        assert list_memories(session, first.client, limit=9) == []
        assert find_wordings(session, first.client) == {}
        assert list_lessons(session, "mem_1") == []
    with db.write(second.client) as session, pytest.raises(NotFound):
        forget(session, "mem_1", actor="test")
    assert found(db, first.client, {"a"}) == ["mem_1"]


@pytest.mark.parametrize("table", ["memories", "memory_keys", "lessons", "wordings"])
def test_raw_sql_does_not_see_it_either(db: Database, table: str) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row-level security")
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    save(db, first.client, "mem_1", {"a"})
    add(db, first.client, "doc_1", "mem_1")
    with db.write() as session:
        save_wordings(session, first.client, "invoice", {})
    counts = []
    for client in (first.client, second.client):
        with db.read(client) as session:
            counts.append(session.scalar(text(f"SELECT count(*) FROM {table}")))
    assert counts == [1, 0]


def test_saving_again_replaces_keys_and_counts_documents(db: Database, rows: Rows) -> None:
    save(db, rows.client, "mem_1", {"a", "b"})
    save(db, rows.client, "mem_1", {"b", "c"}, {"new": True})
    assert found(db, rows.client, {"a"}) == []
    assert found(db, rows.client, {"c"}) == ["mem_1"]
    with db.read() as session:
        row = session.get_one(Memory, "mem_1")
        assert (row.documents, row.data) == (2, {"new": True})


def test_what_many_have_in_common_leads_nowhere(
    db: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MAX_SHARED", 2)
    for number in range(4):
        save(db, rows.client, f"mem_{number}", {"common", f"own {number}"})
    assert found(db, rows.client, {"common"}) == ["mem_0", "mem_1"]
    assert found(db, rows.client, {"own 3"}) == ["mem_3"]


def test_the_look_up_uses_an_index(db: Database, rows: Rows) -> None:
    with db.write() as session:
        session.add_all(
            MemoryKey(client_id=rows.client, key=f"key {n}", memory_id=f"mem_{n}")
            for n in range(2000)
        )
        session.flush()
        session.execute(text("ANALYZE memory_keys"))
    query = f"SELECT memory_id FROM memory_keys WHERE client_id = '{rows.client}' AND key = 'key 7'"
    explain = "EXPLAIN QUERY PLAN" if db.engine.dialect.name == "sqlite" else "EXPLAIN"
    with db.read() as session:
        plan = " ".join(str(row) for row in session.execute(text(f"{explain} {query}")))
    assert "ix_memory_keys_key" in plan


def test_a_lesson_that_is_taken_back_is_gone(db: Database, rows: Rows) -> None:
    save(db, rows.client, "mem_1", {"a"})
    add(db, rows.client, "doc_1", "mem_1")
    with db.write() as session:
        assert remove_lesson(session, "doc_1") == "mem_1"
        assert remove_lesson(session, "doc_1") is None
        assert session.get_one(Memory, "mem_1").documents == 0


def test_the_newest_lessons_are_kept(
    db: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "MAX_LESSONS", 2)
    monkeypatch.setattr(memory, "MAX_WORDINGS", 3)
    save(db, rows.client, "mem_1", {"a"})
    for number in range(6):
        add(db, rows.client, f"doc_{number}", "mem_1")
    with db.write() as session:
        prune_lessons(session, rows.client, "mem_1", "invoice")
        held = session.scalars(select(Lesson.document_id).order_by(Lesson.document_id)).all()
        assert held == ["doc_3", "doc_4", "doc_5"]
        assert [one.document_id for one in list_lessons(session, "mem_1")] == ["doc_5", "doc_4"]
        assert list_wordings(session, rows.client, "invoice")[0] == {"of": ["doc_5"]}


def test_memories_that_were_taught_last_are_kept(db: Database, rows: Rows) -> None:
    for number in range(4):
        save(db, rows.client, f"mem_{number}", {f"key {number}"})
    save(db, rows.client, "mem_0", {"key 0"})
    with db.write() as session:
        prune_memories(session, rows.client, most=2)
    with db.read() as session:
        kept = [row.id for row in list_memories(session, rows.client, limit=9)]
    assert kept == ["mem_0", "mem_3"]


def test_what_is_forgotten_is_gone_with_its_keys_and_lessons(db: Database, rows: Rows) -> None:
    save(db, rows.client, "mem_1", {"a"})
    add(db, rows.client, "doc_1", "mem_1")
    with db.write(rows.client) as session:
        forget(session, "mem_1", actor="test")
    with db.read() as session:
        for table in (Memory, MemoryKey, Lesson):
            assert session.scalar(select(func.count()).select_from(table)) == 0
