"""Sorting: files whose documents or types the machine is not sure of, and sheets to put between."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from typing import Annotated, Any, Literal, cast

from fastapi import APIRouter, Query, Response
from pydantic import Field

from extractors.separators import make_separators
from extractors.types import TYPES
from models import batches, sorting
from models.clients import find_clients
from models.db import Transaction, midnight
from models.documents import find_documents, list_sheets
from models.errors import (
    InvalidRequest,
    NotFound,
    PreconditionRequired,
    RequestTooLarge,
    StaleWrite,
)
from models.types import types_of
from server.auth import Anyone, Keyer
from server.deps import Db, Id, Text, Version
from server.desk import Owner
from server.documents import binary
from server.files import SANDBOX, attachment
from server.problems import answer, errors
from server.schemas import BATCH_ID, CLIENT_ID, DOCUMENT_ID, SORTING_ID, In, Out, Reason, Time
from server.sheets import sheet_url

router = APIRouter(tags=["sorting"])

DOUBTS = {
    "cut": "The machine is not sure where a document begins.",
    "type": "The machine is not sure what it is.",
    "slips": "Several papers seem to lie on one page.",
}
SORTING = {
    "id": SORTING_ID,
    "version": 2,
    "status": "claimed",
    "client": {"id": CLIENT_ID, "name": "Rossi Ricambi S.r.l."},
    "batch_id": BATCH_ID,
    "document_id": DOCUMENT_ID,
    "filename": "scansione.pdf",
    "doubts": [{"code": "cut", "message": DOUBTS["cut"]}],
    "types": [{"name": "invoice", "label": {"it": "Fattura", "en": "Invoice"}}],
    "pages": [
        {
            "number": 1,
            "kind": "page",
            "cut": None,
            "reasons": [],
            "sure": True,
            "width": 1654,
            "height": 2339,
            "image": f"/v1/documents/{DOCUMENT_ID}/sheets/1/image",
            "thumbnail": f"/v1/documents/{DOCUMENT_ID}/sheets/1/thumbnail",
            "slips": [],
        },
        {
            "number": 2,
            "kind": "page",
            "cut": 0.93,
            "reasons": ["new_number", "title"],
            "sure": False,
            "width": 1654,
            "height": 2339,
            "image": f"/v1/documents/{DOCUMENT_ID}/sheets/2/image",
            "thumbnail": f"/v1/documents/{DOCUMENT_ID}/sheets/2/thumbnail",
            "slips": [],
        },
    ],
    "parts": [
        {"pages": [1], "type": "invoice", "type_score": 0.99, "sure": True, "region": None},
        {"pages": [2], "type": "invoice", "type_score": 0.97, "sure": True, "region": None},
    ],
    "dropped": [],
    "claimed_until": "2026-11-24T09:35:00.000Z",
}
STATE = {
    "id": SORTING_ID,
    "version": 2,
    "status": "done",
    "batch_id": BATCH_ID,
    "document_id": DOCUMENT_ID,
    "claimed_until": "2026-11-24T09:35:00.000Z",
}

Status = Literal["open", "claimed", "done", "cancelled"]
Share = Annotated[float, Field(ge=0, le=1)]


class TypeName(Out):
    name: str
    label: dict[str, str]


class SortPage(Out):
    """One page of the file."""

    number: int
    kind: Literal["page", "blank", "separator"]
    cut: float | None = Field(
        description="Probability that a document begins with it; null for the first."
    )
    reasons: list[str] = Field(description="The facts that say so, most telling first.")
    sure: bool = Field(description="Nobody need look at this cut, or that there is none.")
    width: int
    height: int
    image: str
    thumbnail: str
    slips: list[list[float]] = Field(
        description="Regions of papers that seem to lie on it: x0, y0, x1, y1, 0..1."
    )


class SortPart(Out):
    """One document as the machine would make it."""

    pages: list[int]
    type: str
    type_score: float
    sure: bool = Field(description="Nobody need look at its type.")
    region: list[float] | None = Field(description="It is only this part of its page.")


class SortingOut(Out):
    """One file for one person."""

    id: str
    version: int = Field(description="Send it back as `If-Match`.")
    status: Status
    client: Owner
    batch_id: str
    document_id: str
    filename: str
    doubts: list[Reason]
    types: list[TypeName] = Field(description="What a document of this batch may be.")
    pages: list[SortPage]
    parts: list[SortPart]
    dropped: list[int] = Field(description="Pages that would belong to no document.")
    claimed_until: Time | None


class SortingState(Out):
    """A sorting without what is on the screen."""

    id: str
    version: int
    status: Status
    batch_id: str
    document_id: str
    claimed_until: Time | None


class SortSummary(Out):
    open: int = Field(description="Files that nobody holds.")
    claimed: int = Field(description="Files that people hold now.")
    done_today: int = Field(description="What the caller has sorted since midnight, UTC.")


class SortClaim(In, json_schema_extra={"examples": [{"count": 2}]}):
    count: int = Field(2, ge=1, le=20, description="With those that the caller holds already.")
    batch_id: Text | None = Field(None, max_length=40, description="Only of this batch.")


class SortClaimed(Out):
    items: list[SortingOut]


class AnswerPart(In):
    """One document: pages of the file, or a region of one page."""

    pages: list[Annotated[int, Field(ge=1, le=100_000)]] = Field(min_length=1, max_length=5_000)
    type: Text = Field(max_length=60)
    region: Annotated[list[Share], Field(min_length=4, max_length=4)] | None = None


class SortAnswer(
    In,
    json_schema_extra={
        "examples": [
            {
                "parts": [
                    {"pages": [1, 2], "type": "invoice"},
                    {"pages": [4], "type": "receipt"},
                ],
                "dropped": [3],
                "seconds": 6.2,
                "keystrokes": 3,
            }
        ]
    },
):
    """Where the file's documents begin and what they are. Every page is in one part or dropped."""

    parts: list[AnswerPart] = Field(max_length=5_000)
    dropped: list[Annotated[int, Field(ge=1, le=100_000)]] = Field([], max_length=5_000)
    seconds: float = Field(0, ge=0, le=86_400, allow_inf_nan=False)
    keystrokes: int = Field(0, ge=0, le=100_000)


