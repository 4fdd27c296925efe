"""PURE  Long speech in overlapping windows of a few seconds, each long enough for one decision.

::

    speech     ████████████████   ███
    windows    ├───────┤          ├─┤     each is heard alone
                   ├───────┤
                       ├───────┤
    own time   ├─────┼───┼─────┤  ├─┤     shared out, so that no second counts twice

The corpora that models learn from hold one sentence a clip; a window is about as long. Windows
overlap, because nobody changes their mood at the edge of a window.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from math import ceil
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.speech import SpeechPart

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

WINDOW_SECONDS: Final = 4.0
"""What a window of long speech lasts; clips of the training corpora last 2 to 5 s."""

HOP_SECONDS: Final = 2.0
"""At most so long after one window of long speech the next begins."""

MAX_SECONDS: Final = 6.0
"""Speech up to this long stays in one window."""

MAX_PAUSE_SECONDS: Final = 1.0
"""Parts with a longer pause between them never share a window, unless all fits into one."""


@dataclass(frozen=True, slots=True)
class Window:
    """Hold a stretch to be heard alone, in seconds from the beginning of the recording.

    ``own`` is the time that it answers for: it overlaps no other window's, and together they
    cover the speech. ``speech_seconds`` is how much of its own time is speech.
    """

    start: float
    end: float
    own: SpeechPart
    speech_seconds: float

    @property
    def seconds(self) -> float:
        """Give the duration."""
        return self.end - self.start


def cut_windows(
    parts: tuple[SpeechPart, ...], *, hop_seconds: float = HOP_SECONDS
) -> tuple[Window, ...]:
    """Give windows over the parts of speech, in order; short speech has one."""
    if not parts:
        return ()
    whole = SpeechPart(parts[0].start, parts[-1].end)
    if whole.seconds <= MAX_SECONDS:
        return _share((whole,), parts)
    spans = [span for run in _join(parts) for span in _slide(run, hop_seconds)]
    return _share(spans, parts)


def _join(parts: Sequence[SpeechPart]) -> Iterator[SpeechPart]:
    """Join parts over short pauses."""
    start = parts[0].start
    for before, after in pairwise(parts):
        if after.start - before.end > MAX_PAUSE_SECONDS:
            yield SpeechPart(start, before.end)
            start = after.start
    yield SpeechPart(start, parts[-1].end)


def _slide(run: SpeechPart, hop_seconds: float) -> Iterator[SpeechPart]:
    """Cut a run into overlapping windows at even steps, if it is long."""
    if run.seconds <= MAX_SECONDS:
        yield run
        return
    n_steps = ceil((run.seconds - WINDOW_SECONDS) / hop_seconds)
    for number in range(n_steps + 1):
        # Counted from both ends, so that the last window ends exactly where the run does.
        share = number / n_steps
        start = run.start * (1 - share) + (run.end - WINDOW_SECONDS) * share
        yield SpeechPart(start, min(start + WINDOW_SECONDS, run.end))


def _share(spans: Sequence[SpeechPart], parts: Sequence[SpeechPart]) -> tuple[Window, ...]:
    """Make windows of spans: where two overlap, each owns the half that is nearer to it."""
    meetings = [(before.end + after.start) / 2 for before, after in pairwise(spans)]
    starts = [float("-inf"), *meetings]
    ends = [*meetings, float("inf")]
    owns = [
        SpeechPart(max(span.start, start), min(span.end, end))
        for span, start, end in zip(spans, starts, ends, strict=True)
    ]
    seconds = _count_speech(owns, parts)
    return tuple(
        Window(span.start, span.end, own, speech_seconds)
        for span, own, speech_seconds in zip(spans, owns, seconds, strict=True)
    )


def _count_speech(spans: Sequence[SpeechPart], parts: Sequence[SpeechPart]) -> list[float]:
    """Give how many seconds of each span are speech, in a time linear in both."""
    moments = [moment for part in parts for moment in (part.start, part.end)]
    # Up to each moment: the clock of speech runs inside parts and stands still between them.
    spoken = np.cumsum([0.0, *(part.seconds for part in parts)])
    clock = np.repeat(spoken, 2)[1:-1]
    edges = np.interp([(span.start, span.end) for span in spans], moments, clock)
    return [float(after - before) for before, after in edges]
