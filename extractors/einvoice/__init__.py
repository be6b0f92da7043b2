"""Invoices that come as data: Factur-X and ZUGFeRD in a PDF, CII, UBL and FatturaPA as XML.

All of it parses untrusted bytes: it runs in the limited child process (`extractors.child`).
"""

from __future__ import annotations

from collections.abc import Callable
from xml.etree.ElementTree import Element

from extractors.einvoice import cii, fatturapa, p7m, ubl
from extractors.einvoice.data import EInvoice, Stated
from extractors.einvoice.tree import parse
from extractors.sniff import SIGNED, UNKNOWN_XML
from models.errors import DamagedFile, SeveralInvoices, UnknownXml

__all__ = ["EInvoice", "Stated", "read_einvoice", "read_einvoices", "read_xml"]

DOCTYPE = "invoice"  # the document type whose field names the readers use
UNKNOWN_CONTENT = (
    "The signed envelope (.p7m) holds no e-invoice that is known here. Take the file out of it "
    "and upload that."
)
# By the root's name, with what its namespace begins with.
READERS: dict[str, tuple[str, Callable[[Element], list[EInvoice]]]] = {
    "CrossIndustryInvoice": ("urn:un:unece:uncefact:", cii.read),
    "CrossIndustryDocument": ("urn:ferd:CrossIndustryDocument:invoice:", cii.read),
    "Invoice": (ubl.NAMESPACE, ubl.read),
    "CreditNote": (ubl.NAMESPACE, ubl.read),
    "FatturaElettronica": ("", fatturapa.read),
    "FatturaElettronicaSemplificata": ("", fatturapa.read),
}


def read_einvoices(data: bytes, media_type: str, most: int = 1) -> list[EInvoice]:
    """The invoices in an XML file or a signed envelope: one, or a lot of up to `most`.

    UnknownXml, SeveralInvoices (more than `most`), UnsafeXml, DamagedFile, TruncatedFile,
    FileTooComplex. A signature is not verified.
    """
    if media_type != SIGNED:
        return read_lot(data, most)
    content = p7m.unwrap(data)
    if not content.lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n").startswith(b"<"):
        raise UnknownXml(UNKNOWN_CONTENT)
    return read_lot(content, most)


def read_einvoice(data: bytes, media_type: str) -> EInvoice:
    """The one invoice in an XML file or a signed envelope; the errors of `read_einvoices`."""
    return read_einvoices(data, media_type)[0]


def read_xml(data: bytes) -> EInvoice:
    """The one invoice in an XML document; the errors of `read_einvoices`."""
    return read_lot(data, 1)[0]


def read_lot(data: bytes, most: int) -> list[EInvoice]:
    """The invoices of an XML document, at least one; the errors of `read_einvoices`."""
    namespace, root = parse(data)
    wanted, read = READERS.get(root.tag, ("?", None))
    if read is None or not namespace.startswith(wanted):
        raise UnknownXml(UNKNOWN_XML)
    found = [one.with_kind() for one in read(root)]
    if not found:
        raise DamagedFile("The e-invoice has no content: export it again and upload the new file.")
    if len(found) > most:
        advice = "Export each into a file of its own and upload these."
        if most > 1:
            advice = f"At most {most} are allowed: export them into several files and upload these."
        raise SeveralInvoices(
            f"The file holds {len(found)} invoices. {advice}", invoices=len(found)
        )
    return found
