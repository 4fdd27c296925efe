from __future__ import annotations

import contextlib
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from learning import make_impression, make_lesson

from ser_core.speaker import MOST_CLIPS, PRIOR_CLIPS, Baseline, Impression, Speaker

RANDOM = np.random.default_rng(0)
IMPRESSIONS = [make_impression(RANDOM.normal(size=5), RANDOM.normal(size=(3, 8))) for _ in range(9)]
NUMBERS = st.floats(width=32)


def add_all(impressions: list[Impression]) -> Baseline:
    """Give the baseline after some clips, one by one."""
    baseline = Baseline.begin(impressions[0])
    for impression in impressions[1:]:
        baseline = baseline.add(impression)
    return baseline


def test_a_baseline_is_the_mean_of_its_clips() -> None:
    baseline = add_all(IMPRESSIONS)
    assert baseline.n_clips == 9
    vectors, views = (
        np.mean([getattr(each, name) for each in IMPRESSIONS], axis=0)
        for name in ("vector", "views")
    )
    np.testing.assert_allclose(baseline.mean, vectors, rtol=1e-5)
    np.testing.assert_allclose(baseline.views, views, rtol=1e-5)


def test_a_clip_leaves_the_baseline_before_it_as_it_was() -> None:
    before = Baseline.begin(IMPRESSIONS[0])
    before.add(IMPRESSIONS[1])
    assert before.n_clips == 1
    np.testing.assert_array_equal(before.mean, IMPRESSIONS[0].vector)


def test_the_more_clips_the_more_a_baseline_counts() -> None:
    weights = [
        replace(Baseline.begin(IMPRESSIONS[0]), n_clips=n_clips).weight for n_clips in (1, 4, 16)
    ]
    assert weights == sorted(set(weights))
    assert weights[0] > 0
    assert weights[1] == pytest.approx(4 / (4 + PRIOR_CLIPS)) == 0.5


def test_a_baseline_counts_no_more_than_training_knew() -> None:
    first = Baseline.begin(IMPRESSIONS[0])
    most = replace(first, n_clips=MOST_CLIPS).weight
    assert replace(first, n_clips=1000).weight == most
    assert replace(first, n_clips=MOST_CLIPS - 1).weight < most < 1


def test_later_clips_push_earlier_ones_out() -> None:
    old, new = make_impression(np.zeros(1)), make_impression(np.ones(1))
    baseline = add_all([old] * 500)
    for _ in range(3 * MOST_CLIPS):
        baseline = baseline.add(new)
    assert baseline.n_clips == 500 + 3 * MOST_CLIPS
    assert baseline.mean[0] > 0.9


def test_another_source_begins_a_new_baseline() -> None:
    other = make_impression(np.ones(7), source="another")
    baseline = add_all([*IMPRESSIONS, other])
    assert (baseline.source, baseline.n_clips) == ("another", 1)
    np.testing.assert_array_equal(baseline.mean, other.vector)
    assert add_all([other, *IMPRESSIONS]).n_clips == 9


@given(
    source=st.text(max_size=20).filter(lambda text: "\0" not in text),
    vector=arrays(np.float32, st.integers(0, 5), elements=NUMBERS),
    views=arrays(np.float32, st.tuples(st.integers(0, 3), st.just(8)), elements=NUMBERS),
    genders=arrays(np.float32, 2, elements=NUMBERS),
)
def test_an_impression_comes_back_from_its_bytes_as_it_was(
    source: str, vector: np.ndarray, views: np.ndarray, genders: np.ndarray
) -> None:
    saved = Impression(source, vector, views, genders)
    loaded = Impression.from_bytes(saved.to_bytes())
    assert loaded.source == source
    for name in ("vector", "views", "genders"):
        before, after = getattr(saved, name), getattr(loaded, name)
        np.testing.assert_array_equal(after, before)
        assert (after.dtype, after.shape) == (before.dtype, before.shape)


def test_a_baseline_comes_back_from_its_bytes_and_goes_on() -> None:
    saved = add_all([IMPRESSIONS[0]] * 4)
    loaded = Baseline.from_bytes(saved.to_bytes())
    assert (loaded.source, loaded.n_clips, type(loaded.n_clips)) == (saved.source, 4, int)
    one, other = saved.add(IMPRESSIONS[4]), loaded.add(IMPRESSIONS[4])
    assert (one.n_clips, other.n_clips) == (5, 5)
    np.testing.assert_allclose(one.mean, other.mean, rtol=1e-6)
    np.testing.assert_allclose(one.views, other.views, rtol=1e-6)


@given(st.binary(max_size=60))
def test_foreign_bytes_are_a_value_error(data: bytes) -> None:
    for kind in (Impression, Baseline):
        with pytest.raises(ValueError, match=r"."):
            kind.from_bytes(data)


@pytest.mark.parametrize(
    "line",
    [
        b"{}",
        b"[]",
        b"[" * 100_000,
        b'{"shapes": [[0], [0], [0]]}',
        b'{"source": "", "shapes": 3}',
        b'{"source": "", "shapes": [["a"], [0], [0]]}',
        b'{"source": "", "shapes": [[9], [0], [0]]}',
        b'{"source": "", "shapes": [[1e400], [0], [0]]}',
        b'{"source": "", "shapes": [[999999999, 9999999999999], [0], [0]]}',
        b'{"source": "", "shapes": [[0]]}',
    ],
    ids=lambda line: line.decode()[:40],
)
def test_what_was_not_packed_is_a_value_error(line: bytes) -> None:
    with pytest.raises(ValueError, match=r"."):
        Impression.from_bytes(line + b"\n")


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_a_damaged_impression_is_a_value_error_or_has_other_numbers(place: int, byte: int) -> None:
    data = bytearray(IMPRESSIONS[0].to_bytes())
    data[place % len(data)] = byte
    with contextlib.suppress(ValueError):
        assert isinstance(Impression.from_bytes(bytes(data)), Impression)
    with pytest.raises(ValueError, match=r"."):
        Impression.from_bytes(IMPRESSIONS[0].to_bytes()[: place % len(data)])


def test_a_baseline_must_know_its_clips() -> None:
    impression = IMPRESSIONS[0].to_bytes()
    with pytest.raises(ValueError, match=r"."):
        Baseline.from_bytes(impression)


def test_only_what_one_source_measured_is_kept() -> None:
    ours, theirs = (make_impression(np.ones(2), source=name) for name in ("ours", "theirs"))
    lessons = tuple(make_lesson(each) for each in (ours, theirs, ours))
    speaker = Speaker(Baseline.begin(ours), lessons)
    kept, other = (speaker.keep_source(name) for name in ("ours", "theirs"))
    assert (kept.baseline, kept.lessons) == (speaker.baseline, (lessons[0], lessons[2]))
    assert (other.baseline, other.lessons) == (None, (lessons[1],))


def test_of_whom_nothing_is_known_nothing_is_kept() -> None:
    nobody = Speaker().keep_source("ours")
    assert (nobody.baseline, nobody.lessons) == (None, ())
