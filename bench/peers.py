"""The readers that `python -m bench compare` measures, each in a process of its own.

`python -m bench.peers NAME` loads one, prints a line when it is ready, then answers every line of
its input, `{"image": F.npy, "language": "it"}`, with `{"text", "seconds", "cpu", "stages"}` and,
for an empty line, with `{"peak"}`: the most memory that the process had, in bytes. All have one
thread and the same pixels; what they do about a turned or skewed page is their own affair.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import shutil
import subprocess
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

import extractors.ocr  # first: it keeps the libraries that others load from reporting home
from extractors import page, preprocess
from extractors.ocr import weights
from extractors.render import RawPage

Pixels = NDArray[np.uint8]
Reader = Callable[[Pixels, str], str]  # a page, and the language that it is in

TESSERACT = {"it": "ita", "de": "deu", "fr": "fra", "en": "eng"}


class Stopwatch:
    """CPU seconds that wrapped functions took, by stage."""

    def __init__(self) -> None:
        self.seconds: dict[str, float] = defaultdict(float)

    def wrap(self, owner: Any, name: str, stage: str) -> None:
        function = getattr(owner, name)

        def timed(*arguments: Any, **options: Any) -> Any:
            start = time.process_time()
            try:
                return function(*arguments, **options)
            finally:
                self.seconds[stage] += time.process_time() - start

        setattr(owner, name, timed)


def load_engine(name: str, watch: Stopwatch) -> Reader:
    """An engine of this project inside the whole of `read_page`."""
    engine = extractors.ocr.ENGINES[name]()
    for function in ("is_blank", "guess_rotation", "turn", "measure_skew", "level"):
        watch.wrap(preprocess, function, "orient")
    for function, stage in (("detect", "detect"), ("recognise", "recognise")):
        watch.wrap(engine, function, stage)
    watch.wrap(page, "encode", "encode")

    def read(image: Pixels, language: str) -> str:
        raw = RawPage(1, image, 0.0, None)
        return page.read_page(raw, engine, force_ocr=True).page.text

    return read


def load_stock(watch: Stopwatch) -> Reader:
    """`PaddleOCR.predict()` with the same weights, as its documentation has it."""
    from extractors.ocr import paddle

    detection, recognition = weights.find_models()
    paddle.prepare(weights.models_dir())
    from paddleocr import PaddleOCR

    stock = PaddleOCR(
        engine="onnxruntime",
        engine_config={"intra_op_num_threads": 1},
        text_detection_model_name=weights.DETECTION_NAME,
        text_detection_model_dir=str(detection),
        text_recognition_model_name=weights.RECOGNITION_NAME,
        text_recognition_model_dir=str(recognition),
        use_doc_orientation_classify=False,
        use_doc_unwarping=False,
        use_textline_orientation=False,
    )

    def read(image: Pixels, language: str) -> str:
        found = stock.predict(np.ascontiguousarray(image[:, :, ::-1]))
        return "\n".join(text for part in found for text in part["rec_texts"])

    return read


def load_rapidocr(watch: Stopwatch) -> Reader:
    """RapidOCR with OpenVINO and PP-OCRv6 small, its own defaults otherwise."""
    from rapidocr import EngineType, RapidOCR

    rapid = RapidOCR(
        params={
            "Global.log_level": "error",
            "Global.use_cls": False,
            "Det.engine_type": EngineType.OPENVINO,
            "Rec.engine_type": EngineType.OPENVINO,
            "EngineConfig.openvino.inference_num_threads": 1,
        }
    )

    def read(image: Pixels, language: str) -> str:
        found: Any = rapid(np.ascontiguousarray(image[:, :, ::-1]))
        return "\n".join(found.txts or ())

    return read


def load_tesseract(watch: Stopwatch) -> Reader:
    """The `tesseract` program, with the page's language where it is installed."""
    listed = subprocess.run(
        ["tesseract", "--list-langs"], capture_output=True, text=True, check=True
    )
    installed = set(listed.stdout.split())

    def read(image: Pixels, language: str) -> str:
        height, width = image.shape[:2]
        wanted = TESSERACT.get(language, "eng")
        done = subprocess.run(
            ["tesseract", "-", "-", "-l", wanted if wanted in installed else "eng"],
            input=b"P6 %d %d 255\n" % (width, height) + image.tobytes(),
            capture_output=True,
            check=True,
        )
        return done.stdout.decode("utf-8", errors="replace")

    return read


PEERS: dict[str, Callable[[Stopwatch], Reader]] = {
    "openvino": lambda watch: load_engine("openvino", watch),
    "paddle": lambda watch: load_engine("paddle", watch),
    "stock": load_stock,
    "rapidocr": load_rapidocr,
    "tesseract": load_tesseract,
}


def installed() -> list[str]:
    """The peers that can be measured on this machine."""
    import importlib.util

    there = {
        "tesseract": shutil.which("tesseract"),
        "rapidocr": importlib.util.find_spec("rapidocr"),
    }
    return [name for name in PEERS if there.get(name, True)]


def answer(read: Reader, watch: Stopwatch, request: dict[str, Any]) -> dict[str, Any]:
    """Read one page and say how long it took; CPU seconds count those of child processes."""
    image = np.load(request["image"])
    watch.seconds.clear()
    wall, cpu = time.perf_counter(), _cpu()
    text = read(image, request["language"])
    return {
        "text": text,
        "seconds": time.perf_counter() - wall,
        "cpu": _cpu() - cpu,
        "stages": dict(watch.seconds),
    }


def _cpu() -> float:
    times = os.times()
    return times.user + times.system + times.children_user + times.children_system


def peak() -> int:
    """The most memory that this process, or one that it has started, had at once; in bytes."""
    own = next(
        int(line.split()[1])
        for line in Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
        if line.startswith("VmHWM:")
    )
    return 1024 * max(own, resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss)


def serve(name: str) -> None:
    out = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    watch = Stopwatch()
    with contextlib.redirect_stdout(sys.stderr):  # libraries print
        import cv2

        cv2.setNumThreads(1)
        read = PEERS[name](watch)
        print("ready", file=out)
        for line in sys.stdin:
            reply = answer(read, watch, json.loads(line)) if line.strip() else {"peak": peak()}
            print(json.dumps(reply), file=out)


if __name__ == "__main__":
    serve(sys.argv[1])
