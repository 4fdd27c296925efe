"""From a trained encoder to the bytes of an ONNX file, its numbers stored at half precision.

That halves the file; the numbers are widened again when it is loaded, and calculated with in full.
Every figure is measured with the file, so with the rounded numbers.
"""

from __future__ import annotations

import io
import warnings
from typing import TYPE_CHECKING, Final

import numpy as np
import onnx
import torch
from onnx import TensorProto, helper, numpy_helper

from ser_core.encoder import CORPORA, INPUT, OUTPUTS
from ser_core.features.contours import N_MELS

if TYPE_CHECKING:
    from collections.abc import Iterable

    from ser_core.training.encoder_network import HeadedEncoder

_OPSET: Final = 17
_LEAST_VALUES: Final = 64
"""Smaller arrays (shapes, constants) stay as they are."""


def export_encoder(encoder: HeadedEncoder, corpora: Iterable[str]) -> bytes:
    """Give the encoder as an ONNX model that takes ``(n, n_frames, 64)`` of any two sizes.

    ``corpora`` are the names of its heads, in their order; the file keeps them.
    """
    file = io.BytesIO()
    with warnings.catch_warnings():
        # The newer exporter refuses a recurrence over a number of frames that it does not know.
        warnings.simplefilter("ignore")
        torch.onnx.export(
            encoder.eval(),
            (torch.zeros(2, 100, N_MELS),),
            file,
            dynamo=False,
            opset_version=_OPSET,
            input_names=[INPUT],
            output_names=list(OUTPUTS),
            dynamic_axes={
                INPUT: {0: "clips", 1: "frames"},
                **{name: {0: "clips"} for name in OUTPUTS},
            },
        )
    model = store_at_half(onnx.load_from_string(file.getvalue()))
    helper.set_model_props(model, {CORPORA: ",".join(corpora)})
    return bytes(model.SerializeToString())


def store_at_half(model: onnx.ModelProto) -> onnx.ModelProto:
    """Give the model with its larger arrays in float16, each widened by a node of its own."""
    kept, widening = [], []
    for array in model.graph.initializer:
        values = numpy_helper.to_array(array)
        if array.data_type == TensorProto.FLOAT and values.size >= _LEAST_VALUES:
            stored = f"{array.name}.half"
            kept.append(numpy_helper.from_array(values.astype(np.float16), stored))
            widening.append(helper.make_node("Cast", [stored], [array.name], to=TensorProto.FLOAT))
        else:
            kept.append(array)
    nodes = [*widening, *model.graph.node]
    del model.graph.initializer[:], model.graph.node[:]
    model.graph.initializer.extend(kept)
    model.graph.node.extend(nodes)
    onnx.checker.check_model(model)
    return model
