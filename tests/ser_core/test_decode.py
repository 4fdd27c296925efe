from __future__ import annotations

import io
import re
import struct
import subprocess
import tempfile
import tracemalloc
from itertools import pairwise
from typing import TYPE_CHECKING

import imageio_ffmpeg
import numpy as np
import pytest
import soundfile
import soxr
from hypothesis import given, settings
from hypothesis import strategies as st

from ser_core import decode as lanes
from ser_core.decode import DecodeLimits, decode
from ser_core.errors import (
    AudioError,
    DecodeTimeout,
    TooLarge,
    TooLong,
    TooShort,
    Undecodable,
)
from ser_core.synthesis import encode_voice_note, speak
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from pathlib import Path

NOTE = encode_voice_note(speak(seconds=1.0))
LIBSNDFILE_FORMATS = {
    "wav": ("WAV", "PCM_16"),
    "flac": ("FLAC", "PCM_16"),
    "mp3": ("MP3", "MPEG_LAYER_III"),
    "ogg vorbis": ("OGG", "VORBIS"),
}
PHONE_FORMATS = {
    "m4a": ["-c:a", "aac", "-f", "ipod"],
    "mp4": ["-c:a", "aac", "-f", "mp4"],
    "3gp": ["-c:a", "aac", "-f", "3gp"],
    "aac": ["-c:a", "aac", "-f", "adts"],
    "webm": ["-c:a", "libopus", "-f", "webm"],
}


def write(
    samples: np.ndarray, container: str, subtype: str, sampling_rate: int = SAMPLING_RATE
) -> bytes:
    buffer = io.BytesIO()
    soundfile.write(buffer, samples, sampling_rate, format=container, subtype=subtype)
    return buffer.getvalue()


def write_with_ffmpeg(waveform: Waveform, arguments: list[str], folder: Path) -> bytes:
    path = folder / "recording"
    wav = write(waveform.samples, "WAV", "PCM_16")
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-i", "pipe:0", *arguments, path]
    subprocess.run(command, input=wav, check=True)  # noqa: S603 - the test's own arguments
    return path.read_bytes()


def convert(data: bytes, monkeypatch: pytest.MonkeyPatch) -> Waveform:
    """Decode by the second lane alone."""
    with monkeypatch.context() as patch:
        patch.setattr(lanes, "_LIBSNDFILE_MAGIC", ())
        return decode(data)


def loudness_difference(one: Waveform, other: Waveform) -> float:
    """Give how loud the difference of two waveforms is beside the first, in dB."""
    n_samples = min(one.samples.size, other.samples.size)
    difference = one.samples[:n_samples] - other.samples[:n_samples]
    return float(10 * np.log10(np.mean(difference**2) / np.mean(one.samples**2)))


def seal_ogg_page(page: bytearray) -> bytes:
    """Give an Ogg page its checksum anew. Source: RFC 3533, section 6, field 7."""
    page[22:26] = bytes(4)
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            carry = checksum >> 31
            checksum = (checksum << 1 & 0xFFFFFFFF) ^ (0x04C11DB7 * carry)
    page[22:26] = struct.pack("<I", checksum)
    return bytes(page)


def test_a_voice_note_becomes_a_mono_waveform_at_16_khz(voice: Waveform, voice_note: bytes) -> None:
    waveform = decode(voice_note)

    assert waveform.sampling_rate == SAMPLING_RATE
    assert waveform.seconds == pytest.approx(voice.seconds, abs=0.01)
    assert np.corrcoef(np.abs(waveform.samples), np.abs(voice.samples))[0, 1] > 0.8


