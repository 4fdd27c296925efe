from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from tiny_encoder import make_encoder_file

from ser_core.commands import train
from ser_core.corpora import Skipped
from ser_core.training.encoders import LEFT_OUT
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Sequence

    from terminal import Outcome, Run

    from ser_core.corpora import Clip

Options = dict[str, Any]


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """Put a stand-in for the training itself, and give what it was called with."""
    calls: list[Options] = []

    def train_model(clips: Sequence[Clip], **options: object) -> tuple[Skipped, ...]:
        calls.append({"corpora": sorted({clip.corpus for clip in clips}), **options})
        return (Skipped(Path("quiet.wav"), "silent"),)

    monkeypatch.setattr(train, "train", train_model)
    return calls


def ask(run: Run, corpora: Path, *arguments: object) -> Outcome:
    return run("train", "--corpora", corpora, *arguments)


def test_training_takes_every_corpus_that_may_be_learnt_from(
    run: Run, corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    out = tmp_path / "bundle"
    outcome = ask(run, corpora, "--out", out, "--augmentations", 2, "--seed", 1, "--jobs", 3)
    assert (outcome.code, outcome.out) == (0, "")
    skipped = "03a01La.wav, 08a01La.wav, 09a01La.wav"
    assert outcome.err.splitlines() == [
        "1 noise recordings to disturb copies with",
        "emodb: 9 clips",
        f"emodb, skipped 3: no word here for the label 'boredom': {skipped}",
        "training, skipped 1: silent: quiet.wav",
        f"the model is in {out}",
    ]
    assert (asked[0]["corpora"], asked[0]["out"]) == (["emodb"], out)
    noises = (corpora / "noise/rain.ogg",)
    assert asked[0]["how"] == Extraction("functionals", copies=2, noises=noises, seed=1, jobs=3)
    assert (asked[0]["encoders"], asked[0]["strange"]) == (None, [])


def test_training_takes_the_corpora_that_are_named(
    run: Run, corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    names = ("--corpus", "emodb", "--corpus", "mine")
    assert ask(run, corpora, "--out", tmp_path / "bundle", *names).code == 0
    assert asked[0]["corpora"] == ["emodb", "mine"]


def test_training_on_nothing_is_an_error(run: Run, tmp_path: Path, asked: list[Options]) -> None:
    outcome = ask(run, tmp_path / "nowhere", "--out", tmp_path / "bundle")
    assert outcome.code == 1
    assert "a folder named ravdess or crema-d" in outcome.err
    assert asked == []


def test_training_never_starts_where_its_result_could_not_be_written(
    run: Run, corpora: Path, asked: list[Options]
) -> None:
    outcome = ask(run, corpora, "--out", corpora)
    assert outcome.code == 1
    assert "not overwritten" in outcome.err
    assert asked == []


def test_training_takes_the_encoders_of_a_folder(
    run: Run, corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    names = ("all", *(f"fold-{number}" for number in range(1, 6)))
    (tmp_path / "encoders").mkdir()
    for name in (*names, *(f"without-{corpus}" for corpus in LEFT_OUT)):
        (tmp_path / f"encoders/{name}.onnx").write_bytes(make_encoder_file())
    options = ("--out", tmp_path / "bundle", "--encoders", tmp_path / "encoders")
    assert ask(run, corpora, *options).code == 0
    assert len(asked[0]["encoders"].folds) == 5


def test_missing_encoders_are_told_before_anything_is_measured(
    run: Run, corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    outcome = ask(run, corpora, "--out", tmp_path / "bundle", "--encoders", tmp_path)
    assert outcome.code == 1
    assert "all.onnx is missing: `ser train-encoder` makes it" in outcome.err
    assert asked == []


def test_encoders_do_not_go_with_another_feature_set(
    run: Run, corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    options = ("--encoders", tmp_path, "--features", "classic180")
    outcome = ask(run, corpora, "--out", tmp_path / "bundle", *options)
    assert (outcome.code, asked) == (2, [])
    assert "--encoders" in outcome.err


def test_corpora_that_are_there_to_measure_on_are_measured_on(
    run: Run, corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    (corpora / "emovo").mkdir()
    (corpora / "emovo/gio-f1-b1.wav").write_text("joy")
    outcome = ask(run, corpora, "--out", tmp_path / "bundle")
    assert "emovo: 1 clips" in outcome.err
    assert asked[0]["corpora"] == ["emodb"]
    assert [clip.corpus for clip in asked[0]["strange"]] == ["emovo"]
