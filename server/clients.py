"""Clients and API keys."""

from __future__ import annotations

from dataclasses import asdict

from fastapi import APIRouter, Response
from pydantic import Field

from models import clients, opinions
from models.clients import Role
from models.errors import Conflict, NotFound, RequestTooLarge
from server.auth import Admin, Anyone, Control
from server.deps import Db, Id, Page, Text
from server.people import CLIENT_HELP
from server.problems import answer, errors
from server.schemas import CLIENT_ID, KEY_ID, TIME, USER_ID, In, Listing, Out, Time, listing

router = APIRouter()

CLIENT = {
    "id": CLIENT_ID,
    "name": "Rossi Ricambi S.r.l.",
    "created_at": TIME,
    "opinion": False,
}
COST = {
    "opinion": True,
    "documents": 40,
    "asked": 96,
    "agreed": 71,
    "failed": 1,
    "calls": 41,
    "tokens_in": 61_200,
    "tokens_out": 2_310,
    "milliseconds": 48_900,
}
KEY = {
    "id": KEY_ID,
    "prefix": "7GkQ2mXc",
    "label": "ERP",
    "role": "downstream",
    "client_id": CLIENT_ID,
    "created_at": TIME,
    "created_by": USER_ID,
    "revoked_at": None,
}


class NewClient(In, json_schema_extra={"examples": [{"name": "Rossi Ricambi S.r.l."}]}):
    name: Text = Field(min_length=1, max_length=200)


class Client(Out):
    """A tenant: whose documents these are."""

    id: str
    name: str
    created_at: Time
    opinion: bool = Field(description="Doubtful fields may be shown to an outside model.")


class Consent(In, json_schema_extra={"examples": [{"opinion": True}]}):
    opinion: bool


class Cost(Out):
    """Second opinions on all documents of a client so far."""

    opinion: bool = Field(description="Whether they are allowed now.")
    documents: int = Field(description="Documents that somebody was asked about.")
    asked: int = Field(description="Fields.")
    agreed: int = Field(description="Of these, those on which the machine and the model agree.")
    failed: int = Field(description="Documents that went on without an answer.")
    calls: int
    tokens_in: int = Field(description="As the endpoint counts them.")
    tokens_out: int
    milliseconds: int = Field(description="Waited for answers.")


class NewKey(
    In,
    json_schema_extra={
        "examples": [{"role": "downstream", "client_id": CLIENT_ID, "label": "ERP"}]
    },
):
    role: Role
    client_id: Text | None = Field(None, max_length=40, description=CLIENT_HELP)
    label: Text = Field(min_length=1, max_length=200)


class Key(Out):
    """A program's credential, without its secret."""

    id: str
    prefix: str = Field(description="How the key begins after `scv_`.")
    label: str
    role: Role
    client_id: str | None
    created_at: Time
    created_by: str | None = Field(description="Who made it; it ends when that user leaves.")
    revoked_at: Time | None


class CreatedKey(Key):
    key: str = Field(description="The key itself. It is shown this once and not kept.")


@router.post(
    "/v1/clients",
    tags=["clients"],
    operation_id="createClient",
    summary="Create a client",
    status_code=201,
    responses={**answer(CLIENT, 201), **errors(Conflict, RequestTooLarge)},
)
def create_client(body: NewClient, actor: Admin, db: Db) -> Client:
    with db.write(actor.scope) as session:
        client = clients.create_client(session, body.name, actor=actor.id)
        return Client.model_validate(client)


@router.get(
    "/v1/clients",
    tags=["clients"],
    operation_id="listClients",
    summary="List clients",
    responses={**answer(listing(CLIENT)), **errors()},
)
def list_clients(actor: Anyone, page: Page, db: Db) -> Listing[Client]:
    """All clients for staff; for others the one that they belong to."""
    with db.read(actor.scope) as session:
        rows, following = page.cut(
            clients.list_clients(
                session, client_id=actor.client_id, after=page.after, limit=page.fetch
            )
        )
        return Listing(items=[Client.model_validate(row) for row in rows], next=following)


@router.put(
    "/v1/clients/{id}/opinion",
    tags=["clients"],
    operation_id="setOpinion",
    summary="Allow second opinions for a client",
    responses={**answer({**CLIENT, "opinion": True}), **errors(NotFound, RequestTooLarge)},
)
def set_opinion(id: Id, body: Consent, actor: Admin, db: Db) -> Client:
    """Whether the model that the settings name may be shown this client's documents, where fields
    are in doubt: they leave the machine. Off until the client has agreed."""
    with db.write(actor.scope) as session:
        client = opinions.set_consent(session, id, body.opinion, actor=actor.id)
        return Client.model_validate(client)


@router.get(
    "/v1/clients/{id}/opinion",
    tags=["clients"],
    operation_id="getOpinion",
    summary="What second opinions on a client's documents have cost",
    responses={**answer(COST), **errors(NotFound)},
)
def get_opinion(id: Id, actor: Control, db: Db) -> Cost:
    with db.read(actor.scope) as session:
        found = clients.find_clients(session, [id]).get(id)
        if found is None:
            raise NotFound(f"There is no client {id}.")
        return Cost(opinion=found.opinion, **asdict(opinions.add_up(session, id)))


@router.post(
    "/v1/keys",
    tags=["keys"],
    operation_id="createKey",
    summary="Create an API key",
    status_code=201,
    responses={
        **answer({**KEY, "key": "scv_7GkQ2mXc_…"}, 201),
        **errors(NotFound, RequestTooLarge),
    },
)
def create_key(body: NewKey, actor: Admin, db: Db) -> CreatedKey:
    """The answer holds the key's text: it cannot be read again later."""
    with db.write(actor.scope) as session:
        key, text = clients.create_key(
            session, body.role, body.client_id, body.label, actor=actor.id
        )
        return CreatedKey(**Key.model_validate(key).model_dump(), key=text)


@router.get(
    "/v1/keys",
    tags=["keys"],
    operation_id="listKeys",
    summary="List API keys",
    responses={**answer(listing(KEY)), **errors()},
)
def list_keys(actor: Admin, page: Page, db: Db) -> Listing[Key]:
    with db.read(actor.scope) as session:
        rows, following = page.cut(clients.list_keys(session, after=page.after, limit=page.fetch))
        return Listing(items=[Key.model_validate(row) for row in rows], next=following)


@router.delete(
    "/v1/keys/{id}",
    tags=["keys"],
    operation_id="revokeKey",
    summary="Revoke an API key",
    status_code=204,
    responses={204: {"description": "The key is not accepted any more."}, **errors(NotFound)},
)
def revoke_key(id: Id, actor: Admin, db: Db) -> Response:
    """Ends a key at once; doing it again changes nothing."""
    with db.write(actor.scope) as session:
        clients.revoke_key(session, id, actor=actor.id)
    return Response(status_code=204)
