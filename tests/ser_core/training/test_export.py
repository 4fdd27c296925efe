from __future__ import annotations

import numpy as np
import pytest

torch = pytest.importorskip("torch")
onnx = pytest.importorskip("onnx")

from ser_core.encoder import Encoder  # noqa: E402 - what follows needs torch
from ser_core.training import encoder_network  # noqa: E402
from ser_core.training.export import export_encoder, store_at_half  # noqa: E402

CORPORA = ("crema-d", "ravdess")


@pytest.fixture(scope="module")
def network() -> encoder_network.HeadedEncoder:
    """Give an encoder that nobody trained, its norms no longer those of the beginning."""
    torch.manual_seed(0)
    made = encoder_network.HeadedEncoder(encoder_network.Encoder((8, 12, 16, 16), 8), 2, 0.3)
    made.train()
    for _ in range(5):
        made(3 * torch.randn(8, 80, 64) - 4)
    return made


@pytest.fixture(scope="module")
def file(network: encoder_network.HeadedEncoder) -> bytes:
    return export_encoder(network, CORPORA)


@pytest.mark.parametrize("n_frames", [51, 300, 600])
def test_the_file_says_what_the_network_says(
    network: encoder_network.HeadedEncoder, file: bytes, n_frames: int
) -> None:
    log_mel = np.random.default_rng(n_frames).normal(-4, 3, (n_frames, 64)).astype(np.float32)
    with torch.no_grad():
        expected = network.eval()(torch.from_numpy(log_mel)[None])
    found = Encoder(file).hear(log_mel)
    for one, other in zip(found, expected, strict=True):
        np.testing.assert_allclose(one, other[0].numpy(), atol=1e-3)


def test_the_file_names_the_corpora_of_its_heads(file: bytes) -> None:
    encoder = Encoder(file)
    assert (encoder.corpora, encoder.n_columns) == (CORPORA, 32)


def test_an_encoder_that_was_learning_is_exported_at_rest(
    network: encoder_network.HeadedEncoder, file: bytes
) -> None:
    assert export_encoder(network.train(), CORPORA) == file
    log_mel = np.random.default_rng(0).normal(-4, 3, (60, 64)).astype(np.float32)
    encoder = Encoder(file)
    assert np.array_equal(encoder.hear(log_mel).general, encoder.hear(log_mel).general)


def test_large_arrays_take_half_the_room_and_small_ones_stay(file: bytes) -> None:
    arrays = {array.name: array for array in onnx.load_from_string(file).graph.initializer}
    types = {onnx.numpy_helper.to_array(array).dtype for array in arrays.values()}
    assert np.dtype(np.float16) in types
    for array in arrays.values():
        values = onnx.numpy_helper.to_array(array)
        assert values.dtype != np.float32 or values.size < 64
        assert np.isfinite(values).all()


def test_a_model_stored_at_half_is_still_a_model() -> None:
    weights = np.linspace(-1, 1, 128, dtype=np.float32).reshape(64, 2)
    node = onnx.helper.make_node("MatMul", ["x", "weights"], ["y"])
    ends = [
        onnx.helper.make_tensor_value_info(name, onnx.TensorProto.FLOAT, ["n", size])
        for name, size in (("x", 64), ("y", 2))
    ]
    array = onnx.numpy_helper.from_array(weights, "weights")
    graph = onnx.helper.make_graph([node], "small", ends[:1], ends[1:], [array])
    found = store_at_half(onnx.helper.make_model(graph))
    assert [node.op_type for node in found.graph.node] == ["Cast", "MatMul"]
    (stored,) = found.graph.initializer
    assert np.array_equal(onnx.numpy_helper.to_array(stored), weights.astype(np.float16))
