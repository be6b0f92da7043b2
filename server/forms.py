"""Blank forms: uploaded once, drawn upon in document types."""

from __future__ import annotations

import hashlib
import io
from dataclasses import replace
from typing import Annotated

import anyio
import anyio.to_thread
from fastapi import APIRouter, Query, Request, Response
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from extractors.limits import Limits
from extractors.render import inspect, render
from extractors.sniff import ELECTRONIC
from models import forms
from models.clients import Actor
from models.db import Database
from models.errors import NotFound, ObjectLost, RequestTooLarge, UnsupportedType
from models.forms import MAX_PAGES, FormPage
from models.settings import Settings
from models.storage import Storage, form_image_key
from server.auth import Anyone, Sender, choose_client
from server.deps import Conf, Db, Id, Store, Text
from server.documents import Number, binary
from server.files import get_object, serve
from server.problems import answer, errors
from server.schemas import CLIENT_ID, TIME, Listing, Out, Time, listing
from server.spool import Spooled, naming, spool_files
from server.types import ClientId
from server.uploads import BODY as FILE_BODY
from server.uploads import PARSING
from server.uploads import PROBLEMS as FILE_PROBLEMS

router = APIRouter(tags=["forms"])

DPI = 200
QUALITY = 90
"""Of the images' JPEG: what is printed on the blank is taken away from filled ones."""

FORM_ID = "frm_01KAW3PX5T6V4M2N0QKJ5H7G9F"
FORM = {
    "id": FORM_ID,
    "client_id": CLIENT_ID,
    "filename": "domanda di adesione.pdf",
    "pages": [
        {"number": 1, "width": 1654, "height": 2339, "image": f"/v1/forms/{FORM_ID}/pages/1/image"}
    ],
    "created_at": TIME,
}
BODY = {
    "requestBody": {
        "required": True,
        "description": "One file: its bytes, or a form with one part called `file`. PDF, TIFF, "
        f"JPEG, PNG, WebP or HEIC with up to {MAX_PAGES} pages. Scan it straight, or export it.",
        "content": FILE_BODY["requestBody"]["content"],
    }
}


class FormPageOut(Out):
    number: int
    width: int = Field(description="Pixels.")
    height: int
    image: str = Field(description="Address of the page's image, a JPEG.")


class FormOut(Out):
    """A blank form, for `form.blank` of a document type."""

    id: str
    client_id: str
    filename: str
    pages: list[FormPageOut]
    created_at: Time


def show_form(row: forms.BlankForm) -> FormOut:
    pages = [
        FormPageOut(
            number=page.number,
            width=page.width,
            height=page.height,
            image=f"/v1/forms/{row.id}/pages/{page.number}/image",
        )
        for page in forms.pages_of(row)
    ]
    return FormOut(
        id=row.id,
        client_id=row.client_id,
        filename=row.filename,
        pages=pages,
        created_at=row.created_at,
    )


@router.post(
    "/v1/forms",
    operation_id="createForm",
    summary="Upload a blank form",
    status_code=201,
    openapi_extra=BODY,
    responses={**answer(FORM, 201), **errors(*FILE_PROBLEMS)},
)
async def create_form(
    request: Request,
    response: Response,
    actor: Sender,
    db: Db,
    storage: Store,
    settings: Conf,
    client_id: ClientId = None,
    filename: Annotated[
        Text | None, Query(max_length=1000, description="Name of a file that is the whole body.")
    ] = None,
) -> FormOut:
    """Takes the form as it is before anybody writes on it, renders its pages and keeps them. Types
    that name it in `form` say where on it each field stands."""
    owner = choose_client(actor, client_id)
    await run_in_threadpool(_require_room, db, actor.scope, owner)
    async with spool_files(request, settings, filename) as files:
        if len(files) > 1:
            raise RequestTooLarge("A blank form is one file: send one at a time.")
        with naming(files[0].filename):
            images = await anyio.to_thread.run_sync(_render, files[0], settings, limiter=PARSING)
        pages = await run_in_threadpool(_store, storage, owner, images)
        made = await run_in_threadpool(_record, db, actor, owner, files[0].filename, pages)
    response.headers["Location"] = f"/v1/forms/{made.id}"
    return made


def _require_room(db: Database, scope: str, client_id: str) -> None:
    with db.read(scope) as session:
        forms.require_room(session, client_id)


def _render(file: Spooled, settings: Settings) -> list[tuple[FormPage, bytes]]:
    """The pages as the limited process renders them, each with its JPEG."""
    if file.media_type in ELECTRONIC:
        raise UnsupportedType("A blank form is a PDF or an image: scan it or export it again.")
    limits = replace(Limits(**settings.file_limits), max_pages=MAX_PAGES, dpi=DPI)
    count = inspect(file.path, limits).pages
    from PIL import Image  # loaded when a form comes, which is seldom

    made = []
    for raw in render(file.path, file.media_type, 1, count, limits):
        out = io.BytesIO()
        Image.fromarray(raw.image).save(out, "JPEG", quality=QUALITY, subsampling=0)
        height, width = raw.image.shape[:2]
        sha256 = hashlib.sha256(out.getvalue()).hexdigest()
        made.append((FormPage(raw.number, width, height, sha256), out.getvalue()))
    return made


def _store(
    storage: Storage, client_id: str, images: list[tuple[FormPage, bytes]]
) -> list[FormPage]:
    for page, image in images:
        storage.put_bytes(form_image_key(client_id, page.sha256), image, "image/jpeg")
    return [page for page, _ in images]


def _record(
    db: Database, actor: Actor, client_id: str, name: str, pages: list[FormPage]
) -> FormOut:
    with db.write(actor.scope) as session:
        return show_form(forms.add_form(session, client_id, name, pages, actor=actor.id))


@router.get(
    "/v1/forms",
    operation_id="listForms",
    summary="List blank forms",
    responses={**answer(listing(FORM)), **errors(NotFound)},
)
def list_forms(actor: Anyone, db: Db, client_id: ClientId = None) -> Listing[FormOut]:
    """A client's blanks; staff say whose with `client_id`."""
    owner = choose_client(actor, client_id)
    with db.read(actor.scope) as session:
        return Listing(items=[show_form(row) for row in forms.list_forms(session, owner)])


@router.get(
    "/v1/forms/{id}",
    operation_id="getForm",
    summary="Get a blank form",
    responses={**answer(FORM), **errors(NotFound)},
)
def get_form(id: Id, actor: Anyone, db: Db) -> FormOut:
    with db.read(actor.scope) as session:
        return show_form(forms.get_form(session, id))


@router.get(
    "/v1/forms/{id}/pages/{number}/image",
    operation_id="getFormImage",
    summary="Get the image of a blank form's page",
    response_class=Response,
    responses={
        **binary("image/jpeg", "The page as rendered", "(bytes of a JPEG image)"),
        **errors(NotFound, ObjectLost),
    },
)
def get_image(
    id: Id, number: Number, request: Request, actor: Anyone, db: Db, storage: Store
) -> Response:
    """What the boxes of zones refer to. It never changes."""
    with db.read(actor.scope) as session:
        row = forms.get_form(session, id)
        pages = {page.number: page for page in forms.pages_of(row)}
        client_id = row.client_id
    if number not in pages:
        raise NotFound(f"{id} has no page {number}.")
    sha256 = pages[number].sha256
    load = get_object(storage, form_image_key(client_id, sha256))
    return serve(request, sha256, load, media_type="image/jpeg")
