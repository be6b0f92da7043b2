"""Making a page upright: which way is up, and how far its lines are from level."""

from __future__ import annotations

from functools import cache
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors.ocr import weights

Image = NDArray[np.uint8]

BLANK = 24  # grey levels; paper and its scan vary by less, the faintest readable print by more
PAPER = 31  # pixels across of a page 1000 pixels long: wider than strokes, narrower than shadows
EDGE = 0.08  # of the page's sides: where holes are punched and scanners see their lid
DUST = 1e-4  # share of the page: some specks, but no stroke of a pen
SPECK = 12  # pixels of a page 1000 pixels long: about a square millimetre
MIN_SKEW = 0.3  # degrees: below it the reader copes and resampling only costs sharpness
MAX_SKEW = 15.0
FEW = 3  # one mark in so many is enough to find the angle roughly


def is_blank(image: Image) -> bool:
    """Whether the page shows nothing at all: no mark stands out from the paper around it."""
    gray = _reduce(image, 1000)
    # Around its darkest and its lightest place nearly every page shows a mark: a quick look there
    # spares the long one at all of it.
    _, _, *places = cv2.minMaxLoc(gray)
    for right, down in places:
        top, left = max(0, down - 2 * PAPER), max(0, right - 2 * PAPER)
        part = gray[top : down + 2 * PAPER + 1, left : right + 2 * PAPER + 1]
        inner = _stand_out(part)[down - top, right - left]
        if int(inner) >= BLANK:
            return False
    return int(_stand_out(gray).max()) < BLANK


def is_dust(image: Image) -> bool:
    """Whether all that a page without text shows, away from its edges and their punch holes, are
    a few specks."""
    contrast = _stand_out(_reduce(image, 1000))
    height, width = contrast.shape
    top, left = int(EDGE * height), int(EDGE * width)
    marks = (contrast[top : height - top, left : width - left] >= BLANK).astype(np.uint8)
    if marks.mean() > DUST:
        return False
    count, _, stats, _ = cv2.connectedComponentsWithStats(marks)
    return count == 1 or int(stats[1:, cv2.CC_STAT_AREA].max()) <= SPECK


def _stand_out(gray: Image) -> Image:
    """How far each place of a page 1000 pixels long stands out from the paper around it."""
    paper = cv2.medianBlur(gray, PAPER)
    return cv2.absdiff(gray, paper).astype(np.uint8, copy=False)


def _reduce(image: Image, side: int) -> Image:
    """The grey page with its longer side at most `side` pixels long."""
    gray = halve(cv2.cvtColor(image, cv2.COLOR_RGB2GRAY).astype(np.uint8, copy=False), side)
    scale = side / max(gray.shape)
    if scale < 1:
        gray = cv2.resize(gray, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA).astype(
            np.uint8, copy=False
        )
    return gray


