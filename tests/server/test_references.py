"""Reference lists by API."""

from __future__ import annotations

import pytest

from models import documents
from models.documents import StoredFile, add_document
from models.fields import replace_fields
from models.keying import add_tasks
from server.references import MAX_BYTES
from tests.server.conftest import Running, readings

CSV = b"number;supplier\r\nA-17;Rossi\r\nA-18;Bianchi\r\n"


def put(server: Running, name: str, data: bytes = CSV, role: str = "client") -> int:
    return server[role].put(f"/v1/references/{name}", content=data).status_code


def test_a_list_is_loaded_and_replaced(server: Running) -> None:
    assert put(server, "orders") == 200
    assert put(server, "orders", b"number\nB-1\n") == 200
    shown = server["client"].get("/v1/references/orders").json()
    assert (shown["version"], shown["columns"], shown["rows"]) == (2, ["number"], 1)
    assert shown in server["downstream"].get("/v1/references").json()["items"]


def test_a_wrong_line_changes_nothing(server: Running) -> None:
    put(server, "kept")
    answer = server["client"].put("/v1/references/kept", content=b"number\nA;B\n\x00")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert server["client"].get("/v1/references/kept").json()["rows"] == 2


def test_a_list_may_be_larger_than_other_requests(server: Running) -> None:
    rows = b"".join(b"%d;%s\n" % (number, b"x" * 400) for number in range(5000))
    assert put(server, "large", b"number;name\n" + rows) == 200


def test_a_list_may_be_too_large(server: Running) -> None:
    answer = server["client"].put("/v1/references/huge", content=b"x" * (MAX_BYTES + 1))
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_a_list_is_deleted(server: Running) -> None:
    put(server, "gone")
    assert server["client"].delete("/v1/references/gone").status_code == 204
    assert server["client"].get("/v1/references/gone").status_code == 404


def test_lists_are_the_clients_own(server: Running) -> None:
    put(server, "own")
    query = {"client_id": server.client_a}
    assert server["foreign"].get("/v1/references/own").status_code == 404
    assert server["foreign"].get("/v1/references/own", params=query).status_code == 404
    assert server["foreign"].delete("/v1/references/own", params=query).status_code == 404
    assert server["supervisor"].get("/v1/references/own", params=query).status_code == 200


@pytest.mark.parametrize(
    ("reference", "place"),
    [
        ({"list": "nowhere", "column": "number"}, "fields.0.reference.list"),
        ({"list": "known", "column": "colour"}, "fields.0.reference"),
        ({"list": "known", "column": "number", "fills": {"supplier": "vat"}},
         "fields.0.reference.fills"),
        ({"list": "known", "column": "number", "fills": {"colour": "seller"}},
         "fields.0.reference"),
    ],
)  # fmt: skip
def test_a_type_names_lists_that_are_there(
    server: Running, reference: dict[str, object], place: str
) -> None:
    put(server, "known")
    data = {
        "name": "by_list",
        "label": {"en": "By list"},
        "fields": [
            {"name": "number", "kind": "identifier", "label": {"en": "Number"},
             "reference": reference},
            {"name": "seller", "kind": "text", "label": {"en": "Seller"}},
        ],
    }  # fmt: skip
    answer = server["client"].post("/v1/types", json=data)
    assert answer.status_code == 422
    assert [problem["field"] for problem in answer.json()["errors"]] == [place]


def test_a_keyed_value_is_held_against_the_list(either: Running) -> None:
    put(either, "orders")
    data = {
        "name": "invoice",
        "label": {"en": "Invoice"},
        "fields": [
            {"name": "invoice_number", "kind": "identifier", "label": {"en": "Number"},
             "reference": {"list": "orders", "column": "number"}},
        ],
    }  # fmt: skip
    assert either["client"].post("/v1/types", json=data).status_code == 201
    document = add_task(either, either.new_batch())
    check = {"document_type": "invoice", "name": "invoice_number", "line": None,
             "document_id": document}  # fmt: skip
    codes = [
        [problem["code"] for problem in answer.json()["problems"]]
        for value in ("a-17", "A-19")
        for answer in [either["operator"].post("/v1/tasks/check", json={**check, "value": value})]
    ]
    assert codes == [[], ["not_in_reference"]]
    [task] = either["operator"].post("/v1/tasks/claim", json={}).json()["items"]
    url, match = f"/v1/tasks/{task['id']}/key", {"If-Match": "2"}
    refused = either["operator"].put(url, json={"value": "A-19"}, headers=match)
    assert refused.json()["problems"][0]["code"] == "not_in_reference"
    kept = either["operator"].put(url, json={"value": "A-19", "force": True}, headers=match)
    assert kept.json()["field"]["problems"] == ["not_in_reference"]


def add_task(running: Running, batch: str) -> str:
    """A document whose invoice number waits for a person."""
    with running.db.write() as session:
        file = StoredFile("a.pdf", "a" * 64, 10, "application/pdf")
        document = add_document(session, batch, file, actor="test")
        documents.start_reading(session, document.id, 1)
        documents.set_status(session, document, "extracting")
        document.type = "invoice"
        written = replace_fields(session, document, readings(1))
        add_tasks(session, document, [(written[0], ("not_in_reference",))])
        documents.set_status(session, document, "keying")
        return document.id
