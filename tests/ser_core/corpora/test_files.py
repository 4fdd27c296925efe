from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip
from ser_core.corpora.files import find_sound_files, label_files, read_table

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_sound_files_are_found_below_the_folder_in_order(add_files: Callable[..., Path]) -> None:
    folder = add_files("b/2.WAV", "a/1.flac", "3.ogg", "4.mp3", "5.m4a", "6.opus", "7.mp4")
    found = [path.relative_to(folder).as_posix() for path in find_sound_files(folder)]
    assert found == ["3.ogg", "4.mp3", "5.m4a", "6.opus", "7.mp4", "a/1.flac", "b/2.WAV"]


def test_other_files_hidden_files_and_folders_are_no_sound_files(
    add_files: Callable[..., Path],
) -> None:
    folder = add_files("readme.txt", "._1.wav")
    (folder / "folder.wav").mkdir()
    assert find_sound_files(folder) == []


def test_an_empty_file_is_skipped(add_files: Callable[..., Path]) -> None:
    path = add_files("1.wav") / "1.wav"
    path.write_bytes(b"")
    reading = label_files([path], lambda path: Clip(path, "happy", None, "x/1", "en", "x"))
    assert [file.reason for file in reading.skipped] == ["empty file"]


@pytest.mark.parametrize(
    "data",
    [
        b"file,emotion\n1.wav,happy\n",
        b"file;emotion\r\n1.wav;happy\r\n",
        b"file\temotion\n1.wav\thappy",
        b"\xef\xbb\xbfFile , Emotion\n 1.wav , happy \n\n",
        b'"file","emotion"\n"1.wav","happy"\n',
    ],
    ids=["commas", "semicolons, Windows", "tabs", "byte order mark, spaces", "quotes"],
)
def test_tables_of_every_kind_are_read(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(data)
    assert read_table(path) == [{"file": "1.wav", "emotion": "happy"}]


@pytest.mark.parametrize("encoding", ["cp1252", "utf-16", "utf-8", "utf-8-sig"])
def test_the_encodings_of_spreadsheets_are_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes("file,text\r\n1.wav,café\r\n".encode(encoding))
    assert read_table(path) == [{"file": "1.wav", "text": "café"}]


@pytest.mark.parametrize("data", [b"", b"file,text\n1.wav," + 200_000 * b"x"])
def test_a_file_that_is_no_table_has_no_rows(tmp_path: Path, data: bytes) -> None:
    path = tmp_path / "labels.csv"
    path.write_bytes(data)
    assert read_table(path) == []
