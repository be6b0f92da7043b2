"""What a worker makes of a document, from its bytes to the release."""

from __future__ import annotations

import hashlib
import json
import signal
from collections.abc import Callable
from typing import Any

import pytest
from sqlalchemy import select, update

from extractors import page as page_module
from extractors.render import RawPage
from models.batches import get_batch
from models.changes import list_changes
from models.db import now
from models.documents import PageRow, get_document, list_pages, seal_batch
from models.fields import Field, list_fields
from models.keying import Task
from models.releases import list_releases
from models.steps import MAX_FAILURES, Step
from models.storage import Storage, page_image_key, page_words_key, release_key
from tests.workers.conftest import key_all, make_pdf, run_all, run_ready
from workers import jobs
from workers.context import Context

Upload = Callable[..., tuple[str, str, list[str]]]


def seal(context: Context, batch: str) -> None:
    with context.db.write() as session:
        seal_batch(session, batch, actor="test")


def document_status(context: Context, document: str) -> tuple[str, str | None]:
    with context.db.read() as session:
        row = get_document(session, document)
        return row.status, row.problem_code


def pass_pauses(context: Context) -> None:
    with context.db.write() as session:
        session.execute(update(Step).values(not_before=now()))


def test_a_document_goes_from_bytes_to_release(context: Context, upload: Upload) -> None:
    client, batch, [document] = upload(make_pdf(pages=2))
    seal(context, batch)
    run_all(context)
    while key_all(context):
        run_all(context)
    with context.db.read() as session:
        [release] = list_releases(session, batch)
        assert get_batch(session, batch).status == "released"
        kinds = [change.kind for change in list_changes(session, client, 0, 99)]
        assert [page.number for page in list_pages(session, document)] == [1, 2]
    manifest = context.storage.get_bytes(release_key(client, batch, 1, "manifest.json"))
    assert hashlib.sha256(manifest).hexdigest() == release.sha256
    for file in json.loads(manifest)["files"]:
        content = context.storage.get_bytes(release_key(client, batch, 1, file["name"]))
        assert hashlib.sha256(content).hexdigest() == file["sha256"]
    assert kinds[-1] == "batch.released"


def test_pages_are_kept_as_image_and_words(context: Context, upload: Upload) -> None:
    client, _, [document] = upload(make_pdf())
    run_ready(context)
    run_ready(context)
    image = context.storage.get_bytes(page_image_key(client, document, 1))
    words = json.loads(context.storage.get_bytes(page_words_key(client, document, 1)))
    assert image.startswith(b"\xff\xd8")
    assert "218/A" in json.dumps(words)


def test_what_the_machine_found_is_final_or_goes_to_people(
    context: Context, upload: Upload
) -> None:
    _, _, [document] = upload(make_pdf())
    run_all(context)
    with context.db.read() as session:
        fields = {field.name: field for field in list_fields(session, document)}
        tasks = set(session.scalars(select(Task.field_id)))
    assert fields["invoice_number"].value == "218/A"
    assert fields["gross_total"].value == "1220.00"
    assert tasks == {field.id for field in fields.values() if field.status == "keying"}


def test_a_file_that_cannot_be_read_fails_alone(context: Context, upload: Upload) -> None:
    _, batch, [bad, good] = upload(make_pdf()[:300], make_pdf())
    seal(context, batch)
    run_all(context)
    while key_all(context):
        run_all(context)
    status, code = document_status(context, bad)
    assert status == "failed"
    assert code in ("file_truncated", "file_damaged")
    assert document_status(context, good)[0] == "final"
    with context.db.read() as session:
        assert len(list_releases(session, batch)) == 1


def test_a_step_done_twice_gives_one_result(context: Context, upload: Upload) -> None:
    _, _, [document] = upload(make_pdf())
    run_all(context)
    with context.db.write() as session:
        session.execute(update(Step).values(status="ready", not_before=now()))
        session.execute(update(Field).values(value="x"))
    run_all(context)
    with context.db.read() as session:
        pages = session.scalars(select(PageRow.id).where(PageRow.document_id == document)).all()
    assert len(pages) == 1


