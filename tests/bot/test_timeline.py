from __future__ import annotations

import pytest
from hearings import spread
from hypothesis import given
from hypothesis import strategies as st

from bot.timeline import Stretch, draw_timeline
from ser_core.emotions import EMOTIONS
from ser_core.recognition import SURE_FROM, Segment

UNSURE = SURE_FROM - 0.01


def make_segments(*emotions: str, seconds: float = 2.0) -> tuple[Segment, ...]:
    return tuple(
        Segment(index * seconds, (index + 1) * seconds, spread(emotion, 0.8))
        for index, emotion in enumerate(emotions)
    )


def test_neighbours_of_one_emotion_become_one_stretch() -> None:
    timeline = draw_timeline(make_segments("sad", "sad", "calm"), max_stretches=8)
    assert timeline == [Stretch(0.0, 4.0, "sad"), Stretch(4.0, 6.0, "calm")]


def test_a_pause_inside_one_emotion_is_bridged() -> None:
    segments = (Segment(0.0, 2.0, spread("sad", 0.8)), Segment(5.0, 7.0, spread("sad", 0.9)))
    assert draw_timeline(segments, max_stretches=8) == [Stretch(0.0, 7.0, "sad")]


def test_segments_that_are_not_sure_become_one_stretch_without_an_emotion() -> None:
    segments = (
        Segment(0.0, 2.0, spread("sad", SURE_FROM)),
        Segment(2.0, 4.0, spread("sad", UNSURE)),
        Segment(4.0, 7.0, spread("calm", UNSURE)),
    )
    assert draw_timeline(segments, max_stretches=8) == [
        Stretch(0.0, 2.0, "sad"),
        Stretch(2.0, 7.0, None),
    ]


def test_too_many_stretches_give_way_to_what_prevails_in_equal_parts() -> None:
    segments = make_segments("sad", "sad", "calm", "happy", "angry", "happy")
    timeline = draw_timeline(segments, max_stretches=2)
    assert timeline == [Stretch(0.0, 6.0, "sad"), Stretch(6.0, 12.0, "happy")]


def test_a_part_that_is_mostly_not_sure_is_not_sure() -> None:
    unsure = (Segment(6.0, 8.0, spread("happy", UNSURE)), Segment(8.0, 10.0, spread("sad", UNSURE)))
    segments = (*make_segments("sad", "calm", "sad"), *unsure, Segment(10, 12, spread("sad", 0.8)))
    timeline = draw_timeline(segments, max_stretches=2)
    assert timeline == [Stretch(0.0, 6.0, "sad"), Stretch(6.0, 12.0, None)]


def test_what_reaches_into_a_part_counts_by_its_seconds_there() -> None:
    segments = (
        Segment(0.0, 3.0, spread("sad", 0.8)),
        Segment(3.0, 9.0, spread("calm", 0.8)),
        Segment(9.0, 10.0, spread("sad", 0.8)),
    )
    assert draw_timeline(segments, max_stretches=2) == [
        Stretch(0.0, 5.0, "sad"),
        Stretch(5.0, 10.0, "calm"),
    ]


def test_a_part_in_which_nobody_speaks_is_left_out() -> None:
    ending = (Segment(28.0, 29.0, spread("angry", 0.8)), Segment(29.0, 30.0, spread("sad", 0.9)))
    segments = (*make_segments("sad", "calm", "sad", seconds=1.0), *ending)
    timeline = draw_timeline(segments, max_stretches=3)
    assert timeline == [Stretch(0.0, 30.0, "sad")]


@given(
    emotions=st.lists(st.sampled_from(EMOTIONS), min_size=1, max_size=60),
    max_stretches=st.integers(1, 8),
)
def test_the_timeline_is_short_ordered_and_inside_the_recording(
    emotions: list[str], max_stretches: int
) -> None:
    timeline = draw_timeline(make_segments(*emotions), max_stretches=max_stretches)
    assert 1 <= len(timeline) <= max_stretches
    moments = [moment for start, end, _ in timeline for moment in (start, end)]
    assert moments == sorted(moments)
    assert moments[0] == 0.0
    assert moments[-1] == pytest.approx(2.0 * len(emotions))
