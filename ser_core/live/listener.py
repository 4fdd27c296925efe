"""The spine of listening: the last seconds of what comes, recognised again and again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.decode import DEFAULT_LIMITS
from ser_core.errors import NoSpeech, TooShort
from ser_core.pipeline import listen_to_waveform
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from collections.abc import Iterator

    from ser_core.live.source import Samples, Source
    from ser_core.recognition import Recognition
    from ser_core.store import Model

TICK_SECONDS: Final = 0.1
"""So often the level is told, between the answers."""

MIN_SECONDS: Final = DEFAULT_LIMITS.min_seconds
"""Less is no ground for an answer."""

_QUIETEST_DB: Final = -90.0


@dataclass(frozen=True, slots=True)
class Answer:
    """Hold what is heard from ``start`` to ``end``, in seconds of sound since the beginning.

    ``recognition`` is None if nobody speaks. ``skipped_seconds`` is how much later this answer
    comes than it should, because there was no time for those in between.
    """

    start: float
    end: float
    recognition: Recognition | None
    skipped_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Moment:
    """Hold what has just come: the level, in decibels of full scale, and an answer if it is due."""

    seconds: float
    level_db: float
    answer: Answer | None = None


def listen(
    source: Source, model: Model, *, window_seconds: float, every_seconds: float
) -> Iterator[Moment]:
    """Give a moment for each part of the sound, with an answer every so many seconds.

    Whatever is late is left out: the next answer is always about the newest sound. The last one
    is about the end.

    Raises:
        TooShort: if it all was too short for an answer.
    """
    heard = _Window(window_seconds)
    due = max(every_seconds, MIN_SECONDS)
    answered = 0.0
    while (part := source.take(TICK_SECONDS)) is not None:
        heard.add(part.samples, part.n_lost)
        answer = None
        if heard.end >= due:
            n_skipped = int((heard.end - due) / every_seconds)
            answer = heard.recognise(model, n_skipped * every_seconds)
            due += (n_skipped + 1) * every_seconds
            answered = heard.end
        yield Moment(heard.end, measure_level(part.samples), answer)
    if heard.end < MIN_SECONDS:
        raise TooShort(heard.end, MIN_SECONDS)
    if heard.end > answered:
        yield Moment(heard.end, _QUIETEST_DB, heard.recognise(model, 0.0))


def measure_level(samples: Samples) -> float:
    """Give the level in decibels; a sine of full scale has 0."""
    power = 2 * float(np.mean(np.square(samples))) if samples.size else 0.0
    return float(10 * np.log10(max(power, 10 ** (_QUIETEST_DB / 10))))


class _Window:
    """Hold the last seconds of what was heard."""

    def __init__(self, seconds: float) -> None:
        self._n_most = round(seconds * SAMPLING_RATE)
        self._samples = np.empty(0, np.float32)
        self._n_heard = 0

    @property
    def end(self) -> float:
        """Give how many seconds have been heard."""
        return self._n_heard / SAMPLING_RATE

    def add(self, samples: Samples, n_lost: int) -> None:
        """Add samples at the end; if some before them are lost, nothing older can be kept."""
        kept = self._samples[:0] if n_lost else self._samples
        self._samples = np.concatenate((kept, samples))[-self._n_most :]
        self._n_heard += n_lost + samples.size

    def recognise(self, model: Model, skipped_seconds: float) -> Answer:
        """Give what is heard in all that is held."""
        waveform = Waveform(self._samples)
        recognition: Recognition | None
        try:
            recognition = listen_to_waveform(waveform, model).recognition
        except NoSpeech:
            recognition = None
        return Answer(self.end - waveform.seconds, self.end, recognition, skipped_seconds)
