"""The change feed: every change once, in order, without gaps, whatever commits at once."""

from __future__ import annotations

import threading

from models.changes import last_change, list_changes, record_change
from models.db import Database
from tests.models.conftest import Rows, add_rows

WRITERS, EACH = 6, 15


def test_a_reader_that_follows_misses_nothing(db: Database, rows: Rows) -> None:
    with db.read() as session:
        start = cursor = last_change(session, rows.client)
    seen: list[int] = []
    done = threading.Event()

    def write(writer: int) -> None:
        for number in range(EACH):
            with db.write(rows.client) as session:
                record_change(session, rows.client, "test", f"{writer}-{number}")

    def follow() -> None:
        nonlocal cursor
        while True:
            finished = done.is_set()
            with db.read(rows.client) as session:
                new = [change.seq for change in list_changes(session, rows.client, cursor, 7)]
            seen.extend(new)
            cursor = new[-1] if new else cursor
            if finished and not new:
                return

    reader = threading.Thread(target=follow)
    writers = [threading.Thread(target=write, args=(n,)) for n in range(WRITERS)]
    reader.start()
    for thread in writers:
        thread.start()
    for thread in writers:
        thread.join()
    done.set()
    reader.join()
    assert seen == list(range(start + 1, start + 1 + WRITERS * EACH))


def test_a_change_of_a_failed_transaction_takes_no_number(db: Database, rows: Rows) -> None:
    with db.read() as session:
        before = last_change(session, rows.client)
    try:
        with db.write() as session:
            record_change(session, rows.client, "lost", "x")
            session.flush()
            raise RuntimeError
    except RuntimeError:
        pass
    with db.write() as session:
        record_change(session, rows.client, "kept", "y")
    with db.read() as session:
        new = list_changes(session, rows.client, before, 10)
    assert [(change.seq, change.kind) for change in new] == [(before + 1, "kept")]


def test_clients_count_apart(db: Database) -> None:
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    with db.write() as session:
        record_change(session, first.client, "a", "x")
        record_change(session, second.client, "b", "y")
        record_change(session, first.client, "c", "z")
    with db.read() as session:
        kinds = [change.kind for change in list_changes(session, first.client, 2, 10)]
        assert kinds == ["a", "c"]
        assert last_change(session, second.client) == 3
