from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pytest
from quick_systems import GENDERED, LOSING, OF_CLIPS, QUICK, ClipCounter, Counter
from sklearn.pipeline import Pipeline

from ser_core.evaluation.protocols import Fold, unseen_speakers
from ser_core.lab.attempt import try_system
from ser_core.systems.pack import measure_size
from ser_core.training.vectors import Vectors

if TYPE_CHECKING:
    from ser_core.corpora import Clip
    from ser_core.systems.system import System


@pytest.fixture
def vectors(spoken_clips: tuple[Clip, ...]) -> Vectors:
    """Give vectors of two versions in which emotions lie apart."""
    random = np.random.default_rng(0)
    centres = {emotion: 5 * random.normal(size=4) for emotion in ("happy", "sad", "angry")}
    values = np.array([[centres[str(clip.emotion)] for clip in spoken_clips]] * 2)
    values += random.normal(size=values.shape)
    return Vectors(values.astype(np.float32), spoken_clips, (), ((),) * len(spoken_clips))


@pytest.fixture
def fold(spoken_clips: tuple[Clip, ...]) -> Fold:
    """Give the first fold of unseen speakers."""
    return unseen_speakers(spoken_clips)[0]


def test_an_attempt_tells_what_the_system_says_of_those_tested(
    vectors: Vectors, fold: Fold
) -> None:
    attempt = try_system(QUICK, vectors, fold, seed=0, settings={}, keeps=False)
    assert attempt.emotions.shape == (3, 8)
    assert attempt.emotions.sum(axis=1) == pytest.approx(1)
    assert attempt.genders is None
    assert attempt.fit_seconds > 0
    assert attempt.losses == ()
    assert attempt.kept is None


def test_genders_are_told_by_systems_that_learn_them(vectors: Vectors, fold: Fold) -> None:
    attempt = try_system(GENDERED, vectors, fold, seed=0, settings={}, keeps=False)
    assert attempt.genders is not None
    assert attempt.genders.sum(axis=1) == pytest.approx(1)


def test_losses_are_noted(vectors: Vectors, fold: Fold) -> None:
    attempt = try_system(LOSING, vectors, fold, seed=0, settings={}, keeps=False)
    assert attempt.losses == (2.0, 1.0, float("inf"), 0.5)


@pytest.mark.parametrize(("system", "kind"), [(QUICK, Pipeline), (LOSING, Counter)])
def test_an_estimator_is_kept_as_a_bundle_would(
    vectors: Vectors, fold: Fold, system: System, kind: type
) -> None:
    kept = try_system(system, vectors, fold, seed=0, settings={}, keeps=True).kept
    assert kept is not None
    assert isinstance(kept.estimator, kind)
    assert kept.size_bytes == measure_size(kept.estimator) > 0


def test_a_system_of_clips_has_its_settings(vectors: Vectors, fold: Fold) -> None:
    settings = {"folds": {"voices/ada": 0}}
    kept = try_system(OF_CLIPS, vectors, fold, seed=0, settings=settings, keeps=True).kept
    assert kept is not None
    assert isinstance(kept.estimator, ClipCounter)
    assert kept.estimator.folds == settings["folds"]
    assert kept.estimator.heard_ == 12
