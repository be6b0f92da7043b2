"""`python -m bench ranges --folder DIR --out F.json`: for 8-bit reading, what goes into each step.

Reads the first page of every file of the folders (generated scans are best: no range of them tells
of a client's paper) and writes, for the pinned recognition model, the range of the input of each
convolution that rounds it with the least error: `{sha256: {name: [low, high]}}`, the contents of
`extractors/ocr/ranges.json`.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from extractors import preprocess
from extractors.limits import DEFAULT
from extractors.ocr import Image, graph, int8, lines, openvino, weights
from extractors.render import inspect, render
from models.errors import FileProblem

EACH = 2_000  # values of a line that are kept of each convolution's input
# Of the lowest and of the highest value: where the range may end.
SHARES = (1.0, 0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.3, 0.2, 0.15, 0.1)


def main(argv: Sequence[str]) -> int:
    options = _parse(argv)
    strips = list(_strips(options.folder, options.every))
    if not strips:
        print("ranges: no line found in the files there.", file=sys.stderr)
        return 2
    _, recognition = weights.find_models()
    ranges = measure(recognition / "inference.onnx", strips)
    found = {weights.RECOGNITION.sha256: ranges}
    options.out.write_text(format_ranges(found), encoding="utf-8")
    print(f"{len(strips)} lines, {len(ranges)} convolutions: {options.out}")
    return 0


def _strips(folders: Sequence[Path], every: int) -> Iterator[Image]:
    """Lines as the recogniser takes them, of the first page of each file."""
    engine = openvino.load()
    for path in (path for folder in folders for path in sorted(folder.iterdir())):
        try:
            info = inspect(path)
            image = next(iter(render(path, info.media_type, 1, 1, DEFAULT))).image
        except FileProblem:
            continue
        turned = preprocess.turn(image, preprocess.guess_rotation(image)[0])
        level = preprocess.level(turned, preprocess.measure_skew(turned))
        crops = [lines.cut(level, quad).image for quad in engine.detect(level)]
        for crop in crops[::every]:
            yield lines.scale(crop, openvino.fit_width(openvino.STRETCH * lines.own_width(crop)))


def measure(file: Path, strips: Sequence[Image]) -> dict[str, list[float]]:
    """The range of the input of each convolution worth it, rounded to five figures."""
    import openvino as runtime

    core = runtime.Core()
    model = graph.normalise(core.read_model(file), [127.5] * 3, [127.5] * 3)
    names = {node.get_friendly_name(): node.input_value(0) for node in int8.convolutions(model)}
    model.add_outputs(list({_key(source): source for source in names.values()}.values()))
    request = core.compile_model(
        model, "CPU", {"INFERENCE_PRECISION_HINT": "f32", "INFERENCE_NUM_THREADS": 1}
    ).create_infer_request()
    samples = _sample(request, strips)
    keys = list(dict.fromkeys(_key(source) for source in names.values()))
    found = {}
    for name, source in names.items():
        low, high = best_range(samples[keys.index(_key(source))])
        found[name] = [float(f"{low:.5g}"), float(f"{high:.5g}")]
    return found


def format_ranges(found: dict[str, dict[str, list[float]]]) -> str:
    """JSON with a line a convolution."""
    models = [
        f'"{sha256}": {{\n'
        + ",\n".join(f'"{name}": {ends}' for name, ends in ranges.items())
        + "\n}"
        for sha256, ranges in found.items()
    ]
    return "{\n" + ",\n".join(models) + "\n}\n"


def best_range(values: NDArray[np.float32]) -> int8.Range:
    """The range that rounds a sample with the least squared error: rare extremes are cut off."""
    low, high = float(values.min()), float(values.max())
    tried = [int8.snap(low * down, high * up) for down in SHARES for up in SHARES]
    return min(tried, key=lambda ends: _rounding_error(values, *ends))


def _rounding_error(values: NDArray[np.float32], low: float, high: float) -> float:
    step = (high - low) / (int8.LEVELS - 1)
    rounded = np.clip(np.round((values - low) / step), 0, int8.LEVELS - 1) * step + low
    return float(np.square(values - rounded).mean())


def _key(source: Any) -> tuple[str, int]:
    return source.get_node().get_friendly_name(), source.get_index()


def _sample(request: Any, strips: Sequence[Image]) -> list[NDArray[np.float32]]:
    """Some values of each output after the model's own, of all the lines; always the extremes."""
    random = np.random.default_rng(0)
    kept: list[list[NDArray[np.float32]]] = []
    for strip in strips:
        request.infer([strip[None]], share_inputs=True)
        tensors = [tensor.data.ravel() for tensor in request.output_tensors[1:]]
        kept = kept or [[] for _ in tensors]
        for values, of_one in zip(tensors, kept, strict=True):
            picked = values[random.integers(0, values.size, EACH)]
            of_one.append(np.append(picked, [values.min(), values.max()]).astype(np.float32))
    return [np.concatenate(of_one) for of_one in kept]


def _parse(argv: Sequence[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m bench ranges", description=__doc__)
    parser.add_argument("--folder", type=Path, action="append", required=True, metavar="DIR")
    parser.add_argument("--out", type=Path, required=True, metavar="F.json")
    parser.add_argument("--every", type=int, default=3, metavar="N", help="take every Nth line")
    return parser.parse_args(argv)
