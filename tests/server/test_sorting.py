"""Sorting by API: files to claim, answers that are checked, sheets to print."""

from __future__ import annotations

import io
from typing import Any

import httpx
import pikepdf
import pytest

from models import documents, sorting
from models.batches import create_batch
from models.documents import PageRow, StoredFile
from models.ids import new_id
from models.storage import page_thumbnail_key
from tests.server.conftest import Running

PARTS = [{"pages": [1, 2], "type": "invoice"}]


def add_file(running: Running, pages: int = 3) -> str:
    """A file of client A that waits for a person: two documents, it seems. Its document's id."""
    with running.db.write() as session:
        batch = create_batch(session, running.client_a, "detect", actor="test")
        file = StoredFile("joined.pdf", new_id("x")[-10:].lower().rjust(64, "0"), 9, "image/jpeg")
        document = documents.add_document(session, batch.id, file, actor="test")
        documents.start_reading(session, document.id, pages)
        for number in range(1, pages + 1):
            session.add(
                PageRow(
                    id=new_id("pag"), client_id=document.client_id, document_id=document.id,
                    number=number, width=800, height=1000, source="ocr", rotation=0, skew=0.0,
                    seconds=1.0,
                )
            )  # fmt: skip
        sheets: list[dict[str, Any]] = [
            {"number": n, "kind": "page", "cut": None, "reasons": [], "sure": True}
            for n in range(1, pages + 1)
        ]
        part = {"pages": [1, 2, 3], "type": "invoice", "type_score": 0.5, "sure": False,
                "region": None}  # fmt: skip
        proposal = {"sheets": sheets, "parts": [part], "dropped": {}, "doubts": ["type"],
                    "slips": {}}  # fmt: skip
        sorting.ask(session, document, proposal)
        return document.id


def claim(http: httpx.Client, document: str) -> dict[str, Any]:
    answer = http.post("/v1/sorting/claim", json={"count": 20})
    assert answer.status_code == 200, answer.text
    [found] = [item for item in answer.json()["items"] if item["document_id"] == document]
    return dict(found)


def put(http: httpx.Client, item: dict[str, Any], **body: Any) -> httpx.Response:
    headers = {"If-Match": f'"{item["version"]}"'}
    return http.put(f"/v1/sorting/{item['id']}/answer", json=body, headers=headers)


def test_a_file_is_claimed_and_answered(either: Running) -> None:
    document = add_file(either)
    operator = either["operator"]
    item = claim(operator, document)
    assert [page["number"] for page in item["pages"]] == [1, 2, 3]
    assert "invoice" in [one["name"] for one in item["types"]]
    answer = put(operator, item, parts=PARTS, dropped=[3], seconds=2.5, keystrokes=3)
    assert (answer.status_code, answer.json()["status"]) == (200, "done")
    assert operator.get(f"/v1/documents/{document}").json()["status"] == "reading"
    assert operator.get("/v1/sorting/summary").json() == {"open": 0, "claimed": 0, "done_today": 1}


@pytest.mark.parametrize(
    "body",
    [
        {"parts": PARTS},
        {"parts": PARTS, "dropped": [2, 3]},
        {"parts": [{"pages": [2, 1, 3], "type": "invoice"}]},
        {"parts": [{"pages": [1, 2, 3], "type": "nonsense"}]},
        {"parts": [*PARTS, {"pages": [3], "type": "invoice", "region": [0.5, 0, 0.1, 1]}]},
        {"parts": [*PARTS, {"pages": [9], "type": "invoice"}], "dropped": [3]},
    ],
)
def test_an_answer_that_makes_no_sense_is_refused(server: Running, body: dict[str, Any]) -> None:
    document = add_file(server)
    answer = put(server["operator"], claim(server["operator"], document), **body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert server["operator"].get(f"/v1/documents/{document}").json()["status"] == "sorting"


def test_an_answer_without_its_claim_is_stale(server: Running) -> None:
    item = claim(server["operator"], add_file(server))
    headers = {"If-Match": f'"{item["version"]}"'}
    assert server["operator"].post(
        f"/v1/sorting/{item['id']}/release", headers=headers
    ).status_code == 200  # fmt: skip
    assert put(server["operator"], item, parts=PARTS, dropped=[3]).status_code == 412


def test_a_file_given_up_is_no_work_any_more(server: Running) -> None:
    document = add_file(server)
    server["supervisor"].post(f"/v1/documents/{document}/reject", json={"reason": "Not ours."})
    items = server["operator"].post("/v1/sorting/claim", json={"count": 20}).json()["items"]
    assert document not in [item["document_id"] for item in items]


def test_pages_of_the_file_are_seen_small(server: Running) -> None:
    document = add_file(server)
    key = page_thumbnail_key(server.client_a, document, 1)
    server.storage.put_bytes(key, b"small", "image/jpeg")
    path = f"/v1/documents/{document}/sheets/1/thumbnail"
    answer = server["operator"].get(path)
    assert (answer.status_code, answer.content) == (200, b"small")
    assert server["foreign"].get(path).status_code == 404


def test_a_batch_says_how_its_files_are_divided(server: Running) -> None:
    batch = server.new_batch(split="separators", separator="UFFICIO 7", drop_blank=True)
    shown = server["client"].get(f"/v1/batches/{batch}").json()
    assert (shown["split"], shown["separator"], shown["drop_blank"]) == (
        "separators", "UFFICIO 7", True,
    )  # fmt: skip
    assert server["client"].post("/v1/batches", json={"split": "half"}).status_code == 422


def test_separator_sheets_can_be_printed(server: Running) -> None:
    answer = server["client"].get("/v1/separators.pdf", params={"count": 3})
    assert answer.headers["content-type"] == "application/pdf"
    assert len(pikepdf.open(io.BytesIO(answer.content)).pages) == 3
