from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ser_core.emotions import EMOTIONS
from ser_core.evaluation.report import Evaluation
from ser_core.training.card import write_card
from ser_core.training.fit import N_PARTS, N_ROUNDS
from ser_core.training.vectors import Extraction

FIELDS = {"id": "functionals-1a2b3c4d", "feature_set": "functionals", "licence": "CC BY 4.0"}
HAPPY, SAD, CALM = (EMOTIONS.index(emotion) for emotion in ("happy", "sad", "calm"))


def make_figures(truths: list[int], heard: list[int], genders: list[int]) -> dict[str, Any]:
    """Give the figures of clips of which each is heard with all confidence."""
    return Evaluation(
        corpus="x",
        protocol="unseen-speakers",
        predictor="held-out networks",
        truths=np.array(truths),
        emotions=np.eye(len(EMOTIONS))[heard],
        gender_truths=np.array(genders),
        genders=np.tile([1.0, 0.0], (len(truths), 1)),
        speakers=tuple("abcdefgh"[: len(truths)]),
        folds=np.zeros(len(truths), np.intp),
    ).as_dict()


@pytest.fixture
def card() -> str:
    """Give the card of a model of two corpora: one right about women alone, one without genders."""
    figures = {
        "alpha": make_figures([HAPPY, SAD], [HAPPY, HAPPY], [0, 1]),
        "beta": make_figures([CALM, CALM, SAD, SAD], [CALM, SAD, SAD, CALM], [-1] * 4),
    }
    titles = {"alpha": "Alpha, a corpus", "beta": "Beta, another"}
    licences = {"alpha": "CC0", "beta": "CC BY 4.0"}
    return write_card(
        FIELDS, figures, titles, licences, Extraction("functionals", copies=2, seed=7)
    )


def rows(card: str, head: str) -> list[list[str]]:
    """Give the cells of the table whose first head is that word."""
    lines = card.splitlines()
    start = next(number for number, line in enumerate(lines) if line.startswith(f"| {head} |"))
    end = next(number for number in range(start, len(lines)) if not lines[number].startswith("|"))
    return [line.strip("| ").split(" | ") for line in lines[start:end] if "---" not in line]


def test_the_card_names_the_model_its_licence_and_how_it_was_made(card: str) -> None:
    assert card.startswith("# functionals-1a2b3c4d\n")
    assert "Licence of this bundle: CC BY 4.0" in card
    assert "`functionals`" in card
    assert "in 2 disturbed copies" in card
    assert "seed 7" in card


def test_the_card_names_each_corpus_with_its_size_and_licence(card: str) -> None:
    assert rows(card, "corpus")[1:] == [
        ["Alpha, a corpus", "2", "2", "CC0"],
        ["Beta, another", "4", "4", "CC BY 4.0"],
    ]


def test_the_card_tells_how_good_the_model_is_on_each_corpus(card: str) -> None:
    figures = card[card.index("## Figures") :]
    assert rows(figures, "corpus") == [
        ["corpus", "emotions", "accuracy", "UAR", "UAR female", "UAR male", "ECE", "gender"],
        ["alpha", "2", "50.0 %", "50.0 %", "100.0 %", "0.0 %", "50.0 %", "50.0 %"],
        ["beta", "2", "50.0 %", "50.0 %", "-", "-", "50.0 %", "-"],
    ]


def test_the_card_tells_the_recall_of_each_emotion_where_a_corpus_has_it(card: str) -> None:
    assert rows(card, "emotion") == [
        ["emotion", "alpha", "beta"],
        ["happy", "100.0 %", "-"],
        ["sad", "0.0 %", "50.0 %"],
        ["calm", "-", "50.0 %"],
    ]


def test_the_card_says_how_the_speakers_are_really_parted(card: str) -> None:
    assert "The speakers were parted five ways, twice" in card
    assert (N_PARTS, N_ROUNDS) == (5, 2)


def test_the_card_says_what_the_model_must_not_be_used_for(card: str) -> None:
    assert "## Do not use it" in card
    assert "at work or in school" in card
