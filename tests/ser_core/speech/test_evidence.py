from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from ser_core.speech.evidence import EVIDENCE_NAMES, gather_evidence, hear_voice
from ser_core.speech.frames import hear_frames

if TYPE_CHECKING:
    from ser_core.waveform import Waveform


def test_there_is_finite_evidence_around_every_frame(voice: Waveform) -> None:
    evidence = gather_evidence(hear_frames(voice.samples))

    assert evidence.shape == (148, len(EVIDENCE_NAMES))
    assert np.isfinite(evidence).all()


def test_a_voice_is_heard_and_the_noise_around_it_is_not(voice: Waveform) -> None:
    noise = 1e-3 * np.random.default_rng(0).standard_normal(4 * 16_000).astype(np.float32)

    is_voice = hear_voice(hear_frames(np.concatenate([noise, voice.samples, noise])))

    assert is_voice[210:330].all()
    assert not is_voice[:150].any()
    assert not is_voice[-150:].any()


def test_a_tone_that_never_glides_is_no_voice() -> None:
    cycles = 2 * np.pi * np.arange(32_000) / 16_000
    tone = np.float32(0.3 * np.sin(200 * cycles) * (1 + np.sin(3 * cycles)))

    assert not hear_voice(hear_frames(tone)).any()
