"""THE SPINE of retraining: a bundle and what people said of it become a challenger and a report.

::

    origin ──> memory ─┐
    corpora ──> clips ─┼─> course ──> tune ──> challenger ─┐
    lessons ───────────┘     └────────────────────────────>├─> head to head ──> report
    champion ──────────────────────────────────────────────┘

Every challenger begins with the origin, never with the champion: so it holds nothing of what
somebody has taken back since.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.classify import Classifier, Outputs
from ser_core.evaluation.head_to_head import (
    ask_unheard,
    compare,
    judge_unheard,
    measure_emotions,
)
from ser_core.store import save_model
from ser_core.training.calibrate import refit_calibration
from ser_core.training.course import join, read_clips, read_lessons, recall, trust_lessons
from ser_core.training.judgements import Judgements, hear
from ser_core.training.train import fingerprint
from ser_core.training.tune import tune

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ser_core.classify import Calibration
    from ser_core.speaker import Lesson
    from ser_core.store import Model
    from ser_core.training.course import Course
    from ser_core.training.memory import Memory
    from ser_core.training.tune import Tuning
    from ser_core.training.vectors import Progress, Vectors

HARDLY: Final = 0.5
"""Lessons that are trusted less are told of as doubtful."""

_CARD: Final = """\
# {id}

{origin}, trained further on {lessons} answers of {people} people that they had corrected or
confirmed, and on {clips} more clips. Its limits are those of {origin}; see its card.

The figures in the manifest are of speakers and people whom the judging networks had not learnt
from.
"""


@dataclass(frozen=True, slots=True, eq=False)
class Material:
    """Hold what a challenger may learn from; ``lessons`` have the number of who gave them.

    ``clips`` are those of corpora that the origin has not learnt from, None where there are none.
    """

    memory: Memory
    lessons: Sequence[tuple[int, Lesson]]
    clips: Vectors | None = None


@dataclass(frozen=True, slots=True, eq=False)
class Retrained:
    """Hold a challenger, the fields of its manifest and its card, and how it compares."""

    classifier: Classifier
    fields: dict[str, Any]
    card: str
    report: dict[str, Any]


def retrain(
    origin: Model,
    champion: Model,
    material: Material,
    tuning: Tuning,
    progress: Progress | None = None,
) -> Retrained:
    """Give a challenger, and how it compares with the champion.

    A champion that came of another origin sees other vectors; the origin stands in for it.
    """
    lessons = [each for each in material.lessons if each[1].impression.source == origin.source]
    course = _plan_course(origin, material, lessons, tuning.jobs)
    challenger = train_challenger(origin.trainable, course, material.memory, tuning, progress)
    if not _is_comparable(origin, champion):
        champion = origin
    judged = []
    for number, classifier in enumerate((champion.trainable, challenger), start=1):
        judged.append(judge_unheard(classifier, course, tuning.seed))
        if progress:
            progress("judging", number, 2)
    people = {person for person, _ in lessons}
    name = f"{origin.feature_set}-{fingerprint(challenger, origin.encoder)}"
    n_clips = len(material.clips.clips) if material.clips else 0
    report = {
        "champion": champion.id,
        "challenger": name,
        "learnt": {
            "base": len(material.memory.scores),
            "corpus_clips": n_clips,
            "lessons": len(lessons),
            "people": len(people),
            "doubtful": int((trust_lessons(lessons) < HARDLY).sum()) if lessons else 0,
        },
        **compare(judged[0], judged[1], course),
    }
    figures = _measure(origin, course, judged[1])
    added = {clip.corpus for clip in material.clips.clips} if material.clips else set()
    fields = {
        "id": name,
        "feature_set": origin.feature_set,
        "trained_on": sorted({*origin.manifest["trained_on"], *added}),
        "licence": origin.manifest["licence"],
        "figures": figures,
        "origin": origin.id,
        "learnt": report["learnt"],
    }
    card = _CARD.format(
        id=name, origin=origin.id, lessons=len(lessons), people=len(people), clips=n_clips
    )
    return Retrained(challenger, fields, card, report)


def save_challenger(folder: Path, retrained: Retrained, origin: Model) -> None:
    """Write a challenger as a bundle, with the origin's encoder; whole or not at all.

    Raises:
        SetupError: if something else than a bundle stands at that place.
    """
    save_model(folder, retrained.classifier, retrained.fields, retrained.card, origin.encoder)


def _plan_course(
    origin: Model, material: Material, lessons: Sequence[tuple[int, Lesson]], jobs: int
) -> Course:
    """Give all that a challenger learns from."""
    parts = [recall(material.memory)]
    if material.clips is not None:
        heard = None
        if origin.encoder is not None:  # it has learnt from none of them
            heard = hear(material.clips, origin.encoder, origin.trainable.corpora, jobs)
        parts.append(read_clips(material.clips, heard, origin.trainable))
    if lessons:
        parts.append(read_lessons(lessons, origin.trainable))
    return join(parts)


def train_challenger(
    origin: Classifier,
    course: Course,
    memory: Memory,
    tuning: Tuning,
    progress: Progress | None = None,
) -> Classifier:
    """Give a classifier that has learnt from a course, and whose probabilities mean what they say.

    They are fitted on the clips of old, with which the course begins, as the origin's were:
    lessons have labels of many hands.
    """
    tuned = tune(origin, course, tuning, progress)
    before, after = (ask_unheard(each, course, tuning.seed) for each in (origin, tuned))
    corpora = before.strange[0].corpora

    def refit(known: Calibration, said: tuple[Outputs, Outputs | None]) -> Calibration:
        outputs, heard = said
        judgements = Judgements(
            tuned.corpora,
            Outputs(*(part[:n_clips] for part in outputs)),
            heard and Outputs(*(part[:n_clips] for part in heard)),
            memory.folds,
            memory.labels,
        )
        return refit_calibration(known, corpora[:n_clips], judgements)

    n_clips = len(memory.scores)
    return replace(
        tuned,
        calibration=refit(tuned.calibration, after.strange),
        acquainted_calibration=refit(tuned.acquainted_calibration, after.acquainted),
    )


def _is_comparable(origin: Model, champion: Model) -> bool:
    """Tell whether both see the same vectors, and leave out the same folds."""
    ours, theirs = origin.trainable, champion.classifier
    return (
        isinstance(theirs, Classifier)
        and origin.source == champion.source
        and np.array_equal(ours.mean, theirs.mean)
        and np.array_equal(ours.deviation, theirs.deviation)
        and len(ours.networks) == len(theirs.networks)
        and len(ours.acquainted) == len(theirs.acquainted)
    )


def _measure(
    origin: Model, course: Course, emotions: NDArray[np.float64]
) -> dict[str, dict[str, float | None]]:
    """Give the figures of each corpus that the origin knows, on speakers as strangers."""
    found: dict[str, dict[str, float | None]] = {}
    for number, name in enumerate(origin.trainable.corpora):
        own = np.flatnonzero(course.corpora == number)
        figures = measure_emotions(emotions[own], course.emotions[own])
        found[name] = {figure: round(share, 4) for figure, share in figures.items()}
        found[name]["gender_accuracy"] = None
    return found
