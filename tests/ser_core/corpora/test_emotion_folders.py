from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import emotion_folders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize("name", ["Anger/anna/1.wav", "anna/angry/1.wav"])
def test_the_folders_tell_emotion_and_speaker(add_files: Callable[..., Path], name: str) -> None:
    (clip,) = emotion_folders.read(add_files(name), corpus="mine").clips
    assert (clip.emotion, clip.speaker, clip.corpus) == ("angry", "mine/anna", "mine")


def test_without_other_folders_the_speaker_is_unknown(add_files: Callable[..., Path]) -> None:
    (clip,) = emotion_folders.read(add_files("happy/1.wav"), corpus="mine").clips
    assert clip.speaker == "mine/unknown"


def test_a_file_in_another_folder_is_skipped(add_files: Callable[..., Path]) -> None:
    reading = emotion_folders.read(add_files("boredom/1.wav"), corpus="mine")
    assert [file.reason for file in reading.skipped] == ["in no folder named after an emotion"]
