"""THE SPINE: from the bytes of a recording to a `Recognition`; every step is one call."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.decode import DecodeLimits, decode
from ser_core.emotions import EMOTIONS
from ser_core.errors import NoSpeech
from ser_core.features import measure
from ser_core.recognition import Recognition
from ser_core.segments import find_segments, pool
from ser_core.speaker import Impression, Perception
from ser_core.speech import find_speech
from ser_core.windows import cut_windows

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.classify import Outputs
    from ser_core.features.spectrum import Matrix
    from ser_core.speaker import Speaker
    from ser_core.store import Model
    from ser_core.waveform import Waveform
    from ser_core.windows import Window

MIN_SPEECH_SECONDS: Final = 0.3
"""Less speech than a syllable or two is no ground for an answer."""

N_STRETCHES: Final = 120
"""Of loudness in a recognition: as many bars as a picture for a telephone has room for."""

_DEFAULT_LIMITS: Final = DecodeLimits()
_LEAST_SECONDS: Final = 1e-3
"""By which a window counts in which the speech gate hears nobody: weights must not all be 0."""


def recognise(
    data: bytes,
    model: Model,
    limits: DecodeLimits = _DEFAULT_LIMITS,
    *,
    speaker: Speaker | None = None,
) -> Recognition:
    """Give what is heard in the bytes of a recording, by what is known of its speaker.

    Raises:
        AudioError: if the recording cannot be recognised; the sender may try another.
        DecoderMissing: if the recording needs an ffmpeg and there is none.
    """
    return listen(data, model, limits, speaker=speaker).recognition


def listen(
    data: bytes,
    model: Model,
    limits: DecodeLimits = _DEFAULT_LIMITS,
    *,
    speaker: Speaker | None = None,
) -> Perception:
    """Give the same, and what the recording leaves behind for the next time.

    Raises:
        AudioError: if the recording cannot be recognised; the sender may try another.
        DecoderMissing: if the recording needs an ffmpeg and there is none.
    """
    return listen_to_waveform(decode(data, limits), model, speaker=speaker)


def listen_to_waveform(
    waveform: Waveform, model: Model, *, speaker: Speaker | None = None
) -> Perception:
    """Give what is heard in a waveform of 16 kHz, and what it leaves behind.

    Raises:
        NoSpeech: if nobody speaks.
    """
    parts = find_speech(waveform)
    speech_seconds = sum(part.seconds for part in parts)
    if speech_seconds < MIN_SPEECH_SECONDS:
        raise NoSpeech(waveform.seconds, speech_seconds)
    windows = cut_windows(parts)
    vectors, heard = measure_waveforms(
        [waveform.between(window.start, window.end) for window in windows], model
    )
    known = speaker and speaker.keep_source(model.source)
    emotions, genders, strangeness = model.classifier.classify(vectors, heard, known)
    recognition = Recognition(
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
    return Perception(recognition, _remember(windows, vectors, heard, model))


def measure_waveforms(waveforms: Sequence[Waveform], model: Model) -> tuple[Matrix, Outputs | None]:
    """Give the vectors of several waveforms, and what the model's encoder says of them.

    Each is short enough for one answer; vectors have shape ``(n_waveforms, n_columns)``.
    """
    vectors, heard = [], []
    for waveform in waveforms:  # one by one: the spectrograms of an hour take 200 MB
        measured = measure(waveform, model.feature_set)
        vectors.append(measured.vector)
        if model.encoder is not None:
            heard.append(model.encoder.hear(measured.log_mel))
    if model.encoder is None:
        return np.stack(vectors), None
    return np.stack(vectors), model.encoder.arrange(heard, model.classifier.corpora)


def _remember(
    windows: Sequence[Window], vectors: Matrix, heard: Outputs | None, model: Model
) -> Impression:
    """Give what the windows of a recording leave behind together, weighed by their speech."""
    weights = [window.speech_seconds + _LEAST_SECONDS for window in windows]

    def average(rows: Matrix) -> Matrix:
        mean: Matrix = np.average(rows, axis=0, weights=weights).astype(np.float32)
        return mean

    if heard is None:
        nothing = np.empty((0, len(EMOTIONS)), np.float32)
        return Impression(model.source, average(vectors), nothing, nothing[:, 0])
    views, genders, _ = heard
    return Impression(model.source, average(vectors), average(views), average(genders))


def speech_of(waveform: Waveform) -> Waveform:
    """Give the waveform from the first to the last speech; all of it where none is found.

    Models learn from this, so that they learn from what `recognise` shows them.
    """
    parts = find_speech(waveform)
    return waveform.between(parts[0].start, parts[-1].end) if parts else waveform
