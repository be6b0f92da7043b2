"""Who may do what: every route asks for credentials and a role, and tenants are apart."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute

from models.documents import get_document, record_searchable, seal_batch, set_status
from models.forms import FormPage, add_form
from models.keying import cancel_tasks
from models.releases import build_files, collect, record_release
from models.storage import (
    form_image_key,
    page_image_key,
    page_thumbnail_key,
    page_words_key,
    release_key,
    searchable_key,
)
from server.app import list_routes
from server.auth import ROLES
from tests.server.conftest import ROLES as ALL_ROLES
from tests.server.conftest import Running, add_keying

PUBLIC = {"logIn", "getHealth", "getReadiness"}
ROUTES = {route.operation_id or route.path: route for route in list_routes()}
GUARDED = sorted(ROUTES.keys() - PUBLIC)
NOBODY = "doc_01KAW3QB2C4D6E8F0G1H3J5K7M"


def find_roles(dependant: Dependant) -> frozenset[str] | None:
    """The roles that a route lets in; None when it asks for none."""
    for inner in dependant.dependencies:
        if inner.call in ROLES:
            return ROLES[inner.call]
    return None


def call(http: httpx.Client, route: APIRoute, id: str = NOBODY, **options: Any) -> httpx.Response:
    method = next(iter(route.methods or ()))
    path = route.path.format(id=id, name="invoice", number=1)
    return http.request(method, path, **options)


@pytest.mark.parametrize("operation", GUARDED)
def test_nobody_is_let_in_without_credentials(server: Running, operation: str) -> None:
    answer = call(server.open(), ROUTES[operation])
    assert (answer.status_code, answer.json()["code"]) == (401, "unauthorized")
    assert answer.headers["www-authenticate"].startswith("Bearer")


@pytest.mark.parametrize("operation", GUARDED)
def test_only_the_right_roles_are_let_in(server: Running, operation: str) -> None:
    allowed = find_roles(ROUTES[operation].dependant)
    assert allowed, "the route names no roles"
    for role in ALL_ROLES:
        answer = call(server[role], ROUTES[operation])
        assert (answer.status_code == 403) == (role not in allowed), (role, answer.text)


EXPECTED = {
    "createClient": {"admin"},
    "createUser": {"admin"},
    "listUsers": {"admin"},
    "getUser": {"admin"},
    "deactivateUser": {"admin"},
    "activateUser": {"admin"},
    "setRole": {"admin"},
    "setPassword": {"admin"},
    "setOpinion": {"admin"},
    "getOpinion": {"admin", "supervisor"},
    "createKey": {"admin"},
    "listKeys": {"admin"},
    "revokeKey": {"admin"},
    "createType": {"admin", "supervisor", "client"},
    "reviseType": {"admin", "supervisor", "client"},
    "checkType": {"admin", "supervisor", "client"},
    "getTypeUse": {"admin", "supervisor", "client"},
    "createForm": {"admin", "supervisor", "client"},
    "putReference": {"admin", "supervisor", "client"},
    "deleteReference": {"admin", "supervisor", "client"},
    "createBatch": {"admin", "supervisor", "client"},
    "uploadFiles": {"admin", "supervisor", "client"},
    "sealBatch": {"admin", "supervisor", "client"},
    "retryDocument": {"admin", "supervisor"},
    "rejectDocument": {"admin", "supervisor"},
    "claimTasks": {"admin", "supervisor", "operator"},
    "keyTask": {"admin", "supervisor", "operator"},
    "listChanges": {"admin", "supervisor", "client", "downstream"},
    "acknowledgeRelease": {"admin", "supervisor", "client", "downstream"},
}


@pytest.mark.parametrize("operation", EXPECTED)
def test_the_roles_are_the_intended_ones(operation: str) -> None:
    assert find_roles(ROUTES[operation].dependant) == frozenset(EXPECTED[operation])


def bad_credentials(server: Running) -> dict[str, str]:
    key = server.keys["client"]
    return {
        "mistyped": key[:-1] + ("0" if key[-1] != "0" else "1"),
        "cut off": key[:20],
        "another": "scv_AAAAAAAA_" + "B" * 32 + "000000",
        "session": "scs_unknown",
        "a word": "hello",
        "strange": "ключ",
    }


@pytest.mark.parametrize("kind", ["mistyped", "cut off", "another", "session", "a word", "strange"])
def test_bad_credentials_are_refused(server: Running, kind: str) -> None:
    header = b"Bearer " + bad_credentials(server)[kind].encode()
    answer = server.open().get("/v1/me", headers=[(b"authorization", header)])
    assert answer.status_code == 401


def test_a_revoked_key_ends_at_once(server: Running) -> None:
    made = server["admin"].post("/v1/keys", json={"role": "operator", "label": "gone"}).json()
    http = server.open(headers={"Authorization": f"Bearer {made['key']}"})
    assert http.get("/v1/me").status_code == 200
    assert server["admin"].delete(f"/v1/keys/{made['id']}").status_code == 204
    assert http.get("/v1/me").status_code == 401


# -- tenants ------------------------------------------------------------------------------------


def fill(server: Running) -> dict[str, str]:
    """A batch of client A with everything that can hang on one, by kind of id."""
    document = add_keying(server)[0]
    storage, client = server.storage, server.client_a
    storage.put_bytes(page_image_key(client, document, 1), b"image")
    storage.put_bytes(page_words_key(client, document, 1), b"{}")
    storage.put_bytes(page_thumbnail_key(client, document, 1), b"small")
    with server.db.write() as session:
        row = get_document(session, document)
        cancel_tasks(session, document)
        set_status(session, row, "final")
        batch = seal_batch(session, row.batch_id, actor="test")
        made = build_files(collect(session, batch.id), 1, "2026-11-24T10:00:00+00:00")
        for name, content in made.items():
            storage.put_bytes(release_key(client, batch.id, 1, name), content)
        release = record_release(session, batch.id, 1, made["manifest.json"], batch.created_at)
        ids = {"batches": batch.id, "documents": document, "releases": release.id}
        key = f"c/{client}/sha256/{row.sha256}"
        record_searchable(session, document, "0" * 64, 8, None)
        blank = add_form(session, client, "blank.pdf", [FormPage(1, 9, 9, "0" * 64)], actor="test")
        ids["forms"] = blank.id
    storage.put_bytes(form_image_key(client, "0" * 64), b"image")
    storage.put_bytes(key, b"0123456789")
    storage.put_bytes(searchable_key(client, document), b"%PDF-1.7")
    return ids


def by_id() -> list[str]:
    """Operations by which a client gets something of its own by its id."""
    return sorted(
        name
        for name, route in ROUTES.items()
        if "GET" in (route.methods or ())
        and "{id}" in route.path
        and "client" in (find_roles(route.dependant) or ())
    )


def test_what_belongs_to_another_client_is_not_found(either: Running) -> None:
    ids = fill(either)
    for operation in by_id():
        route = ROUTES[operation]
        id = ids[route.path.split("/")[2]]
        own, foreign = call(either["client"], route, id), call(either["foreign"], route, id)
        assert own.status_code == 200, (operation, own.text)
        assert (foreign.status_code, foreign.json()["code"]) == (404, "not_found"), operation


def test_lists_hold_nothing_of_another_client(either: Running) -> None:
    fill(either)
    for path in ("/v1/batches", "/v1/documents", "/v1/changes", "/v1/forms"):
        assert either["client"].get(path).json()["items"], path
        assert either["foreign"].get(path).json()["items"] == [], path
    names = [item["name"] for item in either["foreign"].get("/v1/clients").json()["items"]]
    assert names == ["B"]


def test_filters_by_foreign_ids_find_nothing(either: Running) -> None:
    ids = fill(either)
    foreign = either["foreign"]
    for path, query in (
        ("/v1/documents", {"batch_id": ids["batches"]}),
        ("/v1/batches", {"client_id": either.client_a}),
        ("/v1/changes", {"client_id": either.client_a}),
    ):
        assert foreign.get(path, params=query).status_code == 404, path


def test_what_belongs_to_another_client_cannot_be_changed(either: Running, jpeg: bytes) -> None:
    ids = fill(either)
    foreign = either["foreign"]
    for method, path, options in (
        ("POST", f"/v1/batches/{ids['batches']}/seal", {}),
        ("POST", f"/v1/batches/{ids['batches']}/files", {"files": {"file": ("a", jpeg)}}),
        ("POST", f"/v1/releases/{ids['releases']}/acknowledge", {}),
        ("POST", "/v1/batches", {"json": {"client_id": either.client_a}}),
    ):
        answer = foreign.request(method, path, **options)
        assert answer.status_code == 404, (path, answer.text)


def test_staff_see_all_clients(either: Running) -> None:
    ids = fill(either)
    for role in ("admin", "supervisor", "operator"):
        assert either[role].get(f"/v1/documents/{ids['documents']}").status_code == 200
