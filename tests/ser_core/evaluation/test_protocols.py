from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.corpora import Clip
from ser_core.emotions import EMOTIONS
from ser_core.errors import CorpusError, TooFewSpeakers
from ser_core.evaluation.protocols import (
    RAVDESS_TEST_ACTORS,
    _join_corpora,
    random_split,
    split,
    unseen_speakers,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.evaluation.protocols import Fold


def make_clip(speaker: str, emotion: str = "happy", gender: str | None = None) -> Clip:
    """Give a clip of a speaker named ``corpus/name``; nobody listens to it."""
    return Clip(Path("x.wav"), emotion, gender, speaker, "en", speaker.partition("/")[0])


def make_ravdess(actors: Sequence[int]) -> list[Clip]:
    """Give one clip of each emotion for each actor."""
    return [make_clip(f"ravdess/{actor:02}", emotion) for actor in actors for emotion in EMOTIONS]


def check_folds(folds: tuple[Fold, ...], clips: Sequence[Clip]) -> None:
    """Check what makes a protocol honest."""
    tested = np.concatenate([fold.test for fold in folds])
    assert sorted(tested) == list(range(len(clips)))
    for fold in folds:
        assert fold.train.size
        assert sorted([*fold.train, *fold.test]) == list(range(len(clips)))
        seen = {clips[number].speaker for number in fold.train}
        assert seen.isdisjoint(clips[number].speaker for number in fold.test)


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b"]),
            st.integers(0, 12),
            st.sampled_from(EMOTIONS),
            st.sampled_from(["female", "male", None]),
        ),
        min_size=1,
        max_size=60,
    )
)
def test_nobody_stands_on_both_sides_and_each_clip_is_tested_once(
    rows: list[tuple[str, int, str, str | None]],
) -> None:
    clips = [make_clip(f"{corpus}/{name}", emotion, sex) for corpus, name, emotion, sex in rows]
    try:
        check_folds(unseen_speakers(clips), clips)
    except TooFewSpeakers:
        by_corpus = [{c.speaker for c in clips if c.corpus == corpus} for corpus in ("a", "b")]
        assert max(map(len, by_corpus)) == 1


def test_ravdess_has_its_published_folds() -> None:
    clips = make_ravdess(range(1, 25))
    folds = unseen_speakers(clips)
    check_folds(folds, clips)
    tested = [{clips[number].speaker for number in fold.test} for fold in folds]
    assert tested == [{f"ravdess/{actor:02}" for actor in test} for test in RAVDESS_TEST_ACTORS]


def test_a_part_of_ravdess_keeps_the_published_folds_that_it_has() -> None:
    clips = make_ravdess([2, 3, 5])
    folds = unseen_speakers(clips)
    check_folds(folds, clips)
    assert [{clips[n].speaker for n in fold.test} for fold in folds] == [
        {"ravdess/02", "ravdess/05"},
        {"ravdess/03"},
    ]


def test_actors_of_one_published_fold_are_parted_one_by_one() -> None:
    clips = make_ravdess([2, 5])
    folds = unseen_speakers(clips)
    check_folds(folds, clips)
    assert len(folds) == 2


def test_folds_are_balanced_by_gender_and_size() -> None:
    clips = [
        make_clip(f"x/{name}", emotion, "female" if name % 2 else "male")
        for name in range(20)
        for emotion in EMOTIONS
    ]
    for fold in unseen_speakers(clips):
        genders = [clips[number].gender for number in fold.test]
        assert (genders.count("female"), genders.count("male")) == (16, 16)


def test_folds_do_not_depend_on_the_order_of_the_clips() -> None:
    clips = [make_clip(f"x/{n % 7}", EMOTIONS[n % 8], "female") for n in range(100)]
    backwards = clips[::-1]
    forth = [{clips[number].speaker for number in fold.test} for fold in unseen_speakers(clips)]
    back = [{backwards[n].speaker for n in fold.test} for fold in unseen_speakers(backwards)]
    assert forth == back


