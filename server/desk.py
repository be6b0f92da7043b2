"""What an operator gets to see of a task: everything for the screen, in few queries for many."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Literal, cast

from pydantic import Field as Described

from extractors.forms.doubts import ZONE_DOUBTS
from extractors.types import TYPES
from extractors.validate import check, check_rules
from models.clients import find_clients
from models.db import Transaction
from models.doctype import DocumentType, FieldSpec
from models.documents import Document, find_documents, find_pages
from models.errors import NotFound
from models.fields import Field, list_fields_of
from models.keying import Task
from models.types import types_by_document
from server.documents import page_url
from server.schemas import BATCH_ID, CLIENT_ID, DOCUMENT_ID, FIELD_ID, TASK_ID, Out, Reason, Time

DOUBTS = {
    "low_score": "The machine is not sure: compare the value with the page.",
    "missing": "Nothing was found: key it if it is on the page.",
    "required": "This field needs a value: key it.",
    "differs_from_print": "The electronic invoice says this, but the page seems to say {printed}: "
    "key what is right, or ask.",
    "not_in_reference": "This is not in the client's list: compare the value with the page.",
    "iban_changed": "This supplier had another bank account so far: make sure that this one is "
    "right, since a changed account may be fraud.",
    "duplicate": "This paper seems to have come before, as {printed}: compare the value; if it is "
    "the same paper, a supervisor rejects it.",
    "opinion": "A second opinion reads {printed} here: compare both with the page.",
    **ZONE_DOUBTS,
}
PROPOSING = {"opinion", "differs_from_print"}
CHECK = "Compare the value with the page."

TASK = {
    "id": TASK_ID,
    "version": 3,
    "status": "claimed",
    "mode": "confirm",
    "client": {"id": CLIENT_ID, "name": "Rossi Ricambi S.r.l."},
    "batch_id": BATCH_ID,
    "document_id": DOCUMENT_ID,
    "document_type": "invoice",
    "filename": "fattura 117.pdf",
    "page": 1,
    "pages": 2,
    "box": [0.84, 0.82, 0.93, 0.84],
    "image": f"/v1/documents/{DOCUMENT_ID}/pages/1/image",
    "image_width": 1654,
    "image_height": 2339,
    "field": {
        "id": FIELD_ID,
        "name": "gross_total",
        "line": None,
        "label": {"it": "Totale fattura", "en": "Total"},
        "kind": "amount",
        "required": True,
        "max_length": 200,
    },
    "value": "1234.50",
    "raw": "1.234,50",
    "score": 0.83,
    "problems": [{"code": "low_score", "message": DOUBTS["low_score"]}],
    "alternatives": [],
    "claimed_until": "2026-11-24T09:35:00.000Z",
    "siblings": [
        {"name": "net_total", "line": None, "value": "1011.89", "status": "final"},
        {"name": "vat_total", "line": None, "value": "222.61", "status": "final"},
    ],
}


Status = Literal["open", "claimed", "done", "cancelled"]


class Owner(Out):
    id: str
    name: str


class TaskField(Out):
    """The field to key, with what its document type says of it."""

    id: str
    name: str
    line: int | None
    label: dict[str, str]
    kind: str
    required: bool
    max_length: int


class Sibling(Out):
    """Another field of the same document, for context."""

    name: str
    line: int | None
    value: str | None
    status: Literal["keying", "final"]


class TaskOut(Out):
    """One field for one person."""

    id: str
    version: int = Described(description="Send it back as `If-Match`.")
    status: Status
    mode: Literal["confirm"]
    client: Owner
    batch_id: str
    document_id: str
    document_type: str
    filename: str
    page: int | None = Described(description="Where the value stands; null when not known.")
    pages: int
    box: list[float] | None
    image: str = Described(description="The page's image; the first page when not known.")
    image_width: int
    image_height: int
    field: TaskField
    value: str | None
    raw: str | None
    score: float | None
    problems: list[Reason] = Described(description="Why a person should look.")
    alternatives: list[str] = Described(
        description="Other values that were proposed: by a second opinion, or by the page where an "
        "electronic invoice says something else. None of them was believed."
    )
    claimed_until: Time | None
    siblings: list[Sibling] = Described(
        description="The other header fields and, for a line item, those of its line."
    )


def show_tasks(session: Transaction, tasks: Sequence[Task]) -> list[TaskOut]:
    """Tasks in the given order; six queries at most, however many there are."""
    documents = find_documents(session, {task.document_id for task in tasks})
    clients = find_clients(session, {task.client_id for task in tasks})
    rows: dict[str, list[Field]] = {document_id: [] for document_id in documents}
    for field in list_fields_of(session, documents):
        rows[field.document_id].append(field)
    by_id = {field.id: field for fields in rows.values() for field in fields}
    shown = {by_id[task.field_id].page or 1 for task in tasks if task.field_id in by_id}
    sizes = {
        place: (page.width, page.height)
        for place, page in find_pages(session, documents, shown).items()
    }
    types = types_by_document(session, TYPES, documents.values())
    reasons = {key: _failed_rules(types.get(key), fields) for key, fields in rows.items()}
    return [
        _show_task(
            task,
            documents[task.document_id],
            types.get(task.document_id),
            by_id[task.field_id],
            rows[task.document_id],
            Owner(id=task.client_id, name=clients[task.client_id].name),
            sizes,
            reasons[task.document_id],
        )
        for task in tasks
        # A document that starts anew drops its fields; their tasks are about to be cancelled.
        if task.document_id in documents and task.field_id in by_id
    ]


def _show_task(
    task: Task,
    document: Document,
    doctype: DocumentType | None,
    field: Field,
    fields: Sequence[Field],
    owner: Owner,
    sizes: Mapping[tuple[str, int], tuple[int, int]],
    failed: Mapping[str, str],
) -> TaskOut:
    spec = find_spec(doctype, field.name, field.line)
    shown = field.page or 1
    width, height = sizes.get((document.id, shown), (0, 0))
    return TaskOut(
        id=task.id,
        version=task.version,
        status=cast(Status, task.status),
        mode="confirm",
        client=owner,
        batch_id=task.batch_id,
        document_id=document.id,
        document_type=document.type or "",
        filename=document.filename,
        page=field.page,
        pages=document.pages or 1,
        box=field.box,
        image=f"{page_url(document.id, shown)}/image",
        image_width=width,
        image_height=height,
        field=TaskField(
            id=field.id,
            name=field.name,
            line=field.line,
            label=spec.label,
            kind=spec.kind,
            required=spec.required,
            max_length=spec.max_length,
        ),
        value=field.value,
        raw=field.raw,
        score=field.score,
        problems=explain(task.doubts, spec, field.value, failed),
        alternatives=find_alternatives(task.doubts),
        claimed_until=task.claimed_until,
        siblings=[
            Sibling.model_validate(other)
            for other in fields
            if other.id != field.id and other.line in (None, field.line)
        ],
    )


def find_spec(doctype: DocumentType | None, name: str, line: int | None) -> FieldSpec:
    """What the document type says of a field; plain text for one that it no longer has."""
    try:
        return require_spec(doctype, name, line)
    except NotFound:
        return FieldSpec.model_construct(
            name=name, kind="text", label={"en": name}, required=False, max_length=4000
        )


def require_spec(doctype: DocumentType | None, name: str, line: int | None) -> FieldSpec:
    """What the document type says of a field; NotFound when it has no such field or line cell."""
    try:
        if doctype is not None:
            return doctype.spec(name, in_line=line is not None)
    except KeyError:
        pass
    where = "line items" if line is not None else "header"
    kind = doctype.name if doctype else "this type"
    raise NotFound(f"There is no field {name} in the {where} of {kind}.")


def explain(
    codes: Sequence[str], spec: FieldSpec, value: str | None, failed: Mapping[str, str]
) -> list[Reason]:
    """Each doubt in words: by the failed rule or check itself where it still fails."""
    messages = {**DOUBTS, **failed}
    if value is not None:
        messages |= {problem.code: problem.message for problem in check(spec, value).problems}
    reasons = []
    for doubt in codes:
        code, _, printed = doubt.partition(":")  # what the page says, where the data differ
        message = messages.get(code, CHECK)
        reasons.append(Reason(code=code, message=message.replace("{printed}", printed)))
    return reasons


def find_alternatives(doubts: Sequence[str]) -> list[str]:
    """The values that doubts bring along."""
    pairs = [doubt.partition(":") for doubt in doubts]
    return [
        value for code, _, value in pairs if code in ("opinion", "differs_from_print") and value
    ]


def _failed_rules(doctype: DocumentType | None, fields: Sequence[Field]) -> dict[str, str]:
    """What each rule that the document breaks says, by the rule's name."""
    if doctype is None:
        return {}
    header = {field.name: field.value for field in fields if field.line is None}
    failures = check_rules(doctype, header, _lines(fields))
    return {failure.rule: failure.message for failure in failures}


def _lines(fields: Sequence[Field]) -> list[dict[str, str | None]]:
    lines: dict[int, dict[str, str | None]] = {}
    for field in fields:
        if field.line is not None:
            lines.setdefault(field.line, {})[field.name] = field.value
    return [lines[number] for number in sorted(lines)]
