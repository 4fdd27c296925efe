from __future__ import annotations

import io
import os
import subprocess
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from sounds import noise

from ser_core import convert
from ser_core.errors import DecoderMissing, Undecodable
from ser_core.live import stream as lane
from ser_core.live.source import MOST_SECONDS, Source
from ser_core.live.stream import Stream, open_stream
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ser_core.waveform import Waveform


class Clock:
    """Count the seconds that somebody sleeps."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def __call__(self) -> float:
        """Give the time."""
        return self.now

    def sleep(self, seconds: float) -> None:
        """Let time pass, at once."""
        self.slept.append(seconds)
        self.now += seconds


@contextmanager
def play(script: str, clock: Clock) -> Iterator[Stream]:
    """Give a stream of what a shell script prints, in place of an ffmpeg."""
    with subprocess.Popen(  # noqa: S603 - the scripts stand in this file
        ["/bin/sh", "-c", script], stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        stream = Stream(process, "x", clock=clock, sleep=clock.sleep)
        try:
            yield stream
        finally:
            stream.close()
            process.kill()


def count(stream: Source, seconds: float) -> float:
    """Give how many seconds of sound come at once."""
    part = stream.take(seconds)
    return part.samples.size / SAMPLING_RATE if part else 0.0


ENDLESS = "cat /dev/zero"


def test_sound_comes_as_fast_as_it_was_spoken() -> None:
    clock = Clock()
    with play(ENDLESS, clock) as stream:
        assert [count(stream, 0.1) for _ in range(30)] == [0.1] * 30
    assert clock.now == pytest.approx(103.0)
    assert clock.slept == pytest.approx([0.1] * 30)


def test_who_was_late_gets_all_that_came_meanwhile(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lane, "_REFILL_SECONDS", 9.0)  # the machine may be busy
    clock = Clock()
    with play(ENDLESS, clock) as stream:
        count(stream, 0.1)
        clock.now += 5.0
        assert count(stream, 0.1) == pytest.approx(5.0)
        assert count(stream, 0.1) == pytest.approx(0.1)


def test_who_was_away_for_long_gets_no_more_than_memory_holds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lane, "_REFILL_SECONDS", 9.0)  # the machine may be busy
    clock = Clock()
    with play(ENDLESS, clock) as stream:
        clock.now += 3600.0
        assert count(stream, 0.1) == pytest.approx(MOST_SECONDS + 0.1)
        assert count(stream, 0.1) == pytest.approx(0.1)


def test_what_has_not_come_yet_is_not_waited_for_beyond_what_was_asked() -> None:
    clock = Clock()
    with play("head -c 6400 /dev/zero; exec sleep 60", clock) as stream:
        clock.now += 10.0
        assert count(stream, 0.2) == pytest.approx(0.2)


def test_the_end_gives_what_is_left_and_then_nothing() -> None:
    with play("head -c 4801 /dev/zero", Clock()) as stream:
        assert count(stream, 0.1) == pytest.approx(0.1)
        assert count(stream, 0.1) == pytest.approx(0.05)
        assert stream.take(0.1) is None
        assert stream.take(0.1) is None


def test_an_end_without_sound_says_why() -> None:
    with (
        play("echo one >&2; echo 'no stream' >&2", Clock()) as stream,
        pytest.raises(Undecodable, match="no stream"),
    ):
        stream.take(0.1)
    with play("true", Clock()) as stream, pytest.raises(Undecodable, match="there is no sound"):
        stream.take(0.1)


def test_however_much_is_said_on_errors_the_sound_goes_on() -> None:
    with play("head -c 200000 /dev/zero >&2; head -c 3200 /dev/zero", Clock()) as stream:
        assert count(stream, 0.1) == pytest.approx(0.1)


def hear_all(file: IO[bytes], monkeypatch: pytest.MonkeyPatch) -> np.ndarray:
    """Give all samples of a file or a pipe, at once."""
    clock = Clock()
    monkeypatch.setattr(Stream.__init__, "__kwdefaults__", {"clock": clock, "sleep": clock.sleep})
    parts = []
    with open_stream(file, "x") as stream:
        while (part := stream.take(0.5)) is not None:
            parts.append(part.samples)
    return np.concatenate(parts)


def test_a_file_is_decoded_whole(
    tmp_path: Path, voice_note: bytes, voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "note.ogg"
    path.write_bytes(voice_note)
    with path.open("rb") as file:
        heard = hear_all(file, monkeypatch)
    assert heard.size == pytest.approx(voice.samples.size, abs=200)


def test_a_pipe_is_decoded_from_its_first_sample_on(monkeypatch: pytest.MonkeyPatch) -> None:
    samples, wav = noise(1.5), io.BytesIO()
    soundfile.write(wav, samples, SAMPLING_RATE, format="WAV")
    reader, writer = os.pipe()
    with os.fdopen(writer, "wb", buffering=0) as end:
        end.write(wav.getvalue())  # less than a pipe holds
    with os.fdopen(reader, "rb") as file:
        heard = hear_all(file, monkeypatch)
    np.testing.assert_allclose(heard, samples, atol=1e-4)


def test_without_an_ffmpeg_nothing_can_be_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(convert, "_find_ffmpeg", lambda: str(tmp_path / "nowhere"))
    with (
        (tmp_path / "note").open("w+b") as file,
        pytest.raises(DecoderMissing),
        open_stream(file, "x"),
    ):
        pass
