"""From labelled clips to the bundle of a system: vectors, what it learns, honest figures, card."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import joblib

from ser_core.store import save_model
from ser_core.systems.card import name_licence, write_system_card
from ser_core.systems.held_out import learn
from ser_core.systems.measure import measure_clips
from ser_core.training.train import headline, judge_corpora

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ser_core.corpora import Clip, Skipped
    from ser_core.systems.system import System
    from ser_core.training.vectors import Extraction, Progress


def train_system(
    clips: Sequence[Clip],
    system: System,
    *,
    out: Path,
    how: Extraction,
    settings: Mapping[str, Any],
    progress: Progress | None = None,
) -> tuple[Skipped, ...]:
    """Fit a system on the clips that have an emotion, and write it to ``out`` as a bundle.

    Gives the recordings that could not be learnt from, with the reasons. What is measured, and
    how many copies are made, the system says, and not ``how``.

    The bundle's figures are of unseen speakers: each clip is judged by what never heard its
    speaker, calibrated on the speakers of the other folds.

    Raises:
        CorpusError: if no clip can be read, or there are not two speakers and two emotions.
        BadSetting: if the system cannot take a setting.
        ExtraMissing: if the system needs a package that is not installed.
        SetupError: if something else than a bundle stands at ``out``.
    """
    how = replace(how, feature_set=str(system.feature_set), copies=system.noisy_copies, noises=())
    vectors = measure_clips([clip for clip in clips if clip.emotion], how, progress)
    said, classifier = learn(system, settings, vectors, how, progress)
    figures = {one.corpus: one.as_dict() for one in judge_corpora(vectors.clips, said, system.name)}
    fields = {
        "id": f"{system.name}-{joblib.hash(classifier)[:8]}",
        "feature_set": how.feature_set,
        "trained_on": list(classifier.corpora),
        "licence": name_licence(classifier.corpora),
        "figures": {corpus: headline(each) for corpus, each in figures.items()},
        "system": system.name,
        "settings": dict(settings),
    }
    card = write_system_card(
        system, fields, figures, seed=how.seed, has_gender_teller=classifier.genders is not None
    )
    save_model(out, classifier, fields, card)
    return vectors.skipped
