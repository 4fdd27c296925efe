from __future__ import annotations

from dataclasses import replace
from itertools import islice
from typing import TYPE_CHECKING

import numpy as np
import pytest
from learning import (
    ABSENT_EMOTIONS,
    CALM,
    HAPPY,
    PLAIN,
    RECIPE,
    SAD,
    make_lessons,
    make_separable,
    same,
    take_rows,
)

from ser_core.classify import run_networks
from ser_core.evaluation.protocols import N_FOLDS
from ser_core.speaker import MOST_CLIPS, PRIOR_CLIPS
from ser_core.training import tune as tune_module
from ser_core.training.course import MOST_SHARE, join, read_clips, read_lessons, recall
from ser_core.training.memory import NO_FOLD, read_memory
from ser_core.training.mlp import ABSENT, IMPOSSIBLE
from ser_core.training.tune import Tuning, tune

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.classify import Classifier, Network
    from ser_core.store import Model
    from ser_core.training.course import Course
    from ser_core.training.descent import Batch

QUICK = Tuning(n_steps=8, learning_rate=1e-2, recipe=RECIPE)
NOBODY = N_FOLDS
EVERYTHING = np.ones((2, 8), bool)


@pytest.fixture(scope="module")
def course(origin: Model, origin_bundle: Path) -> Course:
    """Give clips of old, clips of a new corpus, and the lessons of ten people."""
    return join(
        [
            recall(read_memory(origin_bundle)),
            read_clips(make_separable(5, "c"), None, origin.classifier),
            read_lessons(make_lessons(origin, *range(16), n_lessons=12), origin.classifier),
        ]
    )


def tell(networks: tuple[Network, ...]) -> list[list[bytes]]:
    """Give each network as bytes."""
    return [[part.tobytes() for layer in network for part in layer] for network in networks]


def changed(first: Classifier, second: Classifier) -> list[set[int]]:
    """Give the numbers of the networks that differ, of those for strangers and the others."""
    return [
        {
            number
            for number, (one, other) in enumerate(zip(tell(ours), tell(theirs), strict=True))
            if one != other
        }
        for ours, theirs in (
            (first.networks, second.networks),
            (first.acquainted, second.acquainted),
        )
    ]


def draw(course: Course, n_batches: int, fold: int = NOBODY, **how: float) -> list[Batch]:
    """Give batches of unmixed rows, from which one fold is left out."""
    recipe = replace(PLAIN, **how)
    random = np.random.default_rng(0)
    return list(
        islice(tune_module._draw_batches(course, fold, EVERYTHING, recipe, random), n_batches)
    )


def batch_of(course: Course, *rows: int, possible: np.ndarray = EVERYTHING) -> Batch:
    """Give these rows as a batch, with targets that are not smoothed."""
    recipe = replace(PLAIN, label_smoothing=0.0)
    return tune_module._batch(course, np.array(rows), possible, recipe)


def test_every_network_moves_a_little_and_the_seed_decides_all(
    origin: Model, course: Course
) -> None:
    before = [part.copy() for part in origin.classifier.networks[0][0]]
    first, again, other = (
        tune(origin.classifier, course, replace(QUICK, seed=seed)) for seed in (5, 5, 6)
    )
    assert same(first, again)
    everyone = [set(range(N_FOLDS))] * 2
    assert changed(first, origin.classifier) == changed(first, other) == everyone
    for one, tuned in zip(before, first.networks[0][0], strict=True):
        assert 0 < np.abs(tuned - one).max() < 0.2
        assert np.array_equal(tuned, tuned.astype(np.float16))
    assert first.calibration is origin.classifier.calibration
    for one, kept in zip(before, origin.classifier.networks[0][0], strict=True):
        assert np.array_equal(one, kept), "the origin stays as it was"


@pytest.mark.parametrize("fold", range(N_FOLDS))
@pytest.mark.parametrize("kind", ["clip", "clip of a new corpus", "lesson"])
def test_no_network_learns_from_people_of_its_own_fold(
    origin: Model, course: Course, fold: int, kind: str
) -> None:
    own = course.folds == fold
    own &= course.is_lesson == (kind == "lesson")
    own &= (course.corpora < 0) == (kind != "clip")
    assert own.any()
    other = replace(
        course,
        emotions=np.where(own, HAPPY + SAD - course.emotions, course.emotions),
        genders=np.where(own, 1 - course.genders, course.genders),
        scores=np.where(own[:, None], -course.scores, course.scores),
    )
    quick = replace(QUICK, n_steps=12)
    first, second = (tune(origin.classifier, each, quick) for each in (course, other))
    assert changed(first, second) == [set(range(N_FOLDS)) - {fold}] * 2


