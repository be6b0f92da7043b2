"""One raw page to one read page: its text layer, or OCR of the upright image."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import cv2
import numpy as np
from numpy.typing import NDArray

from extractors import preprocess
from extractors.barcodes import find_barcodes
from extractors.forms.rows import mend_combs
from extractors.ocr import Engine, LineEngine
from extractors.render import RawPage
from extractors.reread import read_again
from models.words import Line, Page

JPEG_QUALITY = 85
# Confidence at which the orientation model is believed without a second look: upright and turned
# pages score 0.8 to 0.93, its mistakes stay under 0.65.
SURE = 0.8
WELL_READ = 0.8  # mean line score under which another orientation is tried


@dataclass(frozen=True, slots=True)
class ReadPage:
    """`image` is the JPEG of the upright page that the boxes of `page` refer to."""

    page: Page
    image: bytes


@dataclass(frozen=True, slots=True, eq=False)
class Attempt:
    """A page read in one orientation."""

    rotation: int
    image: NDArray[np.uint8]
    skew: float
    lines: Sequence[Line]
    blank: bool = False


def read_page(raw: RawPage, engine: Engine, *, force_ocr: bool = False) -> ReadPage:
    """Read one page; a sound text layer is taken as it is unless `force_ocr`."""
    if raw.native is not None and not force_ocr:
        native = replace(raw.native, barcodes=find_barcodes(raw.image))
        return ReadPage(native, encode(raw.image))
    found = _read_upright(raw.image, engine)
    lines = found.lines
    if lines and isinstance(engine, LineEngine):
        lines = mend_combs(found.image, lines, engine)
        lines = read_again(found.image, lines, engine)
    barcodes = () if found.blank else find_barcodes(found.image)
    text = bool(found.lines or barcodes)
    height, width = found.image.shape[:2]
    page = Page(
        number=raw.number,
        width=width,
        height=height,
        lines=tuple(lines),
        source="ocr",
        rotation=found.rotation,
        skew=found.skew,
        barcodes=barcodes,
        blank=found.blank or (not text and preprocess.is_dust(found.image)),
    )
    return ReadPage(page, encode(found.image))


def encode(image: NDArray[np.uint8]) -> bytes:
    """The RGB image as JPEG, as a grey one where it has no colour: that takes half the time."""
    few = image[::4, ::4]
    gray = np.array_equal(few[..., 0], few[..., 1]) and np.array_equal(few[..., 1], few[..., 2])
    plain = image[..., 1] if gray else cv2.cvtColor(image, cv2.COLOR_RGB2BGR)
    done, data = cv2.imencode(
        ".jpg", np.ascontiguousarray(plain), [cv2.IMWRITE_JPEG_QUALITY, JPEG_QUALITY]
    )
    if not done:
        raise ValueError(f"cannot encode an image of shape {image.shape}")
    return data.tobytes()


def _read_upright(image: NDArray[np.uint8], engine: Engine) -> Attempt:
    """Read in the likeliest orientation; try others only when the text says it may be wrong."""
    if preprocess.is_blank(image):
        return Attempt(0, image, 0.0, [], blank=True)
    rotation, confidence = preprocess.guess_rotation(image)
    first = _attempt(image, rotation, engine)
    if _reads_well(first.lines) and (rotation == 0 or confidence >= SURE):
        return first
    others = _alternatives(first, rotation)
    attempts = [first]
    for other in others:
        attempts.append(_attempt(image, other, engine))
        if _reads_well(attempts[-1].lines) and evidence(attempts[-1].lines) > 2 * evidence(
            first.lines
        ):
            break
    return max(attempts, key=lambda attempt: evidence(attempt.lines))


def _alternatives(first: Attempt, rotation: int) -> list[int]:
    if is_sideways(first.lines):
        return [(rotation + 90) % 360, (rotation + 270) % 360]
    if not first.lines and rotation == 0:
        return []  # a blank page, or one without text that can be found
    return [(rotation + 180) % 360] if rotation in (0, 180) else [0, (rotation + 180) % 360]


def _attempt(image: NDArray[np.uint8], rotation: int, engine: Engine) -> Attempt:
    turned = preprocess.turn(image, rotation)
    skew = preprocess.measure_skew(turned)
    if abs(skew) >= preprocess.MIN_SKEW:
        turned = preprocess.level(turned, skew)
    else:
        skew = 0.0
    return Attempt(rotation, turned, skew, engine.read(turned))


def _reads_well(lines: Sequence[Line]) -> bool:
    characters = sum(len(line.text) for line in lines)
    if characters < 20 or is_sideways(lines):
        return False
    mean = sum(line.score * len(line.text) for line in lines) / characters
    return mean >= WELL_READ


def is_sideways(lines: Sequence[Line]) -> bool:
    """Whether most characters stand in lines that run up or down the page."""
    long = [line for line in lines if len(line.text) >= 4]
    total = sum(len(line.text) for line in long)
    upright = sum(len(line.text) for line in long if line.box.width > line.box.height)
    return total > 0 and upright < 0.5 * total


def evidence(lines: Sequence[Line]) -> float:
    """How much was read how surely: squares favour the orientation in which scores are high.

    Lines that run up or down count for nothing: the engine turns them, the page is not upright.
    """
    return sum(
        len(line.text) * max(0.0, line.score - 0.5) ** 2
        for line in lines
        if len(line.text) < 4 or line.box.width > line.box.height
    )
