"""PURE  The segments of a long recording become few enough stretches to read at a glance."""

from __future__ import annotations

from itertools import groupby, pairwise
from typing import TYPE_CHECKING, NamedTuple

from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.recognition import Segment


class Stretch(NamedTuple):
    """Hold a time, in seconds from the beginning, in which one emotion prevails."""

    start: float
    end: float
    emotion: str


def draw_timeline(segments: Sequence[Segment], *, max_stretches: int) -> list[Stretch]:
    """Give the stretches of equal emotion; where they are too many, a coarser view of them."""
    stretches = [Stretch(segment.start, segment.end, segment.emotion) for segment in segments]
    joined = _join(stretches)
    if len(joined) > max_stretches:
        return _join(_cut(segments, max_stretches))
    return joined


def _join(stretches: Sequence[Stretch]) -> list[Stretch]:
    """Join neighbours of the same emotion, over the pause between them."""
    runs = (list(run) for _, run in groupby(stretches, key=lambda stretch: stretch.emotion))
    return [Stretch(run[0].start, run[-1].end, run[0].emotion) for run in runs]


def _cut(segments: Sequence[Segment], n_parts: int) -> list[Stretch]:
    """Cut the time into equal parts and name what prevails in each; silent parts are left out."""
    first, last = segments[0].start, segments[-1].end
    edges = [first + (last - first) * part / n_parts for part in range(n_parts + 1)]
    stretches = []
    for start, end in pairwise(edges):
        inside = [segment for segment in segments if segment.start < end and segment.end > start]
        if inside:
            stretches.append(Stretch(start, end, _find_prevailing(inside, start, end)))
    return stretches


def _find_prevailing(segments: Sequence[Segment], start: float, end: float) -> str:
    """Give the emotion with the most probability, weighted by the seconds between two times."""
    totals = [0.0] * len(EMOTIONS)
    for segment in segments:
        seconds = min(segment.end, end) - max(segment.start, start)
        for index, probability in enumerate(segment.emotions):
            totals[index] += seconds * probability
    return EMOTIONS[totals.index(max(totals))]
