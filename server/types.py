"""Document types: those that come with the system, and those that clients make."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from pydantic import Field

from extractors.types import TYPES
from extractors.types.faults import Fault
from models import forms, references, types
from models.clients import Actor, find_clients
from models.db import Transaction
from models.doctype import DocumentType
from models.errors import Conflict, NotFound, RequestTooLarge, StaleWrite
from server.auth import Anyone, Sender, choose_client
from server.definitions import read_definition, refuse
from server.deps import Db, Id, Text
from server.problems import answer, errors
from server.schemas import CLIENT_ID, Listing, listing

router = APIRouter(tags=["types"])

DEFINITION: dict[str, Any] = {
    "name": "work_order",
    "label": {"en": "Work order", "it": "Ordine di lavoro"},
    "fields": [
        {
            "name": "order_number",
            "kind": "identifier",
            "label": {"en": "Order number", "it": "Numero ordine"},
            "required": True,
            "pattern": "[A-Z]{2}[0-9]+",
            "export": "Order",
        },
        {"name": "opened", "kind": "date", "label": {"en": "Opened", "it": "Aperto il"}},
        {"name": "closed", "kind": "date", "label": {"en": "Closed", "it": "Chiuso il"}},
    ],
    "rules": [
        {
            "rule": "expression",
            "name": "closed_in_time",
            "check": "days(opened, closed) <= 30",
            "message": "Work orders are closed within 30 days: compare both dates.",
        }
    ],
    "business_key": ["order_number"],
}
EXAMPLE = {
    **DocumentType.model_validate({**DEFINITION, "version": 1}).model_dump(mode="json"),
    "client_id": CLIENT_ID,
}
YAML_EXAMPLE = """\
name: work_order
label: {en: Work order, it: Ordine di lavoro}
fields:
  - {name: order_number, kind: identifier, required: true, label: {en: Order number}}
  - {name: opened, kind: date, label: {en: Opened}}
