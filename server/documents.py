"""Documents: their state, original, pages and fields."""

from __future__ import annotations

import json
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Path, Query, Request, Response
from pydantic import Field

from models import documents, fields, keying, sorting
from models.batches import get_batch
from models.db import Database, Transaction
from models.errors import Conflict, NotFound, NotReady, ObjectLost, RequestTooLarge
from models.storage import (
    original_key,
    page_image_key,
    page_words_key,
    searchable_key,
)
from server.auth import Anyone, Control
from server.deps import Db, Id, Page, Store, Text
from server.files import FOREVER, SANDBOX, get_object, serve, stream_object
from server.problems import Responses, answer, errors
from server.schemas import (
    BATCH_ID,
    CLIENT_ID,
    DOCUMENT_ID,
    FIELD_ID,
    SHA256,
    TIME,
    In,
    Listing,
    Out,
    Time,
    listing,
)

router = APIRouter(tags=["documents"])

Status = Literal[
    "received", "reading", "sorting", "extracting", "keying", "final", "failed", "quarantined",
    "rejected",
]  # fmt: skip
# Until its file is divided, a page may still become another document's.
UNDIVIDED = ("received", "reading", "sorting")
UNSURE = {"Cache-Control": "private, no-cache"}

DOCUMENT = {
    "id": DOCUMENT_ID,
    "batch_id": BATCH_ID,
    "client_id": CLIENT_ID,
    "filename": "fattura 117.pdf",
    "type": "invoice",
    "type_score": 0.98,
    "language": "it",
    "status": "keying",
    "problem": None,
    "duplicate_of": None,
    "origin": None,
    "searchable": {"sha256": SHA256, "size": 190455, "standard": "PDF/A-2B"},
    "pages": 2,
    "sha256": SHA256,
    "size": 183402,
    "media_type": "application/pdf",
    "created_at": TIME,
}
PAGE = {
    "number": 1,
    "width": 1654,
    "height": 2339,
    "source": "ocr",
    "rotation": 0,
    "skew": -0.4,
    "blank": False,
    "sheet": 1,
    "image": f"/v1/documents/{DOCUMENT_ID}/pages/1/image",
    "words": f"/v1/documents/{DOCUMENT_ID}/pages/1/words",
}
WORDS = {
    "number": 1,
    "width": 1654,
    "height": 2339,
    "source": "ocr",
    "rotation": 0,
    "skew": -0.4,
    "blank": False,
    "lines": [
        {
            "text": "Totale 1.234,50",
            "box": [0.61, 0.82, 0.93, 0.84],
            "score": 0.99,
            "words": [
                {"text": "Totale", "box": [0.61, 0.82, 0.69, 0.84], "score": 0.99},
                {"text": "1.234,50", "box": [0.84, 0.82, 0.93, 0.84], "score": 0.98},
            ],
        }
    ],
    "barcodes": [
        {"text": "8001234567891", "format": "EAN-13", "box": [0.1, 0.91, 0.28, 0.95]},
    ],
}
FIELD = {
    "id": FIELD_ID,
    "name": "gross_total",
    "line": None,
    "value": "1234.50",
    "raw": "1.234,50",
    "score": 0.83,
    "source": "machine",
    "page": 1,
    "box": [0.84, 0.82, 0.93, 0.84],
    "status": "keying",
    "problems": [],
    "version": 1,
}


class DocumentProblem(Out):
    code: str
    detail: str


class Searchable(Out):
    """The searchable PDF, once it is made."""

    sha256: str
    size: int
    standard: str | None = Field(description="`PDF/A-2B` or `PDF/A-3B`; null: a plain PDF.")


class Origin(Out):
    """Where in an uploaded file the document is: it is one of several in it, or some of the file's
    pages belong to none."""

    document_id: str = Field(description="The document that was uploaded: the first part.")
    part: int
    parts: int
    first_page: int = Field(description="In the file, from 1.")
    last_page: int
    region: list[float] | None = Field(
        description="x0, y0, x1, y1, 0..1: it was cut out of one page on which several lay."
    )


