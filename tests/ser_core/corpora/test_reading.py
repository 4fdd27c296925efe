from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import CORPORA, find_own, read_corpus, tell_lack
from ser_core.errors import NotACorpus, UnknownCorpus

if TYPE_CHECKING:
    from collections.abc import Callable

REAL_COUNTS = {
    # name: (clips, speakers, skipped); clips and skipped make up all sound files
    "ravdess": (1_439, 24, 1),
    "crema-d": (7_436, 91, 6),
    "nemo": (4_481, 9, 0),
    "emodb": (454, 10, 81),
    "korean-emotiontts": (300, 15, 0),
    "indian-emospeech": (2_019, 105, 350),
    "emovo": (588, 6, 0),
    "everyday": (250, 1, 0),
    "fsdd": (3_000, 6, 0),
}


def test_a_corpus_is_read_by_its_name_from_its_own_folder(add_files: Callable[..., Path]) -> None:
    reading = read_corpus("emodb", add_files("emodb/03a01Fa.wav", "ravdess/03a02Fa.wav"))
    assert [clip.path.name for clip in reading.clips] == ["03a01Fa.wav"]


def test_a_corpus_with_a_known_manifest_has_its_language(add_files: Callable[..., Path]) -> None:
    folder = add_files("korean-emotiontts/1.wav")
    (folder / "korean-emotiontts/labels.csv").write_text("file,emotion,speaker\n1.wav,sad,nea\n")
    (clip,) = read_corpus("korean-emotiontts", folder).clips
    assert (clip.language, clip.speaker) == ("ko", "korean-emotiontts/nea")


def test_any_folder_with_a_manifest_is_a_corpus(add_files: Callable[..., Path]) -> None:
    folder = add_files("mine/1.wav")
    (folder / "mine/labels.csv").write_text("file,emotion\n1.wav,sad\n")
    (clip,) = read_corpus("mine", folder).clips
    assert clip.corpus == "mine"


def test_a_corpus_may_lie_anywhere(add_files: Callable[..., Path], tmp_path: Path) -> None:
    folder = add_files("mine/sad/1.wav")
    (clip,) = read_corpus(str(folder / "mine"), tmp_path / "elsewhere").clips
    assert (clip.corpus, clip.emotion) == ("mine", "sad")


def test_copies_are_left_out(add_files: Callable[..., Path]) -> None:
    folder = add_files("emodb/03a01Fa.wav", "emodb/03a01Fb.wav")
    (folder / "emodb/03a01Fb.wav").write_bytes((folder / "emodb/03a01Fa.wav").read_bytes())
    reading = read_corpus("emodb", folder)
    assert len(reading.clips) == 1
    assert [file.reason for file in reading.skipped] == ["a copy of 03a01Fa.wav"]


def test_a_name_that_nobody_knows_is_an_unknown_corpus(tmp_path: Path) -> None:
    with pytest.raises(UnknownCorpus, match="ravdess, crema-d") as caught:
        read_corpus("iemocap", tmp_path)
    assert caught.value.known == tuple(CORPORA)


@pytest.mark.parametrize("name", CORPORA)
def test_a_folder_without_a_clip_is_no_corpus(name: str, tmp_path: Path) -> None:
    with pytest.raises(NotACorpus) as caught:
        read_corpus(name, tmp_path)
    assert CORPORA[name].scheme in str(caught.value)
    assert "supported: ravdess, crema-d" in str(caught.value)


def test_a_folder_of_another_kind_is_no_corpus(add_files: Callable[..., Path]) -> None:
    with pytest.raises(NotACorpus, match="a manifest"):
        read_corpus("mine", add_files("mine/1.wav"))


@pytest.mark.parametrize("text", ["file,emotion\n1.wav,sad\n", "file;emotion\n1.WAV;Sad\n"])
def test_a_corpus_may_be_named_by_its_manifest(add_files: Callable[..., Path], text: str) -> None:
    folder = add_files("mine/1.wav", "mine/2.wav")
    (folder / "mine/labels.csv").write_text(text)
    (folder / "mine/other.csv").write_text("file,emotion\n2.wav,happy\n")
    (clip,) = read_corpus(str(folder / "mine/labels.csv"), folder).clips
    assert (clip.corpus, clip.emotion) == ("mine", "sad")


