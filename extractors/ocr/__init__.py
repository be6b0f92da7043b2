"""OCR engines: each is one module with `read(image) -> list[Line]` and one line in `ENGINES`."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

from models.words import Line

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from extractors.ocr.lines import Char

    Image = NDArray[np.uint8]
else:
    Image = Any


# ONNX Runtime sends usage events to its maker (1.29 on) and keeps them in the home folder, unless
# told not to before it is loaded. Everything here that loads it imports this package first.
os.environ["ORT_DISABLE_TELEMETRY"] = "1"
# OpenVINO reports every import to its maker where this package is installed. The lock leaves it
# out; where something else has brought it, Python is told that it is not there.
sys.modules["openvino_telemetry"] = None  # type: ignore[assignment]


class Engine(Protocol):
    """Reads the text of one upright page.

    `read` takes an RGB image (height x width x 3, uint8) and gives its lines in reading order,
    boxes relative to that image. It is not safe to share between threads.
    """

    def read(self, image: Image) -> list[Line]: ...


@runtime_checkable
class LineEngine(Engine, Protocol):
    """An engine that also reads single lines.

    `recognise` takes the RGB pixels of upright lines of text, cut close, and gives for each its
    characters with their places along it (0..1) and scores.
    """

    def recognise(self, crops: Sequence[Image]) -> list[list[Char]]: ...


def _paddle() -> LineEngine:
    # Imported here: the engine's libraries take seconds and hundreds of megabytes to load.
    from extractors.ocr.paddle import load

    return load()


def _openvino() -> LineEngine:
    from extractors.ocr.openvino import load

    return load()


ENGINES: dict[str, Callable[[], LineEngine]] = {"openvino": _openvino, "paddle": _paddle}
