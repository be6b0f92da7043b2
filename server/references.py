"""Reference lists: what values a client's fields may have."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Path, Request, Response
from pydantic import Field

from models import references
from models.errors import Conflict, NotFound, RequestTooLarge
from server.auth import Anyone, Sender, choose_client
from server.deps import Db
from server.problems import answer, errors
from server.schemas import CLIENT_ID, TIME, Listing, Out, Time, listing
from server.types import ClientId

router = APIRouter(tags=["references"])

MAX_BYTES = 32 * 1024 * 1024

REFERENCE = {
    "name": "suppliers",
    "client_id": CLIENT_ID,
    "version": 3,
    "columns": ["name", "vat", "town"],
    "rows": 18250,
    "loaded_at": TIME,
}
CSV = "name;vat;town\r\nOfficine Bellariva S.r.l.;IT01234567897;Verona\r\n"
BODY = {
    "requestBody": {
        "required": True,
        "description": "CSV in UTF-8, the names of the columns in the first line; separated by "
        "comma, semicolon or tab.",
        "content": {"text/csv": {"schema": {"type": "string"}, "example": CSV}},
    }
}

Name = Annotated[
    str, Path(pattern=r"^[a-z][a-z0-9_]{0,39}$", description="Of the list.", examples=["suppliers"])
]


class Reference(Out):
    """A list in its newest version."""

    name: str
    client_id: str
    version: int = Field(description="How often it has been loaded.")
    columns: list[str]
    rows: int
    loaded_at: Time


async def read_csv_body(request: Request) -> bytes:
    """The body; RequestTooLarge as soon as it is more than a list may have."""
    parts, size = [], 0
    async for chunk in request.stream():
        size += len(chunk)
        if size > MAX_BYTES:
            raise RequestTooLarge(f"A list has at most {MAX_BYTES // 2**20} MB.")
        parts.append(chunk)
    return b"".join(parts)


@router.get(
    "/v1/references",
    operation_id="listReferences",
    summary="List reference lists",
    responses={**answer(listing(REFERENCE)), **errors(NotFound)},
)
def list_references(actor: Anyone, db: Db, client_id: ClientId = None) -> Listing[Reference]:
    """A client's lists; staff say whose with `client_id`."""
    owner = choose_client(actor, client_id)
    with db.read(actor.scope) as session:
        rows = references.list_lists(session, owner)
        return Listing(items=[Reference.model_validate(row) for row in rows])


@router.get(
    "/v1/references/{name}",
    operation_id="getReference",
    summary="Get a reference list",
    responses={**answer(REFERENCE), **errors(NotFound)},
)
def get_reference(name: Name, actor: Anyone, db: Db, client_id: ClientId = None) -> Reference:
    """What is known of it, without its rows."""
    owner = choose_client(actor, client_id)
    with db.read(actor.scope) as session:
        return Reference.model_validate(references.get_list(session, owner, name))


@router.put(
    "/v1/references/{name}",
    operation_id="putReference",
    summary="Load a reference list",
    openapi_extra=BODY,
    responses={**answer(REFERENCE), **errors(NotFound, Conflict, RequestTooLarge)},
)
def put_reference(
    name: Name,
    actor: Sender,
    body: Annotated[bytes, Depends(read_csv_body)],
    db: Db,
    client_id: ClientId = None,
) -> Reference:
    """Takes the whole list, in place of what was there: all of it or, when a line is wrong,
    nothing. Documents that are read from now on are held against it."""
    owner = choose_client(actor, client_id)
    table = references.read_csv(body)
    with db.write(actor.scope) as session:
        row = references.replace_list(session, owner, name, table, actor=actor.id)
        return Reference.model_validate(row)


@router.delete(
    "/v1/references/{name}",
    operation_id="deleteReference",
    summary="Delete a reference list",
    status_code=204,
    responses={204: {"description": "The list is gone."}, **errors(NotFound)},
)
def delete_reference(name: Name, actor: Sender, db: Db, client_id: ClientId = None) -> Response:
    """Fields that name it are not held against it any more."""
    owner = choose_client(actor, client_id)
    with db.write(actor.scope) as session:
        references.delete_list(session, owner, name, actor=actor.id)
    return Response(status_code=204)
