"""`python -m workers.up`: the whole system on one machine, until Ctrl-C.

It prepares the data directory, the weights and the records, starts the supervisor, waits until the
API answers, fills in a first example, and stays to start the supervisor again should it end.
`--parts` starts only the embedded parts, to run the rest by hand.
"""

from __future__ import annotations

import argparse
import contextlib
import http.client
import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import NoReturn

from models.errors import BadSetting, Conflict, ScrivanoError, Unavailable
from models.settings import Settings, load
from workers.parts import wait_ready
from workers.parts.files import lock, prepare_folders
from workers.parts.objects import prepare_objects
from workers.parts.ports import is_free, remove_sockets
from workers.parts.prepare import prepare_parts
from workers.parts.processes import stop_leftovers
from workers.parts.programs import Program, environment_of
from workers.parts.supervisor import list_programs, needed_parts, write_supervisor

API_SECONDS = 90.0
STOP_SECONDS = 8.0
SHORT_LIFE, SHORT_LIVES = 5.0, 3
"""A supervisor that lives less than so many seconds, so often in a row, will not do better."""


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m workers.up", description=__doc__)
    parser.add_argument("--parts", action="store_true", help="start only the embedded parts")
    only_parts = parser.parse_args(arguments).parts
    os.umask(0o077)
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, _interrupt)
    try:
        run(load(), only_parts=only_parts)
    except KeyboardInterrupt:
        say("Stopped.")
        return 0
    except ScrivanoError as error:
        print(f"\nScrivano cannot run: {error.detail}", file=sys.stderr)
        return 1


def run(settings: Settings, *, only_parts: bool) -> NoReturn:
    """Start everything and keep it running until KeyboardInterrupt, then stop everything."""
    prepare_folders(settings)
    held = lock(settings)
    try:
        left = stop_leftovers(settings)
        if left:
            say(f"Stopped what an earlier run had left: {', '.join(left)}.")
        settings = prepare(settings, only_parts=only_parts)
        supervisor = start_supervisor(settings)
        try:
            open_up(settings, supervisor, only_parts=only_parts)
            keep(settings, supervisor)
        finally:
            _ignore_signals()
            stop(settings)
    finally:
        os.close(held)


def prepare(settings: Settings, *, only_parts: bool) -> Settings:
    """Put everything on disk that the programs need; the settings that then hold."""
    if not only_parts and not is_free(settings.http_port, settings.http_host):
        raise Conflict(
            f"Port {settings.http_port} of {settings.http_host} is in use: stop the program that "
            "uses it or set SCRIVANO_HTTP_PORT."
        )
    if settings.embedded:
        prepare_parts(settings)
        settings = load()
    if only_parts:
        write_supervisor(settings, [p for p in list_programs(settings) if p.group == "parts"])
        return settings
    # Imported here, as below: what only the full start needs is slow to import.
    from extractors.ocr import weights
    from models import db

    say("Checking the OCR weights …")
    weights.build_detection(settings.models_dir)
    weights.build_recognition(settings.models_dir)
    weights.locate(weights.ORIENTATION)
    say("Bringing the records up to date …")
    db.migrate(settings.database_url.get_secret_value())
    write_supervisor(settings, list_programs(settings))
    return settings


def start_supervisor(settings: Settings) -> subprocess.Popen[bytes]:
    """Start supervisord in a session of its own, so that Ctrl-C reaches only this process."""
    starter = Program((sys.executable, "-m", "workers.parts", "supervisord"))
    with (settings.data_dir / "logs" / "start.log").open("ab") as log:
        return subprocess.Popen(
            starter.command,
            env=environment_of(starter, settings),
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def open_up(settings: Settings, supervisor: subprocess.Popen[bytes], *, only_parts: bool) -> None:
    """Wait until everything answers, say where, and on the first start bring in the example."""
    say("Starting the object store and the queue …" if needed_parts(settings) else "Starting …")
    with contextlib.suppress(subprocess.TimeoutExpired):
        supervisor.wait(1)
        raise _will_not_stay(settings)
    if "weed" in needed_parts(settings):
        prepare_objects(settings)
    wait_ready(settings)
    if only_parts:
        say(f"The parts are ready in {settings.data_dir}. Ctrl-C stops them.")
        return
    say("Starting the API and the workers …")
    wait_api(settings, supervisor)
    started = settings.data_dir / "first-start-done"
    if not started.exists():
        from workers import demo

        demo.first_start(settings)
        started.touch(mode=0o600)
    say(f"\nScrivano is ready: {settings.public_url}\nCtrl-C stops it.")


def wait_api(settings: Settings, supervisor: subprocess.Popen[bytes]) -> None:
    """Return when the API's health check is answered; Unavailable, with its log, when it is not."""
    deadline = time.monotonic() + API_SECONDS
    while time.monotonic() < deadline and supervisor.poll() is None:
        if _is_healthy(settings):
            return
        time.sleep(0.2)
    log = settings.data_dir / "logs" / "api.log"
    raise Unavailable(f"The API does not start. The end of {log}:\n{_tail(log)}")


def _is_healthy(settings: Settings) -> bool:
    wildcard = {"0.0.0.0": "127.0.0.1", "::": "::1"}
    host = wildcard.get(settings.http_host, settings.http_host)
    connection = http.client.HTTPConnection(host, settings.http_port, timeout=5)
    try:
        connection.request("GET", "/healthz")
        return connection.getresponse().status == 200
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def keep(settings: Settings, supervisor: subprocess.Popen[bytes]) -> NoReturn:
    """Start the supervisor again whenever it ends; BadSetting when it will not stay."""
    short_lives = 0
    since = time.monotonic()
    while True:
        code = supervisor.wait()
        short_lives = short_lives + 1 if time.monotonic() - since < SHORT_LIFE else 0
        if short_lives == SHORT_LIVES:
            raise _will_not_stay(settings)
        say(f"The supervisor has ended ({code}); starting it again.")
        stop_leftovers(settings)
        supervisor = start_supervisor(settings)
        since = time.monotonic()


def stop(settings: Settings) -> None:
    """Stop every program: the application first, then the parts."""
    say("Stopping …")
    # The supervisor stops the others in their order; what it does not end in time is ended here.
    stop_leftovers(settings, patience=STOP_SECONDS)
    remove_sockets(settings)


def say(text: str) -> None:
    print(text, flush=True)


def _will_not_stay(settings: Settings) -> BadSetting:
    log = settings.data_dir / "logs" / "start.log"
    return BadSetting(f"The supervisor ends at once. The end of {log}:\n{_tail(log)}")


def _tail(path: Path, lines: int = 15) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(path.read_text(errors="replace").splitlines()[-lines:])
    return "(there is no log)"


def _interrupt(number: int, frame: object) -> NoReturn:
    _ignore_signals()
    raise KeyboardInterrupt


def _ignore_signals() -> None:
    """A second Ctrl-C must not leave half of the programs running."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
