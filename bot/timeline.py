"""PURE  The segments of a long recording become few enough stretches to read at a glance."""

from __future__ import annotations

from collections import defaultdict
from itertools import groupby, pairwise
from operator import itemgetter
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from ser_core.recognition import Segment


class Stretch(NamedTuple):
    """Hold a time, in seconds from the beginning, and its emotion; None where that is not sure."""

    start: float
    end: float
    emotion: str | None


def draw_timeline(segments: Sequence[Segment], *, max_stretches: int) -> list[Stretch]:
    """Give the stretches of equal emotion; where they are too many, a coarser view of them."""
    stretches = _join(
        Stretch(segment.start, segment.end, segment.emotion if segment.is_sure else None)
        for segment in segments
    )
    if len(stretches) > max_stretches:
        return _join(_cut(stretches, max_stretches))
    return stretches


def _join(stretches: Iterable[Stretch]) -> list[Stretch]:
    """Join neighbours of the same emotion, over the pause between them."""
    runs = (list(run) for _, run in groupby(stretches, key=lambda stretch: stretch.emotion))
    return [Stretch(run[0].start, run[-1].end, run[0].emotion) for run in runs]


def _cut(stretches: Sequence[Stretch], n_parts: int) -> list[Stretch]:
    """Cut the time into equal parts, named after what lasts longest in each; silent ones go."""
    first, last = stretches[0].start, stretches[-1].end
    edges = [first + (last - first) * part / n_parts for part in range(n_parts + 1)]
    parts = []
    for start, end in pairwise(edges):
        seconds: dict[str | None, float] = defaultdict(float)
        for stretch in stretches:
            seconds[stretch.emotion] += max(0, min(stretch.end, end) - max(stretch.start, start))
        emotion, longest = max(seconds.items(), key=itemgetter(1))
        if longest > 0:
            parts.append(Stretch(start, end, emotion))
    return parts