class Document(Out):
    """One paper."""

    id: str
    batch_id: str
    client_id: str
    filename: str
    type: str | None = Field(description="Document type, once it is known.")
    type_score: float | None
    language: str | None
    status: Status
    problem: DocumentProblem | None = Field(description="Why it failed, waits or was rejected.")
    duplicate_of: str | None = Field(
        description="The client's earlier document with the same bytes, or with the same values "
        "in the fields that its type says mean one paper."
    )
    origin: Origin | None
    searchable: Searchable | None
    pages: int | None
    sha256: str
    size: int
    media_type: str
    created_at: Time


class PageOut(Out):
    """A page that was read. Boxes refer to its upright image."""

    number: int
    width: int = Field(description="Pixels of the upright image.")
    height: int
    source: Literal["ocr", "native"] = Field(
        description="`native`: the text came with the file, nothing was recognised."
    )
    rotation: int = Field(description="Clockwise degrees that made the page upright.")
    skew: float = Field(description="Degrees by which the scan was straightened.")
    blank: bool = Field(description="The page shows nothing, but for some dust.")
    sheet: int = Field(description="Its number in the uploaded file.")
    image: str
    words: str


class FieldOut(Out):
    """One value of a document."""

    id: str
    name: str
    line: int | None = Field(description="Number of the line item from 0; null: header field.")
    value: str | None = Field(description="Normalised; null: not on the document.")
    raw: str | None = Field(description="As printed, or as keyed.")
    score: float | None = Field(description="Probability that the machine's value is right.")
    source: Literal["machine", "person"]
    page: int | None
    box: list[float] | None = Field(description="x0, y0, x1, y1 on the page, 0..1.")
    status: Literal["keying", "final"]
    problems: list[str] = Field(description="Codes of the checks that the value does not pass.")
    version: int


class Rejection(
    In, json_schema_extra={"examples": [{"reason": "A delivery note, not an invoice."}]}
):
    reason: Text = Field(min_length=1, max_length=1000)


def show_document(row: documents.Document) -> Document:
    code = row.problem_code
    trouble = None if code is None else DocumentProblem(code=code, detail=row.problem or "")
    names = Document.model_fields.keys() - {"problem", "searchable", "origin"}
    values = {name: getattr(row, name) for name in names}
    return Document(
        **values, problem=trouble, searchable=_show_searchable(row), origin=_show_origin(row)
    )


def _show_origin(row: documents.Document) -> Origin | None:
    if row.origin_id is None:
        return None
    names = Origin.model_fields.keys() - {"document_id"}
    return Origin(document_id=row.origin_id, **{name: getattr(row, name) for name in names})


def _show_searchable(row: documents.Document) -> Searchable | None:
    if row.searchable_sha256 is None or row.searchable_size is None:
        return None
    return Searchable(
        sha256=row.searchable_sha256,
        size=row.searchable_size,
        standard=row.searchable_standard,
    )


def show_field(row: fields.Field) -> FieldOut:
    names = FieldOut.model_fields.keys() - {"problems"}
    return FieldOut(**{name: getattr(row, name) for name in names}, problems=row.checks)


@router.get(
    "/v1/documents",
    operation_id="listDocuments",
    summary="List documents",
    responses={**answer(listing(DOCUMENT)), **errors(NotFound)},
)
def list_documents(
    actor: Anyone,
    page: Page,
    db: Db,
    batch_id: Annotated[Text | None, Query(max_length=40)] = None,
    status: Annotated[Status | None, Query()] = None,
) -> Listing[Document]:
    """In the order of their upload."""
    with db.read(actor.scope) as session:
        if batch_id is not None:
            get_batch(session, batch_id)
        rows, following = page.cut(
            documents.list_documents(
                session, batch_id=batch_id, status=status, after=page.after, limit=page.fetch
            )
        )
        return Listing(items=[show_document(row) for row in rows], next=following)


