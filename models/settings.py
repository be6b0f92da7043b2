"""Every setting, from one environment variable each, a TOML file, or a file that holds a secret.

`SCRIVANO_X` in the environment wins over `x` in the TOML file (`SCRIVANO_CONFIG`, or
`scrivano.toml` in the data directory), which wins over what the embedded parts wrote when they
were set up, which wins over the default. `SCRIVANO_X_FILE` (or `x_file`) names a file that holds
the value. An empty variable counts as not set; a name that no setting has is an error.

`python -m models.settings` prints docs/settings.md.
"""

from __future__ import annotations

import difflib
import os
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)

from models.errors import BadSetting

PREFIX = "SCRIVANO_"
CONFIG = "SCRIVANO_CONFIG"
SECRETS = "secrets"
"""Folder in the data directory whose files are named after the settings they hold."""


class Settings(BaseModel):
    """All settings; secrets show as `**********` wherever a Settings is printed."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)

    # -- where things are
    data_dir: Path = Field(
        Path("data"),
        description="Directory for everything that is kept: records, objects, logs, secrets.",
    )
    embedded: bool = Field(
        True,
        description="Run the embedded object store (SeaweedFS) and queue (Valkey) in the data "
        "directory. With `false`, `redis_url` and the `s3_` settings are required.",
    )
    database_url: SecretStr = Field(
        SecretStr(""),
        description="SQLAlchemy address of the records: `sqlite:///…` or "
        "`postgresql+pg8000://…`. Default: `scrivano.sqlite3` in the data directory.",
    )
    redis_url: SecretStr = Field(
        SecretStr(""),
        description="Address of Redis or Valkey with its password, "
        "`redis://:PASSWORD@host:6379/0`. It holds only the queue, but whoever can write to it "
        "can run code.",
    )

    # -- objects
    s3_endpoint: str = Field(
        "", pattern=r"^([A-Za-z0-9.-]+(:\d+)?)?$", description="`host:port` of the S3 service."
    )
    s3_access_key: SecretStr = Field(SecretStr(""), description="Access key of the S3 service.")
    s3_secret_key: SecretStr = Field(SecretStr(""), description="Secret key of the S3 service.")
    s3_bucket: str = Field(
        "scans",
        pattern=r"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$",
        description="Bucket for originals, page images and releases.",
    )
    s3_secure: bool = Field(False, description="Speak HTTPS to the S3 service.")
    s3_region: str = Field("us-east-1", min_length=1, description="Region that requests name.")

    # -- HTTP
    http_host: str = Field("127.0.0.1", min_length=1, description="Address to listen on.")
    http_port: int = Field(8080, ge=1, le=65535, description="Port to listen on.")
    public_url: str = Field(
        "",
        pattern=r"^(https?://[^/\s]+)?$",
        description="Address that people and clients use, for links and cookies; with `https://` "
        "cookies are marked secure. Default: `http://` host and port.",
    )
    trusted_proxies: str = Field(
        "127.0.0.1",
        description="Comma-separated addresses of reverse proxies whose `X-Forwarded-…` headers "
        "are believed.",
    )
    secret_key: SecretStr = Field(
        SecretStr(""), description="Key that signs cursors and tokens; made at the first start."
    )
    session_hours: int = Field(
        12, ge=1, le=24 * 30, description="Hours until a person has to sign in again."
    )

    # -- work
    workers: int = Field(
        0, ge=0, le=512, description="Worker processes on this machine; 0 is one for each core."
    )
    lease_seconds: int = Field(
        30, ge=3, le=3600, description="Seconds until a silent worker's step goes to another."
    )
    dispatch_interval_seconds: float = Field(
        0.5, gt=0, le=60, description="Seconds between looks for ready steps."
    )
    sweep_interval_seconds: float = Field(
        5.0, gt=0, le=600, description="Seconds between looks for stale steps and lost work."
    )
    worker_max_jobs: int = Field(
        500, ge=1, description="Jobs after which a worker process is replaced by a fresh one."
    )

    # -- reading
    memory: bool = Field(
        True,
        description="Learn from verified documents where each supplier's values stand, for each "
        "client on its own. With `false` nothing is learned and nothing learned is used.",
    )
    ocr_engine: str = Field(
        "openvino",
        pattern=r"^[a-z][a-z0-9_]*$",
        description="OCR engine: `openvino` (fast) or `paddle` (the reference, all scripts).",
    )
    models_dir: Path = Field(
        Path(),
        description="Directory of the OCR weights. Default: `models` in the data directory.",
    )
    ocr_threads: int = Field(
        1, ge=1, le=64, description="Threads of one engine; more only where there are few workers."
    )
    ocr_detection: str = Field(
        "",
        description="Directory of other text detection weights (`inference.onnx` and "
        "`inference.yml`). Default: the pinned PP-OCRv6 small ones.",
    )
    ocr_recognition: str = Field(
        "", description="Directory of other text recognition weights, as `ocr_detection`."
    )
    page_dpi: int = Field(200, ge=72, le=600, description="Resolution that pages are rendered at.")

    # -- second opinions
    opinion_url: str = Field(
        "",
        pattern=r"^(https?://[^\s]+)?$",
        description="Base address of an OpenAI-compatible endpoint, such as "
        "`http://127.0.0.1:11434/v1`, that is asked about fields in doubt. **Documents of clients "
        "that agreed to it leave this machine.** Empty: nobody is asked.",
    )
    opinion_model: str = Field("", max_length=100, description="The model to ask there.")
    opinion_key: SecretStr = Field(SecretStr(""), description="Its API key, if it wants one.")
    opinion_mode: Literal["text", "vision"] = Field(
        "text", description="Show the model the text of the pages, or their images."
    )
    opinion_timeout_seconds: float = Field(
        20.0, gt=0, le=300, description="Seconds after which a document goes on without an answer."
    )
    opinion_max_fields: int = Field(
        12, ge=1, le=100, description="Most fields of a document that are asked about, in one call."
    )
    opinion_weight: float = Field(
        1.0,
        ge=0,
        le=4,
        description="Log odds that an agreement adds to a score; `bench evaluate --opinion` "
        "measures it for a model. 0: answers are shown to people and change no score.",
    )

    # -- limits for files from outside
    max_file_bytes: int = Field(
        100 * 2**20, ge=1024, description="Largest file that is accepted, in bytes."
    )
    max_pages: int = Field(500, ge=1, description="Most pages in one file.")
    max_pixels: int = Field(100_000_000, ge=10_000, description="Most pixels in one page.")
    parse_memory_bytes: int = Field(
        2**30, ge=128 * 2**20, description="Memory for the process that parses a file."
    )
    parse_seconds: int = Field(
        10, ge=1, le=600, description="Processor seconds for parsing one range of pages."
    )

    # -- logs
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", description="Least severe messages that are logged."
    )

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: Any) -> Any:
        return value.lower() if isinstance(value, str) else value

    @model_validator(mode="before")
    @classmethod
    def _derive(cls, values: Any) -> Any:
        """Fill in what follows from other settings."""
        found = dict(values)
        data_dir = Path(found.get("data_dir") or "data").expanduser().absolute()
        found["data_dir"] = data_dir
        found.setdefault("models_dir", data_dir / "models")
        found.setdefault("database_url", f"sqlite:///{data_dir / 'scrivano.sqlite3'}")
        host, port = found.get("http_host", "127.0.0.1"), found.get("http_port", 8080)
        shown = "127.0.0.1" if host in ("0.0.0.0", "::") else host
        found.setdefault("public_url", f"http://{shown}:{port}")
        return found

    @model_validator(mode="after")
    def _complete(self) -> Settings:
        if self.opinion_url and not self.opinion_model:
            raise ValueError(f"{variable('opinion_url')} needs {variable('opinion_model')} too")
        return self

    @property
    def file_limits(self) -> dict[str, int]:
        """What a file may cost to read, in the words of `extractors.limits.Limits`."""
        return {
            "max_pages": self.max_pages,
            "max_pixels": self.max_pixels,
            "dpi": self.page_dpi,
            "memory_bytes": self.parse_memory_bytes,
            "cpu_seconds": self.parse_seconds,
        }

    @property
    def local_url(self) -> str:
        """Where the API answers on this machine, whatever its public address is."""
        host = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(self.http_host, self.http_host)
        return f"http://{host}:{self.http_port}"

    @property
    def secrets_dir(self) -> Path:
        """Files named after settings; readable by this user only."""
        return self.data_dir / SECRETS


REQUIRED_WITHOUT_PARTS = (
    "redis_url", "s3_endpoint", "s3_access_key", "s3_secret_key", "secret_key",
)  # fmt: skip


def load(environ: Mapping[str, str] | None = None) -> Settings:
    """All settings from the environment, the TOML file and the data directory.

    BadSetting when a name is unknown, a value does not fit, a named file cannot be read, or a
    required setting is missing.
    """
    env = _from_environment(os.environ if environ is None else environ)
    config = _from_toml(env.pop("config", None), Path(env.get("data_dir", "data")))
    found = config | env
    try:
        settings = Settings.model_validate(found)
        if settings.embedded:
            settings = Settings.model_validate(_from_parts(settings.secrets_dir) | found)
    except ValidationError as error:
        raise _explain(error) from None
    if not settings.embedded:
        _require(settings)
    return settings


def variable(name: str) -> str:
    """The environment variable of the setting `name`."""
    return PREFIX + name.upper()


def is_secret(name: str) -> bool:
    return Settings.model_fields[name].annotation is SecretStr


def _from_environment(environ: Mapping[str, str]) -> dict[str, Any]:
    given = {
        key.removeprefix(PREFIX).lower(): value
        for key, value in environ.items()
        if key.startswith(PREFIX) and value != ""
    }
    config = given.pop("config", None)
    found = _resolve_files(given, variable)
    if config is not None:
        found["config"] = config
    return found


def _from_toml(config: str | None, data_dir: Path) -> dict[str, Any]:
    path = Path(config) if config else data_dir / "scrivano.toml"
    try:
        with path.open("rb") as file:
            given = tomllib.load(file)
    except FileNotFoundError:
        if config is None:
            return {}
        raise BadSetting(f"{CONFIG} names {path}, which does not exist.") from None
    except (OSError, tomllib.TOMLDecodeError) as error:
        raise BadSetting(f"The settings file {path} cannot be read: {error}.") from None
    found = _resolve_files(given, lambda name: f"{name!r} in {path}")
    if config is None and "data_dir" in found:
        raise BadSetting(
            f"{path} cannot move the directory that it lies in: set {variable('data_dir')}, or "
            f"keep the file elsewhere and name it in {CONFIG}."
        )
    return found


def _from_parts(folder: Path) -> dict[str, Any]:
    """What the embedded parts were set up with; nothing before the first start."""
    if not folder.is_dir():
        return {}
    return {
        path.name: _read_value(path, str(path))
        for path in folder.iterdir()
        if path.name in Settings.model_fields
    }


def _resolve_files(given: Mapping[str, Any], shown: Callable[[str], str]) -> dict[str, Any]:
    """Check names and read the files that `…_file` names stand for."""
    found: dict[str, Any] = {}
    for name, value in given.items():
        target = name
        if name not in Settings.model_fields and name.endswith("_file"):
            target = name.removesuffix("_file")
        if target not in Settings.model_fields:
            raise BadSetting(_unknown(name, shown(name)))
        if target in found or (target != name and target in given):
            raise BadSetting(f"{shown(target)} and {shown(name)} are both set: remove one.")
        found[target] = value if target == name else _read_value(Path(value), shown(name))
    return found


def _read_value(path: Path, shown: str) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        reason = error.strerror if isinstance(error, OSError) else "not UTF-8 text"
        raise BadSetting(f"The file of {shown} ({path}) cannot be read: {reason}.") from None


def _unknown(name: str, shown: str) -> str:
    near = difflib.get_close_matches(name.removesuffix("_file"), Settings.model_fields, n=1)
    advice = f"Did you mean {variable(near[0])}?" if near else "docs/settings.md lists them all."
    return f"There is no setting {shown}. {advice}"


def _explain(error: ValidationError) -> BadSetting:
    """What is wrong with each setting, without the value: it may be a secret."""
    texts = [
        f"{variable(str(found['loc'][0])) if found['loc'] else 'The settings'}: {found['msg']}"
        for found in error.errors(include_input=False, include_url=False)
    ]
    return BadSetting("; ".join(texts) + ". docs/settings.md says what each setting takes.")


def _require(settings: Settings) -> None:
    missing = []
    for name in REQUIRED_WITHOUT_PARTS:
        value = getattr(settings, name)
        if not (value.get_secret_value() if isinstance(value, SecretStr) else value):
            missing.append(variable(name))
    if missing:
        raise BadSetting(
            f"With {variable('embedded')}=false these are required: {', '.join(missing)}. "
            "Each can also be the name of a file, with _FILE appended."
        )


PAGE = f"""# Settings

