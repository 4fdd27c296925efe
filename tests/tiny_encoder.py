"""A network in the form of an encoder, made without training: a mean over time, and matrices."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from onnx import TensorProto, helper, numpy_helper

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.encoder import CORPORA, INPUT, OUTPUTS
from ser_core.features.contours import N_MELS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from onnx import ModelProto

N_COLUMNS = 4


def build_encoder(corpora: Sequence[str], seed: int = 0) -> ModelProto:
    """Give a model with a head for each of the corpora; the seed draws its numbers."""
    random = np.random.default_rng(seed)
    n_emotions = len(EMOTIONS)
    widths = (N_COLUMNS, len(corpora) * n_emotions, n_emotions, len(GENDERS))
    embeddings, by_corpus, general, genders = OUTPUTS
    names = (embeddings, "row", general, genders)
    numbers = [
        numpy_helper.from_array(random.normal(0, 0.3, size).astype(np.float32), f"{name}.weights")
        for name, width in zip(names, widths, strict=True)
        for size in [(N_MELS if name == embeddings else N_COLUMNS, width)]
    ]
    shape = numpy_helper.from_array(np.array([-1, len(corpora), n_emotions]), "shape")
    nodes = [
        helper.make_node("ReduceMean", [INPUT], ["mean"], axes=[1], keepdims=0),
        helper.make_node("MatMul", ["mean", f"{embeddings}.weights"], [embeddings]),
        *(helper.make_node("MatMul", [embeddings, f"{n}.weights"], [n]) for n in names[1:]),
        helper.make_node("Reshape", ["row", "shape"], [by_corpus]),
    ]
    sizes = ([N_COLUMNS], [len(corpora), n_emotions], [n_emotions], [len(GENDERS)])
    outputs = [_declare(name, size) for name, size in zip(OUTPUTS, sizes, strict=True)]
    inputs = [_declare(INPUT, ["frames", N_MELS])]
    graph = helper.make_graph(nodes, "tiny", inputs, outputs, [*numbers, shape])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)
    helper.set_model_props(model, {CORPORA: ",".join(corpora)})
    return model


def make_encoder_file(corpora: Sequence[str] = ("a", "b"), seed: int = 0) -> bytes:
    """Give the bytes of such a model."""
    return bytes(build_encoder(corpora, seed).SerializeToString())


def _declare(name: str, shape: Sequence[str | int]) -> object:
    return helper.make_tensor_value_info(name, TensorProto.FLOAT, ["clips", *shape])
