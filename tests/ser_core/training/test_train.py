from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from sounds import silence

from ser_core.classify import standardise
from ser_core.corpora import CORPORA, Clip, Skipped
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import CorpusError, TooFewSpeakers
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.evaluation.run import evaluate_model
from ser_core.store import load_model
from ser_core.training.classifier import fit_classifier
from ser_core.training.fit import Plan
from ser_core.training.memory import STEPS, read_memory
from ser_core.training.mlp import Recipe
from ser_core.training.train import LICENCE, judge_held_out, train
from ser_core.training.vectors import Extraction, extract_vectors

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.store import Model
    from ser_core.training.encoders import Encoders

HOW = Extraction("classic180")
QUICK = Plan(Recipe(hidden=(16,), epochs=1, least_steps=30), n_networks=1, n_acquainted=1)


def percents(cells: list[str]) -> list[float]:
    return [float(cell.removesuffix(" %")) for cell in cells]


@pytest.mark.usefixtures("quick_fit")
def test_a_bundle_is_written_that_can_be_loaded_and_used(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    told: list[tuple[str, int, int]] = []
    skipped = train(
        spoken_clips, out=tmp_path / "out", how=HOW, progress=lambda *report: told.append(report)
    )
    assert skipped == ()
    assert {work for work, _, _ in told} == {"measuring recordings", "fitting networks"}
    model = load_model(tmp_path / "out")
    assert model.feature_set == "classic180"
    vectors = extract_vectors(spoken_clips, HOW)
    heard = model.classifier.classify(vectors.values[0])
    truths = [EMOTIONS.index(str(clip.emotion)) for clip in spoken_clips]
    genders = [GENDERS.index(str(clip.gender)) for clip in spoken_clips]
    assert np.mean(heard.emotions.argmax(axis=1) == truths) > 0.8
    assert np.mean(heard.genders.argmax(axis=1) == genders) > 0.8


def test_a_bundle_remembers_what_it_learnt_from(
    spoken_clips: tuple[Clip, ...], spoken_bundle: Path, spoken_model: Model
) -> None:
    memory = read_memory(spoken_bundle)
    judge = spoken_model.classifier
    vectors = extract_vectors(spoken_clips, Extraction("functionals")).values[0]
    expected = standardise(vectors, judge.mean, judge.deviation)
    np.testing.assert_allclose(memory.scores, expected, atol=0.5 / STEPS + 1e-6)
    assert memory.labels.speakers.tolist() == [clip.speaker for clip in spoken_clips]
    for number, fold in enumerate(unseen_speakers(spoken_clips)):
        assert np.array_equal(np.flatnonzero(memory.folds == number), fold.test)
    assert memory.heard is None


def test_the_manifest_tells_what_was_learnt_from_and_how_well(spoken_model: Model) -> None:
    manifest = spoken_model.manifest
    assert manifest["id"] == spoken_model.id
    assert spoken_model.id.startswith("functionals-")
    assert (manifest["trained_on"], manifest["licence"]) == (["voices"], LICENCE)
    figures = manifest["figures"]["voices"]
    assert figures.keys() == {"accuracy", "uar", "ece", "gender_accuracy"}
    assert figures["uar"] > 0.5  # of three emotions, by voices that were never heard


def test_the_figures_of_the_manifest_are_those_of_the_card(
    spoken_model: Model, spoken_bundle: Path
) -> None:
    card = (spoken_bundle / "CARD.md").read_text()
    figures = spoken_model.manifest["figures"]["voices"]
    row = next(line for line in card.splitlines() if line.startswith("| voices | 3 |"))
    cells = row.strip("| ").split(" | ")
    shown = percents([*cells[2:4], *cells[6:]])
    told = [100 * figures[name] for name in ("accuracy", "uar", "ece", "gender_accuracy")]
    assert shown == pytest.approx(told, abs=0.06)  # both are rounded
    assert spoken_model.id in card


def test_the_figures_are_of_held_out_judgements(spoken_clips: tuple[Clip, ...]) -> None:
    """Two corpora and a gender that nobody knows, each corpus judged by itself."""
    clips = [
        replace(clip, corpus="others", gender=None) if clip.speaker.endswith("eva") else clip
        for clip in spoken_clips
    ]
    vectors = extract_vectors(clips, HOW)
    fit = fit_classifier(vectors, QUICK)
    others, voices = judge_held_out(vectors, fit)
    assert (others.corpus, voices.corpus) == ("others", "voices")
    assert (others.truths.size, voices.truths.size) == (3, 12)
    assert (others.protocol, others.predictor) == ("unseen-speakers", "held-out networks")
    for found, own in ((others, slice(12, 15)), (voices, slice(12))):
        assert np.array_equal(found.emotions, fit.held_out.emotions[own])
        assert np.array_equal(found.genders, fit.held_out.genders[own])
    assert (others.gender_truths == -1).all()


@pytest.mark.usefixtures("quick_fit")
def test_a_corpus_without_genders_has_no_figure_of_them(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    clips = [replace(clip, gender=None) for clip in spoken_clips]
    train(clips, out=tmp_path / "out", how=HOW)
    assert load_model(tmp_path / "out").manifest["figures"]["voices"]["gender_accuracy"] is None


@pytest.mark.usefixtures("quick_fit")
def test_known_corpora_are_told_by_title_and_licence(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    names = ("emodb", "nemo", "mine")
    clips = [replace(clip, corpus=names[number % 3]) for number, clip in enumerate(spoken_clips)]
    train(clips, out=tmp_path / "out", how=HOW)
    card = (tmp_path / "out" / "CARD.md").read_text()
    for name in ("emodb", "nemo"):
        assert f"| {CORPORA[name].title} | 5 | 5 | {CORPORA[name].licence} |" in card
    assert "| mine | 5 | 5 | ? |" in card
    assert load_model(tmp_path / "out").manifest["trained_on"] == ["emodb", "mine", "nemo"]


@pytest.mark.usefixtures("quick_fit")
def test_what_could_not_be_learnt_from_is_named_and_everyday_speech_is_left_out(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    mute, everyday = (
        replace(spoken_clips[0], path=tmp_path / f"{name}.wav", emotion=emotion)
        for name, emotion in (("mute", "happy"), ("everyday", None))
    )
    soundfile.write(mute.path, silence(1.0), 16_000)  # the other is never looked at
    skipped = train([mute, everyday, *spoken_clips], out=tmp_path / "out", how=HOW)
    assert skipped == (Skipped(mute.path, "silent"),)


@pytest.mark.usefixtures("quick_fit")
def test_the_same_clips_and_seed_give_the_same_model_and_another_seed_another(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    ids = []
    for number, seed in enumerate((0, 0, 1)):
        train(spoken_clips[:6], out=tmp_path / str(number), how=replace(HOW, seed=seed))
        ids.append(load_model(tmp_path / str(number)).id)
    assert ids[0] == ids[1] != ids[2]


@pytest.mark.usefixtures("quick_fit")
def test_the_figures_abroad_are_of_corpora_that_were_not_learnt_from(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    learnt, kept = spoken_clips[:6], spoken_clips[6:9]
    far = [replace(clip, corpus="far", speaker="far/1") for clip in kept]
    same_people = [replace(clip, corpus="song") for clip in kept]
    strange = [*far, *same_people, *kept]
    train(learnt, out=tmp_path / "out", how=HOW, strange=strange)
    model = load_model(tmp_path / "out")
    figures = model.manifest["unseen_corpora"]
    assert figures.keys() == {"far"}
    expected = evaluate_model(model, far).as_dict()
    assert figures["far"]["uar"] == pytest.approx(expected["uar"], abs=1e-4)
    assert "| far | 3 |" in (tmp_path / "out" / "CARD.md").read_text()


def test_nothing_is_written_where_nothing_can_be_learnt(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    with pytest.raises(TooFewSpeakers):
        train(spoken_clips[:3], out=tmp_path / "out", how=HOW)
    with pytest.raises(CorpusError, match="no recording could be read"):
        train([replace(spoken_clips[0], emotion=None)], out=tmp_path / "out", how=HOW)
    assert not (tmp_path / "out").exists()


def test_the_encoder_of_all_corpora_goes_into_the_bundle(
    hearing_model: Model, spoken_model: Model, encoders: Encoders
) -> None:
    assert hearing_model.encoder is not None
    assert hearing_model.encoder.sha256 == encoders.all.sha256
    assert spoken_model.encoder is None
    assert hearing_model.id != spoken_model.id


@pytest.mark.usefixtures("quick_fit")
def test_another_encoder_makes_another_model(
    spoken_clips: tuple[Clip, ...], encoders: Encoders, tmp_path: Path
) -> None:
    """The folds are heard by the same ones, so nothing else differs."""
    ids = []
    for number, encoder in enumerate(encoders.folds[:2]):
        train(
            spoken_clips[:6],
            out=tmp_path / str(number),
            how=Extraction("functionals"),
            encoders=replace(encoders, all=encoder),
        )
        ids.append(load_model(tmp_path / str(number)).id)
    assert ids[0] != ids[1]
