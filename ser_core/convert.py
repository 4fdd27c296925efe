"""I/O  What libsndfile cannot read -> samples, by an ffmpeg in a process of its own.

::

    bytes ──> file in memory ──> ffmpeg: safe formats, no network ──> PCM, part by part ──> samples

A stranger's bytes meet ffmpeg's hundreds of decoders here, so it may open nothing but its input,
takes a bounded time, and is heard no longer than a limit allows.
"""

from __future__ import annotations

import os
import selectors
import shutil
import stat
import subprocess
import tempfile
import time
import warnings
from contextlib import suppress
from functools import cache
from importlib import import_module
from math import ceil
from typing import IO, TYPE_CHECKING, Final, cast

import imageio_ffmpeg
import numpy as np

from ser_core.errors import DecoderMissing, Undecodable
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import ModuleType

    from numpy.typing import NDArray

_FORMATS: Final = "aac,aiff,amr,amrnb,amrwb,caf,flac,matroska,mov,mp3,ogg,wav"
"""ffmpeg's names of the containers that a phone records.
Anything else stays shut, above all playlists (concat, hls, sdp), which name other files."""

_MAX_BLOCK_BYTES: Final = 128 * 1024 * 1024
"""The largest piece of memory that ffmpeg may ask for at once; a header can claim any size.
The index of hours of MP4 takes less than half."""

