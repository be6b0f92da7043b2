"""The configuration of supervisord, which starts every process and starts it again when it ends."""

from __future__ import annotations

import os
import shlex
import sys
from dataclasses import dataclass
from pathlib import Path

from models.settings import Settings
from workers.parts.files import write_private

SOCKET_PATH_LIMIT = 100
"""Bytes that a Unix socket's path may safely have."""


@dataclass(frozen=True, slots=True)
class Supervised:
    """A program and the seconds it gets to stop; those of one group stop together."""

    name: str
    group: str
    stop_seconds: int


def list_programs(settings: Settings) -> list[Supervised]:
    """Every process of this machine. The application's stop before the parts that they use."""
    parts = [Supervised(name, "parts", 4) for name in needed_parts(settings)]
    names = ["api", "dispatcher", *(f"worker-{n}" for n in range(1, count_workers(settings) + 1))]
    return [*parts, *(Supervised(name, "app", 3) for name in names)]


def needed_parts(settings: Settings) -> list[str]:
    """The embedded parts that no setting replaces by a service elsewhere."""
    if not settings.embedded:
        return []
    own = {
        "weed": ("s3_endpoint", settings.s3_endpoint),
        "valkey": ("redis_url", settings.redis_url.get_secret_value()),
    }
    return [part for part, (name, value) in own.items() if _written(settings, name) == value]


def _written(settings: Settings, name: str) -> str | None:
    path = settings.secrets_dir / name
    return path.read_text(encoding="utf-8").strip() if path.exists() else None


def count_workers(settings: Settings) -> int:
    if settings.workers:
        return settings.workers
    available = getattr(os, "sched_getaffinity", None)
    return len(available(0)) if available else os.cpu_count() or 1


def configuration_path(settings: Settings) -> Path:
    return settings.data_dir / "run" / "supervisord.conf"


def write_supervisor(settings: Settings, programs: list[Supervised]) -> Path:
    """Write supervisord's configuration for `programs`; its path."""
    run, logs = settings.data_dir / "run", settings.data_dir / "logs"
    sections = [
        _section(
            "supervisord",
            nodaemon="true",
            logfile=logs / "supervisord.log",
            logfile_maxbytes="5MB",
            logfile_backups="2",
            pidfile=run / "supervisord.pid",
            childlogdir=logs,
            umask="077",
            minfds=1024,
            # Without it supervisord complains about being root; it changes nothing.
            **({"user": "root"} if os.geteuid() == 0 else {}),
        ),
        *_control(run / "supervisor.sock"),
        *(_program(program, logs) for program in programs),
        *_groups(programs),
    ]
    path = configuration_path(settings)
    write_private(path, "\n".join(sections))
    return path


def _control(socket: Path) -> list[str]:
    """What supervisorctl needs; left out where the socket's path would be too long for one."""
    if len(os.fsencode(socket)) > SOCKET_PATH_LIMIT:
        return []
    factory = "supervisor.rpcinterface:make_main_rpcinterface"
    return [
        _section("unix_http_server", file=socket, chmod="0700"),
        _section("rpcinterface:supervisor", **{"supervisor.rpcinterface_factory": factory}),
        _section("supervisorctl", serverurl=f"unix://{socket}"),
    ]


def _program(program: Supervised, logs: Path) -> str:
    command = (sys.executable, "-m", "workers.parts", program.name)
    return _section(
        f"program:{program.name}",
        command=shlex.join(command),
        autorestart="true",
        startsecs=1,
        # Each failed start waits a second longer than the last; giving up would need a person.
        startretries=1000,
        stopsignal="TERM",
        stopwaitsecs=program.stop_seconds,
        stopasgroup="true",
        killasgroup="true",
        redirect_stderr="true",
        stdout_logfile=logs / f"{program.name}.log",
        stdout_logfile_maxbytes="10MB",
        stdout_logfile_backups=3,
    )


def _groups(programs: list[Supervised]) -> list[str]:
    # supervisord stops the group with the highest priority first, and its programs at once.
    priorities = {"parts": 1, "app": 2}
    return [
        _section(
            f"group:{group}",
            programs=",".join(p.name for p in programs if p.group == group),
            priority=priority,
        )
        for group, priority in priorities.items()
        if any(p.group == group for p in programs)
    ]


def _section(header: str, **options: object) -> str:
    lines = [f"{key} = {value}" for key, value in options.items()]
    return "\n".join([f"[{header}]", *lines, ""])
