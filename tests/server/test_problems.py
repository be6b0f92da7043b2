"""Every error is a problem document, whatever went wrong."""

from __future__ import annotations

import socket
from collections.abc import Callable
from pathlib import Path

import httpx
import pytest
import sqlalchemy.exc
from sqlalchemy import text
from starlette.requests import Request

from models.db import Database
from models.errors import ScrivanoError, Unavailable
from models.settings import Settings
from server import problems
from server.middleware import BODY_LIMIT
from tests.server.conftest import Running, run_server, settings_for

MEMBERS = {"type", "title", "status", "code", "detail", "instance", "request_id"}
JSON = {"Content-Type": "application/json"}

Cause = Callable[[Running], httpx.Response]
CAUSES: dict[str, tuple[int, str, Cause]] = {
    "anonymous": (401, "unauthorized", lambda s: s.open().get("/v1/me")),
    "role": (403, "forbidden", lambda s: s["operator"].get("/v1/users")),
    "unknown path": (404, "not_found", lambda s: s.open().get("/v1/nothing")),
    "unknown page": (404, "not_found", lambda s: s.open().get("/nothing")),
    "trailing slash": (404, "not_found", lambda s: s["admin"].get("/v1/batches/")),
    "unknown id": (404, "not_found", lambda s: s["admin"].get("/v1/batches/bat_none")),
    "method": (405, "method_not_allowed", lambda s: s["admin"].delete("/v1/batches")),
    "conflict": (409, "conflict", lambda s: s["admin"].post("/v1/clients", json={"name": "A"})),
    "large body": (
        413,
        "request_too_large",
        lambda s: s["admin"].post("/v1/clients", json={"name": "x" * BODY_LIMIT}),
    ),
    "not JSON": (
        422,
        "invalid_request",
        lambda s: s["admin"].post("/v1/clients", content=b"{", headers=JSON),
    ),
    "not UTF-8": (
        422,
        "invalid_request",
        lambda s: s["admin"].post("/v1/clients", content=b'{"name":"\xff"}', headers=JSON),
    ),
    "no body": (422, "invalid_request", lambda s: s["admin"].post("/v1/clients")),
    "NUL": (
        422,
        "invalid_request",
        lambda s: s["admin"].post("/v1/clients", json={"name": "a\0b"}),
    ),
    "surrogate": (
        422,
        "invalid_request",
        lambda s: s["admin"].post("/v1/clients", content=b'{"name":"\\ud800"}', headers=JSON),
    ),
    "member": (
        422,
        "invalid_request",
        lambda s: s["admin"].post("/v1/clients", json={"name": "x", "colour": "red"}),
    ),
    "strange id": (422, "invalid_request", lambda s: s["admin"].get("/v1/batches/a%00b")),
    "huge number": (
        422,
        "invalid_request",
        lambda s: s["client"].get("/v1/changes", params={"after": 2**70}),
    ),
    "cursor": (
        422,
        "invalid_request",
        lambda s: s["admin"].get("/v1/batches", params={"cursor": "bm9uc2Vuc2U"}),
    ),
    "version": (428, "precondition_required", lambda s: s["operator"].post("/v1/tasks/x/renew")),
}


@pytest.mark.parametrize("cause", CAUSES)
def test_every_error_is_a_problem(server: Running, cause: str) -> None:
    status, code, make = CAUSES[cause]
    answer = make(server)
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert (answer.status_code, problem["status"], problem["code"]) == (status, status, code)
    assert problem.keys() >= MEMBERS
    assert problem["type"] == f"urn:scrivano:problem:{code}"
    assert problem["request_id"] == answer.headers["x-request-id"]


def test_validation_names_the_fields_and_hides_the_values(server: Running) -> None:
    body = {"name": "x", "password": "secret1", "role": "king"}
    answer = server["admin"].post("/v1/users", json=body)
    fields = [error["field"] for error in answer.json()["errors"]]
    assert fields == ["body.password", "body.role"]
    assert "secret1" not in answer.text


def test_a_wrong_method_says_the_right_ones(server: Running) -> None:
    assert "GET" in server["admin"].delete("/v1/me").headers["allow"]


