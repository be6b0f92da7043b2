"""What routes need: the parts of the application, and headers and pages of lists taken apart."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Protocol, TypeVar

from fastapi import Depends, Header, Path, Query, Request
from pydantic import AfterValidator

from models.db import Database
from models.errors import InvalidRequest, PreconditionRequired
from models.settings import Settings
from models.storage import Storage


async def get_db(request: Request) -> Database:
    db: Database = request.app.state.db
    return db


async def get_storage(request: Request) -> Storage:
    storage: Storage = request.app.state.storage
    return storage


async def get_settings(request: Request) -> Settings:
    settings: Settings = request.app.state.settings
    return settings


Db = Annotated[Database, Depends(get_db)]
Store = Annotated[Storage, Depends(get_storage)]
Conf = Annotated[Settings, Depends(get_settings)]


# -- text that databases and logs can take ------------------------------------------------------


def _refuse_control(text: str) -> str:
    if re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]", text):
        raise ValueError("control characters are not allowed")
    return text


Text = Annotated[str, AfterValidator(_refuse_control)]
Id = Annotated[
    str, Path(pattern=r"^[A-Za-z0-9_]{1,40}$", examples=["bat_01KAW3Q8Z4M6N2P7R9S1T5V8XY"])
]


# -- If-Match -----------------------------------------------------------------------------------


async def read_version(
    if_match: Annotated[
        str | None,
        Header(description="The version that was read, as in its ETag.", examples=['"3"']),
    ] = None,
) -> int:
    """The version in `If-Match`: `"3"`, `W/"3"` or `3`."""
    if if_match is None:
        raise PreconditionRequired('Send If-Match with the version that you read, such as "3".')
    found = re.fullmatch(r'(?:W/)?"(\d{1,9})"|(\d{1,9})', if_match.strip())
    if found is None:
        raise InvalidRequest('If-Match takes one version, such as "3".')
    return int(found[1] or found[2])


Version = Annotated[int, Depends(read_version)]
IdempotencyKey = Annotated[
    str | None,
    Header(
        alias="Idempotency-Key",
        min_length=1,
        max_length=200,
        description="A name of your own for this request: sent again under the same name, it is "
        "done once and gets the same answer.",
        examples=["8e03978e-40d5-43e8-bc93-6894a57f9324"],
    ),
]


def is_known(request: Request, tag: str) -> bool:
    """Whether the caller has the version with this tag already (If-None-Match)."""
    known = request.headers.get("if-none-match", "")
    return tag in [one.strip().removeprefix("W/") for one in known.split(",")]


# -- pages of lists -----------------------------------------------------------------------------


class HasId(Protocol):
    @property
    def id(self) -> Any: ...


Row = TypeVar("Row", bound=HasId)


@dataclass(frozen=True)
class Paging:
    """A part of a list: at most `limit` items after the one with the id `after`."""

    limit: int
    after: str | None
    name: str
    secret: bytes

    @property
    def fetch(self) -> int:
        """How many rows to read: one more tells whether there is a next page."""
        return self.limit + 1

    def cut(self, rows: Sequence[Row]) -> tuple[Sequence[Row], str | None]:
        """The items of this page and the cursor of the next one."""
        if len(rows) <= self.limit:
            return rows, None
        kept = rows[: self.limit]
        return kept, write_cursor(self.secret, self.name, kept[-1].id)


async def read_paging(
    request: Request,
    settings: Conf,
    limit: Annotated[int, Query(ge=1, le=200, description="Most items in the answer.")] = 50,
    cursor: Annotated[
        str | None, Query(max_length=200, description="`next` of the page before.")
    ] = None,
) -> Paging:
    secret = settings.secret_key.get_secret_value().encode()
    name: str = request.scope["route"].path
    after = None if cursor is None else read_cursor(secret, name, cursor)
    return Paging(limit, after, name, secret)


Page = Annotated[Paging, Depends(read_paging)]


def write_cursor(secret: bytes, name: str, last: str) -> str:
    """An opaque cursor: signed, so that one of another list or made by hand is refused."""
    return base64.urlsafe_b64encode(_sign(secret, name, last) + last.encode()).decode().rstrip("=")


def read_cursor(secret: bytes, name: str, cursor: str) -> str:
    """The id in a cursor of the list called `name`; InvalidRequest for any other text."""
    try:
        found = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
        last = found[12:].decode()
    except ValueError:
        found, last = b"", ""
    if not hmac.compare_digest(found[:12], _sign(secret, name, last)):
        raise InvalidRequest("This cursor is not one of this list: start again without it.")
    return last


def _sign(secret: bytes, name: str, last: str) -> bytes:
    return hmac.digest(secret, f"cursor\n{name}\n{last}".encode(), hashlib.sha256)[:12]
