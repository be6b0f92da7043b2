"""`python -m models`: migrating and making the first user, as a container does it."""

from __future__ import annotations

import io
from pathlib import Path

import pytest

from models import clients
from models.__main__ import main
from models.db import Database
from models.settings import load


@pytest.fixture
def db_url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    """Address of records that do not exist yet; the settings name them."""
    monkeypatch.setenv("SCRIVANO_DATA_DIR", str(tmp_path))
    return load().database_url.get_secret_value()


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def log_in(url: str, name: str, password: str) -> clients.User:
    db = Database(url)
    try:
        with db.write() as session:
            return clients.log_in(session, name, password, 1)[0]
    finally:
        db.close()


def test_a_user_made_on_the_command_line_can_log_in(
    db_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert main(["migrate"]) == 0
    type_in(monkeypatch, "a long password\n")
    assert main(["create-user", "--name", "anna", "--role", "admin"]) == 0
    assert log_in(db_url, "anna", "a long password").role == "admin"


def test_migrating_twice_changes_nothing(db_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["migrate"])
    type_in(monkeypatch, "a long password\n")
    main(["create-user", "--name", "anna", "--role", "admin"])
    assert main(["migrate"]) == 0
    assert log_in(db_url, "anna", "a long password").name == "anna"


def test_a_users_client_is_found_by_its_name(db_url: str, monkeypatch: pytest.MonkeyPatch) -> None:
    main(["migrate"])
    db = Database(db_url)
    with db.write() as session:
        client = clients.create_client(session, "Rossi")
    db.close()
    type_in(monkeypatch, "a long password\n")
    arguments = ["create-user", "--name", "rita", "--role", "client", "--client", "Rossi"]
    assert main(arguments) == 0
    assert log_in(db_url, "rita", "a long password").client_id == client.id


@pytest.mark.parametrize(
    ("arguments", "password", "advice"),
    [
        (["--role", "admin"], "short\n", "at least 10"),
        (["--role", "admin"], "", "at least 10"),
        (["--role", "client"], "a long password\n", "client_id"),
        (["--role", "client", "--client", "Nobody"], "a long password\n", "POST /v1/clients"),
    ],
)
def test_what_cannot_be_made_is_told_with_advice(
    db_url: str,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    arguments: list[str],
    password: str,
    advice: str,
) -> None:
    main(["migrate"])
    type_in(monkeypatch, password)
    assert main(["create-user", "--name", "anna", *arguments]) == 1
    assert advice in capsys.readouterr().err


def test_passwords_that_differ_make_nobody(
    db_url: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["migrate"])
    typed = iter(["a long password", "a wrong password"])
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    monkeypatch.setattr("getpass.getpass", lambda prompt: next(typed))
    assert main(["create-user", "--name", "anna", "--role", "admin"]) == 1
    assert "differ" in capsys.readouterr().err


def test_settings_that_are_wrong_are_told(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SCRIVANO_EMBEDDED", "false")
    assert main(["migrate"]) == 1
    assert "SCRIVANO_REDIS_URL" in capsys.readouterr().err