@router.get(
    "/v1/documents/{id}",
    operation_id="getDocument",
    summary="Get a document",
    responses={**answer(DOCUMENT), **errors(NotFound)},
)
def get_document(id: Id, actor: Anyone, db: Db) -> Document:
    with db.read(actor.scope) as session:
        return show_document(documents.get_document(session, id))


def binary(media_type: str, description: str, example: str) -> Responses:
    """OpenAPI `responses` for bytes."""
    schema = {"type": "string", "contentMediaType": media_type}
    content = {media_type: {"schema": schema, "example": example}}
    return {
        200: {"description": description, "content": content},
        304: {"description": "The caller has it already (If-None-Match)."},
    }


@router.get(
    "/v1/documents/{id}/original",
    operation_id="getOriginal",
    summary="Download the original",
    response_class=Response,
    responses={
        **binary("application/octet-stream", "The bytes as uploaded", "(bytes of the file)"),
        **errors(NotFound, ObjectLost),
    },
)
def get_original(id: Id, request: Request, actor: Anyone, db: Db, storage: Store) -> Response:
    """The file as it was uploaded: all of it, also for one of several documents in it, whose
    `origin` says which pages are its own. Never show it inside a page of your own."""
    with db.read(actor.scope) as session:
        row = documents.get_document(session, id)
    return serve(
        request,
        row.sha256,
        stream_object(storage, original_key(row.client_id, row.sha256)),
        media_type=row.media_type,
        size=row.size,
        name=row.filename,
        headers={**SANDBOX, **FOREVER},
    )


@router.get(
    "/v1/documents/{id}/searchable.pdf",
    operation_id="getSearchable",
    summary="Download the searchable PDF",
    response_class=Response,
    responses={
        **binary("application/pdf", "The pages with their words", "(bytes of a PDF)"),
        **errors(NotFound, NotReady, ObjectLost),
    },
)
def get_searchable(id: Id, request: Request, actor: Anyone, db: Db, storage: Store) -> Response:
    """The original's pages as a PDF, with the words that were read as invisible text in their
    places: a PDF/A where the original allows it. While it is being made: 409 `not_ready`, and
    asking makes it urgent."""
    with db.read(actor.scope) as session:
        row = documents.get_document(session, id)
        made = _show_searchable(row)
        key, name = searchable_key(row.client_id, row.id), row.filename
    if made is None:
        raise _missing_searchable(db, actor.scope, id)
    stem = name.rpartition(".")[0] or name
    return serve(
        request,
        made.sha256,
        stream_object(storage, key),
        media_type="application/pdf",
        size=made.size,
        name=f"{stem}.searchable.pdf",
        headers={**SANDBOX, "Cache-Control": "private, no-cache"},
    )


def _missing_searchable(db: Database, scope: str, document_id: str) -> NotReady | NotFound:
    with db.write(scope) as session:
        coming = documents.hurry_searchable(session, document_id)
    if coming:
        return NotReady("The searchable PDF is being made: ask again in some seconds.")
    return NotFound("This document has no searchable PDF: download its original.")


@router.post(
    "/v1/documents/{id}/retry",
    operation_id="retryDocument",
    summary="Read a document again",
    responses={**answer({**DOCUMENT, "status": "received"}), **errors(NotFound, Conflict)},
)
def retry_document(id: Id, actor: Control, db: Db) -> Document:
    """Starts a failed or quarantined document anew; pages that were read are kept."""
    with db.write(actor.scope) as session:
        document = documents.retry_document(session, id, actor=actor.id)
        keying.cancel_tasks(session, id)
        sorting.cancel_sorting(session, id)
        return show_document(document)


@router.post(
    "/v1/documents/{id}/reject",
    operation_id="rejectDocument",
    summary="Reject a document",
    responses={
        **answer(
            {
                **DOCUMENT,
                "status": "rejected",
                "problem": {"code": "rejected", "detail": "A delivery note, not an invoice."},
            }
        ),
        **errors(NotFound, Conflict, RequestTooLarge),
    },
)
def reject_document(id: Id, body: Rejection, actor: Control, db: Db) -> Document:
    """Gives a document up: its batch is released without it, and the manifest says why."""
    with db.write(actor.scope) as session:
        document = documents.reject_document(session, id, body.reason, actor=actor.id)
        keying.cancel_tasks(session, id)
        sorting.cancel_sorting(session, id)
        return show_document(document)


