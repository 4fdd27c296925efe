"""How recognition fares on speakers, and on whole corpora, that nobody who judges had heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.errors import CorpusError
from ser_core.evaluation import metrics
from ser_core.evaluation.judge import judge
from ser_core.evaluation.run import evaluate_model, evaluate_protocol
from ser_core.evaluation.study import (
    drop_corpus,
    evaluate_corpora,
)
from ser_core.training.calibrate import fit_calibration
from ser_core.training.judgements import calibrate_folds

if TYPE_CHECKING:
    from ser_core.classify import Probabilities
    from ser_core.evaluation.report import Evaluation
    from ser_core.evaluation.study import Study
    from ser_core.training.judgements import Judgements

NEVER_LEARNT_FROM: Final = "emovo"
"""The corpus that only the shipped model is measured on."""

RANDOMLY_SPLIT: Final = "ravdess"
"""The corpus that tutorials part at random."""


def measure_unseen_speakers(study: Study) -> dict[str, Any]:
    """Give the figures of each training corpus in the joint folds, and those of each half alone."""
    labels = study.judgements.labels
    evaluations = _evaluate(study, study.held_out, "networks and encoder")
    return {
        "corpora": {name: tell(each) for name, each in evaluations.items()},
        "ece_of_all": metrics.expected_calibration_error(labels.emotions, study.held_out.emotions),
        "halves": {
            "networks on functionals": _measure_half(study, replace(study.judgements, heard=None)),
            "encoder": _measure_half(study, _encoder_alone(study.judgements)),
            "both": _measure_half(study, study.judgements),
        },
    }


def measure_random_split(study: Study) -> dict[str, Any]:
    """Give the figures of functionals, without an encoder, where voices stand on both sides.

    Raises:
        CorpusError: if the corpus is not among the clips.
    """
    clips = [clip for clip in study.clips if clip.corpus == RANDOMLY_SPLIT]
    if not clips:
        message = f"the random split is measured on {RANDOMLY_SPLIT}, which is not there"
        raise CorpusError(message)
    how = replace(study.how, copies=0, noises=())
    return tell(evaluate_protocol(clips, protocol="random-split", how=how, progress=study.progress))


def measure_unseen_corpora(study: Study) -> dict[str, Any]:
    """Give the figures of each corpus that was left out, and of the one never learnt from."""
    figures = {
        name: tell(
            judge(
                [clip for clip in study.vectors.clips if clip.corpus == name],
                found.emotions,
                found.genders,
                protocol="unseen-corpus",
                predictor="networks and encoder without this corpus",
            )
        )
        for name, found in judge_left_out(study).items()
    }
    clips = study.read(NEVER_LEARNT_FROM)
    if clips:
        evaluation = evaluate_model(
            study.model, clips, jobs=study.how.jobs, progress=study.progress
        )
        figures = {NEVER_LEARNT_FROM: tell(evaluation), **figures}
    return {"corpora": figures}


def judge_left_out(study: Study) -> dict[str, Probabilities]:
    """Give the probabilities of each corpus that was left out, by who learnt from the others.

    No clip of the corpus takes part in calibrating them either: that is done on the others.
    """
    found = {}
    for stranger in study.strangers:
        name = stranger.labels.names[0]
        calibration = fit_calibration(
            drop_corpus(study.judgements, name),
            [drop_corpus(each, name) for each in study.strangers if each is not stranger],
        )
        found[name] = calibration.judge(stranger.outputs, stranger.heard)
    return found


def tell(evaluation: Evaluation) -> dict[str, Any]:
    """Give the figures of an evaluation, with no path of this machine."""
    figures = evaluation.as_dict()
    figures["skipped"] = Counter(each.reason for each in evaluation.skipped)
    return figures


def _measure_half(study: Study, judgements: Judgements) -> dict[str, Any]:
    """Give the few figures of other judgements of the same clips, calibrated in the same way."""
    # Without strangers: that takes long, and all three are compared with each other only.
    probabilities = calibrate_folds(judgements)
    return {
        name: {"accuracy": figures["accuracy"], "uar": figures["uar"]}
        for name, each in _evaluate(study, probabilities, "half").items()
        for figures in (each.as_dict(),)
    }


def _encoder_alone(judgements: Judgements) -> Judgements:
    """Give judgements in which the encoder's heads speak; networks only tell the corpora."""
    heard = judgements.heard
    if heard is None:
        message = "there are no encoders that could be measured"
        raise CorpusError(message)
    outputs = heard._replace(corpora=judgements.outputs.corpora)
    return replace(judgements, outputs=outputs, heard=None)


def _evaluate(study: Study, probabilities: Probabilities, predictor: str) -> dict[str, Evaluation]:
    """Give the evaluations of all corpora, with the fold in which each clip was tested."""
    found = evaluate_corpora(study.vectors.clips, probabilities, predictor=predictor)
    folds = study.judgements.folds
    return {
        name: replace(each, folds=folds[np.flatnonzero(study.corpora == name)])
        for name, each in found.items()
    }
