"""The commands on real sound: learn from synthetic voices, then recognise and measure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import soundfile

from ser_core.synthesis import speak

if TYPE_CHECKING:
    from pathlib import Path

    from terminal import Run

VOICES = {"03": "male", "08": "female", "10": "male", "13": "female"}
LETTERS = {"F": "happy", "T": "sad", "W": "angry"}


@pytest.fixture(scope="module")
def voices(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with an Emo-DB of four synthetic speakers, and a corpus of another one."""
    folder = tmp_path_factory.mktemp("voices")
    for seed, (speaker, gender) in enumerate((VOICES | {"mine": "female"}).items()):
        for letter, emotion in LETTERS.items():
            waveform = speak(emotion, gender, seconds=1.0, seed=seed)
            name = f"mine/{emotion}/1" if speaker == "mine" else f"emodb/{speaker}a01{letter}a"
            path = folder / f"{name}.wav"
            path.parent.mkdir(parents=True, exist_ok=True)
            soundfile.write(path, waveform.samples, waveform.sampling_rate)
    return folder


@pytest.mark.usefixtures("quick_fit")
def test_a_model_is_trained_then_recognises_and_is_measured(
    run: Run, voices: Path, tmp_path: Path
) -> None:
    options = ("--features", "classic180", "--augmentations", 1, "--jobs", 1)
    trained = run("train", "--corpora", voices, "--out", tmp_path / "model", *options)
    assert (trained.code, trained.out) == (0, "")

    recordings = sorted(voices.glob("emodb/*.wav"))
    recognised = run("recognise", *recordings, "--model", tmp_path / "model", "--json")
    assert recognised.code == 0
    assert [line["file"] for line in recognised.lines] == [str(path) for path in recordings]

    options = ("--model", tmp_path / "model", "--jobs", 1)
    measured = run("evaluate", "--corpora", voices, "--corpus", "mine", *options, "--json")
    assert measured.code == 0
    assert measured.lines[0]["predictor"] == recognised.lines[0]["model"]
    assert measured.lines[0]["clips"] == len(LETTERS)

    refused = run("evaluate", "--corpora", voices, "--corpus", "emodb", *options)
    assert (refused.code, refused.out) == (1, "")


@pytest.mark.usefixtures("quick_fit")
def test_features_are_measured_on_unseen_speakers(run: Run, voices: Path) -> None:
    options = ("--corpus", "emodb", "--features", "classic180", "--jobs", 1)
    outcome = run("evaluate", "--corpora", voices, *options, "--json")
    assert outcome.code == 0
    assert (outcome.lines[0]["clips"], outcome.lines[0]["folds"]) == (12, 4)
