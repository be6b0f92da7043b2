"""The electronic invoice inside a PDF: Factur-X and ZUGFeRD attach it to the file."""

from __future__ import annotations

from collections.abc import Sequence

from extractors.einvoice import read_xml
from extractors.einvoice.data import EInvoice
from models.errors import FileProblem

# The names that the standards give it. An Order-X (order-x.xml) is an order, not an invoice.
NAMES = ("factur-x.xml", "xrechnung.xml", "zugferd-invoice.xml")
MAX_BYTES = 20 * 2**20


def choose(files: Sequence[tuple[str, bytes]]) -> EInvoice | None:
    """The invoice in attached files (name in lower case, content); None when none can be read.

    A broken attachment must not cost the page, so it is as good as none. When several files hold
    an invoice and none has the standard's name, nobody can say which one the page shows.
    """
    named = [content for name, content in files if name in NAMES]
    contents = named or [content for _, content in files]
    found = [invoice for content in contents if (invoice := _try(content))]
    return found[0] if len(found) == 1 else None


def _try(content: bytes) -> EInvoice | None:
    if len(content) > MAX_BYTES:
        return None
    try:
        return read_xml(content)
    except FileProblem:
        return None
