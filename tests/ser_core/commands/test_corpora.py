from __future__ import annotations

from typing import TYPE_CHECKING

from ser_core.corpora import CORPORA

if TYPE_CHECKING:
    from pathlib import Path

    from terminal import Run


def test_the_corpora_are_listed_with_licence_and_source(run: Run) -> None:
    shown = run("corpora").out
    assert all(name in shown for name in CORPORA)
    assert "CC0 1.0" in shown
    assert "Zenodo, record 1188976" in shown


def test_the_list_of_corpora_in_json_has_a_line_each(run: Run) -> None:
    lines = run("corpora", "--json").lines
    assert [line["name"] for line in lines] == list(CORPORA)
    assert all(line["found"] is None for line in lines)
    assert lines[0].keys() == {
        "name",
        "title",
        "folder",
        "languages",
        "emotions",
        "licence",
        "where",
        "scheme",
        "use",
        "found",
    }


def test_what_a_folder_holds_is_counted(run: Run, corpora: Path) -> None:
    found = {line["name"]: line["found"] for line in run("corpora", corpora, "--json").lines}
    assert found["ravdess"] is None
    skipped = found["emodb"].pop("skipped")
    assert found["emodb"] == {
        "clips": 9,
        "speakers": 3,
        "emotions": {"happy": 3, "sad": 3, "angry": 3},
        "genders": {"female": 6, "male": 3},
    }
    assert skipped[0] == {
        "file": str(corpora / "emodb/03a01La.wav"),
        "reason": "no word here for the label 'boredom'",
    }


def test_a_person_sees_the_counts_and_what_was_skipped(run: Run, corpora: Path) -> None:
    for number in range(5):
        (corpora / f"emodb/{number}.wav").write_text(str(number))
    shown = run("corpora", corpora).out
    assert "3 happy, 3 sad, 3 angry" in shown
    assert "not found" in shown
    assert "emodb, skipped 5: no Emo-DB name: 0.wav, 1.wav, 2.wav, …" in shown


def test_a_folder_that_is_not_what_its_name_says_is_told(run: Run, corpora: Path) -> None:
    (corpora / "ravdess").mkdir()
    outcome = run("corpora", corpora, "--json")
    assert outcome.code == 0
    assert "ravdess is not such a corpus" in outcome.err
    assert outcome.lines[0]["found"] is None


def test_a_folder_without_corpora_is_an_error_that_names_them(run: Run, tmp_path: Path) -> None:
    outcome = run("corpora", tmp_path)
    assert (outcome.code, outcome.out) == (1, "")
    assert "a folder named ravdess or crema-d" in outcome.err


def test_ones_own_corpora_are_counted_too(run: Run, corpora: Path) -> None:
    lines = run("corpora", corpora, "--json").lines
    assert [line["name"] for line in lines] == [*CORPORA, "mine"]
    assert lines[-1].keys() == lines[0].keys()
    assert (lines[-1]["licence"], lines[-1]["found"]["clips"]) == (None, 1)
    assert "mine" in run("corpora", corpora).out


def test_a_corpus_of_ones_own_is_counted_alone(run: Run, corpora: Path) -> None:
    shown = run("corpora", corpora / "mine").out
    assert "1 happy" in shown


def test_what_a_corpus_of_ones_own_lacks_is_told(run: Run, tmp_path: Path) -> None:
    (tmp_path / "labels.csv").write_text("wav,mood\n1.wav,sad\n")
    outcome = run("corpora", tmp_path)
    assert outcome.code == 1
    assert "labels.csv has the columns wav, mood" in outcome.err
