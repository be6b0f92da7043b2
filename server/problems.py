"""Errors as RFC 9457 problems: in answers, and in the OpenAPI document."""

from __future__ import annotations

import json
import logging
from collections.abc import Sequence
from http import HTTPStatus
from typing import Any

import sqlalchemy.exc
from fastapi.exceptions import RequestValidationError
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response

from models.errors import (
    Conflict,
    Forbidden,
    InvalidRequest,
    MethodNotAllowed,
    NotFound,
    NotReady,
    RequestTooLarge,
    ScrivanoError,
    TooManyRequests,
    Unauthorized,
    Unavailable,
)

LOG = logging.getLogger("scrivano.problems")
MEDIA_TYPE = "application/problem+json"
RETRY_SECONDS = 2
# SQLSTATE classes that pass: connection lost, rolled back, out of resources, shut down.
PASSING = ("08", "40", "53", "57")
# What helps to look into an error, but is nobody else's business.
PRIVATE = {"reason", "retry_after"}


class Problem(BaseModel):
    """RFC 9457. `code` is stable; `detail` says what happened and what to do about it. Some
    problems have more members, such as `errors`, `problems` or `filename`."""

    model_config = ConfigDict(extra="allow")

    type: str = Field(description="`urn:scrivano:problem:` and the code.")
    title: str = Field(description="The kind of problem, the same for all of one code.")
    status: int = Field(description="The HTTP status again.")
    code: str = Field(description="The kind of problem, for programs.")
    detail: str = Field(description="This very problem, for people.")
    instance: str = Field(description="The path that was asked for.")
    request_id: str = Field(description="Stands in the server's log too, and in `X-Request-Id`.")


def describe(error: ScrivanoError, instance: str, request_id: str) -> dict[str, Any]:
    """The problem document of an error."""
    return {
        "type": f"urn:scrivano:problem:{error.code}",
        "title": error.title,
        "status": error.status,
        "code": error.code,
        "detail": error.detail,
        "instance": instance,
        "request_id": request_id,
        **{name: value for name, value in error.extra.items() if name not in PRIVATE},
    }


def answer_error(request: Request, error: Exception) -> Response:
    """The answer to any error; what is our own fault is logged with the request's id."""
    known = translate(error)
    request_id = request.scope.get("state", {}).get("request_id", "")
    if known.status >= 500:
        _log(known, error, request_id)
        known = _conceal(known)
    body = json.dumps(describe(known, request.url.path, request_id), ensure_ascii=False)
    headers = _headers(known)
    if isinstance(error, HTTPException) and error.headers:
        headers |= error.headers
    # A lone surrogate can come in with a name and must not stop the answer about it.
    content = body.encode("utf-8", "replace")
    return Response(content, known.status, headers, MEDIA_TYPE)


def translate(error: Exception) -> ScrivanoError:
    """Any error as one of ours."""
    match error:
        case ScrivanoError():
            return error
        case RequestValidationError():
            return _invalid(error)
        case HTTPException():
            return _from_framework(error)
        case sqlalchemy.exc.IntegrityError():
            return Conflict("Somebody else has just done the same: read the current state again.")
        case sqlalchemy.exc.TimeoutError() | ConnectionError():
            return Unavailable(str(error))
        case sqlalchemy.exc.DBAPIError() if _passes(error):
            return Unavailable(f"The database does not answer: {error.orig}")
    return ScrivanoError(str(error))


def _passes(error: sqlalchemy.exc.DBAPIError) -> bool:
    if error.connection_invalidated:
        return True
    if isinstance(error, sqlalchemy.exc.OperationalError | sqlalchemy.exc.InterfaceError):
        return True
    details = error.orig.args[0] if error.orig and error.orig.args else None
    return isinstance(details, dict) and str(details.get("C", "")).startswith(PASSING)


