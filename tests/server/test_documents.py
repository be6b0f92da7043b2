"""Documents over HTTP: downloads, pages, fields, and what supervisors decide."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from sqlalchemy import select

from models.documents import fail_document, get_document, record_searchable
from models.steps import Step
from models.storage import page_image_key, page_words_key, searchable_key
from server.files import NAME_LENGTH, attachment, clean_name
from tests.server.conftest import Running, add_keying


@pytest.fixture
def document(server: Running) -> str:
    """A document in keying whose page is in the store."""
    made = add_keying(server)[0]
    server.storage.put_bytes(page_image_key(server.client_a, made, 1), b"JPEG", "image/jpeg")
    server.storage.put_bytes(page_words_key(server.client_a, made, 1), b'{"lines":[]}')
    return made


def test_an_original_is_nothing_to_look_at(server: Running, jpeg: bytes) -> None:
    made = server.upload(server.new_batch(), jpeg)
    answer = server["client"].get(f"/v1/documents/{made}/original")
    assert answer.headers["content-disposition"].startswith("attachment;")
    assert answer.headers["content-security-policy"].startswith("sandbox")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["content-type"] == "image/jpeg"
    assert int(answer.headers["content-length"]) == len(jpeg)


def test_a_lost_original_is_a_fault_of_ours(server: Running, document: str) -> None:
    answer = server["client"].get(f"/v1/documents/{document}/original")
    assert (answer.status_code, answer.json()["code"]) == (500, "object_lost")
    assert "sha256" not in answer.text


@pytest.mark.parametrize(
    ("what", "body", "media_type"),
    [("image", b"JPEG", "image/jpeg"), ("words", b'{"lines":[]}', "application/json")],
)
def test_pages_are_kept_by_browsers(
    server: Running, document: str, what: str, body: bytes, media_type: str
) -> None:
    path = f"/v1/documents/{document}/pages/1/{what}"
    answer = server["operator"].get(path)
    assert (answer.content, answer.headers["content-type"]) == (body, media_type)
    assert answer.headers["cache-control"] == "private, max-age=31536000, immutable"
    known = {"If-None-Match": answer.headers["etag"]}
    assert server["operator"].get(path, headers=known).status_code == 304


def test_pages_are_listed_with_their_addresses(server: Running, document: str) -> None:
    page = server["client"].get(f"/v1/documents/{document}/pages").json()["items"][0]
    assert page["image"] == f"/v1/documents/{document}/pages/1/image"
    assert (page["number"], page["width"], page["height"]) == (1, 800, 1000)
    assert page["blank"] is False


def keep_searchable(server: Running, document: str, made: bytes) -> None:
    sha256 = hashlib.sha256(made).hexdigest()
    server.storage.put_bytes(searchable_key(server.client_a, document), made, "application/pdf")
    with server.db.write() as session:
        record_searchable(session, document, sha256, len(made), "PDF/A-2B")


@pytest.mark.parametrize("role", ["client", "operator", "downstream"])
def test_the_searchable_pdf_is_a_get_away(server: Running, document: str, role: str) -> None:
    keep_searchable(server, document, b"%PDF-1.7")
    answer = server[role].get(f"/v1/documents/{document}/searchable.pdf")
    assert (answer.content, answer.headers["content-type"]) == (b"%PDF-1.7", "application/pdf")
    assert 'filename="0.searchable.pdf"' in answer.headers["content-disposition"]
    assert answer.headers["content-security-policy"].startswith("sandbox")
    shown = server[role].get(f"/v1/documents/{document}").json()["searchable"]
    assert (shown["size"], shown["standard"]) == (8, "PDF/A-2B")
    assert answer.headers["etag"] == f'"{shown["sha256"]}"'


def test_a_known_searchable_pdf_is_not_sent_again(server: Running, document: str) -> None:
    keep_searchable(server, document, b"%PDF-1.7 known")
    path = f"/v1/documents/{document}/searchable.pdf"
    known = {"If-None-Match": server["client"].get(path).headers["etag"]}
    assert server["client"].get(path, headers=known).status_code == 304


def test_a_searchable_pdf_that_is_not_made_yet_is_made_soon(server: Running, document: str) -> None:
    answer = server["client"].get(f"/v1/documents/{document}/searchable.pdf")
    assert (answer.status_code, answer.json()["code"]) == (409, "not_ready")
    assert int(answer.headers["retry-after"]) > 0
    with server.db.read() as session:
        step = session.scalar(select(Step).where(Step.kind == "archive", Step.subject == document))
        assert step is not None
        assert step.status == "ready"


def test_a_file_that_is_no_paper_has_no_searchable_pdf(server: Running, document: str) -> None:
    with server.db.write() as session:
        get_document(session, document).media_type = "application/xml"
    answer = server["client"].get(f"/v1/documents/{document}/searchable.pdf")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_others_do_not_see_the_searchable_pdf(server: Running, document: str) -> None:
    keep_searchable(server, document, b"%PDF-1.7")
    answer = server["foreign"].get(f"/v1/documents/{document}/searchable.pdf")
    assert answer.status_code == 404


@pytest.mark.parametrize(("number", "status"), [(2, 404), (0, 422), (10**30, 422)])
def test_there_are_no_other_pages(server: Running, document: str, number: int, status: int) -> None:
    path = f"/v1/documents/{document}/pages/{number}/image"
    assert server["client"].get(path).status_code == status


def test_fields_come_in_the_types_order(server: Running, document: str) -> None:
    fields = server["client"].get(f"/v1/documents/{document}/fields").json()["items"]
    assert [field["name"] for field in fields][:2] == ["invoice_number", "issue_date"]
    assert fields[0]["status"] == "keying"
    assert fields[-1]["status"] == "final"
    assert fields[0]["box"] == [0.1, 0.1, 0.3, 0.12]


def test_a_quarantined_document_can_start_anew(server: Running, document: str) -> None:
    with server.db.write() as session:
        fail_document(session, document, "step_lost", "Three workers died.", quarantine=True)
    shown = server["supervisor"].get(f"/v1/documents/{document}").json()
    assert shown["problem"] == {"code": "step_lost", "detail": "Three workers died."}
    answer = server["supervisor"].post(f"/v1/documents/{document}/retry")
    assert (answer.json()["status"], answer.json()["problem"]) == ("received", None)
    claimed = server["operator"].post("/v1/tasks/claim", json={"count": 50}).json()["items"]
    assert document not in [task["document_id"] for task in claimed]


def test_a_rejected_document_says_why(server: Running, document: str) -> None:
    answer = server["supervisor"].post(
        f"/v1/documents/{document}/reject", json={"reason": "A delivery note."}
    )
    assert answer.json()["status"] == "rejected"
    assert answer.json()["problem"] == {"code": "rejected", "detail": "A delivery note."}


@pytest.mark.parametrize("what", ["retry", "reject"])
def test_only_what_stands_still_can_be_decided(server: Running, jpeg: bytes, what: str) -> None:
    made = server.upload(server.new_batch(), jpeg)
    answer = server["supervisor"].post(f"/v1/documents/{made}/{what}", json={"reason": "no"})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


# -- names by themselves ------------------------------------------------------------------------


NAMES = st.text(st.characters(codec=None), max_size=400)


@given(NAMES)
@example("a\r\nSet-Cookie: x=1")
@example('a"; filename="b')
@example("..\\..\\\ud800")
def test_no_name_breaks_out_of_its_header(name: str) -> None:
    header = attachment(clean_name(name))
    assert header.isascii()
    assert header.isprintable()
    assert header.count('"') == 2


@given(NAMES)
def test_a_name_is_never_a_path(name: str) -> None:
    kept = clean_name(name)
    assert 0 < len(kept) <= NAME_LENGTH
    assert kept not in (".", "..")
    assert not set(kept) & set("/\\\0\r\n")
    assert clean_name(kept) == kept
