"""The type of a file from its first bytes. Names and declared types are never trusted."""

from __future__ import annotations

from models.errors import EmptyFile, UnsupportedType

HEAD_BYTES = 1024  # enough for `sniff`: readers accept a PDF header within the first 1024 bytes

# Accepted media types and the file name extension people know them by.
ACCEPTED: dict[str, str] = {
    "application/pdf": ".pdf",
    "image/tiff": ".tif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
}

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_HEIF_BRANDS = {b"mif1", b"msf1", b"mif2"}
_TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


def accepted_text() -> str:
    """The accepted types, for a message: `PDF, TIFF, JPEG, …`."""
    return ", ".join(media_type.rpartition("/")[2].upper() for media_type in ACCEPTED)


def sniff(head: bytes) -> str:
    """The media type, one of `ACCEPTED`; `head` holds the file's first `HEAD_BYTES` bytes.

    EmptyFile when there are no bytes at all, UnsupportedType for anything that is not accepted.
    """
    if not head:
        raise EmptyFile("The file has no content. Scan or export it again and upload the new file.")
    if head.startswith(b"\xff\xd8\xff"):
        return "image/jpeg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "image/png"
    if head.startswith(_TIFF_MAGIC):
        return "image/tiff"
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "image/webp"
    if _is_heic(head):
        return "image/heic"
    if b"%PDF-" in head[:HEAD_BYTES]:
        return "application/pdf"
    raise UnsupportedType(
        f"Only {accepted_text()} files can be read. Save or scan the document as one of these "
        "and upload it again."
    )


def _is_heic(head: bytes) -> bool:
    """An ISO media file whose brands say HEVC images; AV1 ones (AVIF) are not accepted."""
    if head[4:8] != b"ftyp":
        return False
    size = int.from_bytes(head[:4], "big")
    major, rest = head[8:12], head[16 : min(size, len(head))]
    brands = {rest[i : i + 4] for i in range(0, len(rest), 4)}
    if major in _HEIC_BRANDS:
        return True
    return major in _HEIF_BRANDS and not brands & {b"avif", b"avis"}
