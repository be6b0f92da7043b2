"""Releases: the immutable, versioned result of a batch.

The files of a release lie in S3 under keys of batch and version. The manifest names each with its
SHA-256, and the row holds the manifest's own: what downstream fetched can be proven later.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import String, UniqueConstraint, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.batches import Batch, get_batch
from models.changes import record_change
from models.db import Base, Owned, Transaction, now
from models.doctype import DocumentType
from models.documents import Document
from models.errors import NotFound
from models.fields import Field
from models.ids import new_id
from models.status import must_move

MEDIA_TYPES = {
    "data.json": "application/json",
    "data.csv": "text/csv; charset=utf-8",
    "lines.csv": "text/csv; charset=utf-8",
    "manifest.json": "application/json",
}


class Release(Owned, Base):
    __tablename__ = "releases"
    __table_args__ = (UniqueConstraint("batch_id", "version"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    batch_id: Mapped[str] = mapped_column(String(40))
    version: Mapped[int]
    sha256: Mapped[str] = mapped_column(String(64))
    documents: Mapped[int]
    created_at: Mapped[datetime]
    acknowledged_at: Mapped[datetime | None]
    acknowledged_by: Mapped[str | None] = mapped_column(String(40))


def collect(session: Transaction, batch_id: str) -> dict[str, Any]:
    """Everything that a release of this batch says, in a fixed order."""
    batch = get_batch(session, batch_id)
    documents = session.scalars(
        select(Document).where(Document.batch_id == batch_id).order_by(Document.id)
    ).all()
    fields: dict[str, list[Field]] = {document.id: [] for document in documents}
    for field in session.scalars(
        select(Field)
        .join(Document, Document.id == Field.document_id)
        .where(Document.batch_id == batch_id)
        .order_by(Field.document_id, Field.position)
    ):
        fields[field.document_id].append(field)
    return {
        "batch_id": batch.id,
        "client_id": batch.client_id,
        "external_id": batch.external_id,
        "documents": [
            _document_data(document, fields[document.id])
            for document in documents
            if document.status == "final"
        ],
        "left_out": [
            {
                "id": document.id,
                "filename": document.filename,
                "sha256": document.sha256,
                "origin": _origin_data(document),
                "status": document.status,
                "code": document.problem_code,
                "detail": document.problem,
            }
            for document in documents
            if document.status != "final"
        ],
    }


def _document_data(document: Document, fields: Iterable[Field]) -> dict[str, Any]:
    header: dict[str, Any] = {}
    lines: dict[int, dict[str, Any]] = {}
    for field in fields:
        target = header if field.line is None else lines.setdefault(field.line, {})
        target[field.name] = {
            "value": field.value,
            "source": field.source,
            "score": field.score,
            "page": field.page,
            "box": field.box,
            **({"checks": field.checks} if field.checks else {}),
        }
    return {
        "id": document.id,
        "filename": document.filename,
        "sha256": document.sha256,
        "origin": _origin_data(document),
        "type": document.type,
        "language": document.language,
        "pages": document.pages,
        "duplicate_of": document.duplicate_of,
        "fields": header,
        "lines": [lines[number] for number in sorted(lines)],
    }


def _origin_data(document: Document) -> dict[str, Any] | None:
    """Which pages of its file a document is; None when it is the whole of it."""
    if document.origin_id is None:
        return None
    return {
        "document_id": document.origin_id,
        "part": document.part,
        "parts": document.parts,
        "first_page": document.first_page,
        "last_page": document.last_page,
        "region": document.region,
    }


def build_files(
    data: dict[str, Any], version: int, at: str, types: Mapping[str, DocumentType] | None = None
) -> dict[str, bytes]:
    """The files of a release by name; the same data give the same bytes.

    `at` is the release's time (ISO 8601), fixed when the release was put on the work list. `types`
    are the batch's document types by name: they know the titles of CSV columns.
    """
    titles = _Titles(types or {})
    files = {
        "data.json": _to_json({**data, "version": version, "released_at": at}),
        "data.csv": _header_csv(data["documents"], titles),
        "lines.csv": _lines_csv(data["documents"], titles),
    }
    manifest = {
        "batch_id": data["batch_id"],
        "client_id": data["client_id"],
        "external_id": data["external_id"],
        "version": version,
        "released_at": at,
        "documents": [
            {key: document[key] for key in ("id", "filename", "sha256", "origin", "type")}
            for document in data["documents"]
        ],
        "left_out": data["left_out"],
        "files": [
            {
                "name": name,
                "media_type": MEDIA_TYPES[name],
                "size": len(content),
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in files.items()
        ],
    }
    return {**files, "manifest.json": _to_json(manifest)}


def _to_json(data: object) -> bytes:
    return json.dumps(data, ensure_ascii=False, indent=2).encode() + b"\n"


class _Titles:
    """What columns are called: by a field's export name, else by its own."""

    def __init__(self, types: Mapping[str, DocumentType]) -> None:
        self.header = {
            name: {spec.name: spec.export or spec.name for spec in doctype.fields}
            for name, doctype in types.items()
        }
        self.lines = {
            name: {spec.name: spec.export or spec.name for spec in doctype.lines}
            for name, doctype in types.items()
        }


