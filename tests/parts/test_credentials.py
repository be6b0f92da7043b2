"""Credentials and configuration of the embedded parts."""

from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from models.errors import BadSetting
from models.settings import Settings, load
from models.storage import Storage
from workers.parts import wait_ready
from workers.parts.credentials import HEX_KEYS, read_credential, write_configuration
from workers.parts.ports import read_ports
from workers.parts.prepare import prepare_parts
from workers.parts.programs import PROGRAMS, environment_of, find_program, weed, weed_shell
from workers.parts.supervisor import list_programs, needed_parts, write_supervisor


@pytest.fixture
def settings(tmp_path: Path) -> Settings:
    """Settings of parts that are prepared and do not run."""
    environ = {"SCRIVANO_DATA_DIR": str(tmp_path / "data"), "SCRIVANO_WORKERS": "2"}
    prepare_parts(load(environ))
    return load(environ)


def secrets_of(settings: Settings) -> set[str]:
    return {read_credential(settings, name) for name in HEX_KEYS}


def test_only_the_owner_may_read_secrets(settings: Settings) -> None:
    modes = {path.name: path.stat().st_mode & 0o777 for path in settings.secrets_dir.iterdir()}
    assert set(modes.values()) == {0o600}
    assert settings.secrets_dir.stat().st_mode & 0o777 == 0o700


def test_a_secret_that_others_can_read_is_closed_at_the_next_start(settings: Settings) -> None:
    path = settings.secrets_dir / "s3_secret_key"
    path.chmod(0o644)
    prepare_parts(settings)
    assert path.stat().st_mode & 0o777 == 0o600


def test_every_secret_is_its_own(settings: Settings) -> None:
    assert len(secrets_of(settings)) == len(HEX_KEYS)


def test_secrets_stay_over_starts(settings: Settings) -> None:
    before = secrets_of(settings)
    prepare_parts(settings)
    assert secrets_of(settings) == before


@pytest.mark.parametrize("text", ["", "short"])
def test_a_damaged_secret_stops_the_start(settings: Settings, text: str) -> None:
    (settings.secrets_dir / "weed_jwt_signing_key").write_text(text)
    with pytest.raises(BadSetting, match="damaged"):
        weed(settings)


def test_the_store_does_not_start_without_identities(settings: Settings) -> None:
    (settings.secrets_dir / "s3.json").unlink()
    with pytest.raises(BadSetting, match=r"s3\.json is missing"):
        weed(settings)


def test_no_secret_is_on_a_command_line(settings: Settings) -> None:
    names = [*PROGRAMS, "worker-1"]
    shown = " ".join(" ".join(find_program(settings, name).command) for name in names)
    shown += write_supervisor(settings, list_programs(settings)).read_text()
    assert [secret for secret in secrets_of(settings) if secret in shown] == []


def test_the_parts_listen_on_loopback_only(settings: Settings) -> None:
    command = " ".join(weed(settings).command)
    configuration = (settings.secrets_dir / "valkey.conf").read_text()
    addresses = re.findall(r"-ip(?:\.bind)?=(\S+)", command)
    addresses += re.findall(r"^bind (.+)$", configuration, re.MULTILINE)
    assert addresses == ["127.0.0.1"] * 3


def test_the_store_does_not_report_home(settings: Settings) -> None:
    assert "-master.telemetry=false" in weed(settings).command


def test_the_application_is_limited_to_its_bucket(settings: Settings) -> None:
    identities = json.loads((settings.secrets_dir / "s3.json").read_text())["identities"]
    actions = {identity["name"]: identity["actions"] for identity in identities}
    assert all(action.endswith(f":{settings.s3_bucket}") for action in actions["app"])


def test_the_queue_keeps_what_it_acknowledged(settings: Settings) -> None:
    configuration = (settings.secrets_dir / "valkey.conf").read_text().splitlines()
    assert {"appendonly yes", "maxmemory-policy noeviction"} <= set(configuration)


