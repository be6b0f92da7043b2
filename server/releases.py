"""Releases: what downstream systems fetch and acknowledge."""

from __future__ import annotations

import hashlib
import json
from typing import Any

from fastapi import APIRouter, Request, Response
from pydantic import Field

from models import releases
from models.db import Database
from models.errors import NotFound, ObjectLost
from models.storage import Storage, release_key
from server.auth import Receiver
from server.deps import Db, Id, Store
from server.documents import binary
from server.files import read_object, serve, stream_object
from server.problems import answer, errors
from server.schemas import (
    BATCH_ID,
    CLIENT_ID,
    DOCUMENT_ID,
    RELEASE_ID,
    SHA256,
    Listing,
    Out,
    Time,
    listing,
)

router = APIRouter(tags=["releases"])

RELEASE = {
    "id": RELEASE_ID,
    "batch_id": BATCH_ID,
    "version": 1,
    "sha256": SHA256,
    "documents": 2,
    "created_at": "2026-11-24T10:02:00.000Z",
    "acknowledged_at": None,
}
MANIFEST = {
    "batch_id": BATCH_ID,
    "client_id": CLIENT_ID,
    "external_id": "2026-11-24/morning",
    "version": 1,
    "released_at": "2026-11-24T10:02:00+00:00",
    "documents": [
        {
            "id": DOCUMENT_ID,
            "filename": "fattura 117.pdf",
            "sha256": SHA256,
            "type": "invoice",
        }
    ],
    "left_out": [],
    "files": [
        {"name": "data.json", "media_type": "application/json", "size": 4210, "sha256": SHA256}
    ],
}


class Release(Out):
    """An immutable version of a batch's data."""

    id: str
    batch_id: str
    version: int
    sha256: str = Field(description="Of the manifest, which holds those of the other files.")
    documents: int = Field(description="How many it holds; the manifest names those left out.")
    created_at: Time
    acknowledged_at: Time | None


@router.get(
    "/v1/batches/{id}/releases",
    operation_id="listReleases",
    summary="List a batch's releases",
    responses={**answer(listing(RELEASE)), **errors(NotFound)},
)
def list_releases(id: Id, actor: Receiver, db: Db) -> Listing[Release]:
    """In the order of their versions."""
    with db.read(actor.scope) as session:
        rows = releases.list_releases(session, id)
        return Listing(items=[Release.model_validate(row) for row in rows])


@router.get(
    "/v1/releases/{id}",
    operation_id="getRelease",
    summary="Get a release",
    responses={**answer(RELEASE), **errors(NotFound)},
)
def get_release(id: Id, actor: Receiver, db: Db) -> Release:
    with db.read(actor.scope) as session:
        return Release.model_validate(releases.get_release(session, id))


@router.get(
    "/v1/releases/{id}/manifest",
    operation_id="getManifest",
    summary="Get a release's manifest",
    response_class=Response,
    responses={
        **answer(MANIFEST, description="Documents, those left out and why, and files"),
        304: {"description": "The caller has it already (If-None-Match)."},
        **errors(NotFound, ObjectLost),
    },
)
def get_manifest(id: Id, request: Request, actor: Receiver, db: Db, storage: Store) -> Response:
    """The bytes whose SHA-256 the release names."""
    release = _find(db, actor.scope, id)
    return serve(
        request,
        release.sha256,
        lambda: _read_manifest(storage, release),
        media_type=releases.MEDIA_TYPES["manifest.json"],
    )


@router.get(
    "/v1/releases/{id}/data.json",
    operation_id="getReleaseJson",
    summary="Get a release's data as JSON",
    response_class=Response,
    responses={
        **binary("application/json", "All fields, with places and scores", "(JSON)"),
        **errors(NotFound, ObjectLost),
    },
)
def get_json(id: Id, request: Request, actor: Receiver, db: Db, storage: Store) -> Response:
    return _send(db, storage, request, actor.scope, id, "data.json")


@router.get(
    "/v1/releases/{id}/data.csv",
    operation_id="getReleaseCsv",
    summary="Get a release's header fields as CSV",
    response_class=Response,
    responses={
        **binary("text/csv", "RFC 4180, UTF-8: a document a row", "document_id,filename,type,…"),
        **errors(NotFound, ObjectLost),
    },
)
def get_csv(id: Id, request: Request, actor: Receiver, db: Db, storage: Store) -> Response:
    return _send(db, storage, request, actor.scope, id, "data.csv")


@router.get(
    "/v1/releases/{id}/lines.csv",
    operation_id="getReleaseLines",
    summary="Get a release's line items as CSV",
    response_class=Response,
    responses={
        **binary("text/csv", "RFC 4180, UTF-8: a line item a row", "document_id,line,…"),
        **errors(NotFound, ObjectLost),
    },
)
def get_lines(id: Id, request: Request, actor: Receiver, db: Db, storage: Store) -> Response:
    return _send(db, storage, request, actor.scope, id, "lines.csv")


@router.post(
    "/v1/releases/{id}/acknowledge",
    operation_id="acknowledgeRelease",
    summary="Acknowledge a release",
    responses={
        **answer({**RELEASE, "acknowledged_at": "2026-11-24T10:05:00.000Z"}),
        **errors(NotFound),
    },
)
def acknowledge(id: Id, actor: Receiver, db: Db) -> Release:
    """Says that the data have been taken over. Saying it again changes nothing."""
    with db.write(actor.scope) as session:
        return Release.model_validate(releases.acknowledge(session, id, actor=actor.id))


class Found(Release):
    client_id: str


def _find(db: Database, scope: str, release_id: str) -> Found:
    with db.read(scope) as session:
        return Found.model_validate(releases.get_release(session, release_id))


def _read_manifest(storage: Storage, release: Found) -> bytes:
    """The manifest; ObjectLost when it is not the one that was released."""
    key = release_key(release.client_id, release.batch_id, release.version, "manifest.json")
    manifest = read_object(storage.get_bytes, key)
    if hashlib.sha256(manifest).hexdigest() != release.sha256:
        raise ObjectLost(f"{key} is not what was released as {release.id}.")
    return manifest


def _send(
    db: Database, storage: Storage, request: Request, scope: str, release_id: str, name: str
) -> Response:
    release = _find(db, scope, release_id)
    listed = json.loads(_read_manifest(storage, release))["files"]
    file: dict[str, Any] | None = next((one for one in listed if one["name"] == name), None)
    if file is None:
        raise NotFound(f"Release {release_id} has no {name}.")
    key = release_key(release.client_id, release.batch_id, release.version, name)
    return serve(
        request,
        file["sha256"],
        stream_object(storage, key),
        media_type=file["media_type"],
        size=file["size"],
        name=f"{release.batch_id} v{release.version} {name}",
    )
