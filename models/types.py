"""Document types that clients make: versions that never change.

A client's own type may have the name of a built-in one, which it then replaces for that client. A
batch names the versions it uses when it is created (`pin_types`), so that a new version alters no
document that is under way. `types_of` (a batch's) and `types_by_document` are the only places
where names become types.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Integer, String, UniqueConstraint, and_, func, or_, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.batches import Batch, find_batches
from models.clients import Client
from models.db import Base, Owned, Transaction, now
from models.doctype import DETECT, DocumentType
from models.documents import Document
from models.errors import Conflict, NotFound, StaleWrite
from models.ids import new_id

MAX_TYPES = 100
"""Types of one client: all of them take part when the type of a document is detected."""

Types = Mapping[str, DocumentType]


class TypeRow(Owned, Base):
    """One version of a client's document type; `definition` is the type as data."""

    __tablename__ = "document_types"
    __table_args__ = (UniqueConstraint("client_id", "name", "version"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(40))
    version: Mapped[int] = mapped_column(Integer)
    definition: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60))


def create_type(
    session: Transaction, client_id: str, doctype: DocumentType, *, actor: str
) -> TypeRow:
    """The first version of a type; Conflict when the client has one of this name."""
    if session.get(Client, client_id) is None:
        raise NotFound(f"There is no client {client_id}.")
    newest = _newest(session, client_id)
    if doctype.name in newest:
        raise Conflict(
            f"The client has a type {doctype.name} already: put a new version of it with "
            f"PUT /v1/types/{doctype.name}.",
            version=newest[doctype.name],
        )
    if len(newest) >= MAX_TYPES:
        raise Conflict(f"A client has at most {MAX_TYPES} document types.")
    return _add(session, client_id, doctype, 1, actor=actor)


def revise_type(
    session: Transaction,
    client_id: str,
    doctype: DocumentType,
    *,
    edited: int | None,
    actor: str,
) -> TypeRow:
    """The next version of a type; NotFound when the client has none of this name.

    `edited` is the version that was changed: StaleWrite when there is a newer one. What is equal
    to the newest version makes none.
    """
    row = find_type(session, client_id, doctype.name)
    if row is None:
        raise NotFound(f"The client has no type {doctype.name}: create it with POST /v1/types.")
    if edited is not None and edited != row.version:
        raise StaleWrite(
            f"{doctype.name} has version {row.version} by now, and this is made from {edited}: "
            "get the newest, and change that.",
            version=row.version,
        )
    if to_type(row) == doctype.model_copy(update={"version": row.version}):
        return row
    return _add(session, client_id, doctype, row.version + 1, actor=actor)


def _add(
    session: Transaction, client_id: str, doctype: DocumentType, version: int, *, actor: str
) -> TypeRow:
    definition = doctype.model_copy(update={"version": version})
    row = TypeRow(
        id=new_id("typ"),
        client_id=client_id,
        name=doctype.name,
        version=version,
        definition=definition.model_dump(mode="json"),
        created_at=now(),
        created_by=actor,
    )
    session.add(row)
    record_act(
        session, actor, "type.write", row.id, client_id=client_id, name=row.name, version=version
    )
    session.flush()
    return row


def find_type(
    session: Transaction, client_id: str, name: str, version: int | None = None
) -> TypeRow | None:
    """A version of a client's own type, the newest when none is named; None when there is none."""
    query = (
        select(TypeRow)
        .where(TypeRow.client_id == client_id, TypeRow.name == name)
        .order_by(TypeRow.version.desc())
        .limit(1)
    )
    if version is not None:
        query = query.where(TypeRow.version == version)
    return session.scalar(query)


def list_types(session: Transaction, client_id: str) -> list[TypeRow]:
    """The newest version of each of a client's own types, by name."""
    newest = _newest(session, client_id)
    return _find_versions(session, [(client_id, *entry) for entry in newest.items()])


def pin_types(session: Transaction, client_id: str, document_type: str) -> dict[str, int]:
    """Versions of the client's own types that a batch of `document_type` uses from now on: all of
    them when the type is to be detected, none when it is a built-in one."""
    newest = _newest(session, client_id)
    if document_type == DETECT:
        return newest
    return {name: version for name, version in newest.items() if name == document_type}


def count_batches(session: Transaction, client_id: str, name: str) -> dict[int, int]:
    """How many of a client's unreleased batches use each version of its own type `name`."""
    pinned = session.scalars(
        select(Batch.type_versions).where(
            Batch.client_id == client_id, Batch.status.in_(("open", "sealed"))
        )
    )
    return Counter(versions[name] for versions in pinned if name in versions)


def types_of(session: Transaction, builtin: Types, batch: Batch) -> Types:
    """The types that a batch's documents are read by: the client's own, in the versions that the
    batch has named, over the built-in ones."""
    wanted = [(batch.client_id, name, version) for name, version in batch.type_versions.items()]
    return {**builtin, **{row.name: to_type(row) for row in _find_versions(session, wanted)}}


def types_by_document(
    session: Transaction, builtin: Types, documents: Iterable[Document]
) -> dict[str, DocumentType]:
    """The type of each document, by the document's id, in two queries at most; documents whose
    type is not known are left out."""
    documents = [document for document in documents if document.type is not None]
    pinned = {
        batch.id: batch.type_versions
        for batch in find_batches(session, {document.batch_id for document in documents})
    }
    wanted = {
        document.id: (document.client_id, document.type, version)
        for document in documents
        if document.type and (version := pinned[document.batch_id].get(document.type))
    }
    own = {
        (row.client_id, row.name, row.version): to_type(row)
        for row in _find_versions(session, set(wanted.values()))
    }
    found: dict[str, DocumentType] = {}
    for document in documents:
        doctype = (
            own.get(wanted[document.id])
            if document.id in wanted
            else builtin.get(document.type or "")
        )
        if doctype is not None:
            found[document.id] = doctype
    return found


def to_type(row: TypeRow) -> DocumentType:
    """The type of a row."""
    return DocumentType.model_validate(row.definition)


def _newest(session: Transaction, client_id: str) -> dict[str, int]:
    rows = session.execute(
        select(TypeRow.name, func.max(TypeRow.version))
        .where(TypeRow.client_id == client_id)
        .group_by(TypeRow.name)
        .order_by(TypeRow.name)
    )
    return {row.name: row[1] for row in rows}


def _find_versions(session: Transaction, wanted: Iterable[tuple[str, str, int]]) -> list[TypeRow]:
    """Rows by client, name and version, in the order of their names."""
    each = [
        and_(TypeRow.client_id == client, TypeRow.name == name, TypeRow.version == version)
        for client, name, version in wanted
    ]
    if not each:
        return []
    return list(session.scalars(select(TypeRow).where(or_(*each)).order_by(TypeRow.name)))
