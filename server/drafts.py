"""Document types while people write them: checked before they are kept, as YAML, and in use."""

from __future__ import annotations

from typing import Any

import yaml
from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, Field

from extractors.types import TYPES
from models import types
from models.doctype import DocumentType
from models.errors import InvalidRequest, NotFound, RequestTooLarge
from server.auth import Anyone, Sender, choose_client
from server.definitions import read_definition
from server.deps import Db, Id
from server.problems import answer, errors
from server.types import (
    BODY,
    YAML_EXAMPLE,
    Body,
    ClientId,
    check_needs,
    media_type,
    unknown_type,
)

router = APIRouter(tags=["types"])


class TypeFault(BaseModel):
    """What is wrong with a type, and where."""

    field: str = Field(description="The path into the type.", examples=["rules.1.check"])
    message: str


class TypeCheck(BaseModel):
    """What `createType` would say."""

    errors: list[TypeFault] = Field(description="Empty: the type can be used.")
    definition: dict[str, Any] | None = Field(
        description="The type with all that was left out; null when it has errors."
    )


class VersionUse(BaseModel):
    version: int
    batches: int = Field(description="That are not released yet.")


class TypeUse(BaseModel):
    """Batches under way with a client's own type, by its versions, newest first."""

    versions: list[VersionUse]


FAULT = {"field": "rules.0.check", "message": "Character 6: There is no header field opend. …"}


@router.post(
    "/v1/types/check",
    operation_id="checkType",
    summary="Check a document type without keeping it",
    openapi_extra=BODY,
    responses={
        **answer({"errors": [FAULT], "definition": None}),
        **errors(NotFound, RequestTooLarge),
    },
)
def check_type(
    request: Request, body: Body, actor: Sender, db: Db, client_id: ClientId = None
) -> TypeCheck:
    """Says what is wrong with a type, from JSON or YAML, and keeps nothing."""
    owner = choose_client(actor, client_id)
    try:
        doctype, _ = read_definition(body, media_type(request), None)
        with db.read(actor.scope) as session:
            check_needs(session, owner, doctype)
    except InvalidRequest as error:
        if "errors" not in error.extra:
            raise  # no type at all, but some other text
        found = [TypeFault(**fault) for fault in error.extra["errors"]]
        return TypeCheck(errors=found, definition=None)
    return TypeCheck(errors=[], definition=doctype.model_dump(mode="json"))


@router.get(
    "/v1/types/{name}/yaml",
    operation_id="getTypeYaml",
    summary="Get a document type as YAML",
    response_class=Response,
    responses={
        200: {
            "description": "As `createType` and `reviseType` take it.",
            "content": {"application/yaml": {"example": YAML_EXAMPLE}},
        },
        **errors(NotFound),
    },
)
def get_type_yaml(name: Id, actor: Anyone, db: Db, client_id: ClientId = None) -> Response:
    """The newest version, without what is as usual."""
    doctype = TYPES.get(name)
    if actor.client_id is not None or client_id is not None:
        with db.read(actor.scope) as session:
            row = types.find_type(session, choose_client(actor, client_id), name)
            doctype = doctype if row is None else types.to_type(row)
    if doctype is None:
        raise unknown_type(name)
    headers = {"Content-Disposition": f'attachment; filename="{name}.yaml"'}
    return Response(write_yaml(doctype), media_type="application/yaml", headers=headers)


def write_yaml(doctype: DocumentType) -> str:
    """The type as people write it: in the order of its members, without defaults."""
    data = doctype.model_dump(mode="json", exclude_defaults=True)
    return yaml.safe_dump(
        data, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100
    )


@router.get(
    "/v1/types/{name}/use",
    operation_id="getTypeUse",
    summary="Batches that use a document type",
    responses={
        **answer({"versions": [{"version": 2, "batches": 1}, {"version": 1, "batches": 3}]}),
        **errors(NotFound),
    },
)
def get_type_use(name: Id, actor: Sender, db: Db, client_id: ClientId = None) -> TypeUse:
    """How many unreleased batches keep which version of a client's own type."""
    owner = choose_client(actor, client_id)
    with db.read(actor.scope) as session:
        counts = types.count_batches(session, owner, name)
    found = [VersionUse(version=v, batches=n) for v, n in sorted(counts.items(), reverse=True)]
    return TypeUse(versions=found)
