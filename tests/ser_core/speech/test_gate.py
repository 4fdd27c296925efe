from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest

from ser_core.speech.frames import hear_frames
from ser_core.speech.gate import (
    N_BEST,
    SILENCE,
    STRIDE,
    describe_frames,
    score_frames,
    score_recording,
)
from ser_core.synthesis import speak
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from ser_core.waveform import Waveform


def silence(seconds: float) -> np.ndarray:
    return np.zeros(round(seconds * SAMPLING_RATE), np.float32)


@pytest.mark.parametrize(("seconds", "n_scores"), [(0.05, N_BEST), (0.66, 8), (0.9, 11), (3.0, 37)])
def test_there_is_a_score_every_80_ms_and_always_enough(seconds: float, n_scores: int) -> None:
    scores = score_frames(hear_frames(speak(seconds=3.0).between(0, seconds).samples))
    assert scores.shape == (n_scores,)
    assert STRIDE * 0.02 == 0.08


def test_the_best_scores_decide() -> None:
    scores = np.concatenate([np.full(90, -7), np.full(N_BEST - 1, 3), [11]])
    assert score_recording(np.float32(scores)) == pytest.approx(4.0)


def test_each_score_is_that_of_its_own_place(voice: Waveform) -> None:
    samples = np.concatenate([silence(1.6), voice.samples, silence(1.6)])

    alone = score_frames(hear_frames(voice.samples))
    within = score_frames(hear_frames(samples))

    assert np.corrcoef(within[20 : 20 + len(alone)], alone)[0, 1] > 0.95
    assert within[:12].max() < 0
    assert within[-12:].max() < 0


def test_the_network_hears_silence_as_silence() -> None:
    columns = describe_frames(hear_frames(np.concatenate([speak(seconds=2.0).samples, silence(1)])))
    np.testing.assert_allclose(columns[-1], SILENCE, atol=1e-6)


def test_the_network_hears_no_level(voice: Waveform) -> None:
    quieter = describe_frames(hear_frames(0.1 * voice.samples))
    np.testing.assert_allclose(quieter, describe_frames(hear_frames(voice.samples)), atol=0.01)