_ENVIRONMENT: Final = ("PATH", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")
"""What ffmpeg learns of the environment; tokens and passwords may stand in the rest."""

_WHOLE_FILE: Final = "file:/dev/stdin"
"""Standard input that can be read back and forth."""

_AT_ONCE: Final = ("-probesize", "32768", "-analyzeduration", "200000")
"""Look no further into a stream than it takes to know what it is: 32 kB, or 0.2 s."""

_PCM_BYTES: Final = 2
"""Of one sample, as ffmpeg gives it."""

_PART_BYTES: Final = 1 << 16
"""So much is read at a time: what a pipe holds."""

_MAX_COMPLAINT_BYTES: Final = 4096
"""So much of what ffmpeg says on errors is kept, the end of it; it has much to say of garbage."""

_GOODBYE_SECONDS: Final = 1.0
"""How long ffmpeg may take to leave when it has said all."""


class _Output:
    """Gather what ffmpeg gives, as samples, and the end of what it says on errors.

    Samples are made of each part as it comes, so that an hour is never in memory twice.
    """

    def __init__(self) -> None:
        self._samples = bytearray()
        self._pcm = b""
        self._complaint = b""

    @property
    def n_samples(self) -> int:
        """Give how many samples have come."""
        return len(self._samples) // np.float32().nbytes

    @property
    def samples(self) -> NDArray[np.float32]:
        """Give the samples that have come."""
        return np.frombuffer(self._samples, np.float32)

    @property
    def complaint(self) -> str:
        """Give the last line of what was said on errors."""
        lines = self._complaint.decode(errors="replace").strip().splitlines()
        return lines[-1] if lines else ""

    def add_pcm(self, part: bytes) -> None:
        """Make samples of a part, by way of pydub; half of one waits for its other half."""
        pcm = self._pcm + part
        n_whole = len(pcm) // _PCM_BYTES * _PCM_BYTES
        self._pcm = pcm[n_whole:]
        segment = _import_pydub().AudioSegment(
            pcm[:n_whole], sample_width=_PCM_BYTES, frame_rate=SAMPLING_RATE, channels=1
        )
        samples = np.array(segment.get_array_of_samples(), np.float32)
        samples /= np.float32(segment.max_possible_amplitude)
        self._samples += samples.data

    def add_complaint(self, part: bytes) -> None:
        """Keep the end of what is said on errors."""
        self._complaint = (self._complaint + part)[-_MAX_COMPLAINT_BYTES:]


def convert(data: bytes, *, max_seconds: float, deadline: float) -> NDArray[np.float32]:
    """Give the samples of a recording's first stream of sound: mono, 16 kHz.

    No more than about a second above ``max_seconds`` is read. ``deadline`` is a moment of
    `time.monotonic`; ffmpeg has ended when this returns, whatever happens.

    Raises:
        Undecodable: if there is no sound.
        TimeoutError: if the deadline passes.
        DecoderMissing: if there is no ffmpeg.
    """
    with _open_copy(data) as file:
        process = _start(_make_command(max_seconds, deadline - time.monotonic()), file)
        output = _Output()
        with process:
            try:
                _read_output(process, output, max_seconds, deadline)
            finally:
                process.kill()
    if output.n_samples == 0:
        raise Undecodable(output.complaint or f"ffmpeg ended with {process.returncode}")
    return output.samples


def _open_copy(data: bytes) -> IO[bytes]:
    """Give a file without a name that holds the bytes, since MP4 must be read back and forth.

    Whatever happens to this process, nobody's voice stays anywhere; a full disk is no matter.
    """
    file: IO[bytes] = (
        os.fdopen(os.memfd_create("recording"), "w+b")
        if hasattr(os, "memfd_create")
        else tempfile.TemporaryFile()  # noqa: SIM115 - macOS; whoever calls closes it
    )
    file.write(data)
    file.seek(0)
    return file


def start_stream(file: IO[bytes]) -> subprocess.Popen[bytes]:
    """Start an ffmpeg that gives what a file or a pipe holds as PCM as it comes, without an end.

    PCM is 16-bit mono at 16 kHz, on the standard output of the process; what it says on errors
    must be read as well. It goes on until its input ends or somebody ends it, and does not hear
    the terminal's Ctrl-C.

    Raises:
        DecoderMissing: if there is no ffmpeg.
    """
    is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
    source = _WHOLE_FILE if is_file else "pipe:0"
    return _start(_list_arguments(source, bounds=_AT_ONCE, end=()), file, process_group=0)


def _start(
    command: Sequence[str], file: IO[bytes], *, process_group: int | None = None
) -> subprocess.Popen[bytes]:
    """Start an ffmpeg that reads a file and learns nothing of the environment."""
    try:
        return subprocess.Popen(  # noqa: S603 - a fixed argument list, no shell
            command,
            stdin=file,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            process_group=process_group,
        )
    except OSError as error:
        raise DecoderMissing from error


def _make_command(max_seconds: float, seconds_left: float) -> list[str]:
    """Give the command for a whole file, that takes and gives no more than so much."""
    return _list_arguments(
        _WHOLE_FILE,
        bounds=("-timelimit", str(ceil(seconds_left) + 1)),
        end=("-t", str(max_seconds + 1)),  # one second more shows that it was too long
    )


def _list_arguments(source: str, *, bounds: Sequence[str], end: Sequence[str]) -> list[str]:
    """Give the command that turns standard input into 16-bit mono samples at 16 kHz."""
    only_safe_input = ["-protocol_whitelist", "file,pipe", "-format_whitelist", _FORMATS]
    first_audio_stream = ["-map", "0:a:0", "-vn", "-sn", "-dn"]
    output = ["-ac", "1", "-ar", str(SAMPLING_RATE), "-f", "s16le", "pipe:1"]
    return [
        _find_ffmpeg(),
        *("-nostdin", "-v", "error", "-threads", "1"),
        *(*bounds, "-max_alloc", str(_MAX_BLOCK_BYTES)),
        *(*only_safe_input, "-i", source),
        *first_audio_stream,
        *end,
        *output,
    ]


def _read_output(
    process: subprocess.Popen[bytes], output: _Output, max_seconds: float, deadline: float
) -> None:
    """Read what a process gives until it ends, or gives more than it was asked for.

    Raises:
        TimeoutError: if the deadline passes.
    """
    max_samples = (max_seconds + 2) * SAMPLING_RATE
    with selectors.DefaultSelector() as selector:
        for stream, add in (
            (process.stdout, output.add_pcm),
            (process.stderr, output.add_complaint),
        ):
            selector.register(cast("IO[bytes]", stream), selectors.EVENT_READ, add)
        while selector.get_map() and output.n_samples <= max_samples:
            for key, _ in selector.select(max(deadline - time.monotonic(), 0.0)):
                part = os.read(key.fd, _PART_BYTES)
                key.data(part)
                if not part:
                    selector.unregister(key.fileobj)
            if time.monotonic() > deadline:
                raise TimeoutError
    with suppress(subprocess.TimeoutExpired):
        process.wait(_GOODBYE_SECONDS)


@cache
def _import_pydub() -> ModuleType:
    """Import pydub, which only this lane needs."""
    with warnings.catch_warnings():
        # pydub warns when the path has no ffmpeg, which is found, or missed, elsewhere.
        warnings.simplefilter("ignore", RuntimeWarning)
        return import_module("pydub")


def _find_ffmpeg() -> str:
    """Give the path of the system's ffmpeg, or else of the imageio-ffmpeg wheel's."""
    system = shutil.which("ffmpeg")
    if system is not None:
        return system
    try:
        return str(imageio_ffmpeg.get_ffmpeg_exe())
    except RuntimeError as error:
        raise DecoderMissing from error
