"""PP-OCR's text detection and recognition on OpenVINO: the same weights, read several times faster.

Against the reference engine (`extractors.ocr.paddle`): bfloat16 where the processor has it, only
the European part of the recogniser's last layer, the best label chosen inside the graph, pixels
normalised inside the graph, and rectangles taken from the detector's map without polygons.
docs/decisions/0006-fast-path.md has the reasons and figures.
"""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr import Image, alphabet, draft, lines, quads, weights
from extractors.ocr.quads import Quad
from extractors.order import arrange
from models.errors import BadWeights
from models.words import Line

# Finding lines needs far fewer pixels than reading them; see the decision record.
DETECTION_PIXELS, DETECTION_SIDE = 900_000, 4000
STRIDE = 32  # the detector's input is a multiple of it
BINARY, BOX_SCORE, MIN_SIDE, UNCLIP = 0.3, 0.6, 3.0, 1.5  # as PaddleOCR's DBPostProcess
# Lines a little narrower than they are: less to read, and no less right than at full width. The
# small model of the first reading needs more room for narrow letters.
STRETCH, FIRST_STRETCH = 0.92, 1.1
MEAN = [255 * value for value in (0.485, 0.456, 0.406)]
DEVIATION = [255 * value for value in (0.229, 0.224, 0.225)]


class Recogniser:
    """A recognition model, its alphabet, and how wide it likes its lines."""

    def __init__(self, model: Any, characters: list[str], stretch: float) -> None:
        self._request = model.create_infer_request()
        self._alphabet = characters
        self._stretch = stretch

    def __call__(self, crop: Image) -> list[lines.Char]:
        """The characters of a line's pixels."""
        strip = lines.scale(crop, fit_width(self._stretch * lines.own_width(crop)))
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
        found = (lines.read_line(image, quad, self.recognise) for quad in self.detect(image))
        return arrange(line for line in found if line and line.score >= lines.MIN_SCORE)

    def recognise(self, crop: Image) -> list[lines.Char]:
        """The characters of a line's pixels."""
        if self._first is None:
            return self._recogniser(crop)
        return draft.read_twice(crop, self._first, self._recogniser)

    def detect(self, image: Image) -> list[Quad]:
        """Rectangles of text lines, in pixels of the image."""
        height, width = image.shape[:2]
        scale = quads.long_side(image, DETECTION_PIXELS, DETECTION_SIDE) / max(height, width)
        size = [max(STRIDE, round(side * scale / STRIDE) * STRIDE) for side in (width, height)]
        small = cv2.resize(
            image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR
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

    def prepare(model: Any) -> Any:
        return core.compile_model(model, "CPU", options)

    def recogniser(file: Path, stretch: float) -> Recogniser:
        characters = ["", *weights.read_characters(file.parent), " "]
        keep = alphabet.latin_labels(characters)
        model = _shorten(core.read_model(file), keep, len(characters))
        model = _normalise(model, [127.5] * 3, [127.5] * 3)
        return Recogniser(prepare(model), [characters[label] for label in keep], stretch)

    detector = _normalise(core.read_model(detection / "inference.onnx"), MEAN, DEVIATION)
    first = weights.find_draft()
    return OpenvinoEngine(
        prepare(detector),
        recogniser(recognition / "inference.onnx", STRETCH),
        recogniser(first, FIRST_STRETCH) if first else None,
    )


def _normalise(model: Any, mean: list[float], deviation: list[float]) -> Any:
    """The model taking RGB bytes, 1 x height x width x 3, instead of normalised BGR planes."""
    from openvino import Layout, Type
    from openvino.preprocess import (
        ColorFormat,
        PrePostProcessor,
    )

    change = PrePostProcessor(model)
    change.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC")).set_color_format(
        ColorFormat.RGB
    )
    steps = change.input().preprocess()
    steps.convert_color(ColorFormat.BGR).convert_element_type(Type.f32).mean(mean).scale(deviation)
    change.input().model().set_layout(Layout("NCHW"))
    return change.build()


def _shorten(model: Any, keep: list[int], labels: int) -> Any:
    """The recogniser with only the labels `keep`, giving the best one's score and place in `keep`.

    The model must end as PP-OCR's do, columns x matrix + bias and softmax, with `labels` labels;
    else BadWeights.
    """
    import openvino
    from openvino import opset13 as ops

    end = model.get_results()[0].input_value(0).get_node()
    while end.get_type_name() in ("Softmax", "Identity"):
        end = end.input_value(0).get_node()
    parts = [value.get_source_output().get_node() for value in end.inputs()]
    kinds = [node.get_type_name() for node in (end, *parts)]
    if kinds != ["Add", "MatMul", "Constant"] or parts[1].get_data().shape[-1] != labels:
        raise BadWeights(
            f"The recognition model does not end in {labels} labels as PP-OCR's do: name other "
            "weights or set SCRIVANO_OCR_ENGINE=paddle."
        )
    product, bias = parts
    matrix = product.input_value(1).get_node().get_data()
    logits = ops.add(
        ops.matmul(product.input_value(0), _columns(matrix, keep), False, False),
        _columns(bias.get_data(), keep),
    )
    best = ops.topk(ops.softmax(logits, -1), ops.constant(np.int64(1)), -1, "max", "none")
    return openvino.Model([best.output(0), best.output(1)], model.get_parameters())


def _columns(array: NDArray[np.float32], keep: list[int]) -> Any:
    from openvino import opset13 as ops

    return ops.constant(np.ascontiguousarray(array[..., keep]))


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
