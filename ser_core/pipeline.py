"""THE SPINE: from the bytes of a recording to a `Recognition`; every step is one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.decode import DecodeLimits, decode
from ser_core.errors import NoSpeech
from ser_core.features import measure
from ser_core.recognition import Recognition
from ser_core.segments import find_segments, pool
from ser_core.speech import find_speech
from ser_core.windows import cut_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.baseline import Baseline
    from ser_core.classify import Probabilities
    from ser_core.store import Model
    from ser_core.waveform import Waveform

MIN_SPEECH_SECONDS: Final = 0.3
"""Less speech than a syllable or two is no ground for an answer."""

N_STRETCHES: Final = 120
"""Of loudness in a recognition: as many bars as a picture for a telephone has room for."""

_DEFAULT_LIMITS: Final = DecodeLimits()


def recognise(
    data: bytes,
    model: Model,
    limits: DecodeLimits = _DEFAULT_LIMITS,
    *,
    baseline: Baseline | None = None,
) -> Recognition:
    """Give what is heard in the bytes of a recording, seen from its speaker's baseline.

    Raises:
        AudioError: if the recording cannot be recognised; the sender may try another.
        DecoderMissing: if the recording needs an ffmpeg and there is none.
    """
    return recognise_waveform(decode(data, limits), model, baseline=baseline)


def recognise_waveform(
    waveform: Waveform, model: Model, *, baseline: Baseline | None = None
) -> Recognition:
    """Give what is heard in a waveform of 16 kHz, seen from its speaker's baseline.

    Raises:
        NoSpeech: if nobody speaks.
    """
    parts = find_speech(waveform)
    speech_seconds = sum(part.seconds for part in parts)
    if speech_seconds < MIN_SPEECH_SECONDS:
        raise NoSpeech(waveform.seconds, speech_seconds)
    windows = cut_windows(parts)
    emotions, genders, strangeness = classify_waveforms(
        [waveform.between(window.start, window.end) for window in windows], model, baseline
    )
    return Recognition(
        emotions=pool(windows, emotions),
        genders=pool(windows, genders),
        seconds=waveform.seconds,
        speech_seconds=speech_seconds,
        segments=find_segments(windows, emotions),
        model_id=model.id,
        strangeness=float(strangeness.mean()),
        speech=tuple((part.start, part.end) for part in parts),
        loudness=tuple(waveform.outline(N_STRETCHES).round(3).tolist()),
    )


def classify_waveforms(
    waveforms: Sequence[Waveform], model: Model, baseline: Baseline | None = None
) -> Probabilities:
    """Give what the model says of each of several waveforms, each short enough for one answer."""
    measured = [measure(waveform, model.feature_set) for waveform in waveforms]
    heard = None
    if model.encoder is not None:
        heard = model.encoder.arrange(
            [model.encoder.hear(each.log_mel) for each in measured], model.classifier.corpora
        )
    vectors = np.stack([each.vector for each in measured])
    return model.classifier.classify(vectors, heard, baseline)


def speech_of(waveform: Waveform) -> Waveform:
    """Give the waveform from the first to the last speech; all of it where none is found.

    Models learn from this, so that they learn from what `recognise` shows them.
    """
    parts = find_speech(waveform)
    return waveform.between(parts[0].start, parts[-1].end) if parts else waveform
