from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import soundfile
from heard import hear
from matplotlib.figure import Figure

from ser_core.commands import plot
from ser_core.corpora import Clip, Reading, Skipped
from ser_core.errors import ModelMissing, NoSpeech
from ser_core.speaker import Perception
from ser_core.synthesis import speak

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from terminal import Run

    from ser_core.recognition import Recognition
    from ser_core.waveform import Waveform

DRAWN = Figure(figsize=(1, 1))


@pytest.fixture
def drawn(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> dict[str, Recognition | None]:
    """Give what is drawn, by its title, into a folder that is the current one."""
    titles: dict[str, Recognition | None] = {}

    def draw(_: Waveform, recognition: Recognition | None, title: str) -> Figure:
        titles[title] = recognition
        return DRAWN

    def listen(waveform: Waveform, model: object) -> Perception:
        assert model == "the model called default"
        if waveform.seconds < 1:
            raise NoSpeech(waveform.seconds, 0.0)
        return Perception(hear((0, 1, "sad", 0.8), seconds=waveform.seconds), None)  # type: ignore[arg-type]  # nobody asks

    monkeypatch.setattr(plot, "draw_recording", draw)
    monkeypatch.setattr(plot, "listen_to_waveform", listen)
    monkeypatch.setattr(plot, "load_model", "the model called {}".format)
    monkeypatch.chdir(tmp_path)
    return titles


def record(path: Path, seconds: float = 1.0) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    waveform = speak(seconds=seconds)
    soundfile.write(path, waveform.samples, waveform.sampling_rate, format="WAV")
    return path


def list_files(folder: Path) -> set[str]:
    return {path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file()}


def test_each_recording_is_drawn_beside_nothing_but_the_current_folder(
    run: Run, drawn: dict[str, Recognition | None], tmp_path: Path
) -> None:
    outcome = run("plot", record(tmp_path / "voices" / "a.wav"))
    assert (outcome.code, outcome.err) == (0, "")
    assert outcome.out == (
        f"{tmp_path}/voices/a.wav: sad 80% · female 90% · 1.0 s of speech in 1.0 s -> a.wav.png\n"
    )
    assert list(drawn) == ["a.wav"]
    assert (tmp_path / "a.wav.png").read_bytes().startswith(b"\x89PNG")
    assert list_files(tmp_path) == {"voices/a.wav", "a.wav.png"}


def test_a_recording_in_which_nobody_speaks_is_drawn_too(
    run: Run, drawn: dict[str, Recognition | None], tmp_path: Path
) -> None:
    outcome = run("plot", record(tmp_path / "a.wav", 0.6))
    assert outcome.code == 0
    assert "nobody speaks here" in outcome.out
    assert drawn == {"a.wav": None}


@pytest.mark.usefixtures("drawn")
def test_what_cannot_be_drawn_is_told_and_all_else_is_drawn(run: Run, tmp_path: Path) -> None:
    (tmp_path / "bad.ogg").write_bytes(b"RIFF")
    outcome = run("plot", "bad.ogg", "nowhere.wav", tmp_path, record(tmp_path / "a.wav").name)
    assert outcome.code == 1
    assert [line.split(":")[0] for line in outcome.err.splitlines()] == [
        "bad.ogg",
        "nowhere.wav",
        str(tmp_path),
    ]
    assert list_files(tmp_path) == {"bad.ogg", "a.wav", "a.wav.png"}


@pytest.mark.usefixtures("drawn")
def test_no_picture_takes_the_place_of_another_or_of_a_recording(run: Run, tmp_path: Path) -> None:
    names = ("a", "b/a", "a.png", "b/a.png")
    files = [record(tmp_path / name) for name in names]
    before = [file.read_bytes() for file in files]
    outcome = run("plot", *files)
    assert outcome.code == 0
    assert [file.read_bytes() for file in files] == before
    pictures = {line.rsplit(" -> ")[1] for line in outcome.out.splitlines()}
    assert pictures == {"a-2.png", "a-3.png", "a.png.png", "a.png-2.png"}
    assert list_files(tmp_path) == pictures | set(names)


@pytest.mark.usefixtures("drawn")
def test_a_picture_of_an_earlier_run_is_replaced(run: Run, tmp_path: Path) -> None:
    file = record(tmp_path / "a.wav")
    (tmp_path / "a.wav.png").write_text("old")
    run("plot", file)
    assert (tmp_path / "a.wav.png").read_bytes().startswith(b"\x89PNG")
    assert list_files(tmp_path) == {"a.wav", "a.wav.png"}


def test_standard_input_becomes_a_picture_of_that_name(
    run: Run, drawn: dict[str, Recognition | None], tmp_path: Path
) -> None:
    sound = record(tmp_path / "a.wav").read_bytes()
    outcome = run("plot", "-", "--svg", "--out", "deep/pictures", stdin=sound)
    assert outcome.code == 0
    assert list(drawn) == ["standard-input"]
    assert "<svg" in (tmp_path / "deep/pictures/standard-input.svg").read_text()


@pytest.mark.usefixtures("drawn")
def test_a_folder_that_cannot_be_made_is_told_for_each_file(run: Run, tmp_path: Path) -> None:
    file = record(tmp_path / "a.wav")
    outcome = run("plot", file, "--out", file / "x")
    assert outcome == (1, "", f"{file}: Not a directory\n")


def test_without_a_model_nothing_is_drawn(
    run: Run, drawn: dict[str, Recognition | None], monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(place: str) -> None:
        raise ModelMissing(place)

    monkeypatch.setattr(plot, "load_model", fail)
    outcome = run("plot", "a.wav", "--model", "nowhere")
    assert outcome == (1, "", "ser: there is no model bundle at nowhere\n")
    assert drawn == {}


@pytest.mark.parametrize(
    "arguments", [[], ["a.wav", "--corpus", "emodb"], ["a.wav", "--out", __file__]]
)
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str]) -> None:
    outcome = run("plot", *arguments)
    assert (outcome.code, outcome.out) == (2, "")


@pytest.fixture
def counted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> list[str]:
    """Give the corpora whose counts are drawn."""
    names: list[str] = []

    def draw(readings: Mapping[str, Reading]) -> Figure:
        names.extend(readings)
        return DRAWN

    def read(name: str, folder: Path) -> Reading:
        corpus = name.rsplit("/", maxsplit=1)[-1]
        clip = Clip(folder / "a.wav", "sad", None, "x/1", "", corpus)
        return Reading((clip,), (Skipped(folder / "b.wav", "no label"),))

    monkeypatch.setattr(plot, "draw_counts", draw)
    monkeypatch.setattr(plot, "read_corpus", read)
    monkeypatch.chdir(tmp_path)
    return names


def test_corpora_are_drawn_together(run: Run, counted: list[str], tmp_path: Path) -> None:
    names = ("emodb", "x/mine", "y/mine", "emodb")
    outcome = run(
        "plot", "--corpora", "c", *(word for name in names for word in ("--corpus", name))
    )
    assert outcome.code == 0
    assert outcome.out == "emodb, mine, y/mine -> emotion-counts.png\n"
    assert outcome.err.splitlines()[0] == "emodb, skipped 1: no label: b.wav"
    assert counted == ["emodb", "mine", "y/mine"]
    assert list_files(tmp_path) == {"emotion-counts.png"}


def test_an_unknown_corpus_is_an_error_that_lists_the_known_ones(run: Run, tmp_path: Path) -> None:
    outcome = run("plot", "--corpora", tmp_path, "--corpus", "nope")
    assert outcome.code == 1
    assert "ravdess" in outcome.err
