"""Setting up the embedded object store once it runs: the bucket, and a write to disk a PUT."""

from __future__ import annotations

import subprocess
import time

from models.errors import Unavailable
from models.settings import Settings
from models.storage import Storage
from workers.parts.credentials import read_credential
from workers.parts.programs import environment_of, weed_shell


def prepare_objects(settings: Settings, seconds: float = 60.0) -> None:
    """Make the bucket and have every PUT written to the disk before it is answered.

    Safe to repeat. Unavailable when the store has not come up after `seconds`.
    """
    deadline = time.monotonic() + seconds
    storage = Storage(
        settings.s3_endpoint,
        read_credential(settings, "setup_access_key"),
        read_credential(settings, "setup_secret_key"),
        settings.s3_bucket,
        region=settings.s3_region,
    )
    while True:
        try:
            storage.ensure_bucket()
            _write_through(settings)
            break
        except Unavailable:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.2)
    storage.wait(max(1.0, deadline - time.monotonic()))


def _write_through(settings: Settings) -> None:
    """SeaweedFS leaves writing to the operating system unless told so for a path."""
    # The store keeps the rule with its data, so the note of it lies there too.
    done = settings.data_dir / "objects" / f".fsync-{settings.s3_bucket}"
    if done.exists():
        return
    shell = weed_shell(settings)
    command = f"fs.configure -locationPrefix=/buckets/{settings.s3_bucket} -fsync -apply\n"
    try:
        run = subprocess.run(
            shell.command,
            input=command + "fs.configure\n",
            env=environment_of(shell, settings),
            capture_output=True,
            text=True,
            timeout=20,
            check=False,
        )
    except subprocess.TimeoutExpired as error:
        raise Unavailable("SeaweedFS's shell does not answer: see logs/weed.log.") from error
    if '"fsync":true' not in run.stdout.replace(" ", ""):
        raise Unavailable(f"SeaweedFS did not take the write-through rule: {run.stderr.strip()}")
    done.touch(mode=0o600)
