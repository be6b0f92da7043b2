"""8-bit reading: ranges, and the graph that they are put into."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from bench.ranges import best_range, format_ranges
from extractors.ocr import graph, int8, weights

FINITE = st.floats(-1000, 1000, width=32)


@given(FINITE, FINITE)
def test_zero_is_a_step_of_every_range_and_nothing_is_cut(low: float, high: float) -> None:
    start, end = int8.snap(low, high)
    step = (end - start) / (int8.LEVELS - 1)
    assert start / step == pytest.approx(round(start / step), abs=1e-3)
    assert start <= min(low, 0) + 1e-6
    assert end >= max(high, 0) - 1e-6 or low == high


def test_a_rare_extreme_does_not_widen_the_range() -> None:
    values = np.random.default_rng(1).normal(0, 1, 400_000).astype(np.float32)
    _, high = best_range(np.append(values, np.float32(10)))
    assert high < 8


def test_ranges_are_there_for_the_pinned_recogniser_alone() -> None:
    ranges = int8.known_ranges(weights.RECOGNITION.sha256)
    assert len(ranges) > 20
    assert int8.known_ranges("0" * 64) == {}


def test_ranges_are_written_as_they_are_read() -> None:
    found = {"ab": {"Conv.1": [-0.5, 2.0], "Conv.2": [0.0, 1.5]}}
    assert json.loads(format_ranges(found)) == found


def test_joined_doubling_gives_the_map_that_the_detector_gives(models_dir: object) -> None:
    import openvino

    core = openvino.Core()
    options = {"INFERENCE_PRECISION_HINT": "f32"}
    picture = np.random.default_rng(1).normal(0, 1, (1, 3, 64, 96)).astype(np.float32)
    maps = []
    changes: list[Callable[[Any], Any]] = [lambda model: model, graph.join_upscaling]
    for change in changes:
        model = change(core.read_model(weights.locate(weights.DETECTION)))
        kinds = {node.get_type_name() for node in model.get_ordered_ops()}
        maps.append((core.compile_model(model, "CPU", options)(picture)[0], kinds))
    (plain, before), (joined, after) = maps
    assert "ConvolutionBackpropData" in before - after
    assert np.abs(plain - joined).max() < 1e-4