def test_all_networks_learn_from_clips_of_no_fold(origin: Model, course: Course) -> None:
    nowhere = replace(course, folds=np.full_like(course.folds, NO_FOLD))
    other = replace(nowhere, emotions=HAPPY + SAD - course.emotions)
    first, second = (tune(origin.classifier, each, QUICK) for each in (nowhere, other))
    assert changed(first, second) == [set(range(N_FOLDS))] * 2


def test_progress_is_told_network_by_network(origin: Model, course: Course) -> None:
    told: list[tuple[str, int, int]] = []
    tune(origin.classifier, course, replace(QUICK, n_steps=1), lambda *report: told.append(report))
    assert told == [("fitting", done, 10) for done in range(1, 11)]


def test_lessons_are_learnt(origin: Model, course: Course) -> None:
    """People all say that what sounds happy is calm; corpora of happy and sad have no word."""
    lessons = course.is_lesson
    happy = lessons & (course.emotions == HAPPY)
    calm = replace(course, emotions=np.where(happy, CALM, course.emotions))
    tuned = tune(origin.classifier, calm, replace(QUICK, n_steps=80))
    general = (
        run_networks(each.networks, course.scores[happy], 2).views[:, -1]
        for each in (origin.classifier, tuned)
    )
    before, after = (views[:, CALM] - views[:, SAD] for views in general)
    assert after.mean() > before.mean() + 1


def test_what_was_known_is_not_forgotten(origin: Model, course: Course) -> None:
    tuned = tune(origin.classifier, course, replace(QUICK, n_steps=80))
    fresh = make_separable(30, "a")
    scores = (fresh.values[0] - origin.classifier.mean) / origin.classifier.deviation
    heard = run_networks(tuned.networks, scores.astype(np.float32), 2).views[:, 0].argmax(axis=1)
    truths = [HAPPY if clip.emotion == "happy" else SAD for clip in fresh.clips]
    assert np.mean(heard == truths) > 0.9


def test_lessons_are_drawn_by_their_weight(course: Course) -> None:
    lessons = np.flatnonzero(course.is_lesson)
    weights = np.where(np.arange(course.folds.size) == lessons[3], 1.0, 0.0)
    weights[lessons[7]] = 0.25
    marked = replace(course, scores=np.arange(float(course.folds.size))[:, None], weights=weights)
    marked = replace(marked, weights=np.where(course.is_lesson, weights, course.weights))
    drawn = np.concatenate([batch.scores[:, 0] for batch in draw(marked, 1000, batch_size=64)])
    counts = np.array([(drawn == lessons[number]).sum() for number in (3, 7)])
    assert set(drawn[np.isin(drawn, lessons)]) == {float(lessons[3]), float(lessons[7])}
    assert counts[0] / counts.sum() == pytest.approx(0.8, abs=0.05)


@pytest.mark.parametrize("fold", range(N_FOLDS))
def test_no_batch_holds_a_row_of_the_fold_that_is_left_out(course: Course, fold: int) -> None:
    marked = replace(course, scores=np.arange(float(course.folds.size))[:, None])
    drawn = np.concatenate([batch.scores[:, 0] for batch in draw(marked, 100, fold, batch_size=64)])
    rows = np.unique(drawn).astype(int)
    assert set(rows) == set(np.flatnonzero(course.folds != fold))


def test_the_share_of_lessons_is_that_of_those_who_may_be_learnt_from(course: Course) -> None:
    for fold in (0, NOBODY):
        marked = replace(course, scores=course.is_lesson[:, None].astype(float))
        drawn = np.concatenate([each.scores for each in draw(marked, 300, fold, batch_size=64)])
        own = np.flatnonzero(course.is_lesson & (course.folds != fold))
        assert drawn.mean() == pytest.approx(course.share_lessons(own), abs=0.01)
        assert 0.1 < drawn.mean() < MOST_SHARE


def test_so_many_steps_nobody_tunes(course: Course, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tune_module, "_MOST_STEPS", 3)
    assert len(draw(course, 5)) == 3


def test_without_lessons_batches_are_of_clips(course: Course) -> None:
    clips = take_rows(course, np.flatnonzero(~course.is_lesson))
    (batch,) = draw(clips, 1, batch_size=32)
    assert len(batch.scores) == 32


