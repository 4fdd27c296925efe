from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip, ravdess
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_name_tells_emotion_gender_and_speaker(add_files: Callable[..., Path]) -> None:
    folder = add_files("Actor_12/03-01-06-01-02-01-12.wav")
    assert ravdess.read(folder).clips == (
        Clip(
            path=folder / "Actor_12/03-01-06-01-02-01-12.wav",
            emotion="fearful",
            gender="female",
            speaker="ravdess/12",
            language="en",
            corpus="ravdess",
        ),
    )


def test_odd_actors_are_men(add_files: Callable[..., Path]) -> None:
    (clip,) = ravdess.read(add_files("03-01-06-01-02-01-07.wav")).clips
    assert clip.gender == "male"


def test_the_emotion_codes_are_in_our_order(add_files: Callable[..., Path]) -> None:
    folder = add_files(*(f"03-01-{code:02}-01-01-01-01.ogg" for code in range(1, 9)))
    assert tuple(clip.emotion for clip in ravdess.read(folder).clips) == EMOTIONS


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("03-02-06-01-02-01-12.wav", "song, not speech"),
        ("01-01-06-01-02-01-12.mp4", "sound of a video, a copy of the audio-only file"),
        ("03-01-09-01-02-01-12.wav", "no RAVDESS name"),
        ("notes.wav", "no RAVDESS name"),
    ],
)
def test_other_files_are_skipped_with_a_reason(
    add_files: Callable[..., Path], name: str, reason: str
) -> None:
    reading = ravdess.read(add_files(name))
    assert reading.clips == ()
    assert [(file.path.name, file.reason) for file in reading.skipped] == [(name, reason)]


def test_song_is_a_corpus_of_its_own_by_the_same_people(add_files: Callable[..., Path]) -> None:
    folder = add_files("03-02-06-01-02-01-12.wav")
    assert ravdess.read_song(folder).clips == (
        Clip(
            path=folder / "03-02-06-01-02-01-12.wav",
            emotion="fearful",
            gender="female",
            speaker="ravdess/12",
            language="en",
            corpus="ravdess-song",
        ),
    )
    assert ravdess.read_song(folder).clips[0].cast == "ravdess"


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("03-01-06-01-02-01-12.wav", "speech, not song"),
        ("01-02-06-01-02-01-12.mp4", "sound of a video, a copy of the audio-only file"),
        ("song.wav", "no RAVDESS name"),
    ],
)
def test_other_files_are_no_song(add_files: Callable[..., Path], name: str, reason: str) -> None:
    reading = ravdess.read_song(add_files(name))
    assert reading.clips == ()
    assert [file.reason for file in reading.skipped] == [reason]
