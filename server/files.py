"""Objects of the store as answers, and file names in headers."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable
from typing import TypeVar
from urllib.parse import quote

from fastapi import Response
from fastapi.responses import StreamingResponse

from models.errors import NotFound, ObjectLost
from models.storage import Storage

NAME_LENGTH = 255
# Control, formatting (such as right-to-left override), surrogates, line and paragraph separators.
_INVISIBLE = {"Cc", "Cf", "Cs", "Zl", "Zp"}
# An original is shown by nothing of ours: should a browser open it, it may do nothing.
SANDBOX = {"Content-Security-Policy": "sandbox; default-src 'none'"}
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


def send_object(
    storage: Storage, key: str, *, media_type: str, size: int, headers: dict[str, str]
) -> Response:
    """Stream an object of `size` bytes."""
    chunks = read_object(storage.open_stream, key)
    return StreamingResponse(
        chunks, media_type=media_type, headers={**headers, "Content-Length": str(size)}
    )
