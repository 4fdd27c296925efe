"""From labelled clips to a bundle on disk: vectors, classifier, honest figures, card."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import numpy as np

from ser_core.evaluation.judge import judge
from ser_core.evaluation.run import evaluate_model
from ser_core.store import Model, save_model
from ser_core.training.card import write_card
from ser_core.training.classifier import fit_classifier
from ser_core.training.fit import Plan
from ser_core.training.memory import Memory
from ser_core.training.vectors import extract_vectors

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ser_core.classify import Classifier, Probabilities
    from ser_core.corpora import Clip, Skipped
    from ser_core.encoder import Encoder
    from ser_core.evaluation.report import Evaluation
    from ser_core.training.classifier import Fit
    from ser_core.training.encoders import Encoders
    from ser_core.training.vectors import Extraction, Progress, Vectors

LICENCE = "CC BY-NC-SA 4.0"
"""Of a bundle: the strictest licence among the corpora that this project trains on."""


def train(
    clips: Sequence[Clip],
    *,
    out: Path,
    how: Extraction,
    encoders: Encoders | None = None,
    strange: Sequence[Clip] = (),
    progress: Progress | None = None,
) -> tuple[Skipped, ...]:
    """Fit a classifier on the clips that have an emotion, and write it to ``out`` as a bundle.

    Gives the recordings that could not be learnt from, with the reasons. The encoder of all
    corpora, where there is one, goes into the bundle.

    The bundle's figures are of unseen speakers: each clip is judged by networks that never heard
    its speaker.

    Raises:
        CorpusError: if no clip can be read, or there are not two speakers.
        SetupError: if something else than a bundle stands at ``out``.
    """
    vectors = extract_vectors([clip for clip in clips if clip.emotion], how, progress)
    plan = Plan(seed=how.seed, jobs=how.jobs, cache=how.cache)
    fit = fit_classifier(vectors, plan, encoders=encoders, progress=progress)
    encoder = encoders.all if encoders else None
    figures = {one.corpus: one.as_dict() for one in judge_held_out(vectors, fit)}
    fields: dict[str, Any] = {
        "id": f"{how.feature_set}-{fingerprint(fit.classifier, encoder)}",
        "feature_set": how.feature_set,
        "trained_on": sorted(figures),
        "licence": LICENCE,
        "figures": {corpus: headline(each) for corpus, each in figures.items()},
    }
    model = Model(fields["id"], fields, fit.classifier, how.feature_set, encoder)
    unmet = [clip for clip in strange if {clip.corpus, clip.cast}.isdisjoint(figures)]
    abroad = _measure_abroad(model, unmet, how.jobs, progress)
    fields["unseen_corpora"] = {corpus: headline(each) for corpus, each in abroad.items()}
    card = write_card(fields, figures, abroad, how, has_encoder=encoder is not None)
    memory = Memory.of(vectors, fit.judgements, fit.classifier)
    save_model(out, fit.classifier, fields, card, encoder, memory.to_bytes())
    return vectors.skipped


def _measure_abroad(
    model: Model, clips: Sequence[Clip], jobs: int, progress: Progress | None
) -> dict[str, dict[str, Any]]:
    """Give the figures of a model on each corpus that it did not learn from."""
    corpora = sorted({clip.corpus for clip in clips})
    return {
        corpus: evaluate_model(
            model, [clip for clip in clips if clip.corpus == corpus], jobs=jobs, progress=progress
        ).as_dict()
        for corpus in corpora
    }


def judge_held_out(vectors: Vectors, fit: Fit) -> list[Evaluation]:
    """Give the evaluation of each corpus on speakers that the judging networks never heard."""
    return judge_corpora(vectors.clips, fit.held_out, "held-out networks")


def judge_corpora(
    clips: tuple[Clip, ...], held_out: Probabilities, predictor: str
) -> list[Evaluation]:
    """Give the evaluation of each corpus, by what was said of clips whose speakers were unseen."""
    corpora = np.array([clip.corpus for clip in clips])
    evaluations = []
    for corpus in np.unique(corpora):
        own = np.flatnonzero(corpora == corpus)
        evaluations.append(
            judge(
                [clips[number] for number in own],
                held_out.emotions[own],
                held_out.genders[own],
                protocol="unseen-speakers",
                predictor=predictor,
            )
        )
    return evaluations


def headline(figures: Mapping[str, Any]) -> dict[str, float | None]:
    """Give the few figures that a manifest carries for each corpus."""
    gender = figures["gender"]
    return {
        "accuracy": round(figures["accuracy"], 4),
        "uar": round(figures["uar"], 4),
        "ece": round(figures["ece"], 4),
        "gender_accuracy": round(gender["accuracy"], 4) if gender else None,
    }


def fingerprint(classifier: Classifier, encoder: Encoder | None) -> str:
    """Give eight hexadecimal digits that another model would not have."""
    digest = hashlib.sha256(classifier.mean.tobytes() + classifier.deviation.tobytes())
    digest.update(encoder.data if encoder else b"")
    for network in (*classifier.networks, *classifier.acquainted):
        for weights, biases in network:
            digest.update(weights.tobytes() + biases.tobytes())
    return digest.hexdigest()[:8]
