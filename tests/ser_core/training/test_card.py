from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from ser_core.corpora import CORPORA
from ser_core.emotions import EMOTIONS
from ser_core.evaluation.report import Evaluation
from ser_core.training.card import write_card
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


def make_card(abroad: dict[str, Any] | None = None, *, has_encoder: bool = False) -> str:
    """Give the card of a model of two corpora: one right about women alone, one without genders."""
    figures = {
        "emodb": make_figures([HAPPY, SAD], [HAPPY, HAPPY], [0, 1]),
        "beta": make_figures([CALM, CALM, SAD, SAD], [CALM, SAD, SAD, CALM], [-1] * 4),
    }
    how = Extraction("functionals", copies=2, seed=7)
    return write_card(FIELDS, figures, abroad or {}, how, has_encoder=has_encoder)


@pytest.fixture
def card() -> str:
    return make_card()


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
        [CORPORA["emodb"].title, "2", "2", CORPORA["emodb"].licence],
        ["beta", "4", "4", "?"],
    ]


def test_the_card_tells_how_good_the_model_is_on_each_corpus(card: str) -> None:
    figures = card[card.index("## Figures") :]
    assert rows(figures, "corpus") == [
        ["corpus", "emotions", "accuracy", "UAR", "UAR female", "UAR male", "ECE", "gender"],
        ["emodb", "2", "50.0 %", "50.0 %", "100.0 %", "0.0 %", "50.0 %", "50.0 %"],
        ["beta", "2", "50.0 %", "50.0 %", "-", "-", "50.0 %", "-"],
    ]


def test_the_card_tells_the_recall_of_each_emotion_where_a_corpus_has_it(card: str) -> None:
    assert rows(card, "emotion") == [
        ["emotion", "emodb", "beta"],
        ["happy", "100.0 %", "-"],
        ["sad", "0.0 %", "50.0 %"],
        ["calm", "-", "50.0 %"],
    ]


def test_the_card_says_who_judged_whom(card: str) -> None:
    assert "judged by\nnetworks that never heard its speaker, among" in card
    assert "encoder" not in card


def test_the_card_of_a_model_with_an_encoder_tells_of_it() -> None:
    card = make_card(has_encoder=True)
    assert "perceptrons and the heads of an encoder trained on the same corpora" in card
    assert "nor did the encoder" in card


def test_the_card_says_what_the_model_must_not_be_used_for(card: str) -> None:
    assert "## Do not use it" in card
    assert "at work or in school" in card


def test_the_card_tells_how_good_the_model_is_on_corpora_that_it_never_met() -> None:
    card = make_card({"gamma": make_figures([HAPPY, SAD], [HAPPY, SAD], [0, 1])})
    abroad = card[card.index("## Figures on corpora that it never met") :]
    assert rows(abroad, "corpus")[1] == [
        *("gamma", "2", "100.0 %", "100.0 %", "100.0 %", "100.0 %", "0.0 %", "50.0 %"),
    ]


def test_the_card_says_so_where_no_other_corpus_was_at_hand(card: str) -> None:
    assert "None was at hand" in card[card.index("## Figures on corpora that it never met") :]