"""


def _describe_body() -> dict[str, Any]:
    schema = DocumentType.model_json_schema(ref_template="#/components/schemas/{model}")
    del schema["$defs"]
    schema["required"].remove("version")
    return {
        "requestBody": {
            "required": True,
            "description": "`version` is given by the server. Sent with PUT, it is the version "
            "that was changed: an older one than the newest is refused.",
            "content": {
                "application/json": {"schema": schema, "example": DEFINITION},
                "application/yaml": {"schema": {"type": "string"}, "example": YAML_EXAMPLE},
            },
        }
    }


BODY = _describe_body()


async def read_body(request: Request) -> bytes:
    return await request.body()


Body = Annotated[bytes, Depends(read_body)]
ClientId = Annotated[
    Text | None, Query(max_length=40, description="Whose types: for staff, who have none.")
]


class Type(DocumentType):
    """A version of a document type."""

    client_id: str | None = Field(description="Whose it is; null: it comes with the system.")


def show_type(row: types.TypeRow) -> Type:
    return Type.model_validate({**row.definition, "client_id": row.client_id})


def show_builtin(doctype: DocumentType) -> Type:
    return Type(**dict(doctype), client_id=None)


@router.get(
    "/v1/types",
    operation_id="listTypes",
    summary="List document types",
    responses={**answer(listing(EXAMPLE)), **errors(NotFound)},
)
def list_types(actor: Anyone, db: Db, client_id: ClientId = None) -> Listing[Type]:
    """What can be read: the newest version of each type. A client's own types stand in place of
    built-in ones of the same name; staff see them with `client_id`."""
    owner = _choose_owner(actor, client_id)
    found = {name: show_builtin(doctype) for name, doctype in TYPES.items()}
    if owner is not None:
        with db.read(actor.scope) as session:
            _require_client(session, owner)
            found |= {row.name: show_type(row) for row in types.list_types(session, owner)}
    return Listing(items=list(found.values()))


@router.get(
    "/v1/types/{name}",
    operation_id="getType",
    summary="Get a document type",
    responses={**answer(EXAMPLE), **errors(NotFound)},
)
def get_type(
    name: Id,
    actor: Anyone,
    db: Db,
    version: Annotated[
        int | None, Query(ge=1, le=1_000_000, description="Without it: the newest.")
    ] = None,
    client_id: ClientId = None,
) -> Type:
    owner = _choose_owner(actor, client_id)
    if owner is not None:
        with db.read(actor.scope) as session:
            _require_client(session, owner)
            row = types.find_type(session, owner, name, version)
            if row is not None:
                return show_type(row)
    if name in TYPES and version in (None, TYPES[name].version):
        return show_builtin(TYPES[name])
    raise unknown_type(name)


@router.post(
    "/v1/types",
    operation_id="createType",
    summary="Create a document type",
    status_code=201,
    openapi_extra=BODY,
    responses={**answer(EXAMPLE, 201), **errors(NotFound, Conflict, RequestTooLarge)},
)
def create_type(
    request: Request,
    response: Response,
    body: Body,
    actor: Sender,
    db: Db,
    client_id: ClientId = None,
) -> Type:
    """Makes the first version of a client's own type, from JSON or YAML. With the name of a
    built-in type it replaces that one, for this client. Batches use it from their creation on."""
    owner = choose_client(actor, client_id)
    doctype, _ = read_definition(body, media_type(request), None)
    with db.write(actor.scope) as session:
        check_needs(session, owner, doctype)
        row = types.create_type(session, owner, doctype, actor=actor.id)
        response.headers["Location"] = f"/v1/types/{row.name}"
        return show_type(row)


@router.put(
    "/v1/types/{name}",
    operation_id="reviseType",
    summary="Change a document type",
    openapi_extra=BODY,
    responses={
        **answer({**EXAMPLE, "version": 2}),
        **errors(NotFound, StaleWrite, RequestTooLarge),
    },
)
def revise_type(
    name: Id, request: Request, body: Body, actor: Sender, db: Db, client_id: ClientId = None
) -> Type:
    """Makes the next version of a client's own type. Batches that are there already keep the
    version that they have. What changes nothing makes no version."""
    owner = choose_client(actor, client_id)
    doctype, edited = read_definition(body, media_type(request), name)
    with db.write(actor.scope) as session:
        check_needs(session, owner, doctype)
        row = types.revise_type(session, owner, doctype, edited=edited, actor=actor.id)
        return show_type(row)


def check_needs(session: Transaction, client_id: str, doctype: DocumentType) -> None:
    """InvalidRequest when a type names a list, a column or a blank that the client has not."""
    _check_lists(session, client_id, doctype)
    _check_blank(session, client_id, doctype)


def _check_lists(session: Transaction, client_id: str, doctype: DocumentType) -> None:
    """InvalidRequest when a field names a list or a column that the client has not loaded."""
    known = {row.name: row.columns for row in references.list_lists(session, client_id)}
    faults = []
    for place, spec in enumerate(doctype.fields):
        if spec.reference is None:
            continue
        at, name = f"fields.{place}.reference", spec.reference.list
        if name not in known:
            message = f"There is no list {name}: load it first, with PUT /v1/references/{name}."
            faults.append(Fault(f"{at}.list", message))
            continue
        for column in (spec.reference.column, *spec.reference.fills):
            if column not in known[name]:
                there = ", ".join(known[name])
                faults.append(Fault(at, f"{name} has no column {column}. There are: {there}."))
    if faults:
        raise refuse(faults)


def _check_blank(session: Transaction, client_id: str, doctype: DocumentType) -> None:
    """InvalidRequest when the form's blank is not the client's, or has fewer pages."""
    if doctype.form is None:
        return
    blank = forms.find_form(session, doctype.form.blank)
    if blank is None or blank.client_id != client_id:
        message = f"There is no blank form {doctype.form.blank}: upload it with POST /v1/forms."
        raise refuse([Fault("form.blank", message)])
    faults = [
        Fault(f"form.zones.{place}.page", f"The blank has {len(blank.pages)} pages.")
        for place, zone in enumerate(doctype.form.zones)
        if zone.page > len(blank.pages)
    ]
    if faults:
        raise refuse(faults)


def unknown_type(name: str, known: Iterable[str] = TYPES) -> NotFound:
    return NotFound(f"There is no document type {name}: {', '.join(known)}.")


def media_type(request: Request) -> str:
    return request.headers.get("content-type", "").lower()


def _choose_owner(actor: Actor, client_id: str | None) -> str | None:
    """Whose types a request is about; None for staff who name nobody."""
    if actor.client_id is None and client_id is None:
        return None
    return choose_client(actor, client_id)


def _require_client(session: Transaction, client_id: str) -> None:
    if not find_clients(session, {client_id}):
        raise NotFound(f"There is no client {client_id}.")
