from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from learning import make_vectors

from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from terminal import Outcome, Run

    from ser_core.corpora import Clip
    from ser_core.training.vectors import Vectors

Options = dict[str, Any]


def ask(run: Run, corpora: Path, *arguments: object) -> Outcome:
    return run("train-encoder", "--corpora", corpora, *arguments)


@pytest.mark.parametrize("module", ["torch", "onnx"])
def test_without_the_training_extra_it_is_told_what_to_install(
    run: Run, corpora: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, module: str
) -> None:
    ours = ("commands.train_encoder", "training.encoder", "training.encoder_network")
    for name in (*ours, "training.export"):
        monkeypatch.delitem(sys.modules, f"ser_core.{name}", raising=False)
    for name in ("torch", "onnx"):
        if name != module:
            pytest.importorskip(name)
    monkeypatch.setitem(sys.modules, module, None)
    outcome = ask(run, corpora, "--out", tmp_path / "encoder.onnx")
    assert (outcome.code, outcome.out) == (1, "")
    assert f"{module} is not installed" in outcome.err
    assert "[training]" in outcome.err


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> list[Options]:
    """Put stand-ins for the work itself, and give what was to be learnt from, and how."""
    pytest.importorskip("torch")
    from ser_core.commands import train_encoder  # noqa: PLC0415 - needs torch

    calls: list[Options] = []

    def extract(clips: Sequence[Clip], how: Extraction, _: object) -> Vectors:
        calls.append({"how": how})
        return make_vectors(clips, np.zeros((len(clips), 1)))

    def learn(vectors: Vectors, recipe: object, run: object, _: object) -> str:
        calls[-1] |= {"clips": vectors.clips, "recipe": recipe, "run": run}
        return "an encoder"

    def export(encoder: str, corpora: Sequence[str]) -> bytes:
        return f"{encoder} of {', '.join(corpora)}".encode()

    monkeypatch.setattr(train_encoder, "extract_vectors", extract)
    monkeypatch.setattr(train_encoder, "train_encoder", learn)
    monkeypatch.setattr(train_encoder, "export_encoder", export)
    return calls


@pytest.fixture
def two_corpora(corpora: Path) -> Path:
    """Give a folder with a second corpus that may be learnt from."""
    for speaker in ("1001", "1002"):
        path = corpora / f"crema-d/AudioWAV/{speaker}_DFA_ANG_XX.wav"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(speaker)
    return corpora


def speakers(call: Options) -> set[str]:
    return {clip.speaker for clip in call["clips"]}


ALL = {"emodb/03", "emodb/08", "emodb/09", "crema-d/1001", "crema-d/1002"}


def test_an_encoder_of_all_corpora_is_written(
    run: Run, two_corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    out, checkpoint = tmp_path / "new" / "all.onnx", tmp_path / "run.pt"
    options = ("--epochs", 3, "--seed", 7, "--jobs", 2, "--checkpoint", checkpoint)
    outcome = ask(run, two_corpora, "--out", out, *options)
    assert (outcome.code, outcome.out) == (0, "")
    assert outcome.err.splitlines()[-1] == f"the encoder is in {out}"
    assert out.read_text() == "an encoder of crema-d, emodb"
    assert speakers(asked[0]) == ALL
    assert asked[0]["recipe"].epochs == 3
    run_ = asked[0]["run"]
    assert (run_.seed, run_.threads, run_.checkpoint) == (7, 2, checkpoint)
    noises = (two_corpora / "noise/rain.ogg",)
    assert asked[0]["how"] == Extraction("functionals", copies=3, noises=noises, seed=7, jobs=2)


@pytest.mark.parametrize(
    ("fold", "tested"),
    [
        (1, {"emodb/03", "crema-d/1001"}),
        (2, {"emodb/08", "crema-d/1002"}),
        (3, {"emodb/09"}),
    ],
)
def test_the_encoder_of_a_fold_never_learns_from_the_speakers_whom_it_tests(
    run: Run,
    two_corpora: Path,
    asked: list[Options],
    tmp_path: Path,
    fold: int,
    tested: set[str],
) -> None:
    assert ask(run, two_corpora, "--out", tmp_path / "x.onnx", "--fold", fold).code == 0
    assert speakers(asked[0]) == ALL - tested


def test_the_encoder_without_a_corpus_never_learns_from_it(
    run: Run, two_corpora: Path, asked: list[Options], tmp_path: Path
) -> None:
    out = tmp_path / "x.onnx"
    assert ask(run, two_corpora, "--out", out, "--without", "emodb").code == 0
    assert speakers(asked[0]) == {"crema-d/1001", "crema-d/1002"}
    assert out.read_text() == "an encoder of crema-d"


@pytest.mark.parametrize(
    ("options", "complaint"),
    [
        (("--fold", 4), "there is no fold 4: these speakers make 3"),
        (
            ("--without", "ravdes"),
            "no corpus or folder is called 'ravdes'; the known corpora are crema-d",
        ),
    ],
)
def test_what_cannot_be_left_out_is_an_error(
    run: Run,
    two_corpora: Path,
    asked: list[Options],
    tmp_path: Path,
    options: tuple[object, ...],
    complaint: str,
) -> None:
    outcome = ask(run, two_corpora, "--out", tmp_path / "x.onnx", *options)
    assert outcome.code == 1
    assert complaint in outcome.err
    assert not any("clips" in call for call in asked)
    assert not (tmp_path / "x.onnx").exists()
