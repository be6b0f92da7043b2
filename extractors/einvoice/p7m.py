"""What a signed envelope holds (`.p7m`: CMS SignedData, RFC 5652, as CAdES uses it).

The content is taken out; the signature is not verified, and nothing here says that it is good.
BER is walked by hand: real envelopes use indefinite lengths and content in pieces, and only the
few fields in front of the content are needed.
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterator
from dataclasses import dataclass

from extractors.sniff import HEAD_BYTES, is_signed
from models.errors import DamagedFile, TruncatedFile, UnknownXml

MAX_DEPTH = 32
MAX_ENVELOPES = 4  # signed by one after the other: .p7m.p7m
SEQUENCE, OCTETS, OID, CONTEXT_0, CONSTRUCTED = 0x30, 0x04, 0x06, 0xA0, 0x20
BROKEN = "The signed envelope (.p7m) is broken: get the file again and upload it."
TRUNCATED = "The signed envelope (.p7m) ends too early: upload the complete file."
DETACHED = (
    "This file is only a signature, without the invoice: upload the invoice that belongs to it."
)


@dataclass(frozen=True, slots=True)
class Piece:
    """One BER element: its tag, where its content lies, and where the next one begins."""

    tag: int
    start: int
    end: int
    after: int


def unwrap(data: bytes) -> bytes:
    """The content of the envelope, and of those in it. DamagedFile, TruncatedFile, UnknownXml."""
    for _ in range(MAX_ENVELOPES):
        if not is_signed(data[:HEAD_BYTES]):
            return data
        data = _content(_to_ber(data))
    raise DamagedFile(BROKEN)


def _to_ber(data: bytes) -> bytes:
    if data[:1] == b"\x30":
        return data
    lines = [line for line in data.split(b"\n") if not line.lstrip().startswith(b"-----")]
    packed = b"".join(b"".join(lines).split())
    try:
        return base64.b64decode(packed, validate=True)
    except binascii.Error as error:
        raise TruncatedFile(TRUNCATED) if len(packed) % 4 else DamagedFile(BROKEN) from error


def _content(data: bytes) -> bytes:
    """ContentInfo, SignedData, EncapsulatedContentInfo, eContent: RFC 5652, 3, 5.1 and 5.2."""
    info = list(_children(data, _piece(data, 0, len(data))))
    if len(info) < 2 or info[1].tag != CONTEXT_0:
        raise DamagedFile(BROKEN)
    signed = next(_children(data, info[1]), None)
    parts = list(_children(data, signed)) if signed else []
    held = next((part for part in parts if part.tag == SEQUENCE), None)
    inner = list(_children(data, held)) if held else []
    if not inner or inner[0].tag != OID:
        raise DamagedFile(BROKEN)
    if len(inner) < 2:
        raise UnknownXml(DETACHED)
    octets = next(_children(data, inner[1]), None)
    if octets is None or octets.tag & ~CONSTRUCTED != OCTETS:
        raise DamagedFile(BROKEN)
    return b"".join(_octets(data, octets, 0))


def _octets(data: bytes, piece: Piece, depth: int) -> Iterator[bytes]:
    """The bytes of an octet string, whole or in pieces."""
    if depth > MAX_DEPTH:
        raise DamagedFile(BROKEN)
    if not piece.tag & CONSTRUCTED:
        yield data[piece.start : piece.end]
        return
    for part in _children(data, piece):
        if part.tag & ~CONSTRUCTED != OCTETS:
            raise DamagedFile(BROKEN)
        yield from _octets(data, part, depth + 1)


def _children(data: bytes, piece: Piece) -> Iterator[Piece]:
    if not piece.tag & CONSTRUCTED:
        raise DamagedFile(BROKEN)
    at = piece.start
    while at < piece.end:
        child = _piece(data, at, piece.end)
        yield child
        at = child.after


def _piece(data: bytes, at: int, end: int, depth: int = 0) -> Piece:
    """The element at `at`, which lies before `end`."""
    if depth > MAX_DEPTH:
        raise DamagedFile(BROKEN)
    if at + 2 > end:
        raise TruncatedFile(TRUNCATED)
    tag, size = data[at], data[at + 1]
    start = at + 2
    if tag & 0x1F == 0x1F:  # tags of more than one byte: nothing in CMS has them
        raise DamagedFile(BROKEN)
    if size == 0x80:
        return _indefinite(data, tag, start, end, depth)
    if size > 0x80:
        count = size & 0x7F
        size = int.from_bytes(data[start : start + count], "big")
        start += count
    if start + size > end:
        raise TruncatedFile(TRUNCATED)
    return Piece(tag, start, start + size, start + size)


def _indefinite(data: bytes, tag: int, start: int, end: int, depth: int) -> Piece:
    """An element that goes on until two zero bytes (X.690, 8.1.3.6)."""
    if not tag & CONSTRUCTED:
        raise DamagedFile(BROKEN)
    at = start
    while data[at : at + 2] != b"\0\0":
        at = _piece(data, at, end, depth + 1).after
    return Piece(tag, start, at, at + 2)
