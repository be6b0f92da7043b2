"""A migrated database of each kind, and the rows that most tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from sqlalchemy import create_engine, make_url, text

from models.batches import create_batch
from models.clients import create_client
from models.db import Database, migrate
from models.documents import Document, StoredFile, add_document


@pytest.fixture
def owner_url(postgres_url: str, postgres_admin_url: str) -> str:
    """The PostgreSQL database of `postgres_url` as its owner, who is no superuser: superusers
    pass row-level security by."""
    admin = create_engine(postgres_admin_url, isolation_level="AUTOCOMMIT")
    name = make_url(postgres_url).database
    with admin.connect() as connection:
        if not connection.scalar(text("SELECT 1 FROM pg_roles WHERE rolname = 'owner'")):
            connection.execute(text("CREATE ROLE owner LOGIN NOSUPERUSER"))
        connection.execute(text(f'ALTER DATABASE "{name}" OWNER TO owner'))
    admin.dispose()
    return make_url(postgres_url).set(username="owner").render_as_string(hide_password=False)


@pytest.fixture(params=["sqlite", "postgresql"])
def db(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Database]:
    """An empty, migrated database: every test that uses it runs on both kinds."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path}/records.sqlite3"
    else:
        url = request.getfixturevalue("owner_url")
    migrate(url)
    database = Database(url)
    yield database
    database.close()


@dataclass(frozen=True)
class Rows:
    client: str
    batch: str
    document: str


def add_rows(db: Database, client: str = "First", documents: int = 1) -> Rows:
    """A client with one open batch; the last of its documents is named."""
    with db.write() as session:
        made = create_client(session, client)
        batch = create_batch(session, made.id, "invoice", actor="test")
        added: list[Document] = [
            add_document(
                session,
                batch.id,
                StoredFile(f"scan_{number}.pdf", f"{number:064x}", 10, "application/pdf"),
                actor="test",
            )
            for number in range(documents)
        ]
        return Rows(made.id, batch.id, added[-1].id)


@pytest.fixture
def rows(db: Database) -> Rows:
    return add_rows(db)
