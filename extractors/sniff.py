"""The type of a file from its first bytes. Names and declared types are never trusted."""

from __future__ import annotations

import base64
import binascii
import re

from models.errors import EmptyFile, UnknownXml, UnsupportedType

XML = "application/xml"
SIGNED = "application/pkcs7-mime"
HEAD_BYTES = 1024  # enough for `sniff`: readers accept a PDF header within the first 1024 bytes

# Accepted media types and the file name extension people know them by.
ACCEPTED: dict[str, str] = {
    "application/pdf": ".pdf",
    "image/tiff": ".tif",
    "image/jpeg": ".jpg",
    "image/png": ".png",
    "image/webp": ".webp",
    "image/heic": ".heic",
    XML: ".xml",
    SIGNED: ".p7m",
}
ELECTRONIC = (XML, SIGNED)  # e-invoices: data without a page

_HEIC_BRANDS = {b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"hevm", b"hevs"}
_HEIF_BRANDS = {b"mif1", b"msf1", b"mif2"}
_TIFF_MAGIC = (b"II*\x00", b"MM\x00*", b"II+\x00", b"MM\x00+")


# Object identifier of CMS SignedData in DER (RFC 5652, 5.1).
SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
# Roots of the e-invoices that can be read; `einvoice.READERS` looks at their namespaces, too.
ROOTS = {
    "CrossIndustryInvoice", "CrossIndustryDocument", "Invoice", "CreditNote",
    "FatturaElettronica", "FatturaElettronicaSemplificata",
}  # fmt: skip
UNKNOWN_XML = (
    "This XML is not an invoice in UBL, CII (XRechnung, Factur-X, ZUGFeRD) or FatturaPA. Export "
    "it as one of these, or print it to a PDF, and upload it again."
)


def accepted_text() -> str:
    """The accepted types, for a message: `PDF, TIFF, JPEG, …`."""
    paper = [kind.rpartition("/")[2].upper() for kind in ACCEPTED if kind not in ELECTRONIC]
    return f"{', '.join(paper)} and e-invoice (XML, P7M)"


def sniff(head: bytes) -> str:
    """The media type, one of `ACCEPTED`; `head` holds the file's first `HEAD_BYTES` bytes.

    EmptyFile when there are no bytes at all, UnknownXml for XML that is no e-invoice,
    UnsupportedType for anything else that is not accepted.
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
    if is_signed(head):
        return SIGNED
    if _is_einvoice(head):
        return XML
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


def is_signed(head: bytes) -> bool:
    """Whether this begins a signed envelope (.p7m)."""
    plain = _strip_armour(head)
    return plain[:1] == b"\x30" and SIGNED_DATA in plain[:32]


def _strip_armour(head: bytes) -> bytes:
    """The first bytes of an envelope that may be in base64, with PEM's lines or without."""
    if head[:1] == b"\x30" and SIGNED_DATA in head[:32]:
        return head
    text = re.sub(rb"-----[^\n]*-----", b"", head)
    packed = b"".join(text.split())[:64]
    try:
        return base64.b64decode(packed[: len(packed) // 4 * 4], validate=True)
    except binascii.Error:
        return b""


def _is_einvoice(head: bytes) -> bool:
    """Whether this is XML with the root of an e-invoice, as far as `head` shows.

    UnknownXml when it has another root. The root may lie behind a comment longer than `head`:
    then the parser has to say.
    """
    text = _decode(head).lstrip()
    declared = text.startswith("<?xml")
    text = re.sub(r"\s*(<\?.*?\?>|<!--.*?-->)\s*", "", text, flags=re.DOTALL)
    root = re.match(r"<(?:[\w.-]+:)?([A-Za-z_][\w.-]*)[\s/>]", text)
    if root and root[1] in ROOTS:
        return True
    if declared and root:
        raise UnknownXml(UNKNOWN_XML)
    return declared


def _decode(head: bytes) -> str:
    """The head as text: what matters in it is ASCII in every encoding that is in use."""
    if head[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return head.decode("utf-16", "replace")
    return head.removeprefix(b"\xef\xbb\xbf").decode("latin-1")
