"""I/O  Sound from a file or a pipe, decoded by ffmpeg as it comes, and given as time passes.

A file would come at once; it comes as fast as it was spoken. A pipe that somebody speaks into is
never ahead of the clock, so it is not held up: if this program was late, all that has come
meanwhile is there at once.
"""

from __future__ import annotations

import os
import selectors
import time
from contextlib import contextmanager
from typing import IO, TYPE_CHECKING, Final, cast

import numpy as np

from ser_core.convert import start_stream
from ser_core.errors import Undecodable
from ser_core.live.source import MOST_SECONDS, Part
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    import subprocess
    from collections.abc import Callable, Iterator

_PCM_BYTES: Final = 2
_FULL_SCALE: Final = np.float32(1 << 15)
_PART_BYTES: Final = 1 << 16
_MAX_COMPLAINT_BYTES: Final = 4096
_REFILL_SECONDS: Final = 0.03
"""A pipe holds two seconds of sound; ffmpeg fills it again in less, if there is more."""


class Stream:
    """Give what ffmpeg decodes no faster than it was spoken."""

    def __init__(
        self,
        process: subprocess.Popen[bytes],
        name: str,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        """Begin now, with an ffmpeg that `start_stream` started; the clock counts seconds."""
        self.name = name
        self._clock, self._sleep = clock, sleep
        self._start = clock()
        self._n_taken = 0
        self._pcm = b""
        self._complaint = b""
        self._output = cast("IO[bytes]", process.stdout).fileno()
        self._errors = cast("IO[bytes]", process.stderr).fileno()
        self._selector = selectors.DefaultSelector()
        for stream in (self._output, self._errors):
            self._selector.register(stream, selectors.EVENT_READ)

    def close(self) -> None:
        """Let go of what is waited with."""
        self._selector.close()

    def take(self, seconds: float) -> Part | None:
        """Wait for about so many seconds of sound, and give all that is there by then.

        Raises:
            Undecodable: if it ends without any sound.
        """
        n_least = round(seconds * SAMPLING_RATE)
        n_most = self._wait(n_least)
        self._read(n_least * _PCM_BYTES, n_most * _PCM_BYTES)
        n_whole = len(self._pcm) // _PCM_BYTES
        samples = np.frombuffer(self._pcm, "<i2", n_whole).astype(np.float32) / _FULL_SCALE
        self._pcm = self._pcm[n_whole * _PCM_BYTES :]
        self._n_taken += n_whole
        if self._n_taken == 0:
            lines = self._complaint.decode(errors="replace").strip().splitlines()
            raise Undecodable(lines[-1] if lines else "there is no sound")
        return Part(samples) if n_whole else None

    def _wait(self, n_least: int) -> int:
        """Wait until so many samples are due, and give how many are."""
        due = self._start + (self._n_taken + n_least) / SAMPLING_RATE
        pause = due - self._clock()
        if pause > 0:
            self._sleep(pause)
        # Who was away for long goes on from about where they were: memory is bounded.
        too_late = self._clock() - due - MOST_SECONDS
        self._start += max(0.0, too_late)
        n_due = round((self._clock() - self._start) * SAMPLING_RATE) - self._n_taken
        return max(n_least, n_due)

    def _read(self, n_least: int, n_most: int) -> None:
        """Read so many bytes at least, unless it ends, and at most, if they are there."""
        while len(self._pcm) < n_most and self._output in self._selector.get_map():
            is_enough = len(self._pcm) >= n_least
            ready = self._selector.select(_REFILL_SECONDS if is_enough else None)
            if not ready:
                return
            for key, _ in ready:
                self._read_part(key.fd, n_most)

    def _read_part(self, stream: int, n_most: int) -> None:
        """Read a part of what is decoded, or of what is said on errors."""
        is_output = stream == self._output
        n_wanted = n_most - len(self._pcm) if is_output else _PART_BYTES
        part = os.read(stream, min(n_wanted, _PART_BYTES))
        if not part:
            self._selector.unregister(stream)
        elif is_output:
            self._pcm += part
        else:
            self._complaint = (self._complaint + part)[-_MAX_COMPLAINT_BYTES:]


@contextmanager
def open_stream(file: IO[bytes], name: str) -> Iterator[Stream]:
    """Decode a file or a pipe while the context lasts.

    Raises:
        DecoderMissing: if there is no ffmpeg.
    """
    with start_stream(file) as process:
        stream = Stream(process, name)
        try:
            yield stream
        finally:
            stream.close()
            process.kill()
