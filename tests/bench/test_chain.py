"""The command's options, its files, the object that it prints and its way with a server that
goes away."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from bench import chain
from bench.board import Board, Source, Upload
from bench.client import Api, Deadline, Refused, TimedOut
from bench.keys import lend_keys
from bench.report import read_cpu, report
from models.clients import authenticate
from models.db import Database, migrate
from models.errors import Unauthorized
from models.settings import load


@pytest.fixture(autouse=True)
def _no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("BENCH_KEY", "BENCH_DOWNSTREAM_KEY", "BENCH_OPERATOR_KEYS"):
        monkeypatch.delenv(name, raising=False)


# -- options ------------------------------------------------------------------------------------


def test_the_number_of_documents_is_enough() -> None:
    options = chain.parse(["--documents", "3"])
    assert (options.documents, options.operators, options.type) == (3, 4, "detect")


@pytest.mark.parametrize(
    "arguments",
    [
        [],
        ["--documents", "0"],
        ["--documents", "1", "--error-rate", "1.5"],
        ["--documents", "1", "--think", "-1"],
        ["--documents", "1", "--timeout", "nan"],
        ["--documents", "1", "--files", "/no/such/folder"],
        ["--documents", "1", "--url", "http://x", "--key", "k"],
        ["--documents", "1", "--key", "k", "--operator-key", "o"],
    ],
)
def test_options_that_do_not_fit_are_wrong_usage(arguments: list[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        chain.parse(arguments)
    assert ended.value.code == 2


def test_keys_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("BENCH_KEY", "k")
    monkeypatch.setenv("BENCH_OPERATOR_KEYS", "one, two")
    options = chain.parse(["--documents", "1", "--url", "http://x"])
    with chain.open_access(options) as (url, keys):
        assert (url, keys.client, keys.downstream) == ("http://x", "k", "k")
        assert keys.operators == ("one", "two")


# -- files --------------------------------------------------------------------------------------


def test_files_are_taken_with_the_truth_beside_them_and_again_under_new_names(
    tmp_path: Path,
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"a")
    (tmp_path / "a.pdf.json").write_text('{"type": "invoice"}')
    (tmp_path / "b.jpg").write_bytes(b"b")
    options = chain.parse(["--documents", "3", "--files", str(tmp_path)])
    sources = chain.collect_sources(options, tmp_path)
    assert [source.name for source in sources] == ["a.pdf", "b.jpg", "a-1.pdf"]
    assert [source.truth for source in sources] == [{"type": "invoice"}, None, {"type": "invoice"}]


def test_a_folder_without_files_is_refused(tmp_path: Path) -> None:
    options = chain.parse(["--documents", "1", "--files", str(tmp_path)])
    with pytest.raises(ValueError, match="nothing to upload"):
        chain.collect_sources(options, tmp_path)


# -- the object ---------------------------------------------------------------------------------

LATENCY = {"p50", "p95", "p99", "max"}


def test_the_object_has_its_shape_before_anything_has_happened() -> None:
    found = report(Board(), 0.0)
    assert json.loads(json.dumps(found)) == found
    assert found["documents"] == found["tasks"] == 0
    assert found["documents_per_hour"] is None
    for name in ("upload", "first_read", "read_to_keying", "document_latency", "release_latency"):
        assert set(found[name]) == LATENCY
    for name in ("next_task", "key"):
        assert set(found[name]) == LATENCY - {"max"}
    assert set(found["straight_through"]) == {"documents", "fields"}
    assert set(found["machine"]) == {"cores", "cpu"}


def test_the_object_tells_of_a_released_document() -> None:
    board = Board()
    board.add_batch("b")
    truth = {"type": "invoice", "fields": {"total": "10.00"}, "lines": []}
    board.add_upload(Upload("d", "b", Source(Path("a"), "a", truth), 1.0, 1.5))
    board.add_claim(0.02, 2.0)
    board.add_key("b", 0.03, 12.0, "corrected")
    released = {
        "id": "d",
        "pages": 2,
        "fields": {"total": {"value": "10.00", "source": "person"}},
        "lines": [],
    }
    board.acknowledge("b", {"documents": [released]})
    found = report(board, 60.0)
    assert (found["documents"], found["pages"], found["seconds"]) == (1, 2, 60.0)
    assert (found["documents_per_hour"], found["pages_per_minute"]) == (60.0, 2.0)
    assert found["upload"]["p50"] == 0.5
    assert (found["tasks"], found["keyed"], found["keys_per_hour"]) == (1, {"corrected": 1}, 360.0)
    assert found["fields"]["person"] == {"compared": 1, "right": 1, "accuracy": 1.0}
    assert found["straight_through"] == {"documents": 0.0, "fields": 0.0}
    assert found["failed"] == []


def test_the_processor_is_named(tmp_path: Path) -> None:
    path = tmp_path / "cpuinfo"
    path.write_text("processor\t: 0\nmodel name\t: Abacus 3\nprocessor\t: 1\nmodel name\t: X\n")
    assert read_cpu(path) == "Abacus 3"
    assert read_cpu(tmp_path / "none")


# -- keys ---------------------------------------------------------------------------------------


def test_borrowed_keys_work_until_the_run_ends(tmp_path: Path) -> None:
    settings = load({"SCRIVANO_DATA_DIR": str(tmp_path)})
    url = settings.database_url.get_secret_value()
    migrate(url)
    db = Database(url)
    try:
        with lend_keys(settings, 2) as keys:
            texts = (keys.client, keys.downstream, *keys.operators)
            with db.read() as session:
                actors = [authenticate(session, text) for text in texts]
        roles = [(actor.role, actor.client_id is None) for actor in actors]
        assert roles == [
            ("client", False),
            ("downstream", False),
            ("operator", True),
            ("operator", True),
        ]
        for text in texts:
            with db.read() as session, pytest.raises(Unauthorized, match="revoked"):
                authenticate(session, text)
    finally:
        db.close()


# -- a server that goes away --------------------------------------------------------------------


@contextmanager
def answering(*statuses: int) -> Iterator[tuple[str, list[str]]]:
    """A server that answers with these statuses in turn, the last one for ever; 0 hangs up.

    Gives its address and the idempotency keys that it was sent.
    """
    keys: list[str] = []
    left = list(statuses)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            keys.append(self.headers["Idempotency-Key"])
            status = left.pop(0) if len(left) > 1 else left[0]
            if not status:
                self.close_connection = True
                return
            body = b'{"code": "conflict", "detail": "No."}'
            self.send_response(status)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: object) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=server.serve_forever, args=(0.01,))
    thread.start()
    try:
        yield f"http://127.0.0.1:{server.server_port}", keys
    finally:
        server.shutdown()
        thread.join()
        server.server_close()


def post(url: str, seconds: float = 20.0) -> Api:
    api = Api(url, "k", Deadline(seconds))
    try:
        api.send("POST", "/v1/batches", json={}, headers={"Idempotency-Key": "once"})
    finally:
        api.close()
    return api


@pytest.mark.parametrize("status", [0, 429, 500, 502, 503])
def test_a_request_is_sent_again_under_its_key_until_it_is_answered(status: int) -> None:
    with answering(status, status, 201) as (url, keys):
        assert post(url).retried == 2
    assert keys == ["once"] * 3


def test_a_no_is_taken_for_an_answer() -> None:
    with answering(409, 201) as (url, _), pytest.raises(Refused) as refused:
        post(url)
    assert (refused.value.status, refused.value.code) == (409, "conflict")


def test_a_fault_that_stays_is_not_waited_for() -> None:
    with answering(500) as (url, keys), pytest.raises(Refused):
        post(url)
    assert len(keys) == 3


def test_waiting_ends_with_the_run() -> None:
    with answering(503) as (url, _), pytest.raises(TimedOut):
        post(url, seconds=0.3)


def test_a_server_that_does_not_answer_is_said_to(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"a")
    monkeypatch.setattr(chain, "HELLO_SECONDS", 0.2)
    with answering(200) as (url, _):
        pass
    options = ["--url", url, "--key", "k", "--operator-key", "o"]
    assert chain.main(["--documents", "1", "--files", str(tmp_path), *options]) == 1
    assert "does not answer" in capsys.readouterr().err


def test_a_run_that_is_cut_short_still_prints_its_object(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    (tmp_path / "a.pdf").write_bytes(b"a")
    monkeypatch.setattr(chain, "greet", lambda url, keys: None)
    with answering(503) as (url, _):
        options = ["--url", url, "--key", "k", "--operator-key", "o", "--timeout", "0.3"]
        assert chain.main(["--documents", "1", "--files", str(tmp_path), *options]) == 1
    assert json.loads(capsys.readouterr().out)["documents"] == 0
