from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.speech import SpeechPart
from ser_core.windows import (
    HOP_SECONDS,
    MAX_PAUSE_SECONDS,
    MAX_SECONDS,
    WINDOW_SECONDS,
    Window,
    cut_windows,
)

Parts = tuple[SpeechPart, ...]


def make_parts(*ends: float) -> Parts:
    """Give parts from alternating starts and ends, in seconds."""
    return tuple(SpeechPart(*span) for span in zip(ends[::2], ends[1::2], strict=True))


def spans(parts: Parts | tuple[Window, ...]) -> list[tuple[float, float]]:
    return [(round(part.start, 3), round(part.end, 3)) for part in parts]


def own_spans(windows: tuple[Window, ...]) -> list[tuple[float, float]]:
    return spans(tuple(window.own for window in windows))


def count_shared(one: SpeechPart, parts: Parts) -> float:
    """Give the seconds of a stretch that lie inside parts."""
    return sum(max(0.0, min(one.end, part.end) - max(one.start, part.start)) for part in parts)


@st.composite
def speech(draw: st.DrawFn) -> Parts:
    """Draw parts of speech in order, with pauses between them."""
    lengths = draw(
        st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.1, 30.0)), min_size=1, max_size=12)
    )
    return make_parts(*accumulate(length for pair in lengths for length in pair))


@given(speech())
def test_windows_are_in_order(parts: Parts) -> None:
    windows = cut_windows(parts)
    assert all(window.seconds > 0 for window in windows)
    for before, after in pairwise(windows):
        assert before.start < after.start
        assert before.end < after.end


@given(speech())
def test_own_times_do_not_overlap_and_hold_all_speech_once(parts: Parts) -> None:
    windows = cut_windows(parts)
    owns = [window.own for window in windows]
    assert all(before.end <= after.start for before, after in pairwise(owns))
    for window in windows:
        assert window.start <= window.own.start < window.own.end <= window.end
        assert window.speech_seconds == pytest.approx(count_shared(window.own, parts), abs=1e-6)
    assert sum(window.speech_seconds for window in windows) == pytest.approx(
        sum(part.seconds for part in parts)
    )


@given(speech())
def test_every_window_answers_for_some_speech(parts: Parts) -> None:
    assert min(window.speech_seconds for window in cut_windows(parts)) > 0


@given(speech())
def test_no_window_is_longer_than_the_limit(parts: Parts) -> None:
    assert max(window.seconds for window in cut_windows(parts)) <= MAX_SECONDS + 1e-9


@given(speech())
def test_windows_cover_all_speech_and_no_long_pause(parts: Parts) -> None:
    windows = cut_windows(parts)
    inside = sum(window.own.seconds for window in windows)
    pauses = sum(after.start - before.end for before, after in pairwise(parts))
    assert inside <= sum(part.seconds for part in parts) + pauses + 1e-6
    assert windows[0].own.start == windows[0].start == parts[0].start
    assert windows[-1].own.end == windows[-1].end == parts[-1].end


@given(speech())
def test_only_short_speech_has_a_long_pause_inside_a_window(parts: Parts) -> None:
    windows = cut_windows(parts)
    long_pauses = [
        (before.end, after.start)
        for before, after in pairwise(parts)
        if after.start - before.end > MAX_PAUSE_SECONDS
    ]
    bridged = [
        pause
        for pause in long_pauses
        for window in windows
        if window.start < pause[0] and pause[1] < window.end
    ]
    assert not bridged or parts[-1].end - parts[0].start <= MAX_SECONDS


def test_no_speech_has_no_windows() -> None:
    assert cut_windows(()) == ()


def test_short_speech_has_one_window_with_its_pauses() -> None:
    windows = cut_windows(make_parts(1.0, 2.0, 4.5, 7.0))
    assert windows == (Window(1.0, 7.0, SpeechPart(1.0, 7.0), 3.5),)


def test_long_speech_has_overlapping_windows_at_even_steps() -> None:
    windows = cut_windows(make_parts(10.0, 17.0))
    assert spans(windows) == [(10.0, 14.0), (11.5, 15.5), (13.0, 17.0)]
    assert own_spans(windows) == [(10.0, 12.75), (12.75, 14.25), (14.25, 17.0)]


@given(st.floats(MAX_SECONDS + 0.01, 600.0))
def test_windows_of_long_speech_are_alike_and_close(seconds: float) -> None:
    windows = cut_windows(make_parts(3.0, 3.0 + seconds))
    assert all(window.seconds == pytest.approx(WINDOW_SECONDS) for window in windows)
    steps = [after.start - before.start for before, after in pairwise(windows)]
    assert max(steps) <= HOP_SECONDS + 1e-9
    assert min(steps) >= HOP_SECONDS / 2


def test_windows_can_lie_side_by_side() -> None:
    windows = cut_windows(make_parts(0.0, 12.0), hop_seconds=WINDOW_SECONDS)
    assert spans(windows) == own_spans(windows) == [(0.0, 4.0), (4.0, 8.0), (8.0, 12.0)]


def test_speech_counts_inside_the_own_time_alone() -> None:
    windows = cut_windows(make_parts(0.0, 2.5, 3.0, 8.0))
    assert own_spans(windows) == [(0.0, 3.0), (3.0, 5.0), (5.0, 8.0)]
    assert [window.speech_seconds for window in windows] == [2.5, 2.0, 3.0]


def test_a_long_pause_parts_windows() -> None:
    assert spans(cut_windows(make_parts(0.0, 1.0, 2.5, 3.5, 8.0, 9.0))) == [
        (0.0, 1.0),
        (2.5, 3.5),
        (8.0, 9.0),
    ]


def test_short_pauses_do_not_part_windows() -> None:
    assert spans(cut_windows(make_parts(0.0, 2.0, 3.0, 5.0, 20.0, 21.0))) == [
        (0.0, 5.0),
        (20.0, 21.0),
    ]


def test_a_window_between_short_and_long_stays_whole() -> None:
    assert spans(cut_windows(make_parts(0.0, MAX_SECONDS, 9.0, 10.0))) == [(0.0, 6.0), (9.0, 10.0)]
