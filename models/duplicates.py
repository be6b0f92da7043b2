"""Documents that came twice: the same bytes, or the same paper by what it says.

Which values mean one paper is said by the document type (`business_key`); they are kept as a hash,
so that they can be looked up among all documents of a client. A document that was given up or
failed is no earlier one: its paper may well come again.
"""

from __future__ import annotations

from sqlalchemy import or_, select, text

from models.db import Transaction
from models.documents import Document, find_earlier

GONE = ("failed", "rejected")


def note_key(session: Transaction, document: Document, key: str | None) -> Document | None:
    """Keep a document's business key (64 hexadecimal digits; None: it has none) and find the
    client's earlier document with the same one.

    `duplicate_of` becomes that one, or the one with the same bytes, or nothing. Of two documents
    the second that is noted is the duplicate, also when it was uploaded first.
    """
    earlier = None
    if key is not None:
        _take_turns(session, key)
        earlier = _find_other(session, document, key)
    document.business_key = key
    same = find_earlier(session, document.client_id, document.sha256)
    if earlier is not None:
        document.duplicate_of = earlier.id
    else:
        # Documents of one file have the same bytes and are no duplicates: their ids begin alike.
        own = document.origin_id or document.id
        document.duplicate_of = same.id if same is not None and same.id < own else None
    return earlier


def _find_other(session: Transaction, document: Document, key: str) -> Document | None:
    return session.scalar(
        select(Document)
        .where(
            Document.client_id == document.client_id,
            Document.business_key == key,
            Document.id != document.id,
            Document.status.not_in(GONE),
            # two papers are not each the other's duplicate
            or_(Document.duplicate_of.is_(None), Document.duplicate_of != document.id),
        )
        .order_by(Document.id)
        .limit(1)
    )


def _take_turns(session: Transaction, key: str) -> None:
    """Two documents with one key must not look for each other at the same time; SQLite has one
    writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        number = int(key[:15], 16)
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})
