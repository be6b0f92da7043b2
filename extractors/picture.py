"""Image files in the parsing process: TIFF, JPEG, PNG, WebP and HEIC through Pillow."""

from __future__ import annotations

import io
import struct
import warnings
from collections.abc import Iterator

from PIL import Image, ImageFile, UnidentifiedImageError

from extractors.child import DAMAGED, Frame
from extractors.limits import Limits
from models.errors import DamagedFile, TooManyPixels, TruncatedFile

FORMATS = {
    "image/tiff": "TIFF",
    "image/jpeg": "JPEG",
    "image/png": "PNG",
    "image/webp": "WEBP",
    "image/heic": "HEIF",
}
AVERAGED = {"L", "RGB", "RGBA", "LA", "CMYK", "YCbCr", "F"}
ORIENTATION_TAG = 274
TRUNCATED = (
    "The file ends before its content does: the transfer or the scan was cut off. Upload the "
    "complete file."
)


def count(data: bytes, media_type: str, limits: Limits) -> int:
    """Pages of the file: the frames of a TIFF, else 1. A truncated file is refused."""
    image = open_image(data, media_type, limits)
    if is_cut_short(data, media_type):
        raise TruncatedFile(TRUNCATED)
    if media_type != "image/tiff":
        return 1
    pages = 0
    while pages <= limits.max_pages:
        try:
            image.seek(pages)
        except EOFError:
            break
        pages += 1
        if _strips_end(image) > len(data):
            raise TruncatedFile(TRUNCATED)
    return pages


def frames(data: bytes, media_type: str, first: int, last: int, limits: Limits) -> Iterator[Frame]:
    """The frames `first`..`last` (from 1) as pixels, at most `limits.output_pixels` each."""
    image = open_image(data, media_type, limits)
    if media_type != "image/tiff":
        last = min(last, 1)  # a moving picture or a burst is one page: its first frame
    for number in range(first, last + 1):
        if number > 1:
            try:
                image.seek(number - 1)
            except EOFError:
                return
            check_size(image, limits)
        yield _frame(image, number, data, media_type, limits)


def open_image(data: bytes, media_type: str, limits: Limits) -> Image.Image:
    # Pillow's own limit would only warn below twice its value; sizes are checked in check_size.
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    warnings.simplefilter("ignore")  # about odd metadata, which is not used
    if media_type == "image/heic":
        import pi_heif

        pi_heif.register_heif_opener(thumbnails=False)
    try:
        image = Image.open(io.BytesIO(data), formats=[FORMATS[media_type]])
    except MemoryError:
        raise
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, struct.error) as error:
        raise _broken(data, media_type) from error
    check_size(image, limits)
    return image


def check_size(image: Image.Image, limits: Limits) -> None:
    pixels = image.width * image.height
    if pixels > limits.max_pixels:
        raise TooManyPixels(
            f"A page has {image.width} x {image.height} pixels, at most "
            f"{limits.max_pixels // 1_000_000} million are allowed. Scan it again at 300 dpi and "
            "upload the new file."
        )
    if pixels == 0:
        raise DamagedFile(DAMAGED)


def load(image: Image.Image, data: bytes, media_type: str) -> None:
    try:
        image.load()
    except MemoryError:
        raise
    except Exception as error:  # decoders raise many kinds, all meaning the same
        raise _broken(data, media_type, str(error)) from error


def _broken(data: bytes, media_type: str, reason: str = "") -> TruncatedFile | DamagedFile:
    if is_cut_short(data, media_type) or "truncated" in reason.lower():
        return TruncatedFile(TRUNCATED)
    return DamagedFile(DAMAGED)


def _frame(image: Image.Image, number: int, data: bytes, media_type: str, limits: Limits) -> Frame:
    dpi = read_dpi(image)
    shrink = (limits.output_pixels / (image.width * image.height)) ** 0.5
    if media_type == "image/jpeg" and shrink < 1:
        # Lets the decoder itself halve very large photographs.
        image.draft(None, (int(image.width * shrink), int(image.height * shrink)))
    load(image, data, media_type)
    turn = read_turn(image)
    shrink = (limits.output_pixels / (image.width * image.height)) ** 0.5
    if shrink < 1:
        size = max(1, int(image.width * shrink)), max(1, int(image.height * shrink))
        # Shrinking before flattening saves a copy at full size, where the mode can be averaged.
        averaged = image if image.mode in AVERAGED else flatten(image)
        image = averaged.resize(size, Image.Resampling.BOX)
        dpi *= shrink
    plain = flatten(image)
    return Frame(
        number=number,
        width=plain.width,
        height=plain.height,
        channels=len(plain.getbands()),
        pixels=plain.tobytes(),
        dpi=dpi,
        turn=turn,
    )


