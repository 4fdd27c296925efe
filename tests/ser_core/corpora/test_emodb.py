from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip, emodb

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_name_tells_emotion_gender_and_speaker(add_files: Callable[..., Path]) -> None:
    folder = add_files("wav/03a01Fa.wav")
    assert emodb.read(folder).clips == (
        Clip(
            path=folder / "wav/03a01Fa.wav",
            emotion="happy",
            gender="male",
            speaker="emodb/03",
            language="de",
            corpus="emodb",
        ),
    )


@pytest.mark.parametrize(
    ("letter", "emotion"),
    [
        ("A", "fearful"),
        ("E", "disgust"),
        ("F", "happy"),
        ("N", "neutral"),
        ("T", "sad"),
        ("W", "angry"),
    ],
)
def test_every_emotion_letter_is_known(
    add_files: Callable[..., Path], letter: str, emotion: str
) -> None:
    (clip,) = emodb.read(add_files(f"16b10{letter}b.ogg")).clips
    assert (clip.emotion, clip.gender) == (emotion, "female")


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("16b10La.wav", "no word here for the label 'boredom'"),
        ("16b10Xa.wav", "no Emo-DB name"),
        ("readme.wav", "no Emo-DB name"),
    ],
)
def test_other_files_are_skipped_with_a_reason(
    add_files: Callable[..., Path], name: str, reason: str
) -> None:
    reading = emodb.read(add_files(name))
    assert reading.clips == ()
    assert [file.reason for file in reading.skipped] == [reason]


def test_the_case_of_a_name_does_not_matter(add_files: Callable[..., Path]) -> None:
    (clip,) = emodb.read(add_files("16B10WB.WAV")).clips
    assert (clip.emotion, clip.speaker) == ("angry", "emodb/16")


def test_the_gender_of_somebody_else_is_unknown(add_files: Callable[..., Path]) -> None:
    (clip,) = emodb.read(add_files("17a01Fa.wav")).clips
    assert clip.gender is None
