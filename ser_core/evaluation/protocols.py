"""PURE  Which clips are learnt from and which are tested on.

`unseen_speakers` decides: nobody stands on both sides. `random_split` is what tutorials do; the
same voice then stands on both sides, which flatters. Nothing depends on the order of the clips,
but for the numbers in the folds.
"""

from __future__ import annotations

import warnings
from collections import Counter, defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Literal

import numpy as np
from sklearn.model_selection import StratifiedGroupKFold, train_test_split

from ser_core.errors import CorpusError, TooFewSpeakers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from ser_core.corpora import Clip

Protocol = Literal["unseen-speakers", "random-split"]

N_FOLDS: Final = 5
MIN_FOLDS: Final = 2

RAVDESS_TEST_ACTORS: Final = (
    (2, 5, 14, 15, 16),
    (3, 6, 7, 13, 18),
    (10, 11, 12, 19, 20),
    (8, 17, 21, 23, 24),
    (1, 4, 9, 22),
)
"""Source: Luna-Jiménez et al. (2021), "Multimodal Emotion Recognition on RAVDESS Dataset Using
Transfer Learning", Sensors 21(22), 7665."""

RAVDESS_FOLDS: Final = {
    f"ravdess/{actor:02}": fold
    for fold, actors in enumerate(RAVDESS_TEST_ACTORS)
    for actor in actors
}


@dataclass(frozen=True, slots=True, eq=False)
class Fold:
    """Hold the numbers of the clips to learn from and of those to test on, ascending."""

    train: NDArray[np.intp]
    test: NDArray[np.intp]


def unseen_speakers(clips: Sequence[Clip], n_folds: int = N_FOLDS) -> tuple[Fold, ...]:
    """Part clips so that each is tested once, by a model that never heard its speaker.

    RAVDESS has its five published folds; elsewhere each fold gets a like share of clips, emotions
    and genders, and no more speakers than folds means one speaker a fold. Several corpora are
    parted at once: fold k leaves out the k-th part of the speakers of each. Corpora in which the
    same people are heard count as one.

    Raises:
        TooFewSpeakers: if there are not two speakers to part.
    """
    fold_of: dict[str, int] = {}
    for names in _join_corpora(clips):
        fold_of |= _part_speakers([clip for clip in clips if clip.corpus in names], n_folds)
    if len(set(fold_of.values())) < MIN_FOLDS:
        corpora = ", ".join(sorted({clip.corpus for clip in clips})) or "an empty corpus"
        raise TooFewSpeakers(corpora, len(fold_of), MIN_FOLDS)
    folds = np.array([fold_of[clip.speaker] for clip in clips])
    return tuple(
        Fold(train=np.flatnonzero(folds != fold), test=np.flatnonzero(folds == fold))
        for fold in np.unique(folds)
    )


def number_folds(folds: Sequence[Fold]) -> NDArray[np.intp]:
    """Give the number of the fold that tests each clip; every clip is tested in one of them."""
    numbers = np.zeros(sum(fold.test.size for fold in folds), np.intp)
    for number, fold in enumerate(folds):
        numbers[fold.test] = number
    return numbers


def random_split(
    clips: Sequence[Clip], *, test_share: float = 0.25, seed: int = 0
) -> tuple[Fold, ...]:
    """Part clips at random, each emotion in the same share, as tutorials do; gives one fold.

    Raises:
        CorpusError: if an emotion has a single clip, or there are fewer clips than that needs.
    """
    try:
        train, test = train_test_split(
            np.arange(len(clips)),
            test_size=test_share,
            random_state=seed,
            stratify=[str(clip.emotion) for clip in clips],
        )
    except ValueError as error:
        message = f"{len(clips)} clips cannot be parted at random: {error}"
        raise CorpusError(message) from error
    return (Fold(train=np.sort(train), test=np.sort(test)),)


def split(clips: Sequence[Clip], protocol: Protocol, *, seed: int = 0) -> tuple[Fold, ...]:
    """Part clips by the protocol of that name; only the random split uses the seed.

    Raises:
        CorpusError: if the clips cannot be parted so.
    """
    if protocol == "unseen-speakers":
        return unseen_speakers(clips)
    return random_split(clips, seed=seed)


def _join_corpora(clips: Sequence[Clip]) -> list[set[str]]:
    """Give the names of the corpora, together where they share a speaker."""
    corpora_of: dict[str, set[str]] = defaultdict(set)
    for clip in clips:
        corpora_of[clip.speaker].add(clip.corpus)
    groups: list[set[str]] = []
    for corpora in corpora_of.values():
        related = [group for group in groups if group & corpora]
        groups = [group for group in groups if group not in related]
        groups.append(corpora.union(*related))
    return sorted(groups, key=min)


def _part_speakers(clips: Sequence[Clip], n_folds: int) -> dict[str, int]:
    """Give the fold of each speaker of one corpus, or of several with the same speakers."""
    speakers = sorted({clip.speaker for clip in clips})
    published = {name: RAVDESS_FOLDS[name] for name in speakers if name in RAVDESS_FOLDS}
    is_parted = len(set(published.values())) >= MIN_FOLDS
    if n_folds == N_FOLDS and len(published) == len(speakers) and is_parted:
        return published
    if len(speakers) <= n_folds:
        return {speaker: fold for fold, speaker in enumerate(speakers)}
    labels = [f"{clip.gender} {clip.emotion}" for clip in clips]
    if max(Counter(labels).values()) < n_folds:
        labels = ["any"] * len(clips)  # too few of each to spread them
    parts = StratifiedGroupKFold(n_folds).split(labels, labels, [clip.speaker for clip in clips])
    with warnings.catch_warnings():
        # Some labels are rarer than folds: they cannot be in every one, which is as it must be.
        warnings.filterwarnings("ignore", "The least populated class", UserWarning)
        return {
            clips[number].speaker: fold for fold, (_, test) in enumerate(parts) for number in test
        }
