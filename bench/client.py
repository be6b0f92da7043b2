"""A client of the HTTP API that outlives the server's restarts."""

from __future__ import annotations

import threading
import time
from collections.abc import Mapping
from typing import Any

import httpx

BUSY = frozenset({429, 502, 503, 504})
"""The server or what it needs is away, or asks to be left alone for a moment."""

INTERNAL_TRIES = 3
"""A fault of the server that stays after so many tries is reported, not waited for."""


class TimedOut(Exception):
    """The run's time is over."""


class Refused(Exception):
    """The server's answer is no: `status`, and `code` and `detail` of its problem document."""

    def __init__(self, method: str, path: str, response: httpx.Response) -> None:
        self.status = response.status_code
        self.body = _problem(response)
        self.code = str(self.body.get("code", self.status))
        self.detail = str(self.body.get("detail", response.reason_phrase))
        super().__init__(f"{method} {path}: {self.status} {self.code}: {self.detail}")


def _problem(response: httpx.Response) -> Mapping[str, Any]:
    try:
        found = response.json()
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class Deadline:
    """When a run ends: after `seconds`, or as soon as `stop` is called."""

    def __init__(self, seconds: float) -> None:
        self._until = time.monotonic() + seconds
        self._stopped = threading.Event()

    def stop(self) -> None:
        self._stopped.set()

    def left(self) -> float:
        return 0.0 if self._stopped.is_set() else max(0.0, self._until - time.monotonic())

    def sleep(self, seconds: float) -> None:
        """Wait; TimedOut when the run ends before that."""
        if self._stopped.wait(min(seconds, self.left())) or not self.left():
            raise TimedOut


class Api:
    """Requests with one key. Safe to share between threads.

    What gets no answer is sent again until the deadline, so every request must be one that may
    be repeated: a GET, one with an `Idempotency-Key` or `If-Match`, or one that changes nothing
    when done twice. `retried` counts what was sent again.
    """

    def __init__(self, url: str, key: str, deadline: Deadline, connections: int = 4) -> None:
        self.deadline = deadline
        self.retried = 0
        self._http = httpx.Client(
            base_url=url,
            headers={"Authorization": f"Bearer {key}"},
            timeout=httpx.Timeout(30, connect=5),
            limits=httpx.Limits(max_connections=connections),
            trust_env=False,
        )

    def close(self) -> None:
        self._http.close()

    def get(self, path: str, *, wait: float = 0, **query: Any) -> Any:
        """The JSON of a GET; `wait` is how long the server may hold the answer back."""
        if wait:
            query["wait"] = wait
        return self.send("GET", path, params=query, timeout=30 + wait).json()

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """The response; Refused when it is an error that waiting cannot help, TimedOut when the
        run's time is over before there is one."""
        tries, pause = 0, 0.1
        while True:
            if not self.deadline.left():
                raise TimedOut
            response = self._try(method, path, options)
            if response is not None and response.is_success:
                return response
            tries += 1
            if response is not None and not _may_pass(response.status_code, tries):
                raise Refused(method, path, response)
            self.retried += 1
            self.deadline.sleep(pause)
            pause = min(2 * pause, 2.0)

    def _try(self, method: str, path: str, options: dict[str, Any]) -> httpx.Response | None:
        try:
            return self._http.request(method, path, **options)
        except httpx.TransportError:
            return None


def _may_pass(status: int, tries: int) -> bool:
    return status in BUSY or (status == 500 and tries < INTERNAL_TRIES)
