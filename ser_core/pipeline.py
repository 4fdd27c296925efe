"""THE SPINE: from the bytes of a recording to a `Recognition`; every step is one call."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.decode import DecodeLimits, decode
from ser_core.errors import NoSpeech
from ser_core.features import FEATURE_SETS
from ser_core.recognition import Recognition, Segment
from ser_core.speech import find_speech
from ser_core.windows import cut_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.speech import SpeechPart
    from ser_core.store import Model
    from ser_core.waveform import Waveform

MIN_SPEECH_SECONDS: Final = 0.3
"""Less speech than a syllable or two is no ground for an answer."""

_DEFAULT_LIMITS: Final = DecodeLimits()


def recognise(data: bytes, model: Model, limits: DecodeLimits = _DEFAULT_LIMITS) -> Recognition:
    """Give what is heard in the bytes of a recording.

    Raises:
        AudioError: if the recording cannot be recognised; the sender may try another.
        DecoderMissing: if the recording needs an ffmpeg and there is none.
    """
    return recognise_waveform(decode(data, limits), model)


def recognise_waveform(waveform: Waveform, model: Model) -> Recognition:
    """Give what is heard in a waveform of 16 kHz.

    Raises:
        NoSpeech: if nobody speaks.
    """
    parts = find_speech(waveform)
    speech_seconds = sum(part.seconds for part in parts)
    if speech_seconds < MIN_SPEECH_SECONDS:
        raise NoSpeech(waveform.seconds, speech_seconds)
    windows = cut_windows(parts)
    extract = FEATURE_SETS[model.feature_set].extract
    vectors = np.stack([extract(waveform.between(part.start, part.end)) for part in windows])
    emotions, genders = model.classifier.classify(vectors)
    seconds = np.array([window.seconds for window in windows])
    return Recognition(
        emotions=_mean(emotions, seconds),
        genders=_mean(genders, seconds),
        seconds=waveform.seconds,
        speech_seconds=speech_seconds,
        segments=_merge(windows, emotions, seconds),
        model_id=model.id,
    )


def speech_of(waveform: Waveform) -> Waveform:
    """Give the waveform from the first to the last speech; all of it where none is found.

    Models learn from this, so that they learn from what `recognise` shows them.
    """
    parts = find_speech(waveform)
    return waveform.between(parts[0].start, parts[-1].end) if parts else waveform


def _mean(probabilities: NDArray[np.float64], seconds: NDArray[np.float64]) -> tuple[float, ...]:
    """Average probabilities over windows, each counting by its seconds."""
    mean = seconds @ probabilities / seconds.sum()
    return tuple((mean / mean.sum()).tolist())


def _merge(
    windows: Sequence[SpeechPart],
    emotions: NDArray[np.float64],
    seconds: NDArray[np.float64],
) -> tuple[Segment, ...]:
    """Join neighbouring windows in which the same emotion prevails."""
    segments = []
    for _, group in groupby(range(len(windows)), key=lambda number: emotions[number].argmax()):
        run = list(group)
        merged = _mean(emotions[run], seconds[run])
        segments.append(Segment(windows[run[0]].start, windows[run[-1]].end, merged))
    return tuple(segments)
