"""Blank forms: the printed papers on which clients draw where their fields stand.

A blank is rendered when it is uploaded and never changes; its pages' images lie in S3 under their
SHA-256. Document types name it by its id (`doctype.Form`).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import String, func, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.clients import Client
from models.db import Base, Owned, Transaction, now
from models.errors import Conflict, NotFound
from models.ids import new_id

MAX_FORMS = 200
"""Blanks of one client."""
MAX_PAGES = 20
"""Pages of one blank."""


@dataclass(frozen=True, slots=True)
class FormPage:
    """A page of a blank: its number from 1, its image's size in pixels and SHA-256."""

    number: int
    width: int
    height: int
    sha256: str


class BlankForm(Owned, Base):
    """`pages` holds a `FormPage` each, as data."""

    __tablename__ = "blank_forms"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    filename: Mapped[str] = mapped_column(String(255))
    pages: Mapped[list[Any]]
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str] = mapped_column(String(60))


def add_form(
    session: Transaction, client_id: str, filename: str, pages: Sequence[FormPage], *, actor: str
) -> BlankForm:
    """A new blank, whose images are in the object store; Conflict when there are too many."""
    require_room(session, client_id)
    row = BlankForm(
        id=new_id("frm"),
        client_id=client_id,
        filename=filename,
        pages=[asdict(page) for page in pages],
        created_at=now(),
        created_by=actor,
    )
    session.add(row)
    record_act(session, actor, "form.create", row.id, client_id=client_id, filename=filename)
    session.flush()
    return row


def require_room(session: Transaction, client_id: str) -> None:
    """NotFound when there is no such client, Conflict when it may have no more blanks."""
    if session.get(Client, client_id) is None:
        raise NotFound(f"There is no client {client_id}.")
    count = select(func.count()).select_from(BlankForm).where(BlankForm.client_id == client_id)
    if (session.scalar(count) or 0) >= MAX_FORMS:
        raise Conflict(f"A client has at most {MAX_FORMS} blank forms: use one that is there.")


def find_form(session: Transaction, form_id: str) -> BlankForm | None:
    return session.scalar(select(BlankForm).where(BlankForm.id == form_id))


def get_form(session: Transaction, form_id: str) -> BlankForm:
    row = find_form(session, form_id)
    if row is None:
        raise NotFound(f"There is no blank form {form_id}.")
    return row


def list_forms(session: Transaction, client_id: str) -> list[BlankForm]:
    """A client's blanks, the oldest first."""
    query = select(BlankForm).where(BlankForm.client_id == client_id).order_by(BlankForm.id)
    return list(session.scalars(query))


def pages_of(row: BlankForm) -> list[FormPage]:
    return [FormPage(**page) for page in row.pages]
