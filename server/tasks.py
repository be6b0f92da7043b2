"""Keying: operators claim tasks, key them, or give them back."""

from __future__ import annotations

from dataclasses import replace

from fastapi import APIRouter, Response
from pydantic import Field

from extractors.references import check_reference
from extractors.types import TYPES
from extractors.validate import Checked, check
from models import batches, documents, fields, keying
from models.db import Transaction, midnight
from models.doctype import FieldSpec
from models.errors import (
    InvalidValue,
    NotFound,
    PreconditionRequired,
    RequestTooLarge,
    StaleWrite,
)
from models.references import load_tables
from models.types import types_by_document
from server.auth import Keyer
from server.deps import Db, Id, Text, Version
from server.desk import TASK, Status, TaskOut, find_spec, require_spec, show_tasks
from server.documents import FIELD, FieldOut, show_field
from server.problems import answer, errors
from server.schemas import BATCH_ID, TASK_ID, In, Out, Reason, Time

router = APIRouter(tags=["tasks"])

STATE = {
    "id": TASK_ID,
    "version": 3,
    "status": "claimed",
    "batch_id": BATCH_ID,
    "document_id": TASK["document_id"],
    "claimed_until": TASK["claimed_until"],
}
SUMMARY = {
    "open": 412,
    "claimed": 36,
    "done_today": 230,
    "by_batch": [
        {
            "batch_id": BATCH_ID,
            "external_id": "2026-11-24/morning",
            "client": "Rossi Ricambi S.r.l.",
            "deadline": "2026-11-24T18:00:00.000Z",
            "priority": 5,
            "open": 412,
        }
    ],
}


class BatchWork(Out):
    """A batch with tasks that nobody holds."""

    batch_id: str
    external_id: str | None
    client: str = Field(description="Its name.")
    deadline: Time | None
    priority: int
    open: int


class Summary(Out):
    open: int = Field(description="Tasks that nobody holds.")
    claimed: int = Field(description="Tasks that people hold now.")
    done_today: int = Field(description="What the caller has keyed since midnight, UTC.")
    by_batch: list[BatchWork] = Field(description="Most urgent first.")


class Claim(In, json_schema_extra={"examples": [{"count": 6}]}):
    count: int = Field(6, ge=1, le=50, description="With those that the caller holds already.")
    batch_id: Text | None = Field(None, max_length=40, description="Only of this batch.")


class Claimed(Out):
    items: list[TaskOut]


class Entry(
    In,
    json_schema_extra={
        "examples": [{"value": "1.234,50", "force": False, "seconds": 2.4, "keystrokes": 1}]
    },
):
    """What the operator keyed."""

    value: Text | None = Field(
        max_length=4000,
        description="As typed; null or empty: not on the document.",
    )
    force: bool = Field(False, description="Keep the value although it does not pass its checks.")
    seconds: float = Field(0, ge=0, le=86_400, allow_inf_nan=False)
    keystrokes: int = Field(0, ge=0, le=100_000)


class TaskState(Out):
    """A task without what is on the screen."""

    id: str
    version: int
    status: Status
    batch_id: str
    document_id: str
    claimed_until: Time | None


class Keyed(Out):
    task: TaskState
    field: FieldOut


class Check(
    In,
    json_schema_extra={
        "examples": [
            {
                "document_id": TASK["document_id"],
                "document_type": "invoice",
                "name": "gross_total",
                "line": None,
                "value": "1.234,50",
            }
        ]
    },
):
    document_id: Text | None = Field(
        None, max_length=40, description="Whose types count. Without it: the built-in ones."
    )
    document_type: Text = Field(max_length=60)
    name: Text = Field(max_length=60)
    line: int | None = Field(None, ge=0, description="Any number for a line item's field.")
    value: Text | None = Field(max_length=4000)


class CheckedValue(Out):
    value: str | None = Field(description="Normalised.")
    problems: list[Reason]


@router.get(
    "/v1/tasks/summary",
    operation_id="getTaskSummary",
    summary="How much there is to key",
    responses={**answer(SUMMARY), **errors()},
)
def get_summary(actor: Keyer, db: Db) -> Summary:
    with db.read(actor.scope) as session:
        backlog = keying.list_backlog(session)
        return Summary(
            open=sum(entry.open for entry in backlog),
            claimed=keying.count_claimed(session),
            done_today=keying.count_keys(session, actor.id, midnight()),
            by_batch=[
                BatchWork(
                    batch_id=entry.batch.id,
                    external_id=entry.batch.external_id,
                    client=entry.client,
                    deadline=entry.batch.deadline,
                    priority=entry.batch.priority,
                    open=entry.open,
                )
                for entry in backlog
            ],
        )


@router.post(
    "/v1/tasks/claim",
    operation_id="claimTasks",
    summary="Get tasks",
    responses={**answer({"items": [TASK]}), **errors(NotFound, RequestTooLarge)},
)
def claim_tasks(body: Claim, actor: Keyer, db: Db) -> Claimed:
    """Tasks for the caller alone, for five minutes: most urgent first, document by document.
    Those that it holds already come first. There may be none."""
    with db.write(actor.scope) as session:
        if body.batch_id is not None:
            batches.get_batch(session, body.batch_id)
        tasks = keying.claim_tasks(session, actor.id, body.count, body.batch_id)
        session.flush()
        return Claimed(items=show_tasks(session, tasks))


