"""Credentials of the embedded parts, made at the first start and readable by this user only."""

from __future__ import annotations

import json
import secrets
from pathlib import Path

from models.errors import BadSetting
from models.settings import Settings
from workers.parts.files import write_private
from workers.parts.ports import Ports

# Names in `Settings` are what the application signs in with; the others belong to the parts.
HEX_KEYS = (
    "s3_access_key",
    "s3_secret_key",
    "secret_key",
    "setup_access_key",
    "setup_secret_key",
    "queue_password",
    "weed_jwt_signing_key",
    "weed_jwt_signing_read_key",
    "weed_jwt_filer_signing_key",
    "weed_jwt_filer_signing_read_key",
    "weed_s3_sse_kek",
)
WEED_KEYS = tuple(name for name in HEX_KEYS if name.startswith("weed_"))


def make_credentials(settings: Settings) -> None:
    """Make what is missing: 256 random bits each, in hexadecimal. Nothing is ever replaced."""
    for name in HEX_KEYS:
        path = settings.secrets_dir / name
        if not path.exists():
            write_private(path, secrets.token_hex(32))
        path.chmod(0o600)


def read_credential(settings: Settings, name: str) -> str:
    """One credential; BadSetting when it is missing or too short to be one."""
    path = settings.secrets_dir / name
    try:
        value = path.read_text(encoding="utf-8").strip()
    except OSError as error:
        raise BadSetting(
            f"The credential {path} cannot be read ({error.strerror}): start with `make run`."
        ) from error
    if len(value) < 32:
        # An empty key would turn the protection off: the object store then takes any request.
        raise BadSetting(f"The credential {path} is damaged: restore it from your backup.")
    return value


def write_configuration(settings: Settings, ports: Ports) -> None:
    """Write the parts' configuration, and the settings by which the application finds them."""
    folder = settings.secrets_dir
    write_private(folder / "s3.json", _identities(settings))
    write_private(folder / "valkey.conf", _valkey(settings, ports))
    password = read_credential(settings, "queue_password")
    write_private(folder / "redis_url", f"redis://:{password}@127.0.0.1:{ports.queue}/0")
    write_private(folder / "s3_endpoint", f"127.0.0.1:{ports.s3}")


def _identities(settings: Settings) -> str:
    """Who may do what: set-up makes the bucket, the application works in that one only."""
    bucket = settings.s3_bucket

    def identity(name: str, prefix: str, actions: list[str]) -> dict[str, object]:
        return {
            "name": name,
            "credentials": [
                {
                    "accessKey": read_credential(settings, f"{prefix}_access_key"),
                    "secretKey": read_credential(settings, f"{prefix}_secret_key"),
                }
            ],
            "actions": actions,
        }

    verbs = ("Read", "Write", "List", "Tagging")
    identities = [
        identity("setup", "setup", ["Admin"]),
        identity("app", "s3", [f"{verb}:{bucket}" for verb in verbs]),
    ]
    return json.dumps({"identities": identities}, indent=1)


def _valkey(settings: Settings, ports: Ports) -> str:
    lines = {
        "bind": "127.0.0.1",
        "protected-mode": "yes",
        "port": str(ports.queue),
        "dir": _quote(settings.data_dir / "queue"),
        "requirepass": read_credential(settings, "queue_password"),
        "appendonly": "yes",
        "appendfsync": "everysec",
        "save": '""',
        # A full memory must refuse work, not forget it.
        "maxmemory-policy": "noeviction",
        "daemonize": "no",
    }
    return "".join(f"{key} {value}\n" for key, value in lines.items())


def _quote(path: Path) -> str:
    return '"' + str(path).replace("\\", "\\\\").replace('"', '\\"') + '"'
