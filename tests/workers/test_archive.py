"""The searchable PDF as a worker makes it: after what people wait for, and in nobody's way."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pypdfium2
import pytest
from sqlalchemy import select, update

from models.batches import get_batch
from models.db import now
from models.documents import (
    Document,
    finish_reading,
    get_document,
    hurry_searchable,
    seal_batch,
    start_reading,
)
from models.errors import DamagedFile
from models.steps import MAX_FAILURES, MAX_LOST, Step, claim_step, queue_ready, release_worker
from models.storage import searchable_key
from tests.workers.conftest import INVOICE, key_all, make_pdf, run_all, run_ready
from workers import jobs
from workers.context import Context

Upload = Callable[..., tuple[str, str, list[str]]]


def archive_step(context: Context, document: str) -> Step:
    with context.db.read() as session:
        step = session.scalar(select(Step).where(Step.kind == "archive", Step.subject == document))
    assert step is not None
    return step


def get(context: Context, document: str) -> Document:
    with context.db.read() as session:
        return get_document(session, document)


def pass_pauses(context: Context) -> None:
    with context.db.write() as session:
        session.execute(update(Step).values(not_before=now()))


def fail(*_: Any) -> None:
    raise RuntimeError("a bug")


def refuse(*_: Any) -> None:
    raise DamagedFile("The other parser cannot open it.")


def test_every_document_gets_its_searchable_pdf(context: Context, upload: Upload) -> None:
    client, _, [document] = upload(make_pdf(pages=2))
    run_all(context)
    made = context.storage.get_bytes(searchable_key(client, document))
    row = get(context, document)
    assert row.searchable_sha256 == hashlib.sha256(made).hexdigest()
    assert row.searchable_size == len(made)
    pages = pypdfium2.PdfDocument(io.BytesIO(made))
    assert len(pages) == 2
    assert INVOICE[0] in pages[0].get_textpage().get_text_range()


def test_it_waits_until_everything_else_is_done(context: Context, upload: Upload) -> None:
    _, _, [first] = upload(make_pdf())
    run_ready(context)
    run_ready(context)  # read: extraction and archive are ready
    _, _, [second] = upload(make_pdf())
    with context.db.write() as session:
        ids = [step for step, _ in queue_ready(session, 10)]
        kinds = [session.get_one(Step, step).kind for step in ids]
    assert kinds == ["extract", "inspect", "archive"]
    assert first != second


@pytest.mark.parametrize("fault", [fail, refuse])
def test_a_document_is_released_without_it(
    context: Context, upload: Upload, monkeypatch: pytest.MonkeyPatch, fault: Callable[..., None]
) -> None:
    monkeypatch.setattr(jobs, "make_searchable", fault)
    _, batch, [document] = upload(make_pdf())
    with context.db.write() as session:
        seal_batch(session, batch, actor="test")
    for _ in range(MAX_FAILURES + 1):
        run_all(context)
        key_all(context)
        pass_pauses(context)
    run_all(context)
    with context.db.read() as session:
        assert get_batch(session, batch).status == "released"
    assert get(context, document).status == "final"
    assert archive_step(context, document).status == "failed"


def test_a_worker_that_dies_of_it_leaves_the_document_alone(
    context: Context, upload: Upload
) -> None:
    _, _, [document] = upload(make_pdf())
    run_ready(context)
    run_ready(context)
    for _ in range(MAX_LOST):
        with context.db.write() as session:
            attempts = dict(queue_ready(session, 10))
            step = session.scalar(select(Step).where(Step.kind == "archive"))
            assert step is not None
            assert claim_step(session, step.id, attempts[step.id], "dying", 30)
            _, ended = release_worker(session, "dying")
    assert archive_step(context, document).status == "failed"
    assert ended == []


def test_who_asks_gets_it_sooner(context: Context, upload: Upload) -> None:
    _, _, [document] = upload(make_pdf())
    run_ready(context)
    run_ready(context)
    with context.db.write() as session:
        assert hurry_searchable(session, document)
    assert archive_step(context, document).priority == 5


def test_a_document_of_before_there_were_any_gets_one_when_asked(
    context: Context, upload: Upload
) -> None:
    client, _, [document] = upload(make_pdf())
    run_all(context)
    context.storage.remove(searchable_key(client, document))
    with context.db.write() as session:
        session.execute(update(Document).values(searchable_sha256=None))
        session.delete(session.scalar(select(Step).where(Step.kind == "archive")))
        session.flush()
        assert hurry_searchable(session, document)
    run_all(context)
    assert get(context, document).searchable_sha256


def test_one_that_cannot_be_made_does_not_come(
    context: Context, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(jobs, "make_searchable", refuse)
    _, _, [document] = upload(make_pdf())
    run_all(context)
    with context.db.write() as session:
        assert not hurry_searchable(session, document)


def test_data_without_paper_have_none(context: Context, upload: Upload) -> None:
    _, _, [document] = upload(make_pdf())
    with context.db.write() as session:
        session.execute(update(Document).values(media_type="application/xml"))
        start_reading(session, document, 1)
        session.execute(update(Step).where(Step.kind == "read").values(status="done"))
        finish_reading(session, document)
        assert session.scalar(select(Step).where(Step.kind == "archive")) is None
        assert not hurry_searchable(session, document)
