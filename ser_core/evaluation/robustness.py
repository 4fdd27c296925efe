"""What bad lines, rooms and microphones cost: the same clips, spoiled in one way at a time.

The speakers are unseen, and so are the noises: none of them disturbed what was learnt from.
"""

from __future__ import annotations

import hashlib
from functools import cache
from typing import TYPE_CHECKING, Any, Final

import joblib
import numpy as np

from ser_core.corpora.files import find_sound_files
from ser_core.decode import DecodeLimits, decode
from ser_core.errors import CorpusError
from ser_core.evaluation.conditions import CONDITIONS, VERSION, Surroundings
from ser_core.evaluation.study import evaluate_corpora
from ser_core.features import FEATURE_SETS, measure
from ser_core.pipeline import speech_of
from ser_core.training.vectors import Vectors
from ser_core.waveform import Waveform

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

    from ser_core.corpora import Clip
    from ser_core.evaluation.study import Study
    from ser_core.features import Measured

SPOILED_CORPORA: Final = ("ravdess", "crema-d")

UNSEEN_NOISES: Final = ("esc-10/007*", "esc-10/008*", "esc-10/010*")
"""Helicopters, chainsaws and fire: the sounds without pauses among the classes of ESC-10 that
training leaves alone (see `ser_core.corpora.noises`)."""

_FIGURES: Final = ("clips", "accuracy", "uar", "ece")


def measure_robustness(study: Study) -> dict[str, Any]:
    """Give the figures of some clips, heard through each condition.

    Raises:
        CorpusError: if there are no such clips, or no noises.
    """
    chosen = _choose(study)
    clips = [study.vectors.clips[number] for number in chosen]
    noises = _find_noises(study.folder)
    figures: dict[str, dict[str, Any]] = {}
    for done, condition in enumerate(CONDITIONS, start=1):
        vectors = _measure_clips(clips, condition, noises, study)
        found = study.classify_held_out(vectors, study.judgements.folds[chosen])
        figures[condition] = {
            corpus: {figure: each.as_dict()[figure] for figure in _FIGURES}
            for corpus, each in evaluate_corpora(clips, found, predictor=condition).items()
        }
        if study.progress:
            study.progress("spoiling recordings", done, len(CONDITIONS))
    return {"conditions": figures}


def _choose(study: Study) -> NDArray[np.intp]:
    """Give the numbers of some clips of each corpus, ascending."""
    random = np.random.default_rng(study.how.seed)
    parts = []
    for corpus in SPOILED_CORPORA:
        own = np.flatnonzero(study.corpora == corpus)
        parts.append(random.choice(own, min(study.n_spoiled_clips, own.size), replace=False))
    chosen = np.sort(np.concatenate(parts))
    if not chosen.size:
        message = f"robustness is measured on {' and '.join(SPOILED_CORPORA)}: neither is there"
        raise CorpusError(message)
    return chosen


def _find_noises(folder: Path) -> tuple[Path, ...]:
    """Give the noises, in a fixed order."""
    noises = tuple(
        path
        for pattern in UNSEEN_NOISES
        for place in sorted(folder.glob(pattern))
        for path in find_sound_files(place)
    )
    if not noises:
        message = f"{folder} has no noises to measure with: {', '.join(UNSEEN_NOISES)}"
        raise CorpusError(message)
    return noises


def _measure_clips(
    clips: list[Clip], condition: str, noises: tuple[Path, ...], study: Study
) -> Vectors:
    """Give what is measured in clips that went through a condition."""
    how = study.how
    memory = joblib.Memory(how.cache, verbose=0)
    measure_file = memory.cache(_measure_file, ignore=["path", "noises"])
    measured: list[Measured] = joblib.Parallel(how.jobs, batch_size=16)(
        joblib.delayed(measure_file)(
            path=clip.path,
            fingerprint=hashlib.sha256(clip.path.read_bytes()).hexdigest(),
            condition=condition,
            noises=noises,
            noise_names=tuple(path.name for path in noises),
            feature_set=how.feature_set,
            code_versions=(FEATURE_SETS[how.feature_set].version, VERSION),
            seed=how.seed,
        )
        for clip in clips
    )
    values = np.stack([each.vector for each in measured])[None]
    return Vectors(values, tuple(clips), (), tuple((each.log_mel,) for each in measured))


def _measure_file(  # noqa: PLR0913 - each argument is part of the cache's key
    *,
    path: Path,
    fingerprint: str,
    condition: str,
    noises: tuple[Path, ...],
    noise_names: tuple[str, ...],  # noqa: ARG001 - part of the cache's key
    feature_set: str,
    code_versions: tuple[int, int],  # noqa: ARG001 - part of the cache's key
    seed: int,
) -> Measured:
    """Give what is measured in a recording that went through a condition."""
    # The same noise and room in every condition, so that only their strength differs.
    random = np.random.default_rng((seed, int(fingerprint[:8], base=16)))
    noise = _load(noises[int(random.integers(len(noises)))])
    clean = decode(path.read_bytes(), DecodeLimits(min_seconds=0.1))
    spoiled = CONDITIONS[condition](clean.samples, Surroundings(noise.samples, random))
    waveform = Waveform(np.clip(spoiled, -1, 1).astype(np.float32), clean.sampling_rate)
    measured = measure(speech_of(waveform), feature_set)
    return measured._replace(log_mel=measured.log_mel.astype(np.float16))


@cache
def _load(path: Path) -> Waveform:
    """Give a noise, read once in each process."""
    return decode(path.read_bytes(), DecodeLimits(min_seconds=0.1))
