"""A file with several documents, from upload to release; and one that a person sorts."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from typing import Any

import pikepdf
import pytest
from reportlab.pdfgen.canvas import Canvas
from sqlalchemy import select, update

from extractors.pieces import decode
from extractors.separators import make_separators
from models.changes import list_changes
from models.db import now
from models.documents import Document, get_document, list_pages, seal_batch
from models.fields import list_fields
from models.keying import Task
from models.sorting import answer_sorting, claim_sortings
from models.steps import Step
from models.storage import page_image_key, release_key, searchable_key
from tests.workers.conftest import INVOICE, key_all, make_pdf, run_all
from workers.context import Context
from workers.pages import load_pages

Upload = Callable[..., tuple[str, str, list[str]]]
OTHER = tuple(line.replace("218/A", "77/B").replace("220", "242") for line in INVOICE)


def join(*files: bytes) -> bytes:
    out, made = io.BytesIO(), pikepdf.new()
    for file in files:
        made.pages.extend(pikepdf.open(io.BytesIO(file)).pages)
    made.save(out)
    return out.getvalue()


def documents_of(context: Context, batch: str) -> list[Document]:
    with context.db.read() as session:
        rows = session.scalars(
            select(Document).where(Document.batch_id == batch).order_by(Document.id)
        )
        return list(rows)


SEPARATED = join(make_pdf(2), make_separators(), make_pdf(1, OTHER))


def test_a_separator_sheet_makes_two_documents(context: Context, upload: Upload) -> None:
    client, batch, [uploaded] = upload(SEPARATED)
    with context.db.write() as session:
        seal_batch(session, batch, actor="test")
    run_all(context)
    first, second = documents_of(context, batch)
    assert (first.id, first.pages, second.pages) == (uploaded, 2, 1)
    assert (second.first_page, second.last_page, second.sha256) == (4, 4, first.sha256)
    assert second.duplicate_of is None
    with context.db.read() as session:
        numbers = [
            next(f.value for f in list_fields(session, one) if f.name == "invoice_number")
            for one in (first.id, second.id)
        ]
        places = {field.page for field in list_fields(session, second.id)}
    assert numbers == ["218/A", "77/B"]
    assert places <= {1, None}
    while key_all(context):
        run_all(context)
    manifest = json.loads(context.storage.get_bytes(release_key(client, batch, 1, "manifest.json")))
    origins = [document["origin"] for document in manifest["documents"]]
    assert [(o["document_id"], o["part"], o["first_page"], o["last_page"]) for o in origins] == [
        (uploaded, 1, 1, 2), (uploaded, 2, 4, 4),
    ]  # fmt: skip
    with context.db.read() as session:
        kinds = [change.kind for change in list_changes(session, client, 0, 99)]
    assert kinds.count("document.received") == 2
    assert kinds.count("document.split") == 1


def test_each_part_has_a_searchable_pdf_of_its_pages(context: Context, upload: Upload) -> None:
    client, batch, _ = upload(SEPARATED)
    run_all(context)
    counts = []
    for document in documents_of(context, batch):
        data = context.storage.get_bytes(searchable_key(client, document.id))
        counts.append(len(pikepdf.open(io.BytesIO(data)).pages))
    assert counts == [2, 1]


def test_a_step_done_twice_makes_the_same_parts(context: Context, upload: Upload) -> None:
    _, batch, _ = upload(SEPARATED)
    run_all(context)
    before = [(d.id, d.first_page, d.last_page) for d in documents_of(context, batch)]
    with context.db.write() as session:
        again = Step.kind.in_(("read", "split"))
        session.execute(update(Step).where(again).values(status="ready", not_before=now()))
    run_all(context)
    assert [(d.id, d.first_page, d.last_page) for d in documents_of(context, batch)] == before


@pytest.fixture
def asked(context: Context, upload: Upload) -> tuple[str, str]:
    """Two invoices of one seller without anything between: a person is asked."""
    _, batch, [document] = upload(join(_plain(INVOICE), _plain(OTHER)))
    run_all(context)
    return batch, document


def _plain(lines: tuple[str, ...]) -> bytes:
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(595, 842), invariant=True)
    for row, text in enumerate(lines):
        canvas.drawString(60, 780 - 22 * row, text)
    canvas.save()
    return out.getvalue()


def answer(context: Context, parts: list[dict[str, Any]], dropped: dict[str, str]) -> None:
    with context.db.write() as session:
        [sorting] = claim_sortings(session, "anna", 1)
        given = {"parts": parts, "dropped": dropped}
        answer_sorting(session, sorting.id, "anna", sorting.version, given)
    run_all(context)


def test_what_is_not_sure_waits_for_a_person(context: Context, asked: tuple[str, str]) -> None:
    batch, document = asked
    with context.db.read() as session:
        assert get_document(session, document).status == "sorting"
        assert session.scalars(select(Task)).all() == []
    answer(context, [{"pages": [1], "type": "invoice"}, {"pages": [2], "type": "invoice"}], {})
    assert [d.part for d in documents_of(context, batch)] == [1, 2]
    assert {d.status for d in documents_of(context, batch)} <= {"keying", "final"}


def test_a_person_may_leave_a_page_out(context: Context, asked: tuple[str, str]) -> None:
    batch, document = asked
    answer(context, [{"pages": [2], "type": "invoice"}], {"1": "unwanted"})
    [only] = documents_of(context, batch)
    assert (only.id, only.first_page, only.pages) == (document, 2, 1)
    assert "77/B" in load_pages(context, document)[0].text


def test_a_paper_is_cut_out_of_its_page(context: Context, asked: tuple[str, str]) -> None:
    batch, _ = asked
    top, foot = [0.0, 0.0, 1.0, 0.2], [0.0, 0.2, 1.0, 0.5]
    parts: list[dict[str, Any]] = [
        {"pages": [1], "type": "invoice", "region": top},
        {"pages": [1], "type": "invoice", "region": foot},
        {"pages": [2], "type": "invoice"},
    ]
    answer(context, parts, {})
    first, second, third = documents_of(context, batch)
    assert (first.region, second.region, third.region) == (top, foot, None)
    assert "Bellariva" in load_pages(context, first.id)[0].text
    assert "218/A" in load_pages(context, second.id)[0].text
    with context.db.read() as session:
        [page] = list_pages(session, second.id)
    key = page_image_key(page.client_id, page.folder, page.sheet)
    assert decode(context.storage.get_bytes(key)).shape[:2] == (page.height, page.width)
    data = context.storage.get_bytes(searchable_key(page.client_id, second.id))
    assert len(pikepdf.open(io.BytesIO(data)).pages) == 1
