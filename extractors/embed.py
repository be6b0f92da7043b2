"""Pictures as they go into a PDF: their own bytes where PDF knows the coding, else packed anew.

Runs in the parsing process.
"""

from __future__ import annotations

import io
import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from PIL import Image, ImageChops, TiffImagePlugin

from extractors import picture
from extractors.limits import Limits

# Of the size of the original's frame: what the picture may take of the 1.3 that all may.
ROOM = 1.2
QUALITIES = (92, 85, 78, 70, 60, 50, 40)
LONG_SIDE = 842.0  # points, A4: for pictures that do not say how large the paper was
LONGEST = 1600.0  # points: more is a camera's guess of the resolution, not paper
GUESSED = 96  # dpi: what is written when nothing is known
SMALLEST_ICC = 128  # bytes: the header of a profile
STRIP_OFFSETS, STRIP_SIZES, TILE_SIZES = 273, 279, 325


@dataclass(frozen=True, slots=True)
class Packed:
    """A picture in one of PDF's codings.

    `colours` is `gray`, `rgb` or a palette (RGB triples); `bits` are per sample; `width` and
    `height` in pixels as coded; `predictor` marks rows that are coded as in PNG.
    """

    data: bytes
    coding: str
    width: int
    height: int
    colours: str | bytes
    bits: int = 8
    predictor: bool = False
    profile: bytes = field(default=b"", repr=False)

    @property
    def channels(self) -> int:
        return 3 if self.colours == "rgb" else 1


@dataclass(frozen=True, slots=True)
class Sheet:
    """One page to be: a picture, its size in points as shown, and the EXIF orientation (1..8)
    that still turns it."""

    picture: Packed
    width: float
    height: float
    turn: int


def sheets(data: bytes, media_type: str, limits: Limits) -> Iterator[Sheet]:
    """Every page of an image file; FileProblem as in `picture`."""
    image = picture.open_image(data, media_type, limits)
    number = 0
    while True:
        turn = picture.read_turn(image)
        dpi = _resolution(image)
        packed = _pack(image, data, media_type)
        width, height = _size(packed, dpi, turn)
        yield Sheet(packed, width, height, turn)
        number += 1
        if media_type != "image/tiff" or number >= limits.max_pages:
            return
        try:
            image.seek(number)
        except EOFError:
            return
        picture.check_size(image, limits)


def _pack(image: Image.Image, data: bytes, media_type: str) -> Packed:
    if media_type == "image/jpeg" and image.mode in ("L", "RGB"):
        colours = "gray" if image.mode == "L" else "rgb"
        return Packed(data, "jpeg", *image.size, colours, profile=_profile(image))
    if media_type == "image/png":
        as_it_is = read_png(data, _profile(image))
        if as_it_is:
            return as_it_is
    share = _share(image, len(data))
    profile = _profile(image)
    picture.load(image, data, media_type)
    if image.mode == "1":
        return pack_bilevel(image)
    return pack(image, int(ROOM * share), profile)


def pack_bilevel(image: Image.Image) -> Packed:
    """Black and white by CCITT group 4 (ITU-T T.6), or as PNG where that is smaller: dithering."""
    out = io.BytesIO()
    # Ink as ones: Pillow codes ones as black runs.
    ImageChops.invert(image).save(out, "TIFF", compression="group4", strip_size=1 << 31)
    tags = TiffImagePlugin.TiffImageFile(io.BytesIO(out.getvalue())).tag_v2
    [start], [size] = tags[STRIP_OFFSETS], tags[STRIP_SIZES]
    fax = Packed(out.getvalue()[start : start + size], "g4", *image.size, "gray", bits=1)
    flat = _as_png(image)
    return flat if len(flat.data) < len(fax.data) else fax


