"""Releases over HTTP: what was released is what is fetched."""

from __future__ import annotations

import hashlib

import pytest

from models.storage import release_key
from tests.server.conftest import Running
from tests.server.test_access import fill

FILES = {
    "manifest": "application/json",
    "data.json": "application/json",
    "data.csv": "text/csv; charset=utf-8",
    "lines.csv": "text/csv; charset=utf-8",
}


@pytest.fixture(scope="module")
def ids(server: Running) -> dict[str, str]:
    return fill(server)


def test_the_manifest_is_the_one_that_the_release_names(
    server: Running, ids: dict[str, str]
) -> None:
    http = server["downstream"]
    release = http.get(f"/v1/releases/{ids['releases']}").json()
    manifest = http.get(f"/v1/releases/{ids['releases']}/manifest")
    assert hashlib.sha256(manifest.content).hexdigest() == release["sha256"]
    assert manifest.headers["etag"] == f'"{release["sha256"]}"'


@pytest.mark.parametrize("name", ["data.json", "data.csv", "lines.csv"])
def test_each_file_is_the_one_that_the_manifest_names(
    server: Running, ids: dict[str, str], name: str
) -> None:
    http = server["downstream"]
    files = http.get(f"/v1/releases/{ids['releases']}/manifest").json()["files"]
    named = next(file for file in files if file["name"] == name)
    got = http.get(f"/v1/releases/{ids['releases']}/{name}")
    assert hashlib.sha256(got.content).hexdigest() == named["sha256"]
    assert got.headers["content-type"] == FILES[name]
    assert got.headers["etag"] == f'"{named["sha256"]}"'


@pytest.mark.parametrize("name", FILES)
def test_what_is_known_is_not_sent_again(server: Running, ids: dict[str, str], name: str) -> None:
    path = f"/v1/releases/{ids['releases']}/{name}"
    tag = server["downstream"].get(path).headers["etag"]
    answer = server["downstream"].get(path, headers={"If-None-Match": tag})
    assert (answer.status_code, answer.content) == (304, b"")


def test_releases_are_listed_by_batch(server: Running, ids: dict[str, str]) -> None:
    items = server["downstream"].get(f"/v1/batches/{ids['batches']}/releases").json()["items"]
    assert [(item["id"], item["version"]) for item in items] == [(ids["releases"], 1)]


def test_acknowledging_twice_is_once(server: Running) -> None:
    http = server["downstream"]
    path = f"/v1/releases/{fill(server)['releases']}/acknowledge"
    first = http.post(path).json()
    assert first["acknowledged_at"]
    assert http.post(path).json() == first
    told = http.get("/v1/changes", params={"limit": 1000}).json()["items"]
    subjects = [c["subject"] for c in told if c["kind"] == "release.acknowledged"]
    assert subjects.count(first["id"]) == 1


def test_a_manifest_that_was_tampered_with_is_not_sent(server: Running) -> None:
    ids = fill(server)
    key = release_key(server.client_a, ids["batches"], 1, "manifest.json")
    server.storage.put_bytes(key, b'{"files": []}')
    for name in FILES:
        answer = server["downstream"].get(f"/v1/releases/{ids['releases']}/{name}")
        assert answer.json()["code"] == "object_lost", name


def test_operators_do_not_fetch_data(server: Running, ids: dict[str, str]) -> None:
    assert server["operator"].get(f"/v1/releases/{ids['releases']}").status_code == 403
