"""Batches, documents and lists over HTTP."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import event

from models.documents import fail_document
from models.errors import InvalidRequest
from server.deps import read_cursor, write_cursor
from tests.server import files
from tests.server.conftest import Running, add_keying


def test_a_batch_comes_back_as_it_was_made(server: Running) -> None:
    body = {
        "document_type": "receipt",
        "priority": 9,
        "deadline": "2027-01-02T10:00:00+01:00",
        "external_id": "night shift",
    }
    made = server["client"].post("/v1/batches", json=body)
    batch = made.json()
    assert made.headers["location"] == f"/v1/batches/{batch['id']}"
    assert batch["deadline"] == "2027-01-02T09:00:00.000Z"
    assert (batch["status"], batch["version"], batch["problems"]) == ("open", 0, [])
    assert batch["client_id"] == server.client_a
    assert {name: batch[name] for name in body if name != "deadline"} == {
        name: value for name, value in body.items() if name != "deadline"
    }
    assert server["client"].get(made.headers["location"]).json() == batch


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"document_type": "poem"}, 404),
        ({"priority": 10}, 422),
        ({"priority": -1}, 422),
        ({"deadline": "2027-01-02T10:00:00"}, 422),
        ({"deadline": "tomorrow"}, 422),
        ({"deadline": "9999-12-31T23:59:59-10:00"}, 422),
        ({"external_id": ""}, 422),
    ],
)
def test_a_wrong_batch_is_refused(server: Running, body: dict[str, Any], status: int) -> None:
    assert server["client"].post("/v1/batches", json=body).status_code == status


def test_staff_say_whose_batch_it_is(server: Running) -> None:
    post = server["supervisor"].post
    assert post("/v1/batches", json={}).status_code == 422
    assert post("/v1/batches", json={"client_id": "cli_none"}).status_code == 404
    made = post("/v1/batches", json={"client_id": server.client_b})
    assert made.json()["client_id"] == server.client_b


def test_the_same_key_makes_one_batch(either: Running) -> None:
    def post(body: dict[str, Any]) -> Any:
        return either["client"].post("/v1/batches", json=body, headers={"Idempotency-Key": "k"})

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: post({"external_id": "x"}), range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert len(either["client"].get("/v1/batches").json()["items"]) == 1
    assert post({"external_id": "y"}).json()["code"] == "idempotency_mismatch"


def test_a_batch_counts_what_is_in_it(either: Running) -> None:
    document = add_keying(either, documents_=3, doubtful=2)[0]
    batch = either["client"].get(f"/v1/documents/{document}").json()["batch_id"]
    with either.db.write() as session:
        fail_document(session, document, "file_damaged", "Page 2 is broken.", quarantine=True)
    task = either["operator"].post("/v1/tasks/claim", json={"count": 6}).json()["items"][-1]
    either["operator"].put(
        f"/v1/tasks/{task['id']}/key",
        json={"value": "2026-01-01"},
        headers={"If-Match": str(task["version"])},
    ).raise_for_status()
    got = either["client"].get(f"/v1/batches/{batch}").json()
    assert got["counts"] == {
        "documents": 3,
        "by_status": {"keying": 2, "quarantined": 1},
        "tasks_open": 5,
        "sorting_open": 0,
        "fields": 18,
        "fields_keyed": 1,
    }
    assert got["problems"] == [
        {
            "document_id": document,
            "filename": "0.pdf",
            "code": "file_damaged",
            "detail": "Page 2 is broken.",
        }
    ]


def test_a_list_of_batches_costs_as_many_queries_as_one(server: Running) -> None:
    for _ in range(5):
        server.new_batch()
    statements: list[str] = []
    event.listen(
        server.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2])
    )
    counts = []
    for limit in (1, 5):
        statements.clear()
        server["client"].get("/v1/batches", params={"limit": limit}).raise_for_status()
        counts.append(len(statements))
    assert counts[0] == counts[1]


def test_sealing_twice_is_sealing_once(server: Running, jpeg: bytes) -> None:
    batch = server.new_batch()
    server.upload(batch, jpeg)
    first = server["client"].post(f"/v1/batches/{batch}/seal").json()
    again = server["client"].post(f"/v1/batches/{batch}/seal").json()
    assert first["status"] == "sealed"
    assert again == first


def test_an_empty_batch_cannot_be_sealed(server: Running) -> None:
    batch = server.new_batch()
    assert server["client"].post(f"/v1/batches/{batch}/seal").status_code == 409


# -- lists --------------------------------------------------------------------------------------


def pages(server: Running, path: str, **query: Any) -> list[list[str]]:
    found = []
    cursor = None
    while True:
        given = {**query, **({"cursor": cursor} if cursor else {})}
        answer = server["client"].get(path, params=given).json()
        found.append([item["id"] for item in answer["items"]])
        cursor = answer["next"]
        if cursor is None:
            return found


def test_batches_are_listed_newest_first_in_pages(either: Running) -> None:
    made = [either.new_batch() for _ in range(5)]
    assert pages(either, "/v1/batches", limit=2) == [made[4:2:-1], made[2:0:-1], made[:1]]


def test_documents_are_listed_in_order_in_pages(either: Running) -> None:
    batch = either.new_batch()
    made = [either.upload(batch, files.jpeg(40 + n)) for n in range(3)]
    either.upload(either.new_batch(), files.jpeg(50))
    assert pages(either, "/v1/documents", batch_id=batch, limit=2) == [made[:2], made[2:]]


def test_lists_can_be_filtered(either: Running) -> None:
    batch = either.new_batch(external_id="one")
    other = either.new_batch(external_id="two")
    document = either.upload(batch, files.jpeg(60))
    either["client"].post(f"/v1/batches/{batch}/seal").raise_for_status()
    assert pages(either, "/v1/batches", external_id="two") == [[other]]
    assert pages(either, "/v1/batches", status="sealed") == [[batch]]
    assert pages(either, "/v1/documents", status="received") == [[document]]
    assert pages(either, "/v1/documents", status="final") == [[]]


def test_a_cursor_of_another_list_is_refused(server: Running) -> None:
    for _ in range(2):
        server.new_batch()
    cursor = server["client"].get("/v1/batches", params={"limit": 1}).json()["next"]
    answer = server["client"].get("/v1/documents", params={"cursor": cursor})
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


@given(st.binary(), st.text(), st.text())
def test_a_cursor_holds_any_id(secret: bytes, name: str, last: str) -> None:
    assert read_cursor(secret, name, write_cursor(secret, name, last)) == last


@given(st.text())
def test_any_other_text_is_no_cursor(text: str) -> None:
    with pytest.raises(InvalidRequest):
        read_cursor(b"secret", "list", text)


@pytest.mark.parametrize("path", ["/v1/users", "/v1/keys", "/v1/clients"])
def test_other_lists_have_pages_too(server: Running, path: str) -> None:
    whole = [item["id"] for item in server["admin"].get(path).json()["items"]]
    first = server["admin"].get(path, params={"limit": 1}).json()
    rest = server["admin"].get(path, params={"limit": 200, "cursor": first["next"]}).json()
    assert [item["id"] for item in first["items"] + rest["items"]] == whole
    assert rest["next"] is None


def test_no_list_shows_a_secret(server: Running) -> None:
    for path in ("/v1/users", "/v1/keys"):
        text = server["admin"].get(path).text
        assert "hash" not in text
        assert "argon2" not in text
