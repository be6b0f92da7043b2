"""The change feed over HTTP: complete, in order, and prompt."""

from __future__ import annotations

import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.server.conftest import Running


def follow(server: Running, role: str = "downstream", **query: object) -> list[dict[str, object]]:
    answer = server[role].get("/v1/changes", params=query)  # type: ignore[arg-type]
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def test_what_happens_is_told_in_order(either: Running, jpeg: bytes) -> None:
    batch = either.new_batch(external_id="mine")
    document = either.upload(batch, jpeg)
    either["client"].post(f"/v1/batches/{batch}/seal").raise_for_status()
    told = [(change["seq"], change["kind"], change["subject"]) for change in follow(either)]
    assert told == [
        (1, "batch.created", batch),
        (2, "document.received", document),
        (3, "batch.sealed", batch),
    ]


def test_nothing_new_keeps_the_cursor(either: Running) -> None:
    answer = either["downstream"].get("/v1/changes", params={"after": 7}).json()
    assert answer == {"items": [], "next": 7}


def test_the_feed_can_be_read_in_pieces(either: Running) -> None:
    batches = [either.new_batch() for _ in range(5)]
    seen: list[object] = []
    after = 0
    while True:
        answer = either["downstream"].get("/v1/changes", params={"after": after, "limit": 2}).json()
        if not answer["items"]:
            break
        seen += [change["subject"] for change in answer["items"]]
        after = answer["next"]
    assert seen == batches


def test_a_reader_misses_nothing_while_many_write(either: Running) -> None:
    stop = threading.Event()
    seen: list[int] = []

    def read() -> None:
        after = 0
        last = False
        while not last:
            last = stop.is_set()
            found = follow(either, after=after, limit=1000)
            seen.extend(int(str(change["seq"])) for change in found)
            after = seen[-1] if seen else 0

    reader = threading.Thread(target=read)
    reader.start()
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda _: either.new_batch(), range(64)))
    stop.set()
    reader.join(30)
    assert seen == list(range(1, len(made) + 1))


def test_a_waiting_reader_is_told_promptly(server: Running) -> None:
    after = server["downstream"].get("/v1/changes", params={"limit": 1000}).json()["next"]
    made: list[float] = []

    def write() -> None:
        time.sleep(0.6)
        server.new_batch()
        made.append(time.monotonic())

    writer = threading.Thread(target=write)
    writer.start()
    found = follow(server, after=after, wait=20)
    delay = time.monotonic() - made[0]
    writer.join()
    assert [change["kind"] for change in found] == ["batch.created"]
    assert delay < 1.0


def test_waiting_ends_when_nothing_comes(server: Running) -> None:
    after = server["downstream"].get("/v1/changes", params={"limit": 1000}).json()["next"]
    start = time.monotonic()
    assert follow(server, after=after, wait=0.5) == []
    assert 0.4 < time.monotonic() - start < 3


def test_waiting_readers_hold_up_nobody(server: Running) -> None:
    """More of them than the server has threads."""
    after = server["downstream"].get("/v1/changes", params={"limit": 1000}).json()["next"]
    with ThreadPoolExecutor(60) as pool:
        waiting = [pool.submit(follow, server, after=after, wait=3) for _ in range(60)]
        time.sleep(0.7)
        start = time.monotonic()
        assert server["operator"].get("/v1/me").status_code == 200
        assert time.monotonic() - start < 1.5
        for one in waiting:
            one.result(20)


@pytest.mark.parametrize("role", ["admin", "supervisor"])
def test_staff_name_the_client(server: Running, role: str) -> None:
    batch = server.new_batch()
    found = follow(server, role, client_id=server.client_a, limit=1000)
    assert batch in [change["subject"] for change in found]
    assert server[role].get("/v1/changes").status_code == 422
    assert server[role].get("/v1/changes", params={"client_id": "cli_none"}).status_code == 404
