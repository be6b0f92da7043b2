"""Documents read by a client's own type, and documents that came before."""

from __future__ import annotations

import csv
import hashlib
import io
import json
from typing import Any

from sqlalchemy import select

from models.batches import create_batch, get_batch
from models.clients import create_client
from models.doctype import DocumentType, Table
from models.documents import StoredFile, add_document, get_document, seal_batch
from models.fields import Field, list_fields
from models.ids import new_id
from models.keying import Entry, Task, claim_tasks, enter_key
from models.references import replace_list
from models.storage import original_key, release_key
from models.types import create_type, pin_types, revise_type
from tests.workers.conftest import INVOICE, key_all, make_pdf, run_all
from workers.context import Context

ORDER = (
    "Officine Bellariva S.r.l.",
    "",
    "ORDINE DI LAVORO",
    "",
    "Numero ordine: OL4711",
    "Aperto il: 14/03/2026",
    "Chiuso il: 20/04/2026",
    "",
    "Importo lavori: 850,00",
)


def order(**changes: Any) -> DocumentType:
    data: dict[str, Any] = {
        "name": "work_order",
        "version": 1,
        "label": {"it": "Ordine di lavoro"},
        "fields": [
            {"name": "order_number", "kind": "identifier", "label": {"it": "Numero ordine"},
             "pattern": "[A-Z]{2}[0-9]+", "export": "Ordine"},
            {"name": "opened", "kind": "date", "label": {"it": "Aperto il"}},
            {"name": "closed", "kind": "date", "label": {"it": "Chiuso il"}},
            {"name": "amount", "kind": "amount", "label": {"it": "Importo lavori"}},
        ],
        "rules": [{"rule": "expression", "name": "in_time", "check": "days(opened, closed) <= 30"}],
    }  # fmt: skip
    return DocumentType.model_validate({**data, **changes})


def new_client(context: Context) -> str:
    with context.db.write() as session:
        return create_client(session, new_id("name")).id


def open_batch(context: Context, client: str, document_type: str) -> str:
    with context.db.write() as session:
        pinned = pin_types(session, client, document_type)
        return create_batch(session, client, document_type, type_versions=pinned, actor="test").id


def upload(context: Context, batch: str, *lines: str) -> str:
    content = make_pdf(lines=lines)
    sha256 = hashlib.sha256(content).hexdigest()
    with context.db.write() as session:
        client = get_batch(session, batch).client_id
        context.storage.put_bytes(original_key(client, sha256), content, "application/pdf")
        file = StoredFile("scan.pdf", sha256, len(content), "application/pdf")
        return add_document(session, batch, file, actor="test").id


def fields_of(context: Context, document: str) -> dict[str, Field]:
    with context.db.read() as session:
        return {f.name: f for f in list_fields(session, document) if f.line is None}


def doubts_of(context: Context, document: str) -> dict[str, list[str]]:
    """The doubts of a document's open tasks, by field."""
    with context.db.read() as session:
        tasks = session.scalars(
            select(Task).where(Task.document_id == document, Task.status == "open")
        )
        return {session.get_one(Field, task.field_id).name: task.doubts for task in tasks}


def test_a_document_is_read_by_its_clients_type(context: Context) -> None:
    client = new_client(context)
    with context.db.write() as session:
        create_type(session, client, order(), actor="test")
    batch = open_batch(context, client, "work_order")
    with context.db.write() as session:  # later versions are for later batches
        later = order(fields=[{"name": "x", "kind": "text", "label": {"en": "X"}}], rules=[])
        revise_type(session, client, later, edited=None, actor="test")
    document = upload(context, batch, *ORDER)
    with context.db.write() as session:
        seal_batch(session, batch, actor="test")
    run_all(context)
    found = {name: field.value for name, field in fields_of(context, document).items()}
    assert found == {
        "order_number": "OL4711",
        "opened": "2026-03-14",
        "closed": "2026-04-20",
        "amount": "850.00",
    }
    assert {"opened", "closed"} <= {
        name for name, doubts in doubts_of(context, document).items() if "in_time" in doubts
    }
    while key_all(context):
        run_all(context)
    content = context.storage.get_bytes(release_key(client, batch, 1, "data.csv")).decode()
    [row] = csv.DictReader(io.StringIO(content))
    assert (list(row)[3:], row["filename"]) == (
        ["Ordine", "opened", "closed", "amount"],
        "scan.pdf",
    )
    data = json.loads(context.storage.get_bytes(release_key(client, batch, 1, "data.json")))
    assert "order_number" in data["documents"][0]["fields"]