def test_pages_that_were_read_are_not_read_again(
    context: Context, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A worker dies after the first of three pages: its successor reads the other two."""
    _, _, [document] = upload(make_pdf(pages=3))
    run_ready(context)
    read: list[int] = []

    def fail_at_second(raw: RawPage, engine: Any) -> Any:
        if raw.number == 2 and read == [1]:
            read.append(-2)
            raise MemoryError
        read.append(raw.number)
        return page_module.read_page(raw, engine)

    monkeypatch.setattr(jobs, "read_page", fail_at_second)
    run_ready(context)
    pass_pauses(context)
    run_ready(context)
    assert read == [1, -2, 2, 3]
    run_ready(context)
    assert document_status(context, document)[0] == "extracting"


def test_a_worker_that_lost_its_lease_stores_no_page(
    context: Context, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, [document] = upload(make_pdf(pages=3))
    run_ready(context)

    def lose_lease(raw: RawPage, engine: Any) -> Any:
        if raw.number == 2:
            with context.db.write() as session:
                session.execute(update(Step).values(lease_token="another"))
        return page_module.read_page(raw, engine)

    monkeypatch.setattr(jobs, "read_page", lose_lease)
    run_ready(context)
    with context.db.read() as session:
        assert [page.number for page in list_pages(session, document)] == [1]


def test_a_worker_told_to_stop_gives_its_step_back(
    context: Context, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, [document] = upload(make_pdf(pages=2))
    run_ready(context)
    told: list[int] = []
    before = signal.signal(signal.SIGTERM, lambda number, _: told.append(number))

    def stop_at_second(raw: RawPage, engine: Any) -> Any:
        if raw.number == 2:
            signal.raise_signal(signal.SIGTERM)
        return page_module.read_page(raw, engine)

    monkeypatch.setattr(jobs, "read_page", stop_at_second)
    run_ready(context)
    signal.signal(signal.SIGTERM, before)
    with context.db.read() as session:
        step = session.scalars(select(Step).where(Step.kind == "read")).one()
        assert (step.status, step.lost, step.failures) == ("ready", 0, 0)
        assert [page.number for page in list_pages(session, document)] == [1]
    assert told == [signal.SIGTERM]  # the signal went on to the queue's own handler


def test_an_unknown_fault_puts_the_document_aside(
    context: Context, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, batch, [document] = upload(make_pdf())
    seal(context, batch)

    def fail(*_: object) -> None:
        raise ValueError("a bug")

    monkeypatch.setitem(jobs.STEPS, "inspect", fail)
    for _ in range(MAX_FAILURES):
        run_ready(context)
        pass_pauses(context)
    assert document_status(context, document) == ("quarantined", "quarantined")
    with context.db.read() as session:
        assert get_batch(session, batch).status == "sealed"


def test_an_outage_of_the_object_store_is_waited_for(
    context: Context, upload: Upload, monkeypatch: pytest.MonkeyPatch
) -> None:
    _, _, [document] = upload(make_pdf())
    away = Storage("127.0.0.1:9", "key", "secret", "scans")
    working = context.storage
    context.storage = away
    for _ in range(MAX_FAILURES + 1):
        assert run_ready(context) == 1
        pass_pauses(context)
    assert document_status(context, document) == ("received", None)
    context.storage = working
    run_all(context)
    assert document_status(context, document)[0] in ("keying", "final")


def test_a_rule_that_fails_after_keying_asks_for_the_rest(context: Context, upload: Upload) -> None:
    """A person corrects one amount: what the machine had accepted is doubted by the rule."""
    _, batch, [document] = upload(make_pdf())
    seal(context, batch)
    run_all(context)
    with context.db.write() as session:  # whatever was routed: one amount keyed, two accepted
        for field in list_fields(session, document):
            amount = field.name in ("net_total", "vat_total", "gross_total")
            if amount and field.status == "keying":
                pytest.fail(f"{field.name} of a clear document went to a person")
            if field.name == "net_total":
                field.value, field.source = "900.00", "person"
    key_all(context)
    with context.db.write() as session:
        if get_document(session, document).status == "final":
            pytest.fail("nothing of this document went to people, so nothing settles")
    run_all(context)
    with context.db.read() as session:
        doubted = {
            session.get_one(Field, task.field_id).name
            for task in session.scalars(select(Task).where(Task.status == "open"))
        }
    assert doubted == {"vat_total", "gross_total"}
