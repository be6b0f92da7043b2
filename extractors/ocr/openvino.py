"""PP-OCR's text detection and recognition on OpenVINO: the same weights, read several times faster.

Against the reference engine (`extractors.ocr.paddle`): bfloat16 where the processor has it, only
the European part of the recogniser's last layer, the best label chosen inside the graph, pixels
normalised inside the graph, and rectangles taken from the detector's map without polygons.
docs/decisions/0006-fast-path.md has the reasons and figures.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr import Image, alphabet, draft, graph, int8, lines, quads, weights
from extractors.ocr.quads import Quad
from models.words import Line

# Finding lines needs far fewer pixels than reading them; see the decision record.
DETECTION_PIXELS, DETECTION_SIDE = 900_000, 4000
STRIDE = 32  # the detector's input is a multiple of it
BINARY, BOX_SCORE, MIN_SIDE, UNCLIP = 0.3, 0.6, 3.0, 1.5  # as PaddleOCR's DBPostProcess
# Lines at their own width: narrower ones take less time, but narrow letters get lost. The small
# model of the first reading needs more room for them.
STRETCH, FIRST_STRETCH = 1.0, 1.1
MEAN = [255 * value for value in (0.485, 0.456, 0.406)]
DEVIATION = [255 * value for value in (0.229, 0.224, 0.225)]


class Recogniser:
    """A recognition model, its alphabet, and how wide it likes its lines."""

    def __init__(self, model: Any, characters: list[str], stretch: float) -> None:
        self._request = model.create_infer_request()
        self._alphabet = characters
        self._stretch = stretch

    def __call__(self, crops: Sequence[Image]) -> list[list[lines.Char]]:
        """The characters of each line's pixels.

        Lines of one width follow each other: a change of shape costs half a millisecond.
        """
        widths = [fit_width(self._stretch * lines.own_width(crop)) for crop in crops]
        found: list[list[lines.Char]] = [[] for _ in crops]
        for number in sorted(range(len(crops)), key=widths.__getitem__):
            found[number] = self._read(lines.scale(crops[number], widths[number]))
        return found

    def _read(self, strip: Image) -> list[lines.Char]:
        self._request.infer([strip[None]], share_inputs=True)
        scores = self._request.get_output_tensor(0).data[0, :, 0]
        labels = self._request.get_output_tensor(1).data[0, :, 0]
        return lines.decode(labels, scores, self._alphabet)


class OpenvinoEngine:
    """See `extractors.ocr.Engine`; one instance a process, not shared between threads."""

    def __init__(self, detector: Any, recogniser: Recogniser, first: Recogniser | None) -> None:
        self._detector = detector.create_infer_request()
        self._recogniser = recogniser
        self._first = first

    def read(self, image: Image) -> list[Line]:
        """Lines in reading order; lines scored under 0.6 are left out."""
        return lines.read(image, self.detect(image), self.recognise)

    def recognise(self, crops: Sequence[Image]) -> list[list[lines.Char]]:
        """The characters of each line's pixels."""
        if self._first is None:
            return self._recogniser(crops)
        return draft.read_twice(crops, self._first, self._recogniser)

    def detect(self, image: Image) -> list[Quad]:
        """Rectangles of text lines, in pixels of the image."""
        height, width = image.shape[:2]
        scale = quads.long_side(image, DETECTION_PIXELS, DETECTION_SIDE) / max(height, width)
        size = [max(STRIDE, round(side * scale / STRIDE) * STRIDE) for side in (width, height)]
        small = cv2.resize(
            image,
            size,
            interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR,
        )
        self._detector.infer([small[None]], share_inputs=True)
        found = find_quads(self._detector.get_output_tensor(0).data[0, 0])
        limit = np.array([width, height], np.float32)
        return [np.clip(quad * (limit / size), 0, limit).astype(np.float32) for quad in found]


