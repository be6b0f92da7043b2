"""Batches: what a client delivers together, with a deadline and a priority."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.changes import record_change
from models.clients import Client
from models.db import Base, Owned, Transaction, now
from models.errors import Conflict, NotFound
from models.ids import new_id


class Batch(Owned, Base):
    """`type_versions` are the client's own document types that it uses, by name: see
    models/types.py. `split` says where a file with several documents is divided, `separator` is
    the text of the client's own separator sheets, and blank pages are left out if `drop_blank`:
    see extractors/split.py."""

    KIND = "batch"
    __tablename__ = "batches"
    __table_args__ = (
        Index("ix_batches_client_status", "client_id", "status", "id"),
        Index("ix_batches_client", "client_id", "id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    external_id: Mapped[str | None] = mapped_column(String(200), index=True)
    document_type: Mapped[str] = mapped_column(String(60))
    type_versions: Mapped[dict[str, Any]] = mapped_column(default=dict)
    split: Mapped[str] = mapped_column(String(20), default="auto")
    separator: Mapped[str | None] = mapped_column(String(200))
    drop_blank: Mapped[bool] = mapped_column(default=False)
    priority: Mapped[int]
    deadline: Mapped[datetime | None]
    status: Mapped[str] = mapped_column(String(20), default="open")
    version: Mapped[int] = mapped_column(default=0)
    created_at: Mapped[datetime] = mapped_column(default=now)
    sealed_at: Mapped[datetime | None]
    released_at: Mapped[datetime | None]


def create_batch(
    session: Transaction,
    client_id: str,
    document_type: str,
    *,
    priority: int = 5,
    deadline: datetime | None = None,
    external_id: str | None = None,
    type_versions: Mapping[str, int] | None = None,
    split: str = "auto",
    separator: str | None = None,
    drop_blank: bool = False,
    actor: str,
) -> Batch:
    """A new open batch; NotFound when there is no such client."""
    if session.get(Client, client_id) is None:
        raise NotFound(f"There is no client {client_id}.")
    batch = Batch(
        id=new_id("bat"),
        client_id=client_id,
        document_type=document_type,
        type_versions=dict(type_versions or {}),
        split=split,
        separator=separator,
        drop_blank=drop_blank,
        priority=priority,
        deadline=deadline,
        external_id=external_id,
        status="open",
        version=0,
        created_at=now(),
    )
    session.add(batch)
    record_act(session, actor, "batch.create", batch.id, client_id=client_id)
    record_change(session, client_id, "batch.created", batch.id, external_id=external_id)
    session.flush()
    return batch


def get_batch(session: Transaction, batch_id: str, *, lock: bool = False) -> Batch:
    """The batch; NotFound when there is none in this transaction's tenant.

    `lock` holds the row to the end of the transaction: needed by whoever decides by the state of
    the whole batch.
    """
    query = select(Batch).where(Batch.id == batch_id)
    if lock:
        query = query.with_for_update().execution_options(populate_existing=True)
    batch = session.scalar(query)
    if batch is None:
        raise NotFound(f"There is no batch {batch_id}.")
    return batch


def find_batches(session: Transaction, ids: Collection[str]) -> list[Batch]:
    """The batches with these ids that this transaction's tenant has."""
    return list(session.scalars(select(Batch).where(Batch.id.in_(ids)))) if ids else []


def require_open(batch: Batch) -> None:
    """Conflict unless files may still be added."""
    if batch.status != "open":
        raise Conflict(
            f"Batch {batch.id} is {batch.status} and takes no more files: create a new batch.",
            batch_status=batch.status,
        )


def list_batches(
    session: Transaction,
    *,
    status: str | None = None,
    external_id: str | None = None,
    client_id: str | None = None,
    after: str | None = None,
    limit: int,
) -> list[Batch]:
    """Batches, newest first; `after` is the id of the last one that the caller has."""
    query = select(Batch).order_by(Batch.id.desc()).limit(limit)
    if status is not None:
        query = query.where(Batch.status == status)
    if external_id is not None:
        query = query.where(Batch.external_id == external_id)
    if client_id is not None:
        query = query.where(Batch.client_id == client_id)
    if after is not None:
        query = query.where(Batch.id < after)
    return list(session.scalars(query))
