"""Who did what: one row an act, written in the act's own transaction."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from sqlalchemy import String
from sqlalchemy.orm import Mapped, mapped_column

from models.db import Base, Transaction, now


class AuditEvent(Base):
    __tablename__ = "audit_events"

    id: Mapped[int] = mapped_column(primary_key=True, autoincrement=True)
    client_id: Mapped[str | None] = mapped_column(String(40), index=True)
    actor: Mapped[str] = mapped_column(String(60))
    act: Mapped[str] = mapped_column(String(40))
    subject: Mapped[str] = mapped_column(String(40), index=True)
    data: Mapped[dict[str, Any]]
    at: Mapped[datetime] = mapped_column(default=now)


def record_act(
    session: Transaction,
    actor: str,
    act: str,
    subject: str,
    *,
    client_id: str | None = None,
    **data: Any,
) -> None:
    """Add one audit event to the running transaction."""
    session.add(
        AuditEvent(client_id=client_id, actor=actor, act=act, subject=subject, data=data, at=now())
    )