@pytest.mark.parametrize("name", LIBSNDFILE_FORMATS)
def test_both_lanes_give_the_same_waveform(
    name: str, voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    samples = soxr.resample(voice.samples, SAMPLING_RATE, 44_100)
    data = write(samples, *LIBSNDFILE_FORMATS[name], sampling_rate=44_100)

    in_process, converted = decode(data), convert(data, monkeypatch)

    assert converted.seconds == pytest.approx(in_process.seconds, abs=0.001)
    assert loudness_difference(in_process, converted) < -40


def test_both_lanes_give_nearly_the_same_waveform_of_a_voice_note(
    voice_note: bytes, monkeypatch: pytest.MonkeyPatch
) -> None:
    # They decode Opus by different code, which the format allows.
    assert loudness_difference(decode(voice_note), convert(voice_note, monkeypatch)) < -25


@pytest.mark.parametrize("sampling_rate", [8_000, 16_000, 24_000, 48_000])
def test_the_rate_in_the_header_of_a_voice_note_changes_nothing(
    sampling_rate: int, voice_note: bytes
) -> None:
    first_page = bytearray(voice_note[: voice_note.index(b"OggS", 4)])
    first_page[40:44] = struct.pack("<I", sampling_rate)
    relabelled = seal_ogg_page(first_page) + voice_note[len(first_page) :]

    assert soundfile.info(io.BytesIO(relabelled)).samplerate == sampling_rate
    assert np.array_equal(decode(relabelled).samples, decode(voice_note).samples)


@pytest.mark.parametrize("name", PHONE_FORMATS)
def test_what_libsndfile_cannot_read_is_converted(
    name: str, voice: Waveform, tmp_path: Path
) -> None:
    data = write_with_ffmpeg(voice, PHONE_FORMATS[name], tmp_path)

    waveform = decode(data)

    assert waveform.seconds == pytest.approx(voice.seconds, abs=0.15)
    assert np.sqrt(np.mean(waveform.samples**2)) == pytest.approx(
        np.sqrt(np.mean(voice.samples**2)), rel=0.1
    )


def test_amr_of_old_phones_is_converted() -> None:
    frame = b"\x3c" + bytes(range(31))  # a frame of 20 ms at 12.2 kbit/s
    assert decode(b"#!AMR\n" + 100 * frame).seconds == pytest.approx(2.0, abs=0.05)


def test_the_channels_are_averaged(voice: Waveform) -> None:
    stereo = np.stack([voice.samples, np.zeros_like(voice.samples)], axis=1)

    waveform = decode(write(stereo, "WAV", "FLOAT"))

    np.testing.assert_allclose(waveform.samples, voice.samples / 2, atol=1e-6)


def test_a_floating_point_recording_beyond_full_scale_is_scaled_down(voice: Waveform) -> None:
    waveform = decode(write(voice.samples * 32_768, "WAV", "FLOAT"))

    expected = voice.samples / np.abs(voice.samples).max()
    np.testing.assert_allclose(waveform.samples, expected, atol=1e-5)


@pytest.mark.parametrize("value", [np.nan, np.inf, -np.inf])
def test_a_recording_with_samples_that_are_not_finite_is_undecodable(
    value: float, voice: Waveform
) -> None:
    samples = voice.samples.copy()
    samples[1000] = value

    with pytest.raises(Undecodable, match="not finite"):
        decode(write(samples, "WAV", "FLOAT"))


def test_no_bytes_are_undecodable() -> None:
    with pytest.raises(Undecodable):
        decode(b"")


@pytest.mark.parametrize(
    "data",
    [
        b"hello, this is a text" * 50,
        bytes(5000),
        b"RIFF" + bytes(100),
        b"ID3" + bytes(2000),
        b"OggS and no more",
        b"fLaC",
        b"\xff\xfb" + bytes(2000),
        NOTE[:60],
        NOTE[:600],
        write(np.zeros(0, np.float32), "WAV", "PCM_16"),
        b"\x00\x00\x00\x1cftypM4A \x00\x00\x00\x00M4A mp42isom\x00\x00\x00\x00",
    ],
    ids=lambda data: data[:8].hex(),
)
def test_a_file_with_no_sound_in_it_is_undecodable(data: bytes) -> None:
    with pytest.raises(Undecodable) as caught:
        decode(data)

    assert caught.value.reason
    assert str(tempfile.gettempdir()) not in caught.value.reason


def test_a_picture_is_undecodable(tmp_path: Path) -> None:
    path = tmp_path / "picture.png"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "testsrc"]
    subprocess.run([*command, "-frames:v", "1", path], check=True)  # noqa: S603 - fixed arguments

    with pytest.raises(Undecodable):
        decode(path.read_bytes())


