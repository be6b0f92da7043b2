"""Objects of the store as answers, and file names in headers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterator, Mapping
from typing import TypeVar
from urllib.parse import quote

from fastapi import Request, Response
from fastapi.responses import StreamingResponse

from models.errors import NotFound, ObjectLost
from models.storage import Storage
from server.deps import is_known

NAME_LENGTH = 255
# Control, formatting (such as right-to-left override), surrogates, line and paragraph separators.
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# An original is shown by nothing of ours: should a browser open it, it may do nothing.
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'"}
# What is at this address stays as it is.
FOREVER = {"Cache-Control": "private, max-age=31536000, immutable"}
Result = TypeVar("Result")


def clean_name(given: str) -> str:
    """A file's name as text for people: its last part, without what cannot be seen.

    It is never used as a path here; others may be less careful with it.
    """
    name = given.replace("\\", "/").rpartition("/")[2]
    name = "".join(c for c in name if unicodedata.category(c) not in _INVISIBLE)
    name = unicodedata.normalize("NFC", name).strip()
    if len(name) > NAME_LENGTH:
        stem, dot, extension = name.rpartition(".")
        tail = dot + extension if stem and len(extension) <= 10 else ""
        name = name[: NAME_LENGTH - len(tail)].rstrip() + tail
    return "unnamed" if name in ("", ".", "..") else name


def attachment(name: str) -> str:
    """`Content-Disposition` that saves under `name` (RFC 6266, RFC 5987)."""
    plain = "".join(c if c.isascii() and c.isprintable() and c not in '"\\%' else "_" for c in name)
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{quote(name, safe='')}"


def read_object(read: Callable[[str], Result], key: str) -> Result:
    """What `read` says of `key`; ObjectLost when the store does not have what it should."""
    try:
        return read(key)
    except NotFound as error:
        raise ObjectLost(f"The store has no {key}.") from error


def serve(
    request: Request,
    tag: str,
    body: Callable[[], bytes | Iterator[bytes]],
    *,
    media_type: str,
    size: int | None = None,
    name: str | None = None,
    headers: Mapping[str, str] = FOREVER,
) -> Response:
    """Bytes as an answer, or 304 when the caller has the version `tag` of them already.

    `body` gets them when they are wanted, whole or in pieces of `size` bytes together. With a
    `name` they are a download.
    """
    sent = {**headers, "ETag": f'"{tag}"'}
    if name is not None:
        sent["Content-Disposition"] = attachment(name)
    if is_known(request, sent["ETag"]):
        return Response(status_code=304, headers=sent)
    found = body()
    if isinstance(found, bytes):
        return Response(found, media_type=media_type, headers=sent)
    if size is not None:
        sent["Content-Length"] = str(size)
    return StreamingResponse(found, media_type=media_type, headers=sent)


def get_object(storage: Storage, key: str) -> Callable[[], bytes]:
    """A small object, for `serve`: a stream would cost a change of threads for each piece."""
    return lambda: read_object(storage.get_bytes, key)


def stream_object(storage: Storage, key: str) -> Callable[[], Iterator[bytes]]:
    """An object of any size, for `serve`."""
    return lambda: read_object(storage.open_stream, key)
