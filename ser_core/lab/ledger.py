"""I/O  Long work in small tasks, each kept on disk as soon as it is done.

Whoever stops the work, or is stopped, loses no more than the tasks in hand.
"""

from __future__ import annotations

import hashlib
import json
import os
import time
from collections import Counter, defaultdict
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from statistics import fmean
from typing import TYPE_CHECKING, Any, Final, NamedTuple

import joblib

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    Countdown = Callable[[int, int, float | None], None]
    """Takes the tasks done, the tasks in all, and the seconds left, None until they are known."""

_WORTH_SENDING_ONCE: Final = 1 << 20
"""The size in bytes that a shared argument tells; Dask's own limit is 1 kB."""

_SMALL: Final = (str, bytes, int, float, Path, type(None))
"""What is never worth it."""


@dataclass(frozen=True, slots=True)
class Task:
    """Hold something to be done once, and what tells it from all other tasks.

    ``kind`` groups tasks that take about as long. ``key`` can be written as JSON; a task that may
    have another result has another key. ``run`` can be pickled: a function of a module, or a
    ``partial`` of one; an argument that several tasks have is then sent only once to each worker.
    """

    kind: str
    key: Mapping[str, Any]
    run: Callable[[], Any]


class _Record(NamedTuple):
    """Hold what is kept of a task; the key is written in full, so that it can be looked up."""

    key: str
    seconds: float
    value: Any


class Ledger:
    """Keep the results of tasks in a folder, which is made when the first one is done."""

    def __init__(self, folder: Path) -> None:
        """Keep the folder."""
        self._folder = folder

    def run(
        self, tasks: Sequence[Task], *, jobs: int, progress: Countdown | None = None
    ) -> list[Any]:
        """Give the results in the order of the tasks; those that are kept are not done again.

        One task of each kind comes first, so that the time left is known soon; then the longest,
        so that none is left for the end. What a task raises is raised here.
        """
        records = {
            number: record
            for number, task in enumerate(tasks)
            if (record := self._read(task)) is not None
        }
        agenda = _Agenda(tasks, records)
        shared = _share(tasks)
        work = joblib.Parallel(
            jobs, return_as="generator_unordered", pre_dispatch="n_jobs", batch_size=1
        )
        n_workers = joblib.effective_n_jobs(jobs)
        _tell(progress, agenda, n_workers)
        tried = work(_delay(number, tasks[number], shared) for number in agenda)
        for number, seconds, value in tried:
            records[number] = _Record(_name(tasks[number]), seconds, value)
            self._write(tasks[number], records[number])
            agenda.finish(number, seconds)
            _tell(progress, agenda, n_workers)
        return [records[number].value for number in range(len(tasks))]

    def _read(self, task: Task) -> _Record | None:
        """Give what is kept of a task, or None where that is nothing, or damaged."""
        path = self._find(task)
        if not path.is_file():
            return None
        try:
            record = joblib.load(path)
        except Exception:  # noqa: BLE001 - pickle raises whatever damaged bytes lead it to
            return None
        is_ours = isinstance(record, _Record) and record.key == _name(task)
        return record if is_ours else None

    def _write(self, task: Task, record: _Record) -> None:
        """Keep a record: wholly, or not at all."""
        path = self._find(task)
        path.parent.mkdir(parents=True, exist_ok=True)
        partial_path = path.with_suffix(f".{os.getpid()}")
        joblib.dump(record, partial_path)
        partial_path.replace(path)

    def _find(self, task: Task) -> Path:
        """Give the file of a task."""
        return self._folder / f"{hashlib.sha256(_name(task).encode()).hexdigest()[:32]}.joblib"


