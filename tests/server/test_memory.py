"""What is remembered, by API."""

from __future__ import annotations

from models.memory import add_lesson, find_wordings, list_memories, save_memory, save_wordings
from tests.server.conftest import Running


def remember(server: Running, memory_id: str) -> None:
    with server.db.write() as session:
        save_memory(
            session, server.client_a, memory_id, "invoice", "Acme", {"k"}, {}, (3, 1), taught=1
        )
        said = {"buyer_name": ["Acme", 1.0, "", "", 0, 0]}
        add_lesson(session, server.client_a, f"doc_{memory_id}", memory_id, "invoice", {}, said)
        save_wordings(session, server.client_a, "invoice", {"lessons": 1, "fields": {}, "held": 1})


def test_what_is_remembered_is_listed(server: Running) -> None:
    remember(server, "mem_1")
    [shown] = server["client"].get("/v1/memory").json()["items"]
    assert (shown["supplier"], shown["documents"]) == ("Acme", 1)
    assert (shown["right"], shown["wrong"]) == (3, 1)
    query = {"client_id": server.client_a}
    assert server["supervisor"].get("/v1/memory", params=query).json()["items"] == [shown]
    assert server["client"].delete("/v1/memory/mem_1").status_code == 204


def test_what_is_forgotten_is_gone(server: Running) -> None:
    remember(server, "mem_2")
    assert server["client"].delete("/v1/memory/mem_2").status_code == 204
    assert server["client"].delete("/v1/memory/mem_2").status_code == 404
    with server.db.read() as session:
        assert list_memories(session, server.client_a, limit=9) == []
        assert find_wordings(session, server.client_a)["invoice"]["lessons"] == 0


def test_memory_is_the_clients_own(server: Running) -> None:
    remember(server, "mem_3")
    query = {"client_id": server.client_a}
    assert server["foreign"].get("/v1/memory").json()["items"] == []
    assert server["foreign"].get("/v1/memory", params=query).status_code == 404
    assert server["foreign"].delete("/v1/memory/mem_3").status_code == 404
    assert server["operator"].delete("/v1/memory/mem_3").status_code == 403
    assert server["client"].delete("/v1/memory/mem_3").status_code == 204