def flatten(image: Image.Image) -> Image.Image:
    """The image in mode L or RGB: deep samples scaled to 8 bits, transparency over white."""
    mode = image.mode
    if mode in ("L", "RGB"):
        if "transparency" not in image.info:
            return image
        return _over_white(image.convert("RGBA"))
    if mode == "1":
        return image.convert("L")
    if mode in ("I", "F") or mode.startswith("I;16"):
        return _to_8_bits(image)
    if mode in ("RGBA", "LA", "PA", "La", "RGBa") or "transparency" in image.info:
        return _over_white(image.convert("RGBA"))
    return image.convert("RGB")


def _over_white(image: Image.Image) -> Image.Image:
    alpha = image.getchannel("A")
    if alpha.getextrema() == (255, 255):
        return image.convert("RGB")
    paper = Image.new("RGB", image.size, (255, 255, 255))
    paper.paste(image, mask=alpha)
    return paper


def _to_8_bits(image: Image.Image) -> Image.Image:
    deep = image.convert("F")
    low, high = deep.getextrema()
    assert isinstance(low, float)
    assert isinstance(high, float)
    if image.mode != "F":  # integers: the nominal range, so a grey page stays grey
        low, high = 0.0, 65535.0 if high > 255 else 255.0
    scale = 255 / (high - low) if high > low else 0.0
    return deep.point(lambda value: value * scale - low * scale).convert("L")


def read_dpi(image: Image.Image) -> float:
    """Resolution from the metadata when it is plausible for paper, else 0 (unknown)."""
    try:
        dpi = float(image.info["dpi"][0])
    except (KeyError, TypeError, ValueError, IndexError, ZeroDivisionError):
        return 0.0
    return dpi if 60 <= dpi <= 2400 else 0.0


def read_turn(image: Image.Image) -> int:
    """EXIF orientation still to be applied, 1..8 (TIFF and HEIC decoders apply it themselves)."""
    if image.format not in ("JPEG", "MPO", "PNG", "WEBP"):
        return 1
    try:
        turn = image.getexif().get(ORIENTATION_TAG, 1)
    except Exception:  # broken metadata must not cost the page
        return 1
    return turn if isinstance(turn, int) and 1 <= turn <= 8 else 1


def is_cut_short(data: bytes, media_type: str) -> bool:
    """Whether the file's own structure says that bytes are missing at its end."""
    if media_type == "image/jpeg":
        return b"\xff\xd9" not in data[-64 * 1024 :]
    if media_type == "image/png":
        return _png_cut_short(data)
    if media_type == "image/webp":
        return int.from_bytes(data[4:8], "little") + 8 > len(data)
    if media_type == "image/heic":
        return _boxes_cut_short(data)
    first = int.from_bytes(data[4:8], "little" if data[:2] == b"II" else "big")
    return data[2:4] in (b"*\x00", b"\x00*") and first + 2 > len(data)


def _png_cut_short(data: bytes) -> bool:
    at = 8
    while at + 8 <= len(data):
        length, kind = struct.unpack(">I4s", data[at : at + 8])
        at += 12 + length
        if kind == b"IEND":
            return False
    return True


def _boxes_cut_short(data: bytes) -> bool:
    at = 0
    while at + 8 <= len(data):
        size = int.from_bytes(data[at : at + 4], "big")
        if size == 1:
            size = int.from_bytes(data[at + 8 : at + 16], "big")
        if size == 0:
            return False  # "to the end of the file"
        if size < 8:
            return False
        at += size
    return at > len(data)


def _strips_end(image: Image.Image) -> int:
    """Where the pixel data of a TIFF's current frame ends."""
    tags = getattr(image, "tag_v2", {})
    end = 0
    for offsets, sizes in ((273, 279), (324, 325)):
        for offset, size in zip(tags.get(offsets, ()), tags.get(sizes, ()), strict=False):
            end = max(end, int(offset) + int(size))
    return end
