"""PP-OCR's graphs on OpenVINO made cheaper: bytes in, only what is used out."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from models.errors import BadWeights

SKIP = ("Identity", "Softmax")


def normalise(model: Any, mean: list[float], deviation: list[float]) -> Any:
    """The model taking RGB bytes, n x height x width x 3, instead of normalised BGR planes."""
    from openvino import Layout, Type
    from openvino.preprocess import ColorFormat, PrePostProcessor

    change = PrePostProcessor(model)
    change.input().tensor().set_element_type(Type.u8).set_layout(Layout("NHWC")).set_color_format(
        ColorFormat.RGB
    )
    steps = change.input().preprocess()
    steps.convert_color(ColorFormat.BGR).convert_element_type(Type.f32).mean(mean).scale(deviation)
    change.input().model().set_layout(Layout("NCHW"))
    return change.build()


def shorten(model: Any, keep: Sequence[int], labels: int) -> Any:
    """The recogniser with only the labels `keep`, giving the best one's score and place in `keep`.

    The model must end as PP-OCR's do, columns x matrix + bias and softmax, with `labels` labels;
    else BadWeights.
    """
    import openvino
    from openvino import opset13 as ops

    chain = _last(model, ("Add",))
    parts = [value.get_source_output().get_node() for value in chain[0].inputs()] if chain else []
    kinds = [node.get_type_name() for node in parts]
    if kinds != ["MatMul", "Constant"] or parts[1].get_data().shape[-1] != labels:
        raise BadWeights(
            f"The recognition model does not end in {labels} labels as PP-OCR's do: name other "
            "weights or set SCRIVANO_OCR_ENGINE=paddle."
        )
    product, bias = parts
    matrix = product.input_value(1).get_node().get_data()
    logits = ops.add(
        ops.matmul(
            product.input_value(0), _constant(np.asarray(matrix)[..., list(keep)]), False, False
        ),
        _constant(np.asarray(bias.get_data())[..., list(keep)]),
    )
    best = ops.topk(ops.softmax(logits, -1), ops.constant(np.int64(1)), -1, "max", "none")
    return openvino.Model([best.output(0), best.output(1)], model.get_parameters())


def join_upscaling(model: Any) -> Any:
    """The detector with its two last steps, each doubling the map, done as convolutions.

    A transposed convolution whose kernel is its stride is a plain one to four times the channels,
    put side by side: the runtime has fast code for those, and in bfloat16. The model is returned
    as it is when it does not end that way.
    """
    import openvino
    from openvino import opset13 as ops

    doubling = "ConvolutionBackpropData"
    chain = _last(model, ("Sigmoid", "Add", doubling, "Relu", "Add", doubling))
    if not chain:
        return model
    _, outer_bias, outer, _, inner_bias, inner = chain
    first, second = (_data(step.input_value(1)) for step in (inner, outer))
    if first.shape[2:] != (2, 2) or second.shape[1:] != (1, 2, 2):
        return model
    channels = first.shape[1]
    # Row and column of the first doubling, then channel; rows and columns of both.
    spread = first.transpose(2, 3, 1, 0).reshape(4 * channels, -1, 1, 1)
    gather = np.zeros((2, 2, 2, 2, 2, 2, channels), np.float32)
    for row in (0, 1):
        for column in (0, 1):
            gather[row, :, column, :, row, column] = second[:, 0].transpose(1, 2, 0)
    both = gather.reshape(16, 4 * channels, 1, 1)
    small = ops.relu(_convolve(inner.input_value(0), spread, np.tile(_data(inner_bias), 4)))
    large = ops.sigmoid(_convolve(small, both, np.tile(_data(outer_bias), 16)))
    return openvino.Model(
        [ops.depth_to_space(large, "blocks_first", 4).output(0)], model.get_parameters()
    )


def _last(model: Any, kinds: Sequence[str]) -> list[Any]:
    """The nodes before the model's first result, last first, when they are of these kinds."""
    found = []
    node = model.get_results()[0].input_value(0).get_node()
    for kind in kinds:
        while node.get_type_name() in SKIP:
            node = node.input_value(0).get_node()
        if node.get_type_name() != kind:
            return []
        found.append(node)
        if node.get_input_size():
            node = node.input_value(0).get_node()
    return found


def _data(source: Any) -> NDArray[np.float32]:
    """A constant's values; of an addition, what it adds, in a row."""
    node = source.get_node() if hasattr(source, "get_node") else source
    if node.get_type_name() == "Add":
        return np.asarray(node.input_value(1).get_node().get_data(), np.float32).ravel()
    return np.asarray(node.get_data(), np.float32)


def _convolve(source: Any, weights: NDArray[np.float32], bias: NDArray[np.float32]) -> Any:
    from openvino import opset13 as ops

    product = ops.convolution(source, _constant(weights), [1, 1], [0, 0], [0, 0], [1, 1])
    return ops.add(product, _constant(bias.reshape(1, -1, 1, 1)))


def _constant(array: NDArray[np.float32]) -> Any:
    from openvino import opset13 as ops

    return ops.constant(np.ascontiguousarray(array, np.float32))
