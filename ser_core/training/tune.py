"""Train networks a little further, on what they learnt from and on what people said.

Tuning begins with the networks of a bundle and ends near them: a few hundred steps, most of each
over old clips, lest what they knew be forgotten. No network learns from people or speakers of the
fold that it leaves out, so that there are always some who can judge them without prejudice.

Source: Ratcliff (1990), "Connectionist models of recognition memory", Psychological Review 97(2),
and Robins (1995), "Catastrophic forgetting, rehearsal and pseudorehearsal", for the rehearsal.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.evaluation.protocols import N_FOLDS
from ser_core.training.descent import (
    AdamW,
    Batch,
    compute_gradients,
    find_learning_rate,
    mix,
    round_weights,
    weigh,
)
from ser_core.training.earlier_clips import draw_earlier_clips
from ser_core.training.mlp import ABSENT, IMPOSSIBLE, Recipe

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray
    from scipy.sparse import csr_array

    from ser_core.classify import Classifier, Network
    from ser_core.training.course import Course
    from ser_core.training.vectors import Progress

_STEPS_A_PAST: Final = 100
"""So many steps see the same earlier clips of each speaker; then others are drawn."""
_MOST_STEPS: Final = 1 << 16
_LEAST: Final = 1e-6


@dataclass(frozen=True, slots=True)
class Tuning:
    """Hold how networks are tuned: the seed decides all, ``jobs`` processes work at once."""

    n_steps: int = 400
    learning_rate: float = 1e-3
    recipe: Recipe = Recipe()  # noqa: RUF009 - it is frozen
    seed: int = 0
    jobs: int = 1


def tune(
    classifier: Classifier, course: Course, tuning: Tuning, progress: Progress | None = None
) -> Classifier:
    """Give a classifier whose networks have learnt from the course, too."""
    strangers, acquainted = classifier.networks, classifier.acquainted
    recipe = replace(tuning.recipe, learning_rate=tuning.learning_rate)
    others = replace(recipe, acquainted=True, gender_weight=0.0, corpus_weight=0.0)
    tasks = [(net, recipe, place) for place, net in enumerate(strangers)]
    tasks += [(net, others, place) for place, net in enumerate(acquainted)]
    possible = classifier.calibration.possible
    found: Iterator[Network] = joblib.Parallel(tuning.jobs, return_as="generator")(
        joblib.delayed(_tune_network)(
            net, course, possible, own, tuning.n_steps, (tuning.seed, number, place % N_FOLDS)
        )
        for number, (net, own, place) in enumerate(tasks)
    )
    networks = []
    for network in found:
        networks.append(network)
        if progress:
            progress("fitting", len(networks), len(tasks))
    n_strangers = len(strangers)
    return replace(
        classifier,
        networks=tuple(networks[:n_strangers]),
        acquainted=tuple(networks[n_strangers:]),
    )


def _tune_network(
    network: Network,
    course: Course,
    possible: NDArray[np.bool_],
    recipe: Recipe,
    n_steps: int,
    which: tuple[int, int, int],
) -> Network:
    """Give a network after some steps; ``which`` is the seed, its number, and its fold."""
    seed, number, fold = which
    with threadpool_limits(1):
        random = np.random.default_rng((seed, number))
        network = tuple((weights.copy(), biases.copy()) for weights, biases in network)
        optimiser = AdamW(recipe, network)
        batches = _draw_batches(course, fold, possible, recipe, random)
        for step in range(n_steps):
            gradients = compute_gradients(network, next(batches), recipe, random)
            optimiser.step(gradients, find_learning_rate(recipe, step / n_steps))
    return round_weights(network)


def _draw_batches(
    course: Course,
    fold: int,
    possible: NDArray[np.bool_],
    recipe: Recipe,
    random: np.random.Generator,
) -> Iterator[Batch]:
    """Give batches without end, each of clips and of as many lessons as they may be.

    Whoever is in the fold is left out: no batch holds a row of theirs, nor what is usual for them.
    """
    others = course.folds != fold
    clips = np.flatnonzero(others & ~course.is_lesson)
    lessons = np.flatnonzero(others & course.is_lesson)
    share = course.share_lessons(lessons)
    n_lessons = random.binomial(recipe.batch_size, share, size=_MOST_STEPS)
    chances = course.weights[lessons] / max(1e-9, float(course.weights[lessons].sum()))
    earlier: csr_array | None = None
    for step, n in enumerate(n_lessons):
        if recipe.acquainted and step % _STEPS_A_PAST == 0:
            earlier = draw_earlier_clips(course.speakers, random)
        chosen = random.choice(clips, recipe.batch_size - n)
        if n:
            chosen = np.concatenate((chosen, random.choice(lessons, n, p=chances)))
        batch = _batch(course, chosen, possible, recipe)
        if earlier is not None:
            batch = replace(batch, scores=batch.scores - earlier[chosen] @ course.scores)
        yield mix(batch, recipe, random)


def _batch(
    course: Course, chosen: NDArray[np.intp], possible: NDArray[np.bool_], recipe: Recipe
) -> Batch:
    """Give the chosen rows with smoothed targets, in each view among the emotions it knows."""
    corpora, smoothing = course.corpora[chosen], recipe.label_smoothing
    known = np.concatenate((possible, np.ones((1, len(EMOTIONS)), bool))).astype(np.float32)
    own = known[corpora]  # the last row, all emotions, is that of no corpus
    said = course.emotions[chosen]
    emotions = (1 - smoothing) * np.eye(len(EMOTIONS), dtype=np.float32)[said]
    emotions += smoothing * own / own.sum(axis=1, keepdims=True)
    views = emotions[:, None] * known
    views /= np.maximum(views.sum(axis=2, keepdims=True), _LEAST)
    counts = np.where(course.is_lesson[chosen], 1, course.weights[chosen]).astype(np.float32)
    is_known = (course.genders[chosen] >= 0).astype(np.float32)[:, None]
    genders = np.eye(len(GENDERS), dtype=np.float32)[course.genders[chosen]]
    genders = (1 - smoothing) * genders + np.float32(smoothing / len(GENDERS))
    is_ours = (corpora >= 0)[:, None] * counts[:, None]
    names = np.eye(len(possible), dtype=np.float32)[corpora]
    hard = np.where(possible, 0, IMPOSSIBLE).astype(np.float32)
    soft = ABSENT * (1 - own)
    mask = np.broadcast_to(hard, (chosen.size, *hard.shape))
    return Batch(
        scores=course.scores[chosen],
        mask=np.concatenate((mask, soft[:, None]), axis=1),
        views=weigh(views, (course.teach[chosen] * counts[:, None])[:, :, None]),
        genders=weigh(genders, recipe.gender_weight * is_known),
        corpora=weigh(names, recipe.corpus_weight * is_ours),
    )
