from __future__ import annotations

from itertools import accumulate, pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.speech import SpeechPart
from ser_core.windows import MAX_PAUSE_SECONDS, MAX_SECONDS, WINDOW_SECONDS, cut_windows

Parts = tuple[SpeechPart, ...]


def make_parts(*ends: float) -> Parts:
    """Give parts from alternating starts and ends, in seconds."""
    return tuple(SpeechPart(*span) for span in zip(ends[::2], ends[1::2], strict=True))


def spans(parts: Parts) -> list[tuple[float, float]]:
    return [(round(part.start, 3), round(part.end, 3)) for part in parts]


@st.composite
def speech(draw: st.DrawFn) -> Parts:
    """Draw parts of speech in order, with pauses between them."""
    lengths = draw(
        st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.1, 30.0)), min_size=1, max_size=12)
    )
    return make_parts(*accumulate(length for pair in lengths for length in pair))


@given(speech())
def test_windows_are_in_order_and_do_not_overlap(parts: Parts) -> None:
    windows = cut_windows(parts)
    assert all(window.seconds > 0 for window in windows)
    assert all(before.end <= after.start for before, after in pairwise(windows))


@given(speech())
def test_no_window_is_longer_than_the_limit(parts: Parts) -> None:
    assert max(window.seconds for window in cut_windows(parts)) <= MAX_SECONDS + 1e-9


@given(speech())
def test_windows_cover_all_speech_and_no_long_pause(parts: Parts) -> None:
    windows = cut_windows(parts)
    inside = sum(window.seconds for window in windows)
    shared = sum(
        max(0.0, min(window.end, part.end) - max(window.start, part.start))
        for window in windows
        for part in parts
    )
    assert shared == pytest.approx(sum(part.seconds for part in parts), abs=1e-6)
    pauses = sum(after.start - before.end for before, after in pairwise(parts))
    assert inside <= shared + pauses + 1e-6
    assert windows[0].start == parts[0].start
    assert windows[-1].end == pytest.approx(parts[-1].end)


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
    assert spans(cut_windows(make_parts(1.0, 2.0, 4.5, 7.0))) == [(1.0, 7.0)]


def test_a_long_part_is_cut_into_equal_windows_of_about_four_seconds() -> None:
    windows = cut_windows(make_parts(10.0, 20.0))
    assert spans(windows) == [(10.0, 13.333), (13.333, 16.667), (16.667, 20.0)]
    assert all(window.seconds <= WINDOW_SECONDS for window in windows)


def test_neighbours_share_a_window_while_it_stays_short() -> None:
    parts = make_parts(0.0, 1.0, 1.5, 2.5, 3.0, 3.9, 4.2, 5.2, 5.5, 6.5)
    assert spans(cut_windows(parts)) == [(0.0, 3.9), (4.2, 6.5)]


def test_a_long_pause_parts_windows() -> None:
    assert spans(cut_windows(make_parts(0.0, 1.0, 2.5, 3.5, 8.0, 9.0))) == [
        (0.0, 1.0),
        (2.5, 3.5),
        (8.0, 9.0),
    ]
