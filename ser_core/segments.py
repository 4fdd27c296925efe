"""PURE  What the windows of one recording say together: over all of it, and from time to time.

::

    windows' probabilities ──┬── weighted mean ─────────────────────> the whole recording
                             └── smoothed over time ──> merged ─────> segments

A window counts by its seconds of speech and by its confidence; in the smoothed view also the
less, the further away it is. Both are means, so they stay probabilities, and many windows make
no answer surer than its windows were. To multiply probabilities, as a hidden Markov model does,
would: it takes windows for independent witnesses, but those of one voice err alike.
``benchmarks/long_notes.py`` compares them on unseen speakers.
"""

from __future__ import annotations

from functools import reduce
from itertools import groupby
from operator import attrgetter
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from ser_core.recognition import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from ser_core.windows import Window

    Floats = NDArray[np.float64]

FADING_SECONDS: Final = 3.0
"""So far away in time a window counts e times less. More finds fewer changes than there are,
less finds more; ``benchmarks/long_notes.py`` counts them."""

MIN_SEGMENT_SECONDS: Final = 2.0
"""What is shorter joins what is beside it, unless there is nothing else."""


class _Stretch(NamedTuple):
    """Hold a time, and in ``totals`` the probabilities in it times its seconds of speech."""

    start: float
    end: float
    totals: Floats

    @property
    def emotion(self) -> int:
        """Give the number of the most probable emotion."""
        return int(self.totals.argmax())

    @property
    def is_short(self) -> bool:
        """Tell whether this is too short to stand alone."""
        return self.end - self.start < MIN_SEGMENT_SECONDS

    def join(self, after: _Stretch) -> _Stretch:
        """Give this stretch and the next one as one."""
        return _Stretch(self.start, after.end, self.totals + after.totals)


def pool(windows: Sequence[Window], probabilities: Floats) -> tuple[float, ...]:
    """Give the probabilities of a whole recording, from those of each window, ``(n_windows, n)``.

    Source: the linear opinion pool of Stone (1961), "The Opinion Pool", Annals of Mathematical
    Statistics 32(4).
    """
    weights = _weigh(windows, probabilities)
    return tuple((weights / weights.sum() @ probabilities).tolist())


def find_segments(windows: Sequence[Window], emotions: Floats) -> tuple[Segment, ...]:
    """Give the stretches in which one emotion prevails, in order; neighbours differ.

    They do not overlap, cover all windows, and reach over the pause between two windows of the
    same emotion. ``emotions`` has shape ``(n_windows, 8)``.
    """
    stretches = (
        _Stretch(window.own.start, window.own.end, window.speech_seconds * row)
        for window, row in zip(windows, smooth(windows, emotions), strict=True)
    )
    return tuple(
        Segment(start, end, tuple((totals / totals.sum()).tolist()))
        for start, end, totals in _merge(stretches)
    )


def smooth(windows: Sequence[Window], probabilities: Floats) -> Floats:
    """Give each window the mean of all, in which nearer ones count more; the shape stays.

    Source: kernel regression, Nadaraya (1964), "On Estimating Regression", Theory of Probability
    & Its Applications 9(1); the kernel fades exponentially, so that two passes suffice.
    """
    weights = _weigh(windows, probabilities)[:, np.newaxis]
    middles = np.array([(window.own.start + window.own.end) / 2 for window in windows])
    fading = np.exp(-np.diff(middles) / FADING_SECONDS)
    rows = np.hstack((weights * probabilities, weights))
    past, future = _add_up(rows, fading), _add_up(rows[::-1], fading[::-1])[::-1]
    totals = past + future - rows
    return totals[:, :-1] / totals[:, -1:]


def _weigh(windows: Sequence[Window], probabilities: Floats) -> Floats:
    """Give how much each window counts: seconds of speech times confidence."""
    seconds = np.array([window.speech_seconds for window in windows])
    weights: Floats = seconds * probabilities.max(axis=1)
    return weights


def _add_up(rows: Floats, fading: Floats) -> Floats:
    """Give, for each row, the sum of it and of those before it, faded."""
    totals = rows.copy()
    for number, factor in enumerate(fading, start=1):
        totals[number] += factor * totals[number - 1]
    return totals


def _merge(stretches: Iterable[_Stretch]) -> list[_Stretch]:
    """Join neighbours that are alike, then short ones to what is beside them."""
    merged: list[_Stretch] = []
    for _, run in groupby(stretches, key=attrgetter("emotion")):
        last = reduce(_Stretch.join, run)
        while merged and (
            last.is_short or merged[-1].is_short or last.emotion == merged[-1].emotion
        ):
            last = merged.pop().join(last)
        merged.append(last)
    return merged
