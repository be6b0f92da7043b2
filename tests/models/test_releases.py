"""Batches and releases: out when everything in it is settled, once, and never changed."""

from __future__ import annotations

import csv
import io
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select, update

from models.batches import get_batch
from models.changes import list_changes
from models.db import Database, now
from models.documents import (
    fail_document,
    get_document,
    reject_document,
    retry_document,
    seal_batch,
    set_status,
)
from models.errors import Conflict
from models.fields import Reading, replace_fields
from models.releases import (
    acknowledge,
    build_files,
    collect,
    list_releases,
    record_release,
)
from models.steps import Step
from tests.models.conftest import Rows, add_rows


def settle(db: Database, document: str, value: str = "1") -> None:
    with db.write() as session:
        row = get_document(session, document)
        reading = Reading("total", None, value, value, 0.99, 1, [0, 0, 1, 1], (), ())
        replace_fields(session, row, [reading])
        for status in ("reading", "extracting", "final"):
            set_status(session, row, status)


def release_steps(db: Database) -> list[Step]:
    with db.read() as session:
        return list(session.scalars(select(Step).where(Step.kind == "release")))


def seal(db: Database, rows: Rows) -> None:
    with db.write() as session:
        seal_batch(session, rows.batch, actor="test")


def test_a_batch_is_released_when_sealed_and_settled(db: Database, rows: Rows) -> None:
    settle(db, rows.document)
    assert release_steps(db) == []
    seal(db, rows)
    assert [step.part for step in release_steps(db)] == [1]


def test_the_last_document_releases_a_sealed_batch(db: Database) -> None:
    rows = add_rows(db, documents=2)
    seal(db, rows)
    with db.read() as session:
        ids = session.scalars(select(Step.subject).where(Step.kind == "inspect")).all()
    for document in ids:
        assert release_steps(db) == []
        settle(db, document)
    assert len(release_steps(db)) == 1


def test_a_failed_document_does_not_hold_up_the_rest(db: Database) -> None:
    rows = add_rows(db, documents=2)
    seal(db, rows)
    with db.write() as session:
        other = session.scalars(
            select(Step.subject).where(Step.kind == "inspect", Step.subject != rows.document)
        ).one()
        fail_document(session, rows.document, "file_damaged", "It is damaged.")
    settle(db, other)
    assert len(release_steps(db)) == 1
    with db.read() as session:
        left_out = collect(session, rows.batch)["left_out"]
    assert [(row["id"], row["code"]) for row in left_out] == [(rows.document, "file_damaged")]


def test_a_quarantined_document_waits_for_a_person(db: Database, rows: Rows) -> None:
    seal(db, rows)
    with db.write() as session:
        fail_document(session, rows.document, "quarantined", "Lost.", quarantine=True)
    assert release_steps(db) == []
    with db.write() as session:
        reject_document(session, rows.document, "unreadable", actor="test")
    assert len(release_steps(db)) == 1


def test_an_empty_batch_cannot_be_sealed(db: Database, rows: Rows) -> None:
    empty = add_rows(db, "Second", documents=1)
    with db.write() as session:
        from models.batches import create_batch

        batch = create_batch(session, empty.client, "invoice", actor="test")
        with pytest.raises(Conflict, match="no files"):
            seal_batch(session, batch.id, actor="test")


def test_sealing_twice_is_sealing_once(db: Database, rows: Rows) -> None:
    settle(db, rows.document)
    seal(db, rows)
    seal(db, rows)
    assert len(release_steps(db)) == 1


def release(db: Database, rows: Rows) -> str:
    with db.write() as session:
        files = build_files(collect(session, rows.batch), 1, "2026-01-01T00:00:00+00:00")
        return record_release(session, rows.batch, 1, files["manifest.json"], now()).id


def test_a_release_is_recorded_and_announced_once(db: Database, rows: Rows) -> None:
    settle(db, rows.document)
    seal(db, rows)
    assert release(db, rows) == release(db, rows)
    with db.read() as session:
        assert get_batch(session, rows.batch).status == "released"
        assert [row.version for row in list_releases(session, rows.batch)] == [1]
        kinds = [change.kind for change in list_changes(session, rows.client, 0, 99)]
    assert kinds.count("batch.released") == 1


def test_a_released_batch_takes_no_retry(db: Database, rows: Rows) -> None:
    with db.write() as session:
        fail_document(session, rows.document, "file_damaged", "It is damaged.")
    seal(db, rows)
    release(db, rows)
    with db.write() as session, pytest.raises(Conflict, match="released"):
        retry_document(session, rows.document, actor="test")


def test_acknowledging_twice_keeps_the_first(db: Database, rows: Rows) -> None:
    settle(db, rows.document)
    seal(db, rows)
    made = release(db, rows)
    with db.write() as session:
        first = acknowledge(session, made, actor="one").acknowledged_at
        again = acknowledge(session, made, actor="two")
        assert (again.acknowledged_at, again.acknowledged_by) == (first, "one")


def test_the_files_hold_what_people_and_machine_found(db: Database, rows: Rows) -> None:
    settle(db, rows.document, "12.50")
    with db.write() as session:
        session.execute(update(Step).values(status="done"))
        data = collect(session, rows.batch)
    files = build_files(data, 3, "2026-01-01T00:00:00+00:00")
    assert files == build_files(data, 3, "2026-01-01T00:00:00+00:00")
    [document] = json.loads(files["data.json"])["documents"]
    assert document["fields"]["total"]["value"] == "12.50"
    names = {file["name"] for file in json.loads(files["manifest.json"])["files"]}
    assert names == {"data.json", "data.csv", "lines.csv"}


CELL = st.text(st.characters(codec="utf-8", exclude_characters="\r\x00"), max_size=20)


@given(st.lists(st.tuples(CELL, CELL), min_size=1, max_size=4))
def test_csv_gives_back_every_value(values: list[tuple[str, str]]) -> None:
    documents: list[dict[str, Any]] = [
        {
            "id": f"d{number}",
            "filename": name,
            "sha256": "",
            "origin": None,
            "type": "invoice",
            "fields": {"note": {"value": value}},
            "lines": [{"description": {"value": value}}],
        }
        for number, (name, value) in enumerate(values)
    ]
    data = {"batch_id": "b", "client_id": "c", "external_id": None, "documents": documents,
            "left_out": []}  # fmt: skip
    files = build_files(data, 1, "2026-01-01T00:00:00+00:00")
    for name, column in (("data.csv", "note"), ("lines.csv", "description")):
        rows = list(csv.DictReader(io.StringIO(files[name].decode(), newline="")))
        assert [row[column] for row in rows] == [value for _, value in values]
