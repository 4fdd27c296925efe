from __future__ import annotations

import sys
import time
from functools import partial
from typing import TYPE_CHECKING

import joblib
import numpy as np
import pytest

from ser_core.lab.ledger import Ledger, Task, _delay, _share

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray


def square(number: int, done: Path) -> int:
    with done.open("a") as file:
        file.write(f"{number}\n")
    return number**2


def add_up(values: NDArray[np.float64], times: int) -> float:
    return times * float(values.sum())


def name_backend() -> str:
    backend, _ = joblib.parallel.get_active_backend()
    return type(backend).__name__


def fail() -> None:
    message = "no such luck"
    raise RuntimeError(message)


def nap(name: str, seconds: float, done: Path) -> None:
    time.sleep(seconds)
    with done.open("a") as file:
        file.write(f"{name}\n")


def make_tasks(numbers: Sequence[int], done: Path) -> list[Task]:
    return [Task("squares", {"number": n}, partial(square, n, done)) for n in numbers]


@pytest.fixture
def done(tmp_path: Path) -> Path:
    """Give the file in which tasks write that they were done."""
    return tmp_path / "done"


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Give a ledger whose folder is not there yet."""
    return Ledger(tmp_path / "kept" / "tasks")


def kept(tmp_path: Path) -> list[Path]:
    return sorted((tmp_path / "kept" / "tasks").iterdir())


def test_results_have_the_order_of_the_tasks(ledger: Ledger, done: Path) -> None:
    assert ledger.run(make_tasks([3, 1, 2], done), jobs=1) == [9, 1, 4]


def test_what_is_kept_is_not_done_again(ledger: Ledger, done: Path) -> None:
    ledger.run(make_tasks([3, 1], done), jobs=1)
    assert ledger.run(make_tasks([1, 2, 3], done), jobs=1) == [1, 4, 9]
    assert done.read_text().split() == ["3", "1", "2"]


def test_keys_are_the_same_in_whatever_order(ledger: Ledger, done: Path) -> None:
    ledger.run([Task("a", {"x": 1, "y": 2}, partial(square, 1, done))], jobs=1)
    ledger.run([Task("b", {"y": 2, "x": 1}, partial(square, 2, done))], jobs=1)
    assert done.read_text().split() == ["1"]


def test_several_processes_share_the_work(ledger: Ledger, done: Path) -> None:
    values = np.ones(300_000)  # so many that joblib maps them
    tasks = [
        *make_tasks([1, 2, 3], done),
        *(Task("sum", {"times": times}, partial(add_up, values, times=times)) for times in (1, 2)),
    ]
    assert ledger.run(tasks, jobs=2) == [1, 4, 9, 300_000.0, 600_000.0]


def test_an_argument_of_several_tasks_is_sent_only_once() -> None:
    values = np.ones(3)
    tasks = [Task("sum", {}, partial(add_up, values, times=times)) for times in (1, 2)]
    shared = _share(tasks)
    assert [each.value is values for each in shared.values()] == [True]
    assert sys.getsizeof(shared[id(values)]) > 1000  # from there on Dask takes it as large
    sent = [_delay(number, task, shared)[1] for number, task in enumerate(tasks)]
    assert sent[0][2] is sent[1][2] is shared[id(values)]


def test_what_a_task_does_in_parallel_it_does_itself(ledger: Ledger) -> None:
    with joblib.parallel_config(backend="threading", n_jobs=2):
        (backend,) = ledger.run([Task("any", {}, name_backend)], jobs=1)
    assert backend == "SequentialBackend"


def test_what_was_done_before_a_failure_is_kept(ledger: Ledger, done: Path) -> None:
    tasks = [*make_tasks([1], done), Task("failing", {}, fail), *make_tasks([2], done)]
    with pytest.raises(RuntimeError, match="no such luck"):
        ledger.run(tasks, jobs=1)
    assert ledger.run(make_tasks([1, 2], done), jobs=1) == [1, 4]
    assert done.read_text().split() == ["1", "2"]


@pytest.mark.parametrize("damage", [b"", b"\x80\x04nonsense", None])
def test_a_damaged_file_is_done_again(
    ledger: Ledger, done: Path, tmp_path: Path, damage: bytes | None
) -> None:
    ledger.run(make_tasks([3], done), jobs=1)
    (path,) = kept(tmp_path)
    if damage is None:
        joblib.dump({"another": "thing"}, path)
    else:
        path.write_bytes(damage)
    for _ in range(2):
        assert ledger.run(make_tasks([3], done), jobs=1) == [9]
    assert done.read_text().split() == ["3", "3"]
    assert len(kept(tmp_path)) == 1


def test_one_of_each_kind_comes_first_and_then_the_longest(ledger: Ledger, done: Path) -> None:
    naps = {"short": 0.01, "long": 0.05}
    tasks = [
        Task(kind, {"name": f"{kind} {number}"}, partial(nap, f"{kind}-{number}", seconds, done))
        for kind, seconds in naps.items()
        for number in (1, 2)
    ]
    ledger.run(tasks, jobs=1)
    assert done.read_text().split() == ["short-1", "long-1", "long-2", "short-2"]


def test_the_time_left_is_told_as_soon_as_every_kind_was_done(ledger: Ledger, done: Path) -> None:
    told: list[tuple[int, int, float | None]] = []
    tasks = [
        Task(kind, {"name": f"{kind} {number}"}, partial(nap, kind, 0.02, done))
        for kind in ("a", "b")
        for number in (1, 2)
    ]
    ledger.run(tasks, jobs=1, progress=lambda *now: told.append(now))
    assert [now[:2] for now in told] == [(n, 4) for n in range(5)]
    first, second, third, fourth, last = (left for *_, left in told)
    assert first is second is None
    assert third is not None
    assert fourth is not None
    assert third > fourth >= 0.02
    assert last == 0


def test_the_time_left_is_known_from_what_is_kept(ledger: Ledger, done: Path) -> None:
    told: list[tuple[int, int, float | None]] = []
    ledger.run(make_tasks([1], done), jobs=1)
    ledger.run(make_tasks([1, 2], done), jobs=1, progress=lambda *now: told.append(now))
    assert told[0][:2] == (1, 2)
    assert told[0][2] is not None
    assert told[0][2] > 0


def test_no_tasks_have_no_results(ledger: Ledger) -> None:
    told: list[tuple[int, int, float | None]] = []
    assert ledger.run([], jobs=2, progress=lambda *now: told.append(now)) == []
    assert told == [(0, 0, 0)]
