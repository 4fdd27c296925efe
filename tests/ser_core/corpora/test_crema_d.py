from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip, crema_d

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

DEMOGRAPHICS = '"ActorID","Age","Sex"\r\n1001,51,"Male"\r\n1002,21,"Female"\r\n'


def test_the_name_and_the_demographics_tell_the_labels(add_files: Callable[..., Path]) -> None:
    folder = add_files("AudioWAV/1002_DFA_ANG_XX.wav")
    (folder / "VideoDemographics.csv").write_text(DEMOGRAPHICS)
    assert crema_d.read(folder).clips == (
        Clip(
            path=folder / "AudioWAV/1002_DFA_ANG_XX.wav",
            emotion="angry",
            gender="female",
            speaker="crema-d/1002",
            language="en",
            corpus="crema-d",
        ),
    )


@pytest.mark.parametrize(
    ("code", "emotion"),
    [
        ("ANG", "angry"),
        ("DIS", "disgust"),
        ("FEA", "fearful"),
        ("HAP", "happy"),
        ("NEU", "neutral"),
        ("SAD", "sad"),
    ],
)
def test_every_emotion_code_is_known(
    add_files: Callable[..., Path], code: str, emotion: str
) -> None:
    (clip,) = crema_d.read(add_files(f"1001_IEO_{code}_HI.flac")).clips
    assert clip.emotion == emotion


def test_without_demographics_no_gender_is_known(add_files: Callable[..., Path]) -> None:
    (clip,) = crema_d.read(add_files("1001_DFA_SAD_LO.mp3")).clips
    assert clip.gender is None


@pytest.mark.parametrize("name", ["1001_DFA_BOR_XX.wav", "DFA_1001_ANG_XX.wav"])
def test_other_names_are_skipped(add_files: Callable[..., Path], name: str) -> None:
    reading = crema_d.read(add_files(name))
    assert [file.reason for file in reading.skipped] == ["no CREMA-D name"]


def test_the_same_as_mp3_counts_once(add_files: Callable[..., Path]) -> None:
    folder = add_files(
        "AudioWAV/1001_DFA_ANG_XX.wav",
        "AudioMP3/1001_DFA_ANG_XX.mp3",
        "AudioMP3/1002_DFA_ANG_XX.mp3",
    )
    reading = crema_d.read(folder)
    assert sorted(clip.path.name for clip in reading.clips) == [
        "1001_DFA_ANG_XX.wav",
        "1002_DFA_ANG_XX.mp3",
    ]
    assert [file.reason for file in reading.skipped] == ["an MP3 of a file in AudioWAV"]
