"""Documents that came twice."""

from __future__ import annotations

import pytest

from models.db import Database
from models.documents import Document, StoredFile, add_document, get_document
from models.duplicates import note_key
from tests.models.conftest import Rows, add_rows

KEY, OTHER = "a" * 64, "b" * 64


def upload(db: Database, batch: str, sha256: str) -> str:
    with db.write() as session:
        file = StoredFile("scan.pdf", sha256, 10, "application/pdf")
        return add_document(session, batch, file, actor="test").id


def note(db: Database, document: str, key: str | None = KEY) -> str | None:
    """Note a document's key: the earlier document that has it."""
    with db.write() as session:
        earlier = note_key(session, get_document(session, document, lock=True), key)
        return earlier.id if earlier else None


def duplicate_of(db: Database, document: str) -> str | None:
    with db.read() as session:
        return get_document(session, document).duplicate_of


@pytest.fixture
def three(db: Database, rows: Rows) -> list[str]:
    return [upload(db, rows.batch, digit * 64) for digit in "123"]


def test_the_same_bytes_are_a_duplicate_at_once(db: Database, rows: Rows) -> None:
    first = upload(db, rows.batch, "1" * 64)
    assert duplicate_of(db, upload(db, rows.batch, "1" * 64)) == first
    assert duplicate_of(db, first) is None


def test_the_same_key_names_the_earlier_document(db: Database, three: list[str]) -> None:
    assert [note(db, document) for document in three] == [None, three[0], three[0]]
    assert [duplicate_of(db, document) for document in three] == [None, three[0], three[0]]


def test_whichever_is_noted_second_is_the_duplicate(db: Database, three: list[str]) -> None:
    note(db, three[1])
    assert note(db, three[0]) == three[1]


def test_two_documents_are_not_each_the_others_duplicate(db: Database, three: list[str]) -> None:
    note(db, three[0])
    note(db, three[1])
    assert note(db, three[0]) is None
    assert duplicate_of(db, three[0]) is None


def test_a_key_that_was_corrected_frees_the_document(db: Database, three: list[str]) -> None:
    note(db, three[0])
    note(db, three[1])
    assert note(db, three[1], OTHER) is None
    assert duplicate_of(db, three[1]) is None


def test_the_same_bytes_stay_a_duplicate_without_a_key(db: Database, rows: Rows) -> None:
    first, second = (upload(db, rows.batch, "1" * 64) for _ in range(2))
    assert note(db, second, None) is None
    assert duplicate_of(db, second) == first


def test_without_a_key_nothing_is_the_same(db: Database, three: list[str]) -> None:
    assert [note(db, document, None) for document in three] == [None, None, None]


@pytest.mark.parametrize("status", ["rejected", "failed"])
def test_a_document_that_was_given_up_is_no_earlier_one(
    db: Database, three: list[str], status: str
) -> None:
    note(db, three[0])
    with db.write() as session:
        session.get_one(Document, three[0]).status = status
    assert note(db, three[1]) is None


def test_clients_do_not_see_each_others_documents(db: Database) -> None:
    first, second = add_rows(db, "First"), add_rows(db, "Second")
    note(db, first.document)
    assert note(db, second.document) is None
    assert duplicate_of(db, second.document) is None
