"""I/O  Labelled recordings to feature vectors: in parallel, cached, with disturbed copies."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

import joblib
import numpy as np

from ser_core.corpora import Clip, Skipped
from ser_core.decode import DecodeLimits, decode
from ser_core.errors import AudioError, CorpusError
from ser_core.features import FEATURE_SETS
from ser_core.pipeline import speech_of
from ser_core.training import augment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform

    Progress = Callable[[str, int, int], None]
    """Takes what is being done, the steps done and the steps in all."""

SILENCE: Final = 1e-4
"""Peak (-80 dB of full scale) below which a recording holds no voice to learn from."""

_LIMITS: Final = DecodeLimits(min_seconds=0.1)


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Hold the vectors of clips, shape ``(n_versions, n_clips, n_columns)``, float32.

    Version 0 is the clip as it is; the others are disturbed copies. ``skipped`` names the
    recordings that could not be used; they are not among ``clips``.
    """

    values: Matrix
    clips: tuple[Clip, ...]
    skipped: tuple[Skipped, ...]


@dataclass(frozen=True, slots=True)
class Extraction:
    """Hold how recordings become vectors.

    ``copies`` is how many disturbed versions of each clip are made, with noise from the
    recordings ``noises``; ``cache`` is a folder that keeps vectors for the next time.
    """

    feature_set: str
    copies: int = 0
    noises: tuple[Path, ...] = ()
    seed: int = 0
    jobs: int = 1
    cache: Path | None = None


def extract_vectors(
    clips: Sequence[Clip], how: Extraction, progress: Progress | None = None
) -> Vectors:
    """Give the vectors of all clips that can be read.

    Raises:
        CorpusError: if none of them can, or a noise cannot.
    """
    memory = joblib.Memory(how.cache, verbose=0)
    extract = memory.cache(_extract_file, ignore=["path", "noises"])
    versions = (FEATURE_SETS[how.feature_set].version, augment.VERSION)
    tasks = (
        joblib.delayed(extract)(
            path=clip.path,
            fingerprint=_fingerprint(clip.path),
            noises=how.noises,
            noise_names=tuple(path.name for path in how.noises),
            feature_set=how.feature_set,
            code_versions=versions,
            copies=how.copies,
            seed=how.seed,
        )
        for clip in clips
    )
    found = joblib.Parallel(how.jobs, return_as="generator", batch_size=16)(tasks)
    return _gather(clips, _watch(found, len(clips), progress))


def _watch(
    found: Iterable[Matrix | str], total: int, progress: Progress | None
) -> Iterable[Matrix | str]:
    """Pass on what was found, and tell how far the work is."""
    for done, each in enumerate(found, start=1):
        if progress:
            progress("measuring recordings", done, total)
        yield each


def _gather(clips: Sequence[Clip], found: Iterable[Matrix | str]) -> Vectors:
    """Part the vectors from the reasons why there are none."""
    kept, vectors, skipped = [], [], []
    for clip, each in zip(clips, found, strict=True):
        if isinstance(each, str):
            skipped.append(Skipped(clip.path, each))
        else:
            kept.append(clip)
            vectors.append(each)
    if not kept:
        message = "no recording could be read"
        raise CorpusError(message)
    return Vectors(np.stack(vectors, axis=1), tuple(kept), tuple(skipped))


def _fingerprint(path: Path) -> str:
    """Give what another recording would not have, whatever it is called."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def _extract_file(  # noqa: PLR0913 - each argument is part of the cache's key
    *,
    path: Path,
    fingerprint: str,
    noises: tuple[Path, ...],
    noise_names: tuple[str, ...],  # noqa: ARG001 - part of the cache's key
    feature_set: str,
    code_versions: tuple[int, int],  # noqa: ARG001 - part of the cache's key
    copies: int,
    seed: int,
) -> Matrix | str:
    """Give all versions of one recording, ``(n_versions, n_columns)``, or why there are none."""
    try:
        waveform = decode(path.read_bytes(), _LIMITS)
    except AudioError as error:
        return str(error)
    if np.abs(waveform.samples).max() < SILENCE:
        return "silent"
    extract = FEATURE_SETS[feature_set].extract
    # What the file holds, not its place in the list: the same copies in whatever company.
    random = np.random.default_rng((seed, int(fingerprint[:8], base=16)))
    versions = [
        waveform,
        *(augment.disturb(waveform, _load(noises), random) for _ in range(copies)),
    ]
    return np.stack([extract(speech_of(each)) for each in versions])


@cache
def _load(noises: tuple[Path, ...]) -> tuple[Waveform, ...]:
    """Give the noises as waveforms, read once in each process."""
    return tuple(_read_noise(path) for path in noises)


def _read_noise(path: Path) -> Waveform:
    """Give one noise; the trainer must know of one that cannot be read."""
    try:
        return decode(path.read_bytes(), _LIMITS)
    except AudioError as error:
        message = f"the noise recording {path.name} cannot be used: {error}"
        raise CorpusError(message) from error
