"""People: who can log in, as what, and who no longer can."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import Field

from models import clients, people
from models.clients import Role
from models.errors import (
    Conflict,
    InvalidRequest,
    NotFound,
    RequestTooLarge,
    TooManyRequests,
    Unauthorized,
)
from server.auth import Admin, Anyone, Token
from server.deps import Db, Id, Page, Text
from server.problems import answer, errors
from server.schemas import TIME, USER_ID, In, Listing, Out, Time, listing
from server.sessions import CHECKING, Address, Brake

router = APIRouter(tags=["users"])

USER = {
    "id": USER_ID,
    "name": "giulia",
    "role": "operator",
    "client_id": None,
    "active": True,
    "created_at": TIME,
}
CLIENT_HELP = "Required for the roles client and downstream, left out for staff."
PASSWORD = Field(min_length=10, max_length=1000)


class NewUser(
    In,
    json_schema_extra={
        "examples": [{"name": "giulia", "password": "correct horse battery", "role": "operator"}]
    },
):
    name: Text = Field(min_length=1, max_length=100)
    password: str = PASSWORD
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


class Left(Out):
    """A person who cannot log in any more, and what ended with that."""

    user: User
    sessions: int = Field(description="Sessions that ended.")
    keys: int = Field(description="API keys that were revoked.")
    tasks: int = Field(description="Claimed tasks that went back to the others.")


class NewRole(In, json_schema_extra={"examples": [{"role": "supervisor"}]}):
    role: Role
    client_id: Text | None = Field(None, max_length=40, description=CLIENT_HELP)


class NewPassword(In, json_schema_extra={"examples": [{"password": "battery staple correct"}]}):
    password: str = PASSWORD


class OwnPassword(
    In,
    json_schema_extra={
        "examples": [{"old": "correct horse battery", "password": "battery staple correct"}]
    },
):
    old: str = Field(min_length=1, max_length=1000)
    password: str = PASSWORD


@router.post(
    "/v1/users",
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
    operation_id="listUsers",
    summary="List users",
    responses={**answer(listing(USER)), **errors()},
)
def list_users(actor: Admin, page: Page, db: Db) -> Listing[User]:
    """All of them, those who have left too."""
    with db.read(actor.scope) as session:
        rows, following = page.cut(clients.list_users(session, after=page.after, limit=page.fetch))
        return Listing(items=[User.model_validate(row) for row in rows], next=following)


@router.get(
    "/v1/users/{id}",
    operation_id="getUser",
    summary="Get a user",
    responses={**answer(USER), **errors(NotFound)},
)
def get_user(id: Id, actor: Admin, db: Db) -> User:
    with db.read(actor.scope) as session:
        return User.model_validate(people.get_user(session, id))


@router.post(
    "/v1/users/{id}/deactivate",
    operation_id="deactivateUser",
    summary="Deactivate a user",
    responses={
        **answer({"user": {**USER, "active": False}, "sessions": 1, "keys": 0, "tasks": 6}),
        **errors(NotFound, Conflict),
    },
)
def deactivate_user(
    id: Id,
    actor: Admin,
    db: Db,
    keep_keys: Annotated[
        bool, Query(description="Leave the API keys that this person made: programs run on them.")
    ] = False,
) -> Left:
    """Ends a person's access at once: sessions, the API keys that this person made, and claimed
    tasks, which go to others. What was keyed stays. The last active admin cannot be deactivated."""
    with db.write(actor.scope) as session:
        ended = people.deactivate_user(session, id, keep_keys=keep_keys, actor=actor.id)
        user = User.model_validate(people.get_user(session, id))
    return Left(user=user, sessions=ended.sessions, keys=ended.keys, tasks=ended.tasks)


@router.post(
    "/v1/users/{id}/activate",
    operation_id="activateUser",
    summary="Activate a user again",
    responses={**answer(USER), **errors(NotFound)},
)
def activate_user(id: Id, actor: Admin, db: Db) -> User:
    """With the password and the role as they were. Revoked keys stay revoked."""
    with db.write(actor.scope) as session:
        return User.model_validate(people.activate_user(session, id, actor=actor.id))


@router.put(
    "/v1/users/{id}/role",
    operation_id="setRole",
    summary="Change a user's role",
    responses={
        **answer({**USER, "role": "supervisor"}),
        **errors(NotFound, Conflict, RequestTooLarge),
    },
)
def set_role(id: Id, body: NewRole, actor: Admin, db: Db) -> User:
    """Counts from the user's next request on. The last active admin stays one."""
    with db.write(actor.scope) as session:
        user = people.change_role(session, id, body.role, body.client_id, actor=actor.id)
        return User.model_validate(user)


@router.put(
    "/v1/users/{id}/password",
    operation_id="setPassword",
    summary="Set another user's password",
    responses={**answer(USER), **errors(NotFound, Conflict, RequestTooLarge)},
)
def set_password(id: Id, body: NewPassword, actor: Admin, db: Db) -> User:
    """For somebody who lost it; ends that user's sessions. Your own: `PUT /v1/me/password`."""
    if id == actor.id:
        raise Conflict("This is yourself: change your own password with PUT /v1/me/password.")
    with CHECKING:
        hashed = clients.hash_password(body.password)
    with db.write(actor.scope) as session:
        return User.model_validate(people.set_password(session, id, hashed, actor=actor.id))


@router.put(
    "/v1/me/password",
    operation_id="setOwnPassword",
    summary="Change your password",
    responses={
        **answer(USER),
        **errors(Conflict, InvalidRequest, RequestTooLarge, TooManyRequests),
    },
)
def set_own_password(
    body: OwnPassword, actor: Anyone, token: Token, address: Address, db: Db, brake: Brake
) -> User:
    """Takes the old one too. Your other sessions end, this one goes on."""
    if not token.startswith("scs_"):
        raise Conflict("An API key has no password: log in as a person.")
    brake.require(actor.name, address)
    try:
        with CHECKING, db.read() as session:
            clients.check_password(session, actor.name, body.old)
    except Unauthorized:
        brake.count(actor.name, address)
        raise InvalidRequest("The old password is wrong: type it again.") from None
    with CHECKING:
        hashed = clients.hash_password(body.password)
    with db.write(actor.scope) as session:
        user = people.set_password(session, actor.id, hashed, actor=actor.id, keep=token)
        return User.model_validate(user)