def test_a_body_without_a_length_is_limited_too(server: Running) -> None:
    def drip() -> object:
        for _ in range(BODY_LIMIT // 1000 + 2):
            yield b" " * 1000

    answer = server["admin"].post("/v1/clients", content=drip(), headers=JSON)  # type: ignore[arg-type]
    assert (answer.status_code, answer.json()["code"]) == (413, "request_too_large")


def test_a_long_body_is_refused_before_its_end(server: Running) -> None:
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), 10) as line:
        line.sendall(
            f"POST /v1/clients HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"Authorization: Bearer {server.keys['admin']}\r\n"
            f"Content-Length: {BODY_LIMIT * 4}\r\n\r\n".encode()
        )
        line.sendall(b" " * (BODY_LIMIT + 1))
        assert line.recv(12) == b"HTTP/1.1 413"


def test_a_fault_of_ours_tells_nothing_but_its_id(
    server: Running, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise ZeroDivisionError("the secret reason")

    monkeypatch.setattr("server.clients.clients.list_users", fail)
    answer = server["admin"].get("/v1/users")
    assert (answer.status_code, answer.json()["code"]) == (500, "internal")
    assert "secret" not in answer.text
    logged = [record for record in caplog.records if record.name == "scrivano.problems"]
    assert logged[0].data["id"] == answer.json()["request_id"]  # type: ignore[attr-defined]
    assert logged[0].exc_info is not None


def test_without_the_database_requests_get_503(
    parts: Settings, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with run_server(settings_for(parts, tmp_path, f"sqlite:///{tmp_path / 'db'}")) as server:
        http = server["admin"]
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            port = closed.getsockname()[1]
            server.app.state.db = Database(f"postgresql+pg8000://nobody@127.0.0.1:{port}/none")
            answer = http.get("/v1/me")
            assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
            assert answer.headers["retry-after"]
            assert str(port) not in answer.text
            server.app.state.readiness.at = float("-inf")
            ready = http.get("/readyz")
            assert ready.json()["parts"] == {"database": "down", "objects": "ok"}
            assert http.get("/healthz").status_code == 200
            server.app.state.db.close()


@pytest.mark.parametrize("either", ["postgresql"], indirect=True)
def test_a_database_that_restarts_is_no_fault_of_ours(either: Running) -> None:
    http = either["admin"]
    assert http.get("/v1/me").status_code == 200
    with either.db.engine.connect() as connection:
        connection.execute(
            text(
                "SELECT pg_terminate_backend(pid) FROM pg_stat_activity "
                "WHERE datname = current_database() AND pid <> pg_backend_pid()"
            )
        )
    assert http.get("/v1/me").status_code in (200, 503)
    assert http.get("/v1/me").status_code == 200


# -- translation by itself ----------------------------------------------------------------------


def dbapi(state: str) -> sqlalchemy.exc.DBAPIError:
    return sqlalchemy.exc.DBAPIError("SELECT 1", {}, Exception({"C": state, "M": "reason"}))


@pytest.mark.parametrize("state", ["40P01", "40001", "53300", "57P01", "08006"])
def test_what_passes_is_worth_another_try(state: str) -> None:
    assert isinstance(problems.translate(dbapi(state)), Unavailable)


def test_a_wrong_statement_is_our_fault() -> None:
    assert type(problems.translate(dbapi("42P01"))) is ScrivanoError


def test_a_lost_connection_is_worth_another_try() -> None:
    assert isinstance(problems.translate(ConnectionResetError("gone")), Unavailable)


def test_the_log_keeps_what_the_answer_conceals(caplog: pytest.LogCaptureFixture) -> None:
    request = Request(
        {
            "type": "http",
            "method": "GET",
            "path": "/x",
            "headers": [],
            "query_string": b"",
            "server": ("x", 80),
            "scheme": "http",
        }
    )
    answer = problems.answer_error(request, Unavailable("The store at 10.0.0.7 is down."))
    assert b"10.0.0.7" not in answer.body
    assert "10.0.0.7" in str(caplog.records[0].data)  # type: ignore[attr-defined]
