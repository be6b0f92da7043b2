"""Logging in and out, cookies, and the brake on guessing."""

from __future__ import annotations

from pathlib import Path

import httpx
import pytest

from models.errors import TooManyRequests
from models.settings import Settings
from server.throttle import PER_ADDRESS, PER_NAME, REMEMBERED, WINDOW, Throttle
from tests.server.conftest import PASSWORD, Running, run_server, settings_for


def log_in(
    http: httpx.Client, name: str = "operator-user", password: str = PASSWORD
) -> httpx.Response:
    return http.post("/v1/sessions", json={"name": name, "password": password})


def test_a_token_is_a_credential(server: Running) -> None:
    answer = log_in(server.open())
    assert answer.status_code == 201
    token = answer.json()["token"]
    me = server.open(headers={"Authorization": f"Bearer {token}"}).get("/v1/me").json()
    assert me == answer.json()["user"]
    assert (me["name"], me["role"], me["client_id"]) == ("operator-user", "operator", None)


def test_the_cookie_is_kept_from_scripts_and_other_sites(server: Running) -> None:
    cookie = log_in(server.open()).headers["set-cookie"]
    assert cookie.startswith("scrivano_session=scs_")
    assert "HttpOnly" in cookie
    assert "SameSite=strict" in cookie
    assert "Secure" not in cookie


def test_over_https_the_cookie_is_secure(parts: Settings, tmp_path: Path) -> None:
    settings = settings_for(
        parts, tmp_path, f"sqlite:///{tmp_path / 'db'}", public_url="https://scans.example"
    )
    with run_server(settings) as server:
        answer = log_in(server.open())
    assert "Secure" in answer.headers["set-cookie"]
    assert "max-age" in answer.headers["strict-transport-security"]


def test_the_cookie_reads(server: Running) -> None:
    http = server.open()
    log_in(http)
    assert http.get("/v1/me").json()["name"] == "operator-user"


def test_the_cookie_alone_changes_nothing(server: Running) -> None:
    """What a form on a foreign page could send."""
    http = server.open()
    log_in(http)
    answer = http.post("/v1/tasks/claim", json={"count": 1})
    assert (answer.status_code, answer.json()["code"]) == (403, "forbidden")


def test_the_cookie_with_its_header_changes(server: Running) -> None:
    http = server.open(headers={"X-Scrivano": "1"})
    log_in(http)
    assert http.post("/v1/tasks/claim", json={"count": 1}).status_code == 200


def test_after_logging_out_the_token_is_void(server: Running) -> None:
    http = server.open(headers={"X-Scrivano": "1"})
    token = log_in(http).json()["token"]
    answer = http.delete("/v1/sessions/current")
    assert answer.status_code == 204
    assert 'scrivano_session=""' in answer.headers["set-cookie"]
    late = server.open(headers={"Authorization": f"Bearer {token}"}).get("/v1/me")
    assert late.status_code == 401


def test_a_key_has_no_session_to_end(server: Running) -> None:
    assert server["operator"].delete("/v1/sessions/current").status_code == 409


@pytest.mark.parametrize(
    ("name", "password"), [("operator-user", "a wrong password"), ("nobody", PASSWORD)]
)
def test_a_wrong_name_or_password_is_the_same(server: Running, name: str, password: str) -> None:
    answer = log_in(server.open(), name, password)
    assert answer.status_code == 401
    assert answer.json()["detail"].startswith("Name or password is wrong")
    assert "set-cookie" not in answer.headers


def test_guessing_is_stopped(server: Running) -> None:
    http = server.open()
    for _ in range(PER_NAME):
        assert log_in(http, "client-user", "a wrong password").status_code == 401
    answer = log_in(http, "client-user")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many_requests")
    assert 0 < int(answer.headers["retry-after"]) <= WINDOW + 1
    assert log_in(http, "downstream-user").status_code == 201


# -- the brake by itself ------------------------------------------------------------------------


class Clock:
    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


def test_the_brake_lets_go_after_a_while() -> None:
    clock = Clock()
    throttle = Throttle(clock)
    for _ in range(PER_NAME):
        throttle.count("anna", "1.2.3.4")
    with pytest.raises(TooManyRequests) as caught:
        throttle.require("anna", "1.2.3.4")
    clock.now += caught.value.extra["retry_after"]
    throttle.require("anna", "1.2.3.4")


def test_failing_elsewhere_locks_nobody_out() -> None:
    throttle = Throttle(Clock())
    for _ in range(PER_NAME):
        throttle.count("anna", "6.6.6.6")
    throttle.require("anna", "1.2.3.4")


def test_one_address_cannot_try_many_names() -> None:
    throttle = Throttle(Clock())
    for number in range(PER_ADDRESS):
        throttle.count(f"name {number}", "6.6.6.6")
    with pytest.raises(TooManyRequests):
        throttle.require("another", "6.6.6.6")


def test_the_brake_forgets_instead_of_growing() -> None:
    throttle = Throttle(Clock())
    for number in range(REMEMBERED):
        throttle.count("anna", f"address {number}")
    assert len(throttle._failures) <= REMEMBERED
