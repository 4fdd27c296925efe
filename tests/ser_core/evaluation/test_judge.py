from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from ser_core.corpora import Clip
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import CorpusError
from ser_core.evaluation.judge import judge

PATH = Path("x.wav")
CLIPS = [
    Clip(PATH, "sad", "male", "b/1", "", "b"),
    Clip(PATH, "happy", None, "a/1", "", "a"),
    Clip(PATH, "sad", "female", "b/2", "", "b"),
]


def test_predictions_stand_beside_the_labels_of_the_clips() -> None:
    emotions, genders = np.full((3, len(EMOTIONS)), 1 / 8), np.full((3, len(GENDERS)), 0.5)
    found = judge(CLIPS, emotions, genders, protocol="some", predictor="something")
    assert (found.protocol, found.predictor) == ("some", "something")
    assert [EMOTIONS[truth] for truth in found.truths] == ["sad", "happy", "sad"]
    assert found.gender_truths.tolist() == [GENDERS.index("male"), -1, GENDERS.index("female")]
    assert (found.emotions is emotions, found.genders is genders) == (True, True)
    assert found.speakers == ("b/1", "a/1", "b/2")
    assert found.folds.tolist() == [0, 0, 0]
    assert found.skipped == ()


def test_several_corpora_are_named_together_in_order() -> None:
    found = judge(CLIPS, np.ones((3, 8)), np.ones((3, 2)), protocol="", predictor="")
    assert found.corpus == "a + b"


def test_nothing_cannot_be_judged() -> None:
    with pytest.raises(CorpusError):
        judge([], np.ones((0, 8)), np.ones((0, 2)), protocol="", predictor="")