def halve(image: Image, side: int) -> Image:
    """The image halved as often as its longer side stays at least `side` pixels long.

    Several times as fast as to shrink by another factor, which may follow on what is left. An odd
    row or column at the edge is dropped: the factor must be two to be fast.
    """
    while max(image.shape[:2]) >= 2 * side and min(image.shape[:2]) > 1:
        height, width = (size // 2 for size in image.shape[:2])
        image = cv2.resize(
            image[: 2 * height, : 2 * width], (width, height), interpolation=cv2.INTER_AREA
        ).astype(np.uint8, copy=False)
    return image


# -- orientation --------------------------------------------------------------------------------


def guess_rotation(image: Image) -> tuple[int, float]:
    """Clockwise degrees (0, 90, 180, 270) that would make the page upright, and the confidence.

    PP-LCNet page orientation (PaddleClas): shorter side to 256 pixels, middle 224 x 224. Its
    labels are the clockwise degrees by which the page has been turned.
    """
    height, width = image.shape[:2]
    image = halve(image, 256 * max(height, width) // min(height, width))
    height, width = image.shape[:2]
    scale = 256 / min(height, width)
    size = max(224, round(width * scale)), max(224, round(height * scale))
    small = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale < 1 else cv2.INTER_LINEAR)
    top, left = (small.shape[0] - 224) // 2, (small.shape[1] - 224) // 2
    middle = small[top : top + 224, left : left + 224, ::-1].astype(np.float32) / 255
    mean = np.array([0.485, 0.456, 0.406], np.float32)
    deviation = np.array([0.229, 0.224, 0.225], np.float32)
    tensor = ((middle - mean) / deviation).transpose(2, 0, 1)[None]
    session, name, labels = _orientation()
    scores = session.run(None, {name: np.ascontiguousarray(tensor)})[0][0]
    best = int(scores.argmax())
    return -labels[best] % 360, float(scores[best])


@cache
def _orientation() -> tuple[Any, str, tuple[int, ...]]:
    """Session, input name and labels of the model; BadWeights when it is not the pinned one."""
    import onnxruntime

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(
        str(weights.locate(weights.ORIENTATION)), options, providers=["CPUExecutionProvider"]
    )
    labels = session.get_modelmeta().custom_metadata_map["character"].split()
    return session, session.get_inputs()[0].name, tuple(int(label) for label in labels)


def turn(image: Image, degrees: int) -> Image:
    """The image turned clockwise by 0, 90, 180 or 270 degrees."""
    return np.ascontiguousarray(np.rot90(image, -degrees // 90))


# -- skew ---------------------------------------------------------------------------------------


def measure_skew(image: Image) -> float:
    """Degrees to turn the page clockwise so that its text lines are level, within ±15; 0 if unsure.

    Projection profile (Postl 1986): the right angle is where row sums of ink change most from one
    row to the next.
    """
    ink = _ink(image)
    if ink is None:
        return 0.0
    marks = np.nonzero(ink)
    level = _sharpness(marks, 0.0)
    few = marks[0][::FEW], marks[1][::FEW]
    best = _sharpest(few, np.arange(-MAX_SKEW, MAX_SKEW + 1, 1.0))
    best = _sharpest(few, best + 0.2 * np.arange(-5, 6))
    best = _sharpest(marks, best + 0.05 * np.arange(-5, 6))
    if abs(best) > MAX_SKEW - 0.5 or _sharpness(marks, best) < 1.1 * level:
        return 0.0
    return best


def _sharpest(marks: tuple[NDArray[np.intp], ...], angles: NDArray[np.floating]) -> float:
    return max((float(angle) for angle in angles), key=lambda angle: _sharpness(marks, angle))


def level(image: Image, degrees: float) -> Image:
    """The image turned clockwise by a few degrees about its middle, corners filled with white."""
    height, width = image.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -degrees, 1.0)
    turned = cv2.warpAffine(
        image,
        matrix,
        (width, height),
        flags=cv2.INTER_CUBIC,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=(255, 255, 255),
    )
    return turned.astype(np.uint8, copy=False)


def _ink(image: Image) -> NDArray[np.bool_] | None:
    """Small picture of where marks of the size of text are; None when there is next to nothing."""
    gray = _reduce(image, 800)
    # Against the local background, so that shadows and dark surroundings count for nothing.
    local = cv2.adaptiveThreshold(
        gray, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY_INV, 25, 15
    )
    count, labels, stats, _ = cv2.connectedComponentsWithStats(local)
    long_side = np.maximum(stats[:, cv2.CC_STAT_WIDTH], stats[:, cv2.CC_STAT_HEIGHT])
    keep = (stats[:, cv2.CC_STAT_AREA] >= 3) & (long_side <= 60)
    keep[0] = False
    if count < 30 or keep.sum() < 30:
        return None
    return np.asarray(keep[labels])


def _sharpness(marks: tuple[NDArray[np.intp], ...], degrees: float) -> float:
    """How sharply rows begin and end when the marks are turned; a turned picture is not needed."""
    down, right = marks
    angle = np.deg2rad(degrees)
    rows = down * np.cos(angle) + right * np.sin(angle)
    rows -= np.floor(rows.min())
    whole = rows.astype(np.intp)
    part = rows - whole  # a mark between two rows counts for both
    size = int(whole.max()) + 2
    counts = np.bincount(whole, 1 - part, size) + np.bincount(whole + 1, part, size)
    return float(np.square(np.diff(counts, prepend=0, append=0)).sum())
