from __future__ import annotations

import json
import sys
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from made_up_systems import write_system, write_voices
from sounds import silence

from ser_core.errors import (
    BadSetting,
    CorpusError,
    ExtraMissing,
    SetupError,
    TooFewSpeakers,
)
from ser_core.estimator import EstimatorClassifier
from ser_core.features import opensmile
from ser_core.pipeline import recognise
from ser_core.store import load_model
from ser_core.systems.table import find_system
from ser_core.systems.train import train_system
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.corpora import Clip

QUICK = {"hidden_layer_sizes": (16,), "max_iter": 20}
HOW = Extraction("as the system says", copies=3)


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> tuple[Clip, ...]:
    return write_voices(tmp_path_factory.mktemp("voices"))


@pytest.fixture(scope="module")
def bundle(voices: tuple[Clip, ...], tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_system(tmp_path_factory.mktemp("bundles"), voices, "mlp-300", **QUICK)


def test_a_bundle_of_a_system_hears_a_voice_note(bundle: Path, voice_note: bytes) -> None:
    model = load_model(bundle)
    assert isinstance(model.classifier, EstimatorClassifier)
    assert model.id.startswith("mlp-300-")
    assert len(model.id) == len("mlp-300-") + 8
    found = recognise(voice_note, model)
    assert found.emotion in {"happy", "sad"}
    assert sum(found.emotions) == pytest.approx(1)
    assert found.model_id == model.id


def test_the_manifest_tells_which_system_it_is_and_how_good(bundle: Path) -> None:
    manifest = json.loads((bundle / "manifest.json").read_text())
    assert (manifest["system"], manifest["feature_set"]["name"]) == ("mlp-300", "classic180")
    assert manifest["settings"] == {"hidden_layer_sizes": [16], "max_iter": 20}
    assert (manifest["trained_on"], manifest["licence"]) == (["voices"], "that of voices")
    figures = manifest["figures"]["voices"]
    assert figures.keys() == {"accuracy", "uar", "ece", "gender_accuracy"}


def test_the_card_tells_the_same_figures_and_that_others_are_better(bundle: Path) -> None:
    card = (bundle / "CARD.md").read_text()
    manifest = json.loads((bundle / "manifest.json").read_text())
    accuracy = manifest["figures"]["voices"]["accuracy"]
    assert f"| voices | 2 | {100 * accuracy:.1f} % |" in card
    assert card.startswith(f"# {manifest['id']}\n")
    assert "the recogniser that ships with this project is\nright more often" in card
    assert "`ser train --system mlp-300 --set hidden_layer_sizes=16 --set max_iter=20`" in card


def test_the_same_seed_gives_the_same_model_and_another_seed_another(
    voices: tuple[Clip, ...], bundle: Path, tmp_path: Path
) -> None:
    names = []
    for seed in (0, 1):
        train_system(
            voices,
            find_system("mlp-300"),
            out=tmp_path / str(seed),
            how=replace(HOW, seed=seed),
            settings=QUICK,
        )
        names.append(load_model(tmp_path / str(seed)).id)
    assert names[0] == load_model(bundle).id != names[1]


def test_recordings_that_cannot_be_learnt_from_are_named(
    voices: tuple[Clip, ...], tmp_path: Path
) -> None:
    quiet, unlabelled = tmp_path / "quiet.wav", tmp_path / "everyday.wav"
    for path in (quiet, unlabelled):
        soundfile.write(path, silence(1.0), 16_000)
    more = (
        *voices,
        replace(voices[0], path=quiet),
        replace(voices[0], path=unlabelled, emotion=None),
    )
    told: list[tuple[str, int, int]] = []
    skipped = train_system(
        more,
        find_system("random-forest"),
        out=tmp_path / "out",
        how=replace(HOW, feature_set="classic180"),
        settings={"n_estimators": 3},
        progress=lambda *report: told.append(report),
    )
    assert [(each.path, each.reason) for each in skipped] == [(quiet, "silent")]
    assert {work for work, _, _ in told} == {"measuring recordings", "fitting"}
    assert told[0] == ("measuring recordings", 1, 9)


def test_a_setting_that_the_system_refuses_is_told(
    voices: tuple[Clip, ...], tmp_path: Path
) -> None:
    with pytest.raises(BadSetting, match="alpha"):
        write_system(tmp_path, voices, "mlp-300", alpha=-1.0)
    assert not (tmp_path / "mlp-300").exists()


def test_a_single_speaker_is_too_few(voices: tuple[Clip, ...], tmp_path: Path) -> None:
    with pytest.raises(TooFewSpeakers):
        write_system(tmp_path, voices[:2], "mlp-300", **QUICK)


def test_nothing_to_learn_from_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(CorpusError, match="no recording"):
        write_system(tmp_path, (), "mlp-300")


def test_nothing_else_is_ever_overwritten(voices: tuple[Clip, ...], tmp_path: Path) -> None:
    (tmp_path / "mlp-300").mkdir()
    (tmp_path / "mlp-300" / "letter.txt").write_text("dear")
    with pytest.raises(SetupError, match="not overwritten"):
        write_system(tmp_path, voices, "mlp-300", **QUICK)


def test_a_bundle_of_opensmile_says_what_is_missing_where_it_is_not_installed(
    voices: tuple[Clip, ...], tmp_path: Path, voice_note: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("opensmile")
    settings = {"hidden_layer_sizes": (8,), "max_iter": 5}
    model = load_model(write_system(tmp_path, voices, "opensmile-egemaps", **settings))
    assert recognise(voice_note, model).emotion in {"happy", "sad"}
    opensmile._load.cache_clear()
    monkeypatch.setitem(sys.modules, "opensmile", None)
    with pytest.raises(ExtraMissing, match=r"speech-emotion-recogniser\[opensmile\]"):
        recognise(voice_note, model)
    opensmile._load.cache_clear()


def test_a_network_of_torch_becomes_a_bundle_that_needs_no_torch(
    voices: tuple[Clip, ...], tmp_path: Path, voice_note: bytes
) -> None:
    pytest.importorskip("torch")
    folder = write_system(tmp_path, voices, "cnn", max_epochs=1)
    assert (folder / "emotions.onnx").is_file()
    found = recognise(voice_note, load_model(folder))
    assert np.flatnonzero(found.emotions).size == 2
    assert "`training`" in (folder / "CARD.md").read_text()