class _Agenda:
    """Say which task comes next, and how long all the others may take.

    Iterating gives the numbers of the tasks that wait. Workers ask for the next one whenever they
    are free, so what is known by then decides.
    """

    def __init__(self, tasks: Sequence[Task], records: Mapping[int, _Record]) -> None:
        """Take the tasks in all, and the records of those that are done."""
        self.n_tasks = len(tasks)
        self._kinds = [task.kind for task in tasks]
        self._waiting = [number for number in range(len(tasks)) if number not in records]
        self._unfinished = set(self._waiting)
        self._begun: set[str] = set()
        self._seconds: dict[str, list[float]] = defaultdict(list)
        for number, record in records.items():
            self._seconds[self._kinds[number]].append(record.seconds)

    def __iter__(self) -> Iterator[int]:
        while self._waiting:
            number = max(self._waiting, key=self._urgency)
            self._waiting.remove(number)
            self._begun.add(self._kinds[number])
            yield number

    def finish(self, number: int, seconds: float) -> None:
        """Note that a task is done, and how long it took."""
        self._unfinished.remove(number)
        self._seconds[self._kinds[number]].append(seconds)

    @property
    def n_done(self) -> int:
        """Give how many tasks are done."""
        return self.n_tasks - len(self._unfinished)

    def seconds_left(self, n_workers: int) -> float | None:
        """Give an estimate, or None as long as some kind was never done."""
        expected = [self._expect(self._kinds[number]) for number in self._unfinished]
        if None in expected:
            return None
        known = [seconds for seconds in expected if seconds is not None]
        return max(sum(known) / n_workers, max(known, default=0))

    def _urgency(self, number: int) -> tuple[bool, float]:
        expected = self._expect(kind := self._kinds[number])
        return expected is None and kind not in self._begun, expected or 0

    def _expect(self, kind: str) -> float | None:
        """Give how many seconds a task of a kind takes."""
        return fmean(self._seconds[kind]) if self._seconds.get(kind) else None


def _tell(progress: Countdown | None, agenda: _Agenda, n_workers: int) -> None:
    if progress:
        progress(agenda.n_done, agenda.n_tasks, agenda.seconds_left(n_workers))


def _name(task: Task) -> str:
    """Give the key as text, the same whatever order it is in."""
    return json.dumps(task.key, sort_keys=True, allow_nan=False)


class _Shared:
    """Hold an argument of several tasks, so that a cluster's workers are sent it only once.

    joblib sends to Dask's workers beforehand what is large and can be referred to weakly.
    """

    def __init__(self, value: object) -> None:
        """Keep the argument."""
        self.value = value

    def __sizeof__(self) -> int:
        return _WORTH_SENDING_ONCE


def _share(tasks: Sequence[Task]) -> dict[int, _Shared]:
    """Give a holder for each object that several tasks take, by the object's id."""
    taken = Counter(id(each) for task in tasks for each in _arguments(task))
    return {
        id(each): _Shared(each)
        for task in tasks
        for each in _arguments(task)
        if taken[id(each)] > 1 and not isinstance(each, _SMALL)
    }


def _arguments(task: Task) -> tuple[object, ...]:
    if isinstance(task.run, partial):
        return (*task.run.args, *task.run.keywords.values())
    return ()


def _delay(number: int, task: Task, shared: Mapping[int, _Shared]) -> Any:  # noqa: ANN401 - joblib publishes no types
    """Give a task as joblib takes it: a partial is taken apart, shared arguments are held."""
    run = task.run
    if not isinstance(run, partial):
        return joblib.delayed(_perform)(number, run)
    arguments = (shared.get(id(each), each) for each in run.args)
    settings = {name: shared.get(id(each), each) for name, each in run.keywords.items()}
    return joblib.delayed(_perform)(number, run.func, *arguments, **settings)


def _perform(
    number: int,
    run: Callable[..., Any],
    /,
    *arguments: object,
    **settings: object,
) -> tuple[int, float, Any]:
    """Do a task, and give its number, the seconds that it took, and its result.

    What it does in parallel, it does here: on a cluster it would go back to the other workers.
    """
    start = time.perf_counter()
    with joblib.parallel_config(backend="sequential"):
        value = run(
            *(_unwrap(each) for each in arguments),
            **{name: _unwrap(each) for name, each in settings.items()},
        )
    return number, time.perf_counter() - start, value


def _unwrap(argument: object) -> object:
    return argument.value if isinstance(argument, _Shared) else argument
