"""What `make` says on a machine that lacks something; every outside program is a stand-in."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

from workers.parts.programs import ROOT

TOO_OLD = "exit 1"
NO_VENV = 'case "$2" in *ensurepip*) exit 1 ;; *version_info*) exit 0 ;; esac'
NO_LIBGL = """case "$2" in
*cv2*) echo 'ImportError: libGL.so.1: cannot open shared object file' >&2; exit 1 ;;
*pip*) exit 0 ;;
esac"""


@pytest.fixture
def checkout(tmp_path: Path) -> Path:
    """A checkout with the script and a PATH folder of plain tools."""
    (tmp_path / "workers").mkdir()
    shutil.copy(ROOT / "workers" / "bootstrap.sh", tmp_path / "workers")
    (tmp_path / "bin").mkdir()
    for tool in ("bash", "dirname", "rm", "touch", "mktemp", "cat", "env"):
        found = shutil.which(tool)
        assert found
        (tmp_path / "bin" / tool).symlink_to(found)
    return tmp_path


def stand_in(path: Path, body: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(f"#!/bin/bash\n{body}\n")
    path.chmod(0o755)


def bootstrap(checkout: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        ["/bin/bash", "workers/bootstrap.sh", "packages", "stamp"],
        cwd=checkout,
        env={"PATH": str(checkout / "bin")},
        capture_output=True,
        text=True,
        timeout=20,
        check=False,
    )


@pytest.mark.parametrize("name", ["python3", "python3.12"])
def test_an_old_python_is_told(checkout: Path, name: str) -> None:
    stand_in(checkout / "bin" / name, TOO_OLD)
    done = bootstrap(checkout)
    assert (done.returncode, "Python 3.11 or newer is needed" in done.stderr) == (1, True)


def test_a_newer_python_beside_an_old_one_is_taken(checkout: Path) -> None:
    stand_in(checkout / "bin" / "python3", TOO_OLD)
    stand_in(checkout / "bin" / "python3.12", 'echo "$0 $*" >> asked; ' + NO_VENV)
    bootstrap(checkout)
    assert "python3.12" in (checkout / "asked").read_text()


def test_a_python_without_venv_is_told_with_the_package(checkout: Path) -> None:
    stand_in(checkout / "bin" / "python3", NO_VENV)
    done = bootstrap(checkout)
    assert (done.returncode, "apt-get install -y python3-venv" in done.stderr) == (1, True)


def prepare_opencv(checkout: Path, *, user: int) -> None:
    stand_in(checkout / ".venv" / "bin" / "python", NO_LIBGL)
    stand_in(checkout / "bin" / "id", f"echo {user}")
    stand_in(checkout / "bin" / "sudo", "exit 1")
    stand_in(checkout / "bin" / "apt-get", 'echo "$*" >> installed')


def test_missing_libraries_are_told_to_who_may_not_install_them(checkout: Path) -> None:
    prepare_opencv(checkout, user=1000)
    done = bootstrap(checkout)
    assert "sudo apt-get install -y libgl1 libglib2.0-0" in done.stderr
    assert not (checkout / "installed").exists()


def test_missing_libraries_are_installed_by_root(checkout: Path) -> None:
    prepare_opencv(checkout, user=0)
    bootstrap(checkout)
    assert "libgl1 libglib2.0-0" in (checkout / "installed").read_text()


def test_a_failed_installation_is_not_taken_for_done(checkout: Path) -> None:
    prepare_opencv(checkout, user=1000)
    bootstrap(checkout)
    assert not (checkout / "stamp").exists()


def test_installed_packages_leave_the_stamp(checkout: Path) -> None:
    stand_in(checkout / ".venv" / "bin" / "python", "exit 0")
    assert bootstrap(checkout).returncode == 0
    assert (checkout / "stamp").exists()