def test_a_video_without_sound_is_undecodable(tmp_path: Path) -> None:
    path = tmp_path / "silent.mp4"
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", "lavfi", "-i", "testsrc"]
    subprocess.run([*command, "-t", "1", path], check=True)  # noqa: S603 - fixed arguments

    with pytest.raises(Undecodable):
        decode(path.read_bytes())


def test_a_truncated_voice_note_gives_what_is_there(voice_note: bytes) -> None:
    waveform = decode(voice_note[: len(voice_note) * 3 // 4])

    assert 0.5 < waveform.seconds < 2.5
    assert waveform.samples.any()


def test_a_truncated_m4a_is_undecodable(voice: Waveform, tmp_path: Path) -> None:
    data = write_with_ffmpeg(voice, PHONE_FORMATS["m4a"], tmp_path)

    with pytest.raises(Undecodable):
        decode(data[: len(data) // 2])


def test_a_wav_whose_header_was_never_finished_is_read_to_its_end(voice: Waveform) -> None:
    data = bytearray(write(voice.samples, "WAV", "PCM_16"))
    data[40:44] = bytes(4)  # the length of the data, which a recorder writes last

    assert decode(bytes(data)).seconds == pytest.approx(voice.seconds, abs=0.01)


def test_the_lie_of_a_header_about_the_duration_is_not_believed(voice: Waveform) -> None:
    data = bytearray(write(voice.samples, "WAV", "PCM_16"))
    data[4:8] = data[40:44] = b"\xff\xff\xff\x7f"

    assert decode(bytes(data)).seconds == pytest.approx(voice.seconds, abs=0.01)


def test_the_lie_of_a_voice_note_about_its_duration_costs_no_memory(voice_note: bytes) -> None:
    start = voice_note.rindex(b"OggS")
    last_page = bytearray(voice_note[start:])
    last_page[6:14] = struct.pack("<q", 2**40)  # 265 days
    data = voice_note[:start] + seal_ogg_page(last_page)

    tracemalloc.start()
    waveform = decode(data)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert waveform.seconds < 4
    assert peak_bytes < 20_000_000


@pytest.mark.parametrize("sampling_rate", [1, 3_999, 400_000])
def test_an_absurd_sampling_rate_is_undecodable(sampling_rate: int, voice: Waveform) -> None:
    with pytest.raises(Undecodable, match=f"{sampling_rate} Hz"):
        decode(write(voice.samples, "WAV", "PCM_16", sampling_rate))


def test_more_bytes_than_the_limit_are_too_large() -> None:
    with pytest.raises(TooLarge) as caught:
        decode(NOTE, DecodeLimits(max_bytes=len(NOTE) - 1))

    assert (caught.value.size_bytes, caught.value.max_bytes) == (len(NOTE), len(NOTE) - 1)
    assert decode(NOTE, DecodeLimits(max_bytes=len(NOTE)))


def test_less_sound_than_the_limit_is_too_short() -> None:
    with pytest.raises(TooShort) as caught:
        decode(encode_voice_note(speak(seconds=0.4)))

    assert caught.value.seconds == pytest.approx(0.4, abs=0.01)
    assert caught.value.min_seconds == 0.5


def test_exactly_the_least_and_the_most_sound_is_decoded(voice: Waveform) -> None:
    data = write(voice.samples, "WAV", "PCM_16")
    assert decode(data, DecodeLimits(min_seconds=3.0, max_seconds=3.0)).seconds == 3.0


def test_more_sound_than_the_limit_is_too_long(
    voice: Waveform, monkeypatch: pytest.MonkeyPatch
) -> None:
    data = write(voice.samples, "WAV", "PCM_16")
    limits = DecodeLimits(max_seconds=2.9)

    with pytest.raises(TooLong) as caught:
        decode(data, limits)
    monkeypatch.setattr(lanes, "_LIBSNDFILE_MAGIC", ())
    with pytest.raises(TooLong):
        decode(data, limits)

    assert caught.value.seconds == pytest.approx(3.0)
    assert caught.value.max_seconds == 2.9


def test_a_bomb_is_stopped_before_it_fills_the_memory() -> None:
    ten_minutes_of_silence = write(np.zeros(600 * SAMPLING_RATE, np.int16), "FLAC", "PCM_16")
    assert len(ten_minutes_of_silence) < 100_000

    tracemalloc.start()
    with pytest.raises(TooLong) as caught:
        decode(ten_minutes_of_silence, DecodeLimits(max_seconds=10.0))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert caught.value.seconds < 100
    assert peak_bytes < 20_000_000


def test_an_opus_note_whose_pages_claim_ages_is_stopped_at_the_limit() -> None:
    # Found by benchmarks/fuzz.py: libsndfile fills what the second page skips with silence.
    whole = encode_voice_note(speak(seconds=2.0))
    starts = [found.start() for found in re.finditer(b"OggS", whole)]
    pages = [bytearray(whole[a:b]) for a, b in pairwise([*starts, len(whole)])]
    for page, moment in zip(pages[-2:], (72_057_594_037_974_976, 1_095_468_376_632), strict=True):
        page[6:14] = struct.pack("<q", moment)
    bomb = b"".join(map(seal_ogg_page, pages))

    tracemalloc.start()
    with pytest.raises(TooLong):
        decode(bomb, DecodeLimits(max_seconds=60.0))
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert peak_bytes < 30_000_000


def test_a_converted_bomb_is_stopped_a_second_after_the_limit(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(lanes, "_LIBSNDFILE_MAGIC", ())
    minute_of_silence = write(np.zeros(60 * SAMPLING_RATE, np.int16), "FLAC", "PCM_16")

    with pytest.raises(TooLong) as caught:
        decode(minute_of_silence, DecodeLimits(max_seconds=10.0))

    assert caught.value.seconds == pytest.approx(11.0, abs=0.1)


def test_a_long_recording_read_in_blocks_has_no_seams(monkeypatch: pytest.MonkeyPatch) -> None:
    moment = np.arange(3 * 48_000) / 48_000
    tone = write(0.5 * np.sin(2 * np.pi * 440 * moment), "WAV", "FLOAT", 48_000)

    whole = decode(tone)
    monkeypatch.setattr(lanes, "_BLOCK_SAMPLES", 5_000)
    in_blocks = decode(tone)

    np.testing.assert_allclose(in_blocks.samples, whole.samples, atol=1e-6)


def test_reading_that_takes_too_long_in_this_process_is_a_timeout() -> None:
    with pytest.raises(DecodeTimeout):
        decode(NOTE, DecodeLimits(timeout_seconds=0.0))


@settings(max_examples=60, deadline=None)
@given(
    magic=st.sampled_from([*lanes._LIBSNDFILE_MAGIC, b"", b"#!AMR\n", b"\x00\x00\x00\x18ftypmp42"]),
    data=st.binary(max_size=2000),
)
def test_arbitrary_bytes_raise_only_audio_errors(magic: bytes, data: bytes) -> None:
    with pytest.raises(AudioError):
        decode(magic + data)


@settings(max_examples=60, deadline=None)
@given(
    length=st.integers(1, len(NOTE)),
    changes=st.dictionaries(st.integers(0, len(NOTE) - 1), st.integers(0, 255), max_size=8),
)
def test_a_damaged_voice_note_gives_sound_or_an_audio_error(
    length: int, changes: dict[int, int]
) -> None:
    data = bytearray(NOTE)
    for position, value in changes.items():
        data[position] = value
    try:
        waveform = decode(bytes(data[:length]))
    except AudioError:
        return
    assert 0.5 <= waveform.seconds < 2
