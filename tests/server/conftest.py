"""A real server on real parts, and people who use it."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import httpx
import pytest
import uvicorn
from fastapi import FastAPI
from pydantic import SecretStr

from models import clients, documents, fields, keying
from models.batches import create_batch
from models.db import Database, migrate
from models.documents import StoredFile
from models.fields import Reading
from models.settings import Settings
from models.storage import Storage
from server.app import create_app
from server.interface import DIST
from tests.models.conftest import owner_url as owner_url
from tests.server import files

ROLES = ("admin", "supervisor", "operator", "client", "downstream")
PASSWORD = "a password for tests"


@dataclass
class Running:
    """A server with its database and a key for each role; `client` and `downstream` belong to
    the client A, the others are staff. `foreign` is a client user of B."""

    url: str
    app: FastAPI
    db: Database
    storage: Storage
    settings: Settings
    keys: dict[str, str] = field(default_factory=dict)
    client_a: str = ""
    client_b: str = ""
    opened: list[httpx.Client] = field(default_factory=list)
    by_role: dict[str, httpx.Client] = field(default_factory=dict)

    def __getitem__(self, role: str) -> httpx.Client:
        """An HTTP client with the key of this role; the same one each time."""
        if role not in self.by_role:
            headers = {"Authorization": f"Bearer {self.keys[role]}"}
            self.by_role[role] = self.open(headers=headers)
        return self.by_role[role]

    def open(self, **options: Any) -> httpx.Client:
        http = httpx.Client(base_url=self.url, timeout=30, **options)
        self.opened.append(http)
        return http

    def new_batch(self, role: str = "client", **values: Any) -> str:
        body = {"document_type": "invoice", **values}
        made = self[role].post("/v1/batches", json=body)
        assert made.status_code == 201, made.text
        return str(made.json()["id"])

    def upload(self, batch: str, data: bytes, name: str = "scan.jpg") -> str:
        """Upload one file as the client: its document's id."""
        answer = self["client"].post(f"/v1/batches/{batch}/files", files={"file": (name, data)})
        assert answer.status_code == 201, answer.text
        return str(answer.json()["items"][0]["document_id"])


@contextmanager
def run_server(settings: Settings, dist: Path = DIST) -> Iterator[Running]:
    """Serve on a port of its own, with the schema in place and two clients."""
    migrate(settings.database_url.get_secret_value())
    app = create_app(settings, dist=dist)
    server = uvicorn.Server(
        uvicorn.Config(app, port=0, log_config=None, access_log=False, server_header=False)
    )
    app.state.stopping = lambda: server.should_exit
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    while not server.started:
        assert thread.is_alive()
        time.sleep(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    running = Running(f"http://127.0.0.1:{port}", app, app.state.db, app.state.storage, settings)
    try:
        _people(running)
        yield running
    finally:
        for http in running.opened:
            http.close()
        server.should_exit = True
        thread.join(10)
        assert not thread.is_alive()


def _people(running: Running) -> None:
    with running.db.write() as session:
        running.client_a = clients.create_client(session, "A").id
        running.client_b = clients.create_client(session, "B").id
        owners = {"client": running.client_a, "downstream": running.client_a}
        for role in ROLES:
            _, running.keys[role] = clients.create_key(session, role, owners.get(role), role)
        _, running.keys["foreign"] = clients.create_key(session, "client", running.client_b, "B")
        for role in ROLES:
            clients.create_user(session, f"{role}-user", PASSWORD, role, owners.get(role))


def settings_for(parts: Settings, folder: Path, database_url: str, **changes: Any) -> Settings:
    return parts.model_copy(
        update={"data_dir": folder, "database_url": SecretStr(database_url), **changes}
    )


@pytest.fixture(scope="module")
def server(parts: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server on SQLite for the tests of one module."""
    folder = tmp_path_factory.mktemp("server")
    with run_server(settings_for(parts, folder, f"sqlite:///{folder / 'db'}")) as running:
        yield running


@pytest.fixture(params=["sqlite", "postgresql"])
def either(request: pytest.FixtureRequest, parts: Settings, tmp_path: Path) -> Iterator[Running]:
    """A server of the test's own, on SQLite and on PostgreSQL."""
    if request.param == "sqlite":
        url = f"sqlite:///{tmp_path / 'db'}"
    else:
        url = request.getfixturevalue("owner_url")
    with run_server(settings_for(parts, tmp_path, url)) as running:
        yield running


def add_keying(running: Running, *, documents_: int = 1, doubtful: int = 3) -> list[str]:
    """Documents of client A as if the machine had read them, each with `doubtful` open tasks
    besides fields that are final. Gives the documents' ids."""
    made = []
    with running.db.write() as session:
        batch = create_batch(session, running.client_a, "invoice", actor="test")
        for number in range(documents_):
            document = documents.add_document(
                session,
                batch.id,
                StoredFile(f"{number}.pdf", f"{number:064x}", 10, "application/pdf"),
                actor="test",
            )
            documents.start_reading(session, document.id, 1)
            documents.set_status(session, document, "extracting")
            document.type = "invoice"
            written = fields.replace_fields(session, document, readings(doubtful))
            doubts = [(one, ("low_score",)) for one in written if one.status == "keying"]
            keying.add_tasks(session, document, doubts)
            documents.set_status(session, document, "keying")
            session.add(
                documents.PageRow(
                    id=f"pag_{document.id[4:]}",
                    client_id=document.client_id,
                    document_id=document.id,
                    number=1,
                    width=800,
                    height=1000,
                    source="ocr",
                    rotation=0,
                    skew=0.0,
                    seconds=1.0,
                )
            )
            made.append(document.id)
    return made


def readings(doubtful: int) -> list[Reading]:
    values = [
        ("invoice_number", "A-17"),
        ("issue_date", "2026-11-02"),
        ("seller_vat", "IT00743110157"),
        ("gross_total", "122.00"),
        ("net_total", "100.00"),
        ("vat_total", "22.00"),
    ]
    return [
        Reading(
            name=name,
            line=None,
            value=value,
            raw=value,
            score=0.5,
            page=1,
            box=[0.1, 0.1, 0.3, 0.12],
            checks=(),
            doubts=("low_score",) if position < doubtful else (),
        )
        for position, (name, value) in enumerate(values)
    ]


@pytest.fixture(scope="session")
def jpeg() -> bytes:
    return files.jpeg()
