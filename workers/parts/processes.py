"""Starting a program so that it ends with its parent, and ending what an earlier run left.

On Linux the kernel sends SIGTERM to a program when its parent dies. In any case each program leaves
a note of its process id and start time in `run/`, by which the next start finds and ends it.
"""

from __future__ import annotations

import contextlib
import ctypes
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from models.errors import Conflict
from models.settings import Settings
from workers.parts.files import lock_holder, write_private
from workers.parts.programs import environment_of, find_program

_PR_SET_PDEATHSIG = 1


def become(settings: Settings, name: str) -> NoReturn:
    """Turn this process into the program `name`."""
    program = find_program(settings, name)
    end_with_parent()
    _require_parent(settings, name)
    note = {"pid": os.getpid(), "started": started_at(os.getpid())}
    write_private(_notes(settings) / f"{name}.json", json.dumps(note))
    os.umask(0o077)
    os.execve(program.command[0], program.command, environment_of(program, settings))


def end_with_parent() -> None:
    """Have the kernel send SIGTERM to this process when its parent dies; Linux only."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)


def _require_parent(settings: Settings, name: str) -> None:
    """Conflict when the process that should supervise this one is not (or no longer) its parent.

    It may have died before the kernel was told to watch it.
    """
    if name == "supervisord":
        parent = lock_holder(settings)
    else:
        parent = running(settings).get("supervisord")
    if parent != os.getppid():
        raise Conflict(f"{name} is started by `make run` only, which keeps it running.")


def started_at(pid: int) -> str | None:
    """When process `pid` started, in the system's own notation; None when it does not run.

    With the id it identifies a process: ids are used again.
    """
    if sys.platform == "linux":
        return _started_on_linux(pid)
    else:
        found = subprocess.run(
            ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
        )
        return found.stdout.strip() or None


def _started_on_linux(pid: int) -> str | None:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    # The name in parentheses may hold spaces: count from its end. Field 3 is the state.
    state, *rest = stat.rpartition(")")[2].split()
    return None if state in "ZX" else rest[18]


def running(settings: Settings) -> dict[str, int]:
    """Process ids of this data directory's programs that run now, by name."""
    found = {}
    for path in sorted(_notes(settings).glob("*.json")):
        try:
            note = json.loads(path.read_text(encoding="utf-8"))
            pid, started = int(note["pid"]), note["started"]
        except (OSError, ValueError, KeyError, TypeError):
            continue
        if started and started_at(pid) == started:
            found[path.stem] = pid
    return found


def stop_leftovers(settings: Settings, patience: float = 5.0) -> list[str]:
    """End what still runs of an earlier start; their names.

    The supervisor goes first, since it stops the others in their order and would start them again
    if it stayed. Each gets SIGTERM and, when `patience` seconds are over, SIGKILL together with
    what it started.
    """
    deadline = time.monotonic() + patience
    found = running(settings)
    if "supervisord" in found:
        _stop({"supervisord": found["supervisord"]}, settings, deadline)
    _stop(running(settings), settings, max(deadline, time.monotonic() + 1.0))
    for path in _notes(settings).glob("*.json"):
        path.unlink(missing_ok=True)
    return list(found)


def _stop(found: dict[str, int], settings: Settings, deadline: float) -> None:
    for pid in found.values():
        _signal(pid, signal.SIGTERM)
    while _still(found, settings) and time.monotonic() < deadline:
        time.sleep(0.05)
    for pid in _still(found, settings):
        _signal(pid, signal.SIGKILL)
    while _still(found, settings):
        time.sleep(0.05)


def _still(found: dict[str, int], settings: Settings) -> list[int]:
    now = running(settings)
    return [pid for name, pid in found.items() if now.get(name) == pid]


def _signal(pid: int, number: signal.Signals) -> None:
    with contextlib.suppress(ProcessLookupError):
        if os.getpgid(pid) == pid:
            os.killpg(pid, number)
        else:
            os.kill(pid, number)


def _notes(settings: Settings) -> Path:
    return settings.data_dir / "run"