def pack(image: Image.Image, most: int, profile: bytes = b"") -> Packed:
    """Without loss if that takes no more than `most` bytes, else as the best JPEG that does not.

    When even a poor JPEG takes more, that one.
    """
    plain = image if image.mode == "P" and _is_opaque(image) else picture.flatten(image)
    kept = profile if plain.mode == image.mode else b""
    flat = _as_png(plain, kept)
    if len(flat.data) <= most:
        return flat
    tried = picture.flatten(plain)
    colours = "gray" if tried.mode == "L" else "rgb"
    data = b""
    for quality in QUALITIES:
        out = io.BytesIO()
        tried.save(out, "JPEG", quality=quality, optimize=True)
        data = out.getvalue()
        if len(data) <= most:
            break
    return Packed(data, "jpeg", *tried.size, colours, profile=kept)


def _is_opaque(image: Image.Image) -> bool:
    return "transparency" not in image.info


def _as_png(image: Image.Image, profile: bytes = b"") -> Packed:
    """Packed without loss; PNG's rows are what PDF calls a predictor."""
    out = io.BytesIO()
    image.save(out, "PNG", icc_profile=None)
    packed = read_png(out.getvalue(), profile)
    assert packed is not None
    return packed


def read_png(data: bytes, profile: bytes = b"") -> Packed | None:
    """The pixels of a PNG file as they are, or None when PDF cannot take them so: interlaced, or
    with transparency."""
    chunks = list(_chunks(data))
    kinds = {kind for kind, _ in chunks}
    if not chunks or chunks[0][0] != b"IHDR" or b"tRNS" in kinds:
        return None
    width, height, bits, colour, _, _, interlace = struct.unpack(">IIBBBBB", chunks[0][1])
    if interlace or colour not in (0, 2, 3):
        return None
    colours: str | bytes = {0: "gray", 2: "rgb"}.get(colour, "")
    if colour == 3:
        colours = next((body for kind, body in chunks if kind == b"PLTE"), b"")
        if not colours:
            return None
        profile = b""
    rows = b"".join(body for kind, body in chunks if kind == b"IDAT")
    return Packed(rows, "flate", width, height, colours, bits, predictor=True, profile=profile)


def _chunks(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    at = 8
    while at + 12 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + length]
        at += 12 + length


def _share(image: Image.Image, whole: int) -> int:
    """Bytes of the file that are this frame's."""
    tags = getattr(image, "tag_v2", {})
    return sum(int(n) for key in (STRIP_SIZES, TILE_SIZES) for n in tags.get(key, ())) or whole


def _profile(image: Image.Image) -> bytes:
    """The picture's colour profile when PDF/A-2 can take it: for its own kind of colours, and of
    a version before 5 (ISO 19005-2, 6.2.4.2)."""
    profile = image.info.get("icc_profile") or b""
    wanted = {"L": b"GRAY", "RGB": b"RGB "}.get(image.mode)
    if len(profile) < SMALLEST_ICC or profile[16:20] != wanted or profile[8] > 4:
        return b""
    if profile[12:16] not in (b"scnr", b"mntr", b"prtr", b"spac"):
        return b""
    return bytes(profile)


def _resolution(image: Image.Image) -> tuple[float, float]:
    """Dots an inch across and down as the file says them, 0 when it does not: fax has fewer down
    than across."""
    across = picture.read_dpi(image)
    try:
        down = float(image.info["dpi"][1])
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError):
        down = across
    if not across or not across / 4 <= down <= across * 4:
        down = across
    return across, down


def _size(packed: Packed, dpi: tuple[float, float], turn: int) -> tuple[float, float]:
    """Points across and down as shown."""
    across, down = dpi
    long = max(packed.width, packed.height)
    if not across or (long * 72 / across > LONGEST and across <= GUESSED):
        across = down = long * 72 / LONG_SIDE
    # PDF viewers know no more than 200 inches.
    shrink = max(1.0, packed.width * 72 / across / 14_000, packed.height * 72 / down / 14_000)
    width = max(3.0, packed.width * 72 / across / shrink)
    height = max(3.0, packed.height * 72 / down / shrink)
    return (height, width) if turn >= 5 else (width, height)