def _header_csv(documents: list[dict[str, Any]], titles: _Titles) -> bytes:
    named = [_by_title(document["fields"], titles.header, document) for document in documents]
    columns = list(dict.fromkeys(title for cells in named for title in cells))
    rows = [
        [document["id"], document["filename"], document["type"]]
        + [_cell(cells.get(title)) for title in columns]
        for document, cells in zip(documents, named, strict=True)
    ]
    return _to_csv(["document_id", "filename", "type", *columns], rows)


def _lines_csv(documents: list[dict[str, Any]], titles: _Titles) -> bytes:
    named = [
        (document["id"], number, _by_title(line, titles.lines, document))
        for document in documents
        for number, line in enumerate(document["lines"], start=1)
    ]
    columns = list(dict.fromkeys(title for _, _, cells in named for title in cells))
    rows = [
        [document_id, str(number)] + [_cell(cells.get(title)) for title in columns]
        for document_id, number, cells in named
    ]
    return _to_csv(["document_id", "line", *columns], rows)


def _by_title(
    cells: dict[str, Any], titles: Mapping[str, Mapping[str, str]], document: dict[str, Any]
) -> dict[str, Any]:
    known = titles.get(document["type"], {})
    return {known.get(name, name): cell for name, cell in cells.items()}


def _cell(field: dict[str, Any] | None) -> str:
    return field["value"] or "" if field else ""


def _to_csv(header: list[str], rows: list[list[str]]) -> bytes:
    """RFC 4180, UTF-8."""
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def record_release(
    session: Transaction, batch_id: str, version: int, manifest: bytes, at: datetime
) -> Release:
    """The batch is released: its files are in S3 already. Written once a version."""
    batch = get_batch(session, batch_id, lock=True)
    known = session.scalar(
        select(Release).where(Release.batch_id == batch_id, Release.version == version)
    )
    if known is not None:
        return known
    release = Release(
        id=new_id("rel"),
        client_id=batch.client_id,
        batch_id=batch.id,
        version=version,
        sha256=hashlib.sha256(manifest).hexdigest(),
        documents=len(json.loads(manifest)["documents"]),
        created_at=at,
    )
    session.add(release)
    must_move(session, batch, "released", values={"version": version, "released_at": now()})
    record_act(session, "system", "batch.release", batch.id, client_id=batch.client_id)
    record_change(
        session,
        batch.client_id,
        "batch.released",
        batch.id,
        release_id=release.id,
        version=version,
        external_id=batch.external_id,
    )
    session.flush()
    return release


def list_releases(session: Transaction, batch_id: str) -> list[Release]:
    get_batch(session, batch_id)
    return list(
        session.scalars(
            select(Release).where(Release.batch_id == batch_id).order_by(Release.version)
        )
    )


def get_release(session: Transaction, release_id: str) -> Release:
    release = session.scalar(select(Release).where(Release.id == release_id))
    if release is None:
        raise NotFound(f"There is no release {release_id}.")
    return release


def acknowledge(session: Transaction, release_id: str, *, actor: str) -> Release:
    """Downstream has the data; saying so again changes nothing."""
    release = get_release(session, release_id)
    if release.acknowledged_at is None:
        release.acknowledged_at, release.acknowledged_by = now(), actor
        batch: Batch = get_batch(session, release.batch_id)
        record_act(session, actor, "release.acknowledge", release.id, client_id=release.client_id)
        record_change(
            session,
            release.client_id,
            "release.acknowledged",
            release.id,
            batch_id=batch.id,
            version=release.version,
        )
    return release
