"""I/O  Any recording that a phone can send -> a mono waveform, within limits.

Two lanes lead to the same samples::

    Ogg, WAV, FLAC, MP3 ──> libsndfile, in this process ──> mix, resample ──┐
              │ what it cannot read                                         ├──> Waveform
    MP4, AMR, WebM, … ────> ffmpeg, a process of its own ──> pydub ─────────┘

The first starts no process, which makes it many times faster for a short voice note.
Neither trusts what a header says about the duration: they count the samples that come out.
"""

from __future__ import annotations

import io
import shutil
import subprocess
import tempfile
import time
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import imageio_ffmpeg
import numpy as np
import soundfile
import soxr

from ser_core.errors import (
    DecoderMissing,
    DecodeTimeout,
    TooLarge,
    TooLong,
    TooShort,
    Undecodable,
)
from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class DecodeLimits:
    """Hold what a recording may cost.

    20 MB is what a bot may download from Telegram; an hour at 16 kHz takes 230 MB of memory.
    """

    max_bytes: int = 20 * 1024 * 1024
    min_seconds: float = 0.5
    max_seconds: float = 3600.0
    timeout_seconds: float = 60.0


DEFAULT_LIMITS: Final = DecodeLimits()

_LIBSNDFILE_MAGIC: Final = (
    b"OggS",
    b"RIFF",
    b"fLaC",
    b"ID3",
    b"\xff\xfb",
    b"\xff\xf3",
    b"\xff\xf2",
)
"""How files of the first lane begin.
libsndfile reads two dozen formats more, most of them of another age; arbitrary bytes from
strangers do not reach that code."""

_FFMPEG_FORMATS: Final = "aac,aiff,amr,amrnb,amrwb,caf,flac,matroska,mov,mp3,ogg,wav"
"""ffmpeg's names of the containers that a phone records.
Anything else stays shut, above all playlists (concat, hls, sdp), which name other files."""

_OGG_POLYNOMIAL: Final = 0x1_04C1_1DB7
"""Of the checksum, with its highest power. Source: RFC 3533, section 6, field 7."""

_BLOCK_SAMPLES: Final = 1 << 20
"""Samples, all channels together, that libsndfile decodes at a time: 4 MB."""

_SAMPLING_RATES: Final = range(4_000, 400_000)
"""Hertz; what a recording can have. Outside, a header lies to make a few bytes last for hours."""


def decode(data: bytes, limits: DecodeLimits = DEFAULT_LIMITS) -> Waveform:
    """Give the sound in a recording's bytes: all channels averaged, at 16 kHz.

    A damaged recording gives the part that can be read. Samples beyond ±1, which floating-point
    formats allow, are brought back by scaling the whole.

    Raises:
        TooLarge: if there are more bytes than the limit.
        Undecodable: if no sound can be read, or samples that are not finite.
        DecodeTimeout: if reading takes longer than the limit.
        TooShort: if there is less sound than the limit.
        TooLong: if there is more sound than the limit.
        DecoderMissing: if the recording needs an ffmpeg and there is none.
    """
    if len(data) > limits.max_bytes:
        raise TooLarge(len(data), limits.max_bytes)
    if not data:
        reason = "there are none"
        raise Undecodable(reason)
    deadline = time.monotonic() + limits.timeout_seconds
    samples = _read_in_process(data, limits, deadline)
    if samples.size == 0:
        samples = _convert(data, limits, deadline)
    _check_duration(samples.size, limits)
    if samples.size < limits.min_seconds * SAMPLING_RATE:
        raise TooShort(samples.size / SAMPLING_RATE, limits.min_seconds)
    return Waveform(_bring_into_range(samples))


def _check_duration(n_samples: int, limits: DecodeLimits) -> None:
    """Raise TooLong if there are more samples than the limit allows."""
    if n_samples > limits.max_seconds * SAMPLING_RATE:
        raise TooLong(n_samples / SAMPLING_RATE, limits.max_seconds)


def _bring_into_range(samples: NDArray[np.float32]) -> NDArray[np.float32]:
    """Scale samples in place so that none lies beyond ±1; refuse what is not finite."""
    peak = max(float(samples.max()), -float(samples.min()))
    if not np.isfinite(peak):
        reason = "some samples are not finite"
        raise Undecodable(reason)
    if peak > 1:
        samples /= np.float32(peak)
    return samples


def _read_in_process(data: bytes, limits: DecodeLimits, deadline: float) -> NDArray[np.float32]:
    """Read with libsndfile; give no samples where it can read none."""
    if not data.startswith(_LIBSNDFILE_MAGIC):
        return np.empty(0, np.float32)
    try:
        with soundfile.SoundFile(io.BytesIO(_ask_for_16_khz(data))) as file:
            return _read_blocks(file, limits, deadline)
    except soundfile.LibsndfileError:
        return np.empty(0, np.float32)