@router.get(
    "/v1/documents/{id}/pages",
    operation_id="listPages",
    summary="List pages",
    responses={**answer(listing(PAGE)), **errors(NotFound)},
)
def list_pages(id: Id, actor: Anyone, db: Db) -> Listing[PageOut]:
    """The pages that were read so far."""
    with db.read(actor.scope) as session:
        documents.get_document(session, id)
        return Listing(items=[_show_page(row) for row in documents.list_pages(session, id)])


def _show_page(row: documents.PageRow) -> PageOut:
    url = page_url(row.document_id or "", row.number)
    values: dict[str, Any] = {name: getattr(row, name, None) for name in PageOut.model_fields}
    return PageOut(**{**values, "image": f"{url}/image", "words": f"{url}/words"})


def page_url(document_id: str, number: int) -> str:
    return f"/v1/documents/{document_id}/pages/{number}"


Number = Annotated[int, Path(ge=1, le=100_000, description="Page, from 1.", examples=[1])]


@router.get(
    "/v1/documents/{id}/pages/{number}/image",
    operation_id="getPageImage",
    summary="Get a page's image",
    response_class=Response,
    responses={
        **binary("image/jpeg", "The upright page", "(bytes of a JPEG image)"),
        **errors(NotFound, ObjectLost),
    },
)
def get_image(
    id: Id, number: Number, request: Request, actor: Anyone, db: Db, storage: Store
) -> Response:
    """The page as it was read: upright and straight. It never changes, once it is known whether
    the file is several documents."""
    with db.read(actor.scope) as session:
        page, kept = _find_page(session, id, number)
        key = page_image_key(page.client_id, page.folder, page.sheet)
    tag = f"{page.id}-{number}"
    return serve(request, tag, get_object(storage, key), media_type="image/jpeg", headers=kept)


def _find_page(
    session: Transaction, document_id: str, number: int
) -> tuple[documents.PageRow, dict[str, str]]:
    """The page, and headers that keep it for ever unless it may still become another document's."""
    page = documents.get_page(session, document_id, number)
    status = documents.get_document(session, document_id).status
    return page, UNSURE if status in UNDIVIDED else FOREVER


@router.get(
    "/v1/documents/{id}/pages/{number}/words",
    operation_id="getPageWords",
    summary="Get a page's words",
    response_class=Response,
    responses={
        **answer(WORDS, description="Lines and words, with boxes (0..1) and scores"),
        304: {"description": "The caller has it already (If-None-Match)."},
        **errors(NotFound, ObjectLost),
    },
)
def get_words(
    id: Id, number: Number, request: Request, actor: Anyone, db: Db, storage: Store
) -> Response:
    """The text of a page with its places."""
    with db.read(actor.scope) as session:
        page, kept = _find_page(session, id, number)
        key = page_words_key(page.client_id, page.folder, page.sheet)
    load = get_object(storage, key)

    def renumber() -> bytes:
        # It is kept with its number in the file.
        return json.dumps({**json.loads(load()), "number": number}, ensure_ascii=False).encode()

    body = load if page.sheet == number else renumber
    tag = f"{page.id}-{number}"
    return serve(request, tag, body, media_type="application/json", headers=kept)


@router.get(
    "/v1/documents/{id}/fields",
    operation_id="listFields",
    summary="List fields",
    responses={**answer(listing(FIELD)), **errors(NotFound)},
)
def list_fields(id: Id, actor: Anyone, db: Db) -> Listing[FieldOut]:
    """All fields in one answer: the header, then line by line."""
    with db.read(actor.scope) as session:
        documents.get_document(session, id)
        return Listing(items=[show_field(row) for row in fields.list_fields(session, id)])
