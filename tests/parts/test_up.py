"""Starting and stopping everything, with the real supervisor and the real parts."""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
import redis

from models.settings import Settings, load
from models.storage import connect
from workers.parts import wait_ready
from workers.parts.files import prepare_folders
from workers.parts.ports import remove_sockets
from workers.parts.processes import running, started_at, stop_leftovers
from workers.parts.programs import ROOT

READY = "The parts are ready"


@dataclass(frozen=True)
class Instance:
    """A running `python -m workers.up --parts`."""

    process: subprocess.Popen[str]
    environ: dict[str, str]

    @property
    def settings(self) -> Settings:
        return load(self.environ)

    @property
    def pids(self) -> dict[str, int]:
        return running(self.settings)


def launch(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "workers.up", "--parts"],
        env={**os.environ, "SCRIVANO_DATA_DIR": str(folder), "PYTHONPATH": str(ROOT)},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


@contextlib.contextmanager
def started(folder: Path) -> Iterator[Instance]:
    process = launch(folder)
    instance = Instance(process, {"SCRIVANO_DATA_DIR": str(folder)})
    try:
        assert process.stdout is not None
        said = iter(process.stdout.readline, "")
        assert any(line.startswith(READY) for line in said), "it ended before it was ready"
        yield instance
    finally:
        process.terminate()
        process.communicate(timeout=20)
        stop_leftovers(instance.settings)
        remove_sockets(instance.settings)


@pytest.fixture(scope="module")
def instance() -> Iterator[Instance]:
    with tempfile.TemporaryDirectory(prefix="scrivano-up-") as folder, started(Path(folder)) as one:
        yield one


def wait_until(true: Callable[[], bool], seconds: float = 15.0) -> None:
    deadline = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < deadline, "it did not happen in time"
        time.sleep(0.05)


def test_a_second_instance_on_the_directory_is_refused(instance: Instance) -> None:
    second = launch(instance.settings.data_dir)
    said, _ = second.communicate(timeout=20)
    assert (second.returncode, f"process {instance.process.pid}" in said) == (1, True)


def test_killed_parts_come_back_with_what_they_held(instance: Instance) -> None:
    settings, before = instance.settings, instance.pids
    queue = redis.Redis.from_url(settings.redis_url.get_secret_value())
    connect(settings).put_bytes("c/up/kept", b"kept")
    queue.set("up:kept", "kept")
    time.sleep(1.1)  # Valkey writes its file once a second.
    for part in ("weed", "valkey"):
        os.kill(before[part], signal.SIGKILL)
    wait_until(lambda: {"weed", "valkey"} <= instance.pids.keys() and instance.pids != before)
    wait_ready(settings, 30)
    assert (connect(settings).get_bytes("c/up/kept"), queue.get("up:kept")) == (b"kept", b"kept")
    queue.close()


def test_a_killed_supervisor_comes_back(instance: Instance) -> None:
    before = instance.pids
    os.kill(before["supervisord"], signal.SIGKILL)
    wait_until(lambda: len(instance.pids.items() - before.items()) == 3)
    wait_ready(instance.settings, 30)


def test_interrupted_it_leaves_no_process(tmp_path: Path) -> None:
    with started(tmp_path) as one:
        pids = one.pids
        began = time.monotonic()
        one.process.send_signal(signal.SIGINT)
        assert one.process.wait(timeout=20) == 0
        assert time.monotonic() - began < 10
        assert len(pids) == 3
        assert [name for name, pid in pids.items() if started_at(pid)] == []


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a process so")
def test_killed_it_takes_everything_with_it(tmp_path: Path) -> None:
    with started(tmp_path) as one:
        pids = one.pids
        one.process.kill()
        one.process.wait()
        wait_until(lambda: not any(started_at(pid) for pid in pids.values()))


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load({"SCRIVANO_DATA_DIR": str(tmp_path)})
    prepare_folders(settings)
    return settings


@pytest.fixture
def sleeper() -> Iterator[subprocess.Popen[bytes]]:
    """A process that SIGTERM does not end."""
    code = "import signal; signal.signal(15, signal.SIG_IGN); print(1, flush=True); signal.pause()"
    with subprocess.Popen(
        [sys.executable, "-c", code], stdout=subprocess.PIPE, start_new_session=True
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def note(settings: Settings, pid: int, began: str | None) -> None:
    path = settings.data_dir / "run" / "worker-1.json"
    path.write_text(json.dumps({"pid": pid, "started": began}))


def test_what_an_earlier_run_left_is_ended(
    settings: Settings, sleeper: subprocess.Popen[bytes]
) -> None:
    note(settings, sleeper.pid, started_at(sleeper.pid))
    assert stop_leftovers(settings, patience=0.2) == ["worker-1"]
    assert sleeper.wait(5) == -signal.SIGKILL


def test_a_stranger_with_a_used_process_id_is_left_alone(
    settings: Settings, sleeper: subprocess.Popen[bytes]
) -> None:
    note(settings, sleeper.pid, "1")
    assert stop_leftovers(settings, patience=0.2) == []
    assert sleeper.poll() is None
