"""I/O  Sound from a microphone, through sounddevice and PortAudio."""

from __future__ import annotations

from collections import deque
from contextlib import contextmanager
from importlib import import_module
from threading import Condition
from typing import TYPE_CHECKING, Any, Final

import numpy as np
import soxr

from ser_core.errors import ExtraMissing, MicrophoneMissing
from ser_core.live.source import MOST_SECONDS, Part
from ser_core.waveform import SAMPLING_RATE

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

    from ser_core.live.source import Samples

_MODULE: Final = "sounddevice"
_EXTRA: Final = "microphone"
_BLOCK_SECONDS: Final = 0.05
_PATIENCE_SECONDS: Final = 5.0
"""A microphone that gives nothing for so long was pulled out."""


class Microphone:
    """Gather what is recorded until somebody asks for it."""

    def __init__(self, name: str, rate: int) -> None:
        """Begin with nothing; the rate is that of what will come, in hertz."""
        self.name = name
        self._rate = rate
        self._resampler = soxr.ResampleStream(rate, SAMPLING_RATE, 1, dtype="float32")
        self._blocks: deque[Samples] = deque()
        self._n_waiting = 0
        self._n_lost = 0
        self._changed = Condition()

    def receive(self, block: Samples, _n_samples: int, _times: object, _status: object) -> None:
        """Take a block of shape ``(n_samples, 1)``; PortAudio calls this in a thread of its own."""
        with self._changed:
            self._blocks.append(block[:, 0].copy())
            self._n_waiting += len(block)
            while self._n_waiting > MOST_SECONDS * self._rate:
                n_oldest = self._blocks.popleft().size
                self._n_waiting -= n_oldest
                self._n_lost += n_oldest
            self._changed.notify()

    def take(self, seconds: float) -> Part:
        """Wait for about so many seconds of sound, and give all that is there by then.

        Raises:
            MicrophoneMissing: if nothing comes any more.
        """
        with self._changed:
            n_least = seconds * self._rate
            if not self._changed.wait_for(lambda: self._n_waiting >= n_least, _PATIENCE_SECONDS):
                reason = f"nothing comes from {self.name} any more"
                raise MicrophoneMissing(reason)
            samples, n_lost = np.concatenate(self._blocks), self._n_lost
            self._blocks.clear()
            self._n_waiting = self._n_lost = 0
        heard = self._resampler.resample_chunk(samples)
        return Part(np.clip(heard, -1, 1), round(n_lost * SAMPLING_RATE / self._rate))


@contextmanager
def open_microphone(device: str | None = None) -> Iterator[Microphone]:
    """Record from a device, by its number or a part of its name, while the context lasts.

    Raises:
        ExtraMissing: if sounddevice is not installed.
        MicrophoneMissing: if there is no PortAudio, no such device, or it cannot be opened.
    """
    sounddevice = _import_sounddevice()
    chosen = int(device) if device is not None and device.isdecimal() else device
    try:
        about = sounddevice.query_devices(chosen, "input")
        rate = _choose_rate(sounddevice, chosen, about)
        microphone = Microphone(about["name"], rate)
        stream = sounddevice.InputStream(
            samplerate=rate,
            blocksize=int(_BLOCK_SECONDS * rate),
            device=chosen,
            channels=1,
            dtype="float32",
            callback=microphone.receive,
        )
        stream.start()
    except (sounddevice.PortAudioError, ValueError) as error:
        reason = f"{error}; there {_list_inputs(sounddevice)}"
        raise MicrophoneMissing(reason) from error
    try:
        yield microphone
    finally:
        stream.close()


def _import_sounddevice() -> ModuleType:
    """Import sounddevice, which only this needs."""
    try:
        return import_module(_MODULE)
    except ModuleNotFoundError as error:
        raise ExtraMissing(_MODULE, _EXTRA) from error
    except OSError as error:  # it is there, the library of the system that it wants is not
        raise MicrophoneMissing(str(error)) from error


def _choose_rate(sounddevice: ModuleType, device: int | str | None, about: dict[str, Any]) -> int:
    """Give 16 kHz if the device can do that, and what it likes best if not."""
    try:
        sounddevice.check_input_settings(
            device=device, channels=1, dtype="float32", samplerate=SAMPLING_RATE
        )
    except sounddevice.PortAudioError:
        return int(about["default_samplerate"])
    return SAMPLING_RATE


def _list_inputs(sounddevice: ModuleType) -> str:
    """Say which devices there are."""
    names = [each["name"] for each in sounddevice.query_devices() if each["max_input_channels"]]
    return f"is {' and '.join(names)}" if names else "is none"
