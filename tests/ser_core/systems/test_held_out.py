from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from learning import make_clip, make_separable, make_vectors
from sklearn.dummy import DummyClassifier
from sklearn.linear_model import LogisticRegression

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import CorpusError, TooFewSpeakers
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.systems.held_out import HeldOut, learn
from ser_core.systems.system import System
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from ser_core.classify import Probabilities
    from ser_core.training.vectors import Progress, Vectors

HOW = Extraction("classic180")
LINEAR = System("linear", "a line", "classic180", lambda _: LogisticRegression())
TOGETHER = replace(LINEAR, tells_gender=True)
HAPPY, SAD = EMOTIONS.index("happy"), EMOTIONS.index("sad")


def ask(vectors: Vectors, system: System = LINEAR, progress: Progress | None = None) -> HeldOut:
    return learn(system, {}, vectors, HOW, progress)


def count_right(vectors: Vectors, found: HeldOut | Probabilities) -> tuple[float, float]:
    found = found.probabilities if isinstance(found, HeldOut) else found
    emotions = [EMOTIONS.index(str(clip.emotion)) for clip in vectors.clips]
    genders = [GENDERS.index(str(clip.gender)) for clip in vectors.clips]
    right = (found.emotions.argmax(axis=1) == emotions, found.genders.argmax(axis=1) == genders)
    return float(np.mean(right[0])), float(np.mean(right[1]))


@pytest.mark.parametrize("system", [LINEAR, TOGETHER], ids=["apart", "together"])
def test_emotions_and_genders_are_told_of_unseen_speakers(system: System) -> None:
    vectors = make_separable(10)
    said, classifier = ask(vectors, system)
    for found in (said, classifier.classify(vectors.values[0])):
        assert min(count_right(vectors, found)) > 0.9
        np.testing.assert_allclose(found.emotions.sum(axis=1), 1)
        np.testing.assert_allclose(found.genders.sum(axis=1), 1)
    assert (classifier.genders is None) == system.tells_gender
    assert classifier.corpora == ("a",)


def test_whoever_judges_a_clip_never_heard_its_speaker() -> None:
    """Columns name the speaker and nothing else, so a held-out judge can only guess."""
    clips = [
        make_clip(f"a/{speaker}", ("happy", "sad")[speaker % 2], GENDERS[speaker // 2 % 2])
        for speaker in range(8)
        for _ in range(3)
    ]
    vectors = make_vectors(clips, np.eye(8)[np.repeat(np.arange(8), 3)] * 5)
    said, classifier = ask(vectors)
    assert count_right(vectors, classifier.classify(vectors.values[0]))[0] == 1.0
    assert count_right(vectors, said)[0] < 0.7


def test_probabilities_of_a_fold_have_what_suits_the_other_folds() -> None:
    """In one fold labels are turned round: nobody must know of that but the other folds."""
    vectors = make_separable(10)
    folds = unseen_speakers(vectors.clips)
    turned = set(folds[0].test.tolist())
    clips = tuple(
        replace(clip, emotion={"happy": "sad", "sad": "happy"}[str(clip.emotion)])
        if number in turned
        else clip
        for number, clip in enumerate(vectors.clips)
    )
    found = ask(replace(vectors, clips=clips)).probabilities.emotions.max(axis=1)
    others = np.array([number not in turned for number in range(len(clips))])
    assert found[~others].min() > found[others].mean()


def test_an_estimator_that_is_too_sure_is_made_less_sure() -> None:
    """Half of the clips are labelled by a coin, of which it cannot know."""
    vectors = make_separable(20)
    random = np.random.default_rng(0)
    clips = tuple(
        replace(clip, emotion=str(random.choice(["happy", "sad"]))) if number % 2 else clip
        for number, clip in enumerate(vectors.clips)
    )
    noisy = replace(vectors, clips=clips)
    sure = System("sure", "", "classic180", lambda _: LogisticRegression(C=1e6))
    said, classifier = ask(noisy, sure)
    right, _ = count_right(noisy, said)
    assert said.emotions.max(axis=1).mean() == pytest.approx(right, abs=0.12)
    assert classifier.sharpness[0] > 0


def test_where_genders_are_not_given_both_are_as_probable() -> None:
    vectors = make_separable(6)
    clips = tuple(replace(clip, gender=None) for clip in vectors.clips)
    said, classifier = ask(replace(vectors, clips=clips))
    assert classifier.genders is None
    assert (said.genders == 0.5).all()
    assert (classifier.classify(vectors.values[0]).genders == 0.5).all()


def test_where_one_fold_has_the_only_man_he_is_not_judged() -> None:
    """There is one man; without him nobody can tell what a man is."""
    vectors = make_separable(5)  # so each has a fold
    clips = tuple(
        replace(clip, gender="male" if clip.speaker == "a/1" else "female")
        for clip in vectors.clips
    )
    said, classifier = ask(replace(vectors, clips=clips))
    is_man = np.array([clip.speaker == "a/1" for clip in clips])
    assert (said.genders[is_man] == 0.5).all()
    assert (said.genders[~is_man] != 0.5).all()
    assert classifier.genders is not None


def test_emotions_that_were_not_learnt_are_impossible() -> None:
    said, classifier = ask(make_separable(6))
    others = np.delete(np.arange(len(EMOTIONS)), [HAPPY, SAD])
    for found in (said, classifier.classify(make_separable(6).values[0])):
        assert (found.emotions[:, others] == 0).all()


def test_all_folds_and_the_whole_are_reported() -> None:
    told: list[tuple[str, int, int]] = []
    ask(make_separable(10), progress=lambda *report: told.append(report))
    assert told == [("fitting", number, 12) for number in range(1, 13)]


def test_a_single_speaker_is_too_few() -> None:
    with pytest.raises(TooFewSpeakers):
        ask(make_separable(1))


def test_two_emotions_are_needed_whoever_is_left_out() -> None:
    vectors = make_separable(2)
    clips = tuple(
        replace(clip, emotion="happy") if clip.speaker == "a/0" else clip for clip in vectors.clips
    )
    with pytest.raises(CorpusError, match="all clips are happy"):
        ask(replace(vectors, clips=clips))


def test_settings_and_seed_reach_the_estimator() -> None:
    guess = System("guess", "", "classic180", lambda seed: DummyClassifier(random_state=seed))
    settings = {"strategy": "stratified"}
    how = replace(HOW, seed=5)
    _, classifier = learn(guess, settings, make_separable(6), how)
    made: Any = classifier.emotions.estimator
    assert (made.strategy, made.random_state) == ("stratified", 5)


def test_copies_are_learnt_from_and_never_judged() -> None:
    """The copies of all clips say the opposite: whoever learns from both can only guess."""
    vectors = make_separable(10)
    both = replace(vectors, values=np.concatenate([vectors.values, -vectors.values]))
    said, classifier = ask(both)
    assert len(said.emotions) == len(vectors.clips)
    assert said.emotions[:, [HAPPY, SAD]] == pytest.approx(0.5, abs=0.05)
    assert count_right(vectors, classifier.classify(vectors.values[0]))[1] > 0.9  # no copies there
