"""API keys for a run: given by the caller, or made for it in the database of this machine."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from models import clients
from models.db import Database
from models.settings import Settings

ACTOR = "bench"


@dataclass(frozen=True)
class Keys:
    """Texts of API keys: one that uploads, one that fetches releases, one for each operator."""

    client: str
    downstream: str
    operators: tuple[str, ...]


@contextmanager
def lend_keys(settings: Settings, operators: int) -> Iterator[Keys]:
    """Make a client of its own and keys for a run, and revoke the keys at its end.

    The client and what was uploaded for it stay: nothing that is in the records is ever removed.
    """
    db = Database(settings.database_url.get_secret_value())
    run = secrets.token_hex(4)
    label = f"benchmark {run}"
    try:
        with db.write() as session:
            client = clients.create_client(session, f"Benchmark {run}", actor=ACTOR)
            owners: list[tuple[str, str | None]] = [
                ("client", client.id),
                ("downstream", client.id),
            ]
            owners += [("operator", None)] * operators
            made = [
                clients.create_key(session, role, owner, label, actor=ACTOR)
                for role, owner in owners
            ]
        texts = [text for _, text in made]
        try:
            yield Keys(texts[0], texts[1], tuple(texts[2:]))
        finally:
            _revoke(db, [key.id for key, _ in made])
    finally:
        db.close()


def _revoke(db: Database, key_ids: list[str]) -> None:
    try:
        with db.write() as session:
            for key_id in key_ids:
                clients.revoke_key(session, key_id, actor=ACTOR)
    except Exception as error:
        # The figures are worth more than a clean end; an admin can revoke the keys.
        print(f"The keys {', '.join(key_ids)} could not be revoked: {error}", file=sys.stderr)
