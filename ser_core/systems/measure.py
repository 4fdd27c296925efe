"""I/O  Labelled recordings to the vectors that a system learns from, with noisy copies."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import joblib
import numpy as np
from threadpoolctl import threadpool_limits

from ser_core.decode import DecodeLimits, decode
from ser_core.errors import AudioError
from ser_core.features import FEATURE_SETS
from ser_core.pipeline import speech_of
from ser_core.training.vectors import SILENCE, Measured, gather, watch
from ser_core.waveform import Waveform

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ser_core.corpora import Clip
    from ser_core.training.vectors import Extraction, Progress, Vectors

NOISE_SHARE: Final = 0.035
"""The loudest noise of a copy, as a share of the clip's peak. Source: the tutorials that add
noise: ``0.035 * np.random.uniform() * np.amax(data)`` times a standard normal value."""

_VERSION: Final = 1
"""To be raised whenever noisy copies change, so that no cache mixes old with new."""

_LIMITS: Final = DecodeLimits(min_seconds=0.1)
_NO_FRAMES: Final = np.empty((0, 0), np.float16)


def measure_clips(
    clips: Sequence[Clip], how: Extraction, progress: Progress | None = None
) -> Vectors:
    """Give the vectors of all clips that can be read; version 0 is the clip as it is.

    The copies that ``how`` asks for have white noise and nothing else. Recordings travel as
    bytes, so whoever measures them needs no file of the corpus.

    Raises:
        CorpusError: if none of them can be read.
        ExtraMissing: if the feature set needs a package that is not installed.
    """
    cache = how.cache and how.cache.absolute()
    versions = (FEATURE_SETS[how.feature_set].version, _VERSION)
    tasks = (
        joblib.delayed(_measure_kept)(
            cache, clip.path.read_bytes(), how.feature_set, versions, how.copies, how.seed
        )
        for clip in clips
    )
    found = joblib.Parallel(how.jobs, return_as="generator", batch_size=16)(tasks)
    return gather(clips, watch(found, len(clips), progress))


def _measure_kept(
    cache: Path | None,
    *recording: Any,  # noqa: ANN401 - what `_measure_recording` takes
) -> Measured | str:
    """Give what is measured in one recording, from the cache if this machine can have one there."""
    try:
        measure = joblib.Memory(cache, verbose=0).cache(_measure_recording)
    except OSError:  # a worker of a cluster, with other folders
        measure = _measure_recording
    with threadpool_limits(1):  # a sum in several threads is another one in its last bit
        measured: Measured | str = measure(*recording)
    return measured


def _measure_recording(
    data: bytes,
    feature_set: str,
    versions: tuple[int, int],  # noqa: ARG001 - part of the cache's key
    noisy_copies: int,
    seed: int,
) -> Measured | str:
    """Give what is measured in one recording and its copies, or why nothing is."""
    try:
        waveform = decode(data, _LIMITS)
    except AudioError as error:
        return str(error)
    if np.abs(waveform.samples).max() < SILENCE:
        return "silent"
    random = np.random.default_rng((seed, len(data)))
    copies = [waveform, *(add_white_noise(waveform, random) for _ in range(noisy_copies))]
    extract = FEATURE_SETS[feature_set].extract
    vectors = np.stack([extract(speech_of(each)) for each in copies])
    return Measured(vectors, (_NO_FRAMES,) * len(copies))


def add_white_noise(waveform: Waveform, random: np.random.Generator) -> Waveform:
    """Give a copy with noise of a random level, up to `NOISE_SHARE` of its peak."""
    samples = waveform.samples
    level = NOISE_SHARE * random.uniform() * np.abs(samples).max()
    noisy = samples + level * random.standard_normal(samples.size)
    return Waveform(np.clip(noisy, -1, 1).astype(np.float32), waveform.sampling_rate)