def _invalid(error: RequestValidationError) -> InvalidRequest:
    """Which parts of the request are wrong and why, without the values: they may be secrets."""
    found = [
        {"field": ".".join(str(part) for part in entry["loc"]), "message": entry["msg"]}
        for entry in error.errors()
    ]
    first = f"{found[0]['field']}: {found[0]['message']}" if found else "It cannot be read."
    return InvalidRequest(f"Correct the request and send it again. {first}.", errors=found)


def _from_framework(error: HTTPException) -> ScrivanoError:
    match error.status_code:
        case 404:
            return NotFound("There is nothing at this address. /openapi.json lists what there is.")
        case 405:
            return MethodNotAllowed("This address takes other methods: see the Allow header.")
        case 413:
            return RequestTooLarge("The body of this request is too large: send less at a time.")
        case status if status >= 500:
            return ScrivanoError(str(error.detail))
    return InvalidRequest(f"The request cannot be read: {error.detail}.")


def _log(known: ScrivanoError, error: Exception, request_id: str) -> None:
    data = {"id": request_id, "code": known.code, "detail": known.detail}
    if isinstance(known, Unavailable):
        LOG.warning("unavailable", extra={"data": data})
    else:
        LOG.error("error", extra={"data": data}, exc_info=error)


def _conceal(error: ScrivanoError) -> ScrivanoError:
    """The same kind of error without what it says about our inside."""
    if isinstance(error, Unavailable):
        return Unavailable(
            "A part of this service does not answer just now: try again shortly.", **error.extra
        )
    kind = type(error)
    return kind("This is a fault of the service. Report the request_id of this answer.")


def _headers(error: ScrivanoError) -> dict[str, str]:
    match error:
        case Unauthorized():
            return {"WWW-Authenticate": 'Bearer realm="scrivano"'}
        case TooManyRequests() | Unavailable() | NotReady():
            return {"Retry-After": str(error.extra.get("retry_after", RETRY_SECONDS))}
    return {}


async def on_error(request: Request, error: Exception) -> Response:
    """Exception handler for all that has a meaning to the caller."""
    if isinstance(error, ClientDisconnect):
        raise error
    return answer_error(request, error)


# -- in the OpenAPI document --------------------------------------------------------------------

DETAILS: dict[type[ScrivanoError], str] = {
    Unauthorized: "Send `Authorization: Bearer …` with an API key or a session token.",
    Forbidden: "The role operator may not do this: it is for admin.",
    InvalidRequest: "Correct the request and send it again. body.priority: Input should be less "
    "than or equal to 9.",
    ScrivanoError: "This is a fault of the service. Report the request_id of this answer.",
    Unavailable: "A part of this service does not answer just now: try again shortly.",
}
ALWAYS: tuple[type[ScrivanoError], ...] = (ScrivanoError, Unavailable)
SIGNED_IN: tuple[type[ScrivanoError], ...] = (Unauthorized, Forbidden, InvalidRequest, *ALWAYS)

Responses = dict[int | str, dict[str, Any]]


def errors(
    *kinds: type[ScrivanoError], base: Sequence[type[ScrivanoError]] = SIGNED_IN
) -> Responses:
    """OpenAPI `responses` for these problems and those of every operation, with examples."""
    found: Responses = {}
    for kind in dict.fromkeys((*kinds, *base)):
        example = describe(kind(DETAILS.get(kind, f"{kind.title}.")), "/v1/…", "3f9c2a5b7d1e4f60")
        response = found.setdefault(
            kind.status,
            {
                "description": HTTPStatus(kind.status).phrase,
                "content": {
                    MEDIA_TYPE: {
                        "schema": {"$ref": "#/components/schemas/Problem"},
                        "examples": {},
                    }
                },
            },
        )
        response["content"][MEDIA_TYPE]["examples"][kind.code] = {
            "summary": kind.title,
            "value": example,
        }
    return found


def answer(example: Any, status: int = 200, description: str = "Done") -> Responses:
    """OpenAPI `responses` for success, with an example."""
    content = {"application/json": {"example": example}}
    return {status: {"description": description, "content": content}}