@router.get(
    "/v1/sorting/summary",
    operation_id="getSortingSummary",
    summary="How much there is to sort",
    responses={**answer({"open": 12, "claimed": 2, "done_today": 40}), **errors()},
)
def get_sorting_summary(actor: Keyer, db: Db) -> SortSummary:
    with db.read(actor.scope) as session:
        free, held = sorting.count_waiting(session)
        done = sorting.count_answers(session, actor.id, midnight())
        return SortSummary(open=free, claimed=held, done_today=done)


@router.post(
    "/v1/sorting/claim",
    operation_id="claimSorting",
    summary="Get files to sort",
    responses={**answer({"items": [SORTING]}), **errors(NotFound, RequestTooLarge)},
)
def claim_sorting(body: SortClaim, actor: Keyer, db: Db) -> SortClaimed:
    """Files for the caller alone, for five minutes, most urgent first. Those that it holds already
    come first. There may be none."""
    with db.write(actor.scope) as session:
        if body.batch_id is not None:
            batches.get_batch(session, body.batch_id)
        rows = sorting.claim_sortings(session, actor.id, body.count, body.batch_id)
        session.flush()
        return SortClaimed(items=show_sortings(session, rows))


def show_sortings(session: Transaction, rows: Sequence[sorting.Sorting]) -> list[SortingOut]:
    documents = find_documents(session, {row.document_id for row in rows})
    clients = find_clients(session, {row.client_id for row in rows})
    of = {batch.id: batch for batch in batches.find_batches(session, {r.batch_id for r in rows})}
    shown = []
    for row in rows:
        types = types_of(session, TYPES, of[row.batch_id])
        wanted = of[row.batch_id].document_type
        names = [wanted] if wanted in types else sorted(types)
        shown.append(
            SortingOut(
                id=row.id,
                version=row.version,
                status=cast(Status, row.status),
                client=Owner(id=row.client_id, name=clients[row.client_id].name),
                batch_id=row.batch_id,
                document_id=row.document_id,
                filename=documents[row.document_id].filename,
                doubts=[
                    Reason(code=code, message=DOUBTS.get(code, code))
                    for code in row.proposal["doubts"]
                ],
                types=[TypeName(name=name, label=types[name].label) for name in names],
                pages=_show_pages(session, row),
                parts=[SortPart(**part) for part in row.proposal["parts"]],
                dropped=sorted(int(number) for number in row.proposal["dropped"]),
                claimed_until=row.claimed_until,
            )
        )
    return shown


def _show_pages(session: Transaction, row: sorting.Sorting) -> list[SortPage]:
    sizes = {page.sheet: page for page in list_sheets(session, row.document_id)}
    slips: Mapping[str, Any] = row.proposal["slips"]
    pages = []
    for sheet in row.proposal["sheets"]:
        url = sheet_url(row.document_id, sheet["number"])
        pages.append(
            SortPage(
                **sheet,
                width=sizes[sheet["number"]].width,
                height=sizes[sheet["number"]].height,
                image=f"{url}/image",
                thumbnail=f"{url}/thumbnail",
                slips=slips.get(str(sheet["number"]), []),
            )
        )
    return pages


