"""I/O  Any recording that a phone can send -> a mono waveform, within limits.

Two lanes lead to the same samples::

    Ogg, WAV, FLAC, MP3 ──> libsndfile, in this process ──> mix, resample ──┐
              │ what it cannot read                                         ├──> Waveform
    MP4, AMR, WebM, … ────> ffmpeg, a process of its own (`convert`) ───────┘

The first starts no process, which makes it many times faster for a short voice note.
Neither trusts what a header says about the duration: they count the samples that come out.
"""

from __future__ import annotations

import io
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
import soundfile
import soxr

from ser_core.convert import convert
from ser_core.errors import DecodeTimeout, TooLarge, TooLong, TooShort, Undecodable
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
        with soundfile.SoundFile(_ask_for_16_khz(data)) as file:
            return _read_blocks(file, limits, deadline)
    except soundfile.LibsndfileError:
        return np.empty(0, np.float32)


def _ask_for_16_khz(data: bytes) -> io.BytesIO:
    """Give an Ogg Opus file whose header names 16 kHz; any other file as it is.

    Opus can be decoded at several rates, and libsndfile takes the one that the header names,
    which is only what the phone recorded at. To decode at 16 kHz saves a quarter of the time,
    and every voice note then has the same band, whatever its header says.

    Source: RFC 7845, section 5.1, field 5; RFC 3533, section 6, fields 7 to 9 (page, checksum).
    """
    file = io.BytesIO(data)
    if not (data.startswith(b"OggS") and data[28:36] == b"OpusHead"):
        return file
    page = bytearray(data[: 28 + data[27]])
    page[40:44] = SAMPLING_RATE.to_bytes(4, "little")
    page[22:26] = bytes(4)
    checksum = 0
    for byte in page:
        checksum ^= byte << 24
        for _ in range(8):
            checksum = (checksum << 1) ^ (_OGG_POLYNOMIAL if checksum >> 31 else 0)
    page[22:26] = checksum.to_bytes(4, "little")
    file.write(page)
    file.seek(0)
    return file


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
    """Read with ffmpeg."""
    try:
        return convert(data, max_seconds=limits.max_seconds, deadline=deadline)
    except TimeoutError as error:
        raise DecodeTimeout(limits.timeout_seconds) from error
