"""The endpoint of second opinions: what is sent, and that no fault of it matters."""

from __future__ import annotations

import json
import socket

import pytest

from models.errors import BadSetting
from models.settings import load
from tests.stub import run_stub
from workers.opinion import FAILURES, MAX_BYTES, PAUSE, Breaker, Endpoint, NoOpinion, find_endpoint

MESSAGES = [{"role": "user", "content": "What is the total?"}]


def test_a_question_is_sent_and_its_answer_counted() -> None:
    with run_stub(say=lambda _: '{"total": "1"}') as stub:
        reply = Endpoint(stub.url, "m", "secret").ask(MESSAGES, 60)
    assert (reply.text, reply.tokens_in, reply.tokens_out) == ('{"total": "1"}', 321, 21)
    assert stub.paths == ["/v1/chat/completions"]
    assert stub.headers[0]["Authorization"] == "Bearer secret"
    assert stub.asked[0] == {
        "model": "m", "messages": MESSAGES, "temperature": 0, "max_tokens": 60,
    }  # fmt: skip


def test_without_a_key_no_credential_is_sent() -> None:
    with run_stub() as stub:
        Endpoint(stub.url, "m").ask(MESSAGES, 60)
    assert "Authorization" not in stub.headers[0]


@pytest.mark.parametrize("status", [301, 401, 429, 500])
def test_another_status_is_no_opinion(status: int) -> None:
    with run_stub(status=status) as stub, pytest.raises(NoOpinion, match=str(status)):
        Endpoint(stub.url, "m").ask(MESSAGES, 60)


@pytest.mark.parametrize(
    "raw",
    [b"", b"<html>", b"[]", b"{}", b'{"choices": []}', b'{"choices": [{"message": {}}]}',
     b'{"choices": [{"message": {"content": null}}]}', b'{"choices": 7, "usage": 3}',
     b"[" * 100_000, b"\xff\xfe"],
)  # fmt: skip
def test_what_is_no_completion_is_no_opinion(raw: bytes) -> None:
    with run_stub(raw=raw) as stub, pytest.raises(NoOpinion, match="answer"):
        Endpoint(stub.url, "m").ask(MESSAGES, 60)


@pytest.mark.parametrize("usage", ["null", "7", '{"prompt_tokens": -1, "completion_tokens": "x"}'])
def test_odd_counts_of_tokens_do_no_harm(usage: str) -> None:
    raw = f'{{"choices": [{{"message": {{"content": "x"}}}}], "usage": {usage}}}'.encode()
    with run_stub(raw=raw) as stub:
        if usage == "7":
            with pytest.raises(NoOpinion):
                Endpoint(stub.url, "m").ask(MESSAGES, 60)
        else:
            assert Endpoint(stub.url, "m").ask(MESSAGES, 60).tokens_in == 0


def test_an_endless_answer_is_cut_off() -> None:
    raw = json.dumps({"choices": [{"message": {"content": "x" * MAX_BYTES}}]}).encode()
    with run_stub(raw=raw) as stub, pytest.raises(NoOpinion, match="too long"):
        Endpoint(stub.url, "m").ask(MESSAGES, 60)


def test_an_answer_that_drips_meets_the_deadline() -> None:
    with run_stub(drip=0.05) as stub, pytest.raises(NoOpinion, match=r"No answer within|too slow"):
        Endpoint(stub.url, "m", seconds=0.3).ask(MESSAGES, 60)


def test_a_server_that_never_answers_meets_the_deadline() -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"http://127.0.0.1:{silent.getsockname()[1]}/v1"
        with pytest.raises(NoOpinion):
            Endpoint(url, "m", seconds=0.2).ask(MESSAGES, 60)


def test_nobody_there_is_no_opinion() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        url = f"http://127.0.0.1:{gone.getsockname()[1]}/v1"
    with pytest.raises(NoOpinion, match="ConnectError"):
        Endpoint(url, "m").ask(MESSAGES, 60)


def test_a_failing_endpoint_is_left_alone_for_a_while() -> None:
    now = [1000.0]
    with run_stub(status=500) as stub:
        endpoint = Endpoint(stub.url, "m", breaker=Breaker(lambda: now[0]))
        for _ in range(FAILURES + 2):
            with pytest.raises(NoOpinion):
                endpoint.ask(MESSAGES, 60)
        assert len(stub.asked) == FAILURES
        now[0] += PAUSE
        stub.status = 200
        endpoint.ask(MESSAGES, 60)
        endpoint.ask(MESSAGES, 60)
        assert len(stub.asked) == FAILURES + 2


def test_after_the_pause_one_failure_closes_it_again() -> None:
    now = [1000.0]
    breaker = Breaker(lambda: now[0])
    for _ in range(FAILURES):
        breaker.count(failed=True)
    now[0] += PAUSE
    assert not breaker.is_open
    breaker.count(failed=True)
    assert breaker.is_open


def test_without_an_address_nobody_is_asked() -> None:
    assert find_endpoint(load({})) is None


def test_an_address_needs_a_model() -> None:
    with pytest.raises(BadSetting, match="SCRIVANO_OPINION_MODEL"):
        load({"SCRIVANO_OPINION_URL": "http://127.0.0.1:1/v1"})
