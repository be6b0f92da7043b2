"""Ports of the embedded parts."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from models.settings import Settings, load
from workers.parts.files import prepare_folders
from workers.parts.ports import GRPC, choose_ports, is_free, read_ports


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    settings = load({"SCRIVANO_DATA_DIR": str(tmp_path)})
    prepare_folders(settings)
    return settings


def test_ports_stay_over_starts(settings: Settings) -> None:
    assert choose_ports(settings) == choose_ports(settings) == read_ports(settings)


@pytest.mark.parametrize("offset", [0, GRPC])
def test_an_occupied_port_is_chosen_anew(settings: Settings, offset: int) -> None:
    first = choose_ports(settings)
    with socket.create_server(("127.0.0.1", first.s3 + offset)):
        assert first.s3 not in choose_ports(settings).taken


def test_a_damaged_note_is_written_anew(settings: Settings) -> None:
    path = settings.data_dir / "parts.json"
    path.write_text("{")
    assert choose_ports(settings) == read_ports(settings)


def test_the_note_is_private(settings: Settings) -> None:
    choose_ports(settings)
    assert (settings.data_dir / "parts.json").stat().st_mode & 0o777 == 0o600


def test_all_ports_differ(settings: Settings) -> None:
    taken = choose_ports(settings).taken
    assert len(set(taken)) == 11


def test_a_port_that_someone_listens_on_is_not_free() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        assert not is_free(server.getsockname()[1])
