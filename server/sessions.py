"""Sessions of people: log in, log out, who am I."""

from __future__ import annotations

import threading
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response
from pydantic import Field

from models import clients
from models.clients import Role
from models.errors import Conflict, RequestTooLarge, TooManyRequests, Unauthorized
from server.auth import COOKIE, Anyone, Token
from server.deps import Conf, Db, Text
from server.problems import answer, errors
from server.schemas import TIME, USER_ID, In, Out, Time
from server.throttle import Throttle

router = APIRouter(tags=["sessions"])

# Argon2id takes 64 MiB and a core each time.
CHECKING = threading.BoundedSemaphore(2)

USER = {"id": USER_ID, "name": "giulia", "role": "operator", "client_id": None}


class Credentials(
    In, json_schema_extra={"examples": [{"name": "giulia", "password": "correct horse battery"}]}
):
    name: Text = Field(min_length=1, max_length=100)
    password: str = Field(min_length=1, max_length=1000)


class Myself(Out):
    """Who makes the request: a user, or an API key under its label."""

    id: str
    name: str
    role: Role
    client_id: str | None = Field(description="null for staff, who work for all clients.")


class Session(Out):
    token: str = Field(description="For `Authorization: Bearer`; browsers get it as a cookie.")
    expires_at: Time
    user: Myself


def get_throttle(request: Request) -> Throttle:
    throttle: Throttle = request.app.state.throttle
    return throttle


def get_address(request: Request) -> str:
    """Whence the request came."""
    return request.client.host if request.client else ""


Brake = Annotated[Throttle, Depends(get_throttle)]
Address = Annotated[str, Depends(get_address)]


@router.post(
    "/v1/sessions",
    operation_id="logIn",
    summary="Log in",
    status_code=201,
    responses={
        **answer({"token": "scs_…", "expires_at": TIME, "user": USER}, 201),
        **errors(Unauthorized, RequestTooLarge, TooManyRequests),
    },
)
def log_in(
    body: Credentials,
    request: Request,
    response: Response,
    db: Db,
    settings: Conf,
    throttle: Brake,
    address: Address,
) -> Session:
    """Opens a session for a person. After too many wrong passwords, wait: 429 says how long."""
    throttle.require(body.name, address)
    try:
        with CHECKING, db.read() as session:
            user = clients.check_password(session, body.name, body.password)
            user_id = user.id
    except Unauthorized:
        throttle.count(body.name, address)
        raise
    with db.write() as session:
        token, expires = clients.open_login(
            session, session.get_one(clients.User, user_id), settings.session_hours
        )
        me = Myself.model_validate(session.get_one(clients.User, user_id))
    request.state.actor = user_id
    response.set_cookie(
        COOKIE,
        token,
        max_age=settings.session_hours * 3600,
        httponly=True,
        samesite="strict",
        secure=settings.public_url.startswith("https://"),
    )
    return Session(token=token, expires_at=expires, user=me)


@router.delete(
    "/v1/sessions/current",
    operation_id="logOut",
    summary="Log out",
    status_code=204,
    responses={204: {"description": "The session has ended."}, **errors(Conflict)},
)
def log_out(actor: Anyone, token: Token, response: Response, db: Db, settings: Conf) -> None:
    """Ends the session that makes this request."""
    if not token.startswith("scs_"):
        raise Conflict("An API key has no session to end: revoke the key instead.")
    with db.write() as session:
        clients.log_out(session, token)
    response.delete_cookie(
        COOKIE,
        httponly=True,
        samesite="strict",
        secure=settings.public_url.startswith("https://"),
    )


@router.get(
    "/v1/me",
    operation_id="getMe",
    summary="Who am I",
    responses={**answer(USER), **errors()},
)
def get_me(actor: Anyone) -> Myself:
    return Myself.model_validate(actor)
