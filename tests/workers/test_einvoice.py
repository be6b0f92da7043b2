"""Electronic originals on their way through the steps."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from sqlalchemy import select

from models.documents import get_document
from models.errors import NotFound
from models.fields import Field, list_fields
from models.keying import Task
from models.storage import einvoice_key, page_image_key
from tests.einvoice import samples
from tests.workers.conftest import key_all, run_all
from workers.context import Context

Upload = Callable[..., tuple[str, str, list[str]]]
XML = "application/xml"


def status(context: Context, document: str) -> str:
    with context.db.read() as session:
        return get_document(session, document).status


def fields_of(context: Context, document: str) -> dict[str, Field]:
    with context.db.read() as session:
        return {f.name: f for f in list_fields(session, document) if f.line is None}


def doubts_of(context: Context, document: str) -> dict[str, list[str]]:
    query = select(Field.name, Task.doubts).join(Task, Task.field_id == Field.id)
    with context.db.read() as session:
        rows = session.execute(query.where(Task.document_id == document)).all()
    return {row.name: row.doubts for row in rows}


def test_an_xml_that_is_in_order_needs_nobody(context: Context, upload: Upload) -> None:
    _, _, [document] = upload(samples.fattura(), media_type=XML)
    run_all(context)
    assert status(context, document) == "final"


def test_an_xml_has_a_page_to_look_at(context: Context, upload: Upload) -> None:
    client, _, [document] = upload(samples.fattura(), media_type=XML)
    run_all(context)
    image = context.storage.get_bytes(page_image_key(client, document, 1))
    assert image.startswith(b"\xff\xd8\xff")


def test_fields_of_an_xml_have_boxes(context: Context, upload: Upload) -> None:
    _, _, [document] = upload(samples.fattura(), media_type=XML)
    run_all(context)
    assert {f.name for f in fields_of(context, document).values() if f.value and not f.box} == set()


def test_a_pdf_that_differs_from_its_data_goes_to_people(context: Context, upload: Upload) -> None:
    _, _, [document] = upload(samples.hybrid(samples.cii(gross="145.70")))
    run_all(context)
    assert "differs_from_print:154.70" in doubts_of(context, document)["gross_total"]


def test_the_note_on_the_field_is_the_plain_code(context: Context, upload: Upload) -> None:
    _, _, [document] = upload(samples.hybrid(samples.cii(gross="145.70")))
    run_all(context)
    assert "differs_from_print" in fields_of(context, document)["gross_total"].checks


def test_a_pdf_that_agrees_needs_nobody(context: Context, upload: Upload) -> None:
    _, _, [document] = upload(samples.hybrid(samples.cii()))
    run_all(context)
    assert (doubts_of(context, document), status(context, document)) == ({}, "final")


def test_people_are_not_asked_again_for_what_charges_explain(
    context: Context, upload: Upload
) -> None:
    xml = samples.cii().replace(b"DE136695976", b"DE136695977")  # its check digit is wrong
    rows = [row.replace("DE136695976", "DE136695977") for row in samples.PRINTED]
    _, _, [document] = upload(samples.hybrid(xml, rows=rows))
    run_all(context)
    key_all(context)
    run_all(context)
    assert (set(doubts_of(context, document)), status(context, document)) == (
        {"seller_vat"},
        "final",
    )


def test_plain_paper_has_no_data(context: Context, upload: Upload) -> None:
    client, _, [document] = upload(samples.pdf())
    run_all(context)
    with pytest.raises(NotFound):
        context.storage.get_bytes(einvoice_key(client, document))
