"""Loopback ports of the embedded parts: chosen at the first start, kept while they are free."""

from __future__ import annotations

import contextlib
import json
import random
import socket
from collections.abc import Iterable
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from models.errors import Unavailable
from models.settings import Settings
from workers.parts.files import write_private

GRPC = 10_000
"""Each of SeaweedFS's HTTP ports has a gRPC port this much higher."""

# Both a port and its gRPC twin stay below 32768, where outgoing connections take theirs.
LOWEST, HIGHEST = 12_000, 21_999


@dataclass(frozen=True, slots=True)
class Ports:
    """HTTP ports of SeaweedFS's servers and the port of Valkey."""

    master: int
    volume: int
    filer: int
    s3: int
    admin: int
    queue: int

    @property
    def taken(self) -> list[int]:
        """Every port that the parts listen on."""
        http = [self.master, self.volume, self.filer, self.s3, self.admin]
        return [*http, *(port + GRPC for port in http), self.queue]


def choose_ports(settings: Settings) -> Ports:
    """The ports of the last start when all are free, else new ones, kept in `parts.json`."""
    path = settings.data_dir / "parts.json"
    ports = _read(path.read_text(encoding="utf-8")) if path.exists() else None
    if ports is None or not all(is_free(port) for port in ports.taken):
        ports = _draw()
        write_private(path, json.dumps(asdict(ports)))
    return ports


def read_ports(settings: Settings) -> Ports:
    """The ports as last chosen; Unavailable before the first start."""
    path = settings.data_dir / "parts.json"
    ports = _read(path.read_text(encoding="utf-8")) if path.exists() else None
    if ports is None:
        raise Unavailable(f"{path} has no ports yet: start with `make run`.")
    return ports


def remove_sockets(settings: Settings) -> None:
    """Remove the Unix sockets that SeaweedFS leaves in /tmp; call it when it has stopped."""
    try:
        taken = read_ports(settings).taken
    except Unavailable:
        return
    for port in taken:
        for path in Path("/tmp").glob(f"seaweedfs-*-{port}.sock"):
            with contextlib.suppress(OSError):
                path.unlink()


def is_free(port: int, host: str = "127.0.0.1") -> bool:
    """Whether a server could listen on `port` of `host` now."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as probe:
        # As servers do: connections of an earlier run that still linger do not hinder.
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError:
            return False
        return True


def _read(text: str) -> Ports | None:
    """Ports from JSON; None when the text is not what this version writes."""
    try:
        data = json.loads(text)
        return Ports(**{field.name: int(data[field.name]) for field in fields(Ports)})
    except (ValueError, KeyError, TypeError):
        return None


def _draw() -> Ports:
    candidates: Iterable[int] = random.sample(range(LOWEST, HIGHEST + 1), HIGHEST - LOWEST)
    found: list[int] = []
    for port in candidates:
        if is_free(port) and is_free(port + GRPC):
            found.append(port)
        if len(found) == len(fields(Ports)):
            return Ports(*found)
    raise Unavailable(f"No free ports between {LOWEST} and {HIGHEST}: stop other programs.")
