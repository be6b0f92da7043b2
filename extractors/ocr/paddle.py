"""PaddleOCR's text detection and recognition on ONNX Runtime.

Detection runs as PaddleOCR runs it. Recognition calls PaddleOCR's model one crop at a time at the
crop's own width (the stock call pads every crop to 320 pixels and to the widest of its batch), and
keeps each character's column and probability, which give every word its own box and score.
"""

from __future__ import annotations

import logging
import os
import warnings
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr import Image, weights
from extractors.order import arrange
from models.errors import BadSetting
from models.words import Box, Line, Word

Quad = NDArray[np.float32]  # 4 x 2 pixels: top left, top right, bottom right, bottom left

# Finding lines needs fewer pixels than reading them. On A4 scans half the time and a quarter of the
# memory of full resolution, same word F1; long receipts keep the resolution their width needs.
DETECTION_PIXELS, DETECTION_SIDE = 3_000_000, 4000
HEIGHT = 48  # of the recogniser's input
MIN_WIDTH, MAX_WIDTH = 16, 3200
# The detector cuts close. A little paper around a line gains more word F1 than any other change
# tried (0.819 to 0.829 on 31 pages); more of it lets neighbours in.
MARGIN_ALONG, MARGIN_ACROSS = 0.1, 0.05  # of the line's height
MIN_SCORE = 0.6  # a line under it is noise: stamps, logos, texture
# The alphabet holds the full-width twins of ASCII; a European page means the plain ones.
PLAIN = {code: code - 0xFEE0 for code in range(0xFF01, 0xFF5F)} | {0x3000: 0x20}


@dataclass(frozen=True, slots=True)
class Char:
    """One recognised character: `at` is its place along the crop, 0..1."""

    text: str
    at: float
    score: float


class PaddleEngine:
    """See `extractors.ocr.Engine`; one instance a process, not shared between threads."""

    def __init__(self, detector: Any, recogniser: Any) -> None:
        self._detector = detector
        self._recogniser = recogniser.paddlex_predictor
        self._alphabet: list[str] = self._recogniser.post_op.character

    def read(self, image: Image) -> list[Line]:
        """Lines in reading order; lines scored under 0.6 are left out."""
        bgr = np.ascontiguousarray(image[:, :, ::-1])
        lines = [self._read_line(bgr, quad) for quad in self._detect(bgr)]
        return arrange(line for line in lines if line and line.score >= MIN_SCORE)

    def _detect(self, bgr: Image) -> list[Quad]:
        found = self._detector.predict(bgr, limit_side_len=_long_side(bgr), limit_type="max")
        return [upright_quad(np.asarray(poly, np.float32)) for poly in found[0]["dt_polys"]]

    def _read_line(self, bgr: Image, quad: Quad) -> Line | None:
        quad = grow(quad)
        crop = cut(bgr, quad)
        if crop.shape[0] >= 1.5 * crop.shape[1]:  # text that runs down the page
            crop, quad = np.ascontiguousarray(np.rot90(crop)), np.roll(quad, -1, axis=0)
        chars = self._recognise(crop)
        height, width = bgr.shape[:2]
        words = [
            Word(text, page_box(quad, start, end, width, height), score)
            for text, start, end, score in split_words(chars, ink_columns(crop))
        ]
        return Line.of(words) if words else None

    def _recognise(self, crop: Image) -> list[Char]:
        width = round(HEIGHT * crop.shape[1] / crop.shape[0])
        width = min(max(width, MIN_WIDTH), MAX_WIDTH)
        way = cv2.INTER_AREA if crop.shape[0] > HEIGHT else cv2.INTER_CUBIC
        scaled = cv2.resize(crop, (width, HEIGHT), interpolation=way).astype(np.float32)
        tensor = np.ascontiguousarray(scaled.transpose(2, 0, 1)[None]) / 127.5 - 1
        probabilities = self._recogniser.runner(x=[tensor])[0][0]
        return decode(probabilities, self._alphabet)


