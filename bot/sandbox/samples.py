"""Voice notes for a visitor without a microphone, synthesised by the project and labelled so."""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from ser_core.waveform import SAMPLING_RATE, Waveform


@dataclass(frozen=True, slots=True)
class Sample:
    """Hold how a note is made: these emotions one after another, each this long.

    The label says how it sounds, not the emotion: what is heard in it is the recogniser's to say.

    ``seed`` decides which syllables are babbled; without an emotion nobody speaks.
    """

    name: str
    label: str
    emoji: str
    gender: str
    emotions: tuple[str, ...]
    seconds_each: float
    seed: int = 1

    @property
    def seconds(self) -> float:
        """Give the duration of the note in seconds."""
        return self.seconds_each * max(len(self.emotions), 1)


SAMPLES: Final = (
    Sample("happy", "Lively, a woman", "🎈", "female", ("happy",), 4.0),
    Sample("sad", "Low and slow, a man", "🐢", "male", ("sad",), 4.0),
    Sample("angry", "Loud and fast, a man", "📣", "male", ("angry",), 4.0),
    Sample("calm", "Soft, a woman", "🪶", "female", ("calm",), 4.0),
    Sample("fearful", "High and shaky, a woman", "🍃", "female", ("fearful",), 4.0),
    Sample("long", "From soft to loud", "🎢", "female", ("calm", "sad", "angry"), 8.0),
    Sample("fan", "Only a fan, no voice", "🌀", "", (), 3.0),
)


def find_sample(name: str) -> Sample | None:
    """Give the sample of this name."""
    return next((sample for sample in SAMPLES if sample.name == name), None)


def show_sample(sample: Sample) -> dict[str, Any]:
    """Give what the page shows of a sample, ready for JSON."""
    return {
        "name": sample.name,
        "label": sample.label,
        "emoji": sample.emoji,
        "seconds": sample.seconds,
        "url": f"/sandbox/api/samples/{sample.name}",
    }


@functools.cache
def make_voice_note(sample: Sample) -> bytes:
    """Give a sample as a phone would send it, in Ogg Opus; it is made once."""
    # It takes long to import, and who starts the sandbox need not wait for it.
    from ser_core.synthesis import encode_voice_note  # noqa: PLC0415  see above

    return encode_voice_note(_make_waveform(sample))


def _make_waveform(sample: Sample) -> Waveform:
    """Give the sound of a sample."""
    if not sample.emotions:
        return _blow(sample)
    from ser_core.synthesis import speak  # noqa: PLC0415  see above

    parts = [
        speak(emotion, sample.gender, seconds=sample.seconds_each, seed=sample.seed).samples
        for emotion in sample.emotions
    ]
    return Waveform(np.concatenate(parts))


def _blow(sample: Sample) -> Waveform:
    """Give the steady low rush of a fan: brownish noise."""
    n_samples = round(sample.seconds_each * SAMPLING_RATE)
    white = np.random.default_rng(sample.seed).standard_normal(n_samples)
    rush = np.convolve(white, np.ones(40) / 40, mode="same")
    return Waveform((0.1 * rush).astype(np.float32))
