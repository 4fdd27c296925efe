"""Try systems side by side: each on the same folds of the same clips, all kept in a ledger.

::

    clips ──> measure_clips ──> Vectors ──┐                       ┌─ figures
              once a feature set          ├─> Ledger ──> Attempt ─┤
    clips ──> part_clips ──> Part ────────┘   (system, fold)      └─ speed
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from ser_core.lab.attempt import try_system
from ser_core.lab.folds import N_SPLITS, PROTOCOLS, Part, part_clips
from ser_core.lab.ledger import Task
from ser_core.systems.measure import measure_clips
from ser_core.systems.trial import apply_settings
from ser_core.training.vectors import Extraction, Vectors

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from ser_core.corpora import Clip, Skipped
    from ser_core.evaluation.protocols import Protocol
    from ser_core.lab.attempt import Attempt
    from ser_core.lab.ledger import Countdown, Ledger
    from ser_core.systems.system import System
    from ser_core.training.vectors import Progress

_VERSION: Final = 1
"""To be raised whenever an attempt comes to hold something else: old ones are done again."""

_NO_MATTER: Final = ("cache", "jobs")
"""Settings that change nothing in what comes out."""


@dataclass(frozen=True, slots=True)
class Plan:
    """Hold what is tried, and how.

    ``n_splits`` is how often clips are parted at random. Systems that learn from recordings
    themselves may use ``encoders``, the folder of those that unseen speakers need, and ``noises``.
    """

    systems: tuple[System, ...]
    protocols: tuple[Protocol, ...] = PROTOCOLS
    n_splits: int = N_SPLITS
    seed: int = 0
    jobs: int = 1
    cache: Path | None = None
    encoders: Path | None = None
    noises: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True, eq=False)
class Course:
    """Hold what systems are tried on: the clips that all of them can use, and the folds.

    ``vectors`` are what each system learns from, by its name; ``fingerprints`` tell them from
    all others. ``settings`` are those of systems that learn from clips.
    """

    clips: tuple[Clip, ...]
    skipped: tuple[Skipped, ...]
    parts: tuple[Part, ...]
    vectors: Mapping[str, Vectors]
    fingerprints: Mapping[str, str]
    settings: Mapping[str, Mapping[str, Any]]


def prepare(clips: Sequence[Clip], plan: Plan, progress: Progress | None = None) -> Course:
    """Measure clips for all systems, each feature set once, and part them.

    Raises:
        CorpusError: if no clip can be read, or they cannot be parted by a protocol.
        ExtraMissing: if a feature set needs a package that is not installed.
    """
    found = {}
    for system in plan.systems:
        wanted = _sources(system)
        if wanted not in found:
            found[wanted] = _measure(system, clips, plan, progress)
    common = set.intersection(*({clip.path for clip in each.clips} for each in found.values()))
    skipped = {file.path: file for each in found.values() for file in each.skipped}
    prints = {wanted: _fingerprint(each) for wanted, each in found.items()}
    kept = {wanted: _keep(each, common) for wanted, each in found.items()}
    shared = next(iter(kept.values())).clips
    return Course(
        clips=shared,
        skipped=tuple(skipped.values()),
        parts=part_clips(shared, plan.protocols, n_splits=plan.n_splits, seed=plan.seed),
        vectors={system.name: kept[_sources(system)] for system in plan.systems},
        fingerprints={system.name: prints[_sources(system)] for system in plan.systems},
        settings={system.name: _settings_of(system, plan, shared) for system in plan.systems},
    )


def run(
    courses: Mapping[str, Course],
    plan: Plan,
    ledger: Ledger,
    progress: Countdown | None = None,
) -> dict[str, dict[str, list[Attempt]]]:
    """Give the attempts of each system on each course, in the order of its parts."""
    slots = [(name, system) for name in courses for system in plan.systems]
    tasks = [
        task
        for name, system in slots
        for task in _make_tasks(name, system, courses[name], plan.seed)
    ]
    results = iter(ledger.run(tasks, jobs=plan.jobs, progress=progress))
    attempts: dict[str, dict[str, list[Attempt]]] = {name: {} for name in courses}
    for name, system in slots:
        attempts[name][system.name] = [next(results) for _ in courses[name].parts]
    return attempts


def take_fitted(attempts: Mapping[str, Sequence[Attempt]]) -> dict[str, Any]:
    """Give the estimator that was kept of each system."""
    return {name: each.kept.estimator for name, (each, *_) in attempts.items() if each.kept}


def _make_tasks(name: str, system: System, course: Course, seed: int) -> Iterator[Task]:
    """Give a task for each part; the first one keeps the estimator, to be clocked later."""
    vectors, settings = course.vectors[system.name], course.settings[system.name]
    for place, part in enumerate(course.parts):
        yield Task(
            kind=f"{system.name} on {name}",
            key={
                "task": "lab",
                "version": [_VERSION, system.version],
                "system": system.name,
                "seed": seed,
                "settings": _describe_settings(settings),
                "clips": course.fingerprints[system.name],
                "tested": _digest([part.fold.test.astype(np.int64).tobytes()]),
                "keeps": place == 0,
            },
            run=partial(
                try_system,
                system,
                vectors,
                part.fold,
                seed=seed,
                settings=settings,
                keeps=place == 0,
            ),
        )


def _sources(system: System) -> tuple[str, int]:
    """Give what systems have in common that learn from the same vectors."""
    return (system.feature_set or f"the clips of {system.name}", system.noisy_copies)


def _measure(
    system: System, clips: Sequence[Clip], plan: Plan, progress: Progress | None
) -> Vectors:
    """Give what a system learns from.

    One that learns from clips may have a method ``prepare``, which measures them in parallel and
    keeps that where it will look for it; its vectors only tell which clips can be read.
    """
    if system.feature_set is not None:
        how = Extraction(
            system.feature_set,
            copies=system.noisy_copies,
            seed=plan.seed,
            jobs=plan.jobs,
            cache=plan.cache,
        )
        return measure_clips(clips, how, _name_work(system.feature_set, progress))
    estimator = system.build(plan.seed)
    estimator = apply_settings(estimator, _known_settings(estimator, plan, jobs=plan.jobs))
    if hasattr(estimator, "prepare"):
        found: Vectors = estimator.prepare(clips, _name_work(system.name, progress))
        return found
    return Vectors(np.empty((1, len(clips), 0), np.float32), tuple(clips), (), ((),) * len(clips))


def _keep(vectors: Vectors, common: set[Path]) -> Vectors:
    """Give the clips that every system can use, without spectrograms, which none needs here."""
    chosen = np.array(
        [number for number, clip in enumerate(vectors.clips) if clip.path in common], np.intp
    )
    kept = vectors if chosen.size == len(vectors.clips) else vectors.take(chosen)
    return replace(kept, log_mels=((),) * chosen.size)


def _settings_of(system: System, plan: Plan, clips: Sequence[Clip]) -> dict[str, Any]:
    """Give the settings of a system that learns from clips; of all others there are none.

    ``folds`` numbers the part of unseen speakers that tests each speaker.
    """
    if system.feature_set is not None:
        return {}
    folds = {
        clips[number].speaker: part.number
        for part in part_clips(clips, ["unseen-speakers"])
        for number in part.fold.test
    }
    return _known_settings(system.build(plan.seed), plan, folds=folds, jobs=1)


def _known_settings(
    estimator: Any,  # noqa: ANN401 - scikit-learn publishes no types
    plan: Plan,
    **others: object,
) -> dict[str, Any]:
    """Give what the laboratory can offer an estimator that learns from clips, if it asks for it."""
    offered = {
        "encoders": plan.encoders,
        "noises": plan.noises,
        "cache": plan.cache,
        **others,
    }
    known = estimator.get_params()
    return {name: value for name, value in offered.items() if name in known}


def _name_work(name: str, progress: Progress | None) -> Progress | None:
    """Give a progress that says which feature set is measured."""
    if progress is None:
        return None
    return lambda _, done, total: progress(name, done, total)


def _fingerprint(vectors: Vectors) -> str:
    """Give what other clips, other labels or other vectors would not have."""
    labels = [
        (clip.path.name, clip.corpus, clip.speaker, clip.emotion, clip.gender)
        for clip in vectors.clips
    ]
    sounds = () if vectors.values.size else (clip.path.read_bytes() for clip in vectors.clips)
    return _digest([repr(labels).encode(), vectors.values.tobytes(), *sounds])


def _describe_settings(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Give settings as a key has them: of files what they hold, and of places nothing."""
    described = {}
    for name, value in settings.items():
        if name in _NO_MATTER:
            continue
        if isinstance(value, Path):
            files = sorted(value.glob("*"))  # none, if the system is to complain of the place
            described[name] = _digest(path.read_bytes() for path in files if path.is_file())
        elif name == "noises":
            described[name] = _digest(path.name.encode() for path in value)
        else:
            described[name] = value
    return described


def _digest(parts: Iterable[bytes]) -> str:
    found = hashlib.sha256()
    for part in parts:
        found.update(part)
    return found.hexdigest()
