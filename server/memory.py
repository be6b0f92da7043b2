"""What is remembered of a client's suppliers, and forgetting it."""

from __future__ import annotations

from fastapi import APIRouter, Response
from pydantic import Field

from extractors import wordings
from models import memory
from models.errors import NotFound
from server.auth import Anyone, Sender, choose_client
from server.deps import Db, Id, Page
from server.problems import answer, errors
from server.schemas import CLIENT_ID, TIME, Listing, Out, Time, listing
from server.types import ClientId

router = APIRouter(tags=["memory"])

MEMORY_ID = "mem_01KAW3S2D4F6G8H0J2K4M6N8P0"
MEMORY = {
    "id": MEMORY_ID,
    "client_id": CLIENT_ID,
    "type": "invoice",
    "supplier": "Officine Bellariva S.r.l.",
    "documents": 14,
    "right": 171,
    "wrong": 2,
    "created_at": TIME,
    "learned_at": TIME,
}


class MemoryOut(Out):
    """One layout of one supplier, as far as the client's verified documents show it."""

    id: str
    client_id: str
    type: str = Field(description="Document type.")
    supplier: str = Field(description="As its documents name it; empty when they do not.")
    documents: int = Field(description="How many verified documents it was learned from.")
    right: int = Field(description="Values of the newest of them that it had said right before.")
    wrong: int = Field(description="Values that it had said wrong; too many, and it begins anew.")
    created_at: Time
    learned_at: Time = Field(description="When the last document was learned from.")


@router.get(
    "/v1/memory",
    operation_id="listMemory",
    summary="List what is remembered",
    responses={**answer(listing(MEMORY)), **errors(NotFound)},
)
def list_memory(
    actor: Anyone, page: Page, db: Db, client_id: ClientId = None
) -> Listing[MemoryOut]:
    """A client's suppliers and their layouts; staff say whose with `client_id`."""
    owner = choose_client(actor, client_id)
    with db.read(actor.scope) as session:
        found = memory.list_memories(session, owner, after=page.after, limit=page.fetch)
        rows, following = page.cut(found)
        return Listing(items=[MemoryOut.model_validate(row) for row in rows], next=following)


@router.delete(
    "/v1/memory/{id}",
    operation_id="forgetMemory",
    summary="Forget a supplier's layout",
    status_code=204,
    responses={204: {"description": "It is forgotten."}, **errors(NotFound)},
)
def forget_memory(id: Id, actor: Sender, db: Db) -> Response:
    """With all that was learned from its documents. The documents stay; those that become final
    from now on are learned from again."""
    with db.write(actor.scope) as session:
        gone = memory.forget(session, id, actor=actor.id)
        held = memory.count_lessons(session, gone.client_id, gone.type)
        said = memory.list_wordings(session, gone.client_id, gone.type)
        made = {**wordings.to_dict(wordings.make_wordings(said)), "held": held}
        memory.save_wordings(session, gone.client_id, gone.type, made)
    return Response(status_code=204)