def test_the_acquainted_see_rows_from_what_is_usual_for_their_speaker(
    course: Course, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tune_module, "_STEPS_A_PAST", 2)
    speakers = np.where(course.is_lesson, "ada", "bo")
    scores = np.where(course.is_lesson, 3.0, -6.0).astype(np.float32)[:, None]
    known = replace(course, speakers=speakers, scores=scores)
    pasts = []
    for batch in draw(known, 6, acquainted=True, batch_size=200):
        left = batch.scores[:, 0]
        weights = 1 - left / np.where(left > 0, 3, -6)
        possible = [n_clips / (n_clips + PRIOR_CLIPS) for n_clips in range(1, MOST_CLIPS + 1)]
        assert np.abs(weights[:, None] - possible).min(axis=1).max() < 1e-5
        pasts.append(weights.tobytes())
    assert len(set(pasts)) == 6
    assert set(np.concatenate([b.scores[:, 0] for b in draw(known, 6)]).tolist()) == {3, -6}


def test_a_clip_of_old_teaches_as_it_did_when_the_origin_was_fitted(course: Course) -> None:
    row = int(np.flatnonzero(course.emotions == HAPPY)[0])
    batch = batch_of(course, row)
    weight = course.weights[row]
    assert (course.corpora[row], course.genders[row]) == (0, 0)
    for view, expected in enumerate((weight, 0, weight)):
        assert batch.views[0][0, view, HAPPY] == pytest.approx(expected)
        assert batch.views[1][0, view, 0] == pytest.approx(expected)
    assert batch.views[0].sum() == pytest.approx(2 * weight)
    assert batch.genders[0].tolist() == [[PLAIN.gender_weight, 0]]
    np.testing.assert_allclose(batch.corpora[0], [[PLAIN.corpus_weight * weight, 0]])


def test_a_lesson_teaches_each_view_as_planned_and_says_of_no_corpus(course: Course) -> None:
    row = int(np.flatnonzero(course.is_lesson)[0])
    teach = course.teach.copy()
    teach[row] = (0.3, 0.7, 1)
    batch = batch_of(replace(course, teach=teach), row)
    np.testing.assert_allclose(batch.views[0][0, :, HAPPY], teach[row])
    np.testing.assert_allclose(batch.views[1][0, :, 0], teach[row])
    assert batch.genders[0].any()
    assert not batch.corpora[0].any()
    assert not batch.corpora[1].any()


def test_what_is_not_known_of_a_row_teaches_nothing(course: Course) -> None:
    row = int(np.flatnonzero(course.is_lesson)[0])
    unknown = np.full_like(course.genders, -1)
    batch = batch_of(
        replace(course, genders=unknown, emotions=unknown, teach=0 * course.teach), row
    )
    for targets, weights in (batch.views, batch.genders, batch.corpora):
        assert not targets.any()
        assert not weights.any()


def test_each_view_learns_among_the_emotions_that_it_knows(course: Course) -> None:
    possible = EVERYTHING.copy()
    possible[0, ABSENT_EMOTIONS] = False
    clip, lesson = (int(np.flatnonzero(own)[0]) for own in (course.corpora == 0, course.is_lesson))
    batch = batch_of(course, clip, lesson, possible=possible)
    for row in (0, 1):
        assert (batch.mask[row, 0] == np.where(possible[0], 0, IMPOSSIBLE)).all()
        assert not batch.mask[row, 1].any()
    assert (batch.mask[0, 2] == np.where(possible[0], 0, ABSENT)).all()
    assert not batch.mask[1, 2].any(), "whoever speaks to us may feel anything"


def test_targets_are_smoothed_over_what_a_view_knows(course: Course) -> None:
    possible = EVERYTHING.copy()
    possible[0, ABSENT_EMOTIONS] = False
    teach = np.ones_like(course.teach)
    lesson = int(np.flatnonzero(course.is_lesson)[0])
    batch = tune_module._batch(
        replace(course, teach=teach),
        np.array([lesson]),
        possible,
        replace(PLAIN, label_smoothing=0.4),
    )
    targets = batch.views[0][0]
    np.testing.assert_allclose(targets.sum(axis=1), 1, rtol=1e-6)
    assert not targets[0, ABSENT_EMOTIONS].any()
    assert targets[1, CALM] == targets[2, CALM] == pytest.approx(0.05)
    assert targets[0, HAPPY] == pytest.approx(0.65 / 0.9)
    assert targets[2, HAPPY] == pytest.approx(0.65)


def test_a_view_that_does_not_know_what_was_said_has_no_target(course: Course) -> None:
    possible = EVERYTHING.copy()
    possible[0, HAPPY] = False
    lesson = int(np.flatnonzero(course.is_lesson)[0])
    batch = batch_of(course, lesson, possible=possible)
    assert np.isfinite(batch.views[0]).all()
    assert not batch.views[0][0, 0].any()
