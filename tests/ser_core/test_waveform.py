from __future__ import annotations

import numpy as np
import pytest

from ser_core.waveform import Waveform

SECOND = np.linspace(-1, 1, 16_000, dtype=np.float32)


def test_a_waveform_knows_its_duration() -> None:
    assert Waveform(SECOND).seconds == 1.0
    assert Waveform(SECOND, 8_000).seconds == 2.0


def test_a_part_shares_the_samples_of_the_whole() -> None:
    part = Waveform(SECOND, 8_000).between(0.5, 1.25)

    assert part.sampling_rate == 8_000
    assert part.seconds == 0.75
    assert part.samples[0] == SECOND[4_000]
    assert np.shares_memory(part.samples, SECOND)


@pytest.mark.parametrize(
    ("samples", "complaint"),
    [
        (np.zeros((2, 100), np.float32), "one-dimensional"),
        (np.zeros(100), "float32"),
        (np.array([0, np.nan], np.float32), "finite"),
        (np.array([0, np.inf], np.float32), "finite"),
    ],
)
def test_samples_that_no_step_could_use_are_refused(samples: np.ndarray, complaint: str) -> None:
    with pytest.raises(ValueError, match=complaint):
        Waveform(samples)


@pytest.mark.parametrize("sampling_rate", [0, -16_000])
def test_a_sampling_rate_must_be_positive(sampling_rate: int) -> None:
    with pytest.raises(ValueError, match="positive"):
        Waveform(SECOND, sampling_rate)


def test_an_outline_holds_the_loudness_of_equal_stretches_beside_the_loudest() -> None:
    samples = np.repeat(np.array([0.1, -0.4, 0.0, 0.2], np.float32), 100)
    np.testing.assert_allclose(Waveform(samples).outline(4), [0.25, 1.0, 0.0, 0.5])
    np.testing.assert_allclose(Waveform(samples).outline(2), [1.0, np.sqrt(0.02 / 0.085)])


@pytest.mark.parametrize("n_samples", [1, 7, 121])
def test_a_short_outline_has_a_stretch_for_each_sample_at_most(n_samples: int) -> None:
    outline = Waveform(np.ones(n_samples, np.float32)).outline(120)
    np.testing.assert_array_equal(outline, np.ones(min(n_samples, 120)))


def test_silence_has_a_flat_outline() -> None:
    assert not Waveform(np.zeros(1000, np.float32)).outline(10).any()
