from __future__ import annotations

import pickle
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pytest
from tiny_encoder import make_encoder_file

from ser_core.errors import TooFewSpeakers
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.systems import shipped
from ser_core.systems.shipped import ShippedRecogniser
from ser_core.systems.trial import blind, sum_labels
from ser_core.training.encoders import LEFT_OUT
from ser_core.training.fit import Plan
from ser_core.training.mlp import Recipe

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.corpora import Clip


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let one small network judge that learnt for a moment from clips as they are."""
    recipe = Recipe(hidden=(24,), epochs=1, least_steps=120, batch_size=8)
    monkeypatch.setattr(shipped, "Plan", partial(Plan, recipe=recipe, n_networks=1))


@pytest.fixture(scope="module")
def encoders(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder of encoders that nobody trained, each with another seed."""
    folder = tmp_path_factory.mktemp("encoders")
    names = ["all", *(f"fold-{k + 1}" for k in range(5)), *(f"without-{name}" for name in LEFT_OUT)]
    for seed, name in enumerate(names):
        (folder / f"{name}.onnx").write_bytes(make_encoder_file(("voices", "others"), seed))
    return folder


def number_speakers(clips: tuple[Clip, ...]) -> dict[str, int]:
    return {
        clips[clip].speaker: number
        for number, fold in enumerate(unseen_speakers(clips))
        for clip in fold.test
    }


def test_it_hears_emotion_and_gender_together(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    fitted = ShippedRecogniser(copies=1, cache=tmp_path).fit(spoken_clips)
    found = fitted.predict_proba([blind(clip) for clip in spoken_clips])
    assert found.shape == (15, 16)
    assert found.sum(axis=1) == pytest.approx(1)
    emotions, genders = sum_labels(found, fitted.classes_)
    assert genders is not None
    assert emotions.sum(axis=1) == pytest.approx(1)
    truths = [f"{clip.gender} {clip.emotion}" for clip in spoken_clips]
    assert np.mean(fitted.predict(spoken_clips) == truths) > 0.5


def test_the_encoder_is_the_one_that_never_heard_who_is_tested(
    spoken_clips: tuple[Clip, ...], encoders: Path
) -> None:
    folds = number_speakers(spoken_clips)
    known = [clip for clip in spoken_clips if folds[clip.speaker] != 3]
    fitted = ShippedRecogniser(copies=0, encoders=encoders, folds=folds).fit(known)
    assert fitted.encoder_ is not None
    assert fitted.encoder_.data == (encoders / "fold-4.onnx").read_bytes()
    assert fitted.size_bytes > len(fitted.encoder_.data)
    found = fitted.predict_proba(spoken_clips)
    assert found.sum(axis=1) == pytest.approx(1)
    copy = pickle.loads(pickle.dumps(fitted))  # noqa: S301 - our own bytes
    assert copy.predict_proba(spoken_clips) == pytest.approx(found)


def test_no_encoder_is_listened_to_that_may_have_heard_who_is_tested(
    spoken_clips: tuple[Clip, ...], encoders: Path
) -> None:
    folds = number_speakers(spoken_clips)
    everybody = ShippedRecogniser(copies=0, encoders=encoders, folds=folds).fit(spoken_clips)
    assert everybody.encoder_ is None
    nobody_told = ShippedRecogniser(copies=0, encoders=encoders).fit(spoken_clips)
    assert nobody_told.encoder_ is None


def test_one_speaker_is_not_enough(spoken_clips: tuple[Clip, ...]) -> None:
    with pytest.raises(TooFewSpeakers):
        ShippedRecogniser(copies=0).fit(spoken_clips[:3])


def test_the_system_makes_an_estimator_with_its_seed() -> None:
    assert shipped.SYSTEM.build(7).get_params()["seed"] == 7
