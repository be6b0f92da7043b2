"""Clients (tenants), users, API keys and sessions.

Passwords are hashed with Argon2id. Keys and session tokens are long random strings, so a plain
SHA-256 of them is stored; the text itself is shown once. A key reads `scv_<prefix>_<secret><crc>`:
the prefix finds it in lists and logs, the checksum tells a mistyped key from a revoked one.
"""

from __future__ import annotations

import hashlib
import secrets
import zlib
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Literal

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerifyMismatchError
from sqlalchemy import String, delete, false, select
from sqlalchemy.orm import Mapped, mapped_column

from models.audit import record_act
from models.changes import ChangeCounter
from models.db import Base, Transaction, now
from models.errors import Conflict, InvalidRequest, NotFound, Unauthorized
from models.ids import new_id

Role = Literal["admin", "supervisor", "operator", "client", "downstream"]
STAFF: frozenset[str] = frozenset({"admin", "supervisor", "operator"})
_ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HASHER = PasswordHasher()
# Verified when there is no such user, so that the answer takes as long as for a wrong password.
_NOBODY = _HASHER.hash(secrets.token_hex(8))


class Client(Base):
    __tablename__ = "clients"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(200), unique=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    # Whether doubtful fields may be shown to an outside model: see docs/decisions/0016.
    opinion: Mapped[bool] = mapped_column(default=False, server_default=false())


class User(Base):
    """A person. `client_id` is set for the roles client and downstream, empty for staff."""

    __tablename__ = "users"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    name: Mapped[str] = mapped_column(String(100), unique=True)
    password_hash: Mapped[str]
    role: Mapped[str] = mapped_column(String(20))
    client_id: Mapped[str | None] = mapped_column(String(40), index=True)
    active: Mapped[bool] = mapped_column(default=True)
    created_at: Mapped[datetime] = mapped_column(default=now)


class ApiKey(Base):
    """A program's credential; `created_by` is the user who knows its text."""

    __tablename__ = "api_keys"

    id: Mapped[str] = mapped_column(String(40), primary_key=True)
    prefix: Mapped[str] = mapped_column(String(8), unique=True)
    hash: Mapped[str] = mapped_column(String(64))
    label: Mapped[str] = mapped_column(String(200))
    role: Mapped[str] = mapped_column(String(20))
    client_id: Mapped[str | None] = mapped_column(String(40), index=True)
    created_at: Mapped[datetime] = mapped_column(default=now)
    created_by: Mapped[str | None] = mapped_column(String(60), index=True)
    revoked_at: Mapped[datetime | None]


class Login(Base):
    """A session of a user; `id` is the SHA-256 of its token."""

    __tablename__ = "logins"

    id: Mapped[str] = mapped_column(String(64), primary_key=True)
    user_id: Mapped[str] = mapped_column(String(40), index=True)
    expires_at: Mapped[datetime]


@dataclass(frozen=True)
class Actor:
    """Who makes a request: a user or a key."""

    id: str
    name: str
    role: str
    client_id: str | None

    @property
    def scope(self) -> str:
        """The tenant of this actor's transactions: its client, or `*` for staff."""
        return self.client_id if self.client_id is not None else "*"


def create_client(session: Transaction, name: str, *, actor: str = "system") -> Client:
    """A new client with its change counter; Conflict when the name is taken."""
    if session.scalar(select(Client.id).where(Client.name == name)):
        raise Conflict(f"There is already a client called {name!r}: choose another name.")
    client = Client(id=new_id("cli"), name=name, created_at=now())
    session.add_all([client, ChangeCounter(client_id=client.id, seq=0)])
    record_act(session, actor, "client.create", client.id, client_id=client.id, name=name)
    session.flush()
    return client


def find_client(session: Transaction, name: str) -> Client | None:
    return session.scalar(select(Client).where(Client.name == name))


def list_clients(
    session: Transaction, *, client_id: str | None = None, after: str | None = None, limit: int
) -> list[Client]:
    """Clients in the order of their making; with `client_id` only that one."""
    query = _page(Client, after, limit)
    return list(
        session.scalars(query if client_id is None else query.where(Client.id == client_id))
    )


def find_clients(session: Transaction, ids: Collection[str]) -> dict[str, Client]:
    return {found.id: found for found in session.scalars(select(Client).where(Client.id.in_(ids)))}


def list_users(session: Transaction, *, after: str | None = None, limit: int) -> list[User]:
    return list(session.scalars(_page(User, after, limit)))


def list_keys(session: Transaction, *, after: str | None = None, limit: int) -> list[ApiKey]:
    return list(session.scalars(_page(ApiKey, after, limit)))


def _page(model: Any, after: str | None, limit: int) -> Any:
    query = select(model).order_by(model.id).limit(limit)
    return query if after is None else query.where(model.id > after)


def create_user(
    session: Transaction,
    name: str,
    password: str,
    role: str,
    client_id: str | None = None,
    *,
    actor: str = "system",
) -> User:
    """A new user; InvalidRequest when role and client do not fit, Conflict for a taken name."""
    check_role(session, role, client_id)
    hashed = hash_password(password)
    if session.scalar(select(User.id).where(User.name == name)):
        raise Conflict(f"There is already a user called {name!r}: choose another name.")
    user = User(
        id=new_id("usr"),
        name=name,
        password_hash=hashed,
        role=role,
        client_id=client_id,
        active=True,
        created_at=now(),
    )
    session.add(user)
    record_act(session, actor, "user.create", user.id, client_id=client_id, name=name, role=role)
    session.flush()
    return user


