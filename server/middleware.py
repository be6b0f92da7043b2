"""What every request gets: an id, a log line, security headers, a limit on its body."""

from __future__ import annotations

import logging
import re
import secrets
import time
from dataclasses import dataclass, field

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from server.problems import answer_error

LOG = logging.getLogger("scrivano.requests")
BODY_LIMIT = 1 << 20
"""Bytes of a body that is not a file."""
LARGE = re.compile(r"/v1/batches/[^/]+/files|/v1/references/[^/]+")
_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

HEADERS = {
    "Content-Security-Policy": "default-src 'self'; img-src 'self' blob: data:; object-src 'none'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    # Answers are one caller's own; what may be kept says so itself.
    "Cache-Control": "no-store",
}
HTTPS_HEADERS = {"Strict-Transport-Security": "max-age=31536000"}


@dataclass
class Seen:
    """What is known of a request so far."""

    request_id: str
    start: float = field(default_factory=time.monotonic)
    status: int | None = None


class RequestMiddleware:
    """The outermost layer; nothing gets past it without an answer and a log line."""

    def __init__(self, app: ASGIApp, https: bool) -> None:
        self.app = app
        self.headers = {**HEADERS, **(HTTPS_HEADERS if https else {})}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        seen = Seen(_request_id(scope))
        scope.setdefault("state", {})["request_id"] = seen.request_id

        async def send_on(message: Message) -> None:
            if message["type"] == "http.response.start":
                seen.status = message["status"]
                self._complete(MutableHeaders(scope=message), seen)
            await send(message)

        try:
            await self.app(scope, _limit(scope, receive), send_on)
        except ClientDisconnect:
            seen.status = seen.status or 499
        except Exception as error:
            if seen.status is not None:
                raise  # half an answer is out: all that is left is to cut the connection
            response = answer_error(Request(scope), error)
            await response(scope, receive, send_on)
        finally:
            _log(scope, seen)

    def _complete(self, headers: MutableHeaders, seen: Seen) -> None:
        for name, value in self.headers.items():
            headers.setdefault(name, value)
        headers["X-Request-Id"] = seen.request_id


def _request_id(scope: Scope) -> str:
    """The caller's own id, so that its logs and ours can be joined, or a new one."""
    given = Headers(scope=scope).get("x-request-id", "")
    return given if _REQUEST_ID.fullmatch(given) else secrets.token_hex(8)


def _limit(scope: Scope, receive: Receive) -> Receive:
    """Count the bytes that really come: Content-Length may say anything."""
    if LARGE.fullmatch(scope["path"]):
        return receive  # counted by those who take it in
    left = BODY_LIMIT

    async def receive_within() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        if left < 0:
            # FastAPI lets only this kind of error out of its body parser.
            raise HTTPException(413)
        return message

    return receive_within


def _log(scope: Scope, seen: Seen) -> None:
    # The path only: query strings and headers may hold what nobody should read later.
    LOG.info(
        "request",
        extra={
            "data": {
                "id": seen.request_id,
                "method": scope["method"],
                "path": scope["path"],
                "status": seen.status,
                "ms": round((time.monotonic() - seen.start) * 1000, 1),
                "actor": scope["state"].get("actor"),
                "address": (scope.get("client") or (None,))[0],
            }
        },
    )