def test_the_queue_refuses_work_without_its_password(parts: Settings) -> None:
    with (
        redis.Redis(port=read_ports(parts).queue, retry=Retry(NoBackoff(), 0)) as stranger,
        pytest.raises(redis.AuthenticationError),
    ):
        stranger.ping()


def test_the_queue_takes_work_with_its_password(parts: Settings) -> None:
    with redis.Redis.from_url(parts.redis_url.get_secret_value()) as queue:
        assert queue.ping()


def test_a_wrong_password_ends_the_wait_at_once(parts: Settings) -> None:
    wrong = f"redis://:wrong@127.0.0.1:{read_ports(parts).queue}/0"
    environ = {"SCRIVANO_DATA_DIR": str(parts.data_dir), "SCRIVANO_REDIS_URL": wrong}
    with pytest.raises(BadSetting, match="refuses the password"):
        wait_ready(load(environ))


def test_every_write_goes_to_the_disk(parts: Settings, storage: Storage) -> None:
    shell = weed_shell(parts)
    found = subprocess.run(
        shell.command,
        input="fs.configure\n",
        env=environment_of(shell, parts),
        capture_output=True,
        text=True,
        timeout=20,
        check=True,
    )
    rules = json.loads(found.stdout[found.stdout.index("{") : found.stdout.rindex("}") + 1])
    written = [r["locationPrefix"] for r in rules["locations"] if r["fsync"]]
    assert written == [f"/buckets/{storage.bucket}"]


def test_the_application_is_stopped_before_the_parts(settings: Settings) -> None:
    text = write_supervisor(settings, list_programs(settings)).read_text()
    groups = dict(re.findall(r"\[group:(\w+)\]\nprograms = (\S+)", text))
    priorities = dict(re.findall(r"\[group:(\w+)\]\n.*\npriority = (\d+)", text))
    assert groups == {"parts": "weed,valkey", "app": "api,dispatcher,worker-1,worker-2"}
    assert priorities["app"] > priorities["parts"]


def test_a_service_elsewhere_replaces_the_embedded_part(settings: Settings) -> None:
    assert needed_parts(settings) == ["weed", "valkey"]
    environ = {
        "SCRIVANO_DATA_DIR": str(settings.data_dir),
        "SCRIVANO_REDIS_URL": "redis://:x@queue:6379/0",
    }
    assert needed_parts(load(environ)) == ["weed"]


@pytest.mark.parametrize("name", ["100%", "a ;b", "a #b", "a\nb"])
def test_a_directory_that_the_supervisor_would_misread_is_told(tmp_path: Path, name: str) -> None:
    with pytest.raises(BadSetting, match="choose another directory"):
        prepare_parts(load({"SCRIVANO_DATA_DIR": str(tmp_path / name)}))


def test_configuration_follows_the_ports(settings: Settings) -> None:
    ports = read_ports(settings)
    write_configuration(settings, ports)
    assert (settings.secrets_dir / "s3_endpoint").read_text() == f"127.0.0.1:{ports.s3}"


def test_what_a_file_says_reaches_the_extractors(
    settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    (settings.data_dir / "scrivano.toml").write_text("ocr_threads = 3\n")
    monkeypatch.setenv("SCRIVANO_MODELS_DIR_FILE", "/nowhere")
    again = load({"SCRIVANO_DATA_DIR": str(settings.data_dir)})
    environ = environment_of(find_program(again, "worker-1"), again)
    assert load(environ).ocr_threads == 3
    assert environ["SCRIVANO_OCR_THREADS"] == "3"


@pytest.mark.parametrize("name", ["weed", "api", "worker-1"])
def test_no_part_reports_to_the_makers_of_its_libraries(settings: Settings, name: str) -> None:
    environ = environment_of(find_program(settings, name), settings)
    assert environ["ORT_DISABLE_TELEMETRY"] == "1"
