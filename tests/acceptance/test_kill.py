"""A worker is killed in the middle of a page: the batch is released, with one result."""

from __future__ import annotations

import os
import signal
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select

from models.db import Database
from models.documents import PageRow
from models.fields import Field
from models.steps import Step
from tests.acceptance.conftest import PASSWORD, Instance, Scan, deliver, wait_for


def test_a_killed_worker_leaves_one_result(
    instance: Instance, scans: Callable[[int, str, int], list[Scan]]
) -> None:
    [scan] = scans(1, "invoice", 5)
    db = Database(f"sqlite:///{instance.folder}/scrivano.sqlite3")
    with instance.api() as api:
        batch = deliver(api, [scan.path], "invoice")
        [document] = api.get("/v1/documents", params={"batch_id": batch}).json()["items"]
        worker = wait_for(instance, lambda: _reader(db, document["id"]))
        time.sleep(0.5)  # OCR of a page takes seconds: this is in the middle of one
        pid = instance.pids()[worker.rpartition(":")[2]]
        os.kill(pid, signal.SIGKILL)
        released = wait_for(instance, lambda: _key_and_look(instance, api, batch), 240)
        changes = api.get("/v1/changes", params={"after": 0, "limit": 500}).json()["items"]
        data = api.get(f"/v1/releases/{released['id']}/data.json").json()
    assert [d["id"] for d in data["documents"]] == [document["id"]]
    with db.read() as session:
        [step] = session.scalars(
            select(Step).where(Step.subject == document["id"], Step.kind == "read")
        )
        assert step.lost == 1, "the kill came too late to hit the page"
        pages = session.scalars(select(PageRow.number).where(PageRow.document_id == document["id"]))
        assert sorted(pages) == list(range(1, data["documents"][0]["pages"] + 1))
        names = session.execute(
            select(Field.line, Field.name).where(Field.document_id == document["id"])
        ).all()
    db.close()
    assert max(Counter(map(tuple, names)).values()) == 1
    kinds = [c["kind"] for c in changes if c["subject"] == batch]
    assert kinds.count("batch.released") == 1


def _reader(db: Database, document: str) -> str | None:
    """The worker that holds the document's reading step."""
    with db.read() as session:
        return session.scalar(
            select(Step.worker).where(
                Step.subject == document, Step.kind == "read", Step.status == "leased"
            )
        )


def _key_and_look(instance: Instance, api: httpx.Client, batch: str) -> dict[str, Any] | None:
    """Confirm what is open as an operator's program would; the release once it is there."""
    _confirm_open(instance, batch)
    releases = api.get(f"/v1/batches/{batch}/releases").json()["items"]
    return releases[0] if releases else None


def _confirm_open(instance: Instance, batch: str) -> None:
    with httpx.Client(base_url=instance.url, timeout=60, trust_env=False) as operator:
        login = operator.post(
            "/v1/sessions", json={"name": instance.operator, "password": PASSWORD}
        ).json()
        operator.headers["Authorization"] = f"Bearer {login['token']}"
        operator.cookies.clear()
        claim = {"count": 50, "batch_id": batch}
        for task in operator.post("/v1/tasks/claim", json=claim).json()["items"]:
            operator.put(
                f"/v1/tasks/{task['id']}/key",
                headers={"If-Match": f'"{task["version"]}"'},
                json={"value": task["value"], "force": True, "seconds": 1, "keystrokes": 1},
            ).raise_for_status()


def test_no_file_of_a_step_is_left_behind(instance: Instance) -> None:
    """Runs after the kill: the spool holds nothing of steps that have ended."""
    spool: Path = instance.folder / "spool"
    wait_for(instance, lambda: not list(spool.rglob("original-*")), 60)
