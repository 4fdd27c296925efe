from __future__ import annotations

import pytest

torch = pytest.importorskip("torch")

from ser_core.training.encoder_network import Encoder, HeadedEncoder  # noqa: E402 - needs torch


@pytest.fixture
def network() -> HeadedEncoder:
    torch.manual_seed(0)
    return HeadedEncoder(Encoder((4, 6, 8), 3), n_corpora=2, dropout=0.5).eval()


@pytest.mark.parametrize("n_frames", [1, 51, 300])
def test_a_recording_of_any_length_is_heard_by_every_head(
    network: HeadedEncoder, n_frames: int
) -> None:
    heard = network(torch.randn(5, n_frames, 64))
    shapes = [tuple(part.shape) for part in heard]
    assert shapes == [(5, 12), (5, 2, 8), (5, 8), (5, 2)]
    assert all(part.isfinite().all() for part in heard)
    assert network.encoder.n_columns == 12


def test_a_recording_is_heard_alike_in_any_company(network: HeadedEncoder) -> None:
    log_mels = torch.randn(3, 60, 64)
    together, alone = network(log_mels), network(log_mels[1:2])
    for whole, single in zip(together, alone, strict=True):
        assert torch.allclose(whole[1:2], single, atol=1e-5, rtol=1e-4)


def test_the_level_of_a_recording_does_not_matter(network: HeadedEncoder) -> None:
    log_mels = torch.randn(1, 60, 64)
    plain, louder = network(log_mels), network(2 * log_mels + 7)
    assert torch.allclose(plain.embeddings, louder.embeddings, atol=1e-2, rtol=1e-2)


def test_silence_is_heard_without_a_fault(network: HeadedEncoder) -> None:
    assert network(torch.full((1, 60, 64), -18.0)).embeddings.isfinite().all()


def test_heads_miss_a_part_of_the_embedding_while_they_learn(network: HeadedEncoder) -> None:
    log_mels = torch.randn(2, 60, 64)
    still = network.encoder.eval()(log_mels)
    network.dropout.train()
    first, second = network(log_mels), network(log_mels)
    assert torch.allclose(first.embeddings, still)
    assert not torch.equal(first.general, second.general)
