"""PURE  Where somebody speaks in a waveform, and whether anybody does.

::

    samples ──> frames: loudness, spectrum, voicing, pitch
                  ├──> evidence around each frame: a voice, and loud ──> parts ──┐
                  └──> gate: a small network hears the recording as a whole ─────┴──> parts, or none

The evidence says where a voice begins and ends, but a dog or a violin has one, too.
The gate says whether it is somebody speaking; it knows whispers, in which no voice is found.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.speech.evidence import hear_voice
from ser_core.speech.frames import HOP, RATE, hear_frames
from ser_core.speech.gate import STRIDE, score_frames, score_recording

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.waveform import Waveform

__all__ = ["SpeechPart", "find_speech"]

_LEAST_SCORE: Final = -0.75
"""From here on a recording in which a voice was found is somebody speaking.
Below 0, because to turn somebody away who speaks is worse than to answer a dog."""

_LEAST_WHISPER_SCORE: Final = 1.5
"""Where no voice was found, the gate has to be surer."""

_SILENCE_DBFS: Final = -75.0
"""A recording nowhere louder than this holds nothing to be heard."""

_PAUSE_SECONDS: Final = 0.3
"""Shorter pauses lie between words, not between parts."""

_PADDING_SECONDS: Final = 0.1
"""Kept before and after, where soft consonants are."""

_MIN_SECONDS: Final = 0.1
"""A part shorter than this is no syllable."""


@dataclass(frozen=True, slots=True)
class SpeechPart:
    """Hold a stretch of speech; ``start`` and ``end`` are seconds from the beginning."""

    start: float
    end: float

    @property
    def seconds(self) -> float:
        """Give the duration in seconds."""
        return self.end - self.start


def find_speech(waveform: Waveform) -> tuple[SpeechPart, ...]:
    """Find the parts of a 16 kHz waveform where somebody speaks, in order; none if nobody does."""
    frames = hear_frames(waveform.samples)
    top, floor = np.percentile(frames.level_db, [98, 10])
    if top < _SILENCE_DBFS:
        return ()
    is_loud = frames.level_db > max(top - 30, floor + 0.25 * (top - floor))
    parts = _join_frames(hear_voice(frames) & is_loud, waveform.seconds)
    scores = score_frames(frames)
    verdict = score_recording(scores)
    if parts:
        return parts if verdict > _LEAST_SCORE else ()
    if verdict > _LEAST_WHISPER_SCORE:
        is_spoken = np.repeat(scores > 0, STRIDE)[: len(is_loud)]
        return _join_frames(is_spoken & is_loud, waveform.seconds)
    return ()


def _join_frames(is_speech: NDArray[np.bool_], seconds: float) -> tuple[SpeechPart, ...]:
    """Join frames over short pauses into padded parts within the recording."""
    frame_seconds = HOP / RATE
    edges = np.flatnonzero(np.diff(np.concatenate([[False], is_speech, [False]]).astype(np.int8)))
    parts: list[SpeechPart] = []
    for first, last in edges.reshape(-1, 2) * frame_seconds:
        if parts and first - parts[-1].end < _PAUSE_SECONDS:
            parts[-1] = SpeechPart(parts[-1].start, float(last))
        else:
            parts.append(SpeechPart(float(first), float(last)))
    return tuple(
        SpeechPart(
            max(part.start - _PADDING_SECONDS, 0.0), min(part.end + _PADDING_SECONDS, seconds)
        )
        for part in parts
        if part.seconds >= _MIN_SECONDS
    )
