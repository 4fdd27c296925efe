from __future__ import annotations

import operator
import os
import sys
from dataclasses import replace
from functools import partial
from types import SimpleNamespace
from typing import TYPE_CHECKING

import joblib
import numpy as np
import pytest
from dask_cluster import run_dask
from ports import find_port

from ser_core.commands import cluster
from ser_core.commands.cluster import describe_software, use_cluster
from ser_core.errors import ClusterUnusable, ExtraMissing
from ser_core.lab.bench import Plan, prepare
from ser_core.lab.ledger import Ledger, Task
from ser_core.lab.search import Score, Search, search
from ser_core.systems.measure import measure_clips
from ser_core.systems.mlp_300 import SYSTEM
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from ser_core.corpora import Clip

HOW = Extraction("classic180", copies=1)
CANDIDATES = ({"max_iter": 2}, {"max_iter": 3})


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of a scheduler with two workers, which know nothing of the tests."""
    with run_dask(tmp_path_factory.mktemp("dask"), 2) as running:
        yield running


def search_here(clips: tuple[Clip, ...], folder: Path) -> list[tuple[dict[str, int], list[float]]]:
    course = prepare(clips, Plan((SYSTEM,), ("unseen-speakers",)))
    ranked = search(Search(SYSTEM, course, CANDIDATES, seed=1), Ledger(folder))
    return [(dict(each.settings), [score.uar for score in each.scores]) for each in ranked]


class Unreadable:
    """Be something that this process can send, and no other can read."""

    def __call__(self) -> None:
        """Do nothing; it does not come to that."""

    def __reduce__(self) -> tuple[object, ...]:
        return (__import__, ("no_such_module_anywhere",))


def test_what_runs_in_parallel_runs_on_the_workers(address: str) -> None:
    with use_cluster(address):
        work = joblib.Parallel(1, return_as="generator_unordered", batch_size=1)
        processes = set(work(joblib.delayed(os.getpid)() for _ in range(20)))
    assert os.getpid() not in processes
    assert len(processes) == 2
    assert joblib.Parallel(1)([joblib.delayed(os.getpid)()]) == [os.getpid()]


@pytest.mark.parametrize("has_cache", [False, True])
def test_recordings_are_measured_as_they_are_here(
    address: str, spoken_clips: tuple[Clip, ...], tmp_path: Path, *, has_cache: bool
) -> None:
    here = measure_clips(spoken_clips, HOW)
    with use_cluster(address):
        there = measure_clips(spoken_clips, replace(HOW, cache=tmp_path if has_cache else None))
    assert np.array_equal(here.values, there.values)
    assert here.clips == there.clips


def test_a_search_finds_what_it_finds_here(
    address: str, spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    with use_cluster(address):
        there = search_here(spoken_clips, tmp_path / "there")
    assert there == search_here(spoken_clips, tmp_path / "here")
    assert isinstance(there[0][1][0], float)
    kept = [joblib.load(path) for path in (tmp_path / "there").iterdir()]
    assert len(kept) == 10
    assert all(isinstance(record.value, Score) for record in kept)


def test_what_tasks_share_is_sent_once(address: str, tmp_path: Path) -> None:
    sent: list[Heavy] = []

    class Heavy:
        def __reduce__(self) -> tuple[object, ...]:
            sent.append(self)
            return (bytes, (100,))

    heavy = Heavy()
    tasks = [Task("get", {"place": n}, partial(operator.getitem, heavy, n)) for n in range(12)]
    with use_cluster(address):
        assert Ledger(tmp_path).run(tasks, jobs=1) == [0] * 12
    assert len(sent) == 1


def test_a_task_that_no_worker_can_begin_ends_the_work(address: str) -> None:
    with use_cluster(address), pytest.raises(RuntimeError, match="deserialization"):
        list(joblib.Parallel(1, return_as="generator")([joblib.delayed(Unreadable())()]))


def test_workers_with_other_software_are_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    ours = describe_software() | {"numpy": "0.9"}
    theirs = describe_software()["numpy"]
    asked = cluster.describe_software
    monkeypatch.setattr(cluster, "describe_software", lambda: ours)
    monkeypatch.setattr(cluster, "_ask_workers", lambda client: client.run(asked))
    with pytest.raises(ClusterUnusable, match=rf"has numpy {theirs}; this process has 0\.9"):
        use_cluster(address).__enter__()


def test_workers_that_cannot_import_this_package_are_refused(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "_ask_workers", lambda client: client.run(Unreadable()))
    with pytest.raises(ClusterUnusable, match="a worker cannot run this package"):
        use_cluster(address).__enter__()


@pytest.mark.parametrize(
    ("workers", "complaint"),
    [
        ({}, "no workers; start some with: dask worker tcp://x:1 --nthreads 1"),
        ({"tcp://y:2": 1, "tcp://z:3": 4}, r"z:3 has 4 .*--nthreads 1 \(and --nworkers 4\)"),
    ],
)
def test_workers_that_could_not_give_the_same_figures_are_refused(
    workers: dict[str, int], complaint: str
) -> None:
    client = SimpleNamespace(nthreads=lambda: workers)
    with pytest.raises(ClusterUnusable, match=complaint):
        cluster._check_workers("tcp://x:1", client)


def test_an_address_where_nobody_answers_is_told_soon(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT_SECONDS", 0.3)
    nobody = f"tcp://127.0.0.1:{find_port()}"
    with pytest.raises(ClusterUnusable, match=f"{nobody}.*no scheduler answers within 0.3 sec"):
        use_cluster(nobody).__enter__()


@pytest.mark.parametrize("address", ["", "somewhere", "magic://127.0.0.1:8786"])
def test_what_is_no_address_is_told_how_one_looks(address: str) -> None:
    with pytest.raises(ClusterUnusable, match="an address looks like tcp://"):
        use_cluster(address).__enter__()


def test_without_dask_the_extra_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with pytest.raises(ExtraMissing, match=r"\[cluster\]"):
        use_cluster("tcp://127.0.0.1:8786").__enter__()


def test_without_an_address_nothing_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    with use_cluster(None):
        assert joblib.Parallel(1)([joblib.delayed(os.getpid)()]) == [os.getpid()]
