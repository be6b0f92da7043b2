"""The database: engine, transactions and what all tables share.

`Database.write()` is the only place that commits. SQLite runs with WAL, synchronous=FULL and
BEGIN IMMEDIATE, so that an acknowledged commit survives a kill and writers queue up instead of
failing half-way. A transaction opened for one client sees that client's rows only: by criteria
added to every ORM statement, and on PostgreSQL by row-level security as well.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, ClassVar

from sqlalchemy import JSON, DateTime, Engine, String, create_engine, event, make_url, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.engine import Connection, Dialect
from sqlalchemy.orm import (
    DeclarativeBase,
    Mapped,
    ORMExecuteState,
    Session,
    mapped_column,
    with_loader_criteria,
)
from sqlalchemy.types import TypeDecorator

ALL_CLIENTS = "*"


class UtcTime(TypeDecorator[datetime]):
    """Aware UTC times in, aware UTC times out, also where the database keeps no zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a time without a zone cannot be stored; use models.db.now()")
        utc = value.astimezone(UTC)
        return utc.replace(tzinfo=None) if dialect.name == "sqlite" else utc

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if value.tzinfo is None else value.astimezone(UTC)


def now() -> datetime:
    """The current time, UTC."""
    return datetime.now(UTC)


def midnight() -> datetime:
    """When today began, in UTC."""
    return now().replace(hour=0, minute=0, second=0, microsecond=0)


class Base(DeclarativeBase):
    type_annotation_map: ClassVar[dict[Any, Any]] = {
        datetime: UtcTime(),
        dict[str, Any]: JSON().with_variant(JSONB(), "postgresql"),
        list[Any]: JSON().with_variant(JSONB(), "postgresql"),
    }


class Owned:
    """Mixin for rows that belong to one client: the tenant filter applies to them."""

    client_id: Mapped[str] = mapped_column(String(40), index=True)


class Transaction(Session):
    """A session that lives for one transaction; `info["client"]` is its tenant or `*`."""


@event.listens_for(Transaction, "do_orm_execute")
def _scope_to_client(state: ORMExecuteState) -> None:
    client = state.session.info.get("client", ALL_CLIENTS)
    if client == ALL_CLIENTS or state.is_column_load or state.is_relationship_load:
        return
    state.statement = state.statement.options(
        with_loader_criteria(Owned, lambda cls: cls.client_id == client, include_aliases=True)
    )


class Database:
    """One engine a process; `read()` and `write()` open a transaction each."""

    def __init__(self, url: str) -> None:
        self.engine = _engine(url)
        # SQLite makes writers sleep and look again, for ever longer; threads of one process that
        # queue up here instead wait a tenth of the time (100 keyers: p99 0.9 s, then 0.1 s).
        sqlite = self.engine.dialect.name == "sqlite"
        self._turn: AbstractContextManager[Any] = threading.Lock() if sqlite else nullcontext()

    @contextmanager
    def read(self, client: str = ALL_CLIENTS) -> Iterator[Transaction]:
        """A read-only transaction; on SQLite it waits for no writer."""
        with Transaction(self.engine.execution_options(read_only=True)) as session:
            _enter(session, client)
            yield session

    @contextmanager
    def write(self, client: str = ALL_CLIENTS) -> Iterator[Transaction]:
        """A transaction that commits when the block ends and rolls back when it raises."""
        with self._turn, Transaction(self.engine, expire_on_commit=False) as session:
            _enter(session, client)
            yield session
            session.commit()

    def analyze(self) -> None:
        """Let SQLite look at its tables, so that it picks the right indexes; a few milliseconds.

        PostgreSQL does this by itself.
        """
        if self.engine.dialect.name == "sqlite":
            with self._turn, self.engine.begin() as connection:
                connection.exec_driver_sql("PRAGMA analysis_limit=1000")
                connection.exec_driver_sql("ANALYZE")

    def close(self) -> None:
        self.engine.dispose()


def _enter(session: Transaction, client: str) -> None:
    session.info["client"] = client
    if session.get_bind().dialect.name == "postgresql":
        session.execute(text("SELECT set_config('app.client', :c, true)"), {"c": client})


def _engine(url: str) -> Engine:
    parsed = make_url(url)
    if parsed.get_backend_name() == "postgresql":
        return create_engine(
            parsed.set(drivername="postgresql+pg8000"), pool_pre_ping=True, pool_size=10
        )
    if parsed.database:
        Path(parsed.database).parent.mkdir(parents=True, exist_ok=True)
    engine = create_engine(parsed, connect_args={"timeout": 30})
    event.listen(engine, "connect", _set_up_sqlite)
    event.listen(engine, "begin", _begin_sqlite)
    return engine


def _set_up_sqlite(connection: sqlite3.Connection, _record: object) -> None:
    connection.isolation_level = None  # BEGIN is ours, see _begin_sqlite
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON"):
        connection.execute(f"PRAGMA {pragma}")


def _begin_sqlite(connection: Connection) -> None:
    read_only = connection.get_execution_options().get("read_only")
    connection.exec_driver_sql("BEGIN" if read_only else "BEGIN IMMEDIATE")


def migrate(url: str) -> None:
    """Bring the database at `url` to the newest schema; running it again changes nothing."""
    # Imported here: only the start needs it.
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["engine"] = engine = _engine(url)
    try:
        command.upgrade(config, "head")
    finally:
        engine.dispose()
