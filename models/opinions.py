"""Second opinions: what was asked of an outside model, what came back, and what it cost."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.clients import Client
from models.db import Base, Owned, Transaction, now
from models.errors import NotFound
from models.ids import new_id


class Opinion(Owned, Base):
    """One round of questions about a document. `answers` has what each field was said to be."""

    __tablename__ = "opinions"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    document_id: Mapped[str] = mapped_column(String(40), index=True)
    model: Mapped[str] = mapped_column(String(100))
    outcome: Mapped[str] = mapped_column(String(20))
    asked: Mapped[int]
    agreed: Mapped[int]
    calls: Mapped[int]
    tokens_in: Mapped[int]
    tokens_out: Mapped[int]
    milliseconds: Mapped[int]
    answers: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)


@dataclass(frozen=True)
class Round:
    """What is recorded of one round: `outcome` is "answered" or "failed"."""

    model: str
    outcome: str
    asked: int
    agreed: int = 0
    calls: int = 1
    tokens_in: int = 0
    tokens_out: int = 0
    milliseconds: int = 0
    answers: tuple[dict[str, Any], ...] = ()


@dataclass(frozen=True)
class Cost:
    """All rounds of a client together."""

    documents: int
    asked: int
    agreed: int
    failed: int
    calls: int
    tokens_in: int
    tokens_out: int
    milliseconds: int


def set_consent(session: Transaction, client_id: str, opinion: bool, *, actor: str) -> Client:
    """Whether doubtful fields of this client may be shown to an outside model; NotFound."""
    client = session.scalar(select(Client).where(Client.id == client_id).with_for_update())
    if client is None:
        raise NotFound(f"There is no client {client_id}.")
    if client.opinion != opinion:
        client.opinion = opinion
        record_act(
            session, actor, "client.opinion", client.id, client_id=client.id, opinion=opinion
        )
    return client


def consents(session: Transaction, client_id: str) -> bool:
    client = session.get(Client, client_id)
    return client is not None and client.opinion


def record_opinion(session: Transaction, client_id: str, document_id: str, found: Round) -> Opinion:
    row = Opinion(
        id=new_id("opn"),
        client_id=client_id,
        document_id=document_id,
        model=found.model[:100],
        outcome=found.outcome,
        asked=found.asked,
        agreed=found.agreed,
        calls=found.calls,
        tokens_in=found.tokens_in,
        tokens_out=found.tokens_out,
        milliseconds=found.milliseconds,
        answers=list(found.answers),
        created_at=now(),
    )
    session.add(row)
    return row


def add_up(session: Transaction, client_id: str) -> Cost:
    """What second opinions have cost this client so far."""
    columns = (
        func.count(Opinion.document_id.distinct()),
        func.coalesce(func.sum(Opinion.asked), 0),
        func.coalesce(func.sum(Opinion.agreed), 0),
        func.count(Opinion.id).filter(Opinion.outcome != "answered"),
        *(
            func.coalesce(func.sum(column), 0)
            for column in (
                Opinion.calls,
                Opinion.tokens_in,
                Opinion.tokens_out,
                Opinion.milliseconds,
            )
        ),
    )
    row = session.execute(select(*columns).where(Opinion.client_id == client_id)).one()
    return Cost(*map(int, row))
