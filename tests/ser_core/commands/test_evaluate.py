from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from ser_core.commands import evaluate
from ser_core.corpora import Skipped
from ser_core.emotions import EMOTIONS
from ser_core.evaluation.report import Evaluation
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from terminal import Outcome, Run

    from ser_core.corpora import Clip

Options = dict[str, Any]


def make_evaluation(clips: Sequence[Clip], **names: str) -> Evaluation:
    clips = [clip for clip in clips if clip.emotion]
    return Evaluation(
        corpus=clips[0].corpus,
        protocol=names["protocol"],
        predictor=names["predictor"],
        truths=np.array([EMOTIONS.index(clip.emotion or "") for clip in clips]),
        emotions=np.full((len(clips), 8), 1 / 8),
        gender_truths=np.full(len(clips), -1),
        genders=np.full((len(clips), 2), 0.5),
        speakers=tuple(clip.speaker for clip in clips),
        folds=np.zeros(len(clips), dtype=np.intp),
        skipped=(Skipped(clips[0].path, "silent"),),
    )


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """Put stand-ins for the work itself, and give the options that they were called with."""
    calls: list[Options] = []

    def evaluate_protocol(clips: Sequence[Clip], **options: object) -> Evaluation:
        calls.append(options)
        how: Any = options["how"]
        return make_evaluation(clips, protocol=options["protocol"], predictor=how.feature_set)

    def evaluate_model(
        model: SimpleNamespace, clips: Sequence[Clip], **options: object
    ) -> Evaluation:
        calls.append(options)
        return make_evaluation(clips, protocol="model", predictor=model.id)

    def load_model(place: str) -> SimpleNamespace:
        return SimpleNamespace(id=f"{place}-1", manifest={"trained_on": ["emodb"]})

    monkeypatch.setattr(evaluate, "evaluate_protocol", evaluate_protocol)
    monkeypatch.setattr(evaluate, "evaluate_model", evaluate_model)
    monkeypatch.setattr(evaluate, "load_model", load_model)
    return calls


def ask(run: Run, corpora: Path, *arguments: object) -> Outcome:
    return run("evaluate", "--corpora", corpora, *arguments)


def test_evaluation_by_a_protocol_prints_json_alone(
    run: Run, corpora: Path, asked: list[Options]
) -> None:
    options = ("--corpus", "emodb", "--protocol", "random-split", "--features", "classic180")
    outcome = ask(run, corpora, *options, "--seed", 3, "--jobs", 2, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    (figures,) = outcome.lines
    assert (figures["corpus"], figures["protocol"], figures["clips"]) == (
        "emodb",
        "random-split",
        9,
    )
    reasons = [skipped["reason"] for skipped in figures["skipped"]]
    assert reasons == ["no word here for the label 'boredom'"] * 3 + ["silent"]
    assert asked[0]["protocol"] == "random-split"
    assert asked[0]["how"] == Extraction("classic180", seed=3, jobs=2)


def test_evaluation_is_of_functionals_on_unseen_speakers_if_nothing_is_said(
    run: Run, corpora: Path, asked: list[Options]
) -> None:
    outcome = ask(run, corpora, "--corpus", "emodb")
    assert "emodb · unseen-speakers · functionals: 9 clips" in outcome.out
    assert asked[0]["protocol"] == "unseen-speakers"
    assert asked[0]["how"].feature_set == "functionals"


def test_evaluation_can_learn_from_disturbed_copies_and_keep_what_was_measured(
    run: Run, corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    options = ("--augmentations", 2, "--cache", tmp_path / "cache")
    outcome = ask(run, corpora, "--corpus", "emodb", *options, "--json")
    assert outcome.err == "1 noise recordings to disturb copies with\n"
    assert asked[0]["how"].copies == 2
    assert asked[0]["how"].noises == (corpora / "noise/rain.ogg",)
    assert asked[0]["how"].cache == tmp_path / "cache"


@pytest.mark.usefixtures("asked")
def test_a_bundle_is_measured_on_a_corpus_it_did_not_learn_from(run: Run, corpora: Path) -> None:
    outcome = ask(run, corpora, "--corpus", "mine", "--model", "default", "--json")
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.lines[0]["predictor"] == "default-1"


@pytest.mark.usefixtures("asked")
def test_a_bundle_is_not_measured_on_what_it_learnt_from(run: Run, corpora: Path) -> None:
    outcome = ask(run, corpora, "--corpus", "emodb", "--model", "default")
    assert (outcome.code, outcome.out) == (1, "")
    assert "the model default-1 learnt from emodb" in outcome.err


@pytest.mark.usefixtures("asked")
def test_nor_on_what_the_same_people_sing(
    run: Run, corpora: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (corpora / "ravdess-song").mkdir()
    (corpora / "ravdess-song/03-02-03-01-01-01-01.wav").write_text("la la la")
    model = SimpleNamespace(id="default-1", manifest={"trained_on": ["emodb", "ravdess"]})
    monkeypatch.setattr(evaluate, "load_model", lambda _: model)
    outcome = ask(run, corpora, "--corpus", "ravdess-song", "--model", "default")
    assert (outcome.code, outcome.out) == (1, "")
    assert "the model default-1 learnt from ravdess:" in outcome.err


@pytest.mark.usefixtures("asked")
@pytest.mark.parametrize("options", [(), ("--model", "default")])
def test_everyday_speech_has_nothing_to_measure(
    run: Run, corpora: Path, options: tuple[str, ...]
) -> None:
    outcome = ask(run, corpora, "--corpus", "everyday", *options)
    assert (outcome.code, outcome.out) == (1, "")
    assert "everyday is everyday speech without emotions" in outcome.err