def load(root: Path | None = None, threads: int | None = None) -> PaddleEngine:
    """An engine with PP-OCRv6 small, or with the model directories that the settings name.

    Settings: SCRIVANO_OCR_THREADS (1), SCRIVANO_OCR_DETECTION and SCRIVANO_OCR_RECOGNITION (each
    a directory with `inference.onnx` and `inference.yml`). BadWeights, BadSetting.
    """
    root = root or weights.models_dir()
    detection = _model_dir("SCRIVANO_OCR_DETECTION") or weights.build_detection(root)
    recognition = _model_dir("SCRIVANO_OCR_RECOGNITION") or weights.build_recognition(root)
    _prepare(root)
    from paddleocr import TextDetection, TextRecognition

    common = {
        "engine": "onnxruntime",
        # Memory patterns are kept for every size of page and line met: they only grow.
        "engine_config": {
            "intra_op_num_threads": threads or _threads(),
            "enable_mem_pattern": False,
        },
    }
    detector = TextDetection(model_name=_model_name(detection), model_dir=str(detection), **common)
    recogniser = TextRecognition(
        model_name=_model_name(recognition), model_dir=str(recognition), **common
    )
    logging.getLogger("paddlex").setLevel(logging.ERROR)
    return PaddleEngine(detector, recogniser)


def _prepare(root: Path) -> None:
    """Keep the library off the network, out of the home folder and quiet; before its import."""
    os.environ["PADDLE_PDX_DISABLE_MODEL_SOURCE_CHECK"] = "True"
    os.environ.setdefault("PADDLE_PDX_CACHE_HOME", str(root / "paddlex"))
    os.environ.setdefault("PADDLE_PDX_EAGER_INIT", "False")
    # Its dependencies warn at import about optional parts that are not used here.
    warnings.filterwarnings("ignore", module=r"(paddle|paddlex|paddleocr|requests)(\.|$)")


def _threads() -> int:
    text = os.environ.get("SCRIVANO_OCR_THREADS", "1")
    if not text.isdigit() or int(text) < 1:
        raise BadSetting(f"SCRIVANO_OCR_THREADS is {text!r}: give a whole number from 1.")
    return int(text)


def _model_dir(setting: str) -> Path | None:
    text = os.environ.get(setting)
    if not text:
        return None
    path = Path(text)
    if not (path / "inference.onnx").is_file() or not (path / "inference.yml").is_file():
        raise BadSetting(f"{setting}: {path} must hold inference.onnx and inference.yml.")
    return path


def _model_name(folder: Path) -> str:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    with (folder / "inference.yml").open(encoding="utf-8") as file:
        return str(yaml.load(file, Loader=loader)["Global"]["model_name"])


def _long_side(image: Image) -> int:
    """The longer side, in pixels, at which lines are looked for."""
    height, width = image.shape[:2]
    long = max(height, width)
    scale = min(1.0, (DETECTION_PIXELS / (height * width)) ** 0.5, DETECTION_SIDE / long)
    return max(32, int(long * scale))


def upright_quad(poly: Quad) -> Quad:
    """The smallest rectangle around `poly`: top left, top right, bottom right, bottom left."""
    points = cv2.boxPoints(cv2.minAreaRect(poly.astype(np.int32)))
    points = points[np.argsort(points[:, 0], kind="stable")]
    left, right = points[:2], points[2:]
    top_left, bottom_left = left[np.argsort(left[:, 1], kind="stable")]
    top_right, bottom_right = right[np.argsort(right[:, 1], kind="stable")]
    return np.array([top_left, top_right, bottom_right, bottom_left], np.float32)


def grow(quad: Quad) -> Quad:
    """The rectangle with the margins that the recogniser likes."""
    down = _length(quad[0], quad[3]) > _length(quad[0], quad[1])  # text that runs down the page
    start, end, _, below = corners = np.roll(quad, -1, axis=0) if down else quad
    height = _length(start, below)
    along = (end - start) / max(_length(start, end), 1) * height * MARGIN_ALONG
    across = (below - start) * MARGIN_ACROSS
    moves = np.array([-along - across, along - across, along + across, across - along])
    grown = corners + moves
    return np.asarray(np.roll(grown, 1, axis=0) if down else grown, np.float32)


