"""Where settings come from, what wins, and that mistakes are told."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.errors import BadSetting
from models.settings import Settings, is_secret, load, to_markdown, variable

DOCS = Path(__file__).resolve().parents[2] / "docs" / "settings.md"
SECRET = "correct-horse-battery"


@pytest.fixture
def environ(tmp_path: Path) -> dict[str, str]:
    return {"SCRIVANO_DATA_DIR": str(tmp_path)}


def test_the_environment_wins_over_the_file(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "scrivano.toml").write_text("http_port = 9000\nmax_pages = 7\n")
    settings = load({**environ, "SCRIVANO_HTTP_PORT": "9001"})
    assert (settings.http_port, settings.max_pages) == (9001, 7)


def test_the_named_file_is_read_instead_of_the_default_one(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / "scrivano.toml").write_text("max_pages = 7\n")
    (tmp_path / "other.toml").write_text("http_port = 9000\n")
    settings = load({**environ, "SCRIVANO_CONFIG": str(tmp_path / "other.toml")})
    assert (settings.http_port, settings.max_pages) == (9000, 500)


def test_a_named_file_that_is_missing_is_told(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match="does not exist"):
        load({**environ, "SCRIVANO_CONFIG": "/nowhere/scrivano.toml"})


def test_a_file_in_the_data_directory_cannot_move_it(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / "scrivano.toml").write_text('data_dir = "/elsewhere"\n')
    with pytest.raises(BadSetting, match="cannot move the directory"):
        load(environ)


@pytest.mark.parametrize("name", [name for name in Settings.model_fields if is_secret(name)])
def test_a_secret_is_read_from_the_file_that_is_named(
    tmp_path: Path, environ: dict[str, str], name: str
) -> None:
    file = tmp_path / "value"
    file.write_text(f"{SECRET}\n")
    settings = load({**environ, f"{variable(name)}_FILE": str(file)})
    assert getattr(settings, name).get_secret_value() == SECRET


def test_a_toml_file_can_name_a_file(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "value").write_text(SECRET)
    (tmp_path / "scrivano.toml").write_text(f'secret_key_file = "{tmp_path / "value"}"\n')
    assert load(environ).secret_key.get_secret_value() == SECRET


def test_a_value_and_its_file_together_are_refused(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match="both set"):
        load({**environ, "SCRIVANO_SECRET_KEY": SECRET, "SCRIVANO_SECRET_KEY_FILE": "/x"})


def test_an_unreadable_file_is_told(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"SCRIVANO_SECRET_KEY_FILE .*No such file"):
        load({**environ, "SCRIVANO_SECRET_KEY_FILE": "/nowhere/key"})


def test_a_misspelt_variable_is_told_with_the_nearest_name(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"SCRIVANO_HTP_PORT\. Did you mean SCRIVANO_HTTP_PORT"):
        load({**environ, "SCRIVANO_HTP_PORT": "80"})


def test_a_misspelt_name_in_the_file_is_told(tmp_path: Path, environ: dict[str, str]) -> None:
    (tmp_path / "scrivano.toml").write_text("max_page = 7\n")
    with pytest.raises(BadSetting, match="Did you mean SCRIVANO_MAX_PAGES"):
        load(environ)


@given(st.text(st.characters(codec="ascii", categories=("L", "N")), min_size=1, max_size=20))
def test_no_unknown_name_is_let_through(name: str) -> None:
    if name.lower() in {*Settings.model_fields, "config"}:
        return
    with pytest.raises(BadSetting):
        load({f"SCRIVANO_{name}": "x"})


def test_an_empty_variable_counts_as_not_set(environ: dict[str, str]) -> None:
    assert load({**environ, "SCRIVANO_HTTP_PORT": ""}).http_port == 8080


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SCRIVANO_HTTP_PORT", "70000"),
        ("SCRIVANO_HTTP_PORT", "eighty"),
        ("SCRIVANO_LOG_LEVEL", "loud"),
        ("SCRIVANO_S3_ENDPOINT", "http://127.0.0.1:9000"),
        ("SCRIVANO_PUBLIC_URL", "scans.example.org"),
        ("SCRIVANO_S3_BUCKET", "Not A Bucket"),
    ],
)
def test_a_value_that_does_not_fit_is_told_with_its_name(
    environ: dict[str, str], name: str, value: str
) -> None:
    with pytest.raises(BadSetting, match=name):
        load({**environ, name: value})


def test_a_wrong_value_is_not_repeated(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting) as error:
        load({**environ, "SCRIVANO_S3_ENDPOINT": f"https://{SECRET}@host"})
    assert SECRET not in error.value.detail


def test_secrets_are_not_printed(environ: dict[str, str]) -> None:
    given_secrets = {variable(name): SECRET for name in Settings.model_fields if is_secret(name)}
    settings = load({**environ, **given_secrets})
    assert SECRET not in f"{settings!r} {settings} {settings.model_dump_json()}"


def test_paths_follow_the_data_directory(tmp_path: Path, environ: dict[str, str]) -> None:
    settings = load(environ)
    assert settings.models_dir == tmp_path / "models"
    url = settings.database_url.get_secret_value()
    assert url == f"sqlite:///{tmp_path / 'scrivano.sqlite3'}"


def test_what_the_parts_wrote_is_found_and_can_be_replaced(
    tmp_path: Path, environ: dict[str, str]
) -> None:
    (tmp_path / "secrets").mkdir()
    (tmp_path / "secrets" / "s3_endpoint").write_text("127.0.0.1:1")
    (tmp_path / "secrets" / "secret_key").write_text(SECRET)
    settings = load({**environ, "SCRIVANO_S3_ENDPOINT": "objects:9000"})
    assert settings.s3_endpoint == "objects:9000"
    assert settings.secret_key.get_secret_value() == SECRET


def test_without_the_embedded_parts_the_services_must_be_named(environ: dict[str, str]) -> None:
    with pytest.raises(BadSetting, match=r"SCRIVANO_REDIS_URL, .*SCRIVANO_S3_ENDPOINT"):
        load({**environ, "SCRIVANO_EMBEDDED": "false"})


def test_settings_do_not_change(environ: dict[str, str]) -> None:
    settings = load(environ)
    with pytest.raises(ValueError, match="frozen"):
        settings.http_port = 1


def test_every_setting_is_described() -> None:
    assert [name for name, field in Settings.model_fields.items() if not field.description] == []


def test_the_documentation_is_what_the_code_says() -> None:
    assert DOCS.read_text(encoding="utf-8") == f"{to_markdown()}\n", "run `make docs`"
