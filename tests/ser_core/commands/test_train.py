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
    from ser_core.systems.system import System

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


@pytest.fixture
def asked_system(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """Put a stand-in for the training of systems, and give what it was called with."""
    calls: list[Options] = []

    def train_system(
        clips: Sequence[Clip], system: System, **options: object
    ) -> tuple[Skipped, ...]:
        corpora = sorted({clip.corpus for clip in clips})
        calls.append({"corpora": corpora, "system": system.name, **options})
        return (Skipped(Path("quiet.wav"), "silent"),)

    monkeypatch.setattr(train, "train_system", train_system)
    return calls


def test_a_system_of_the_laboratory_is_trained_with_its_settings(
    run: Run, corpora: Path, asked_system: list[Options], tmp_path: Path
) -> None:
    out = tmp_path / "bundle"
    options = ("--out", out, "--system", "mlp-300", "--seed", 1, "--jobs", 2, "--cache", tmp_path)
    values = ("--set", "hidden_layer_sizes=300,150", "--set", "alpha=0.1")
    more = ("--set", "early_stopping=true", "--set", "activation=tanh")
    outcome = ask(run, corpora, *options, *values, *more)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines()[-2:] == [
        "training, skipped 1: silent: quiet.wav",
        f"the model is in {out}",
    ]
    assert "noise" not in outcome.err
    (asked,) = asked_system
    assert (asked["system"], asked["corpora"], asked["out"]) == ("mlp-300", ["emodb"], out)
    assert asked["how"] == Extraction("classic180", seed=1, jobs=2, cache=tmp_path)
    assert asked["settings"] == {
        "hidden_layer_sizes": (300, 150),
        "alpha": 0.1,
        "early_stopping": True,
        "activation": "tanh",
    }


def test_a_system_learns_from_the_corpora_that_are_named(
    run: Run, corpora: Path, asked_system: list[Options], tmp_path: Path
) -> None:
    names = ("--corpus", "emodb", "--corpus", "mine")
    assert ask(run, corpora, "--out", tmp_path / "b", "--system", "svm", *names).code == 0
    assert (asked_system[0]["corpora"], asked_system[0]["settings"]) == (["emodb", "mine"], {})


def test_the_shipped_system_is_what_is_trained_without_any(
    run: Run, corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    for more in ((), ("--system", "shipped")):
        assert ask(run, corpora, "--out", tmp_path / "bundle", *more).code == 0
    for each in asked:
        del each["progress"]
    assert asked[0] == asked[1]
    assert asked[0]["how"].feature_set == "functionals"


def test_an_unknown_system_is_an_error_that_lists_the_right_ones(
    run: Run, corpora: Path, asked_system: list[Options], tmp_path: Path
) -> None:
    outcome = ask(run, corpora, "--out", tmp_path / "bundle", "--system", "mlp-301")
    assert (outcome.code, asked_system) == (1, [])
    assert "no system is called 'mlp-301'; there are mlp-300," in outcome.err
    assert "shipped" in outcome.err


@pytest.mark.parametrize(
    ("options", "told"),
    [
        (("--system", "svm", "--features", "classic180"), "leave out --features"),
        (("--system", "svm", "--encoders", "x", "--augmentations", "1"), "--encoders and"),
        (("--set", "alpha=1"), "name one by --system"),
        (("--system", "shipped", "--set", "alpha=1"), "name one by --system"),
    ],
)
def test_options_that_do_not_go_together_are_told(
    run: Run,
    corpora: Path,
    asked: list[Options],
    asked_system: list[Options],
    options: tuple[str, ...],
    told: str,
) -> None:
    outcome = ask(run, corpora, "--out", corpora / "bundle", *options)
    assert (outcome.code, asked, asked_system) == (2, [], [])
    assert told in " ".join(outcome.err.replace("│", " ").split())


@pytest.mark.parametrize(
    ("setting", "told"),
    [
        ("alpha", "NAME=VALUE"),
        ("alhpa=1", "alpha"),
        ("alpha=-1", "alpha"),
        ("activation=tan", "relu"),
    ],
)
def test_a_setting_that_cannot_be_is_told_before_anything_is_measured(
    run: Run,
    corpora: Path,
    asked_system: list[Options],
    setting: str,
    told: str,
) -> None:
    options = ("--out", corpora / "bundle", "--system", "mlp-300", "--set", setting)
    outcome = ask(run, corpora, *options)
    assert (outcome.code, asked_system) == (1, [])
    assert outcome.err.startswith("ser: the setting ")
    assert told in outcome.err


def test_a_system_is_never_trained_where_its_result_could_not_be_written(
    run: Run, corpora: Path, asked_system: list[Options]
) -> None:
    outcome = ask(run, corpora, "--out", corpora, "--system", "mlp-300")
    assert (outcome.code, asked_system) == (1, [])
    assert "not overwritten" in outcome.err