@router.put(
    "/v1/tasks/{id}/key",
    operation_id="keyTask",
    summary="Key a task",
    responses={
        **answer(
            {
                "task": {**STATE, "status": "done"},
                "field": {
                    **FIELD,
                    "status": "final",
                    "source": "person",
                    "score": None,
                    "version": 2,
                },
            }
        ),
        **errors(NotFound, StaleWrite, InvalidValue, PreconditionRequired, RequestTooLarge),
    },
)
def key_task(
    id: Id, body: Entry, response: Response, actor: Keyer, version: Version, db: Db
) -> Keyed:
    """Takes the operator's entry. One that does not pass its checks is refused with
    `invalid_value` and the reasons; sent again with `force` it is kept, with its problems. The
    same entry sent twice is one entry."""
    with db.write(actor.scope) as session:
        checked = _check_entry(session, id, body.value or "")
        if checked.problems and not body.force:
            keying.hold_task(session, id, actor.id, version)
            raise _refuse(checked)
        entry = keying.Entry(
            raw=body.value or "",
            value=checked.value,
            checks=tuple(problem.code for problem in checked.problems),
            forced=bool(checked.problems),
            seconds=body.seconds,
            keystrokes=body.keystrokes,
        )
        task, field = keying.enter_key(session, id, actor.id, version, entry)
        session.flush()
        return Keyed(task=_show_state(task, response), field=show_field(field))


def _check_entry(session: Transaction, task_id: str, text: str) -> Checked:
    task = keying.get_task(session, task_id)
    document = documents.get_document(session, task.document_id)
    field = fields.get_field(session, task.field_id)
    doctype = types_by_document(session, TYPES, [document]).get(document.id)
    spec = find_spec(doctype, field.name, field.line)
    return _check_text(session, document.client_id, spec, text)


def _check_text(session: Transaction, client_id: str, spec: FieldSpec, text: str) -> Checked:
    """What the field's type says of an entry, and the client's list where it has one."""
    checked = check(spec, text)
    if spec.reference is None or checked.value is None:
        return checked
    table = load_tables(session, client_id, [spec.reference.list]).get(spec.reference.list)
    problem = check_reference(spec, table, checked.value) if table else None
    return replace(checked, problems=(*checked.problems, problem)) if problem else checked


def _refuse(checked: Checked) -> InvalidValue:
    return InvalidValue(
        " ".join(problem.message for problem in checked.problems)
        + " Correct it, or send it with force if this is what the page says.",
        problems=_show_problems(checked),
        normalised=checked.value,
    )


def _show_problems(checked: Checked) -> list[dict[str, str]]:
    return [{"code": problem.code, "message": problem.message} for problem in checked.problems]


def _show_state(task: keying.Task, response: Response) -> TaskState:
    response.headers["ETag"] = f'"{task.version}"'
    return TaskState.model_validate(task)


@router.post(
    "/v1/tasks/{id}/renew",
    operation_id="renewTask",
    summary="Hold a task for longer",
    responses={**answer(STATE), **errors(NotFound, StaleWrite, PreconditionRequired)},
)
def renew_task(id: Id, response: Response, actor: Keyer, version: Version, db: Db) -> TaskState:
    """Five more minutes from now."""
    with db.write(actor.scope) as session:
        return _show_state(keying.renew_claim(session, id, actor.id, version), response)


@router.post(
    "/v1/tasks/{id}/release",
    operation_id="releaseTask",
    summary="Give a task back",
    responses={
        **answer({**STATE, "version": 4, "status": "open", "claimed_until": None}),
        **errors(NotFound, StaleWrite, PreconditionRequired),
    },
)
def release_task(id: Id, response: Response, actor: Keyer, version: Version, db: Db) -> TaskState:
    """Skips it: whoever claims next gets it."""
    with db.write(actor.scope) as session:
        task = keying.give_back(session, id, actor.id, version)
        session.flush()
        return _show_state(task, response)


@router.post(
    "/v1/tasks/check",
    operation_id="checkValue",
    summary="Check a value",
    responses={
        **answer({"value": "1234.50", "problems": []}),
        **errors(NotFound, RequestTooLarge),
    },
)
def check_value(body: Check, actor: Keyer, db: Db) -> CheckedValue:
    """What keying this value would say, without keying it."""
    text = body.value or ""
    doctype = TYPES.get(body.document_type)
    if body.document_id is None:
        checked = check(require_spec(doctype, body.name, body.line), text)
    else:
        with db.read(actor.scope) as session:
            document = documents.get_document(session, body.document_id)
            doctype = types_by_document(session, TYPES, [document]).get(document.id, doctype)
            spec = require_spec(doctype, body.name, body.line)
            checked = _check_text(session, document.client_id, spec, text)
    return CheckedValue(
        value=checked.value, problems=[Reason(**found) for found in _show_problems(checked)]
    )
