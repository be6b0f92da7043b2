"""The whole system, started as `make run` starts it, and people and programs that use it."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from bench.generator import generate
from models.clients import create_client, create_key, create_user
from models.db import Database
from workers.parts.processes import running

ROOT = Path(__file__).resolve().parents[2]
PASSWORD = "a long test password"
START_SECONDS = 120.0


@dataclass(frozen=True)
class Instance:
    """A running system with one client, its key, and an operator."""

    folder: Path
    url: str
    client: str
    key: str
    operator: str

    def api(self) -> httpx.Client:
        """The API as the client's program sees it."""
        return httpx.Client(
            base_url=self.url,
            headers={"Authorization": f"Bearer {self.key}"},
            timeout=60,
            trust_env=False,
        )

    def pids(self) -> dict[str, int]:
        """Process ids by program name."""
        from models.settings import load

        return running(load({"SCRIVANO_DATA_DIR": str(self.folder)}))

    def log(self) -> str:
        logs = sorted((self.folder / "logs").glob("*.log"))
        return "\n".join(
            f"== {path.name}\n" + "\n".join(path.read_text(errors="replace").splitlines()[-15:])
            for path in logs
        )


@pytest.fixture(scope="session")
def instance(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("system")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    folder.joinpath("first-start-done").touch()  # the example batch would only keep OCR busy
    output = folder / "up.log"
    with output.open("wb") as log:
        process = subprocess.Popen(
            [sys.executable, "-m", "workers.up"],
            cwd=ROOT,
            env={
                **os.environ,
                "PYTHONPATH": str(ROOT),
                "SCRIVANO_DATA_DIR": str(folder),
                "SCRIVANO_HTTP_PORT": str(port),
                "SCRIVANO_WORKERS": "2",
            },
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
    try:
        _wait_until_ready(process, output)
        yield _people(folder, url)
    finally:
        process.send_signal(signal.SIGINT)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(30)
        process.kill()
        process.wait()


def _wait_until_ready(process: subprocess.Popen[bytes], output: Path) -> None:
    end = time.monotonic() + START_SECONDS
    while "is ready" not in output.read_text():
        if process.poll() is not None or time.monotonic() > end:
            pytest.fail(f"the system does not start:\n{output.read_text()}")
        time.sleep(0.2)


def _people(folder: Path, url: str) -> Instance:
    db = Database(f"sqlite:///{folder}/scrivano.sqlite3")
    with db.write() as session:
        client = create_client(session, "Cliente di prova")
        _, key = create_key(session, "client", client.id, "upload")
        create_user(session, "olga", PASSWORD, "operator")
    db.close()
    return Instance(folder, url, client.id, key, "olga")


@dataclass(frozen=True)
class Scan:
    path: Path
    truth: dict[str, Any]


@pytest.fixture(scope="session")
def scans(tmp_path_factory: pytest.TempPathFactory) -> Callable[[int, str, int], list[Scan]]:
    """Make generated scans of one kind, with their truth."""

    def make(count: int, kind: str, seed: int) -> list[Scan]:
        folder = tmp_path_factory.mktemp("scans")
        generate(folder, count, [kind], seed)
        return [
            Scan(path.with_suffix(""), json.loads(path.read_text()))
            for path in sorted(folder.glob("*.json"))
        ]

    return make


def wait_for(instance: Instance, check: Callable[[], Any], seconds: float = 180) -> Any:
    """What `check` gives once it is true; the logs when that takes too long."""
    end = time.monotonic() + seconds
    while True:
        found = check()
        if found:
            return found
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s:\n{instance.log()}")
        time.sleep(0.2)


def deliver(api: httpx.Client, scans: list[Path], document_type: str = "detect") -> str:
    """Create a batch, upload the files, seal it; the batch's id."""
    answer = api.post("/v1/batches", json={"document_type": document_type})
    assert answer.status_code == 201, answer.text
    batch = str(answer.json()["id"])
    for path in scans:
        with path.open("rb") as file:
            answer = api.post(f"/v1/batches/{batch}/files", files={"file": (path.name, file)})
        assert answer.status_code == 201, answer.text
    answer = api.post(f"/v1/batches/{batch}/seal")
    assert answer.status_code == 200, answer.text
    return batch
