"""The bundle that ships: what it says of itself, and how good it is where it never learnt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import pytest

from ser_core.corpora import read_corpus
from ser_core.emotions import EMOTIONS
from ser_core.evaluation.run import evaluate_model
from ser_core.store import CARD_FILE, DEFAULT_FOLDER, load_model

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.evaluation.report import Evaluation

TOLERANCE: Final = 0.006
"""Three or four of EMOVO's 588 clips: other processors round otherwise."""


@pytest.fixture(scope="module")
def emovo(corpora_folder: Path) -> Evaluation:
    """Give what the model hears in Italian, a language and a corpus that are new to it."""
    model = load_model()
    assert "emovo" not in model.manifest["trained_on"]
    return evaluate_model(model, read_corpus("emovo", corpora_folder).clips)


def test_the_card_tells_the_figures_of_the_manifest() -> None:
    manifest = load_model().manifest
    card = (DEFAULT_FOLDER / CARD_FILE).read_text()
    assert card.startswith(f"# {manifest['id']}\n")
    assert manifest["figures"].keys() == set(manifest["trained_on"])
    for corpus, figures in manifest["figures"].items():
        (row,) = (line for line in card.splitlines() if line.startswith(f"| {corpus} |"))
        cells = row.strip("| ").split(" | ")
        for cell, name in ((2, "accuracy"), (3, "uar"), (6, "ece")):
            percent = float(cells[cell].removesuffix(" %"))
            assert percent == pytest.approx(100 * figures[name], abs=0.06)  # both are rounded


def test_every_emotion_was_learnt() -> None:
    card = (DEFAULT_FOLDER / CARD_FILE).read_text()
    assert all(f"| {emotion} |" in card for emotion in EMOTIONS)


@pytest.mark.corpora
def test_a_corpus_that_is_new_to_the_model_is_heard_as_well_as_the_card_says(
    emovo: Evaluation,
) -> None:
    told = load_model().manifest["unseen_corpora"]["emovo"]
    found = emovo.as_dict()
    assert len(emovo.labels) == 7
    assert found["uar"] >= told["uar"] - TOLERANCE
    assert found["gender"]["accuracy"] >= told["gender_accuracy"] - TOLERANCE
    assert found["ece"] <= told["ece"] + TOLERANCE


@pytest.mark.corpora
def test_hardly_any_clip_of_a_voice_is_refused(emovo: Evaluation) -> None:
    assert len(emovo.skipped) <= 0.01 * emovo.truths.size
