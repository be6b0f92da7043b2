"""Small files for uploads, good and bad."""

from __future__ import annotations

import io
import struct
import zlib
from functools import cache

from PIL import Image


@cache
def jpeg(shade: int = 255, width: int = 240, height: int = 320) -> bytes:
    return _save(Image.new("RGB", (width, height), (shade, shade, 250)), "JPEG")


@cache
def png() -> bytes:
    return _save(Image.new("L", (240, 320), 250), "PNG")


@cache
def pdf(pages: int = 1) -> bytes:
    first, *more = [Image.new("RGB", (200, 280), "white") for _ in range(pages)]
    out = io.BytesIO()
    first.save(out, "PDF", save_all=True, append_images=more)
    return out.getvalue()


@cache
def flood() -> bytes:
    """A PNG of a few bytes that declares 900 million pixels."""
    header = struct.pack(">IIBBBBB", 30_000, 30_000, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + _chunk(b"IHDR", header)
        + _chunk(b"IDAT", zlib.compress(b"0"))
        + _chunk(b"IEND", b"")
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


@cache
def encrypted_pdf() -> bytes:
    from reportlab.lib.pdfencrypt import StandardEncryption
    from reportlab.pdfgen.canvas import Canvas

    out = io.BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption("secret", canPrint=0))
    canvas.drawString(72, 720, "Confidential")
    canvas.save()
    return out.getvalue()


def _save(image: Image.Image, kind: str) -> bytes:
    out = io.BytesIO()
    image.save(out, kind)
    return out.getvalue()