@router.put(
    "/v1/sorting/{id}/answer",
    operation_id="answerSorting",
    summary="Sort a file",
    responses={
        **answer(STATE),
        **errors(NotFound, StaleWrite, InvalidRequest, PreconditionRequired, RequestTooLarge),
    },
)
def answer_sorting(
    id: Id, body: SortAnswer, response: Response, actor: Keyer, version: Version, db: Db
) -> SortingState:
    """Divides the file: the uploaded document becomes the first part, the others are new documents
    of its batch. With no part at all, the document is rejected. The same answer sent twice is one.
    """
    with db.write(actor.scope) as session:
        row = sorting.get_sorting(session, id)
        [batch] = batches.find_batches(session, [row.batch_id])
        types = types_of(session, TYPES, batch)
        given = read_answer(row.proposal, body, types.keys())
        done = sorting.answer_sorting(
            session,
            id,
            actor.id,
            version,
            given,
            seconds=body.seconds,
            keystrokes=body.keystrokes,
        )
        return _show_state(done, response)


def read_answer(
    proposal: Mapping[str, Any], body: SortAnswer, types: Collection[str]
) -> dict[str, Any]:
    """The answer as it is kept; InvalidRequest when a page is left out or twice, the order is not
    the file's, or a type is none of `types`."""
    kinds = {int(sheet["number"]): str(sheet["kind"]) for sheet in proposal["sheets"]}
    unknown = {part.type for part in body.parts} - set(types)
    if unknown:
        raise InvalidRequest(f"There is no type {min(unknown)} in this batch.")
    whole = [number for part in body.parts if not part.region for number in part.pages]
    cut = [part.pages for part in body.parts if part.region]
    if any(len(pages) != 1 for pages in cut) or any(not _is_box(p.region) for p in body.parts):
        raise InvalidRequest("A region belongs to one page and has x0 < x1 and y0 < y1.")
    once = [*whole, *{pages[0] for pages in cut}, *body.dropped]
    if sorted(once) != sorted(kinds):
        raise InvalidRequest("Name every page of the file once: in a part, or as dropped.")
    order = [number for part in body.parts for number in part.pages]
    if order != sorted(order):
        raise InvalidRequest("Parts and their pages stand in the order of the file.")
    return {
        "parts": [part.model_dump(mode="json") for part in body.parts],
        "dropped": {
            str(number): "unwanted" if kinds[number] == "page" else kinds[number]
            for number in sorted(body.dropped)
        },
    }


def _is_box(region: Sequence[float] | None) -> bool:
    return region is None or (region[0] < region[2] and region[1] < region[3])


def _show_state(row: sorting.Sorting, response: Response) -> SortingState:
    response.headers["ETag"] = f'"{row.version}"'
    return SortingState.model_validate(row)


@router.post(
    "/v1/sorting/{id}/renew",
    operation_id="renewSorting",
    summary="Hold a file for longer",
    responses={
        **answer({**STATE, "status": "claimed"}),
        **errors(NotFound, StaleWrite, PreconditionRequired),
    },
)
def renew_sorting(
    id: Id, response: Response, actor: Keyer, version: Version, db: Db
) -> SortingState:
    """Five more minutes from now."""
    with db.write(actor.scope) as session:
        return _show_state(sorting.renew_claim(session, id, actor.id, version), response)


@router.post(
    "/v1/sorting/{id}/release",
    operation_id="releaseSorting",
    summary="Give a file back",
    responses={
        **answer({**STATE, "version": 3, "status": "open", "claimed_until": None}),
        **errors(NotFound, StaleWrite, PreconditionRequired),
    },
)
def release_sorting(
    id: Id, response: Response, actor: Keyer, version: Version, db: Db
) -> SortingState:
    """Skips it: whoever claims next gets it."""
    with db.write(actor.scope) as session:
        row = sorting.give_back(session, id, actor.id, version)
        session.flush()
        return _show_state(row, response)


@router.get(
    "/v1/separators.pdf",
    operation_id="getSeparators",
    summary="Print separator sheets",
    response_class=Response,
    responses={
        **binary("application/pdf", "Sheets to put between documents", "(bytes of a PDF)"),
        **errors(),
    },
)
def get_separators(
    actor: Anyone,
    count: Annotated[int, Query(ge=1, le=500, description="How many sheets.")] = 1,
    paper: Annotated[Literal["a4", "letter"], Query()] = "a4",
) -> Response:
    """A new document begins behind each sheet; they may be used again and again."""
    headers = {**SANDBOX, "Content-Disposition": attachment("separators.pdf")}
    return Response(make_separators(count, paper), media_type="application/pdf", headers=headers)
