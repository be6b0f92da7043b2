"""Keying over HTTP: claims, entries, versions, and that nobody shares a task."""

from __future__ import annotations

from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import httpx
import pytest
from sqlalchemy import event, select, update

from models import clients
from models.db import now
from models.fields import Field
from models.keying import Key, Task
from server.desk import CHECK, DOUBTS
from tests.server.conftest import Running, add_keying


@pytest.fixture
def fresh(server: Running) -> Running:
    """The server with no task that a test before has left open."""
    with server.db.write() as session:
        session.execute(update(Task).where(Task.status != "done").values(status="cancelled"))
    return server


def claim(http: httpx.Client, count: int = 6, **body: Any) -> list[dict[str, Any]]:
    answer = http.post("/v1/tasks/claim", json={"count": count, **body})
    assert answer.status_code == 200, answer.text
    return list(answer.json()["items"])


def key(http: httpx.Client, task: dict[str, Any], value: str | None, **body: Any) -> httpx.Response:
    return http.put(
        f"/v1/tasks/{task['id']}/key",
        json={"value": value, "seconds": 1.5, "keystrokes": 3, **body},
        headers={"If-Match": f'"{task["version"]}"'},
    )


# -- what an operator sees ----------------------------------------------------------------------


def test_a_task_has_all_that_the_screen_needs(fresh: Running) -> None:
    document = add_keying(fresh, doubtful=4)[0]
    task = claim(fresh["operator"])[3]
    assert task["client"] == {"id": fresh.client_a, "name": "A"}
    assert task["document_id"] == document
    assert task["document_type"] == "invoice"
    assert task["field"]["name"] == "gross_total"
    assert task["image"] == f"/v1/documents/{document}/pages/1/image"
    assert (task["image_width"], task["image_height"]) == (800, 1000)
    assert task["box"] == [0.1, 0.1, 0.3, 0.12]
    assert (task["status"], task["mode"], task["version"]) == ("claimed", "confirm", 2)


