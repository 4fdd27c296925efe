from __future__ import annotations

from typing import TYPE_CHECKING

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


def test_a_table_with_other_columns_is_no_manifest(tmp_path: Path) -> None:
    (tmp_path / "ages.csv").write_text("speaker,age\nanna,30\n")
    (tmp_path / "folder.csv").mkdir()
    assert manifest.read_rows(tmp_path) == []
