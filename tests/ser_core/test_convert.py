from __future__ import annotations

import io
import os
import shutil
import subprocess
import tempfile
import time
import tracemalloc
from pathlib import Path
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile

from ser_core import convert as lane
from ser_core.convert import convert
from ser_core.decode import DecodeLimits, decode
from ser_core.errors import DecoderMissing, DecodeTimeout, TooLong, Undecodable
from ser_core.synthesis import encode_voice_note, speak
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from ser_core.waveform import Waveform


def read(data: bytes, *, max_seconds: float = 60.0, seconds: float = 30.0) -> np.ndarray:
    """Convert within a time."""
    return convert(data, max_seconds=max_seconds, deadline=time.monotonic() + seconds)


def write(samples: np.ndarray, container: str = "WAV") -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, SAMPLING_RATE, format=container, subtype="PCM_16")
    return buffer.getvalue()


def stand_in_for_ffmpeg(folder: Path, script: str, monkeypatch: pytest.MonkeyPatch) -> None:
    path = folder / "ffmpeg"
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    monkeypatch.setattr(lane, "_find_ffmpeg", lambda: str(path))


@pytest.fixture
def temporary(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give an empty folder in which temporary files would be."""
    folder = tmp_path / "temporary"
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))
    return folder


def test_what_is_converted_keeps_its_samples(voice: Waveform) -> None:
    np.testing.assert_allclose(read(write(voice.samples)), voice.samples, atol=2**-15)


def test_samples_are_the_same_however_they_are_parted(
    voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write(voice.samples[:4_000])
    whole = read(data)
    monkeypatch.setattr(lane, "_PART_BYTES", 333)
    assert np.array_equal(read(data), whole)


def test_an_hour_would_be_in_memory_only_once(voice: Waveform) -> None:
    minutes = np.tile(voice.samples, 120)
    data = write(minutes)
    read(write(voice.samples))  # whatever is loaded once
    tracemalloc.start()
    samples = read(data, max_seconds=3600.0)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert samples.size == minutes.size
    assert peak_bytes < 1.3 * samples.nbytes


def test_a_copy_of_the_recording_is_nowhere_on_the_disk(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    files = f"ls {temporary} > {tmp_path}/files; ls -l /dev/fd/0 > {tmp_path}/input"
    stand_in_for_ffmpeg(tmp_path, f"{files}; printf 0000", monkeypatch)
    assert read(b"a voice").size == 2
    assert (tmp_path / "files").read_text() == ""
    assert str(tmp_path) not in (tmp_path / "input").read_text()


def test_a_full_disk_is_no_matter(
    temporary: Path, voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(temporary / "nowhere"))
    assert read(write(voice.samples)).size == voice.samples.size


def test_where_there_are_no_files_in_memory_one_without_a_name_will_do(
    temporary: Path, voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delattr(os, "memfd_create")
    assert read(write(voice.samples)).size == voice.samples.size
    assert list(temporary.iterdir()) == []


def test_a_converter_that_hangs_is_killed_and_leaves_no_file(
    tmp_path: Path, temporary: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_for_ffmpeg(tmp_path, f'echo $$ > "{tmp_path}/pid"\nexec sleep 60', monkeypatch)

    with pytest.raises(DecodeTimeout) as caught:
        decode(b"no magic at all", DecodeLimits(timeout_seconds=0.5))

    assert caught.value.timeout_seconds == 0.5
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)
    assert list(temporary.iterdir()) == []


def test_a_converter_that_never_stops_talking_is_killed_in_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_for_ffmpeg(tmp_path, "while :; do printf 00000000; done", monkeypatch)
    with pytest.raises(TimeoutError):
        read(b"a voice", max_seconds=3600.0, seconds=0.5)


def test_a_converter_that_gives_more_than_it_was_asked_for_is_stopped(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_for_ffmpeg(tmp_path, "exec cat /dev/zero", monkeypatch)
    begun = time.monotonic()
    assert read(b"a voice", max_seconds=1.0).size < 10 * SAMPLING_RATE
    with pytest.raises(TooLong):
        decode(b"no magic at all", DecodeLimits(max_seconds=1.0))
    assert time.monotonic() - begun < 10


def test_a_converter_with_much_to_say_on_errors_is_heard_to_its_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    mutter = "head -c 3000000 /dev/zero | tr '\\0' 'x' >&2"
    stand_in_for_ffmpeg(tmp_path, f"{mutter}; printf 0000", monkeypatch)
    assert read(b"a voice").size == 2

    stand_in_for_ffmpeg(tmp_path, f"{mutter}; echo; echo 'no sound' >&2", monkeypatch)
    with pytest.raises(Undecodable) as caught:
        read(b"a voice")
    assert len(caught.value.reason) < 5_000


def test_a_converter_that_stays_when_it_has_said_all_is_ended(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "_GOODBYE_SECONDS", 0.1)
    script = f"echo $$ > {tmp_path}/pid; printf 0000; exec sleep 60 >&- 2>&-"
    stand_in_for_ffmpeg(tmp_path, script, monkeypatch)
    assert read(b"a voice").size == 2
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


def test_half_a_sample_waits_for_its_other_half(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    script = "printf '\\100'; sleep 0.1; printf '\\001\\002'; sleep 0.1; printf '\\003\\004'"
    stand_in_for_ffmpeg(tmp_path, script, monkeypatch)
    samples = read(b"a voice") * 2**15
    assert samples.tolist() == [0x0140, 0x0302]


def test_a_converter_that_fails_without_a_word_makes_the_recording_undecodable(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_for_ffmpeg(tmp_path, "exit 3", monkeypatch)

    with pytest.raises(Undecodable, match="ended with 3"):
        read(b"no magic at all")


def test_a_converter_that_cannot_be_started_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "_find_ffmpeg", lambda: str(tmp_path / "nowhere"))

    with pytest.raises(DecoderMissing):
        read(b"no magic at all")


def test_ffmpeg_learns_nothing_of_the_environment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BOT_TOKEN", "secret")
    stand_in_for_ffmpeg(tmp_path, f"env > {tmp_path}/environment; printf 0000", monkeypatch)
    read(b"a voice")
    environment = (tmp_path / "environment").read_text()
    assert "PATH=" in environment
    assert "secret" not in environment


def test_no_file_stays_open(voice: Waveform) -> None:
    data = write(voice.samples)
    read(data)
    before = len(list(Path("/dev/fd").iterdir()))
    for _ in range(3):
        read(data)
        with pytest.raises(Undecodable):
            read(b"no magic at all")
    assert len(list(Path("/dev/fd").iterdir())) == before


def test_the_system_s_ffmpeg_comes_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda name: f"/system/{name}")
    assert lane._find_ffmpeg() == "/system/ffmpeg"


def test_without_a_system_s_ffmpeg_the_wheel_s_is_taken(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", lambda: "/wheel/ffmpeg")
    assert lane._find_ffmpeg() == "/wheel/ffmpeg"


def test_without_any_ffmpeg_only_this_lane_is_closed(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail() -> str:
        raise RuntimeError

    monkeypatch.setattr(shutil, "which", lambda _: None)
    monkeypatch.setattr(imageio_ffmpeg, "get_ffmpeg_exe", fail)

    assert decode(encode_voice_note(speak(seconds=1.0))).seconds == pytest.approx(1.0, abs=0.01)
    with pytest.raises(DecoderMissing):
        decode(b"no magic at all")


@pytest.mark.parametrize("which", ["system", "wheel"])
def test_both_ffmpegs_know_every_word_of_the_command(
    which: str, voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    if which == "wheel":
        monkeypatch.setattr(shutil, "which", lambda _: None)
    elif shutil.which("ffmpeg") is None:
        pytest.skip("there is no ffmpeg of the system's")
    assert read(write(voice.samples)).size == voice.samples.size


PLAYLISTS = {
    "ffconcat": "ffconcat version 1.0\nfile '{target}'\n",
    "hls": "#EXTM3U\n#EXT-X-VERSION:3\n#EXT-X-TARGETDURATION:3\n#EXTINF:3,\n"
    "file://{target}\n#EXT-X-ENDLIST\n",
    "sdp": "v=0\no=- 0 0 IN IP4 127.0.0.1\ns=x\nc=IN IP4 127.0.0.1\nt=0 0\n"
    "m=audio 5004 RTP/AVP 0\n",
    "dash": '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011" type="static"'
    ' mediaPresentationDuration="PT3S"><Period><AdaptationSet mimeType="audio/wav">'
    '<Representation id="0"><BaseURL>{target}</BaseURL></Representation>'
    "</AdaptationSet></Period></MPD>",
}


@pytest.fixture
def target(voice: Waveform, tmp_path: Path) -> Path:
    """Give a recording that is nobody's business."""
    path = tmp_path / "secret.wav"
    path.write_bytes(write(voice.samples))
    return path


@pytest.mark.parametrize("kind", PLAYLISTS)
def test_a_playlist_that_names_another_file_is_undecodable(kind: str, target: Path) -> None:
    with pytest.raises(Undecodable):
        decode(PLAYLISTS[kind].format(target=target).encode())


def test_the_playlist_would_have_been_followed_without_the_list_of_formats(
    target: Path, voice: Waveform, tmp_path: Path
) -> None:
    command = lane._make_command(60.0, 60.0)
    where = command.index("-format_whitelist")
    command[where : where + 2] = ["-safe", "0"]

    path = tmp_path / "playlist"
    path.write_text(PLAYLISTS["ffconcat"].format(target=target))
    with path.open("rb") as file:
        done = subprocess.run(command, stdin=file, capture_output=True, check=True)  # noqa: S603 - the project's own command

    assert len(done.stdout) == 2 * voice.samples.size


def test_only_files_and_pipes_may_be_opened() -> None:
    command = lane._make_command(60.0, 60.0)

    assert command[command.index("-protocol_whitelist") + 1] == "file,pipe"
    assert command.index("-protocol_whitelist") < command.index("-i")


def test_a_converter_that_nobody_ends_ends_itself_soon_after_the_deadline() -> None:
    command = lane._make_command(60.0, 7.5)
    assert command[command.index("-timelimit") + 1] == "9"


def test_a_converter_may_not_ask_for_more_memory_than_the_index_of_hours_takes(
    voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(lane, "_MAX_BLOCK_BYTES", 10_000)
    with pytest.raises(Undecodable):
        read(write(voice.samples))


def test_a_stream_is_read_as_safely_as_a_file_and_without_an_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    stand_in_for_ffmpeg(tmp_path, 'echo "$@"; env', monkeypatch)
    monkeypatch.setenv("BOT_TOKEN", "secret")
    reader, writer = os.pipe()
    os.close(writer)
    with os.fdopen(reader, "rb") as pipe, lane.start_stream(pipe) as process:
        told = process.communicate()[0].decode()
    with (tmp_path / "file").open("w+b") as file, lane.start_stream(file) as process:
        of_file = process.communicate()[0].decode()
    assert "-protocol_whitelist file,pipe -format_whitelist" in told
    assert "-i pipe:0" in told
    assert "-i file:/dev/stdin" in of_file
    assert "-timelimit" not in told
    assert "secret" not in told
