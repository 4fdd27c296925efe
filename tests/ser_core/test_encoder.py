from __future__ import annotations

import pickle
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_encoder import N_COLUMNS, build_encoder, make_encoder_file

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.encoder import CORPORA, Encoder
from ser_core.errors import EncoderUnreadable
from ser_core.features import measure

if TYPE_CHECKING:
    from onnx import ModelProto

    from ser_core.waveform import Waveform

LOG_MEL = np.random.default_rng(0).normal(-3, 2, (70, 64)).astype(np.float32)


@pytest.fixture
def encoder() -> Encoder:
    return Encoder(make_encoder_file(("a", "b")))


@pytest.fixture
def model() -> ModelProto:
    """Give an encoder's file, to be spoilt."""
    return build_encoder(("a", "b"))


def refusal(model: ModelProto) -> str:
    """Give why a file is refused."""
    with pytest.raises(EncoderUnreadable) as caught:
        Encoder(model.SerializeToString())
    return caught.value.reason


def test_an_encoder_knows_its_heads_and_its_width(encoder: Encoder) -> None:
    assert (encoder.corpora, encoder.n_columns) == (("a", "b"), N_COLUMNS)


def test_a_spectrogram_is_heard_with_every_head(encoder: Encoder) -> None:
    heard = encoder.hear(LOG_MEL)
    shapes = [part.shape for part in heard]
    assert shapes == [(N_COLUMNS,), (2, len(EMOTIONS)), (len(EMOTIONS),), (len(GENDERS),)]
    assert all(np.isfinite(part).all() and part.any() for part in heard)


def test_spectrograms_may_have_any_length_and_be_stored_at_half_precision(
    encoder: Encoder,
) -> None:
    short, whole = encoder.hear(LOG_MEL[:51]), encoder.hear(LOG_MEL)
    assert not np.allclose(short.embedding, whole.embedding)
    half = encoder.hear(LOG_MEL.astype(np.float16))
    np.testing.assert_allclose(half.embedding, whole.embedding, atol=0.01)


def test_what_is_measured_in_a_waveform_can_be_heard(encoder: Encoder, voice: Waveform) -> None:
    assert np.isfinite(encoder.hear(measure(voice, "functionals").log_mel).general).all()


def test_what_was_heard_is_put_in_the_order_of_a_classifiers_corpora(encoder: Encoder) -> None:
    heard = [encoder.hear(LOG_MEL), encoder.hear(LOG_MEL[:51])]
    outputs = encoder.arrange(heard, ("b", "new", "a"))
    assert outputs.views.shape == (2, 4, len(EMOTIONS))
    assert outputs.corpora.shape == (2, 0)
    for row, each in enumerate(heard):
        expected = [each.by_corpus[1], each.general, each.by_corpus[0], each.general]
        assert np.array_equal(outputs.views[row], expected)
        assert np.array_equal(outputs.genders[row], each.genders)


def test_an_encoder_travels_to_other_processes(encoder: Encoder) -> None:
    copy = pickle.loads(pickle.dumps(encoder))  # noqa: S301 - our own bytes
    assert copy.corpora == encoder.corpora
    for before, after in zip(encoder.hear(LOG_MEL), copy.hear(LOG_MEL), strict=True):
        assert np.array_equal(before, after)


def test_another_encoder_has_another_checksum(encoder: Encoder) -> None:
    assert encoder.sha256 == Encoder(encoder.data).sha256
    assert encoder.sha256 != Encoder(make_encoder_file(("a", "b"), seed=1)).sha256


@pytest.mark.parametrize("data", [b"", b"no network", make_encoder_file()[:500]])
def test_bytes_that_are_no_network_are_unreadable(data: bytes) -> None:
    with pytest.raises(EncoderUnreadable):
        Encoder(data)


def test_nothing_is_printed_of_what_is_raised(capfd: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(EncoderUnreadable):
        Encoder(b"no network")
    assert capfd.readouterr() == ("", "")


def test_a_network_that_makes_something_else_is_unreadable(model: ModelProto) -> None:
    del model.graph.output[1:]
    assert "embeddings" in refusal(model)


def test_a_network_that_names_things_differently_is_unreadable(model: ModelProto) -> None:
    model.graph.node[0].input[0] = model.graph.input[0].name = "picture"
    assert "picture" in refusal(model)


def test_a_network_of_other_bands_is_unreadable(model: ModelProto) -> None:
    model.graph.input[0].type.tensor_type.shape.dim[2].dim_param = "bands"
    assert "bands" in refusal(model)


def test_a_network_of_unknown_width_is_unreadable(model: ModelProto) -> None:
    model.graph.output[0].type.tensor_type.ClearField("shape")
    del model.graph.input[0].type.tensor_type.shape.dim[:]
    with pytest.raises(EncoderUnreadable):
        Encoder(model.SerializeToString())


def test_heads_without_their_names_are_unreadable(model: ModelProto) -> None:
    assert model.metadata_props[0].key == CORPORA
    del model.metadata_props[:]
    assert "by_corpus" in refusal(model)
