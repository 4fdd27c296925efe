"""Train and test as a protocol says, or test a model that is trained already."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from ser_core.corpora import Skipped
from ser_core.errors import AudioError, CorpusError
from ser_core.evaluation.judge import judge
from ser_core.evaluation.protocols import split
from ser_core.pipeline import recognise
from ser_core.training.classifier import fit_classifier
from ser_core.training.fit import Plan
from ser_core.training.judgements import calibrate_folds, fit_folds, judge_folds
from ser_core.training.vectors import extract_vectors

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.corpora import Clip
    from ser_core.evaluation.protocols import Protocol
    from ser_core.evaluation.report import Evaluation
    from ser_core.recognition import Recognition
    from ser_core.store import Model
    from ser_core.training.vectors import Extraction, Progress


def evaluate_protocol(
    clips: Sequence[Clip],
    *,
    protocol: Protocol,
    how: Extraction,
    progress: Progress | None = None,
) -> Evaluation:
    """Fit networks as the protocol says and test them on the rest.

    Raises:
        CorpusError: if the clips cannot be parted so, or none can be read.
    """
    vectors = extract_vectors(_labelled(clips), how, progress)
    plan = Plan(seed=how.seed, jobs=how.jobs, cache=how.cache)
    parts = split(vectors.clips, protocol, seed=how.seed)
    if protocol == "unseen-speakers":
        strange = replace(plan, n_acquainted=0)
        judgements = judge_folds(vectors, parts, fit_folds(vectors, parts, strange, progress))
        tested, folds = np.arange(len(vectors.clips)), judgements.folds
        probabilities = calibrate_folds(judgements)
    else:
        fit = fit_classifier(vectors.take(parts[0].train), plan, progress=progress)
        tested, folds = parts[0].test, np.zeros(parts[0].test.size, np.intp)
        probabilities = fit.classifier.classify(vectors.values[0, tested])
    evaluation = judge(
        [vectors.clips[number] for number in tested],
        probabilities.emotions,
        probabilities.genders,
        protocol=protocol,
        predictor=how.feature_set,
    )
    return replace(evaluation, folds=folds, skipped=vectors.skipped)


def evaluate_model(
    model: Model, clips: Sequence[Clip], *, jobs: int = 1, progress: Progress | None = None
) -> Evaluation:
    """Recognise every clip as a user would, and compare with its labels.

    A clip that is refused (nobody speaks, say) is not counted but named among the skipped.

    Raises:
        CorpusError: if no clip can be recognised.
    """
    clips = _labelled(clips)
    found = joblib.Parallel(jobs, return_as="generator", batch_size=16)(
        joblib.delayed(_recognise_file)(clip, model) for clip in clips
    )
    heard: list[tuple[Clip, Recognition]] = []
    skipped: list[Skipped] = []
    for done, (clip, each) in enumerate(zip(clips, found, strict=True), start=1):
        if isinstance(each, str):
            skipped.append(Skipped(clip.path, each))
        else:
            heard.append((clip, each))
        if progress:
            progress("recognising", done, len(clips))
    if not heard:
        message = f"none of {len(clips)} clips could be recognised"
        raise CorpusError(message)
    evaluation = judge(
        [clip for clip, _ in heard],
        np.array([recognition.emotions for _, recognition in heard]),
        np.array([recognition.genders for _, recognition in heard]),
        protocol="unseen-corpus",
        predictor=model.id,
    )
    return replace(evaluation, skipped=tuple(skipped))


def _labelled(clips: Sequence[Clip]) -> list[Clip]:
    """Leave out everyday speech, which is neither right nor wrong."""
    return [clip for clip in clips if clip.emotion]


def _recognise_file(clip: Clip, model: Model) -> Recognition | str:
    """Recognise one file, or say why not."""
    try:
        # The networks are so small that threads only wait for each other.
        with threadpool_limits(1):
            return recognise(clip.path.read_bytes(), model)
    except AudioError as error:
        return str(error)
