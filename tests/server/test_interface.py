"""What surrounds the API: the interface's files, headers, logs, and what the server loads."""

from __future__ import annotations

import json
import logging
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from models.settings import Settings
from server.interface import send_root_file
from server.logs import JsonLines
from server.spool import OLD_SECONDS, prepare_spool
from tests.server.conftest import PASSWORD, Running, run_server, settings_for

HTML = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def dist(tmp_path: Path) -> Path:
    built = tmp_path / "dist"
    (built / "assets").mkdir(parents=True)
    (built / "index.html").write_text("<!doctype html><title>desk</title>")
    (built / "icon.svg").write_text("<svg/>")
    (built / ".built").write_text("")
    (built / "assets" / "main-1a2b.js").write_text("1")
    (tmp_path / "secret").write_text("secret")
    return built


@pytest.fixture
def built(parts: Settings, tmp_path: Path, dist: Path) -> Iterator[Running]:
    settings = settings_for(parts, tmp_path, f"sqlite:///{tmp_path / 'db'}")
    with run_server(settings, dist=dist) as running:
        yield running


@pytest.mark.parametrize("path", ["/", "/login", "/key", "/batches/bat_1"])
def test_every_screen_is_the_one_page(built: Running, path: str) -> None:
    answer = built.open().get(path, headers=HTML)
    assert (answer.status_code, "desk" in answer.text) == (200, True)
    assert answer.headers["cache-control"] == "no-cache"


def test_assets_are_kept_by_browsers(built: Running) -> None:
    answer = built.open().get("/assets/main-1a2b.js")
    assert answer.text == "1"
    assert "immutable" in answer.headers["cache-control"]


def test_files_beside_the_page_are_served(built: Running) -> None:
    assert built.open().get("/icon.svg").text == "<svg/>"


@pytest.mark.parametrize("path", ["/v1/none", "/assets/none.js", "/.built"])
def test_what_is_no_screen_is_not_found(built: Running, path: str) -> None:
    answer = built.open().get(path, headers={"Accept": "*/*"})
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_an_api_address_is_no_screen(built: Running) -> None:
    assert built.open().get("/v1/none", headers=HTML).json()["code"] == "not_found"


@pytest.mark.parametrize("path", ["/../secret", "../secret", "/assets/../../secret", "//secret"])
def test_nothing_outside_is_served(dist: Path, path: str) -> None:
    assert send_root_file(dist, path) is None


def test_an_interface_that_is_not_built_says_so(parts: Settings, tmp_path: Path) -> None:
    settings = settings_for(parts, tmp_path, f"sqlite:///{tmp_path / 'db'}")
    with run_server(settings, dist=tmp_path / "none") as server:
        answer = server.open().get("/", headers=HTML)
    assert answer.status_code == 503
    assert "make run" in answer.text


def test_the_list_of_operations_needs_nothing_from_elsewhere(server: Running) -> None:
    answer = server.open().get("/docs")
    assert "POST /v1/tasks/claim" in answer.text
    assert "://" not in answer.text


# -- headers ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", ["/", "/v1/me", "/v1/none", "/healthz", "/openapi.json"])
def test_every_answer_is_locked_down(server: Running, path: str) -> None:
    headers = server.open().get(path).headers
    assert "default-src 'self'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"
    assert "server" not in headers


def test_answers_are_not_kept(server: Running) -> None:
    assert server["admin"].get("/v1/users").headers["cache-control"] == "no-store"


def test_a_request_id_is_passed_on(server: Running) -> None:
    http = server.open()
    assert http.get("/healthz", headers={"X-Request-Id": "a-1"}).headers["x-request-id"] == "a-1"
    odd = http.get("/healthz", headers={"X-Request-Id": "a b\t<"}).headers["x-request-id"]
    assert odd.isalnum()


# -- logs ---------------------------------------------------------------------------------------


def test_a_request_is_one_line_without_secrets(
    server: Running, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO, "scrivano.requests")
    http = server.open()
    token = http.post("/v1/sessions", json={"name": "operator-user", "password": PASSWORD}).json()[
        "token"
    ]
    http.get("/v1/me", params={"token": "in-the-query"}, headers={"X-Request-Id": "mine"})
    deadline = time.monotonic() + 5
    while len(caplog.records) < 2 and time.monotonic() < deadline:
        time.sleep(0.01)
    lines = [json.loads(JsonLines().format(record)) for record in caplog.records]
    last = lines[-1]
    assert (last["id"], last["method"], last["path"]) == ("mine", "GET", "/v1/me")
    assert (last["status"], last["address"]) == (200, "127.0.0.1")
    assert last["actor"].startswith("usr_")
    text = json.dumps(lines)
    for secret in (token, PASSWORD, "in-the-query"):
        assert secret not in text


def test_a_log_line_is_one_line() -> None:
    record = logging.LogRecord("x", logging.INFO, "", 0, "a\nb", (), None)
    assert "\n" not in JsonLines().format(record)


# -- what is loaded and left --------------------------------------------------------------------


def test_the_server_loads_no_ocr_and_no_queue() -> None:
    script = (
        "import sys, server.app, server.__main__\n"
        "heavy = {'cv2', 'onnxruntime', 'paddleocr', 'paddlex', 'redis', 'rq', 'PIL', 'workers'}\n"
        "sys.exit(', '.join(heavy & sys.modules.keys()) or 0)"
    )
    root = Path(__file__).resolve().parents[2]
    run = subprocess.run([sys.executable, "-c", script], cwd=root, capture_output=True, text=True)
    assert run.returncode == 0, run.stderr


def test_what_a_killed_server_left_is_removed(parts: Settings, tmp_path: Path) -> None:
    settings = settings_for(parts, tmp_path, "sqlite://")
    folder = prepare_spool(settings)
    for name, age in (("old", OLD_SECONDS + 60), ("new", 0)):
        (folder / name).mkdir()
        (folder / name / "0").write_bytes(b"bytes")
        then = time.time() - age
        os.utime(folder / name, (then, then))
    prepare_spool(settings)
    assert [left.name for left in folder.iterdir()] == ["new"]
