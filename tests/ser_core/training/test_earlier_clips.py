from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.speaker import MOST_CLIPS, PRIOR_CLIPS, Baseline, Impression
from ser_core.training.earlier_clips import add_up_views, draw_earlier_clips

SPEAKERS = st.lists(st.sampled_from(["ada", "bo", "cleo"]), min_size=1, max_size=30)


@given(speakers=SPEAKERS, seed=st.integers(0, 2**32 - 1))
def test_earlier_clips_are_other_clips_of_the_same_speaker(speakers: list[str], seed: int) -> None:
    names = np.array(speakers)
    drawn = draw_earlier_clips(names, np.random.default_rng(seed)).toarray()
    assert drawn.shape == (names.size, names.size)
    clips, earlier = np.nonzero(drawn)
    assert (clips != earlier).all()
    assert (names[clips] == names[earlier]).all()


@given(speakers=SPEAKERS, seed=st.integers(0, 2**32 - 1))
def test_the_weights_of_earlier_clips_are_those_of_a_baseline(
    speakers: list[str], seed: int
) -> None:
    drawn = draw_earlier_clips(np.array(speakers), np.random.default_rng(seed)).toarray()
    possible = [n_clips / (n_clips + PRIOR_CLIPS) for n_clips in range(MOST_CLIPS + 1)]
    for total in drawn.sum(axis=1):
        assert np.min(np.abs(total - possible)) < 1e-5


def test_a_drawn_row_times_the_clips_is_their_shrunk_mean() -> None:
    drawn = draw_earlier_clips(np.array(["ada", "ada"] * 4), np.random.default_rng(0))
    values = np.full((8, 1), 3.0)
    totals = drawn.toarray().sum(axis=1)
    assert totals.any()
    np.testing.assert_allclose((drawn @ values)[:, 0], 3 * totals, rtol=1e-6)


def test_any_number_of_clips_is_drawn_and_few_as_often_as_many() -> None:
    drawn = draw_earlier_clips(np.repeat(["ada", "bo"], 4000), np.random.default_rng(0))
    totals = np.asarray(drawn.sum(axis=1))
    n_clips = np.round(PRIOR_CLIPS * totals / (1 - totals)).astype(int)
    assert set(n_clips) == set(range(1, MOST_CLIPS + 1))
    doubling = np.log(2) / np.log(MOST_CLIPS + 1)
    for few in (1, 2, 4, 8):
        share = np.mean((few <= n_clips) & (n_clips < 2 * few))
        assert share == pytest.approx(doubling, abs=0.03)


def test_every_other_clip_may_have_come_earlier() -> None:
    random = np.random.default_rng(0)
    speakers = np.array(["ada", "bo", "ada", "ada", "bo"])
    drawn = sum(draw_earlier_clips(speakers, random).toarray() for _ in range(40))
    same = speakers[:, None] == speakers
    assert np.array_equal(drawn > 0, same & ~np.eye(5, dtype=bool))


def test_a_speaker_of_one_clip_has_no_earlier_ones() -> None:
    assert draw_earlier_clips(np.array(["ada", "bo"]), np.random.default_rng(0)).nnz == 0


def test_drawn_clips_take_away_what_a_baseline_of_them_would() -> None:
    """One speaker of two clips has but one other clip, which may have come many times."""
    clips = np.random.default_rng(1).normal(size=(2, 3))
    views = np.random.default_rng(2).normal(size=(2, 4, 8))
    drawn = draw_earlier_clips(np.array(["ada", "ada"]), np.random.default_rng(0))
    total = drawn.toarray()[0, 1]
    n_clips = round(PRIOR_CLIPS * total / (1 - total))
    other = Impression("", clips[1], views[1], np.zeros(2))
    baseline = Baseline.begin(other)
    for _ in range(n_clips - 1):
        baseline = baseline.add(other)
    np.testing.assert_allclose((drawn @ clips)[0], baseline.weight * baseline.mean, rtol=1e-5)
    added = add_up_views(drawn, views)
    assert added.shape == views.shape
    np.testing.assert_allclose(added[0], baseline.weight * baseline.views, rtol=1e-5)