def hash_password(password: str) -> str:
    """What is stored of a password; InvalidRequest when it is too short."""
    if len(password) < 10:
        raise InvalidRequest("The password is too short: use at least 10 characters.")
    return _HASHER.hash(password)


def check_role(session: Transaction, role: str, client_id: str | None) -> None:
    """InvalidRequest unless staff has no client and others have one that exists."""
    if role in STAFF and client_id is not None:
        raise InvalidRequest(f"The role {role} works for all clients: leave client_id out.")
    if role not in STAFF and client_id is None:
        raise InvalidRequest(f"The role {role} belongs to one client: give its client_id.")
    if client_id is not None and session.get(Client, client_id) is None:
        raise NotFound(f"There is no client {client_id}.")


def create_key(
    session: Transaction, role: str, client_id: str | None, label: str, *, actor: str = "system"
) -> tuple[ApiKey, str]:
    """A new API key and its text, which is not kept."""
    check_role(session, role, client_id)
    prefix = "".join(secrets.choice(_ALPHABET) for _ in range(8))
    secret = "".join(secrets.choice(_ALPHABET) for _ in range(32))
    body = f"scv_{prefix}_{secret}"
    text = body + checksum(body)
    key = ApiKey(
        id=new_id("key"),
        prefix=prefix,
        hash=digest(text),
        label=label,
        role=role,
        client_id=client_id,
        created_at=now(),
        created_by=actor,
    )
    session.add(key)
    record_act(session, actor, "key.create", key.id, client_id=client_id, prefix=prefix, role=role)
    session.flush()
    return key, text


def revoke_key(session: Transaction, key_id: str, *, actor: str) -> None:
    """End a key; doing it twice changes nothing."""
    key = session.get(ApiKey, key_id)
    if key is None:
        raise NotFound(f"There is no key {key_id}.")
    if key.revoked_at is None:
        key.revoked_at = now()
        record_act(session, actor, "key.revoke", key.id, client_id=key.client_id)


def checksum(body: str) -> str:
    """CRC-32 of `body` as six characters of base 62."""
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _ALPHABET[digit] + digits
    return digits


def check_password(session: Transaction, name: str, password: str) -> User:
    """The active user of this name and password. It takes a while: don't hold a write lock."""
    user = session.scalar(select(User).where(User.name == name, User.active))
    try:
        _HASHER.verify(user.password_hash if user else _NOBODY, password)
    except (VerifyMismatchError, InvalidHashError):
        user = None
    if user is None:
        raise Unauthorized("Name or password is wrong. Ask your supervisor if you lost it.")
    return user


def open_login(session: Transaction, user: User, hours: float) -> tuple[str, datetime]:
    """A session for a user who has proven who it is: its token and when it ends."""
    token = "scs_" + secrets.token_urlsafe(32)
    expires = now() + timedelta(hours=hours)
    session.execute(delete(Login).where(Login.expires_at < now()))
    session.add(Login(id=digest(token), user_id=user.id, expires_at=expires))
    record_act(session, user.id, "login", user.id, client_id=user.client_id)
    return token, expires


def log_in(
    session: Transaction, name: str, password: str, hours: float
) -> tuple[User, str, datetime]:
    """Check a password and open a session: the user, its token and when it ends."""
    user = check_password(session, name, password)
    return user, *open_login(session, user, hours)


def log_out(session: Transaction, token: str) -> None:
    session.execute(delete(Login).where(Login.id == digest(token)))


def authenticate(session: Transaction, text: str) -> Actor:
    """The actor behind a key or a session token; Unauthorized tells what is wrong with it."""
    return _by_session(session, text) if text.startswith("scs_") else _by_key(session, text)


def _by_session(session: Transaction, token: str) -> Actor:
    login = session.get(Login, digest(token))
    if login is None or login.expires_at < now():
        raise Unauthorized("The session has ended: log in again.")
    user = session.get(User, login.user_id)
    if user is None or not user.active:
        raise Unauthorized("This user is not active any more: ask your supervisor.")
    return Actor(id=user.id, name=user.name, role=user.role, client_id=user.client_id)


def _by_key(session: Transaction, text: str) -> Actor:
    if not text.startswith("scv_") or text[-6:] != checksum(text[:-6]):
        raise Unauthorized("The API key is mistyped or cut off: copy it again, whole.")
    key = session.scalar(select(ApiKey).where(ApiKey.hash == digest(text)))
    if key is None:
        raise Unauthorized("This API key is not known here: ask for a new one.")
    if key.revoked_at is not None:
        raise Unauthorized("This API key was revoked: ask for a new one.")
    return Actor(id=key.id, name=key.label, role=key.role, client_id=key.client_id)


def digest(text: str) -> str:
    """What is stored of a key or token."""
    return hashlib.sha256(text.encode()).hexdigest()
