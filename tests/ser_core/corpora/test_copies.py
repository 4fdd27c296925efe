from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import soundfile

from ser_core.corpora import Clip, Reading
from ser_core.corpora.copies import drop_copies

if TYPE_CHECKING:
    import pytest


def read(*labels: tuple[Path, str]) -> Reading:
    clips = (Clip(path, emotion, None, "x/1", "en", "x") for path, emotion in labels)
    return drop_copies(Reading(tuple(clips), ()))


def test_a_copy_with_the_same_label_is_left_out(tmp_path: Path) -> None:
    first, second = tmp_path / "1.wav", tmp_path / "2.wav"
    first.write_bytes(b"one sound")
    second.write_bytes(b"one sound")
    reading = read((first, "happy"), (second, "happy"))
    assert [clip.path for clip in reading.clips] == [first]
    assert [(file.path, file.reason) for file in reading.skipped] == [(second, "a copy of 1.wav")]


def test_one_sound_with_two_labels_is_left_out_altogether(tmp_path: Path) -> None:
    first, second = tmp_path / "1.wav", tmp_path / "2.wav"
    first.write_bytes(b"one sound")
    second.write_bytes(b"one sound")
    reading = read((first, "happy"), (second, "neutral"))
    assert reading.clips == ()
    assert [(file.path, file.reason) for file in reading.skipped] == [
        (first, "one sound under several labels"),
        (second, "one sound under several labels"),
    ]


def test_equal_size_is_not_enough_to_be_a_copy(tmp_path: Path) -> None:
    first, second = tmp_path / "1.wav", tmp_path / "2.wav"
    first.write_bytes(b"one sound")
    second.write_bytes(b"two sound")
    assert len(read((first, "happy"), (second, "neutral")).clips) == 2


def test_one_sound_encoded_twice_to_ogg_is_a_copy(tmp_path: Path) -> None:
    first, second = tmp_path / "1.ogg", tmp_path / "2.ogg"
    samples = np.sin(np.arange(8_000) / 20)
    for path in (first, second):
        soundfile.write(path, samples, 16_000, format="OGG", subtype="OPUS")
    assert first.read_bytes() != second.read_bytes()
    assert len(read((first, "happy"), (second, "happy")).clips) == 1


def test_other_sounds_in_ogg_are_no_copies(tmp_path: Path) -> None:
    first, second = tmp_path / "1.ogg", tmp_path / "2.ogg"
    soundfile.write(first, np.zeros(8_000), 16_000, format="OGG", subtype="OPUS")
    data = bytearray(first.read_bytes())
    data[-1] ^= 0xFF
    second.write_bytes(data)
    assert len(read((first, "happy"), (second, "happy")).clips) == 2


def test_files_that_cannot_be_read_are_left_to_the_decoder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(path: Path) -> bytes:
        raise PermissionError(path)

    paths = [tmp_path / "1.wav", tmp_path / "2.wav"]
    for path in paths:
        path.write_bytes(b"one sound")
    monkeypatch.setattr(Path, "read_bytes", fail)
    assert [clip.path for clip in read(*((path, "happy") for path in paths)).clips] == paths


def test_a_truncated_ogg_page_does_no_harm(tmp_path: Path) -> None:
    first, second = tmp_path / "1.ogg", tmp_path / "2.ogg"
    for path in (first, second):
        path.write_bytes(b"OggS but too short")
    assert len(read((first, "happy"), (second, "happy")).clips) == 1
