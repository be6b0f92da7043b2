"""A brake on guessing passwords, in this process's memory."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

from models.errors import TooManyRequests

WINDOW = 60.0
"""Seconds for which a wrong password counts."""
PER_NAME = 5
PER_ADDRESS = 30
REMEMBERED = 10_000


@dataclass
class Throttle:
    """Counts wrong passwords by name and address together, and by address alone.

    By both, so that nobody can lock others out by failing under their names from elsewhere.
    """

    clock: Callable[[], float] = time.monotonic
    _failures: dict[tuple[str, ...], deque[float]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def require(self, name: str, address: str) -> None:
        """TooManyRequests when this caller has to wait before the next attempt."""
        with self._lock:
            for key, most in (((name, address), PER_NAME), ((address,), PER_ADDRESS)):
                times = self._recent(key)
                if len(times) >= most:
                    wait = int(times[-most] + WINDOW - self.clock()) + 1
                    raise TooManyRequests(
                        f"Too many wrong passwords: wait {wait} seconds, then try again.",
                        retry_after=wait,
                    )

    def count(self, name: str, address: str) -> None:
        """Remember a wrong password."""
        with self._lock:
            for key in ((name, address), (address,)):
                times = self._recent(key)
                times.append(self.clock())
                # Moved to the end: what was not touched for longest is forgotten first.
                self._failures.pop(key, None)
                self._failures[key] = times
            while len(self._failures) > REMEMBERED:
                self._failures.pop(next(iter(self._failures)))

    def _recent(self, key: tuple[str, ...]) -> deque[float]:
        times = self._failures.get(key, deque())
        while times and times[0] <= self.clock() - WINDOW:
            times.popleft()
        return times
