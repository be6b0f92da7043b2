"""Second opinions over HTTP: consent, cost, and what a person is shown."""

from __future__ import annotations

from sqlalchemy import select

from models.keying import Task
from models.opinions import Round, record_opinion
from tests.server.conftest import Running, add_keying


def test_consent_is_given_and_taken_back(server: Running) -> None:
    path = f"/v1/clients/{server.client_b}/opinion"
    assert server["admin"].get(path).json()["opinion"] is False
    given = server["admin"].put(path, json={"opinion": True})
    assert (given.status_code, given.json()["opinion"]) == (200, True)
    assert server["foreign"].get("/v1/clients").json()["items"][0]["opinion"] is True
    server["admin"].put(path, json={"opinion": False})
    assert server["admin"].get(path).json()["opinion"] is False


def test_what_it_cost_is_added_up_for_each_client(either: Running) -> None:
    first, second = add_keying(either, documents_=2)
    with either.db.write() as session:
        for document, found in (
            (first, Round("m", "answered", 3, 2, 1, 100, 10, 250)),
            (first, Round("m", "failed", 3)),
            (second, Round("m", "answered", 1, 0, 1, 50, 5, 100)),
        ):
            record_opinion(session, either.client_a, document, found)
    cost = either["supervisor"].get(f"/v1/clients/{either.client_a}/opinion").json()
    assert cost == {
        "opinion": False, "documents": 2, "asked": 7, "agreed": 2, "failed": 1, "calls": 3,
        "tokens_in": 150, "tokens_out": 15, "milliseconds": 350,
    }  # fmt: skip
    other = either["supervisor"].get(f"/v1/clients/{either.client_b}/opinion").json()
    assert other["calls"] == 0


def test_an_unknown_client_has_no_opinion(server: Running) -> None:
    path = "/v1/clients/cli_none/opinion"
    assert server["admin"].get(path).status_code == 404
    assert server["admin"].put(path, json={"opinion": True}).status_code == 404


def test_a_person_sees_the_other_value_and_whose_it_is(server: Running) -> None:
    [document] = add_keying(server, doubtful=1)
    with server.db.write() as session:
        task = session.scalars(select(Task).where(Task.document_id == document)).one()
        task.doubts = ["low_score", "opinion:A-71"]
    [shown] = [
        item
        for item in server["operator"].post("/v1/tasks/claim", json={"count": 50}).json()["items"]
        if item["document_id"] == document
    ]
    assert shown["alternatives"] == ["A-71"]
    assert shown["value"] == "A-17"
    assert "A second opinion reads A-71" in shown["problems"][1]["message"]
