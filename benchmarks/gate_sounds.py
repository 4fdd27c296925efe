"""Make sounds that nobody says: weather, machines, bangs, calls, tones, music, held vowels.

Each draws a sound of ``n`` samples at 16 kHz. The speech gate is fitted on those in `FITTED`;
`draw_unheard_music` only measures it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np
from gate_instruments import (
    build_additive,
    build_bell,
    build_organ,
    build_string,
    build_synthesiser,
    happens,
    play_drums,
    play_music,
)
from scipy.signal import butter, sosfilt

from ser_core.waveform import SAMPLING_RATE, Waveform

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Samples = NDArray[np.floating]
    Random = np.random.Generator
    Sound = Callable[[Random, int], Samples]

_NYQUIST_HZ: Final = 7600.0
_N_HARMONICS: Final = 25
_DIAL_HZ: Final = ((697, 770, 852, 941), (1209, 1336, 1477, 1633))
"""Source: ITU-T Q.23, push-button telephones."""


def bring_to_peak(samples: Samples, peak: float = 0.3) -> Waveform:
    """Scale to a peak."""
    return Waveform((peak * samples / (np.abs(samples).max() + 1e-9)).astype(np.float32))


def _seconds(n: int) -> Samples:
    return np.arange(n) / SAMPLING_RATE


def _wander(random: Random, n: int, hertz: float, spread: float) -> Samples:
    """Give a random curve with so many corners a second."""
    n_corners = max(int(n / SAMPLING_RATE * hertz) + 2, 2)
    corners = random.normal(0, spread, n_corners)
    return np.interp(np.arange(n), np.linspace(0, n, n_corners), corners)


def _band(random: Random, samples: Samples, low: float, width: float) -> Samples:
    """Keep a band; ``width`` is the ratio of its edges."""
    edges = (low, min(low * width, _NYQUIST_HZ))
    order = int(random.integers(1, 3))
    return sosfilt(butter(order, edges, "bandpass", fs=SAMPLING_RATE, output="sos"), samples)


def _colour(random: Random, samples: Samples, spread_db: float) -> Samples:
    """Give it a random spectral envelope."""
    hertz = np.fft.rfftfreq(samples.size, 1 / SAMPLING_RATE)
    corners = np.concatenate([[0], np.geomspace(80, 8000, 10)])
    decibels = np.interp(hertz, corners, random.normal(0, spread_db, corners.size))
    return np.fft.irfft(np.fft.rfft(samples) * 10 ** (decibels / 20), samples.size)


def draw_noise(random: Random, n: int) -> Samples:
    """Draw noise of a random colour that stays as it is."""
    spectrum = np.fft.rfft(random.standard_normal(n))
    tilted = spectrum * (np.arange(spectrum.size) + 1) ** random.uniform(-1.2, 0.3)
    noise = _colour(random, np.fft.irfft(tilted, n), random.uniform(0, 12))
    return noise / noise.std()


def draw_gusts(random: Random, n: int) -> Samples:
    """Draw bands of noise that swell and fade, each in its own time."""
    gusts = np.zeros(n)
    for _ in range(random.integers(1, 5)):
        noise = draw_noise(random, n)
        if happens(random, 0.7):
            noise = _band(random, noise, 10 ** random.uniform(1.8, 3.4), random.uniform(1.3, 6))
        decibels = _wander(random, n, 10 ** random.uniform(-0.5, 1.5), random.uniform(2, 14))
        gusts += noise / noise.std() * 10 ** (decibels / 20)
    return gusts


def draw_clicks(random: Random, n: int) -> Samples:
    """Draw clocks, drips, crackling: short bangs, regular or not, over faint noise."""
    rate = 10 ** random.uniform(0, 1.6)
    is_regular = happens(random, 0.5)
    gaps = np.full(int(n / SAMPLING_RATE * rate) + 2, 1 / rate)
    starts = np.cumsum(gaps if is_regular else random.exponential(gaps))
    clicks = 10 ** random.uniform(-4, -1.5) * draw_noise(random, n)
    bang = _draw_bang(random)
    for start in (starts * SAMPLING_RATE).astype(int):
        bang = bang if is_regular else _draw_bang(random)
        _add(clicks, bang * random.uniform(0.5, 1), start)
    return clicks


def _draw_bang(random: Random) -> Samples:
    seconds = _seconds(round(SAMPLING_RATE * 10 ** random.uniform(-2.5, -0.7)))
    ring = np.sin(2 * np.pi * 10 ** random.uniform(2.2, 3.7) * seconds)
    share = random.choice([0.0, 0.5, 1.0])
    noise = draw_noise(random, seconds.size)
    return (share * ring + (1 - share) * noise) * np.exp(-seconds * 10 ** random.uniform(1.2, 2.7))


def _add(sum_of_all: Samples, sound: Samples, start: int) -> None:
    """Add a sound in place, as far as it fits."""
    fitting = sound[: max(sum_of_all.size - start, 0)]
    sum_of_all[start : start + fitting.size] += fitting


def draw_bursts(random: Random, n: int) -> Samples:
    """Draw sneezes, coughs, slams: a few bursts, noisy, some with a tone or a resonance."""
    bursts = 10 ** random.uniform(-5, -2) * draw_noise(random, n)
    for _ in range(random.integers(1, 5)):
        size = min(round(SAMPLING_RATE * random.uniform(0.08, 0.8)), n - 1)
        sound = random.choice([draw_noise, draw_gusts])(random, size)
        if happens(random, 0.4):
            hertz = 10 ** random.uniform(2, 3) * 2 ** _wander(random, size, 4, 0.4)
            sound = sound + random.uniform(0.3, 3) * _draw_harmonics(random, hertz)
        low = 10 ** random.uniform(2.3, 3.3)
        sound = sound + random.uniform(0, 2) * _band(random, sound, low, 2.5)
        _add(bursts, sound * _swell(random, size), int(random.integers(n - size)))
    return bursts


def draw_sneeze(random: Random, n: int) -> Samples:
    """Draw a breath or a rising moan, a burst of hiss, and a falling moan, once or twice."""
    sneeze = 10 ** random.uniform(-4, -1.5) * draw_noise(random, n)
    for _ in range(random.integers(1, 3)):
        start = int(random.integers(max(n // 2, 1)))
        low = 10 ** random.uniform(2.5, 3.4)
        for is_burst, loudness in ((False, 0.3), (True, 1.0), (False, 0.5)):
            size = round(SAMPLING_RATE * random.uniform(0.08, 0.45))
            hertz = 10 ** random.uniform(2, 2.8) * 2 ** _wander(random, size, 3, 0.4)
            voiced = 0.0 if is_burst else random.choice([0.0, 1.0, 3.0])
            sound = draw_noise(random, size) + voiced * _draw_harmonics(random, hertz)
            sound += random.uniform(0, 3) * _band(random, sound, low, 2.5)
            gain = loudness * random.uniform(0.3, 1.2) / sound.std()
            _add(sneeze, gain * sound * _swell(random, size), start)
            start += round(size * random.uniform(0.6, 1.1))
    return sneeze


def _swell(random: Random, size: int) -> Samples:
    """Give a loudness that rises to 1 and falls again."""
    position = np.linspace(0, 1, size)
    peak = random.uniform(0.02, 0.5)
    ramp = np.minimum(position / peak, (1 - position) / (1 - peak))
    return ramp ** random.uniform(0.3, 3)


def _draw_harmonics(random: Random, hertz: Samples) -> Samples:
    """Draw a harmonic tone of given pitch, of a colour that stays as it is."""
    phase = 2 * np.pi * np.cumsum(hertz) / SAMPLING_RATE
    gains_db = random.normal(0, random.uniform(0, 8), _N_HARMONICS)
    tilt = random.uniform(0.2, 2.2)
    tone = np.zeros(hertz.size)
    for number in range(1, min(_N_HARMONICS, int(_NYQUIST_HZ / hertz.max()) + 1) + 1):
        gain = 10 ** (gains_db[number - 1] / 20) * number**-tilt
        tone += gain * np.sin(number * phase + random.uniform(0, 2 * np.pi))
    return tone / (tone.std() + 1e-9)


def draw_engine(random: Random, n: int) -> Samples:
    """Draw motors, saws, hums, horns: a pitch that hardly moves, rough or throbbing, in noise."""
    wander = _wander(random, n, 10 ** random.uniform(-0.7, 1), random.uniform(0, 0.25))
    tone = _draw_harmonics(random, 10 ** random.uniform(1.4, 3.1) * 2**wander)
    throb = np.sin(2 * np.pi * 10 ** random.uniform(0.5, 1.8) * _seconds(n))
    decibels = _wander(random, n, 10 ** random.uniform(0, 1.5), random.uniform(0, 6))
    tone = tone * (1 + random.uniform(0, 1) * throb) * 10 ** (decibels / 20)
    return _colour(random, tone, 6) + 10 ** random.uniform(-2, 0.3) * draw_gusts(random, n)


def draw_calls(random: Random, n: int) -> Samples:
    """Draw birds, dogs, cocks, crying: arching tones, each like the last, some rough."""
    calls = 10 ** random.uniform(-4, -1) * draw_noise(random, n)
    base, arch = 10 ** random.uniform(2.2, 3.3), random.uniform(-1, 1)
    longest, gap = random.uniform(0.15, 1.6), random.uniform(0.03, 1.5)
    roughness = random.choice([0.0, 0.0, random.uniform(0.3, 1)])
    start = random.uniform(0, 0.5)
    while start * SAMPLING_RATE < n:
        size = round(SAMPLING_RATE * longest * random.uniform(0.5, 1))
        glide = arch * np.sin(np.pi * np.linspace(0, 1, size)) + _wander(random, size, 6, 0.05)
        tone = _draw_harmonics(random, np.clip(base * 2**glide, 40, 4000))
        tone += roughness * (tone * np.sin(_seconds(size) * 400) + draw_noise(random, size))
        _add(calls, tone * _swell(random, size), int(start * SAMPLING_RATE))
        start += size / SAMPLING_RATE + gap * random.uniform(0.5, 1.5)
    return calls


def draw_tone(random: Random, n: int) -> Samples:
    """Draw one tone, a beep, a sweep, a siren, a dialled number or a cluster."""
    cycles, hertz = 2 * np.pi * _seconds(n), 10 ** random.uniform(1.7, 3.6)
    octaves = random.choice([0.0, 1.0]) * np.linspace(0, random.uniform(-4, 4), n)
    siren = random.choice([0.0, 1.0]) * random.uniform(0, 1) * np.sin(cycles * random.uniform(0, 8))
    gliding = np.clip(hertz * 2 ** (octaves + siren), 30, 7000)
    on = np.sin(cycles * random.uniform(0.5, 8)) > random.uniform(-1, 0.7)
    digits = random.integers(4, size=(2, n // 3200 + 1)).repeat(3200, axis=1)[:, :n]
    dialled = sum(
        np.sin(cycles * np.array(row)[digit]) for row, digit in zip(_DIAL_HZ, digits, strict=True)
    )
    semitones = random.choice(24, random.integers(1, 6))
    kinds = (
        np.sin(2 * np.pi * np.cumsum(gliding) / SAMPLING_RATE),
        _draw_harmonics(random, np.minimum(gliding, 2500)),
        dialled * (np.arange(n) % 3200 < random.integers(800, 3200)),
        sum(np.sin(cycles * hertz * 2 ** (step / 12)) for step in semitones),
    )
    tone = kinds[random.integers(len(kinds))] * (on if happens(random, 0.4) else 1)
    return tone + random.choice([0.0, 10 ** random.uniform(-4, -1)]) * draw_noise(random, n)


def draw_music(random: Random, n: int) -> Samples:
    """Draw music for instruments made of partials."""
    return play_music(random, n, build_additive)


def draw_unheard_music(random: Random, n: int) -> Samples:
    """Draw music for strings, bells, organs and synthesisers, none of which is fitted to."""
    builders = (build_string, build_bell, build_organ, build_synthesiser)
    return play_music(random, n, builders[random.integers(len(builders))])


FITTED: Final[tuple[Sound, ...]] = (
    draw_gusts,
    draw_clicks,
    draw_bursts,
    draw_sneeze,
    draw_engine,
    draw_calls,
    draw_tone,
    draw_music,
    draw_music,
    play_drums,
)


def hold_vowel(random: Random, voice: Waveform) -> Waveform:
    """Repeat a moment of a voice for seconds: the mouth stands still, so nobody speaks."""
    size = min(round(SAMPLING_RATE * random.uniform(0.03, 0.2)), voice.samples.size // 2)
    loudness = np.convolve(voice.samples**2, np.ones(size), "valid")
    start = int(random.choice(np.flatnonzero(loudness >= np.quantile(loudness, 0.7))))
    moment = voice.samples[start : start + size] * np.hanning(size)
    held = np.zeros(round(SAMPLING_RATE * random.uniform(1, 4)) + size)
    for at in range(0, held.size - size, max(size // 2, 1)):
        held[at : at + size] += moment
    return bring_to_peak(held * _swell(random, held.size))
