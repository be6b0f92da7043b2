"""The first start: an example client, one user a role, and a batch of generated scans."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import Any

import httpx

from models import clients
from models.db import Database, Transaction
from models.ids import ALPHABET
from models.settings import Settings

CLIENT = "Example client"
BATCH = "EXAMPLE-1"
ROLES = ("admin", "supervisor", "operator", "client", "downstream")
SEED = 7


def first_start(settings: Settings) -> None:
    """Make the client and the users, print their passwords once, deliver the batch by the API.

    Running it again after an interrupted first start goes on where it was: it makes no user twice
    and uploads nothing twice.
    """
    db = Database(settings.database_url.get_secret_value())
    try:
        with db.write() as session:
            known = clients.find_client(session, CLIENT)
            client = known or clients.create_client(session, CLIENT)
            passwords = {} if known else _make_users(session, client.id)
            key, text = clients.create_key(session, "client", client.id, "first delivery")
    finally:
        db.close()
    _show(passwords)
    batch = _deliver(settings, text)
    db = Database(settings.database_url.get_secret_value())
    try:
        with db.write() as session:
            clients.revoke_key(session, key.id, actor="first start")
    finally:
        db.close()
    print(f"Delivered a batch of example scans: {batch}.", flush=True)


def _make_users(session: Transaction, client_id: str) -> dict[str, str]:
    passwords = {role: _password() for role in ROLES}
    for role, password in passwords.items():
        owner = None if role in clients.STAFF else client_id
        clients.create_user(session, role, password, role, owner)
    return passwords


def _password() -> str:
    """Sixty bits, easy to read aloud: three groups of four."""
    letters = [secrets.choice(ALPHABET.lower()) for _ in range(12)]
    return "-".join("".join(letters[start : start + 4]) for start in (0, 4, 8))


def _show(passwords: dict[str, str]) -> None:
    if not passwords:
        return
    print("\nUsers (the passwords are shown only now):\n")
    for name, password in passwords.items():
        print(f"    {name:<12} {password}")
    print(flush=True)


def _deliver(settings: Settings, key: str) -> str:
    """Create a batch, upload the scans, seal it: what a client's own program does."""
    from bench.generator import sample

    print("Printing and scanning a dozen example documents …", flush=True)
    folder = settings.data_dir / "example"
    paths = [Path(made.path) for made in sample(folder, SEED)]
    with httpx.Client(
        base_url=settings.local_url,
        headers={"Authorization": f"Bearer {key}"},
        timeout=120,
        trust_env=False,
    ) as api:
        batch = _find_batch(api) or _post(
            api, "/v1/batches", json={"document_type": "detect", "external_id": BATCH}
        )
        there = _get(api, "/v1/documents", batch_id=batch["id"], limit=100)
        known = {document["filename"] for document in there}
        for path in paths:
            if batch["status"] == "open" and path.name not in known:
                with path.open("rb") as file:
                    _post(
                        api, f"/v1/batches/{batch['id']}/files", files={"file": (path.name, file)}
                    )
        _post(api, f"/v1/batches/{batch['id']}/seal")
    return str(batch["id"])


def _find_batch(api: httpx.Client) -> dict[str, Any] | None:
    """The batch of a first start that was interrupted."""
    found = _get(api, "/v1/batches", external_id=BATCH)
    return found[0] if found else None


def _get(api: httpx.Client, url: str, **query: Any) -> list[dict[str, Any]]:
    answer = api.get(url, params=query)
    answer.raise_for_status()
    return list(answer.json()["items"])


def _post(api: httpx.Client, url: str, **body: Any) -> dict[str, Any]:
    answer = api.post(url, **body)
    answer.raise_for_status()
    return dict(answer.json())
