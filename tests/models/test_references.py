"""Reference lists: loaded as a whole, kept apart by client."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.db import Database
from models.doctype import Table
from models.errors import Conflict, InvalidRequest, NotFound
from models.references import (
    MAX_CELL,
    ReferenceRows,
    delete_list,
    find_list,
    list_lists,
    load_tables,
    read_csv,
    replace_list,
)
from tests.models.conftest import Rows, add_rows


def load(db: Database, client: str, rows: int, name: str = "suppliers", text: str = "x") -> int:
    """Replace a client's list: its version."""
    table = Table(("name", "vat"), [(f"{text} {number}", "") for number in range(rows)])
    with db.write() as session:
        return replace_list(session, client, name, table, actor="test").version


def read(db: Database, client: str, name: str = "suppliers") -> Table | None:
    with db.read() as session:
        return load_tables(session, client, [name]).get(name)


def test_a_list_is_read_as_it_was_loaded(db: Database, rows: Rows) -> None:
    load(db, rows.client, 1234)
    table = read(db, rows.client)
    assert table is not None
    assert table.columns == ("name", "vat")
    assert [row[0] for row in table.rows] == [f"x {number}" for number in range(1234)]


def test_loading_again_replaces_the_whole(db: Database, rows: Rows) -> None:
    assert [load(db, rows.client, 1200), load(db, rows.client, 2, text="y")] == [1, 2]
    table = read(db, rows.client)
    assert table is not None
    assert list(table.rows) == [("y 0", ""), ("y 1", "")]


def test_replaced_rows_are_gone(db: Database, rows: Rows) -> None:
    load(db, rows.client, 1200)
    load(db, rows.client, 2)
    with db.read() as session:
        assert session.scalars(select(ReferenceRows.version)).all() == [2]


def test_a_list_is_read_once_while_it_does_not_change(db: Database, rows: Rows) -> None:
    load(db, rows.client, 3)
    assert read(db, rows.client) is read(db, rows.client)


def test_the_lists_of_others_are_not_there(db: Database) -> None:
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    load(db, first.client, 1)
    assert read(db, second.client) is None
    with db.read(second.client) as session:
        assert find_list(session, first.client, "suppliers") is None
        assert list_lists(session, second.client) == []


def test_a_list_that_is_deleted_is_gone(db: Database, rows: Rows) -> None:
    load(db, rows.client, 1)
    with db.write() as session:
        delete_list(session, rows.client, "suppliers", actor="test")
    assert read(db, rows.client) is None
    with db.write() as session, pytest.raises(NotFound):
        delete_list(session, rows.client, "suppliers", actor="test")


def test_a_client_has_so_many_lists(
    db: Database, rows: Rows, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("models.references.MAX_LISTS", 1)
    load(db, rows.client, 1, "one")
    with pytest.raises(Conflict):
        load(db, rows.client, 1, "two")
    load(db, rows.client, 2, "one")


# -- CSV --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "data",
    [
        b"name,vat\nRossi,1\n",
        b"name;vat\r\nRossi;1\r\n",
        b"name\tvat\nRossi\t1",
        b"\xef\xbb\xbfname, vat\n\n Rossi ,1\n,\n",
        b'"name","vat"\n"Rossi","1"\n',
    ],
)
def test_csv_is_read_with_any_usual_separator(data: bytes) -> None:
    table = read_csv(data)
    assert (table.columns, list(table.rows)) == (("name", "vat"), [("Rossi", "1")])


def test_a_cell_may_hold_separators_and_lines() -> None:
    assert list(read_csv(b'a;b\n"x;\ny";z\n').rows) == [("x;\ny", "z")]


@pytest.mark.parametrize(
    ("data", "said"),
    [
        (b"", "empty"),
        (b"name;vat\n", "no rows"),
        (b"name;name\na;b\n", "Line 1"),
        (b"name;\na;b\n", "Line 1"),
        (b"name;vat\na;b\nc\n", "Line 3 has 1 cells"),
        (b"name;vat\na;b\nc\x00;d\n", "Line 3"),
        (b"name\n\xe0\n", "UTF-8"),
        (b'name;vat\n"a;b\n', "Line 2"),
        (b"name\n" + b"x" * (MAX_CELL + 1) + b"\n", "Line 2"),
    ],
)
def test_what_is_wrong_with_a_list_is_said(data: bytes, said: str) -> None:
    with pytest.raises(InvalidRequest, match=said):
        read_csv(data)
