"""Dividing a file into documents, and files that people sort."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from models.changes import list_changes
from models.db import Database, now
from models.documents import (
    Document,
    PageRow,
    fail_document,
    get_document,
    list_pages,
    list_sheets,
    retry_document,
    set_status,
    start_reading,
)
from models.duplicates import note_key
from models.errors import StaleWrite
from models.ids import new_id
from models.sorting import (
    Sorting,
    answer_sorting,
    ask,
    claim_sortings,
    find_answer,
    give_back,
    reopen_abandoned,
)
from models.splitting import Part, divide_document, part_id
from models.steps import Step
from tests.models.conftest import Rows

ANSWER: dict[str, Any] = {"parts": [{"pages": [1], "type": "invoice"}], "dropped": {"2": "blank"}}


def read(db: Database, rows: Rows, pages: int) -> None:
    """The document's pages were read."""
    with db.write() as session:
        start_reading(session, rows.document, pages)
        for number in range(1, pages + 1):
            session.add(
                PageRow(
                    id=new_id("pag"), client_id=rows.client, document_id=rows.document,
                    number=number, width=800, height=1000, source="ocr", rotation=0, skew=0.0,
                    seconds=1.0,
                )
            )  # fmt: skip


def part(*pages: int, region: tuple[float, float, float, float] | None = None) -> Part:
    return Part(pages, "invoice", 0.9, region)


def divide(db: Database, rows: Rows, parts: list[Part], dropped: dict[int, str]) -> list[str]:
    with db.write() as session:
        made = divide_document(session, rows.document, parts, dropped, actor="test")
        return [document.id for document in made]


def test_the_uploaded_document_becomes_the_first_part(db: Database, rows: Rows) -> None:
    read(db, rows, 5)
    ids = divide(db, rows, [part(2, 3), part(5)], {1: "separator", 4: "blank"})
    assert ids == [rows.document, part_id(rows.document, 2)]
    with db.read() as session:
        first, second = (get_document(session, one) for one in ids)
        assert (first.part, first.parts, first.first_page, first.last_page) == (1, 2, 2, 3)
        assert (second.part, second.first_page, second.last_page, second.pages) == (2, 5, 5, 1)
        assert [(p.number, p.sheet) for p in list_pages(session, first.id)] == [(1, 2), (2, 3)]
        assert [(p.number, p.sheet) for p in list_pages(session, second.id)] == [(1, 5)]
        assert [p.dropped for p in list_sheets(session, rows.document)] == [
            "separator", None, None, "blank", None,
        ]  # fmt: skip
        assert {first.status, second.status} == {"extracting"}
        extracts = session.scalars(select(Step.subject).where(Step.kind == "extract")).all()
    assert sorted(extracts) == ids


def test_dividing_twice_makes_nothing_twice(db: Database, rows: Rows) -> None:
    read(db, rows, 2)
    for _ in range(2):
        divide(db, rows, [part(1), part(2)], {})
    with db.read() as session:
        assert len(session.scalars(select(Document)).all()) == 2
        kinds = [change.kind for change in list_changes(session, rows.client, 0, 99)]
    assert kinds.count("document.split") == 1
    assert kinds.count("document.received") == 2


def test_papers_on_one_page_have_pages_of_their_own(db: Database, rows: Rows) -> None:
    read(db, rows, 1)
    left, right = (0.0, 0.0, 0.5, 1.0), (0.5, 0.0, 1.0, 1.0)
    ids = divide(db, rows, [part(1, region=left), part(1, region=right)], {})
    with db.read() as session:
        places = [(p.folder, p.sheet) for one in ids for p in list_pages(session, one)]
        assert len(set(places)) == 2
        assert (rows.document, 1) not in places
        assert [p.dropped for p in list_sheets(session, rows.document)] == ["cut"]
        assert get_document(session, ids[1]).region == list(right)


def test_a_file_that_is_one_document_stays_as_it_is(db: Database, rows: Rows) -> None:
    read(db, rows, 2)
    assert divide(db, rows, [part(1, 2)], {}) == [rows.document]
    with db.read() as session:
        assert get_document(session, rows.document).origin_id is None


def test_documents_of_one_file_are_no_duplicates(db: Database, rows: Rows) -> None:
    read(db, rows, 2)
    ids = divide(db, rows, [part(1), part(2)], {})
    with db.write() as session:
        for one in ids:
            document = get_document(session, one)
            assert note_key(session, document, None) is None
            assert document.duplicate_of is None


def test_a_part_that_is_retried_stays_a_part(db: Database, rows: Rows) -> None:
    read(db, rows, 2)
    second = divide(db, rows, [part(1), part(2)], {})[1]
    with db.write() as session:
        fail_document(session, second, "quarantined", "Lost.", quarantine=True)
    with db.write() as session:
        retried = retry_document(session, second, actor="test")
        assert (retried.status, retried.pages) == ("extracting", 1)
        extract = select(Step.status).where(Step.kind == "extract", Step.subject == second)
        assert session.scalar(extract) == "ready"


def test_a_file_without_any_page_of_use_is_rejected(db: Database, rows: Rows) -> None:
    read(db, rows, 1)
    assert divide(db, rows, [], {1: "unwanted"}) == []
    with db.read() as session:
        document = get_document(session, rows.document)
        assert (document.status, document.problem_code) == ("rejected", "no_pages")


# -- people ---------------------------------------------------------------------------------------


@pytest.fixture
def asked(db: Database, rows: Rows) -> str:
    read(db, rows, 2)
    with db.write() as session:
        document = get_document(session, rows.document, lock=True)
        return ask(session, document, {"doubts": ["cut"]}).id


def claim(db: Database, user: str) -> list[Sorting]:
    with db.write() as session:
        return claim_sortings(session, user, 5)


def test_one_person_has_a_file_and_answers_it(db: Database, rows: Rows, asked: str) -> None:
    [mine] = claim(db, "anna")
    assert claim(db, "bruno") == []
    with db.write() as session:
        answer_sorting(session, asked, "anna", mine.version, ANSWER)
    with db.read() as session:
        found = find_answer(session, rows.document)
        assert found is not None
        assert found.answer == ANSWER
        assert get_document(session, rows.document).status == "reading"
        assert session.scalar(select(Step.status).where(Step.kind == "split")) == "ready"


def test_the_same_answer_twice_is_one(db: Database, asked: str) -> None:
    [mine] = claim(db, "anna")
    for _ in range(2):
        with db.write() as session:
            assert answer_sorting(session, asked, "anna", mine.version, ANSWER).status == "done"


def test_who_comes_late_is_told(db: Database, asked: str) -> None:
    [mine] = claim(db, "anna")
    version = mine.version
    with db.write() as session:
        session.execute(update(Sorting).values(claimed_until=now() - timedelta(seconds=1)))
        reopen_abandoned(session)
    [theirs] = claim(db, "bruno")
    assert theirs.version > version
    with db.write() as session, pytest.raises(StaleWrite):
        answer_sorting(session, asked, "anna", version, ANSWER)


def test_a_file_that_was_given_back_goes_to_others_first(db: Database, asked: str) -> None:
    [mine] = claim(db, "anna")
    with db.write() as session:
        give_back(session, asked, "anna", mine.version)
    assert [one.id for one in claim(db, "bruno")] == [asked]


def test_a_supervisor_may_reject_what_waits_for_sorting(
    db: Database, rows: Rows, asked: str
) -> None:
    with db.write() as session:
        document = get_document(session, rows.document, lock=True)
        set_status(session, document, "rejected", code="rejected", problem="Not ours.")
    assert document.status == "rejected"
