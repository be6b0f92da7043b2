"""What is remembered of verified documents, for each client on its own.

A lesson is what one document taught; a memory is what the lessons of one supplier's layout make
together; wordings are what those of a type do. What is in them is made and understood by
`extractors` and only kept here. Memories are found by short hashes of what is printed on a page
(`MemoryKey`), so that a lookup among many thousands touches a few rows of an index.

Whoever changes a client's memory takes its turn first (`take_turn`): two workers that learn from
one supplier at once neither lose a lesson nor make two memories of it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Index, String, UniqueConstraint, delete, func, select, text
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.db import Base, Owned, Transaction, now
from models.errors import NotFound
from models.ids import new_id

MAX_MEMORIES = 100_000  # of a client; those that were not used for longest go first
MAX_SHARED = 40  # memories that a key may lead to: what more have in common tells none apart
MAX_FOUND = 10  # memories that are looked at for one document
MAX_LESSONS = 12  # of a memory
MAX_WORDINGS = 300  # lessons of a type whose wording is kept


class Memory(Owned, Base):
    """One layout of one supplier. `right` and `wrong` count what it would have said of later
    documents; `documents` how many it was taught by."""

    __tablename__ = "memories"
    __table_args__ = (Index("ix_memories_client", "client_id", "id"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    supplier: Mapped[str] = mapped_column(String(200))
    documents: Mapped[int]
    right: Mapped[int]
    wrong: Mapped[int]
    data: Mapped[dict[str, Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    learned_at: Mapped[datetime] = mapped_column(default=now)


class MemoryKey(Owned, Base):
    """A hash that leads from a page to a memory."""

    __tablename__ = "memory_keys"
    __table_args__ = (
        Index("ix_memory_keys_key", "client_id", "key", "memory_id"),
        Index("ix_memory_keys_memory", "memory_id"),
    )

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    key: Mapped[str] = mapped_column(String(20))
    memory_id: Mapped[str] = mapped_column(String(40))


class Lesson(Owned, Base):
    """What one document taught. `data` is kept while it is one of its memory's newest."""

    __tablename__ = "lessons"
    __table_args__ = (
        UniqueConstraint("document_id"),
        Index("ix_lessons_memory", "memory_id", "document_id"),
        Index("ix_lessons_type", "client_id", "type", "document_id"),
    )

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(40))
    memory_id: Mapped[str] = mapped_column(String(40))
    type: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]]
    wording: Mapped[dict[str, Any]]
    learned_at: Mapped[datetime] = mapped_column(default=now)


class Wordings(Owned, Base):
    """What a client's documents of one type call their values."""

    __tablename__ = "wordings"
    __table_args__ = (UniqueConstraint("client_id", "type"),)

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    type: Mapped[str] = mapped_column(String(60))
    data: Mapped[dict[str, Any]]
    learned_at: Mapped[datetime] = mapped_column(default=now)


# -- looking up -----------------------------------------------------------------------------------


def find_memories(
    session: Transaction, client_id: str, keys: Collection[str], most: int = MAX_FOUND
) -> list[Memory]:
    """The client's memories that share most of `keys`, best first; never another client's."""
    shared = func.count(MemoryKey.id)
    found = session.execute(
        select(MemoryKey.memory_id, shared)
        .where(MemoryKey.client_id == client_id, MemoryKey.key.in_(keys))
        .group_by(MemoryKey.memory_id)
        .order_by(shared.desc(), MemoryKey.memory_id)
        .limit(most)
    ).all()
    order = [row[0] for row in found]
    rows = session.scalars(
        select(Memory).where(Memory.client_id == client_id, Memory.id.in_(order))
    )
    return sorted(rows, key=lambda row: order.index(row.id))


def find_wordings(session: Transaction, client_id: str) -> dict[str, dict[str, Any]]:
    """The client's wordings by document type."""
    rows = session.scalars(select(Wordings).where(Wordings.client_id == client_id))
    return {row.type: row.data for row in rows}


def list_memories(
    session: Transaction, client_id: str, *, after: str | None = None, limit: int
) -> list[Memory]:
    """A client's memories in the order in which they were made."""
    query = select(Memory).where(Memory.client_id == client_id).order_by(Memory.id).limit(limit)
    if after is not None:
        query = query.where(Memory.id > after)
    return list(session.scalars(query))


# -- changing -------------------------------------------------------------------------------------


def take_turn(session: Transaction, client_id: str) -> None:
    """Wait until nobody else changes this client's memory; SQLite has one writer anyway."""
    if session.get_bind().dialect.name == "postgresql":
        digest = hashlib.sha256(f"memory {client_id}".encode()).digest()
        number = int.from_bytes(digest[:7], "big")
        session.execute(text("SELECT pg_advisory_xact_lock(:number)"), {"number": number})


def find_lesson(session: Transaction, document_id: str) -> Lesson | None:
    return session.scalar(select(Lesson).where(Lesson.document_id == document_id))


def list_lessons(session: Transaction, memory_id: str) -> list[Lesson]:
    """The lessons of a memory, those of the newest documents first."""
    return list(
        session.scalars(
            select(Lesson)
            .where(Lesson.memory_id == memory_id)
            .order_by(Lesson.document_id.desc())
            .limit(MAX_LESSONS)
        )
    )


def add_lesson(
    session: Transaction,
    client_id: str,
    document_id: str,
    memory_id: str,
    type_: str,
    data: Mapping[str, Any],
    wording: Mapping[str, Any],
) -> Lesson:
    """Keep what a document taught; `remove_lesson` comes first where it has taught before."""
    row = Lesson(
        id=new_id("les"),
        client_id=client_id,
        document_id=document_id,
        memory_id=memory_id,
        type=type_,
        data=dict(data),
        wording=dict(wording),
        learned_at=now(),
    )
    session.add(row)
    session.flush()
    return row


