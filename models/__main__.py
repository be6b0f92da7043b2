"""`python -m models COMMAND`: what an installation needs besides its servers.

    migrate                             bring the records to the newest schema; safe to repeat
    create-user --name N --role R       make a person's login; the password comes from standard
                [--client CLIENT]       input, or is asked for at a terminal

The settings say which database is meant.
"""

from __future__ import annotations

import argparse
import getpass
import sys
from collections.abc import Sequence
from typing import get_args

from models import clients
from models.db import Database, migrate
from models.errors import InvalidRequest, NotFound, ScrivanoError
from models.settings import Settings, load


def main(argv: Sequence[str]) -> int:
    """0 when done, 1 with the reason on standard error, 2 for wrong usage."""
    options = _parse(argv)
    try:
        settings = load()
        if options.command == "migrate":
            migrate(settings.database_url.get_secret_value())
            print("The records are up to date.")
        else:
            user = make_user(settings, options.name, options.role, options.client, read_password())
            print(f"Made the user {options.name} ({user}).")
    except ScrivanoError as error:
        print(f"{options.command}: {error.detail}", file=sys.stderr)
        return 1
    return 0


def make_user(
    settings: Settings, name: str, role: str, client_name: str | None, password: str
) -> str:
    """Make a user, of the client with that name when one is given; the user's id."""
    db = Database(settings.database_url.get_secret_value())
    try:
        with db.write() as session:
            client = clients.find_client(session, client_name) if client_name else None
            if client_name and client is None:
                raise NotFound(
                    f"There is no client called {client_name!r}: an admin makes clients in the "
                    "API (POST /v1/clients)."
                )
            client_id = client.id if client else None
            made = clients.create_user(
                session, name, password, role, client_id, actor="command line"
            )
            return made.id
    finally:
        db.close()


def read_password() -> str:
    """The first line of standard input; asked for twice, unseen, at a terminal."""
    if not sys.stdin.isatty():
        return sys.stdin.readline().rstrip("\r\n")
    password = getpass.getpass("Password: ")
    if getpass.getpass("Again: ") != password:
        raise InvalidRequest("The two passwords differ: nothing was made, try again.")
    return password


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m models",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    commands.add_parser("migrate", help="bring the records to the newest schema")
    user = commands.add_parser("create-user", help="make a person's login")
    user.add_argument("--name", required=True)
    user.add_argument("--role", required=True, choices=get_args(clients.Role))
    user.add_argument("--client", metavar="CLIENT", help="name of the client that the person is of")
    return parser.parse_args(argv)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
