"""Clients, users and API keys."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import Field

from models import clients
from models.clients import Role
from models.errors import Conflict, NotFound, RequestTooLarge
from server.auth import Admin, Anyone
from server.deps import Db, Id, Page, Text
from server.problems import answer, errors
from server.schemas import CLIENT_ID, KEY_ID, TIME, USER_ID, In, Listing, Out, Time, listing

router = APIRouter()

CLIENT = {"id": CLIENT_ID, "name": "Rossi Ricambi S.r.l.", "created_at": TIME}
USER = {
    "id": USER_ID,
    "name": "giulia",
    "role": "operator",
    "client_id": None,
    "active": True,
    "created_at": TIME,
}
KEY = {
    "id": KEY_ID,
    "prefix": "7GkQ2mXc",
    "label": "ERP",
    "role": "downstream",
    "client_id": CLIENT_ID,
    "created_at": TIME,
    "revoked_at": None,
}
CLIENT_HELP = "Required for the roles client and downstream, left out for staff."


class NewClient(In, json_schema_extra={"examples": [{"name": "Rossi Ricambi S.r.l."}]}):
    name: Text = Field(min_length=1, max_length=200)


class Client(Out):
    """A tenant: whose documents these are."""

    id: str
    name: str
    created_at: Time


class NewUser(
    In,
    json_schema_extra={
        "examples": [{"name": "giulia", "password": "correct horse battery", "role": "operator"}]
    },
):
    name: Text = Field(min_length=1, max_length=100)
    password: str = Field(min_length=10, max_length=1000)
    role: Role
    client_id: Text | None = Field(None, max_length=40, description=CLIENT_HELP)


class User(Out):
    """A person who can log in."""

    id: str
    name: str
    role: Role
    client_id: str | None
    active: bool
    created_at: Time


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


@router.post(
    "/v1/users",
    tags=["users"],
    operation_id="createUser",
    summary="Create a user",
    status_code=201,
    responses={**answer(USER, 201), **errors(NotFound, Conflict, RequestTooLarge)},
)
def create_user(body: NewUser, actor: Admin, db: Db) -> User:
    with db.write(actor.scope) as session:
        user = clients.create_user(
            session, body.name, body.password, body.role, body.client_id, actor=actor.id
        )
        return User.model_validate(user)


@router.get(
    "/v1/users",
    tags=["users"],
    operation_id="listUsers",
    summary="List users",
    responses={**answer(listing(USER)), **errors()},
)
def list_users(actor: Admin, page: Page, db: Db) -> Listing[User]:
    with db.read(actor.scope) as session:
        rows, following = page.cut(clients.list_users(session, after=page.after, limit=page.fetch))
        return Listing(items=[User.model_validate(row) for row in rows], next=following)


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