def cut(image: Image, quad: Quad) -> Image:
    """The rectangle `quad` of the image, straightened."""
    top_left, top_right, bottom_right, bottom_left = quad
    width = int(max(_length(top_left, top_right), _length(bottom_left, bottom_right), 1))
    height = int(max(_length(top_left, bottom_left), _length(top_right, bottom_right), 1))
    target = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    matrix = cv2.getPerspectiveTransform(quad, target)
    crop = cv2.warpPerspective(
        image, matrix, (width, height), flags=cv2.INTER_CUBIC, borderMode=cv2.BORDER_REPLICATE
    )
    return crop.astype(np.uint8, copy=False)


def _length(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    return float(np.linalg.norm(a - b))


def decode(probabilities: NDArray[np.float32], alphabet: list[str]) -> list[Char]:
    """Greedy CTC: the best label of each column, repeats and blanks (label 0) dropped."""
    labels = probabilities.argmax(axis=1)
    keep = labels != 0
    keep[1:] &= labels[1:] != labels[:-1]
    columns = len(labels)
    return [
        Char(
            alphabet[labels[at]].translate(PLAIN),
            (at + 0.5) / columns,
            float(probabilities[at, labels[at]]),
        )
        for at in np.flatnonzero(keep)
    ]


def ink_columns(crop: Image) -> NDArray[np.bool_]:
    """Which pixel columns of a line's crop hold ink (dark on light or light on dark)."""
    gray = cv2.cvtColor(crop, cv2.COLOR_BGR2GRAY)
    _, binary = cv2.threshold(gray, 0, 1, cv2.THRESH_BINARY_INV + cv2.THRESH_OTSU)
    ink = (binary == 1) if binary.mean() <= 0.5 else (binary == 0)
    # The detector's margin above and below may touch a rule or the next line.
    margin = len(ink) // 6
    return np.asarray(ink[margin : len(ink) - margin].any(axis=0))


def split_words(chars: list[Char], ink: NDArray[np.bool_]) -> list[tuple[str, float, float, float]]:
    """`(text, start, end, score)` of each word; start and end along the crop, 0..1."""
    words: list[list[Char]] = [[]]
    for char in chars:
        if char.text.isspace():
            words.append([])
        else:
            words[-1].append(char)
    words = [word for word in words if word]
    edges = [_edge(ink, 0.0, word[0].at)[1] if i == 0 else 0.0 for i, word in enumerate(words)]
    ends = [1.0] * len(words)
    for i, (before, after) in enumerate(pairwise(words)):
        ends[i], edges[i + 1] = _edge(ink, before[-1].at, after[0].at)
    if words:
        ends[-1] = _edge(ink, words[-1][-1].at, 1.0)[0]
    return [
        (
            "".join(char.text for char in word),
            start,
            max(end, start + 1 / len(ink)),
            sum(char.score for char in word) / len(word),
        )
        for word, start, end in zip(words, edges, ends, strict=True)
    ]


def _edge(ink: NDArray[np.bool_], start: float, end: float) -> tuple[float, float]:
    """The widest blank run between two places: where one word ends and the next begins."""
    width = len(ink)
    first, last = int(start * width), max(int(end * width), int(start * width) + 1)
    blank = np.concatenate(([False], ~ink[first:last], [False])).astype(np.int8)
    steps = np.diff(blank)
    begins, finishes = np.flatnonzero(steps == 1), np.flatnonzero(steps == -1)
    if not len(begins):  # touching words: split half way; at an outer edge, keep all
        middle = start if start == 0 else end if end == 1 else (start + end) / 2
        return middle, middle
    widest = int(np.argmax(finishes - begins))
    return (first + int(begins[widest])) / width, (first + int(finishes[widest])) / width


def page_box(quad: Quad, start: float, end: float, width: int, height: int) -> Box:
    """The page-relative box of the part `start`..`end` (0..1) of a line's rectangle."""
    top_left, top_right, bottom_right, bottom_left = quad
    corners = np.array(
        [
            top_left + (top_right - top_left) * start,
            top_left + (top_right - top_left) * end,
            bottom_left + (bottom_right - bottom_left) * start,
            bottom_left + (bottom_right - bottom_left) * end,
        ]
    )
    x = np.clip(corners[:, 0] / width, 0, 1)
    y = np.clip(corners[:, 1] / height, 0, 1)
    return Box(float(x.min()), float(y.min()), float(x.max()), float(y.max()))
