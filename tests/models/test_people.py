"""Accounts: who leaves loses everything at once, and somebody can always undo it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial

import pytest
from sqlalchemy import func, select

from models.audit import AuditEvent
from models.clients import (
    ApiKey,
    Login,
    User,
    authenticate,
    create_client,
    create_key,
    create_user,
    hash_password,
    log_in,
)
from models.db import Database, Transaction
from models.documents import get_document
from models.errors import Conflict, InvalidRequest, NotFound, Unauthorized
from models.fields import Reading, replace_fields
from models.keying import Task, add_tasks, claim_tasks
from models.people import activate_user, change_role, deactivate_user, set_password
from tests.models.conftest import Rows

PASSWORD = "correct horse battery"


def add(session: Transaction, name: str, role: str, client_id: str | None = None) -> str:
    return create_user(session, name, PASSWORD, role, client_id).id


def acts(session: Transaction, subject: str) -> list[str]:
    query = select(AuditEvent.act).where(AuditEvent.subject == subject).order_by(AuditEvent.id)
    return list(session.scalars(query))


def claim(session: Transaction, document_id: str, user_id: str) -> Task:
    """A task of the document, claimed by the user."""
    document = get_document(session, document_id)
    reading = Reading("gross_total", None, "1.00", "1,00", 0.5, 1, None, (), ("low_score",))
    fields = replace_fields(session, document, [reading])
    add_tasks(session, document, [(fields[0], reading.doubts)])
    session.flush()
    return claim_tasks(session, user_id, 1)[0]


def test_who_leaves_is_locked_out_at_once(db: Database) -> None:
    with db.write() as session:
        user = add(session, "anna", "operator")
        _, token, _ = log_in(session, "anna", PASSWORD, 1)
        assert deactivate_user(session, user, actor="boss").sessions == 1
        with pytest.raises(Unauthorized):
            authenticate(session, token)
        with pytest.raises(Unauthorized):
            log_in(session, "anna", PASSWORD, 1)
        assert session.scalar(select(func.count(Login.id))) == 0
        assert acts(session, user)[-1] == "user.deactivate"


@pytest.mark.parametrize("keep", [False, True])
def test_the_keys_that_somebody_made_end_unless_they_are_kept(db: Database, keep: bool) -> None:
    with db.write() as session:
        add(session, "other", "admin")
        user = add(session, "anna", "admin")
        key, text = create_key(session, "supervisor", None, "hers", actor=user)
        _, stays = create_key(session, "supervisor", None, "not hers", actor="other")
        left = deactivate_user(session, user, keep_keys=keep, actor="boss")
        assert left.keys == (0 if keep else 1)
        assert (session.get_one(ApiKey, key.id).revoked_at is None) == keep
        assert authenticate(session, stays).role == "supervisor"
        if not keep:
            with pytest.raises(Unauthorized, match="revoked"):
                authenticate(session, text)


def test_claimed_tasks_go_back_to_the_others(db: Database, rows: Rows) -> None:
    with db.write() as session:
        anna, bruno = add(session, "anna", "operator"), add(session, "bruno", "operator")
        task = claim(session, rows.document, anna)
        version = task.version
        assert deactivate_user(session, anna, actor="boss").tasks == 1
        session.refresh(task)
        assert (task.status, task.claimed_by) == ("open", None)
        assert task.version > version
        assert [found.id for found in claim_tasks(session, bruno, 5)] == [task.id]


def test_leaving_twice_is_leaving_once(db: Database) -> None:
    with db.write() as session:
        user = add(session, "anna", "operator")
        deactivate_user(session, user, actor="boss")
        deactivate_user(session, user, actor="boss")
        assert acts(session, user).count("user.deactivate") == 1


def test_who_comes_back_logs_in_as_before(db: Database) -> None:
    with db.write() as session:
        user = add(session, "anna", "operator")
        deactivate_user(session, user, actor="boss")
        activate_user(session, user, actor="boss")
        assert log_in(session, "anna", PASSWORD, 1)[0].id == user
        assert acts(session, user)[-2:] == ["user.activate", "login"]


# -- somebody stays -----------------------------------------------------------------------------


def test_the_last_admin_cannot_leave(db: Database) -> None:
    with db.write() as session:
        first, second = add(session, "anna", "admin"), add(session, "bruno", "admin")
        deactivate_user(session, first, actor=second)
        with pytest.raises(Conflict, match="last active admin"):
            deactivate_user(session, second, actor=second)
        with pytest.raises(Conflict, match="last active admin"):
            change_role(session, second, "operator", actor=second)
        assert session.get_one(User, second).active


def test_of_two_admins_who_remove_each_other_one_stays(db: Database) -> None:
    with db.write() as session:
        both = add(session, "anna", "admin"), add(session, "bruno", "admin")
    start, refused = threading.Barrier(2), []

    def remove(other: str) -> None:
        start.wait()
        try:
            with db.write() as session:
                deactivate_user(session, other, actor="the other")
        except Conflict as error:
            refused.append(error)

    threads = [threading.Thread(target=remove, args=(user,)) for user in both]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    with db.read() as session:
        assert session.scalar(select(func.count(User.id)).where(User.active)) == 1
    assert len(refused) == 1


# -- roles --------------------------------------------------------------------------------------


def test_a_role_counts_for_the_session_that_is_open(db: Database) -> None:
    with db.write() as session:
        user = add(session, "anna", "operator")
        _, token, _ = log_in(session, "anna", PASSWORD, 1)
        change_role(session, user, "supervisor", actor="boss")
        assert authenticate(session, token).role == "supervisor"
        event = session.scalars(select(AuditEvent).where(AuditEvent.act == "user.role")).one()
        assert (event.data["was"], event.data["role"]) == ("operator", "supervisor")


def test_who_keys_no_more_gives_tasks_back(db: Database, rows: Rows) -> None:
    with db.write() as session:
        user = add(session, "anna", "operator")
        task = claim(session, rows.document, user)
        change_role(session, user, "client", rows.client, actor="boss")
        session.refresh(task)
        assert task.status == "open"


@pytest.mark.parametrize(
    ("role", "client_id", "error"),
    [("client", None, InvalidRequest), ("client", "cli_none", NotFound),
     ("operator", "cli_none", InvalidRequest)],
)  # fmt: skip
def test_a_role_and_its_client_must_fit(
    db: Database, role: str, client_id: str | None, error: type[Exception]
) -> None:
    with db.write() as session:
        user = add(session, "anna", "operator")
        with pytest.raises(error):
            change_role(session, user, role, client_id, actor="boss")


# -- passwords ----------------------------------------------------------------------------------


def test_a_new_password_ends_the_other_sessions(db: Database) -> None:
    with db.write() as session:
        user = add(session, "anna", "operator")
        tokens = [log_in(session, "anna", PASSWORD, 1)[1] for _ in range(2)]
        set_password(session, user, hash_password("another password"), actor=user, keep=tokens[0])
        assert authenticate(session, tokens[0]).id == user
        with pytest.raises(Unauthorized, match="ended"):
            authenticate(session, tokens[1])
        assert log_in(session, "anna", "another password", 1)[0].id == user
        with pytest.raises(Unauthorized):
            log_in(session, "anna", PASSWORD, 1)


def test_a_short_password_is_refused() -> None:
    with pytest.raises(InvalidRequest, match="too short"):
        hash_password("short")


def forget(session: Transaction, user_id: str) -> None:
    set_password(session, user_id, "hash", actor="boss")


@pytest.mark.parametrize(
    "change",
    [partial(deactivate_user, actor="boss"), partial(activate_user, actor="boss"),
     partial(change_role, role="operator", actor="boss"), forget],
)  # fmt: skip
def test_nobody_is_told_of(db: Database, change: Callable[..., object]) -> None:
    with db.write() as session, pytest.raises(NotFound, match="no user usr_none"):
        change(session, "usr_none")


def test_keys_of_another_client_are_untouched(db: Database) -> None:
    with db.write() as session:
        client = create_client(session, "A")
        user = add(session, "anna", "client", client.id)
        _, text = create_key(session, "client", client.id, "by an admin", actor="admin")
        deactivate_user(session, user, actor="boss")
        assert authenticate(session, text).client_id == client.id
