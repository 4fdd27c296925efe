from __future__ import annotations

from itertools import accumulate, pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.emotions import EMOTIONS
from ser_core.segments import (
    FADING_SECONDS,
    MIN_SEGMENT_SECONDS,
    find_segments,
    pool,
    smooth,
)
from ser_core.speech import SpeechPart
from ser_core.windows import Window, cut_windows

Spans = list[tuple[float, float]]


def make_rows(*emotions: str, share: float = 0.8) -> np.ndarray:
    """Give a row of probabilities for each name; the other emotions share the rest."""
    rows = np.full((len(emotions), len(EMOTIONS)), (1 - share) / (len(EMOTIONS) - 1))
    for row, emotion in zip(rows, emotions, strict=True):
        row[EMOTIONS.index(emotion)] = share
    return rows


def make_windows(*spans: tuple[float, float]) -> tuple[Window, ...]:
    """Give windows that overlap nothing and are speech throughout."""
    return tuple(Window(a, b, SpeechPart(a, b), b - a) for a, b in spans)


def name(windows: tuple[Window, ...], rows: np.ndarray) -> list[tuple[float, float, str]]:
    return [(each.start, each.end, each.emotion) for each in find_segments(windows, rows)]


@st.composite
def heard(draw: st.DrawFn) -> tuple[tuple[Window, ...], np.ndarray]:
    """Draw the windows of some speech, and probabilities for each."""
    lengths = draw(
        st.lists(st.tuples(st.floats(0.0, 5.0), st.floats(0.1, 30.0)), min_size=1, max_size=8)
    )
    ends = list(accumulate(length for pair in lengths for length in pair))
    parts = [SpeechPart(*span) for span in zip(ends[::2], ends[1::2], strict=True)]
    windows = cut_windows(tuple(parts))
    logits = np.random.default_rng(draw(st.integers(0, 99))).normal(size=(len(windows), 8))
    rows = np.exp(draw(st.sampled_from((0.1, 3.0, 30.0))) * logits)
    return windows, rows / rows.sum(axis=1, keepdims=True)


@given(heard())
def test_all_that_is_said_is_probabilities(said: tuple[tuple[Window, ...], np.ndarray]) -> None:
    windows, rows = said
    segments = [segment.emotions for segment in find_segments(windows, rows)]
    for emotions in (pool(windows, rows), *segments):
        assert sum(emotions) == pytest.approx(1.0)
        assert min(emotions) >= 0
        assert all(type(probability) is float for probability in emotions)


@given(heard())
def test_no_answer_is_surer_than_the_surest_window(
    said: tuple[tuple[Window, ...], np.ndarray],
) -> None:
    windows, rows = said
    surest = rows.max() + 1e-9
    assert max(pool(windows, rows)) <= surest
    assert all(each.emotion_confidence <= surest for each in find_segments(windows, rows))


@given(heard())
def test_segments_cover_all_windows_in_order_without_overlap(
    said: tuple[tuple[Window, ...], np.ndarray],
) -> None:
    windows, rows = said
    segments = find_segments(windows, rows)
    assert segments[0].start == windows[0].start
    assert segments[-1].end == windows[-1].end
    assert all(one.end <= other.start for one, other in pairwise(segments))
    for window in windows:
        assert any(
            segment.start <= window.own.start and window.own.end <= segment.end
            for segment in segments
        )


@given(heard())
def test_neighbours_differ_and_none_is_very_short(
    said: tuple[tuple[Window, ...], np.ndarray],
) -> None:
    segments = find_segments(*said)
    assert all(one.emotion != other.emotion for one, other in pairwise(segments))
    if len(segments) > 1:
        assert min(each.end - each.start for each in segments) >= MIN_SEGMENT_SECONDS


@given(heard())
def test_smoothing_in_two_passes_is_the_weighted_mean_of_all(
    said: tuple[tuple[Window, ...], np.ndarray],
) -> None:
    windows, rows = said
    middles = np.array([(window.own.start + window.own.end) / 2 for window in windows])
    weights = np.array([window.speech_seconds for window in windows]) * rows.max(axis=1)
    kernel = weights * np.exp(-np.abs(middles[:, None] - middles) / FADING_SECONDS)
    expected = kernel @ rows / kernel.sum(axis=1, keepdims=True)
    np.testing.assert_allclose(smooth(windows, rows), expected, rtol=1e-9, atol=1e-12)