def test_an_own_type_is_detected_by_its_title(context: Context) -> None:
    client = new_client(context)
    with context.db.write() as session:
        create_type(session, client, order(), actor="test")
    batch = open_batch(context, client, "detect")
    documents = [upload(context, batch, *lines) for lines in (ORDER, INVOICE)]
    run_all(context)
    with context.db.read() as session:
        types = [get_document(session, document).type for document in documents]
    assert types == ["work_order", "invoice"]


# -- duplicates -------------------------------------------------------------------------------

COPY = (*INVOICE, "COPIA")


def test_a_paper_that_came_before_is_doubted_and_named(context: Context) -> None:
    client = new_client(context)
    first = upload(context, open_batch(context, client, "invoice"), *INVOICE)
    run_all(context)
    batch = open_batch(context, client, "invoice")
    second = upload(context, batch, *COPY)
    run_all(context)
    assert doubts_of(context, second)["invoice_number"] == [f"duplicate:{first} (scan.pdf)"]
    with context.db.read() as session:
        assert get_document(session, second).duplicate_of == first
        assert get_document(session, first).duplicate_of is None
    with context.db.write() as session:
        seal_batch(session, batch, actor="test")
    confirm_all(context, batch)
    data = json.loads(context.storage.get_bytes(release_key(client, batch, 1, "data.json")))
    [released] = data["documents"]
    assert released["duplicate_of"] == first
    assert released["fields"]["invoice_number"]["checks"] == ["duplicate"]


def test_the_paper_of_another_client_is_no_duplicate(context: Context) -> None:
    documents = []
    for _ in range(2):
        batch = open_batch(context, new_client(context), "invoice")
        documents.append(upload(context, batch, *INVOICE))
        run_all(context)
    with context.db.read() as session:
        found = [get_document(session, document) for document in documents]
        assert found[0].business_key == found[1].business_key is not None
        assert [document.duplicate_of for document in found] == [None, None]


def test_a_keyed_number_can_show_that_a_paper_came_before(context: Context) -> None:
    """A person corrects the number to one that is there: a person is asked once more, and once
    only."""
    client = new_client(context)
    first = upload(context, open_batch(context, client, "invoice"), *INVOICE)
    run_all(context)
    batch = open_batch(context, client, "invoice")
    other = tuple(line.replace("218/A", "219/A") for line in INVOICE)
    second = upload(context, batch, *other)
    with context.db.write() as session:
        seal_batch(session, batch, actor="test")
    run_all(context)
    with context.db.write() as session:  # as if the number had gone to a person, who changed it
        for field in list_fields(session, second):
            if field.name == "invoice_number":
                assert (field.value, field.line) == ("219/A", None)
                field.value, field.source = "218/A", "person"
    assert "invoice_number" not in doubts_of(context, second)
    confirm_all(context, batch, rounds=1)
    assert doubts_of(context, second)["invoice_number"] == [f"duplicate:{first} (scan.pdf)"]
    confirm_all(context, batch)
    with context.db.read() as session:
        assert get_document(session, second).status == "final"
        assert get_document(session, second).duplicate_of == first


def confirm_all(context: Context, batch: str, rounds: int = 9) -> None:
    """Key each open task of a batch with the value that it shows, and do what follows."""
    for _ in range(rounds):
        with context.db.write() as session:
            tasks = claim_tasks(session, "anna", 50, batch)
        if not tasks:
            return
        for task in tasks:
            with context.db.write() as session:
                shown = session.get_one(Field, task.field_id).value
                entry = Entry(shown or "", shown, ())
                enter_key(session, task.id, "anna", task.version, entry)
        run_all(context)


# -- reference lists --------------------------------------------------------------------------


def test_what_a_list_says_fills_what_was_not_read(context: Context) -> None:
    client = new_client(context)
    fields = [
        {"name": "order_number", "kind": "identifier", "label": {"it": "Numero ordine"},
         "reference": {"list": "orders", "column": "number", "fills": {"centre": "cost_centre"}}},
        {"name": "cost_centre", "kind": "identifier", "label": {"it": "Centro di costo"}},
        {"name": "opened", "kind": "date", "label": {"it": "Aperto il"}},
    ]  # fmt: skip
    orders = Table(("number", "centre"), [("OL4711", "CC-20")])
    with context.db.write() as session:
        replace_list(session, client, "orders", orders, actor="test")
        create_type(session, client, order(fields=fields, rules=[]), actor="test")
    batch = open_batch(context, client, "work_order")
    known = upload(context, batch, *ORDER)
    unknown = upload(context, batch, *(line.replace("4711", "4712") for line in ORDER))
    run_all(context)
    filled = fields_of(context, known)["cost_centre"]
    assert (filled.value, filled.status, filled.page) == ("CC-20", "keying", None)
    assert fields_of(context, unknown)["cost_centre"].value is None
    assert "not_in_reference" in doubts_of(context, unknown)["order_number"]
