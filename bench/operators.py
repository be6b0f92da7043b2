"""Simulated operators: they claim tasks and key what the paper says, as fast as they are told."""

from __future__ import annotations

import random
import string
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bench.board import Board, Source
from bench.client import Api, Refused, TimedOut
from bench.figures import likeness, same

TASKS = 6
"""Tasks that an operator holds at once, as the keying screen does."""

LOOKS = 3
"""Batches that an operator asks for tasks before it pauses."""

IDLE_SECONDS = (0.05, 0.5)
"""Pause after a claim that gave nothing: shortest and longest."""


@dataclass(frozen=True)
class Pace:
    """How operators work: seconds of typing for each field, and the share that they mistype."""

    think: float = 0.0
    error_rate: float = 0.0


def operate(api: Api, board: Board, pace: Pace, seed: str) -> None:
    """Key tasks of the board's batches until the run ends.

    Only of these: the server may have other people's work in it. An answer that no operator
    should get ends the run, with a note on the board.
    """
    rng = random.Random(seed)
    idle = IDLE_SECONDS[0]
    try:
        while True:
            tasks = _claim(api, board, rng)
            for task in tasks:
                _key(api, board, task, pace, rng)
            idle = IDLE_SECONDS[0] if tasks else min(2 * idle, IDLE_SECONDS[1])
            if not tasks:
                _sort(api, board)
                api.deadline.sleep(idle)
    except TimedOut:
        return
    except Exception as error:
        board.add_error(f"An operator cannot go on: {error}")
        api.deadline.stop()


def _claim(api: Api, board: Board, rng: random.Random) -> list[dict[str, Any]]:
    """Tasks of one of the batches that have some; none when all are taken."""
    waiting = board.list_keying()
    # Operators start at different batches, or all would wait for the same one's tasks.
    for batch_id in rng.sample(waiting, min(LOOKS, len(waiting))):
        started = time.monotonic()
        answer = api.send("POST", "/v1/tasks/claim", json={"count": TASKS, "batch_id": batch_id})
        tasks: list[dict[str, Any]] = answer.json()["items"]
        if tasks:
            board.add_claim(time.monotonic() - started, started)
            return tasks
    return []


def _sort(api: Api, board: Board) -> None:
    """Accept what the machine proposes for files that it is not sure of: each is one document of
    the type that its truth says."""
    for batch_id in board.list_sorting():
        body = {"count": TASKS, "batch_id": batch_id}
        for item in api.send("POST", "/v1/sorting/claim", json=body).json()["items"]:
            source = board.find_source(item["document_id"])
            wanted = source.truth["type"] if source and source.truth else item["parts"][0]["type"]
            pages = [page["number"] for page in item["pages"]]
            api.send(
                "PUT",
                f"/v1/sorting/{item['id']}/answer",
                headers={"If-Match": f'"{item["version"]}"'},
                json={"parts": [{"pages": pages, "type": wanted}]},
            )


def _key(api: Api, board: Board, task: dict[str, Any], pace: Pace, rng: random.Random) -> None:
    """Type one answer and send it; a task that has gone to somebody else is left alone."""
    started = time.monotonic()
    wanted = choose_answer(task, board.find_source(task["document_id"]))
    typed = wanted
    if wanted and rng.random() < pace.error_rate:
        typed = mistype(wanted, rng)
    if pace.think:
        api.deadline.sleep(pace.think)
    sent = time.monotonic()
    # A mistake that the validators see is typed again; what the paper says is kept all the same.
    tries = [(typed, False), (wanted, False), (wanted, True)][0 if typed != wanted else 1 :]
    for value, force in tries:
        try:
            _send(api, task, value, sent - started, force=force)
        except Refused as refusal:
            if refusal.status == 412:
                return
            if refusal.code != "invalid_value" or force:
                raise
            continue
        now = time.monotonic()
        corrected = not same(value, task["value"])
        outcome = "forced" if force else "corrected" if corrected else "confirmed"
        board.add_key(task["batch_id"], now - sent, now, outcome)
        return


def _send(api: Api, task: dict[str, Any], value: str | None, spent: float, *, force: bool) -> None:
    changed = not same(value, task["value"])
    api.send(
        "PUT",
        f"/v1/tasks/{task['id']}/key",
        headers={"If-Match": f'"{task["version"]}"'},
        json={
            "value": value,
            "force": force,
            "seconds": round(spent, 3),
            "keystrokes": len(value or "") + 1 if changed else 1,
        },
    )


def choose_answer(task: Mapping[str, Any], source: Source | None) -> str | None:
    """What a careful person keys: the truth where it has the field, else what is shown."""
    shown: str | None = task["value"]
    if source is None or source.truth is None or source.truth["type"] != task["document_type"]:
        return shown
    name, line = task["field"]["name"], task["field"]["line"]
    if line is None:
        return str(source.truth["fields"].get(name) or "") or shown
    cells = {s["name"]: s["value"] for s in task.get("siblings", ()) if s["line"] == line}
    wanted = find_line(source.truth["lines"], cells | {name: shown}, line)
    return str((wanted or {}).get(name) or "") or shown


def find_line(
    truth: Sequence[Mapping[str, str]], shown: Mapping[str, str | None], number: int
) -> Mapping[str, str] | None:
    """The line of the truth that the shown cells belong to: the one most like them, or of equals
    the one nearest to `number`; None when none has anything in common and there is no such line."""
    if not truth:
        return None
    likest = max(range(len(truth)), key=lambda i: (likeness(truth[i], shown), -abs(i - number)))
    if likeness(truth[likest], shown) or likest == number:
        return truth[likest]
    return None


def mistype(text: str, rng: random.Random) -> str:
    """`text` with one character replaced by another of its kind."""
    at = rng.randrange(len(text))
    kind = string.digits if text[at].isdigit() else string.ascii_letters
    return text[:at] + rng.choice([c for c in kind if c != text[at]]) + text[at + 1 :]