def remove_lesson(session: Transaction, document_id: str) -> str | None:
    """Take back what a document taught: the memory that is to be made anew, None without one."""
    lesson = find_lesson(session, document_id)
    if lesson is None:
        return None
    session.delete(lesson)
    session.flush()
    memory = session.get(Memory, lesson.memory_id)
    if memory is None:
        return None
    memory.documents = max(0, memory.documents - 1)
    return lesson.memory_id


def save_memory(
    session: Transaction,
    client_id: str,
    memory_id: str,
    type_: str,
    supplier: str,
    keys: Collection[str],
    data: Mapping[str, Any],
    outcomes: tuple[int, int],
    *,
    taught: int,
) -> Memory:
    """Write a memory as its lessons make it; `taught` documents more than before."""
    row = session.get(Memory, memory_id)
    if row is None:
        row = Memory(id=memory_id, client_id=client_id, type=type_, documents=0, created_at=now())
        session.add(row)
    row.supplier, row.data = supplier, dict(data)
    row.right, row.wrong = outcomes
    row.documents += taught
    row.learned_at = now()
    session.flush()
    _set_keys(session, client_id, memory_id, set(keys))
    return row


def _set_keys(session: Transaction, client_id: str, memory_id: str, keys: set[str]) -> None:
    """The keys that lead to a memory; those that lead to too many others are left out."""
    held = session.scalars(select(MemoryKey).where(MemoryKey.memory_id == memory_id)).all()
    gone = [row.id for row in held if row.key not in keys]
    if gone:
        session.execute(delete(MemoryKey).where(MemoryKey.id.in_(gone)))
    new = keys - {row.key for row in held}
    counts: dict[str, int] = {
        row[0]: row[1]
        for row in session.execute(
            select(MemoryKey.key, func.count(MemoryKey.id))
            .where(MemoryKey.client_id == client_id, MemoryKey.key.in_(new))
            .group_by(MemoryKey.key)
        )
    }
    session.add_all(
        MemoryKey(client_id=client_id, key=key, memory_id=memory_id)
        for key in sorted(new)
        if counts.get(key, 0) < MAX_SHARED
    )
    session.flush()


def drop_memory(session: Transaction, memory_id: str, *, keep: Collection[str] = ()) -> None:
    """Forget a layout: its keys and lessons, but for those of the documents in `keep`."""
    session.execute(delete(MemoryKey).where(MemoryKey.memory_id == memory_id))
    session.execute(
        delete(Lesson).where(Lesson.memory_id == memory_id, Lesson.document_id.not_in(keep))
    )
    session.execute(delete(Memory).where(Memory.id == memory_id))
    session.expire_all()


def forget(session: Transaction, memory_id: str, *, actor: str) -> Memory:
    """Forget a memory because a person says so; NotFound when this tenant has none such."""
    row = session.scalar(select(Memory).where(Memory.id == memory_id))
    if row is None:
        raise NotFound(f"There is no memory {memory_id}.")
    take_turn(session, row.client_id)
    record_act(
        session,
        actor,
        "memory.forget",
        row.id,
        client_id=row.client_id,
        supplier=row.supplier,
        type=row.type,
    )
    session.expunge(row)
    drop_memory(session, memory_id)
    return row


def prune_lessons(session: Transaction, client_id: str, memory_id: str, type_: str) -> None:
    """Keep a memory's lessons that make it, and those that are among the newest of their type."""
    kept = [lesson.document_id for lesson in list_lessons(session, memory_id)]
    oldest = session.scalar(
        select(Lesson.document_id)
        .where(Lesson.client_id == client_id, Lesson.type == type_)
        .order_by(Lesson.document_id.desc())
        .offset(MAX_WORDINGS - 1)
        .limit(1)
    )
    if oldest is not None:
        session.execute(
            delete(Lesson).where(
                Lesson.memory_id == memory_id,
                Lesson.document_id < oldest,
                Lesson.document_id.not_in(kept),
            )
        )


def prune_memories(session: Transaction, client_id: str, most: int = MAX_MEMORIES) -> None:
    """Keep a client's `most` memories that were taught last."""
    count = session.scalar(select(func.count()).where(Memory.client_id == client_id)) or 0
    if count <= most:
        return
    stale = session.scalars(
        select(Memory.id)
        .where(Memory.client_id == client_id)
        .order_by(Memory.learned_at, Memory.id)
        .limit(count - most)
    ).all()
    for old in stale:
        drop_memory(session, old)


# -- wordings -------------------------------------------------------------------------------------


def list_wordings(session: Transaction, client_id: str, type_: str) -> Sequence[dict[str, Any]]:
    """What the newest lessons of a type said, newest first."""
    return session.scalars(
        select(Lesson.wording)
        .where(Lesson.client_id == client_id, Lesson.type == type_)
        .order_by(Lesson.document_id.desc())
        .limit(MAX_WORDINGS)
    ).all()


def count_lessons(session: Transaction, client_id: str, type_: str) -> int:
    """How many lessons of a type are kept."""
    query = select(func.count()).where(Lesson.client_id == client_id, Lesson.type == type_)
    return session.scalar(query) or 0


def save_wordings(
    session: Transaction, client_id: str, type_: str, data: Mapping[str, Any]
) -> None:
    row = session.scalar(
        select(Wordings).where(Wordings.client_id == client_id, Wordings.type == type_)
    )
    if row is None:
        row = Wordings(id=new_id("wrd"), client_id=client_id, type=type_)
        session.add(row)
    row.data, row.learned_at = dict(data), now()
    session.flush()
