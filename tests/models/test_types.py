"""Document types of clients: versions, and who reads by which."""

from __future__ import annotations

from typing import Any

import pytest

from models.batches import create_batch, get_batch
from models.clients import create_client
from models.db import Database
from models.doctype import DocumentType
from models.documents import Document, StoredFile, add_document
from models.errors import Conflict, NotFound, StaleWrite
from models.types import (
    create_type,
    find_type,
    list_types,
    pin_types,
    revise_type,
    to_type,
    types_by_document,
    types_of,
)
from tests.models.conftest import Rows, add_rows


def make(name: str = "order", **changes: Any) -> DocumentType:
    data: dict[str, Any] = {
        "name": name,
        "version": 1,
        "label": {"en": "Order"},
        "fields": [{"name": "number", "kind": "identifier", "label": {"en": "Number"}}],
    }
    return DocumentType.model_validate({**data, **changes})


BUILTIN = {"invoice": make("invoice"), "receipt": make("receipt")}
CHANGED: dict[str, Any] = {"label": {"en": "Changed"}}


def write(db: Database, client: str, doctype: DocumentType, edited: int | None = None) -> int:
    """Create a type, or its next version: which it is."""
    with db.write() as session:
        if find_type(session, client, doctype.name) is None:
            return create_type(session, client, doctype, actor="test").version
        return revise_type(session, client, doctype, edited=edited, actor="test").version


def open_batch(db: Database, client: str, document_type: str) -> str:
    with db.write() as session:
        versions = pin_types(session, client, document_type)
        batch = create_batch(session, client, document_type, type_versions=versions, actor="test")
        return batch.id


def test_versions_count_up_and_stay(db: Database, rows: Rows) -> None:
    assert [write(db, rows.client, make()), write(db, rows.client, make(**CHANGED))] == [1, 2]
    with db.read() as session:
        labels = [
            to_type(row).label["en"]
            for version in (1, 2)
            if (row := find_type(session, rows.client, "order", version))
        ]
        assert [row.version for row in list_types(session, rows.client)] == [2]
    assert labels == ["Order", "Changed"]


def test_what_changes_nothing_makes_no_version(db: Database, rows: Rows) -> None:
    write(db, rows.client, make())
    assert write(db, rows.client, make()) == 1


def test_a_type_is_created_once(db: Database, rows: Rows) -> None:
    write(db, rows.client, make())
    with db.write() as session, pytest.raises(Conflict):
        create_type(session, rows.client, make(), actor="test")


def test_a_type_that_is_not_there_has_no_next_version(db: Database, rows: Rows) -> None:
    with db.write() as session, pytest.raises(NotFound):
        revise_type(session, rows.client, make(), edited=None, actor="test")


def test_a_change_of_an_old_version_is_refused(db: Database, rows: Rows) -> None:
    write(db, rows.client, make())
    write(db, rows.client, make(**CHANGED))
    with pytest.raises(StaleWrite):
        write(db, rows.client, make(label={"en": "Third"}), edited=1)


def test_a_batch_keeps_the_version_of_its_creation(db: Database, rows: Rows) -> None:
    write(db, rows.client, make())
    batch = open_batch(db, rows.client, "order")
    write(db, rows.client, make(**CHANGED))
    with db.read() as session:
        assert types_of(session, BUILTIN, get_batch(session, batch))["order"].version == 1


def test_an_own_type_stands_in_for_a_built_in_one(db: Database, rows: Rows) -> None:
    write(db, rows.client, make("invoice", **CHANGED))
    batch = open_batch(db, rows.client, "detect")
    with db.read() as session:
        types = types_of(session, BUILTIN, get_batch(session, batch))
        other = types_of(session, BUILTIN, get_batch(session, rows.batch))
    assert types["invoice"].label == {"en": "Changed"}
    assert types.keys() == BUILTIN.keys()
    assert other == BUILTIN  # it was there before


def test_the_types_of_others_do_not_count(db: Database) -> None:
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    write(db, first.client, make())
    with db.read() as session:
        assert pin_types(session, second.client, "detect") == {}
        assert find_type(session, second.client, "order") is None
        assert list_types(session, second.client) == []


def test_each_document_has_the_type_of_its_batch(db: Database, rows: Rows) -> None:
    documents: list[Document] = []
    for version in (1, 2):
        write(db, rows.client, make(label={"en": str(version)}))
        batch = open_batch(db, rows.client, "order")
        with db.write() as session:
            file = StoredFile("a.pdf", f"{version}" * 64, 1, "application/pdf")
            document = add_document(session, batch, file, actor="test")
            document.type = "order"
            documents.append(document)
    with db.write() as session:
        plain = session.get_one(Document, rows.document)
        plain.type = "receipt"
        unknown = add_document(session, rows.batch, StoredFile("b", "b" * 64, 1, "x"), actor="test")
        found = types_by_document(session, BUILTIN, [*documents, plain, unknown])
    assert [found[document.id].version for document in documents] == [1, 2]
    assert found[rows.document] is BUILTIN["receipt"]
    assert unknown.id not in found


def test_a_type_needs_a_client(db: Database) -> None:
    with db.write() as session, pytest.raises(NotFound):
        create_type(session, "cli_none", make(), actor="test")


def test_a_client_has_so_many_types(db: Database, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.types.MAX_TYPES", 1)
    with db.write() as session:
        client = create_client(session, "Many").id
        create_type(session, client, make("one"), actor="test")
        with pytest.raises(Conflict):
            create_type(session, client, make("two"), actor="test")