def test_few_speakers_are_a_fold_each() -> None:
    clips = [make_clip(f"x/{name}") for name in "abcab"]
    folds = unseen_speakers(clips)
    check_folds(folds, clips)
    assert len(folds) == 3


def test_several_corpora_are_parted_at_once() -> None:
    clips = make_ravdess(range(1, 25)) + [make_clip(f"x/{name}") for name in range(10)]
    folds = unseen_speakers(clips)
    check_folds(folds, clips)
    assert len(folds) == 5
    assert all({clips[n].corpus for n in fold.test} == {"ravdess", "x"} for fold in folds)


def make_song(actors: Sequence[int]) -> list[Clip]:
    """Give what RAVDESS's actors sing."""
    return [replace(clip, corpus="ravdess-song") for clip in make_ravdess(actors)]


@pytest.mark.parametrize("n_folds", [2, 3, 5])
def test_whoever_speaks_in_one_corpus_and_sings_in_another_stands_on_one_side(
    n_folds: int,
) -> None:
    clips = make_song(range(3, 25)) + make_ravdess(range(1, 25))
    clips += [make_clip(f"x/{name}") for name in range(10)]
    folds = unseen_speakers(clips, n_folds)
    check_folds(folds, clips)
    assert len(folds) == n_folds
    assert max(fold.test.size for fold in folds) < 1.5 * min(fold.test.size for fold in folds)


def test_corpora_that_share_people_are_parted_together() -> None:
    clips = make_ravdess([2, 5]) + make_song([5])
    folds = unseen_speakers(clips)
    check_folds(folds, clips)
    assert len(folds) == 2


def test_a_third_corpus_may_join_two() -> None:
    clips = [make_clip(name) for name in ("x/a", "x/b", "x/c", "x/d")]
    clips = [
        *clips[:2],
        *(replace(clip, corpus="y") for clip in clips[2:]),
        *(replace(clip, corpus="z") for clip in clips[1:3]),
    ]
    check_folds(unseen_speakers(clips, 2), clips)
    (joined,) = _join_corpora(clips)
    assert joined == {"x", "y", "z"}


@pytest.mark.parametrize(("names", "n_speakers"), [("", 0), ("aaa", 1)])
def test_one_speaker_cannot_be_unseen(names: str, n_speakers: int) -> None:
    with pytest.raises(TooFewSpeakers) as caught:
        unseen_speakers([make_clip(f"x/{name}") for name in names])
    assert (caught.value.speakers, caught.value.needed) == (n_speakers, 2)


def test_a_random_split_tests_a_quarter_of_each_emotion() -> None:
    clips = [make_clip("x/a", emotion) for emotion in EMOTIONS for _ in range(12)]
    (fold,) = random_split(clips, seed=1)
    assert sorted([*fold.train, *fold.test]) == list(range(len(clips)))
    tested = [clips[number].emotion for number in fold.test]
    assert all(tested.count(emotion) == 3 for emotion in EMOTIONS)


def test_the_seed_decides_a_random_split() -> None:
    clips = [make_clip("x/a", emotion) for emotion in EMOTIONS for _ in range(12)]
    first, again, other = (random_split(clips, seed=seed)[0].test for seed in (1, 1, 2))
    assert list(first) == list(again)
    assert list(first) != list(other)


@pytest.mark.parametrize("emotions", [[], ["happy"], ["happy", "happy", "sad"]])
def test_too_few_clips_cannot_be_parted_at_random(emotions: list[str]) -> None:
    with pytest.raises(CorpusError, match=f"{len(emotions)} clips"):
        random_split([make_clip("x/a", emotion) for emotion in emotions])


def test_a_protocol_is_chosen_by_its_name() -> None:
    clips = [make_clip(f"x/{name}") for name in "abcdefgh"]
    assert len(split(clips, "unseen-speakers")) == 5
    assert len(split(clips, "random-split", seed=3)) == 1
