"""Who asks, and what that role may do.

`allow("admin")` makes a dependency that lets only these roles in; the aliases below name the
groups that routes need. Transactions are opened with `actor.scope`, which keeps tenants apart.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPAuthorizationCredentials, HTTPBearer

from models import clients
from models.clients import Actor
from models.errors import Forbidden, InvalidRequest, NotFound, Unauthorized
from server.deps import Db

COOKIE = "scrivano_session"
SAFE = {"GET", "HEAD", "OPTIONS"}

_bearer = HTTPBearer(
    auto_error=False,
    scheme_name="bearer",
    description="An API key (`scv_…`) or a session token (`scs_…`).",
)
_cookie = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    scheme_name="cookie",
    description="A browser's session. Requests that change something also need the header "
    "`X-Scrivano: 1`.",
)


def find_token(
    request: Request,
    bearer: Annotated[HTTPAuthorizationCredentials | None, Security(_bearer)],
    cookie: Annotated[str | None, Security(_cookie)],
) -> str:
    """The credential of this request, not yet looked at; Unauthorized when it has none."""
    if bearer is not None:
        return bearer.credentials
    if cookie is None:
        raise Unauthorized("Send `Authorization: Bearer …` with an API key or a session token.")
    # A form on a foreign page can make a browser send the cookie, but never this header.
    if request.method not in SAFE and "x-scrivano" not in request.headers:
        raise Forbidden("A request with the session cookie needs the header `X-Scrivano: 1`.")
    return cookie


Token = Annotated[str, Depends(find_token)]


def find_actor(request: Request, db: Db, token: Token) -> Actor:
    """Who is behind the credential; Unauthorized says what is wrong with it."""
    with db.read() as session:
        actor = clients.authenticate(session, token)
    request.state.actor = actor.id
    return actor


ROLES: dict[Callable[..., Any], frozenset[str]] = {}
"""The roles that each dependency made by `allow` lets in."""


def allow(*roles: str) -> Callable[[Actor], Awaitable[Actor]]:
    """A dependency that gives the actor, or Forbidden when its role is not one of `roles`."""

    async def check_role(actor: Annotated[Actor, Depends(find_actor)]) -> Actor:
        if actor.role not in roles:
            raise Forbidden(
                f"The role {actor.role} may not do this: it is for {', '.join(sorted(roles))}."
            )
        return actor

    ROLES[check_role] = frozenset(roles)
    return check_role


Anyone = Annotated[Actor, Depends(allow("admin", "supervisor", "operator", "client", "downstream"))]
Admin = Annotated[Actor, Depends(allow("admin"))]
Control = Annotated[Actor, Depends(allow("admin", "supervisor"))]
Keyer = Annotated[Actor, Depends(allow("admin", "supervisor", "operator"))]
Sender = Annotated[Actor, Depends(allow("admin", "supervisor", "client"))]
Receiver = Annotated[Actor, Depends(allow("admin", "supervisor", "client", "downstream"))]


def choose_client(actor: Actor, client_id: str | None) -> str:
    """The client that a request is about; NotFound for another than the actor's own."""
    if actor.client_id is None:
        if client_id is None:
            raise InvalidRequest("Say whose it is: staff give a client_id.")
        return client_id
    if client_id not in (None, actor.client_id):
        raise NotFound(f"There is no client {client_id}.")
    return actor.client_id
