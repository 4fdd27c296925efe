"""From labelled clips to a bundle on disk: vectors, classifier, honest figures, card."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from ser_core.corpora import CORPORA
from ser_core.evaluation.judge import judge
from ser_core.store import save_model
from ser_core.training.card import write_card
from ser_core.training.fit import fit_classifier
from ser_core.training.vectors import extract_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ser_core.classify import Classifier
    from ser_core.corpora import Clip, Skipped
    from ser_core.evaluation.report import Evaluation
    from ser_core.training.fit import Fit
    from ser_core.training.vectors import Extraction, Progress, Vectors

LICENCE = "CC BY-NC-SA 4.0"
"""Of a bundle: the strictest licence among the corpora that this project trains on."""


def train(
    clips: Sequence[Clip], *, out: Path, how: Extraction, progress: Progress | None = None
) -> tuple[Skipped, ...]:
    """Fit a classifier on the clips that have an emotion, and write it to ``out`` as a bundle.

    Gives the recordings that could not be learnt from, with the reasons.

    The bundle's figures are of unseen speakers: each clip is judged by networks that never heard
    its speaker.

    Raises:
        CorpusError: if no clip can be read, or there are not two speakers.
        SetupError: if something else than a bundle stands at ``out``.
    """
    vectors = extract_vectors([clip for clip in clips if clip.emotion], how, progress)
    fit = fit_classifier(vectors, seed=how.seed, jobs=how.jobs, progress=progress)
    figures = {one.corpus: one.as_dict() for one in judge_held_out(vectors, fit)}
    fields = {
        "id": f"{how.feature_set}-{_fingerprint(fit.classifier)}",
        "feature_set": how.feature_set,
        "trained_on": sorted(figures),
        "licence": LICENCE,
        "figures": {corpus: _headline(each) for corpus, each in figures.items()},
    }
    titles = {name: CORPORA[name].title if name in CORPORA else name for name in figures}
    licences = {name: CORPORA[name].licence if name in CORPORA else "?" for name in figures}
    save_model(out, fit.classifier, fields, write_card(fields, figures, titles, licences, how))
    return vectors.skipped


def judge_held_out(vectors: Vectors, fit: Fit) -> list[Evaluation]:
    """Give the evaluation of each corpus on speakers that the judging networks never heard."""
    corpora = np.array([clip.corpus for clip in vectors.clips])
    evaluations = []
    for corpus in np.unique(corpora):
        own = np.flatnonzero(corpora == corpus)
        evaluations.append(
            judge(
                [vectors.clips[number] for number in own],
                fit.held_out.emotions[own],
                fit.held_out.genders[own],
                protocol="unseen-speakers",
                predictor="held-out networks",
            )
        )
    return evaluations


def _headline(figures: Mapping[str, Any]) -> dict[str, float | None]:
    """Give the few figures that a manifest carries for each corpus."""
    gender = figures["gender"]
    return {
        "accuracy": round(figures["accuracy"], 4),
        "uar": round(figures["uar"], 4),
        "ece": round(figures["ece"], 4),
        "gender_accuracy": round(gender["accuracy"], 4) if gender else None,
    }


def _fingerprint(classifier: Classifier) -> str:
    """Give eight hexadecimal digits that another classifier would not have."""
    digest = hashlib.sha256(classifier.mean.tobytes())
    for network in classifier.networks:
        for weights, biases in network:
            digest.update(weights.tobytes() + biases.tobytes())
    return digest.hexdigest()[:8]
