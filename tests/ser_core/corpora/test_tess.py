from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip, tess

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_name_tells_emotion_and_speaker(add_files: Callable[..., Path]) -> None:
    folder = add_files("OAF_Fear/OAF_back_fear.wav")
    assert tess.read(folder).clips == (
        Clip(
            path=folder / "OAF_Fear/OAF_back_fear.wav",
            emotion="fearful",
            gender="female",
            speaker="tess/OAF",
            language="en",
            corpus="tess",
        ),
    )


@pytest.mark.parametrize(
    ("word", "emotion"),
    [
        ("angry", "angry"),
        ("disgust", "disgust"),
        ("fear", "fearful"),
        ("happy", "happy"),
        ("neutral", "neutral"),
        ("ps", "surprised"),
        ("pleasant_surprise", "surprised"),
        ("Pleasant_Surprised", "surprised"),
        ("sad", "sad"),
    ],
)
def test_every_emotion_is_known(add_files: Callable[..., Path], word: str, emotion: str) -> None:
    (clip,) = tess.read(add_files(f"YAF_youth_{word}.ogg")).clips
    assert (clip.emotion, clip.speaker) == (emotion, "tess/YAF")


@pytest.mark.parametrize("name", ["OA_bite_neutral.wav", "oaf_bite_NEUTRAL.WAV"])
def test_a_misspelt_name_is_nobody_else(add_files: Callable[..., Path], name: str) -> None:
    (clip,) = tess.read(add_files(name)).clips
    assert (clip.emotion, clip.speaker) == ("neutral", "tess/OAF")


@pytest.mark.parametrize("name", ["OAF_back_bored.wav", "XAF_back_sad.wav", "OAF_sad.wav"])
def test_other_files_are_skipped_with_a_reason(add_files: Callable[..., Path], name: str) -> None:
    reading = tess.read(add_files(name))
    assert reading.clips == ()
    assert [file.reason for file in reading.skipped] == ["no TESS name"]
