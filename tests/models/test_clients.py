"""Who is who: keys, passwords and sessions."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from models.clients import (
    ApiKey,
    Login,
    User,
    authenticate,
    create_client,
    create_key,
    create_user,
    log_in,
    log_out,
    revoke_key,
)
from models.db import Database, now
from models.errors import Conflict, InvalidRequest, NotFound, Unauthorized

PASSWORD = "correct horse battery"


def test_a_key_opens_its_client_only(db: Database) -> None:
    with db.write() as session:
        client = create_client(session, "First")
        _, text = create_key(session, "client", client.id, "upload")
        actor = authenticate(session, text)
        stored = session.scalars(select(ApiKey)).one()
    assert (actor.role, actor.client_id, actor.scope) == ("client", client.id, client.id)
    assert text not in (stored.hash, stored.prefix)


@pytest.mark.parametrize(
    ("spoil", "message"),
    [
        (lambda text: text[:-1], "mistyped"),
        (lambda text: text.replace("scv_", "abc_"), "mistyped"),
        (lambda text: text[:20] + "x" + text[21:] if text[20] != "x" else text[:20], "mistyped"),
        (lambda text: "", "mistyped"),
    ],
)
def test_a_mistyped_key_is_called_mistyped(db: Database, spoil: object, message: str) -> None:
    with db.write() as session:
        _, text = create_key(session, "admin", None, "test")
        with pytest.raises(Unauthorized, match=message):
            authenticate(session, spoil(text))  # type: ignore[operator]


def test_a_revoked_key_is_called_revoked(db: Database) -> None:
    with db.write() as session:
        key, text = create_key(session, "admin", None, "test")
        revoke_key(session, key.id, actor="test")
        with pytest.raises(Unauthorized, match="revoked"):
            authenticate(session, text)


def test_a_password_opens_a_session_until_it_ends(db: Database) -> None:
    with db.write() as session:
        create_user(session, "anna", PASSWORD, "operator")
        user, token, _ = log_in(session, "anna", PASSWORD, 1)
        assert authenticate(session, token).id == user.id
        log_out(session, token)
        with pytest.raises(Unauthorized, match="log in again"):
            authenticate(session, token)


def test_an_old_session_has_ended(db: Database) -> None:
    with db.write() as session:
        create_user(session, "anna", PASSWORD, "operator")
        _, token, _ = log_in(session, "anna", PASSWORD, 1)
        session.scalars(select(Login)).one().expires_at = now()
        with pytest.raises(Unauthorized, match="ended"):
            authenticate(session, token)


@pytest.mark.parametrize(("name", "password"), [("anna", "wrong"), ("nobody", PASSWORD)])
def test_wrong_name_and_wrong_password_look_alike(db: Database, name: str, password: str) -> None:
    with db.write() as session:
        create_user(session, "anna", PASSWORD, "operator")
        with pytest.raises(Unauthorized, match="Name or password is wrong"):
            log_in(session, name, password, 1)


def test_a_user_who_left_cannot_go_on(db: Database) -> None:
    with db.write() as session:
        create_user(session, "anna", PASSWORD, "operator")
        _, token, _ = log_in(session, "anna", PASSWORD, 1)
        session.scalars(select(User)).one().active = False
        with pytest.raises(Unauthorized, match="not active"):
            authenticate(session, token)


def test_passwords_are_not_stored(db: Database) -> None:
    with db.write() as session:
        user = create_user(session, "anna", PASSWORD, "operator")
        assert user.password_hash.startswith("$argon2id$")


@pytest.mark.parametrize(("role", "error"), [("client", InvalidRequest), ("operator", None)])
def test_clients_have_a_client_and_staff_has_none(
    db: Database, role: str, error: type[Exception] | None
) -> None:
    with db.write() as session:
        if error:
            with pytest.raises(error):
                create_user(session, "anna", PASSWORD, role)
        else:
            create_user(session, "anna", PASSWORD, role)
            client = create_client(session, "First")
            with pytest.raises(InvalidRequest):
                create_user(session, "bruno", PASSWORD, role, client.id)


def test_an_unknown_client_is_not_found(db: Database) -> None:
    with db.write() as session, pytest.raises(NotFound):
        create_key(session, "client", "cli_none", "x")


def test_names_are_unique(db: Database) -> None:
    with db.write() as session:
        create_client(session, "First")
        create_user(session, "anna", PASSWORD, "operator")
        with pytest.raises(Conflict):
            create_client(session, "First")
        with pytest.raises(Conflict):
            create_user(session, "anna", PASSWORD, "operator")


def test_a_short_password_is_refused(db: Database) -> None:
    with db.write() as session, pytest.raises(InvalidRequest, match="10 characters"):
        create_user(session, "anna", "short", "operator")
