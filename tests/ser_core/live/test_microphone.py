from __future__ import annotations

import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from sounds import tone

from ser_core.errors import ExtraMissing, MicrophoneMissing
from ser_core.live import microphone
from ser_core.live.microphone import Microphone, open_microphone
from ser_core.live.source import MOST_SECONDS

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

DEVICES = [
    {"name": "Built-in", "max_input_channels": 1, "default_samplerate": 48_000.0},
    {"name": "Speakers", "max_input_channels": 0, "default_samplerate": 48_000.0},
    {"name": "Headset", "max_input_channels": 2, "default_samplerate": 44_100.0},
]


class StandIn:
    """Stand in for the module sounddevice, with three devices."""

    class PortAudioError(Exception):
        """Be the error that PortAudio raises."""

    def __init__(self) -> None:
        self.devices = DEVICES
        self.rates: tuple[float, ...] = (16_000, 48_000)
        self.is_busy = False
        self.is_open = False
        self.asked: dict[str, Any] = {}

    def query_devices(self, device: int | str | None = None, kind: str | None = None) -> Any:  # noqa: ANN401 - as there
        """Give what is known of a device, or of all."""
        if kind is None:
            return self.devices
        if isinstance(device, str):
            found = [each for each in self.devices if device in str(each["name"])]
            if not found:
                message = f"No input device matching {device!r}"
                raise ValueError(message)
            return found[0]
        if not self.devices:
            message = "Error querying device -1"
            raise self.PortAudioError(message)
        return self.devices[device or 0]

    def check_input_settings(self, *, samplerate: float, **_: object) -> None:
        """Refuse a rate that the device does not have."""
        if samplerate not in self.rates:
            raise self.PortAudioError

    def InputStream(self, **options: Any) -> SimpleNamespace:  # noqa: ANN401, N802 - as there
        """Remember what was asked for."""
        self.asked = options
        return SimpleNamespace(start=self._start, close=self._close)

    def _start(self) -> None:
        if self.is_busy:
            message = "Device unavailable"
            raise self.PortAudioError(message)
        self.is_open = True

    def _close(self) -> None:
        self.is_open = False

    def speak(self, samples: NDArray[np.float32]) -> None:
        """Hand over samples as PortAudio does, in a buffer that is used again."""
        callback: Callable[..., None] = self.asked["callback"]
        for start in range(0, samples.size, self.asked["blocksize"]):
            block = samples[start : start + self.asked["blocksize"], np.newaxis].copy()
            callback(block, len(block), None, None)
            block[:] = 9


@pytest.fixture
def sounddevice(monkeypatch: pytest.MonkeyPatch) -> StandIn:
    stand_in = StandIn()
    monkeypatch.setitem(sys.modules, "sounddevice", stand_in)  # type: ignore[arg-type]  # it acts as one
    return stand_in


def test_what_is_spoken_is_heard(sounddevice: StandIn) -> None:
    samples = tone(300, 0.5, peak=0.5)
    with open_microphone() as opened:
        assert opened.name == "Built-in"
        assert sounddevice.is_open
        sounddevice.speak(samples)
        part = opened.take(0.5)
    assert part.n_lost == 0
    np.testing.assert_allclose(part.samples, samples, atol=1e-6)
    assert not sounddevice.is_open


def test_who_asks_late_gets_all_that_was_spoken(sounddevice: StandIn) -> None:
    with open_microphone() as opened:
        sounddevice.speak(tone(300, 2.0))
        assert opened.take(0.1).samples.size == 32_000


def test_of_what_nobody_asked_for_only_the_newest_is_kept(
    sounddevice: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone, "MOST_SECONDS", 1.0)
    samples = tone(300, 1.5)
    with open_microphone() as opened:
        sounddevice.speak(samples)
        part = opened.take(0.1)
        assert (part.samples.size, part.n_lost) == (16_000, 8_000)
        np.testing.assert_allclose(part.samples, samples[8_000:], atol=1e-6)
        sounddevice.speak(samples[:1600])
        assert opened.take(0.1).n_lost == 0
    assert MOST_SECONDS > 1


def test_a_device_that_cannot_do_16_khz_is_resampled(sounddevice: StandIn) -> None:
    sounddevice.rates = (48_000,)
    with open_microphone("0") as opened:
        assert (sounddevice.asked["samplerate"], sounddevice.asked["device"]) == (48_000, 0)
        sounddevice.speak(tone(300, 1.0, sampling_rate=48_000))
        part = opened.take(1.0)
    assert part.samples.size == pytest.approx(16_000, abs=1_000)
    peak = np.abs(np.fft.rfft(part.samples)).argmax() * 16_000 / part.samples.size
    assert peak == pytest.approx(300, abs=2)


def test_a_device_is_found_by_a_part_of_its_name(sounddevice: StandIn) -> None:
    with open_microphone("Head") as opened:
        assert opened.name == "Headset"
    assert sounddevice.asked["device"] == "Head"


@pytest.mark.usefixtures("sounddevice")
def test_a_name_that_no_device_has_is_an_error_that_lists_those_there_are() -> None:
    with pytest.raises(MicrophoneMissing) as caught, open_microphone("Webcam"):
        pass
    assert caught.value.reason == (
        "No input device matching 'Webcam'; there is Built-in and Headset"
    )


def test_a_computer_without_microphones_is_told_so(sounddevice: StandIn) -> None:
    sounddevice.devices = []
    with pytest.raises(MicrophoneMissing, match="there is none"), open_microphone():
        pass


def test_a_microphone_that_somebody_else_holds_is_an_error(sounddevice: StandIn) -> None:
    sounddevice.is_busy = True
    with pytest.raises(MicrophoneMissing, match="Device unavailable"), open_microphone():
        pass


def test_a_microphone_that_was_pulled_out_is_an_error(
    sounddevice: StandIn, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(microphone, "_PATIENCE_SECONDS", 0.01)
    with (
        pytest.raises(MicrophoneMissing, match="nothing comes from Built-in"),
        open_microphone() as opened,
    ):
        opened.take(0.1)
    assert not sounddevice.is_open


def test_errors_of_whoever_listens_are_their_own(sounddevice: StandIn) -> None:
    message = "mine"
    with pytest.raises(ValueError, match="mine"), open_microphone():
        raise ValueError(message)
    assert not sounddevice.is_open


def test_without_sounddevice_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "sounddevice", None)  # type: ignore[arg-type]  # how to forbid an import
    with pytest.raises(ExtraMissing, match=r"\[microphone\]"), open_microphone():
        pass


def test_without_portaudio_there_is_no_microphone(monkeypatch: pytest.MonkeyPatch) -> None:
    def fail(_: str) -> None:
        message = "PortAudio library not found"
        raise OSError(message)

    monkeypatch.setattr(microphone, "import_module", fail)
    with pytest.raises(MicrophoneMissing, match="PortAudio library not found"), open_microphone():
        pass


def test_samples_stay_in_range() -> None:
    loud = Microphone("x", 16_000)
    loud.receive(np.full((1600, 1), 3.0, np.float32), 1600, None, None)
    assert loud.take(0.1).samples.max() == 1.0
