from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import Clip, manifest

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_the_manifest_tells_every_label(add_files: Callable[..., Path]) -> None:
    folder = add_files("sub/1.wav")
    (folder / "labels.csv").write_text(
        "file,emotion,speaker,gender,language\nsub/1.wav,anger,anna,F,tr\n"
    )
    assert manifest.read(folder, corpus="mine").clips == (
        Clip(
            path=folder / "sub/1.wav",
            emotion="angry",
            gender="female",
            speaker="mine/anna",
            language="tr",
            corpus="mine",
        ),
    )


def test_what_the_manifest_leaves_out_is_unknown(add_files: Callable[..., Path]) -> None:
    folder = add_files("1.wav")
    (folder / "labels.csv").write_text("file,emotion\n1.wav,happy\n")
    (clip,) = manifest.read(folder, corpus="mine", language="ko").clips
    assert (clip.gender, clip.speaker, clip.language) == (None, "mine/unknown", "ko")


def test_other_words_for_the_columns_and_other_ways_to_write_a_path_are_understood(
    add_files: Callable[..., Path],
) -> None:
    folder = add_files("sub/1.wav")
    (folder / "metadata.tsv").write_text("path\tlabel\tspeaker_id\n.\\sub\\1.wav\tsad\t7\n")
    (clip,) = manifest.read(folder, corpus="mine").clips
    assert (clip.emotion, clip.speaker) == ("sad", "mine/7")


def test_a_corpus_may_have_been_converted_since(add_files: Callable[..., Path]) -> None:
    folder = add_files("1.ogg")
    (folder / "labels.csv").write_text("file,emotion\n1.WAV,happy\n")
    (clip,) = manifest.read(folder, corpus="mine").clips
    assert clip.path.name == "1.ogg"


def test_a_line_that_stands_there_twice_gives_one_clip(add_files: Callable[..., Path]) -> None:
    folder = add_files("1.wav")
    (folder / "labels.csv").write_text("file,emotion\n1.wav,happy\n1.wav,happy\n")
    assert len(manifest.read(folder, corpus="mine").clips) == 1


def test_each_file_without_a_clip_has_its_reason(add_files: Callable[..., Path]) -> None:
    folder = add_files("bored.wav", "blank.wav", "unlisted.wav", "empty.wav")
    (folder / "empty.wav").write_bytes(b"")
    (folder / "labels.csv").write_text(
        "file,emotion\nbored.wav,boredom\nblank.wav,\nmissing.wav,happy\nempty.wav,happy\n"
    )
    reading = manifest.read(folder, corpus="mine")
    assert reading.clips == ()
    assert {file.path.name: file.reason for file in reading.skipped} == {
        "bored.wav": "no word here for the label 'boredom'",
        "blank.wav": "no label",
        "missing.wav": "missing file",
        "empty.wav": "empty file",
        "unlisted.wav": "not in the manifest",
    }


@pytest.mark.parametrize(
    "header",
    [
        "File Name;Emotion Label;Speaker ID;Sex",
        "AUDIO_PATH;Emotion;Actor;GENDER",
        "filepath;class;subject-id;gender",
        "emotion;index;name;label;person",
    ],
)
def test_columns_are_called_many_things(add_files: Callable[..., Path], header: str) -> None:
    folder = add_files("1.wav")
    values = "angry;1;1.wav;0;Anna" if header.startswith("emotion") else "1.wav;ANGRY;Anna;F"
    (folder / "labels.csv").write_text(f"{header}\r\n{values}\r\n")
    (clip,) = manifest.read(folder, corpus="mine").clips
    assert (clip.emotion, clip.speaker) == ("angry", "mine/anna")


def test_one_name_in_two_spellings_is_one_speaker(add_files: Callable[..., Path]) -> None:
    folder = add_files("1.wav", "2.wav")
    (folder / "labels.csv").write_text("file,emotion,speaker\n1.wav,sad,Anna\n2.wav,happy, ANNA \n")
    assert {clip.speaker for clip in manifest.read(folder, corpus="mine").clips} == {"mine/anna"}


def test_a_table_with_other_columns_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "ages.csv").write_text("speaker,age\nanna,30\n")
    (tmp_path / "folder.csv").mkdir()
    (tmp_path / ".~lock.labels.csv").write_text("anna")
    tables = manifest.find_tables(tmp_path)
    assert [table.name for table in tables] == ["ages.csv"]
    assert manifest.read_rows(tables) == []


def test_the_columns_of_tables_are_told(tmp_path: Path) -> None:
    (tmp_path / "ages.csv").write_text("Speaker,Age\nanna,30\n")
    (tmp_path / "empty.csv").touch()
    assert manifest.tell_columns(manifest.find_tables(tmp_path)) == (
        "ages.csv has the columns speaker, age; empty.csv is empty or no table"
    )
