"""Reference lists: suppliers, orders, cost centres that a client's values are held against.

A list is replaced as a whole, with a new version. Its rows lie in parts of many rows each, so that
a hundred thousand are written and read in a moment; each process keeps the lists it used last.
"""

from __future__ import annotations

import csv
import io
import re
import threading
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.clients import Client
from models.db import Base, Owned, Transaction, now
from models.doctype import Table
from models.errors import Conflict, InvalidRequest, NotFound
from models.ids import new_id

MAX_LISTS = 50
MAX_ROWS = 200_000
MAX_COLUMNS = 30
MAX_CELL = 500  # characters
PART = 500  # rows
KEPT = 8  # lists that a process keeps


class ReferenceList(Owned, Base):
    __tablename__ = "reference_lists"
    __table_args__ = (UniqueConstraint("client_id", "name"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    columns: Mapped[list[Any]]
    rows: Mapped[int]
    loaded_at: Mapped[datetime] = mapped_column(default=now)


class ReferenceRows(Owned, Base):
    """Up to `PART` rows, each a list of texts in the order of the columns."""

    __tablename__ = "reference_rows"
    __table_args__ = (UniqueConstraint("list_id", "version", "part"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    list_id: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    part: Mapped[int]
    rows: Mapped[list[Any]]


def replace_list(
    session: Transaction, client_id: str, name: str, table: Table, *, actor: str
) -> ReferenceList:
    """Put `table` in place of what the client's list had; NotFound when there is no client."""
    if session.get(Client, client_id, with_for_update=True) is None:
        raise NotFound(f"There is no client {client_id}.")
    row = find_list(session, client_id, name)
    if row is None:
        row = _add_list(session, client_id, name)
    row.version += 1
    row.columns, row.rows, row.loaded_at = list(table.columns), len(table.rows), now()
    session.execute(delete(ReferenceRows).where(ReferenceRows.list_id == row.id))
    session.add_all(
        ReferenceRows(
            id=new_id("rrw"),
            client_id=client_id,
            list_id=row.id,
            version=row.version,
            part=start // PART,
            rows=[list(cells) for cells in table.rows[start : start + PART]],
        )
        for start in range(0, len(table.rows), PART)
    )
    record_act(
        session,
        actor,
        "reference.replace",
        row.id,
        client_id=client_id,
        name=name,
        version=row.version,
        rows=row.rows,
    )
    session.flush()
    return row


def _add_list(session: Transaction, client_id: str, name: str) -> ReferenceList:
    held = session.scalar(select(func.count()).where(ReferenceList.client_id == client_id))
    if (held or 0) >= MAX_LISTS:
        raise Conflict(f"A client has at most {MAX_LISTS} lists: delete one that is not used.")
    row = ReferenceList(
        id=new_id("ref"), client_id=client_id, name=name, version=0, columns=[], rows=0
    )
    session.add(row)
    return row


def find_list(session: Transaction, client_id: str, name: str) -> ReferenceList | None:
    return session.scalar(
        select(ReferenceList).where(
            ReferenceList.client_id == client_id, ReferenceList.name == name
        )
    )


def get_list(session: Transaction, client_id: str, name: str) -> ReferenceList:
    row = find_list(session, client_id, name)
    if row is None:
        raise NotFound(f"There is no reference list {name}.")
    return row


def list_lists(session: Transaction, client_id: str) -> list[ReferenceList]:
    """A client's lists, by name."""
    return list(
        session.scalars(
            select(ReferenceList)
            .where(ReferenceList.client_id == client_id)
            .order_by(ReferenceList.name)
        )
    )


def delete_list(session: Transaction, client_id: str, name: str, *, actor: str) -> None:
    """Remove a list: fields that name it are not held against it any more."""
    row = get_list(session, client_id, name)
    session.execute(delete(ReferenceRows).where(ReferenceRows.list_id == row.id))
    session.delete(row)
    record_act(session, actor, "reference.delete", row.id, client_id=client_id, name=name)


# -- using ----------------------------------------------------------------------------------------

_kept: OrderedDict[tuple[str, int], Table] = OrderedDict()
_lock = threading.Lock()


def load_tables(session: Transaction, client_id: str, names: Iterable[str]) -> dict[str, Table]:
    """The newest version of these lists of a client; those that it has not are left out."""
    found: dict[str, Table] = {}
    for name in names:
        table = _load(session, client_id, name)
        if table is not None:
            found[name] = table
    return found


def _load(session: Transaction, client_id: str, name: str) -> Table | None:
    for _ in range(3):  # it may be replaced between the two queries
        row = find_list(session, client_id, name)
        if row is None:
            return None
        with _lock:
            if known := _kept.get((row.id, row.version)):
                _kept.move_to_end((row.id, row.version))
                return known
        parts = session.scalars(
            select(ReferenceRows.rows)
            .where(ReferenceRows.list_id == row.id, ReferenceRows.version == row.version)
            .order_by(ReferenceRows.part)
        )
        table = Table(tuple(row.columns), [tuple(cells) for part in parts for cells in part])
        if len(table.rows) == row.rows:
            _keep((row.id, row.version), table)
            return table
        session.expire(row)
    raise Conflict(f"The reference list {name} is being replaced: try again.")


def _keep(key: tuple[str, int], table: Table) -> None:
    with _lock:
        for old in [known for known in _kept if known[0] == key[0]]:
            del _kept[old]
        _kept[key] = table
        while len(_kept) > KEPT:
            _kept.popitem(last=False)


# -- CSV ------------------------------------------------------------------------------------------


def read_csv(data: bytes) -> Table:
    """The table in a CSV file (UTF-8, the columns' names in the first line, separated by comma,
    semicolon or tab); InvalidRequest says in which line something is wrong."""
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InvalidRequest(
            "The list is not UTF-8: save it as CSV UTF-8 and send it again."
        ) from None
    if found := re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        line = text.count("\n", 0, found.start()) + 1
        raise InvalidRequest(f"Line {line} has a control character: remove it.")
    lines = _split(text)
    _, header = next(lines, (1, []))
    columns = tuple(name.strip() for name in header)
    _check_columns(columns)
    rows: list[tuple[str, ...]] = []
    for number, cells in lines:
        if len(cells) != len(columns):
            raise InvalidRequest(
                f"Line {number} has {len(cells)} cells, the first line has {len(columns)}: are "
                "there separators in a cell without quotes?"
            )
        if any(len(cell) > MAX_CELL for cell in cells):
            raise InvalidRequest(f"Line {number}: a cell has at most {MAX_CELL} characters.")
        rows.append(tuple(cell.strip() for cell in cells))
        if len(rows) > MAX_ROWS:
            raise InvalidRequest(f"A list has at most {MAX_ROWS} rows: leave out what is old.")
    if not rows:
        raise InvalidRequest("The list has no rows under its first line.")
    return Table(columns, rows)


def _split(text: str) -> Iterator[tuple[int, list[str]]]:
    """Lines that are not empty, with their numbers."""
    first = text.split("\n", 1)[0]
    delimiter = max(",;\t", key=first.count)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    try:
        for cells in reader:
            if any(cell.strip() for cell in cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InvalidRequest(f"Line {reader.line_num} cannot be read: {error}.") from None


def _check_columns(columns: Sequence[str]) -> None:
    if not columns:
        raise InvalidRequest("The list is empty: write the names of the columns in line 1.")
    if len(columns) > MAX_COLUMNS:
        raise InvalidRequest(f"A list has at most {MAX_COLUMNS} columns.")
    for name in columns:
        if not name or len(name) > 200 or columns.count(name) > 1:
            raise InvalidRequest(
                f"Line 1 names the columns; each needs a name of its own: {name[:60]!r} is none."
            )
