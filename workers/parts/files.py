"""The data directory: who may read it, who runs on it, and files that are whole or not there."""

from __future__ import annotations

import fcntl
import os
import re
import tempfile
from pathlib import Path

from models.errors import BadSetting, Conflict
from models.settings import Settings

FOLDERS = ("secrets", "run", "logs", "objects", "queue", "models")


def prepare_folders(settings: Settings) -> None:
    """Make the folders of the data directory, for this user only, or raise BadSetting."""
    if re.search(r"%|\s[;#]|[\n\r]", str(settings.data_dir)):
        # The supervisor would take these in its configuration for something else.
        raise BadSetting(
            f"SCRIVANO_DATA_DIR ({settings.data_dir}) must not hold '%', ' ;' or ' #': choose "
            "another directory."
        )
    for folder in (settings.data_dir, *(settings.data_dir / name for name in FOLDERS)):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        except OSError as error:
            raise BadSetting(
                f"The folder {folder} cannot be made ({error.strerror}): give SCRIVANO_DATA_DIR a "
                "directory that this user may write."
            ) from error
    settings.secrets_dir.chmod(0o700)


def write_private(path: Path, text: str) -> None:
    """Replace `path` by `text` at once and durably, readable by this user only."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def lock(settings: Settings) -> int:
    """Take the data directory for this process; Conflict when another has it.

    Returns the open descriptor: the lock ends with it, at the latest with the process.
    """
    handle = os.open(_lock_path(settings), os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(handle)
        holder = lock_holder(settings) or "unknown"
        raise Conflict(
            f"Scrivano already runs on {settings.data_dir} (process {holder}). Stop it, or give "
            "this one its own SCRIVANO_DATA_DIR and SCRIVANO_HTTP_PORT."
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, f"{os.getpid()}\n".encode(), 0)
    return handle


def lock_holder(settings: Settings) -> int | None:
    """The process that took the data directory last; None when there was none."""
    try:
        return int(_lock_path(settings).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None


def _lock_path(settings: Settings) -> Path:
    return settings.data_dir / "run" / "lock"
