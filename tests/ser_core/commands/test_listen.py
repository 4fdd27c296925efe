from __future__ import annotations

import os
import signal
import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest
from heard import hear

from ser_core.commands import listen
from ser_core.errors import MicrophoneMissing, Undecodable
from ser_core.live.listener import Answer, Moment
from ser_core.live.stream import Stream

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from terminal import Run

MOMENTS = (
    Moment(0.5, -20.0),
    Moment(1.0, -20.0, Answer(0, 1.0, hear((0, 1, "sad", 0.8), seconds=1.0))),
    Moment(2.0, -60.0, Answer(0, 2.0, None)),
)


class Named:
    """Stand in for a source, of which only the name is asked."""

    def __init__(self, name: str) -> None:
        self.name = name


@pytest.fixture
def heard(monkeypatch: pytest.MonkeyPatch) -> list[object]:
    """Give what is listened to and how, when the command hears `MOMENTS` there."""
    asked: list[object] = []

    def hear_all(
        source: Named, model: str, *, window_seconds: float, every_seconds: float
    ) -> Iterator[Moment]:
        asked.append((source.name, model, window_seconds, every_seconds))
        yield from MOMENTS

    @contextmanager
    def open_one(device: object, name: str = "") -> Iterator[Named]:
        yield Named(name or f"microphone {device}")

    monkeypatch.setattr(listen, "listen", hear_all)
    monkeypatch.setattr(listen, "load_model", "the model called {}".format)
    monkeypatch.setattr(listen, "open_microphone", open_one)
    monkeypatch.setattr(listen, "open_stream", open_one)
    return asked


def test_without_a_terminal_each_answer_is_a_line(run: Run, heard: list[object]) -> None:
    outcome = run("listen")
    assert outcome == (
        0,
        "   0:01  sad 80% · female 90%\n   0:02  nobody speaks\n",
        "",
    )
    assert heard == [("microphone None", "the model called default", 4.0, 1.0)]


def test_with_json_each_answer_is_an_object(run: Run, heard: list[object], tmp_path: Path) -> None:
    (tmp_path / "note.ogg").touch()
    options = ("--every", "0.5", "--window", "3", "--model", "mine")
    outcome = run("listen", "--from", tmp_path / "note.ogg", "--json", *options)
    assert outcome.code == 0
    assert [line["time"] for line in outcome.lines] == [1.0, 2.0]
    assert [line["emotion"] for line in outcome.lines] == ["sad", None]
    assert heard == [("note.ogg", "the model called mine", 3.0, 0.5)]


def test_standard_input_and_a_microphone_by_name_are_sources_too(
    run: Run, heard: list[object]
) -> None:
    run("listen", "--from", "-")
    run("listen", "--device", "Headset")
    assert [source for source, *_ in heard] == ["standard input", "microphone Headset"]  # type: ignore[misc]  # tuples


@pytest.mark.usefixtures("heard")
def test_a_terminal_shows_a_screen_that_stays(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FORCE_COLOR", "1")
    monkeypatch.setenv("TERM", "xterm-256color")
    outcome = run("listen")
    assert outcome.code == 0
    assert "microphone None" in outcome.out
    assert "30 s ago" in outcome.out
    assert outcome.out.endswith("\x1b[?25h")  # the cursor is back


def test_ctrl_c_is_an_end_like_any_other(
    run: Run, heard: list[object], monkeypatch: pytest.MonkeyPatch
) -> None:
    def interrupt(*_: object, **__: object) -> Iterator[Moment]:
        yield MOMENTS[1]
        raise KeyboardInterrupt

    monkeypatch.setattr(listen, "listen", interrupt)
    assert run("listen") == (0, "   0:01  sad 80% · female 90%\n", "")
    assert heard == []


@pytest.mark.usefixtures("heard")
def test_when_the_system_ends_it_the_sound_is_given_back_first(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = signal.getsignal(signal.SIGTERM)
    given_back = []

    @contextmanager
    def open_one(_: object) -> Iterator[Named]:
        try:
            yield Named("x")
        finally:
            given_back.append("x")

    def end(*_: object, **__: object) -> Iterator[Moment]:
        os.kill(os.getpid(), signal.SIGTERM)
        yield MOMENTS[0]

    monkeypatch.setattr(listen, "open_microphone", open_one)
    monkeypatch.setattr(listen, "listen", end)
    assert run("listen").code == 128 + signal.SIGTERM
    assert given_back == ["x"]
    assert signal.getsignal(signal.SIGTERM) == before


def test_what_goes_wrong_is_one_line(
    run: Run, heard: list[object], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    assert run("listen", "--from", "nowhere") == (1, "", "nowhere: No such file or directory\n")
    assert run("listen", "--from", tmp_path).err == f"{tmp_path}: Is a directory\n"
    for error in (Undecodable("no stream"), MicrophoneMissing("it is away")):

        def fail(_: object, error: Exception = error) -> None:
            raise error

        monkeypatch.setattr(listen, "open_microphone", fail)
        assert run("listen") == (1, "", f"ser: {error}\n")
    assert heard == []


@pytest.mark.parametrize(
    "arguments",
    [["--from", "x", "--device", "y"], ["--every", "0.01"], ["--window", "0.5"], ["x.wav"]],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: list[str]) -> None:
    outcome = run("listen", *arguments)
    assert (outcome.code, outcome.out) == (2, "")


def test_who_reads_no_further_ends_it_without_a_word(monkeypatch: pytest.MonkeyPatch) -> None:
    reader, writer = os.pipe()
    os.close(reader)
    with os.fdopen(writer, "w") as closed:
        monkeypatch.setattr(sys, "stdout", closed)
        with listen._end_quietly():
            print("answer", flush=True)  # noqa: T201 - as the command does
        print("what is written on the way out")  # noqa: T201


def test_a_voice_is_heard_by_the_model_that_ships(
    run: Run, voice_note: bytes, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [0.0]
    in_no_time = {"clock": lambda: now[0], "sleep": lambda pause: now.append(now.pop() + pause)}
    monkeypatch.setattr(Stream.__init__, "__kwdefaults__", in_no_time)
    (tmp_path / "note.ogg").write_bytes(voice_note)
    outcome = run("listen", "--from", tmp_path / "note.ogg", "--json")
    assert outcome.code == 0
    assert [line["time"] for line in outcome.lines] == pytest.approx([1, 2, 3], abs=0.1)
    assert outcome.lines[-1]["gender"] == "female"
    assert sum(outcome.lines[-1]["emotions"].values()) == pytest.approx(1)
