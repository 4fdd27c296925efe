from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ser_core.corpora import Clip
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import CorpusError, TooFewSpeakers
from ser_core.evaluation.protocols import RAVDESS_TEST_ACTORS, Fold
from ser_core.lab import folds
from ser_core.lab.folds import part_clips, refuse_known_speakers


def make_clip(speaker: str, emotion: str = "happy", gender: str | None = None) -> Clip:
    """Give a clip that nobody listens to."""
    corpus = speaker.partition("/")[0]
    return Clip(Path("x.wav"), emotion, gender, speaker, "", corpus)


def speakers_of(clips: list[Clip], numbers: np.ndarray) -> set[str]:
    return {clips[number].speaker for number in numbers}


@given(
    corpus=st.sampled_from(["mine", "ravdess"]),
    rows=st.lists(
        st.tuples(st.integers(1, 26), st.sampled_from(EMOTIONS), st.sampled_from([*GENDERS, None])),
        min_size=2,
        max_size=60,
    ),
)
def test_nobody_is_ever_learnt_from_and_tested_on(
    corpus: str, rows: list[tuple[int, str, str | None]]
) -> None:
    clips = [make_clip(f"{corpus}/{number:02}", *labels) for number, *labels in rows]
    try:
        parts = part_clips(clips, ["unseen-speakers"])
    except TooFewSpeakers:
        assert len({clip.speaker for clip in clips}) == 1
        return
    for part in parts:
        assert not speakers_of(clips, part.fold.train) & speakers_of(clips, part.fold.test)
    tested = np.concatenate([part.fold.test for part in parts])
    assert sorted(tested) == list(range(len(clips)))


@given(st.lists(st.sampled_from("abc"), min_size=1), st.lists(st.sampled_from("abc"), min_size=1))
def test_a_fold_with_somebody_on_both_sides_is_refused(train: list[str], test: list[str]) -> None:
    clips = [make_clip(f"mine/{speaker}") for speaker in train + test]
    numbers = np.arange(len(clips))
    fold = Fold(numbers[: len(train)], numbers[len(train) :])
    if set(train) & set(test):
        with pytest.raises(CorpusError, match="not unseen: mine/"):
            refuse_known_speakers(clips, fold)
    else:
        refuse_known_speakers(clips, fold)


def test_folds_that_are_not_what_they_say_are_never_used(monkeypatch: pytest.MonkeyPatch) -> None:
    clips = [make_clip(f"mine/{speaker}") for speaker in "abab"]
    mixed = (Fold(np.array([0, 1]), np.array([2, 3])),)
    monkeypatch.setattr(folds, "split", lambda *_: mixed)
    with pytest.raises(CorpusError, match="mine/a, mine/b would be learnt from and tested on"):
        part_clips(clips)


def test_ravdess_has_its_published_folds() -> None:
    clips = [make_clip(f"ravdess/{actor:02}", each) for actor in range(1, 25) for each in EMOTIONS]
    parts = part_clips(clips, ["unseen-speakers"])
    assert [speakers_of(clips, part.fold.test) for part in parts] == [
        {f"ravdess/{actor:02}" for actor in actors} for actors in RAVDESS_TEST_ACTORS
    ]


def test_splits_are_those_of_following_seeds() -> None:
    clips = [make_clip(f"mine/{n % 5}", EMOTIONS[n % 2]) for n in range(40)]
    parts = part_clips(clips, n_splits=3, seed=7)
    assert [(part.protocol, part.number) for part in parts] == [
        *(("unseen-speakers", number) for number in range(5)),
        *(("random-split", number) for number in range(3)),
    ]
    shifted = part_clips(clips, ["random-split"], n_splits=2, seed=8)
    for part, again in zip(parts[6:], shifted, strict=True):
        np.testing.assert_array_equal(part.fold.test, again.fold.test)
    assert not np.array_equal(parts[5].fold.test, parts[6].fold.test)
