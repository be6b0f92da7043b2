"""Uploads: what is taken, what is refused and how, and that nothing is taken twice or by half."""

from __future__ import annotations

import hashlib
import re
import socket
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import httpx
import pytest
from sqlalchemy import func, select

from models.db import Database
from models.documents import Document
from models.settings import Settings
from models.steps import Step
from models.storage import Storage, original_key
from server.spool import MAX_FIELDS_BYTES, MAX_FILES
from tests.server import files
from tests.server.conftest import Running, run_server, settings_for

MAX_BYTES = 64 * 1024


@pytest.fixture(scope="module")
def server(parts: Settings, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A server that takes little, so that too much is quickly sent."""
    folder = tmp_path_factory.mktemp("uploads")
    settings = settings_for(
        parts, folder, f"sqlite:///{folder / 'db'}", max_file_bytes=MAX_BYTES, max_pages=3
    )
    with run_server(settings) as running:
        yield running


@pytest.fixture
def batch(server: Running) -> str:
    return server.new_batch()


def send(server: Running, batch: str, *parts: tuple[str, bytes], key: str = "") -> httpx.Response:
    headers = {"Idempotency-Key": key} if key else {}
    form = [("file", part) for part in parts]
    return server["client"].post(f"/v1/batches/{batch}/files", files=form, headers=headers)


def count(db: Database, batch: str) -> int:
    with db.read() as session:
        return session.scalar(select(func.count()).where(Document.batch_id == batch)) or 0


def spooled(server: Running) -> list[Path]:
    return list((server.settings.data_dir / "spool").rglob("*"))


# -- taken --------------------------------------------------------------------------------------


def test_a_file_comes_back_as_it_was(server: Running, batch: str, jpeg: bytes) -> None:
    document = server.upload(batch, jpeg)
    assert server["client"].get(f"/v1/documents/{document}/original").content == jpeg


def test_the_answer_describes_the_file(server: Running, batch: str, jpeg: bytes) -> None:
    item = send(server, batch, ("a.jpg", jpeg)).json()["items"][0]
    digest = hashlib.sha256(jpeg).hexdigest()
    assert item | {"document_id": "", "duplicate_of": ""} == {
        "document_id": "",
        "original_id": digest,
        "filename": "a.jpg",
        "sha256": digest,
        "size": len(jpeg),
        "media_type": "image/jpeg",
        "duplicate_of": "",
    }


def test_a_file_is_in_the_store_with_its_first_step(
    server: Running, batch: str, storage: Storage, jpeg: bytes
) -> None:
    document = server.upload(batch, jpeg)
    key = original_key(server.client_a, hashlib.sha256(jpeg).hexdigest())
    assert storage.get_bytes(key) == jpeg
    with server.db.read() as session:
        step = session.scalar(select(Step).where(Step.subject == document))
        assert step is not None
        assert (step.kind, step.status) == ("inspect", "ready")


def test_many_files_in_one_request(server: Running, batch: str, jpeg: bytes) -> None:
    answer = send(server, batch, ("1.jpg", jpeg), ("2.png", files.png()), ("3.pdf", files.pdf()))
    kinds = [item["media_type"] for item in answer.json()["items"]]
    assert kinds == ["image/jpeg", "image/png", "application/pdf"]


def test_a_raw_body_is_one_file(server: Running, batch: str, jpeg: bytes) -> None:
    answer = server["client"].post(
        f"/v1/batches/{batch}/files",
        params={"filename": "due copie.jpg"},
        content=jpeg,
        headers={"Content-Type": "image/jpeg"},
    )
    assert answer.status_code == 201
    assert answer.json()["items"][0]["filename"] == "due copie.jpg"


def test_the_same_bytes_again_name_the_first(server: Running, batch: str) -> None:
    data = files.jpeg(11)
    first = server.upload(batch, data)
    again = send(server, batch, ("b.jpg", data), ("c.jpg", data)).json()["items"]
    assert [item["duplicate_of"] for item in again] == [first, first]


def test_another_clients_bytes_are_no_duplicate(server: Running, batch: str) -> None:
    data = files.jpeg(12)
    server.upload(batch, data)
    foreign = server.new_batch("foreign")
    answer = server["foreign"].post(f"/v1/batches/{foreign}/files", files={"file": ("x", data)})
    assert answer.json()["items"][0]["duplicate_of"] is None


@pytest.mark.parametrize(
    ("given", "kept"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\scans\\a.jpg", "a.jpg"),
        ("fattura\u202egpj.exe", "fatturagpj.exe"),
        ("a\u0000b\nc.jpg", "abc.jpg"),
        ("x" * 300 + ".jpg", "x" * 251 + ".jpg"),
        ("..", "unnamed"),
        ("Società è già.pdf", "Società è già.pdf"),
    ],
)
def test_hostile_names_become_text(
    server: Running, batch: str, jpeg: bytes, given: str, kept: str
) -> None:
    name = given.replace("\\", "\\\\").encode()
    body = (
        b'--limit\r\nContent-Disposition: form-data; name="file"; filename="'
        + name
        + b'"\r\n\r\n'
        + jpeg
        + b"\r\n--limit--\r\n"
    )
    answer = server["client"].post(
        f"/v1/batches/{batch}/files",
        content=body,
        headers={"Content-Type": "multipart/form-data; boundary=limit"},
    )
    assert answer.status_code == 201, answer.text
    assert answer.json()["items"][0]["filename"] == kept


def test_a_name_comes_back_in_the_download(server: Running, batch: str, jpeg: bytes) -> None:
    document = server.upload(batch, jpeg, 'è "già".jpg')
    got = server["client"].get(f"/v1/documents/{document}/original")
    assert got.headers["content-disposition"].endswith(
        "filename*=UTF-8''%C3%A8%20%22gi%C3%A0%22.jpg"
    )


def test_nothing_is_left_on_disk(server: Running, batch: str, jpeg: bytes) -> None:
    send(server, batch, ("a.jpg", jpeg))
    send(server, batch, ("a.jpg", jpeg), ("b.txt", b"text"))
    assert spooled(server) == []


def test_the_spool_is_private(server: Running) -> None:
    assert (server.settings.data_dir / "spool").stat().st_mode & 0o777 == 0o700


# -- refused ------------------------------------------------------------------------------------


def bad_files() -> dict[str, tuple[int, str, bytes]]:
    whole = files.jpeg()
    return {
        "empty": (422, "file_empty", b""),
        "text": (415, "file_type_unsupported", b"Dear Sir or Madam"),
        "html": (415, "file_type_unsupported", b"<html><script>alert(1)</script>" * 100),
        "too large": (413, "file_too_large", whole + bytes(MAX_BYTES)),
        "truncated": (422, "file_truncated", whole[: len(whole) // 2]),
        "damaged": (422, "file_damaged", b"%PDF-1.4\n" + b"nonsense " * 20 + b"\n%%EOF\n"),
        "encrypted": (422, "file_encrypted", files.encrypted_pdf()),
        "too many pages": (422, "too_many_pages", files.pdf(4)),
        "pixel flood": (422, "too_many_pixels", files.flood()),
    }


@pytest.mark.parametrize("kind", bad_files())
def test_a_bad_file_is_refused_with_its_code(server: Running, batch: str, kind: str) -> None:
    status, code, data = bad_files()[kind]
    answer = send(server, batch, ("bad file", data))
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (status, code)


@pytest.mark.parametrize("kind", bad_files())
def test_a_refusal_names_the_file_and_takes_none(
    server: Running, batch: str, jpeg: bytes, kind: str
) -> None:
    answer = send(server, batch, ("good.jpg", jpeg), ("bad file", bad_files()[kind][2]))
    assert answer.json()["filename"] == "bad file"
    assert count(server.db, batch) == 0


def test_a_refusal_tells_nothing_of_the_parser(server: Running, batch: str) -> None:
    answer = send(server, batch, ("bad", bad_files()["damaged"][2]))
    assert "reason" not in answer.json()


def test_too_large_is_refused_early_whatever_the_length_says(server: Running, batch: str) -> None:
    """The body never ends and has no length: the answer must come all the same."""
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as line:
        line.sendall(
            f"POST /v1/batches/{batch}/files HTTP/1.1\r\nHost: x\r\n"
            f"Authorization: Bearer {server.keys['client']}\r\n"
            "Transfer-Encoding: chunked\r\n\r\n".encode()
        )
        chunk = b"4000\r\n\xff\xd8\xff" + bytes(0x4000 - 3) + b"\r\n"
        for _ in range(5):
            line.sendall(chunk)
        line.settimeout(10)
        assert line.recv(12) == b"HTTP/1.1 413"


def test_too_many_files_in_one_request(server: Running, batch: str, jpeg: bytes) -> None:
    small = [(f"{n}.jpg", jpeg) for n in range(MAX_FILES + 1)]
    answer = send(server, batch, *small)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_too_much_in_one_request(server: Running, batch: str) -> None:
    many = [(f"{n}.jpg", b"\xff\xd8\xff" + bytes(MAX_BYTES - 3)) for n in range(5)]
    answer = send(server, batch, *many)
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_fields_beside_the_files_are_small(server: Running, batch: str, jpeg: bytes) -> None:
    answer = server["client"].post(
        f"/v1/batches/{batch}/files",
        files={"file": ("a.jpg", jpeg)},
        data={"note": "x" * (MAX_FIELDS_BYTES + 1)},
    )
    assert answer.json()["code"] == "request_too_large"


def malformed(jpeg: bytes) -> dict[str, dict[str, Any]]:
    head = b'--b\r\nContent-Disposition: form-data; name="file"; filename="a"\r\n\r\n'
    form = {"Content-Type": "multipart/form-data; boundary=b"}
    return {
        "no boundary": {"content": b"x", "headers": {"Content-Type": "multipart/form-data"}},
        "cut off": {"content": head + jpeg, "headers": form},
        "not a form": {"content": b"nonsense", "headers": form},
        "no file": {"data": {"note": "x"}, "files": {}, "headers": {}},
        "other part": {"files": {"scan": ("a.jpg", jpeg)}},
    }


@pytest.mark.parametrize("kind", ["no boundary", "cut off", "not a form", "other part"])
def test_a_malformed_form_is_refused(server: Running, batch: str, jpeg: bytes, kind: str) -> None:
    answer = server["client"].post(f"/v1/batches/{batch}/files", **malformed(jpeg)[kind])
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert count(server.db, batch) == 0


def test_a_form_without_files_is_refused(server: Running, batch: str) -> None:
    body = b'--b\r\nContent-Disposition: form-data; name="note"\r\n\r\nx\r\n--b--\r\n'
    answer = server["client"].post(
        f"/v1/batches/{batch}/files",
        content=body,
        headers={"Content-Type": "multipart/form-data; boundary=b"},
    )
    assert answer.json()["code"] == "invalid_request"


def test_a_sealed_batch_takes_nothing(server: Running, batch: str, jpeg: bytes) -> None:
    server.upload(batch, jpeg)
    server["client"].post(f"/v1/batches/{batch}/seal").raise_for_status()
    answer = send(server, batch, ("late.jpg", jpeg))
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


# -- the object store is down -------------------------------------------------------------------


def test_without_the_object_store_nothing_is_recorded(
    parts: Settings, tmp_path: Path, jpeg: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))  # bound and not listening: connections are refused
        endpoint = f"127.0.0.1:{closed.getsockname()[1]}"
        settings = settings_for(
            parts, tmp_path, f"sqlite:///{tmp_path / 'db'}", s3_endpoint=endpoint
        )
        monkeypatch.setattr("server.app.PATIENCE", 0)
        with run_server(settings) as server:
            batch = server.new_batch()
            answer = send(server, batch, ("a.jpg", jpeg), key="k")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert "retry-after" in answer.headers
            assert count(server.db, batch) == 0
            assert server["client"].get("/readyz").json()["parts"] == {
                "database": "ok",
                "objects": "down",
            }


# -- once ---------------------------------------------------------------------------------------


def test_the_same_key_gets_the_same_answer(either: Running, jpeg: bytes) -> None:
    batch = either.new_batch()
    first = send(either, batch, ("a.jpg", jpeg), key="one")
    again = send(either, batch, ("a.jpg", jpeg), key="one")
    assert (first.status_code, again.status_code) == (201, 201)
    assert again.json() == first.json()
    assert again.headers["idempotent-replayed"] == "true"
    assert count(either.db, batch) == 1


def test_the_same_key_at_once_makes_one_document(either: Running) -> None:
    batch = either.new_batch()
    data = files.jpeg(21)
    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(lambda _: send(either, batch, ("a.jpg", data), key="x"), range(6)))
    assert {answer.status_code for answer in answers} == {201}
    assert all(answer.json() == answers[0].json() for answer in answers)
    assert count(either.db, batch) == 1


def test_the_same_key_answers_after_sealing(server: Running, batch: str, jpeg: bytes) -> None:
    first = send(server, batch, ("a.jpg", jpeg), key="sealed later")
    server["client"].post(f"/v1/batches/{batch}/seal").raise_for_status()
    assert send(server, batch, ("a.jpg", jpeg), key="sealed later").json() == first.json()


def test_a_key_used_for_other_bytes_is_refused(server: Running, batch: str, jpeg: bytes) -> None:
    send(server, batch, ("a.jpg", jpeg), key="mine")
    answer = send(server, batch, ("a.jpg", files.jpeg(31)), key="mine")
    assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_mismatch")


def test_a_key_used_for_another_batch_is_refused(server: Running, batch: str, jpeg: bytes) -> None:
    send(server, batch, ("a.jpg", jpeg), key="batch")
    answer = send(server, server.new_batch(), ("a.jpg", jpeg), key="batch")
    assert answer.json()["code"] == "idempotency_mismatch"


def test_another_actor_may_use_the_same_key(server: Running, batch: str, jpeg: bytes) -> None:
    first = send(server, batch, ("a.jpg", jpeg), key="shared")
    answer = server["supervisor"].post(
        f"/v1/batches/{batch}/files",
        files={"file": ("a.jpg", jpeg)},
        headers={"Idempotency-Key": "shared"},
    )
    assert answer.status_code == 201
    assert answer.json() != first.json()


def test_ids_are_well_formed(server: Running, batch: str, jpeg: bytes) -> None:
    assert re.fullmatch(r"doc_[0-9A-Z]{26}", server.upload(batch, jpeg))
