"""The pages of an uploaded file, whatever documents they became."""

from __future__ import annotations

from fastapi import APIRouter, Request, Response
from pydantic import Field

from models import documents
from models.db import Transaction
from models.errors import NotFound, ObjectLost
from models.storage import page_image_key, page_thumbnail_key
from server.auth import Anyone
from server.deps import Db, Id, Store
from server.documents import Number, binary
from server.files import get_object, serve
from server.problems import answer, errors
from server.schemas import DOCUMENT_ID, Listing, Out, listing

router = APIRouter(tags=["documents"])

SHEET = {
    "number": 2,
    "document_id": None,
    "page": None,
    "dropped": "separator",
    "width": 1654,
    "height": 2339,
    "image": f"/v1/documents/{DOCUMENT_ID}/sheets/2/image",
}


class SheetOut(Out):
    """A page of an uploaded file, and what became of it."""

    number: int = Field(description="In the file, from 1.")
    document_id: str | None = Field(description="The document that it belongs to, if any.")
    page: int | None = Field(description="Its number there.")
    dropped: str | None = Field(
        description="Why it belongs to none: `separator`, `blank`, `unwanted` (a person said) or "
        "`cut` (several papers lay on it, each is a document)."
    )
    width: int
    height: int
    image: str


def sheet_url(document_id: str, number: int) -> str:
    return f"/v1/documents/{document_id}/sheets/{number}"


@router.get(
    "/v1/documents/{id}/sheets",
    operation_id="listSheets",
    summary="List the pages of the uploaded file",
    responses={**answer(listing(SHEET)), **errors(NotFound)},
)
def list_sheets(id: Id, actor: Anyone, db: Db) -> Listing[SheetOut]:
    """Every page of the file that the document came in, and which document it belongs to."""
    with db.read(actor.scope) as session:
        origin = _find_origin(session, id)
        return Listing(items=[_show_sheet(row) for row in documents.list_sheets(session, origin)])


def _find_origin(session: Transaction, document_id: str) -> str:
    document = documents.get_document(session, document_id)
    return document.origin_id or document.id


def _show_sheet(row: documents.PageRow) -> SheetOut:
    return SheetOut(
        number=row.sheet,
        document_id=row.document_id,
        page=row.number if row.document_id else None,
        dropped=row.dropped,
        width=row.width,
        height=row.height,
        image=f"{sheet_url(row.folder, row.sheet)}/image",
    )


@router.get(
    "/v1/documents/{id}/sheets/{number}/image",
    operation_id="getSheetImage",
    summary="Get the image of a page of the uploaded file",
    response_class=Response,
    responses={
        **binary("image/jpeg", "The upright page", "(bytes of a JPEG image)"),
        **errors(NotFound, ObjectLost),
    },
)
def get_sheet_image(
    id: Id, number: Number, request: Request, actor: Anyone, db: Db, storage: Store
) -> Response:
    """A page by its number in the file, whatever document it belongs to. It never changes."""
    with db.read(actor.scope) as session:
        page = documents.get_sheet(session, _find_origin(session, id), number)
        key = page_image_key(page.client_id, page.folder, page.sheet)
    return serve(request, page.id, get_object(storage, key), media_type="image/jpeg")


@router.get(
    "/v1/documents/{id}/sheets/{number}/thumbnail",
    operation_id="getSheetThumbnail",
    summary="Get a small image of a page of the uploaded file",
    response_class=Response,
    responses={
        **binary("image/jpeg", "The upright page, small", "(bytes of a JPEG image)"),
        **errors(NotFound, ObjectLost),
    },
)
def get_sheet_thumbnail(
    id: Id, number: Number, request: Request, actor: Anyone, db: Db, storage: Store
) -> Response:
    """Made for files that people sort; the others have none. It never changes."""
    with db.read(actor.scope) as session:
        page = documents.get_sheet(session, _find_origin(session, id), number)
        key = page_thumbnail_key(page.client_id, page.folder, page.sheet)
    if not storage.exists(key):
        raise NotFound("This page has no small image: get its image.")
    tag = f"{page.id}-small"
    return serve(request, tag, get_object(storage, key), media_type="image/jpeg")
