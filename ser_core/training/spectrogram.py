"""PURE  Change log-mel spectrograms a little, anew in each epoch; arrays are ``(n_frames, 64)``.

Costs microseconds where a changed recording would cost milliseconds: an encoder sees each clip
dozens of times, and never twice the same.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.features.contours import N_MELS

if TYPE_CHECKING:
    from ser_core.features.spectrum import Matrix

_N_WARPS: Final = 21
_TILT_BANDS: Final = (0, 20, 42, N_MELS - 1)
_N_MASKS: Final = 2


@dataclass(frozen=True, slots=True)
class Changes:
    """Hold how much is changed; the defaults were chosen on RAVDESS and CREMA-D.

    ``stretch`` and ``warp`` are the largest relative changes of speed and of the vocal tract's
    length; ``tilt`` is the deviation of a smooth change of level over the bands, in natural log
    units of power; ``masked_bands`` and ``masked_frames`` are the widest of each two masks.

    Sources: Park et al. (2019), "SpecAugment", Interspeech, for the masks; Jaitly & Hinton (2013),
    "Vocal tract length perturbation improves speech recognition", ICML workshop, for the warp.
    """

    stretch: float = 0.1
    warp: float = 0.07
    tilt: float = 0.35
    masked_bands: int = 8
    masked_frames: int = 25


def change(log_mel: Matrix, n_frames: int, how: Changes, random: np.random.Generator) -> Matrix:
    """Give a changed excerpt of ``n_frames``, float32; what is shorter starts over."""
    speed = random.uniform(1 - how.stretch, 1 + how.stretch)
    excerpt = _play(log_mel, n_frames, speed, random)
    changed: Matrix = excerpt @ _warp(how.warp, int(random.integers(_N_WARPS)))
    tilt = np.interp(np.arange(N_MELS), _TILT_BANDS, random.normal(0, how.tilt, len(_TILT_BANDS)))
    changed += tilt.astype(np.float32)
    return _mask(changed, how, random)


def repeat(log_mel: Matrix, n_frames: int) -> Matrix:
    """Give the first ``n_frames``, float32; what is shorter starts over."""
    return log_mel[np.arange(n_frames) % len(log_mel)].astype(np.float32)


def _play(log_mel: Matrix, n_frames: int, speed: float, random: np.random.Generator) -> Matrix:
    """Give frames from a random place on, faster or slower, interpolated between neighbours."""
    spare = len(log_mel) - n_frames * speed
    start = random.uniform(0, spare if spare > 0 else len(log_mel))
    places = (start + np.arange(n_frames) * speed) % len(log_mel)
    before = places.astype(np.intp)
    share = (places - before)[:, None].astype(np.float32)
    after = (before + 1) % len(log_mel)
    frames: Matrix = log_mel[before] * (1 - share) + log_mel[after] * share
    return frames


@cache
def _warp(largest: float, number: int) -> Matrix:
    """Give one of `_N_WARPS` matrices that stretch or squeeze the bands, ``(64, 64)``."""
    factor = np.linspace(1 - largest, 1 + largest, _N_WARPS)[number]
    places = np.clip(np.arange(N_MELS) * factor, 0, N_MELS - 1)
    below = np.minimum(places.astype(np.intp), N_MELS - 2)
    matrix = np.zeros((N_MELS, N_MELS), np.float32)
    matrix[below, np.arange(N_MELS)] = 1 - (places - below)
    matrix[below + 1, np.arange(N_MELS)] += places - below
    return matrix


def _mask(log_mel: Matrix, how: Changes, random: np.random.Generator) -> Matrix:
    """Replace a few bands and a few frames by the mean of all."""
    mean = log_mel.mean()
    for _ in range(_N_MASKS):
        n_bands = int(random.integers(how.masked_bands + 1))
        first = int(random.integers(N_MELS - n_bands + 1))
        log_mel[:, first : first + n_bands] = mean
        n_frames = int(random.integers(min(how.masked_frames, len(log_mel)) + 1))
        first = int(random.integers(len(log_mel) - n_frames + 1))
        log_mel[first : first + n_frames] = mean
    return log_mel
