from __future__ import annotations

from typing import TYPE_CHECKING

from ser_core.corpora import unlabelled

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_everyday_speech_has_no_labels(add_files: Callable[..., Path]) -> None:
    (clip,) = unlabelled.read_everyday(add_files("000.ogg")).clips
    assert (clip.emotion, clip.gender, clip.speaker) == (None, None, "everyday/unknown")


def test_spoken_digits_have_a_speaker(add_files: Callable[..., Path]) -> None:
    (clip,) = unlabelled.read_spoken_digits(add_files("0_george_12.wav")).clips
    assert (clip.emotion, clip.gender, clip.speaker) == (None, None, "fsdd/george")


def test_another_name_is_no_spoken_digit(add_files: Callable[..., Path]) -> None:
    reading = unlabelled.read_spoken_digits(add_files("george.wav"))
    assert [file.reason for file in reading.skipped] == ["no spoken-digit name"]
