"""Convolutions in 8-bit whole numbers, twice as fast as bfloat16 where the processor has VNNI.

Weights are rounded to 255 steps a channel when the model is loaded. Of what goes into a convolution
the range must be known beforehand: `ranges.json` has it for each pinned model, taken on generated
scans by `python -m bench ranges`. (Uniform quantisation after training with fixed ranges:
Krishnamoorthi 2018, arXiv 1806.08342.)
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

FILE = Path(__file__).with_name("ranges.json")
LEVELS = 256
# At the start of the network, where channels are few, an error spreads furthest and there is
# little to save.
FEWEST = 96

Range = tuple[float, float]


def is_fast() -> bool:
    """Whether the processor multiplies and adds bytes in one step (x86: VNNI or AMX)."""
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8")
    except OSError:
        return False
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "").split()
    return bool({"avx512_vnni", "avx_vnni", "amx_int8"} & set(flags))


def known_ranges(sha256: str) -> dict[str, Range]:
    """The range of the input of each convolution of the model file; empty for other models."""
    ranges: dict[str, dict[str, Range]] = json.loads(FILE.read_text(encoding="utf-8"))
    return ranges.get(sha256, {})


def convolutions(model: Any) -> list[Any]:
    """Those that are worth it: many channels, and more places than one."""
    found = []
    for node in model.get_ordered_ops():
        if node.get_type_name() != "Convolution":
            continue
        channels = list(node.input_value(1).get_shape())[:2]
        places = [size.to_string() for size in node.get_output_partial_shape(0)][2:]
        if min(channels) >= FEWEST and places != ["1", "1"]:
            found.append(node)
    return found


def quantise(model: Any, ranges: Mapping[str, Range]) -> None:
    """Make the convolutions that `ranges` names take and hold bytes."""
    for node in model.get_ordered_ops():
        if node.get_friendly_name() not in ranges:
            continue
        low, high = snap(*ranges[node.get_friendly_name()])
        source = _round(node.input_value(0), np.float32(low), np.float32(high), LEVELS)
        weights = node.input_value(1).get_node()
        values = np.asarray(weights.get_data(), np.float32)
        most = np.abs(values).max(axis=(1, 2, 3), keepdims=True).clip(1e-8)
        node.input(0).replace_source_output(source)
        node.input(1).replace_source_output(_round(weights, -most, most, LEVELS - 1))
    model.validate_nodes_and_infer_types()


def _round(source: Any, low: Any, high: Any, levels: int) -> Any:
    from openvino import opset13 as ops

    ends = [ops.constant(low), ops.constant(high)]
    return ops.fake_quantize(source, *ends, *ends, levels).output(0)


def snap(low: float, high: float) -> Range:
    """The range widened so that zero is one of its steps: paper beyond the edge is zeros."""
    low, high, steps = min(low, 0.0), max(high, 1e-6), LEVELS - 1
    if low == 0:
        return 0.0, high
    zero = min(max(round(-low / (high - low) * steps), 1), steps - 1)
    step = max(-low / zero, high / (steps - zero))
    return -zero * step, (steps - zero) * step
