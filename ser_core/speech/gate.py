"""PURE  Is this somebody speaking?  A small convolutional network, evaluated in NumPy.

::

    frames ──> 29 columns ──> 9 frames ──> 9 ──> 7 ──> a score every 80 ms ──> mean of the best 8
               level-free     every 2nd    every 2nd                           (0.6 s of speech)

Each score hears about a second: the rhythm of syllables, and how the mouth moves within them.
What it has learnt is in ``gate.npz``, written by ``benchmarks/fit_speech_gate.py``.
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

import numpy as np

from ser_core.speech.frames import JUMP_SEMITONES, STEADY_SEMITONES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from ser_core.speech.frames import Frames

N_BEST: Final = 8
"""Scores that decide about a recording."""

STRIDE: Final = 4
"""Frames from one score to the next."""

REACH: Final = 24
"""Frames that a score hears to either side of its own."""

TAPS: Final = (9, 9, 7)
STRIDES: Final = (2, 2, 1)
"""Rows that each layer sees at once, and how many it moves on."""

_DEPTH_DB: Final = 55.0
"""Below the recording's top nothing is heard."""

_VOICE_DEPTH_DB: Final = 35.0
"""Below the recording's top no pitch is followed."""

_BLOCK_FRAMES: Final = 400 * STRIDE
"""Frames scored at a time (half a minute), so that an hour needs no more memory for it."""

SILENCE: Final = np.array([3 - _DEPTH_DB / 10] * 25 + [0.0] * 4, np.float32)
"""The columns of a silent frame; so begins and ends every recording."""


def describe_frames(frames: Frames) -> NDArray[np.float32]:
    """Give what the network hears of each frame: shape ``(n_frames, 29)``, none of it a level.

    The mel bands in tens of dB, from -2.5 to 3 at the recording's top; voicing; pitch in octaves
    where voiced; how much of a voiced frame holds its pitch, and how much glides.
    """
    top = np.percentile(frames.mel_level_db, 98)
    step = np.abs(np.diff(frames.pitch, prepend=frames.pitch[:1]))
    held = np.minimum(frames.voicing, np.concatenate([[0], frames.voicing[:-1]]))
    held = held * (frames.mel_level_db > top - _VOICE_DEPTH_DB)
    columns = [
        2 * frames.voicing,
        frames.voicing * frames.pitch / 12,
        held * (step < STEADY_SEMITONES),
        held * ((step >= STEADY_SEMITONES) & (step < JUMP_SEMITONES)),
    ]
    mels = frames.mels_db - top
    np.maximum(mels, -_DEPTH_DB, out=mels)  # in place: an hour has many
    mels /= 10
    mels += 3
    described = np.empty((len(mels), SILENCE.size), np.float32)
    described[:, : mels.shape[1]] = mels
    described[:, mels.shape[1] :] = np.column_stack(columns)
    return described


def score_frames(frames: Frames) -> NDArray[np.float32]:
    """Score how much it sounds as if somebody spoke, around every `STRIDE`-th frame.

    Above 0 means: rather yes than no. There are at least `N_BEST` scores.
    """
    columns = describe_frames(frames)
    missing = max((N_BEST - 1) * STRIDE + 1 - len(columns), 0)
    before, after = (np.tile(SILENCE, (n, 1)) for n in (REACH, REACH + missing))
    rows = np.concatenate([before, columns, after])
    starts = range(0, len(rows) - 2 * REACH, _BLOCK_FRAMES)
    return np.concatenate(
        [_score(rows[start : start + _BLOCK_FRAMES + 2 * REACH]) for start in starts]
    )


def _score(rows: NDArray[np.float32]) -> NDArray[np.float32]:
    """Give the scores of rows that begin and end `REACH` frames beyond what is scored."""
    hidden = rows
    network = _load_network()
    for number, (n_taps, stride) in enumerate(zip(TAPS, STRIDES, strict=True)):
        weights, bias = network[f"weights_{number}"], network[f"bias_{number}"]
        hidden = np.maximum(_slide(hidden, n_taps, stride) @ weights + bias, 0)
    scores: NDArray[np.float32] = hidden @ network["weights_3"] + network["bias_3"]
    return scores


def score_recording(scores: NDArray[np.float32]) -> float:
    """Give the mean of the best scores."""
    return float(np.partition(scores, -N_BEST)[-N_BEST:].mean())


def _slide(rows: NDArray[np.float32], n_taps: int, stride: int) -> NDArray[np.float32]:
    """Lay ``n_taps`` rows side by side, and again from every ``stride``-th row on."""
    n_columns = rows.shape[1]
    windows = np.lib.stride_tricks.sliding_window_view(rows.ravel(), n_taps * n_columns)
    return windows[:: stride * n_columns]


@cache
def _load_network() -> dict[str, NDArray[np.float32]]:
    """Read the network from the package."""
    with files("ser_core.speech").joinpath("gate.npz").open("rb") as file, np.load(file) as stored:
        return {name: values.astype(np.float32) for name, values in stored.items()}