def test_siblings_are_the_other_fields(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[0]
    names = [sibling["name"] for sibling in task["siblings"]]
    assert names == ["issue_date", "seller_vat", "gross_total", "net_total", "vat_total"]


def test_doubts_come_in_words(fresh: Running) -> None:
    add_keying(fresh)
    with fresh.db.write() as session:
        session.execute(
            update(Task)
            .where(Task.status == "open")
            .values(doubts=["low_score", "net_plus_vat", "something_new"])
        )
        session.execute(update(Field).where(Field.name == "vat_total").values(value="23.00"))
    problems = claim(fresh["operator"])[0]["problems"]
    assert [problem["code"] for problem in problems] == [
        "low_score",
        "net_plus_vat",
        "something_new",
    ]
    assert problems[0]["message"] == DOUBTS["low_score"]
    assert "123.00" in problems[1]["message"]
    assert problems[2]["message"] == CHECK


def test_many_tasks_cost_as_many_queries_as_one(fresh: Running) -> None:
    add_keying(fresh, documents_=6, doubtful=2)
    statements: list[str] = []
    event.listen(fresh.db.engine, "before_cursor_execute", lambda *args: statements.append(args[2]))
    one = claim(fresh["operator"], 1)
    held_one = len([s for s in statements if s.startswith("SELECT")])
    assert len(one) == 1
    claim(fresh["operator"], 12)
    statements.clear()
    assert len(claim(fresh["operator"], 12)) == 12  # held already: only shown again
    assert len([s for s in statements if s.startswith("SELECT")]) <= held_one


def test_a_page_that_is_not_known_is_the_first(fresh: Running) -> None:
    document = add_keying(fresh)[0]
    with fresh.db.write() as session:
        session.execute(update(Field).where(Field.document_id == document).values(page=None))
    task = claim(fresh["operator"])[0]
    assert task["page"] is None
    assert task["image"].endswith("/pages/1/image")
    assert task["image_width"] == 800


def test_a_task_whose_field_is_gone_blocks_nobody(fresh: Running) -> None:
    document = add_keying(fresh)[0]
    with fresh.db.write() as session:
        first = session.scalar(
            select(Field).where(Field.document_id == document).order_by(Field.position)
        )
        session.delete(first)
    assert len(claim(fresh["operator"])) == 2


# -- claims -------------------------------------------------------------------------------------


def test_held_tasks_come_again(fresh: Running) -> None:
    add_keying(fresh)
    first = claim(fresh["operator"], 2)
    again = claim(fresh["operator"], 2)
    assert [task["id"] for task in again] == [task["id"] for task in first]
    assert [task["version"] for task in again] == [task["version"] for task in first]


def test_a_batch_can_be_asked_for(fresh: Running) -> None:
    add_keying(fresh)
    add_keying(fresh)
    wanted = claim(fresh["supervisor"], 6)[-1]["batch_id"]
    tasks = claim(fresh["supervisor"], 6, batch_id=wanted)
    assert {task["batch_id"] for task in tasks} == {wanted}


def test_an_unknown_batch_is_not_found(fresh: Running) -> None:
    answer = fresh["operator"].post("/v1/tasks/claim", json={"batch_id": "bat_none"})
    assert answer.status_code == 404


def test_two_operators_never_share_a_task(either: Running) -> None:
    add_keying(either, documents_=8, doubtful=5)
    with either.db.write() as session:
        keys = [clients.create_key(session, "operator", None, f"o{n}")[1] for n in range(8)]
    people = [either.open(headers={"Authorization": f"Bearer {text}"}) for text in keys]

    def work(http: httpx.Client) -> list[str]:
        done = []
        while tasks := claim(http, 3):
            for task in tasks:
                assert key(http, task, task["value"]).status_code == 200
                done.append(task["id"])
        return done

    with ThreadPoolExecutor(8) as pool:
        done = [task for tasks in pool.map(work, people) for task in tasks]
    assert max(Counter(done).values()) == 1
    assert len(done) == 40
    with either.db.read() as session:
        assert len(session.scalars(select(Key)).all()) == 40


def test_two_operators_hold_different_tasks(either: Running) -> None:
    add_keying(either, documents_=2, doubtful=4)
    first = {task["id"] for task in claim(either["operator"], 4)}
    second = {task["id"] for task in claim(either["supervisor"], 4)}
    assert len(first) == len(second) == 4
    assert not first & second


# -- entries ------------------------------------------------------------------------------------


def test_an_entry_is_normalised_and_final(fresh: Running) -> None:
    add_keying(fresh, doubtful=4)
    task = claim(fresh["operator"])[3]
    answer = key(fresh["operator"], task, "1.234,5")
    assert answer.status_code == 200, answer.text
    field = answer.json()["field"]
    assert (field["value"], field["raw"], field["status"]) == ("1234.50", "1.234,5", "final")
    assert (field["source"], field["score"]) == ("person", None)
    assert answer.json()["task"]["status"] == "done"
    assert answer.headers["etag"] == f'"{answer.json()["task"]["version"]}"'


def test_the_same_entry_again_is_the_same(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[0]
    first = key(fresh["operator"], task, "B-1")
    again = key(fresh["operator"], task, "B-1")
    assert (again.status_code, again.json()) == (200, first.json())


def test_an_invalid_value_is_refused_with_reasons(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[2]
    answer = key(fresh["operator"], task, "IT00743110158")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (422, "invalid_value")
    assert [one["code"] for one in problem["problems"]] == ["vat_check_digit"]
    assert problem["normalised"] == "IT00743110158"


def test_a_forced_value_is_kept_with_its_problems(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[2]
    answer = key(fresh["operator"], task, "IT00743110158", force=True)
    field = answer.json()["field"]
    assert (field["value"], field["problems"]) == ("IT00743110158", ["vat_check_digit"])
    with fresh.db.read() as session:
        entry = session.scalar(select(Key).where(Key.task_id == task["id"]))
        assert entry is not None
        assert entry.forced is True


def test_force_on_a_valid_value_forces_nothing(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[0]
    key(fresh["operator"], task, "B-1", force=True).raise_for_status()
    with fresh.db.read() as session:
        entry = session.scalar(select(Key).where(Key.task_id == task["id"]))
        assert entry is not None
        assert entry.forced is False


@pytest.mark.parametrize("nothing", [None, "", "  "])
def test_nothing_on_the_document(fresh: Running, nothing: str | None) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[0]
    answer = key(fresh["operator"], task, nothing, force=True)
    assert answer.json()["field"]["value"] is None


def test_a_stale_version_is_refused(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[0]
    answer = key(fresh["operator"], task | {"version": task["version"] - 1}, "B-1")
    assert (answer.status_code, answer.json()["code"]) == (412, "stale_write")


def test_a_lost_lease_is_refused_before_the_value_is_judged(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[2]
    with fresh.db.write() as session:
        session.execute(
            update(Task)
            .where(Task.id == task["id"])
            .values(claimed_until=now() - timedelta(minutes=1))
        )
    claim(fresh["supervisor"], 50)
    assert key(fresh["operator"], task, "IT00743110158").status_code == 412
    assert key(fresh["operator"], task, "IT00743110157").status_code == 412


def test_an_entry_needs_a_version(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[0]
    answer = fresh["operator"].put(f"/v1/tasks/{task['id']}/key", json={"value": "B-1"})
    assert (answer.status_code, answer.json()["code"]) == (428, "precondition_required")


@pytest.mark.parametrize("form", ['"{}"', 'W/"{}"', "{}"])
def test_versions_in_any_form(fresh: Running, form: str) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[0]
    answer = fresh["operator"].post(
        f"/v1/tasks/{task['id']}/renew", headers={"If-Match": form.format(task["version"])}
    )
    assert answer.status_code == 200


@pytest.mark.parametrize("form", ["*", '"1", "2"', '"x"', "99999999999999999999"])
def test_other_versions_are_refused(fresh: Running, form: str) -> None:
    answer = fresh["operator"].post("/v1/tasks/tsk_x/renew", headers={"If-Match": form})
    assert answer.status_code == 422


def test_renewing_holds_for_longer(fresh: Running) -> None:
    add_keying(fresh)
    task = claim(fresh["operator"])[0]
    with fresh.db.write() as session:
        session.execute(update(Task).values(claimed_until=now()))
    answer = fresh["operator"].post(
        f"/v1/tasks/{task['id']}/renew", headers={"If-Match": str(task["version"])}
    )
    assert answer.json()["claimed_until"] > now().isoformat()
    assert answer.json()["version"] == task["version"]


def test_a_task_given_back_is_open_for_others(fresh: Running) -> None:
    add_keying(fresh, doubtful=1)
    task = claim(fresh["operator"])[0]
    answer = fresh["operator"].post(
        f"/v1/tasks/{task['id']}/release", headers={"If-Match": str(task["version"])}
    )
    assert answer.json()["status"] == "open"
    assert [one["id"] for one in claim(fresh["supervisor"])] == [task["id"]]


# -- checks and figures -------------------------------------------------------------------------


def test_a_value_can_be_checked_without_keying(fresh: Running) -> None:
    def check(value: str) -> dict[str, Any]:
        body = {"document_type": "invoice", "name": "gross_total", "value": value}
        return dict(fresh["operator"].post("/v1/tasks/check", json=body).json())

    assert check("1.234,50") == {"value": "1234.50", "problems": []}
    assert check("a lot")["problems"][0]["code"] == "amount_invalid"


@pytest.mark.parametrize(
    ("doctype", "name", "line"),
    [("nothing", "gross_total", None), ("invoice", "nothing", None), ("invoice", "iban", 0)],
)
def test_checking_an_unknown_field_is_not_found(
    fresh: Running, doctype: str, name: str, line: int | None
) -> None:
    body = {"document_type": doctype, "name": name, "line": line, "value": "x"}
    assert fresh["operator"].post("/v1/tasks/check", json=body).status_code == 404


def test_the_summary_counts(either: Running) -> None:
    add_keying(either, documents_=2, doubtful=3)
    http = either["operator"]
    tasks = claim(http, 2)
    key(http, tasks[0], "B-1").raise_for_status()
    summary = http.get("/v1/tasks/summary").json()
    assert (summary["open"], summary["claimed"], summary["done_today"]) == (4, 1, 1)
    assert [(entry["client"], entry["open"]) for entry in summary["by_batch"]] == [("A", 4)]
    assert either["supervisor"].get("/v1/tasks/summary").json()["done_today"] == 0


def test_rejecting_a_document_takes_its_tasks_away(fresh: Running) -> None:
    document = add_keying(fresh)[0]
    task = claim(fresh["operator"])[0]
    fresh["supervisor"].post(
        f"/v1/documents/{document}/reject", json={"reason": "not ours"}
    ).raise_for_status()
    assert key(fresh["operator"], task, "B-1").status_code == 412
    assert claim(fresh["operator"]) == []