def test_one_window_is_the_whole_answer() -> None:
    windows, rows = make_windows((1.0, 4.0)), make_rows("sad", share=0.7)
    assert pool(windows, rows) == tuple(rows[0])
    (segment,) = find_segments(windows, rows)
    assert segment.emotions == pytest.approx(tuple(rows[0]))
    assert (segment.start, segment.end) == (1.0, 4.0)


def test_windows_count_by_their_speech() -> None:
    windows = make_windows((0.0, 4.0), (4.0, 5.0))
    assert pool(windows, np.array([[0.8, 0.2], [0.2, 0.8]])) == pytest.approx((0.68, 0.32))


def test_windows_count_by_their_confidence() -> None:
    windows = make_windows((0.0, 4.0), (4.0, 8.0))
    answer = pool(windows, np.array([[0.5, 0.5], [0.0, 1.0]]))
    assert answer == pytest.approx((0.5 / 3, 2.5 / 3))


def test_a_change_of_emotion_parts_segments_where_it_is() -> None:
    windows = make_windows((0, 4), (4, 8), (8, 12), (12, 16))
    rows = make_rows("sad", "sad", "happy", "happy")
    assert name(windows, rows) == [(0, 8, "sad"), (8, 16, "happy")]


def test_changes_show_in_speech_without_a_pause() -> None:
    windows = cut_windows((SpeechPart(0.0, 37.0),))
    thirds = [int(3 * window.own.start / 37.0) for window in windows]
    rows = make_rows(*(("sad", "happy", "sad")[third] for third in thirds))
    (first, second, third) = find_segments(windows, rows)
    assert (first.emotion, second.emotion, third.emotion) == ("sad", "happy", "sad")
    assert second.start == pytest.approx(37 / 3, abs=2.0)
    assert second.end == pytest.approx(2 * 37 / 3, abs=2.0)


def test_one_unsure_window_between_others_changes_nothing() -> None:
    windows = make_windows((0, 2), (2, 4), (4, 6), (6, 8), (8, 10))
    rows = make_rows("sad", "sad", "sad", "sad", "sad")
    rows[2] = make_rows("happy", share=0.3)
    assert name(windows, rows) == [(0, 10, "sad")]


def test_a_segment_reaches_over_a_pause() -> None:
    windows = make_windows((0, 4), (20, 24))
    assert name(windows, make_rows("sad", "sad")) == [(0, 24, "sad")]


def test_after_a_long_pause_what_was_before_hardly_counts() -> None:
    windows = make_windows((0, 4), (40, 44))
    rows = make_rows("sad", "happy")
    np.testing.assert_allclose(smooth(windows, rows), rows, atol=1e-4)


@pytest.mark.parametrize("spans", [[(0, 1), (20, 24)], [(0, 4), (20, 21)]], ids=["first", "last"])
def test_a_word_alone_joins_the_segment_beside_it(spans: Spans) -> None:
    windows = make_windows(*spans)
    rows = make_rows(*("happy" if end - start == 1 else "sad" for start, end in spans))
    (segment,) = find_segments(windows, rows)
    assert (segment.start, segment.end) == (spans[0][0], spans[-1][1])
    assert segment.emotion == "sad"
    assert segment.emotions[EMOTIONS.index("happy")] == pytest.approx(
        (0.8 + 4 * 0.2 / 7) / 5, rel=0.01
    )


def test_segments_that_a_word_made_alike_become_one() -> None:
    windows = make_windows((0, 4), (30, 32), (60, 61.5))
    rows = make_rows("happy", "sad", "happy")
    rows[1] = make_rows("sad", share=0.3)
    assert name(windows, rows) == [(0, 61.5, "happy")]


def test_an_hour_of_speech_has_segments_to_its_end() -> None:
    windows = cut_windows((SpeechPart(0.0, 3600.0),))
    rows = np.repeat(make_rows(*EMOTIONS), 225, axis=0)[: len(windows)]
    assert len(windows) == 1799
    segments = find_segments(windows, rows)
    assert [segment.emotion for segment in segments] == list(EMOTIONS)
    assert segments[-1].end == 3600.0
