"""Dividing a file: its pages become several documents, and some belong to none.

The document that was uploaded stays and becomes the first of them; the others are new documents of
the same batch. Nothing moves in S3: a page keeps the place of its files, and only says which
document it belongs to. Ids of the others are made from the first one's, so that doing it again
makes nothing twice.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from models.audit import record_act
from models.changes import record_change
from models.db import Transaction, now
from models.documents import (
    Document,
    PageRow,
    get_document,
    list_sheets,
    set_status,
    start_extracting,
)
from models.ids import new_id

CUT = "cut"
UNWANTED = "Every page was marked as blank or unwanted: there is nothing to extract."


@dataclass(frozen=True)
class Part:
    """One document of a file: the numbers of its pages there, and its type once it is known.

    A part that is cut out of a page has that page's number, its `region` (x0, y0, x1, y1) and the
    size of its own image.
    """

    pages: tuple[int, ...]
    type: str | None
    type_score: float | None
    region: tuple[float, float, float, float] | None = None
    width: int = 0
    height: int = 0


def part_id(origin_id: str, part: int) -> str:
    """The id of a file's document `part`, counted from 1: the first is the one that was uploaded.
    They sort behind it, and before whatever is uploaded later."""
    return origin_id if part == 1 else f"{origin_id}_{part:05d}"


def region_folder(origin_id: str, part: int) -> str:
    """Where the files of a part that is cut out of a page lie: beside the whole page's."""
    return f"{origin_id}_{part:05d}"


def divide_document(
    session: Transaction,
    document_id: str,
    parts: Sequence[Part],
    dropped: Mapping[int, str],
    *,
    actor: str,
) -> list[Document]:
    """Make documents of a file's pages and put their extraction on the list: its documents.

    `dropped` says why each page that is in no part was left out. A file that is one document
    stays as it is; one that was divided already is left alone. Without any part, the document is
    rejected.
    """
    origin = get_document(session, document_id, lock=True)
    if origin.origin_id is not None:
        return [origin]
    if not parts:
        set_status(session, origin, "rejected", actor=actor, code="no_pages", problem=UNWANTED)
        return []
    if len(parts) == 1 and not dropped and parts[0].region is None:
        origin.type, origin.type_score = parts[0].type, parts[0].type_score
        start_extracting(session, origin)
        return [origin]
    made = [_make(session, origin, number, parts) for number in range(1, len(parts) + 1)]
    _move_pages(session, origin, parts, dropped)
    _announce(session, made, dropped, actor)
    for document in made:
        start_extracting(session, document)
    return made


def _make(session: Transaction, origin: Document, number: int, parts: Sequence[Part]) -> Document:
    """The document of part `number`: a new row but for the first."""
    part = parts[number - 1]
    document = origin
    if number > 1:
        document = Document(
            id=part_id(origin.id, number),
            client_id=origin.client_id,
            batch_id=origin.batch_id,
            filename=origin.filename,
            sha256=origin.sha256,
            size=origin.size,
            media_type=origin.media_type,
            status="reading",  # its pages have been read
            duplicate_of=origin.duplicate_of,
            created_at=now(),
        )
        session.add(document)
    document.origin_id, document.part, document.parts = origin.id, number, len(parts)
    document.first_page, document.last_page = min(part.pages), max(part.pages)
    document.region = list(part.region) if part.region else None
    document.pages = len(part.pages)
    document.type, document.type_score = part.type, part.type_score
    session.flush()
    return document


def _move_pages(
    session: Transaction, origin: Document, parts: Sequence[Part], dropped: Mapping[int, str]
) -> None:
    """Pages of no document first, then upwards: a number is free before another page gets it."""
    sheets = {row.sheet: row for row in list_sheets(session, origin.id)}
    cut = {part.pages[0]: CUT for part in parts if part.region}
    for sheet, why in {**dropped, **cut}.items():
        sheets[sheet].document_id, sheets[sheet].dropped = None, why
        session.flush()
    for number, part in enumerate(parts, 1):
        if part.region:
            session.add(_cut_page(origin, sheets[part.pages[0]], number, part))
            continue
        for place, sheet in enumerate(part.pages, 1):
            sheets[sheet].document_id = part_id(origin.id, number)
            sheets[sheet].number = place
            session.flush()
    session.flush()


def _cut_page(origin: Document, sheet: PageRow, number: int, part: Part) -> PageRow:
    return PageRow(
        id=new_id("pag"),
        client_id=origin.client_id,
        document_id=part_id(origin.id, number),
        number=1,
        folder=region_folder(origin.id, number),
        sheet=sheet.sheet,
        width=part.width,
        height=part.height,
        source="ocr",
        rotation=0,
        skew=0.0,
        blank=False,
        seconds=0.0,
    )


def _announce(
    session: Transaction, made: Sequence[Document], dropped: Mapping[int, str], actor: str
) -> None:
    origin = made[0]
    record_act(
        session,
        actor,
        "document.split",
        origin.id,
        client_id=origin.client_id,
        documents=len(made),
        dropped=sorted(dropped),
    )
    record_change(
        session,
        origin.client_id,
        "document.split",
        origin.id,
        batch_id=origin.batch_id,
        documents=[document.id for document in made],
        dropped=sorted(dropped),
    )
    for document in made[1:]:
        record_change(
            session,
            origin.client_id,
            "document.received",
            document.id,
            batch_id=document.batch_id,
            filename=document.filename,
            origin_id=origin.id,
            part=document.part,
        )
