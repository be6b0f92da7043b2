"""What has happened to the documents of a run so far: written by its threads, read at its end."""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

SETTLED = frozenset({"final", "failed", "rejected"})
"""A document in one of these waits for nobody; a quarantined one waits for a supervisor."""

Truth = Mapping[str, Any]


@dataclass(frozen=True)
class Source:
    """A file to upload under `name`, and its truth if it has one."""

    path: Path
    name: str
    truth: Truth | None


@dataclass(frozen=True)
class Upload:
    """A document that the server has taken: when its upload was sent and when answered."""

    document_id: str
    batch_id: str
    source: Source
    sent: float
    answered: float


@dataclass
class Batch:
    """When a batch was sealed, keyed last, seen released and acknowledged."""

    id: str
    sealed: float | None = None
    last_key: float | None = None
    released: float | None = None
    acknowledged: float | None = None


@dataclass
class Board:
    """Times are of `time.monotonic()`: those of documents' statuses are when the change feed
    brought them here, which is what another program would see."""

    uploads: dict[str, Upload] = field(default_factory=dict)
    batches: dict[str, Batch] = field(default_factory=dict)
    seen: dict[str, dict[str, float]] = field(default_factory=dict)
    status: dict[str, str] = field(default_factory=dict)
    problems: dict[str, tuple[str, str]] = field(default_factory=dict)
    claims: list[float] = field(default_factory=list)
    keys: list[float] = field(default_factory=list)
    keyed: Counter[str] = field(default_factory=Counter)
    first_claim: float | None = None
    last_key: float | None = None
    released: list[Mapping[str, Any]] = field(default_factory=list)
    refused: list[dict[str, Any]] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    _lock: threading.RLock = field(default_factory=threading.RLock, repr=False)

    def add_batch(self, batch_id: str) -> None:
        with self._lock:
            self.batches[batch_id] = Batch(batch_id)

    def add_upload(self, upload: Upload) -> None:
        with self._lock:
            self.uploads[upload.document_id] = upload

    def refuse(self, source: Source, code: str, detail: str) -> None:
        """The server has not taken this file."""
        with self._lock:
            self.refused.append({
                "file": source.name, "document_id": None, "status": "refused",
                "code": code, "detail": detail,
            })  # fmt: skip

    def drop_batch(self, batch_id: str) -> None:
        """Nothing could be uploaded to it, so it will never be released."""
        with self._lock:
            del self.batches[batch_id]

    def seal(self, batch_id: str, at: float) -> None:
        with self._lock:
            self.batches[batch_id].sealed = at

    def apply(self, change: Mapping[str, Any], at: float) -> str | None:
        """Take a change of the feed; the id of the release when it tells of a new one of ours."""
        subject, data = change["subject"], change["data"]
        with self._lock:
            if change["kind"] == "document.status":
                self.seen.setdefault(subject, {}).setdefault(data["status"], at)
                self.status[subject] = data["status"]
                if "code" in data:
                    self.problems[subject] = (data["code"], data.get("problem") or "")
            elif change["kind"] == "batch.released" and subject in self.batches:
                self.batches[subject].released = at
                return str(data["release_id"])
        return None

    def add_claim(self, seconds: float, at: float) -> None:
        with self._lock:
            self.claims.append(seconds)
            self.first_claim = self.first_claim or at

    def add_key(self, batch_id: str, seconds: float, at: float, outcome: str) -> None:
        """`outcome` is `confirmed`, `corrected` or `forced`."""
        with self._lock:
            self.keys.append(seconds)
            self.keyed[outcome] += 1
            self.last_key = self.batches[batch_id].last_key = at

    def acknowledge(self, batch_id: str, data: Mapping[str, Any]) -> None:
        """The release's data is here and compared with nothing yet; downstream has said so."""
        with self._lock:
            self.released += data["documents"]
            self.batches[batch_id].acknowledged = time.monotonic()

    def add_error(self, text: str) -> None:
        with self._lock:
            self.errors.append(text)

    def find_source(self, document_id: str) -> Source | None:
        with self._lock:
            upload = self.uploads.get(document_id)
            return upload.source if upload else None

    def list_keying(self) -> list[str]:
        """Batches with documents that wait for people."""
        with self._lock:
            return sorted({u.batch_id for u in self.uploads.values() if self._is(u, "keying")})

    def list_sorting(self) -> list[str]:
        """Batches with documents that wait to be sorted."""
        with self._lock:
            return sorted({u.batch_id for u in self.uploads.values() if self._is(u, "sorting")})

    def is_done(self) -> bool:
        """Whether every batch is acknowledged, or held up by a quarantined document."""
        with self._lock:
            waiting = {b.id for b in self.batches.values() if b.acknowledged is None}
            return not waiting - self._held_up()

    def is_complete(self) -> bool:
        with self._lock:
            return bool(self.batches) and all(
                batch.acknowledged is not None for batch in self.batches.values()
            )

    def describe(self) -> str:
        """One line of progress."""
        with self._lock:
            counts = Counter(self.status.get(d, "received") for d in self.uploads)
            done = sum(1 for batch in self.batches.values() if batch.released)
            shown = ", ".join(f"{count} {status}" for status, count in sorted(counts.items()))
            return (
                f"{len(self.uploads)} uploaded ({shown or 'none'}), {len(self.keys)} keys, "
                f"{done}/{len(self.batches)} batches released"
            )

    def list_failed(self) -> list[dict[str, Any]]:
        """Documents that are not, or not yet, in a release: with their state and its reason."""
        with self._lock:
            released = {document["id"] for document in self.released}
            return self.refused + [
                {
                    "file": upload.source.name,
                    "document_id": upload.document_id,
                    "status": self.status.get(upload.document_id, "received"),
                    "code": self.problems.get(upload.document_id, (None, None))[0],
                    "detail": self.problems.get(upload.document_id, (None, None))[1],
                }
                for upload in self.uploads.values()
                if upload.document_id not in released
            ]

    def _is(self, upload: Upload, status: str) -> bool:
        return self.status.get(upload.document_id) == status

    def _held_up(self) -> set[str]:
        """Batches in which nothing moves any more until a supervisor decides."""
        by_batch: dict[str, list[str]] = {}
        for upload in self.uploads.values():
            status = self.status.get(upload.document_id, "received")
            by_batch.setdefault(upload.batch_id, []).append(status)
        return {
            batch
            for batch, statuses in by_batch.items()
            if "quarantined" in statuses and set(statuses) <= SETTLED | {"quarantined"}
        }


def spans(board: Board, start: str, ends: Sequence[str]) -> list[float]:
    """Seconds from `start` to the first of `ends`, of each document that has come to both.

    `start` and `ends` are statuses; `start` may also be `uploaded`.
    """
    found = []
    for upload in board.uploads.values():
        seen = board.seen.get(upload.document_id, {})
        begin = upload.answered if start == "uploaded" else seen.get(start)
        arrived = [seen[end] for end in ends if end in seen]
        if begin is not None and arrived:
            # The feed may tell of a change before the answer to the upload is here.
            found.append(max(0.0, min(arrived) - begin))
    return found


def release_spans(board: Board) -> list[float]:
    """Seconds from the last thing that each batch waited for from outside (its last key, or its
    seal where that came later or nothing was keyed) to its release."""
    found = []
    for batch in board.batches.values():
        waited = [at for at in (batch.sealed, batch.last_key) if at is not None]
        if batch.released is not None and waited:
            found.append(max(0.0, batch.released - max(waited)))
    return found