def fit_width(width: float) -> int:
    """The next of some seventy widths, at most an eighth more from 64 pixels on.

    Every new width costs the runtime milliseconds to prepare and memory to keep.
    """
    width = min(max(width, lines.MIN_WIDTH), lines.MAX_WIDTH)
    step = 8
    while width > 16 * step:
        step *= 2
    return step * math.ceil(width / step)


def load(root: Path | None = None, threads: int | None = None) -> OpenvinoEngine:
    """An engine with PP-OCRv6 small, or with the model directories that the settings name.

    Settings: SCRIVANO_OCR_THREADS (1), SCRIVANO_OCR_DETECTION and SCRIVANO_OCR_RECOGNITION (each
    a directory with `inference.onnx` and `inference.yml`). BadWeights, BadSetting.
    """
    detection, recognition = weights.find_models(root)
    threads = threads or weights.threads()
    import openvino

    core = openvino.Core()
    abilities = core.get_property("CPU", "OPTIMIZATION_CAPABILITIES")
    options = {
        "INFERENCE_PRECISION_HINT": "bf16" if "BF16" in abilities else "f32",
        "PERFORMANCE_HINT": "LATENCY",
        "INFERENCE_NUM_THREADS": threads,
        "ENABLE_CPU_PINNING": False,  # several workers would be pinned to the same core
    }

    in_bytes = int8.is_fast()

    def prepare(model: Any) -> Any:
        return core.compile_model(model, "CPU", options)

    def recogniser(file: Path, stretch: float) -> Recogniser:
        characters = ["", *weights.read_characters(file.parent), " "]
        keep = alphabet.latin_labels(characters)
        model = graph.shorten(core.read_model(file), keep, len(characters))
        model = graph.normalise(model, [127.5] * 3, [127.5] * 3)
        if in_bytes:
            int8.quantise(model, int8.known_ranges(weights.hash_file(file)))
        return Recogniser(prepare(model), [characters[label] for label in keep], stretch)

    detector = graph.join_upscaling(core.read_model(detection / "inference.onnx"))
    detector = graph.normalise(detector, MEAN, DEVIATION)
    first = weights.find_draft()
    return OpenvinoEngine(
        prepare(detector),
        recogniser(recognition / "inference.onnx", STRETCH),
        recogniser(first, FIRST_STRETCH) if first else None,
    )


def find_quads(probability: NDArray[np.float32]) -> list[Quad]:
    """Rectangles of text in the detector's map (differentiable binarisation, Liao et al. 2020).

    What PaddleOCR's DBPostProcess finds, without polygons: offsetting a rectangle outwards by d and
    taking the smallest rectangle around the result gives the rectangle with d added at each side.
    """
    binary = (probability > BINARY).astype(np.uint8)
    contours, tree = cv2.findContours(binary, cv2.RETR_CCOMP, cv2.CHAIN_APPROX_SIMPLE)
    found = []
    for number, contour in enumerate(contours):
        if tree[0, number, 3] >= 0:  # a hole
            continue
        middle, (width, height), angle = cv2.minAreaRect(contour)
        if min(width, height) < MIN_SIDE:
            continue
        corners = np.asarray(cv2.boxPoints((middle, (width, height), angle)), np.float32)
        if _mean_inside(probability, corners) < BOX_SCORE:
            continue
        more = 2 * width * height * UNCLIP / (2 * (width + height))
        grown = cv2.boxPoints((middle, (width + more, height + more), angle))
        found.append(quads.order_corners(np.asarray(grown, np.float32)))
    return found


def _mean_inside(probability: NDArray[np.float32], corners: Quad) -> float:
    height, width = probability.shape
    left, top = np.clip(np.floor(corners.min(axis=0)), 0, (width - 1, height - 1)).astype(int)
    right, bottom = np.clip(np.ceil(corners.max(axis=0)), 0, (width - 1, height - 1)).astype(int)
    mask = np.zeros((bottom - top + 1, right - left + 1), np.uint8)
    cv2.fillPoly(mask, [(corners - (left, top)).astype(np.int32)], (1,))
    return float(cv2.mean(probability[top : bottom + 1, left : right + 1], mask)[0])
