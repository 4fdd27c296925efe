from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip, emovo

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_name_tells_emotion_gender_and_speaker(add_files: Callable[..., Path]) -> None:
    folder = add_files("f1/gio-f1-b1.wav")
    assert emovo.read(folder).clips == (
        Clip(
            path=folder / "f1/gio-f1-b1.wav",
            emotion="happy",
            gender="female",
            speaker="emovo/f1",
            language="it",
            corpus="emovo",
        ),
    )


@pytest.mark.parametrize(
    ("code", "emotion"),
    [
        ("dis", "disgust"),
        ("gio", "happy"),
        ("neu", "neutral"),
        ("pau", "fearful"),
        ("rab", "angry"),
        ("sor", "surprised"),
        ("tri", "sad"),
    ],
)
def test_every_emotion_code_is_known(
    add_files: Callable[..., Path], code: str, emotion: str
) -> None:
    (clip,) = emovo.read(add_files(f"{code}-m3-l2.ogg")).clips
    assert (clip.emotion, clip.gender) == (emotion, "male")


def test_other_names_are_skipped(add_files: Callable[..., Path]) -> None:
    reading = emovo.read(add_files("noia-m3-l2.wav"))
    assert [file.reason for file in reading.skipped] == ["no EMOVO name"]
