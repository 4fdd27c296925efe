from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.baseline import MOST_CLIPS, PRIOR_CLIPS, Baseline, draw_earlier_clips

VECTORS = np.random.default_rng(0).normal(size=(9, 5)).astype(np.float32)
SPEAKERS = st.lists(st.sampled_from(["ada", "bo", "cleo"]), min_size=1, max_size=30)


def test_a_baseline_is_the_mean_of_its_clips() -> None:
    baseline = Baseline.of(VECTORS)
    assert baseline.n_clips == 9
    np.testing.assert_allclose(baseline.mean, VECTORS.mean(axis=0), rtol=1e-5)


def test_clips_that_come_one_by_one_give_the_same_baseline() -> None:
    baseline = Baseline.of(VECTORS[:1])
    for vector in VECTORS[1:]:
        baseline = baseline.add(vector)
    together = Baseline.of(VECTORS)
    assert baseline.n_clips == together.n_clips
    np.testing.assert_allclose(baseline.mean, together.mean, rtol=1e-12)


def test_a_baseline_may_begin_with_no_clip() -> None:
    nothing = Baseline.of(VECTORS[:0])
    assert (nothing.n_clips, nothing.weight) == (0, 0)
    assert np.isfinite(nothing.mean).all()
    np.testing.assert_allclose(nothing.add(VECTORS[0]).mean, VECTORS[0])


def test_the_more_clips_the_more_a_baseline_counts() -> None:
    weights = [Baseline(n_clips, VECTORS[0]).weight for n_clips in (0, 1, 4, 16, 1000)]
    assert weights[0] == 0
    assert weights == sorted(set(weights))
    assert Baseline(round(PRIOR_CLIPS), VECTORS[0]).weight == pytest.approx(0.5)
    assert 0.99 < weights[-1] < 1


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