def test_a_corpus_may_be_named_from_the_working_directory(
    add_files: Callable[..., Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(add_files("here/mine/sad/1.wav"))
    assert read_corpus("here/mine", Path("elsewhere")).clips[0].corpus == "mine"


def test_a_file_that_is_no_manifest_is_an_unknown_corpus(add_files: Callable[..., Path]) -> None:
    with pytest.raises(UnknownCorpus):
        read_corpus("1.wav", add_files("1.wav"))


@pytest.mark.parametrize(
    ("table", "told"),
    [
        ("wav,text\n1.wav,hello\n", "labels.csv has the columns wav, text"),
        ("1.wav,angry\n2.wav,sad\n", "labels.csv has the columns 1.wav, angry"),
        ("file,emotion\n1.wav,Freude\n", "1 left out: no word here for the label 'Freude'"),
        ("file,emotion\n3.wav,sad\n4.wav,sad\n", "2 left out: missing file, such as"),
    ],
)
def test_why_a_folder_is_no_corpus_is_told(
    add_files: Callable[..., Path], table: str, told: str
) -> None:
    folder = add_files("mine/1.wav")
    (folder / "mine/labels.csv").write_text(table)
    with pytest.raises(NotACorpus) as caught:
        read_corpus("mine", folder)
    assert told in str(caught.value)


def test_a_known_corpus_under_another_name_is_recognised(add_files: Callable[..., Path]) -> None:
    with pytest.raises(NotACorpus, match="it looks like tess: call the folder so"):
        read_corpus("Toronto", add_files("Toronto/OAF_back_angry.wav"))


def test_a_corpus_that_is_not_there_is_told_with_where_to_get_it(tmp_path: Path) -> None:
    with pytest.raises(NotACorpus, match="get them from Zenodo"):
        read_corpus("ravdess", tmp_path)


def test_ones_own_corpora_are_found_beside_the_known_ones(add_files: Callable[..., Path]) -> None:
    folder = add_files("emodb/03a01Fa.wav", "mine/sad/1.wav", "yours/1.wav", "noise/1.wav")
    (folder / "yours/labels.csv").write_text("file,emotion\n1.wav,happy\n")
    assert [name for name, _ in find_own(folder)] == ["mine", "yours"]


@pytest.mark.parametrize("name", ["anna/sad/1.wav", "sad/1.wav", "sad/anna/1.wav"])
def test_a_folder_that_is_a_corpus_itself_is_found_alone(
    add_files: Callable[..., Path], name: str
) -> None:
    folder = add_files(name)
    assert [found for found, _ in find_own(folder)] == [folder.name]


def test_what_a_folder_lacks_is_told(add_files: Callable[..., Path]) -> None:
    told = tell_lack(add_files("1.wav"))
    assert "1 left out: in no folder named after an emotion" in told


@pytest.mark.corpora
@pytest.mark.parametrize("name", REAL_COUNTS)
def test_the_real_corpora_are_read_in_full(name: str, corpora_folder: Path) -> None:
    reading = read_corpus(name, corpora_folder)
    speakers = {clip.speaker for clip in reading.clips}
    assert (len(reading.clips), len(speakers), len(reading.skipped)) == REAL_COUNTS[name]
    assert {clip.emotion for clip in reading.clips} - {None} == set(CORPORA[name].emotions)
    assert {clip.language for clip in reading.clips} == set(CORPORA[name].languages)


@pytest.mark.corpora
@pytest.mark.parametrize(
    ("name", "n_female", "n_male"), [("crema-d", 43, 48), ("nemo", 4, 5), ("emovo", 3, 3)]
)
def test_the_real_speakers_have_their_gender(
    name: str, n_female: int, n_male: int, corpora_folder: Path
) -> None:
    speakers = {clip.speaker: clip.gender for clip in read_corpus(name, corpora_folder).clips}
    genders = list(speakers.values())
    assert (genders.count("female"), genders.count("male")) == (n_female, n_male)
