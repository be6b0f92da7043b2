"""An outside model that is asked for a second opinion: any OpenAI-compatible endpoint.

Off until an address is set, and then only for clients that agreed, since what is asked leaves the
machine. Nothing waits for it longer than its deadline, and nothing fails because of it: whatever
goes wrong here is a second opinion that was not given.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

import httpx

from models.errors import ScrivanoError
from models.settings import Settings

log = logging.getLogger("scrivano.opinion")
MAX_BYTES = 200_000  # of an answer; no sensible one is near it
FAILURES = 3  # in a row, after which nobody is asked for a while
PAUSE = 60.0  # seconds of that while


class NoOpinion(ScrivanoError):
    """The endpoint is away, slow, or says what is no answer; the document goes on without it."""

    code, title, status = "no_opinion", "A second opinion could not be had", 502


@dataclass(frozen=True, slots=True)
class Reply:
    """What the model wrote, and what it took."""

    text: str
    tokens_in: int
    tokens_out: int
    milliseconds: int


@dataclass
class Breaker:
    """Stops asking after some failures in a row; a single question later shows whether it works."""

    clock: Callable[[], float] = time.monotonic
    _failures: int = 0
    _until: float = 0.0

    @property
    def is_open(self) -> bool:
        return self._failures >= FAILURES and self.clock() < self._until

    def count(self, *, failed: bool) -> None:
        self._failures = self._failures + 1 if failed else 0
        self._until = self.clock() + PAUSE


@dataclass
class Endpoint:
    """`POST <url>/chat/completions`, as OpenAI and many local servers have it.

    `seconds` is the whole time that a question may take, from connecting to the last byte.
    """

    url: str
    model: str
    key: str = ""
    seconds: float = 20.0
    breaker: Breaker = field(default_factory=Breaker)

    def ask(self, messages: Sequence[dict[str, Any]], max_tokens: int) -> Reply:
        """The model's answer; NoOpinion says why there is none."""
        if self.breaker.is_open:
            raise NoOpinion("The endpoint failed several times: it is left alone for a minute.")
        started = time.monotonic()
        try:
            data = self._post(
                {
                    "model": self.model,
                    "messages": list(messages),
                    "temperature": 0,
                    "max_tokens": max_tokens,
                }
            )
            reply = _read_reply(data, round(1000 * (time.monotonic() - started)))
        except NoOpinion:
            self.breaker.count(failed=True)
            raise
        self.breaker.count(failed=False)
        return reply

    def _post(self, body: dict[str, Any]) -> bytes:
        """The answer's bytes, within the deadline, however slowly they drip."""
        box: list[bytes | Exception] = []

        def send() -> None:
            try:
                box.append(self._send(body))
            except (httpx.HTTPError, httpx.InvalidURL, NoOpinion) as error:
                box.append(error)

        # Timeouts of a client are for each read; a thread that is not waited for is for all.
        thread = threading.Thread(target=send, name="opinion", daemon=True)
        thread.start()
        thread.join(self.seconds)
        found = box[0] if box else NoOpinion(f"No answer within {self.seconds:g} s.")
        if isinstance(found, Exception):
            if isinstance(found, NoOpinion):
                raise found
            raise NoOpinion(f"{type(found).__name__}: {found}")
        return found

    def _send(self, body: dict[str, Any]) -> bytes:
        headers = {"Authorization": f"Bearer {self.key}"} if self.key else {}
        end = time.monotonic() + self.seconds
        data = b""
        with (
            httpx.Client(timeout=self.seconds, follow_redirects=False) as http,
            http.stream("POST", f"{self.url}/chat/completions", json=body, headers=headers) as got,
        ):
            if got.status_code != 200:
                raise NoOpinion(f"The endpoint answered {got.status_code}.")
            for piece in got.iter_bytes():
                data += piece
                if len(data) > MAX_BYTES or time.monotonic() > end:
                    raise NoOpinion("The answer is too long or too slow.")
        return data


def _read_reply(data: bytes, milliseconds: int) -> Reply:
    try:
        found = json.loads(data)
        text = found["choices"][0]["message"]["content"]
        usage = found.get("usage") or {}
        tokens = [_count(usage.get(name)) for name in ("prompt_tokens", "completion_tokens")]
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        raise NoOpinion("The endpoint's answer is not a chat completion.") from None
    if not isinstance(text, str):
        raise NoOpinion("The endpoint's answer has no text.")
    return Reply(text, tokens[0], tokens[1], milliseconds)


def _count(value: object) -> int:
    return value if type(value) is int and 0 <= value < 10**9 else 0


def find_endpoint(settings: Settings) -> Endpoint | None:
    """The endpoint that the settings name; None when second opinions are off."""
    if not settings.opinion_url:
        return None
    return Endpoint(
        settings.opinion_url.rstrip("/"),
        settings.opinion_model,
        settings.opinion_key.get_secret_value(),
        settings.opinion_timeout_seconds,
    )
