"""Transactions and tenants."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta, timezone

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import func, select, text, update
from sqlalchemy.exc import StatementError

from models.audit import AuditEvent
from models.batches import Batch, get_batch
from models.changes import Change
from models.db import Base, Database, Owned, migrate
from models.documents import Document
from models.errors import NotFound
from models.keying import Task
from models.steps import Step
from tests.models.conftest import Rows, add_rows


def owned_tables() -> set[str]:
    return {
        str(mapper.local_table)
        for mapper in Base.registry.mappers
        if issubclass(mapper.class_, Owned)
    }


def test_the_migrations_make_the_tables_that_the_code_has(db: Database) -> None:
    with db.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        differences = compare_metadata(context, Base.metadata)
    assert differences == []


def test_migrating_again_keeps_the_rows(db: Database, rows: Rows) -> None:
    migrate(db.engine.url.render_as_string(hide_password=False))
    with db.read() as session:
        assert get_batch(session, rows.batch).client_id == rows.client


def test_a_failed_transaction_leaves_nothing(db: Database, rows: Rows) -> None:
    def fail() -> None:
        with db.write() as session:
            session.execute(update(Batch).values(priority=9))
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    with db.read() as session:
        assert get_batch(session, rows.batch).priority == 5


def test_sqlite_commits_survive_a_power_cut(db: Database) -> None:
    if db.engine.dialect.name != "sqlite":
        pytest.skip("a matter of SQLite's settings")
    with db.read() as session:
        assert session.scalar(text("PRAGMA journal_mode")) == "wal"
        assert session.scalar(text("PRAGMA synchronous")) == 2  # FULL


def test_times_come_back_in_utc(db: Database, rows: Rows) -> None:
    noon = datetime(2026, 3, 1, 12, tzinfo=timezone(timedelta(hours=1)))
    with db.write() as session:
        get_batch(session, rows.batch).deadline = noon
    with db.read() as session:
        deadline = get_batch(session, rows.batch).deadline
    assert deadline == noon
    assert deadline.tzinfo == UTC


def test_a_time_without_zone_is_refused(db: Database, rows: Rows) -> None:
    with db.write() as session:
        get_batch(session, rows.batch).deadline = datetime(2026, 3, 1)
        with pytest.raises(StatementError, match="without a zone"):
            session.flush()
        session.rollback()


@pytest.mark.parametrize("model", [Batch, Document, Step, Change])
def test_a_client_sees_its_own_rows_only(db: Database, model: type[Owned]) -> None:
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    for client in (first.client, second.client):
        with db.read(client) as session:
            owners = set(session.scalars(select(model.client_id)))
        assert owners == {client}


def test_every_table_with_a_client_is_scoped() -> None:
    """A new table with a client column must take part in the tenant filter, or say why not."""
    unscoped = {"users", "api_keys", "change_counters", "audit_events"}  # reached by staff only
    scoped = owned_tables()
    with_client = {t.name for t in Base.metadata.tables.values() if "client_id" in t.columns}
    assert with_client - unscoped == scoped


def test_another_clients_row_is_not_found_by_its_id(db: Database) -> None:
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    with db.read(first.client) as session, pytest.raises(NotFound):
        get_batch(session, second.batch)


def test_a_client_cannot_update_another_clients_rows(db: Database) -> None:
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    with db.write(first.client) as session:
        session.execute(update(Batch).values(priority=9))
    with db.read() as session:
        assert get_batch(session, second.batch).priority == 5


def test_row_level_security_scopes_raw_sql_too(db: Database) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row-level security")
    first, _ = add_rows(db, "First"), add_rows(db, "Second")
    with db.read(first.client) as session:
        assert session.execute(text("SELECT count(*) FROM batches")).scalar() == 1
    with db.engine.connect() as connection:  # a transaction that names no client
        assert connection.execute(text("SELECT count(*) FROM batches")).scalar() == 0


def test_every_owned_table_has_row_level_security(db: Database) -> None:
    if db.engine.dialect.name != "postgresql":
        pytest.skip("SQLite has no row-level security")
    owned = owned_tables()
    with db.read() as session:
        forced = set(
            session.scalars(text("SELECT relname FROM pg_class WHERE relforcerowsecurity"))
        )
    assert forced == owned


def test_acts_are_recorded_in_their_own_transaction(db: Database, rows: Rows) -> None:
    with db.read() as session:
        acts = session.scalars(select(AuditEvent.act).order_by(AuditEvent.id)).all()
        assert session.scalar(select(func.count()).select_from(Task)) == 0
    assert acts == ["client.create", "batch.create", "document.upload"]


def test_tables_can_be_analyzed_while_in_use(db: Database, rows: Rows) -> None:
    db.analyze()
    with db.read() as session:
        assert get_batch(session, rows.batch).id == rows.batch
