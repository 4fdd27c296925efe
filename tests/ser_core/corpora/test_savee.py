from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip, savee

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    "name", ["AudioData/DC/sa01.wav", "DC_sa01.wav", "dc/SA01.WAV", "ALL/DC_sa01.ogg"]
)
def test_name_and_folder_tell_emotion_and_speaker(
    add_files: Callable[..., Path], name: str
) -> None:
    folder = add_files(name)
    assert savee.read(folder).clips == (
        Clip(
            path=folder / name,
            emotion="sad",
            gender="male",
            speaker="savee/DC",
            language="en",
            corpus="savee",
        ),
    )


@pytest.mark.parametrize(
    ("letters", "emotion"),
    [
        ("a", "angry"),
        ("d", "disgust"),
        ("f", "fearful"),
        ("h", "happy"),
        ("n", "neutral"),
        ("sa", "sad"),
        ("su", "surprised"),
    ],
)
def test_every_emotion_is_known(add_files: Callable[..., Path], letters: str, emotion: str) -> None:
    (clip,) = savee.read(add_files(f"KL_{letters}15.wav")).clips
    assert clip.emotion == emotion


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("DC_s01.wav", "no SAVEE name"),
        ("DC_a1.wav", "no SAVEE name"),
        (
            "XX/a01.wav",
            "neither the name nor the folder tells which of the four men of SAVEE speaks",
        ),
    ],
)
def test_other_files_are_skipped_with_a_reason(
    add_files: Callable[..., Path], name: str, reason: str
) -> None:
    reading = savee.read(add_files(name))
    assert reading.clips == ()
    assert [file.reason for file in reading.skipped] == [reason]
