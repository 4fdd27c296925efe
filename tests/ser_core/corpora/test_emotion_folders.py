from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import emotion_folders

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


@pytest.mark.parametrize(
    "name",
    [
        "Anger/anna/1.wav",
        "anna/angry/1.wav",
        "Anna/05 - Angry/1.wav",
        "train/angry/anna/1.wav",
        "audio/Test/anna/angry_2/1.wav",
    ],
)
def test_the_folders_tell_emotion_and_speaker(add_files: Callable[..., Path], name: str) -> None:
    (clip,) = emotion_folders.read(add_files(name), corpus="mine").clips
    assert (clip.emotion, clip.speaker, clip.corpus) == ("angry", "mine/anna", "mine")


def test_without_other_folders_the_speaker_is_unknown(add_files: Callable[..., Path]) -> None:
    (clip,) = emotion_folders.read(add_files("happy/1.wav"), corpus="mine").clips
    assert clip.speaker == "mine/unknown"


def test_a_file_in_another_folder_is_skipped(add_files: Callable[..., Path]) -> None:
    reading = emotion_folders.read(add_files("boredom/1.wav"), corpus="mine")
    assert [file.reason for file in reading.skipped] == ["in no folder named after an emotion"]


@pytest.mark.parametrize("name", ["unhappy/1.wav", "not happy/1.wav", "anna_happy/1.wav"])
def test_a_word_in_the_name_of_a_folder_is_not_enough(
    add_files: Callable[..., Path], name: str
) -> None:
    assert emotion_folders.read(add_files(name), corpus="mine").clips == ()


def test_a_file_in_folders_of_two_emotions_is_skipped(add_files: Callable[..., Path]) -> None:
    reading = emotion_folders.read(add_files("sad/happy/1.wav"), corpus="mine")
    assert [file.reason for file in reading.skipped] == ["in folders named after happy and sad"]
