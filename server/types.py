"""Document types."""

from __future__ import annotations

from fastapi import APIRouter

from extractors.types import TYPES
from models.doctype import DocumentType
from models.errors import NotFound
from server.auth import Anyone
from server.deps import Id
from server.problems import answer, errors
from server.schemas import Listing, listing

router = APIRouter(tags=["types"])

TYPE = {
    "name": "receipt",
    "version": 1,
    "label": {"it": "Scontrino", "en": "Receipt"},
    "fields": [
        {
            "name": "total",
            "kind": "amount",
            "label": {"it": "Totale", "en": "Total"},
            "required": True,
            "threshold": 0.9,
            "max_length": 200,
            "pattern": None,
            "allowed": None,
        }
    ],
    "lines": [],
    "rules": [],
}


@router.get(
    "/v1/types",
    operation_id="listTypes",
    summary="List document types",
    responses={**answer(listing(TYPE)), **errors()},
)
async def list_types(actor: Anyone) -> Listing[DocumentType]:
    """What can be read: fields, line items and rules of each type."""
    return Listing(items=list(TYPES.values()))


@router.get(
    "/v1/types/{name}",
    operation_id="getType",
    summary="Get a document type",
    responses={**answer(TYPE), **errors(NotFound)},
)
async def get_type(name: Id, actor: Anyone) -> DocumentType:
    return find_type(name)


def find_type(name: str) -> DocumentType:
    """The document type called `name`; NotFound when there is none."""
    if name not in TYPES:
        raise NotFound(f"There is no document type {name}: {', '.join(TYPES)}.")
    return TYPES[name]
