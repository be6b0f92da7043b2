"""PaddleOCR's text detection and recognition on ONNX Runtime: the reference engine.

Detection runs as PaddleOCR runs it. Recognition calls PaddleOCR's model one crop at a time at the
crop's own width (the stock call pads every crop to 320 pixels and to the widest of its batch), and
keeps each character's column and probability, which give every word its own box and score.
"""

from __future__ import annotations

import logging
import os
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np

from extractors.ocr import Image, lines, quads, weights
from extractors.ocr.quads import Quad
from models.words import Line

# Finding lines needs fewer pixels than reading them. On A4 scans half the time and a quarter of the
# memory of full resolution, same word F1; long receipts keep the resolution their width needs.
DETECTION_PIXELS, DETECTION_SIDE = 3_000_000, 4000


class PaddleEngine:
    """See `extractors.ocr.Engine`; one instance a process, not shared between threads."""

    def __init__(self, detector: Any, recogniser: Any) -> None:
        self._detector = detector
        self._recogniser = recogniser.paddlex_predictor
        self._alphabet: list[str] = self._recogniser.post_op.character

    def read(self, image: Image) -> list[Line]:
        """Lines in reading order; lines scored under 0.6 are left out."""
        return lines.read(image, self.detect(image), self.recognise)

    def detect(self, image: Image) -> list[Quad]:
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        side = quads.long_side(image, DETECTION_PIXELS, DETECTION_SIDE)
        found = self._detector.predict(bgr, limit_side_len=side, limit_type="max")
        return [quads.upright_quad(np.asarray(poly, np.float32)) for poly in found[0]["dt_polys"]]

    def recognise(self, crops: Sequence[Image]) -> list[list[lines.Char]]:
        """The characters of each line's pixels."""
        return [self._recognise(crop) for crop in crops]

    def _recognise(self, crop: Image) -> list[lines.Char]:
        width = min(max(round(lines.own_width(crop)), lines.MIN_WIDTH), lines.MAX_WIDTH)
        strip = lines.scale(crop, width)[:, :, ::-1].astype(np.float32)
        tensor = np.ascontiguousarray(strip.transpose(2, 0, 1)[None]) / 127.5 - 1
        probabilities = self._recogniser.runner(x=[tensor])[0][0]
        return lines.decode(probabilities.argmax(axis=1), probabilities.max(axis=1), self._alphabet)


def load(root: Path | None = None, threads: int | None = None) -> PaddleEngine:
    """An engine with PP-OCRv6 small, or with the model directories that the settings name.

    Settings: SCRIVANO_OCR_THREADS (1), SCRIVANO_OCR_DETECTION and SCRIVANO_OCR_RECOGNITION (each
    a directory with `inference.onnx` and `inference.yml`). BadWeights, BadSetting.
    """
    detection, recognition = weights.find_models(root)
    prepare(root or weights.models_dir())
    from paddleocr import TextDetection, TextRecognition

    common = {
        "engine": "onnxruntime",
        # Memory patterns are kept for every size of page and line met: they only grow.
        "engine_config": {
            "intra_op_num_threads": threads or weights.threads(),
            "enable_mem_pattern": False,
        },
    }
    detector = TextDetection(model_name=_model_name(detection), model_dir=str(detection), **common)
    recogniser = TextRecognition(
        model_name=_model_name(recognition), model_dir=str(recognition), **common
    )
    logging.getLogger("paddlex").setLevel(logging.ERROR)
    return PaddleEngine(detector, recogniser)


def prepare(root: Path) -> None:
    """Keep the library off the network, out of the home folder and quiet; before its import."""
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(root / "paddlex"))
    os.environ.setdefault("PADDLE_PDX_EAGER_INIT", "False")
    # Its dependencies warn at import about optional parts that are not used here.
    warnings.filterwarnings("ignore", module=r"(paddle|paddlex|paddleocr|requests)(\.|$)")


def _model_name(folder: Path) -> str:
    return str(weights.read_description(folder)["Global"]["model_name"])
