"""`python -m workers dispatch` and `python -m workers work --name NAME`."""

from __future__ import annotations

import argparse
import logging
import socket
import sys

from models.settings import load
from workers.parts import wait_ready


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m workers", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("dispatch", help="put ready steps on the queue and sweep up stale ones")
    work = commands.add_parser("work", help="run steps")
    work.add_argument("--name", default="worker", help="this worker's name on its machine")
    arguments = parser.parse_args(argv)
    settings = load()
    logging.basicConfig(
        level=settings.log_level.upper(),
        format="%(asctime)s %(levelname)s %(name)s %(message)s",
        stream=sys.stderr,
    )
    # What it retries while the parts start is no news.
    logging.getLogger("urllib3").setLevel(logging.ERROR)
    wait_ready(settings)
    if arguments.command == "dispatch":
        from models.db import Database
        from workers.dispatch import run
        from workers.queue import StepQueue

        run(
            settings,
            Database(settings.database_url.get_secret_value()),
            StepQueue(settings.redis_url.get_secret_value()),
        )
    else:
        # Imported here: OCR takes seconds and hundreds of megabytes, which dispatch does not need.
        from workers.work import work as run_worker

        run_worker(settings, f"{socket.gethostname()}:{arguments.name}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
