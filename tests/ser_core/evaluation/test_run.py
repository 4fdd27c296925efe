from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from sounds import noise, silence

from ser_core.corpora import Clip, Skipped
from ser_core.emotions import EMOTIONS
from ser_core.errors import CorpusError, TooFewSpeakers
from ser_core.evaluation import run
from ser_core.evaluation.run import evaluate_model, evaluate_protocol
from ser_core.pipeline import recognise
from ser_core.training import classifier, judgements
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from ser_core.store import Model
    from ser_core.training.fit import Fitted
    from ser_core.training.vectors import Vectors

Clips = tuple[Clip, ...]
Report = tuple[str, int, int]

HOW = Extraction("classic180")


@pytest.fixture
def hiss(tmp_path: Path, spoken_clips: Clips) -> Clip:
    """Give a clip in which nobody speaks, of a known speaker all the same."""
    soundfile.write(tmp_path / "hiss.wav", noise(), 16_000)
    return replace(spoken_clips[0], path=tmp_path / "hiss.wav")


@pytest.fixture
def mute(tmp_path: Path, spoken_clips: Clips) -> Clip:
    """Give a clip without any sound."""
    soundfile.write(tmp_path / "mute.wav", silence(1.0), 16_000)
    return replace(spoken_clips[0], path=tmp_path / "mute.wav")


@pytest.fixture
def learnt(monkeypatch: pytest.MonkeyPatch) -> list[set[str]]:
    """Keep whose clips networks learnt from."""
    speakers: list[set[str]] = []
    for module in (judgements, classifier):
        fit_networks = module.fit_networks

        def listen(
            vectors: Vectors, *rest: object, fit_networks: Callable[..., Fitted] = fit_networks
        ) -> Fitted:
            speakers.append({clip.speaker for clip in vectors.clips})
            return fit_networks(vectors, *rest)

        monkeypatch.setattr(module, "fit_networks", listen)
    return speakers


def unlabelled(clips: Sequence[Clip]) -> Clips:
    return tuple(replace(clip, emotion=None) for clip in clips)


@pytest.mark.usefixtures("quick_fit")
def test_each_clip_is_tested_once_by_who_never_heard_its_speaker(
    spoken_clips: Clips, learnt: list[set[str]]
) -> None:
    found = evaluate_protocol(spoken_clips, protocol="unseen-speakers", how=HOW)
    assert found.speakers == tuple(clip.speaker for clip in spoken_clips)
    assert (found.corpus, found.protocol, found.predictor) == (
        "voices",
        "unseen-speakers",
        "classic180",
    )
    assert len(learnt) == 5
    for speaker, fold in zip(found.speakers, found.folds, strict=True):
        assert speaker not in learnt[fold]
    for probabilities in (found.emotions, found.genders):
        np.testing.assert_allclose(probabilities.sum(axis=1), 1)
    assert found.as_dict()["uar"] > 0.5  # of three emotions


@pytest.mark.usefixtures("quick_fit")
def test_a_random_split_tests_a_part(spoken_clips: Clips, learnt: list[set[str]]) -> None:
    found = evaluate_protocol(spoken_clips, protocol="random-split", how=HOW)
    assert found.truths.size == 4
    assert set(found.folds) == {0}
    assert not learnt[-1].isdisjoint(found.speakers), "the same voice may stand on both sides"


@pytest.mark.usefixtures("quick_fit")
def test_copies_are_learnt_from_and_never_tested_on(
    spoken_clips: Clips, monkeypatch: pytest.MonkeyPatch
) -> None:
    extract = run.extract_vectors

    def spoil(*arguments: object) -> Vectors:
        vectors = extract(*arguments)  # type: ignore[arg-type]  # passed on as they are
        vectors.values[1:] = 0
        return vectors

    plain = evaluate_protocol(spoken_clips, protocol="unseen-speakers", how=HOW)
    monkeypatch.setattr(run, "extract_vectors", spoil)
    how = replace(HOW, copies=1)
    found = evaluate_protocol(spoken_clips, protocol="unseen-speakers", how=how)
    assert found.truths.size == plain.truths.size
    assert not np.allclose(found.emotions, plain.emotions)
    same_fold = found.emotions[found.folds == 0]
    assert not np.allclose(same_fold, same_fold[0]), "copies of zeros would all sound the same"


@pytest.mark.usefixtures("quick_fit")
def test_what_a_protocol_cannot_use_is_named_or_left_out(spoken_clips: Clips, mute: Clip) -> None:
    clips = [mute, *spoken_clips, *unlabelled(spoken_clips[:2])]
    found = evaluate_protocol(clips, protocol="unseen-speakers", how=HOW)
    assert found.truths.size == len(spoken_clips)
    assert found.skipped == (Skipped(mute.path, "silent"),)


@pytest.mark.usefixtures("quick_fit")
def test_progress_counts_the_networks_of_all_folds(spoken_clips: Clips) -> None:
    told: list[Report] = []
    evaluate_protocol(
        spoken_clips,
        protocol="unseen-speakers",
        how=HOW,
        progress=lambda *report: told.append(report),
    )
    fitted = [report for report in told if report[0] == "fitting networks"]
    assert fitted == [("fitting networks", done, 5) for done in range(1, 6)]
    assert told[: len(spoken_clips)][-1] == ("measuring recordings", 15, 15)


def test_too_few_speakers_to_learn_from_is_an_error(spoken_clips: Clips) -> None:
    with pytest.raises(TooFewSpeakers):
        evaluate_protocol(spoken_clips[:3], protocol="unseen-speakers", how=HOW)


def test_a_model_is_measured_as_a_user_hears_it(spoken_clips: Clips, spoken_model: Model) -> None:
    found = evaluate_model(spoken_model, spoken_clips[:4])
    assert (found.protocol, found.predictor) == ("unseen-corpus", spoken_model.id)
    assert [EMOTIONS[truth] for truth in found.truths] == ["happy", "sad", "angry", "happy"]
    for clip, emotions, genders in zip(
        spoken_clips[:4], found.emotions, found.genders, strict=True
    ):
        recognition = recognise(clip.path.read_bytes(), spoken_model)
        assert tuple(emotions) == recognition.emotions
        assert tuple(genders) == recognition.genders


def test_clips_that_the_model_refuses_are_named_with_the_reason(
    spoken_clips: Clips, hiss: Clip, spoken_model: Model
) -> None:
    told: list[Report] = []
    clips = [spoken_clips[0], hiss, *unlabelled(spoken_clips[:1]), spoken_clips[1]]
    found = evaluate_model(spoken_model, clips, progress=lambda *report: told.append(report))
    assert [EMOTIONS[truth] for truth in found.truths] == ["happy", "sad"]
    assert found.skipped == (Skipped(hiss.path, "0.00 s of speech in 1.00 s of audio"),)
    assert told == [("recognising", done, 3) for done in (1, 2, 3)]


def test_a_model_that_refuses_every_clip_cannot_be_measured(
    hiss: Clip, spoken_model: Model
) -> None:
    with pytest.raises(CorpusError, match="none of 1 clips could be recognised"):
        evaluate_model(spoken_model, [hiss])
