"""PURE  The figures of a corpus, for tables, pictures and JSON, from what systems said.

::

    corpus, clips, speakers, chance, seed, skipped
    systems ── name ── title, published, fit_seconds, milliseconds, size_bytes, losses
                       protocols ── name ── accuracy, uar, macro_f1, ece, gender: each a mean
                                            deviation of each over the splits
                                            evaluations: everything, one a split
"""

from __future__ import annotations

import math
from collections import Counter
from dataclasses import asdict, replace
from statistics import fmean, stdev
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.emotions import GENDERS
from ser_core.evaluation.judge import judge
from ser_core.evaluation.protocols import number_folds

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from ser_core.corpora import Clip
    from ser_core.evaluation.report import Evaluation
    from ser_core.lab.attempt import Attempt
    from ser_core.lab.bench import Course, Plan
    from ser_core.lab.folds import Part
    from ser_core.systems.system import System

    Figures = Mapping[str, Any]
    """All that was measured on one corpus, as JSON holds it."""

FIGURES: Final = ("accuracy", "uar", "macro_f1", "ece", "gender")
"""What is told of each protocol, in the order of the table."""


def gather_figures(
    corpus: str,
    course: Course,
    plan: Plan,
    attempts: Mapping[str, Sequence[Attempt]],
    milliseconds: Mapping[str, float],
) -> dict[str, Any]:
    """Give the figures of every system on one corpus."""
    n_emotions = len({clip.emotion for clip in course.clips})
    return {
        "corpus": corpus,
        "clips": len(course.clips),
        "speakers": len({clip.speaker for clip in course.clips}),
        "chance": 1 / n_emotions,
        "seed": plan.seed,
        "skipped": Counter(file.reason for file in course.skipped),
        "systems": {
            system.name: {
                **_describe(system, corpus),
                **_sum_costs(attempts[system.name]),
                "milliseconds": milliseconds[system.name],
                "protocols": {
                    protocol: _sum_up(
                        list(_judge(system, course, protocol, attempts[system.name])),
                        tells_gender=attempts[system.name][0].genders is not None,
                    )
                    for protocol in plan.protocols
                },
            }
            for system in plan.systems
        },
    }


def _describe(system: System, corpus: str) -> dict[str, Any]:
    return {
        "title": system.title,
        "feature_set": system.feature_set,
        "published": [asdict(each) for each in system.published if each.corpus == corpus],
    }


def _sum_costs(attempts: Sequence[Attempt]) -> dict[str, Any]:
    """Give what one fold costs on average, and what the first one left."""
    first = attempts[0]
    return {
        "fit_seconds": fmean(each.fit_seconds for each in attempts),
        "size_bytes": first.kept.size_bytes if first.kept else None,
        "losses": [loss for loss in first.losses if math.isfinite(loss)],
    }


def _judge(
    system: System, course: Course, protocol: str, attempts: Sequence[Attempt]
) -> Iterator[Evaluation]:
    """Give one evaluation of all folds of unseen speakers together, or one of each split."""
    tried = [
        (part, attempt)
        for part, attempt in zip(course.parts, attempts, strict=True)
        if part.protocol == protocol
    ]
    if protocol == "unseen-speakers":
        yield _judge_parts(system, course.clips, tried)
        return
    for each in tried:
        yield _judge_parts(system, course.clips, [each])


def _judge_parts(
    system: System, clips: Sequence[Clip], tried: Sequence[tuple[Part, Attempt]]
) -> Evaluation:
    """Give the evaluation of parts that test different clips, in the order of the clips."""
    tested = np.concatenate([part.fold.test for part, _ in tried])
    order = np.argsort(tested)
    evaluation = judge(
        [clips[number] for number in tested[order]],
        np.concatenate([attempt.emotions for _, attempt in tried])[order],
        np.concatenate([_genders_of(attempt) for _, attempt in tried])[order],
        protocol=tried[0][0].protocol,
        predictor=system.name,
    )
    if tested.size < len(clips):
        return evaluation
    return replace(evaluation, folds=number_folds([part.fold for part, _ in tried]))


def _genders_of(attempt: Attempt) -> NDArray[np.float64]:
    """Give the genders, or even ones where none are told."""
    if attempt.genders is not None:
        return attempt.genders
    return np.full((len(attempt.emotions), len(GENDERS)), 1 / len(GENDERS))


def _sum_up(evaluations: Sequence[Evaluation], *, tells_gender: bool) -> dict[str, Any]:
    """Give the mean of each figure, and how far evaluations are from it where there are several."""
    told = [_tell(each, tells_gender=tells_gender) for each in evaluations]
    rows = [
        {**each, "gender": each["gender"]["accuracy"] if each["gender"] else None} for each in told
    ]
    shares = {name: [row[name] for row in rows if row[name] is not None] for name in FIGURES}
    return {
        **{name: fmean(each) if each else None for name, each in shares.items()},
        "deviation": {name: stdev(each) for name, each in shares.items() if len(each) > 1},
        "evaluations": told,
    }


def _tell(evaluation: Evaluation, *, tells_gender: bool) -> dict[str, Any]:
    """Give the figures of an evaluation; none of gender where the system tells none."""
    figures = evaluation.as_dict()
    del figures["skipped"]  # told once, for all systems
    return figures if tells_gender else {**figures, "gender": None}
