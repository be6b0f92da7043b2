"""People over HTTP: leaving, roles and passwords."""

from __future__ import annotations

from itertools import count

import httpx
import pytest

from server.throttle import PER_NAME
from tests.server.conftest import PASSWORD, Running, add_keying

OTHER = "battery staple correct"
_numbers = count()


def add(server: Running, role: str = "operator") -> tuple[str, httpx.Client]:
    """A new person's id, and a session of theirs."""
    name = f"person {next(_numbers)}"
    body = {"name": name, "password": PASSWORD, "role": role}
    user = server["admin"].post("/v1/users", json=body).json()
    return user["id"], log_in(server, name)


def log_in(server: Running, name: str, password: str = PASSWORD) -> httpx.Client:
    made = server.open().post("/v1/sessions", json={"name": name, "password": password})
    assert made.status_code == 201, made.text
    return server.open(headers={"Authorization": f"Bearer {made.json()['token']}"})


def test_who_is_deactivated_has_no_session_key_or_task(server: Running) -> None:
    add_keying(server)
    user, http = add(server, "admin")
    key = http.post("/v1/keys", json={"role": "operator", "label": "script"}).json()
    program = server.open(headers={"Authorization": f"Bearer {key['key']}"})
    assert len(http.post("/v1/tasks/claim", json={"count": 2}).json()["items"]) == 2
    answer = server["admin"].post(f"/v1/users/{user}/deactivate")
    assert answer.status_code == 200
    left = answer.json()
    assert left["user"]["active"] is False
    assert (left["sessions"], left["keys"], left["tasks"]) == (1, 1, 2)
    assert http.get("/v1/me").status_code == program.get("/v1/me").status_code == 401


def test_keys_can_be_kept(server: Running) -> None:
    user, http = add(server, "admin")
    key = http.post("/v1/keys", json={"role": "operator", "label": "ERP"}).json()
    assert key["created_by"] == user
    left = server["admin"].post(f"/v1/users/{user}/deactivate", params={"keep_keys": True})
    assert left.json()["keys"] == 0
    program = server.open(headers={"Authorization": f"Bearer {key['key']}"})
    assert program.get("/v1/me").status_code == 200


def test_who_is_activated_logs_in_again(server: Running) -> None:
    user, _ = add(server)
    server["admin"].post(f"/v1/users/{user}/deactivate")
    back = server["admin"].post(f"/v1/users/{user}/activate").json()
    assert back["active"] is True
    assert log_in(server, back["name"]).get("/v1/me").json()["id"] == user
    assert server["admin"].get(f"/v1/users/{user}").json() == back


def test_a_role_counts_at_once(server: Running) -> None:
    user, http = add(server)
    assert http.get("/v1/users").status_code == 403
    changed = server["admin"].put(f"/v1/users/{user}/role", json={"role": "admin"})
    assert changed.json()["role"] == "admin"
    assert http.get("/v1/users").status_code == 200


def test_the_last_admin_stays(either: Running) -> None:
    admins = [
        user["id"]
        for user in either["admin"].get("/v1/users").json()["items"]
        if user["role"] == "admin"
    ]
    assert len(admins) == 1
    for answer in (
        either["admin"].post(f"/v1/users/{admins[0]}/deactivate"),
        either["admin"].put(f"/v1/users/{admins[0]}/role", json={"role": "operator"}),
    ):
        assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_an_admin_sets_the_password_of_somebody_who_lost_it(server: Running) -> None:
    user, http = add(server)
    answer = server["admin"].put(f"/v1/users/{user}/password", json={"password": OTHER})
    assert answer.status_code == 200
    assert http.get("/v1/me").status_code == 401
    log_in(server, answer.json()["name"], OTHER)


def test_an_admin_needs_the_old_password_for_the_own(server: Running) -> None:
    user, http = add(server, "admin")
    answer = http.put(f"/v1/users/{user}/password", json={"password": OTHER})
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_people_change_their_own_password(server: Running) -> None:
    user, http = add(server)
    name = http.get("/v1/me").json()["name"]
    elsewhere = log_in(server, name)
    answer = http.put("/v1/me/password", json={"old": PASSWORD, "password": OTHER})
    assert (answer.status_code, answer.json()["id"]) == (200, user)
    assert http.get("/v1/me").status_code == 200
    assert elsewhere.get("/v1/me").status_code == 401
    log_in(server, name, OTHER)


def test_guessing_the_old_password_is_stopped(server: Running) -> None:
    _, http = add(server)
    body = {"old": "a wrong password", "password": OTHER}
    for _ in range(PER_NAME):
        answer = http.put("/v1/me/password", json=body)
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")
    assert http.put("/v1/me/password", json={**body, "old": PASSWORD}).status_code == 429


def test_a_key_has_no_password(server: Running) -> None:
    answer = server["operator"].put("/v1/me/password", json={"old": PASSWORD, "password": OTHER})
    assert answer.status_code == 409


@pytest.mark.parametrize("path", ["/v1/users/{}/password", "/v1/me/password"])
def test_short_passwords_are_refused(server: Running, path: str) -> None:
    user, http = add(server)
    own = path.startswith("/v1/me")
    body = {"old": PASSWORD, "password": "short"} if own else {"password": "short"}
    answer = (http if own else server["admin"]).put(path.format(user), json=body)
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid_request")


def test_a_client_says_nothing_of_users(server: Running) -> None:
    user, _ = add(server)
    assert server["client"].get(f"/v1/users/{user}").status_code == 403
