"""I/O  Labelled recordings to what is learnt from: in parallel, cached, with disturbed copies.

Each recording gives a feature vector and, with functionals, the log-mel spectrogram of the same
contours, from which an encoder learns.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

import joblib
import numpy as np

from ser_core.corpora import Clip, Skipped
from ser_core.decode import DecodeLimits, decode
from ser_core.errors import AudioError, CorpusError
from ser_core.features import FEATURE_SETS, measure
from ser_core.pipeline import speech_of
from ser_core.training import augment

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from pathlib import Path

    from numpy.typing import NDArray

    from ser_core.features.spectrum import Matrix
    from ser_core.waveform import Waveform

    Progress = Callable[[str, int, int], None]
    """Takes what is being done, the steps done and the steps in all."""

SILENCE: Final = 1e-4
"""Peak (-80 dB of full scale) below which a recording holds no voice to learn from."""

_LIMITS: Final = DecodeLimits(min_seconds=0.1)


class Measured(NamedTuple):
    """Hold what was measured in all versions of one recording.

    ``vectors`` has shape ``(n_versions, n_columns)``; ``log_mels`` has ``(n_frames, 64)`` for
    each version, float16, without frames where the feature set has no contours.
    """

    vectors: Matrix
    log_mels: tuple[Matrix, ...]


@dataclass(frozen=True, slots=True, eq=False)
class Vectors:
    """Hold the vectors of clips, shape ``(n_versions, n_clips, n_columns)``, float32.

    Version 0 is the clip as it is; the others are disturbed copies. ``skipped`` names the
    recordings that could not be used; they are not among ``clips``. ``log_mels`` are the
    spectrograms of each clip's versions, ``(n_frames, 64)`` each.
    """

    values: Matrix
    clips: tuple[Clip, ...]
    skipped: tuple[Skipped, ...]
    log_mels: tuple[tuple[Matrix, ...], ...]

    def take(self, chosen: NDArray[np.intp]) -> Vectors:
        """Give some of the clips."""
        return Vectors(
            self.values[:, chosen],
            tuple(self.clips[number] for number in chosen),
            (),
            tuple(self.log_mels[number] for number in chosen),
        )


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
    return gather(clips, watch(found, len(clips), progress))


def watch(
    found: Iterable[Measured | str], total: int, progress: Progress | None
) -> Iterable[Measured | str]:
    """Pass on what was found, and tell how far the work is."""
    for done, each in enumerate(found, start=1):
        if progress:
            progress("measuring recordings", done, total)
        yield each


def gather(clips: Sequence[Clip], found: Iterable[Measured | str]) -> Vectors:
    """Part what was measured from the reasons why nothing was."""
    kept, measured, skipped = [], [], []
    for clip, each in zip(clips, found, strict=True):
        if isinstance(each, str):
            skipped.append(Skipped(clip.path, each))
        else:
            kept.append(clip)
            measured.append(each)
    if not kept:
        message = "no recording could be read"
        raise CorpusError(message)
    return Vectors(
        np.stack([each.vectors for each in measured], axis=1),
        tuple(kept),
        tuple(skipped),
        tuple(each.log_mels for each in measured),
    )


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
) -> Measured | str:
    """Give what is measured in all versions of one recording, or why nothing is."""
    try:
        waveform = decode(path.read_bytes(), _LIMITS)
    except AudioError as error:
        return str(error)
    if np.abs(waveform.samples).max() < SILENCE:
        return "silent"
    # What the file holds, not its place in the list: the same copies in whatever company.
    random = np.random.default_rng((seed, int(fingerprint[:8], base=16)))
    versions = [
        waveform,
        *(augment.disturb(waveform, _load(noises), random) for _ in range(copies)),
    ]
    measured = [_measure(speech_of(each), feature_set) for each in versions]
    return Measured(
        np.stack([vector for vector, _ in measured]), tuple(log_mel for _, log_mel in measured)
    )


def _measure(waveform: Waveform, feature_set: str) -> tuple[Matrix, Matrix]:
    """Give the vector and the log-mel spectrogram of one waveform, the latter in half."""
    measured = measure(waveform, feature_set)
    return measured.vector, measured.log_mel.astype(np.float16)


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
