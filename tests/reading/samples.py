"""Small real files, made on the spot."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from collections.abc import Callable, Sequence
from importlib.resources import files

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

Pixels = NDArray[np.uint8]

LINES = (
    "Società Forlì Più S.p.A.",
    "Totale fattura 1.234,56 €",
    "P.IVA IT01234567890",
    "info.ordini@esempio-città.it",
    "perché è già pagato",
)

# 64 x 48 pixels, left half red, right half white: nothing in the locked requirements writes HEIC.
HEIC = base64.b64decode(
    "AAAAHGZ0eXBoZWljAAAAAG1pZjFoZWljbWlhZgAAAX1tZXRhAAAAAAAAACFoZGxyAAAAAAAAAABwaWN0AAAAAAAAAAAA"
    "AAAAAAAAACJpbG9jAAAAAERAAAEAAQAAAAABoQABAAAAAAAAAGAAAAAjaWluZgAAAAAAAQAAABVpbmZlAgAAAAABAABo"
    "dmMxAAAAAA5waXRtAAAAAAABAAAA/WlwcnAAAADdaXBjbwAAAHZodmNDAQNwAAAAkAAAAAAAHvAA/P34+AAADwNgAAEA"
    "GEABDAH//wNwAAADAJAAAAMAAAMAHroCQGEAAQAqQgEBA3AAAAMAkAAAAwAAAwAeoCCBBZbq5Ka5uAhoMCAAAAMDIAAA"
    "AwAhYgABAAZEAcFzwIkAAAATY29scm5jbHgAAQANAAaAAAAAFGlzcGUAAAAAAAAAQAAAAEAAAAAoY2xhcAAAAEAAAAAB"
    "AAAAMAAAAAEAAAAAAAAAAv////AAAAACAAAAEHBpeGkAAAAAAwgICAAAABhpcG1hAAAAAAAAAAEAAQWBAgMFhAAAAGht"
    "ZGF0AAAAXCgBr1jm9Oq//+0Cv/7a/IfPM/9X/+N29V8QRP+oF1aV9s7/oXMGk2I3P8r9Hov7kdYuruoTsURAA2byOPrr"
    "MQVAs0yWeBxG8HsJ4WqAIHhGzwxqbSycrRB99K6A"
)


def font(size: int) -> ImageFont.FreeTypeFont:
    data = files("font_roboto").joinpath("files/Roboto-Regular.ttf").read_bytes()
    return ImageFont.truetype(io.BytesIO(data), size)


def text_image(
    lines: Sequence[str] = LINES, size: tuple[int, int] = (800, 560), height: int = 44
) -> Image.Image:
    """Black lines on white, each starting at x 60, one every 1.8 heights."""
    image = Image.new("RGB", size, "white")
    draw = ImageDraw.Draw(image)
    for index, line in enumerate(lines):
        draw.text((60, 50 + index * 1.8 * height), line, font=font(height), fill="black")
    return image


def page_image() -> Image.Image:
    """A page with enough text to tell which way is up."""
    words = "Il presente documento riassume la fornitura dei beni ordinati e il loro prezzo"
    lines = [f"{index + 1}. {words}" for index in range(14)]
    return text_image(lines, size=(1000, 1300), height=24)


def marked_image(mode: str = "RGB") -> Image.Image:
    """48 x 32 white with a black top left corner: shows how a picture was turned."""
    image = Image.new("RGB", (48, 32), "white")
    image.paste((0, 0, 0), (0, 0, 16, 8))
    return image.convert(mode)


def encode(image: Image.Image, kind: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, format=kind, **options)
    return out.getvalue()


def noise(size: tuple[int, int] = (200, 150)) -> Image.Image:
    """Does not compress, so that cutting the file cuts the picture."""
    random = np.random.default_rng(1)
    return Image.fromarray(random.integers(0, 256, (size[1], size[0], 3), dtype=np.uint8))


def png_header_only(width: int, height: int) -> bytes:
    """A PNG that declares a size and holds one byte of pixels."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return (
            struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n"
        + chunk(b"IHDR", header)
        + chunk(b"IDAT", zlib.compress(b"\0"))
        + chunk(b"IEND", b"")
    )


def pdf(
    draw: Callable[[Canvas], None],
    size: tuple[float, float] = (400, 300),
    encrypt: StandardEncryption | None = None,
) -> bytes:
    """A PDF of one or more pages; `draw` may call `showPage`."""
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=size, encrypt=encrypt)
    draw(canvas)
    canvas.save()
    return out.getvalue()


def write_lines(
    canvas: Canvas, lines: Sequence[str] = ("Fattura numero 42", "Totale 99,50")
) -> None:
    canvas.setFont("Helvetica", 14)
    for index, line in enumerate(lines):
        canvas.drawString(50, 250 - 30 * index, line)


def text_pdf(
    size: tuple[float, float] = (400, 300), encrypt: StandardEncryption | None = None
) -> bytes:
    return pdf(write_lines, size, encrypt)


def pages_pdf(count: int) -> bytes:
    def draw(canvas: Canvas) -> None:
        for number in range(count):
            canvas.drawString(50, 250, f"Pagina numero {number + 1}")
            canvas.showPage()

    return pdf(draw)


def reader(image: Image.Image) -> ImageReader:
    return ImageReader(image)


def pixels(image: Image.Image) -> Pixels:
    return np.asarray(image.convert("RGB"), np.uint8)
