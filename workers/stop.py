"""Being told to stop in the middle of a step: give the step back at once, then stop.

RQ would finish the step first, which may take longer than a supervisor waits; the kill that
follows would count as a lost lease, though nobody is at fault.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from types import FrameType


class Stopped(BaseException):
    """SIGTERM or SIGINT came during a step. Not an Exception: no step may swallow it."""


@contextmanager
def interruptible() -> Iterator[None]:
    """Raise Stopped in the block when a signal to stop comes; afterwards the signal goes on to
    whoever handled it before."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []

    def interrupt(number: int, _frame: FrameType | None) -> None:
        if not came:
            came.append(number)
            raise Stopped

    numbers = (signal.SIGTERM, signal.SIGINT)
    before = {number: signal.signal(number, interrupt) for number in numbers}
    try:
        yield
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)
        for told in came:
            os.kill(os.getpid(), told)
