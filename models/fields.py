"""Fields: the values to deliver, each with its place on the page, score and source."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, delete, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Base, Owned, Transaction, now
from models.documents import Document
from models.errors import NotFound
from models.ids import new_id


class Field(Owned, Base):
    """One value of a document; `line` counts line items from 0 and is empty for header fields.

    `value` is normalised, `raw` as printed; `value` None means "not on the document". `checks`
    are the codes of validators and rules that the value does not pass. `score` is the machine's:
    what a person entered has none.
    """

    KIND = "field"
    __tablename__ = "fields"
    __table_args__ = (Index("ix_fields_document", "document_id", "line", "name"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(40))
    name: Mapped[str] = mapped_column(String(60))
    line: Mapped[int | None]
    position: Mapped[int]
    value: Mapped[str | None]
    raw: Mapped[str]
    score: Mapped[float | None]
    source: Mapped[str] = mapped_column(String(10), default="machine")
    page: Mapped[int | None]
    box: Mapped[list[Any] | None]
    checks: Mapped[list[Any]]
    status: Mapped[str] = mapped_column(String(20))
    version: Mapped[int] = mapped_column(default=1)
    updated_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True)
class Reading:
    """What the machine says of one field, and why a person should look (`doubts`, empty: none)."""

    name: str
    line: int | None
    value: str | None
    raw: str
    score: float
    page: int | None
    box: list[float] | None
    checks: tuple[str, ...]
    doubts: tuple[str, ...]


def replace_fields(
    session: Transaction, document: Document, readings: Sequence[Reading]
) -> list[Field]:
    """Write a document's fields; what an earlier run of the machine wrote is replaced."""
    session.execute(delete(Field).where(Field.document_id == document.id))
    fields = [
        Field(
            id=new_id("fld"),
            client_id=document.client_id,
            document_id=document.id,
            name=reading.name,
            line=reading.line,
            position=position,
            value=reading.value,
            raw=reading.raw,
            score=reading.score,
            source="machine",
            page=reading.page,
            box=reading.box,
            checks=list(reading.checks),
            status="keying" if reading.doubts else "final",
            version=1,
            updated_at=now(),
        )
        for position, reading in enumerate(readings)
    ]
    session.add_all(fields)
    session.flush()
    return fields


def list_fields(session: Transaction, document_id: str) -> list[Field]:
    """A document's fields: header first, then line by line, in the type's order."""
    return list(
        session.scalars(
            select(Field).where(Field.document_id == document_id).order_by(Field.position)
        )
    )


def list_fields_of(session: Transaction, documents: Collection[str]) -> list[Field]:
    """The fields of several documents, each document's in order."""
    return list(
        session.scalars(
            select(Field)
            .where(Field.document_id.in_(documents))
            .order_by(Field.document_id, Field.position)
        )
    )


def count_fields(session: Transaction, batch_id: str) -> tuple[int, int]:
    """How many fields a batch's documents have, and how many of them people have keyed."""
    keyed = func.count(Field.id).filter(Field.source == "person")
    total, by_people = session.execute(
        select(func.count(Field.id), keyed)
        .join(Document, Document.id == Field.document_id)
        .where(Document.batch_id == batch_id)
    ).one()
    return total, by_people


def get_field(session: Transaction, field_id: str) -> Field:
    field = session.scalar(select(Field).where(Field.id == field_id))
    if field is None:
        raise NotFound(f"There is no field {field_id}.")
    return field