def _ask_for_16_khz(data: bytes) -> bytes:
    """Give an Ogg Opus file whose header names 16 kHz; any other file as it is.

    Opus can be decoded at several rates, and libsndfile takes the one that the header names,
    which is only what the phone recorded at. To decode at 16 kHz saves a quarter of the time,
    and every voice note then has the same band, whatever its header says.

    Source: RFC 7845, section 5.1, field 5; RFC 3533, section 6, fields 7 to 9 (page, checksum).
    """
    if not (data.startswith(b"OggS") and data[28:36] == b"OpusHead"):
        return data
    page = bytearray(data[: 28 + data[27]])
    page[40:44] = SAMPLING_RATE.to_bytes(4, "little")
    page[22:26] = bytes(4)
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1) ^ (_OGG_POLYNOMIAL if checksum >> 31 else 0)
    page[22:26] = checksum.to_bytes(4, "little")
    return bytes(page) + data[len(page) :]


def _read_blocks(
    file: soundfile.SoundFile, limits: DecodeLimits, deadline: float
) -> NDArray[np.float32]:
    """Read block by block, so that an absurd duration or channel count costs no memory."""
    if file.samplerate not in _SAMPLING_RATES:
        reason = f"a sampling rate of {file.samplerate} Hz"
        raise Undecodable(reason)
    stream = soxr.ResampleStream(file.samplerate, SAMPLING_RATE, 1, dtype="float32", quality="HQ")
    block_frames = _BLOCK_SAMPLES // file.channels
    samples = bytearray()  # grows without a second copy, unlike a list of arrays to be joined
    is_last = False
    while not is_last:
        block = file.read(block_frames, dtype="float32")
        is_last = len(block) < block_frames
        mono = block if block.ndim == 1 else block.mean(axis=1)
        samples += stream.resample_chunk(mono, last=is_last).data
        _check_duration(len(samples) // np.float32().nbytes, limits)
        if time.monotonic() > deadline:
            raise DecodeTimeout(limits.timeout_seconds)
    return np.frombuffer(samples, np.float32)


def _convert(data: bytes, limits: DecodeLimits, deadline: float) -> NDArray[np.float32]:
    """Convert with ffmpeg and read what it gives with pydub.

    The bytes wait in a file without a name, since MP4 must be read back and forth: whatever
    happens to this process, nobody's voice stays on the disk.
    """
    with tempfile.TemporaryFile() as file:
        file.write(data)
        file.seek(0)
        try:
            done = subprocess.run(  # noqa: S603 - a fixed argument list, no shell
                _ffmpeg_command(limits),
                stdin=file,
                capture_output=True,
                timeout=max(deadline - time.monotonic(), 0.0),
                check=False,  # a damaged recording is an error to ffmpeg, yet may give sound
            )
        except subprocess.TimeoutExpired as error:
            raise DecodeTimeout(limits.timeout_seconds) from error
        except OSError as error:
            raise DecoderMissing from error
    pcm = done.stdout
    if not pcm:
        lines = done.stderr.decode(errors="replace").strip().splitlines()
        raise Undecodable(lines[-1] if lines else f"ffmpeg ended with {done.returncode}")
    return _read_pcm(pcm)


def _ffmpeg_command(limits: DecodeLimits) -> list[str]:
    """Give the command that turns standard input into 16-bit mono samples at 16 kHz."""
    only_safe_input = ["-protocol_whitelist", "file,pipe", "-format_whitelist", _FFMPEG_FORMATS]
    first_audio_stream = ["-map", "0:a:0", "-vn", "-sn", "-dn"]
    output = ["-ac", "1", "-ar", str(SAMPLING_RATE), "-f", "s16le", "pipe:1"]
    return [
        _find_ffmpeg(),
        *("-nostdin", "-v", "error", "-threads", "1"),
        *(*only_safe_input, "-i", "file:/dev/stdin"),
        *first_audio_stream,
        *("-t", str(limits.max_seconds + 1)),  # one second more shows that it was too long
        *output,
    ]


def _read_pcm(pcm: bytes) -> NDArray[np.float32]:
    """Give 16-bit mono samples at 16 kHz as floats, by way of pydub."""
    with warnings.catch_warnings():
        # pydub warns when the path has no ffmpeg, which is found, or missed, elsewhere.
        warnings.simplefilter("ignore", RuntimeWarning)
        from pydub import AudioSegment  # noqa: PLC0415 - the first lane need not load it
    segment = AudioSegment(pcm, sample_width=2, frame_rate=SAMPLING_RATE, channels=1)
    samples = np.array(segment.get_array_of_samples(), np.float32)
    samples /= np.float32(segment.max_possible_amplitude)
    return samples


def _find_ffmpeg() -> str:
    """Give the path of the system's ffmpeg, or else of the imageio-ffmpeg wheel's."""
    system = shutil.which("ffmpeg")
    if system is not None:
        return system
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise DecoderMissing from error