Every setting is one environment variable. It can also stand in a TOML file, under its name in
lower case without `{PREFIX}`: `{CONFIG}` names the file, else `scrivano.toml` in the data
directory is read when it is there. The environment wins over the file. With `_FILE` (`_file`)
appended to its name, a setting is read from the file that it then names, as container secrets
are. An empty variable counts as not set. A name that no setting has is an error, so that a
misspelt one does not go unnoticed.

What the embedded parts need (addresses, keys, passwords) is made at the first start and kept in
`secrets/` in the data directory, readable by that user only. Give the address of a service of your
own and the embedded part that it replaces is not started.
"""


def to_markdown() -> str:
    """docs/settings.md: a row a setting."""
    rows = [PAGE, "| Variable | Takes | Default | Meaning |", "|---|---|---|---|"]
    for name, field in Settings.model_fields.items():
        default = "" if is_secret(name) or name == "models_dir" else _show(field.default)
        rows.append(
            f"| `{variable(name)}` | {_kind(field.annotation)} | {default} | {field.description} |"
        )
    return "\n".join(rows)


def _kind(annotation: Any) -> str:
    names = {SecretStr: "secret text", Path: "path", bool: "true or false", int: "whole number",
             float: "number", str: "text"}  # fmt: skip
    return names.get(annotation) or ", ".join(f"`{choice}`" for choice in annotation.__args__)


def _show(value: Any) -> str:
    if value == "":
        return ""
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


if __name__ == "__main__":
    print(to_markdown())
