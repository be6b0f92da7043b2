"""People's accounts after they were made: roles, passwords, and those who have left.

What a person may do is looked up at every request, so each of these acts counts at once. Somebody
must stay who can undo them: the last active admin can neither leave nor become something else.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select

from models.audit import record_act
from models.clients import (
    STAFF,
    ApiKey,
    Login,
    User,
    check_role,
    digest,
    revoke_key,
)
from models.db import Transaction
from models.errors import Conflict, NotFound
from models.keying import give_back_all


@dataclass(frozen=True)
class Departure:
    """What ended when a user was deactivated."""

    sessions: int
    keys: int
    tasks: int


def get_user(session: Transaction, user_id: str, *, lock: bool = False) -> User:
    query = select(User).where(User.id == user_id)
    user = session.scalar(query.with_for_update() if lock else query)
    if user is None:
        raise NotFound(f"There is no user {user_id}.")
    return user


def deactivate_user(
    session: Transaction, user_id: str, *, keep_keys: bool = False, actor: str
) -> Departure:
    """End a person's access: sessions, the API keys that this person made, and claimed tasks, which
    go to others. Doing it twice changes nothing. Conflict for the last active admin.

    `keep_keys` leaves the keys, for programs that must go on; whoever made them may know them.
    """
    admins = _lock_admins(session)
    user = get_user(session, user_id, lock=True)
    if user.active:
        _keep_an_admin(admins, user)
        user.active = False
        record_act(session, actor, "user.deactivate", user.id, client_id=user.client_id)
    return Departure(
        sessions=end_sessions(session, user.id),
        keys=0 if keep_keys else _revoke_keys(session, user.id, actor),
        tasks=give_back_all(session, user.id),
    )


def activate_user(session: Transaction, user_id: str, *, actor: str) -> User:
    """Let a person in again, with the password and role as they were; keys stay revoked."""
    user = get_user(session, user_id, lock=True)
    if not user.active:
        user.active = True
        record_act(session, actor, "user.activate", user.id, client_id=user.client_id)
    return user


def change_role(
    session: Transaction, user_id: str, role: str, client_id: str | None = None, *, actor: str
) -> User:
    """Another role; who keys no more gives claimed tasks back. InvalidRequest or NotFound when role
    and client do not fit, Conflict for the last active admin."""
    admins = _lock_admins(session)
    user = get_user(session, user_id, lock=True)
    check_role(session, role, client_id)
    if (user.role, user.client_id) == (role, client_id):
        return user
    if role != "admin":
        _keep_an_admin(admins, user)
    if role not in STAFF:
        give_back_all(session, user.id)
    record_act(session, actor, "user.role", user.id, client_id=client_id, was=user.role, role=role)
    user.role, user.client_id = role, client_id
    return user


def set_password(
    session: Transaction, user_id: str, password_hash: str, *, actor: str, keep: str = ""
) -> User:
    """Another password (`models.clients.hash_password`, made before: it takes a while). It ends the
    user's sessions, but for the one whose token is `keep`."""
    user = get_user(session, user_id, lock=True)
    user.password_hash = password_hash
    end_sessions(session, user.id, keep=keep)
    record_act(session, actor, "user.password", user.id, client_id=user.client_id)
    return user


def end_sessions(session: Transaction, user_id: str, *, keep: str = "") -> int:
    """How many sessions this ended; the one whose token is `keep` stays."""
    ended = session.scalars(
        delete(Login).where(Login.user_id == user_id, Login.id != digest(keep)).returning(Login.id)
    )
    return len(ended.all())


def _revoke_keys(session: Transaction, user_id: str, actor: str) -> int:
    keys = session.scalars(
        select(ApiKey.id).where(ApiKey.created_by == user_id, ApiKey.revoked_at.is_(None))
    ).all()
    for key in keys:
        revoke_key(session, key, actor=actor)
    return len(keys)


def _keep_an_admin(admins: Collection[str], leaving: User) -> None:
    if set(admins) == {leaving.id}:
        raise Conflict("This is the last active admin: make another user an admin first.")


def _lock_admins(session: Transaction) -> Collection[str]:
    """The active admins, locked in one order before anybody else is: two who remove each other at
    the same time come one after the other."""
    return session.scalars(
        select(User.id).where(User.role == "admin", User.active).order_by(User.id).with_for_update()
    ).all()
