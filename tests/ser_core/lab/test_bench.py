from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest
from quick_systems import GENDERED, LOSING, OF_CLIPS, QUICK, ClipCounter

from ser_core.corpora import Skipped
from ser_core.lab import bench
from ser_core.lab.bench import Plan, prepare, run, take_fitted
from ser_core.lab.ledger import Ledger
from ser_core.training.vectors import Vectors

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ser_core.corpora import Clip
    from ser_core.systems.system import System

N_PARTS = 5 + 2


def make_plan(*systems: System, **others: Any) -> Plan:  # noqa: ANN401 - fields of a plan
    return Plan(systems=systems, n_splits=2, **others)


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Put made-up vectors for measured ones, and give what was measured."""
    calls: list[tuple[str, int]] = []

    def measure(clips: Sequence[Clip], how: Any, progress: Any = None) -> Vectors:  # noqa: ANN401
        calls.append((how.feature_set, how.copies))
        if progress:
            progress("measuring", len(clips), len(clips))
        values = np.random.default_rng(len(clips)).normal(size=(1 + how.copies, len(clips), 3))
        return Vectors(values.astype(np.float32), tuple(clips), (), ((),) * len(clips))

    monkeypatch.setattr(bench, "measure_clips", measure)
    return calls


def test_each_feature_set_is_measured_once(
    spoken_clips: tuple[Clip, ...], measured: list[tuple[str, int]]
) -> None:
    told: list[tuple[str, int, int]] = []
    course = prepare(
        spoken_clips, make_plan(QUICK, LOSING, GENDERED), lambda *now: told.append(now)
    )
    assert measured == [("classic180", 0), ("classic180", 1)]
    assert told == [("classic180", 15, 15)] * 2
    assert course.vectors["quick"] is course.vectors["losing"]
    assert course.vectors["gendered"].values.shape == (2, 15, 3)
    assert course.settings == {"quick": {}, "losing": {}, "gendered": {}}


def test_every_system_has_the_clips_that_all_can_use(
    spoken_clips: tuple[Clip, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    def measure(clips: Sequence[Clip], how: Any, _: Any = None) -> Vectors:  # noqa: ANN401
        kept = tuple(clips[1 + how.copies :])  # each set fails on others
        values = np.arange(len(kept), dtype=np.float32).reshape(1, -1, 1)
        skipped = (Skipped(clips[0].path, "silent"),)
        return Vectors(values, kept, skipped, ((),) * len(kept))

    monkeypatch.setattr(bench, "measure_clips", measure)
    course = prepare(spoken_clips, make_plan(QUICK, GENDERED, OF_CLIPS))
    assert course.clips == spoken_clips[2:]
    assert {vectors.clips for vectors in course.vectors.values()} == {spoken_clips[2:]}
    assert course.vectors["quick"].values.ravel().tolist() == list(range(1, 14))
    assert course.skipped == (Skipped(spoken_clips[0].path, "silent"),)
    assert {n for part in course.parts[:5] for n in part.fold.test} == set(range(13))


@pytest.mark.usefixtures("measured")
def test_systems_are_tried_on_the_same_folds(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    plan = make_plan(QUICK, GENDERED)
    courses = {"a": prepare(spoken_clips, plan), "b": prepare(spoken_clips[:9], plan)}
    attempts = run(courses, plan, Ledger(tmp_path))
    assert list(attempts) == ["a", "b"]
    for name, n_parts in (("a", N_PARTS), ("b", 3 + 2)):
        for system in ("quick", "gendered"):
            found = attempts[name][system]
            assert len(found) == n_parts
            for attempt, part in zip(found, courses[name].parts, strict=True):
                assert attempt.emotions.shape == (part.fold.test.size, 8)
                assert (attempt.genders is None) == (system == "quick")
            assert [attempt.kept is not None for attempt in found] == [True] + [False] * (
                n_parts - 1
            )
        assert set(take_fitted(attempts[name])) == {"quick", "gendered"}


def learnt_again(
    plan: Plan, clips: Sequence[Clip], ledger: Ledger, monkeypatch: pytest.MonkeyPatch
) -> int:
    """Give how many folds a run does that are not kept."""
    counted = []

    def count(*arguments: Any, **settings: Any) -> int:  # noqa: ANN401
        counted.append((arguments, settings))
        return len(counted)

    with monkeypatch.context() as patch:
        patch.setattr(bench, "try_system", count)
        run({"any": prepare(clips, plan)}, plan, ledger)
    return len(counted)


@pytest.mark.usefixtures("measured")
def test_what_is_kept_is_taken_if_nothing_has_changed(
    spoken_clips: tuple[Clip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = Ledger(tmp_path / "kept")

    def learn(clips: Sequence[Clip] = spoken_clips, **changes: Any) -> int:  # noqa: ANN401
        plan = replace(make_plan(QUICK), **changes)
        return learnt_again(plan, clips, ledger, monkeypatch)

    assert learn() == N_PARTS
    assert learn() == 0
    assert learn(jobs=1, cache=tmp_path) == 0
    assert learn(n_splits=3) == 1
    assert learn(seed=1) == N_PARTS
    assert learn(systems=(replace(QUICK, version=2),)) == N_PARTS
    assert learn(systems=(LOSING,)) == N_PARTS
    relabelled = (replace(spoken_clips[0], emotion="calm"), *spoken_clips[1:])
    assert learn(relabelled, protocols=("unseen-speakers",)) == 5


def test_a_system_of_clips_is_offered_what_it_asks_for(
    spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> None:
    noises = (tmp_path / "rain.ogg",)
    plan = make_plan(OF_CLIPS, noises=noises, cache=tmp_path, encoders=tmp_path, jobs=2)
    course = prepare(spoken_clips, plan)
    assert course.settings["of-clips"] == {
        "noises": noises,
        "cache": tmp_path,
        "encoders": tmp_path,
        "folds": {
            f"voices/{name}": n for n, name in enumerate(("ada", "bo", "cleo", "dov", "eva"))
        },
    }
    assert course.vectors["of-clips"].values.shape == (1, 15, 0)
    attempts = run({"voices": course}, replace(plan, jobs=1), Ledger(tmp_path / "kept"))
    fitted = take_fitted(attempts["voices"])["of-clips"]
    assert isinstance(fitted, ClipCounter)
    assert (fitted.heard_, fitted.noises) == (12, noises)


def test_other_encoders_noises_or_sounds_are_other_tasks(
    spoken_clips: tuple[Clip, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoders = tmp_path / "encoders"
    encoders.mkdir()
    (encoders / "all.onnx").write_bytes(b"one")
    ledger = Ledger(tmp_path / "kept")
    plan = make_plan(OF_CLIPS, encoders=encoders, protocols=("unseen-speakers",))
    assert learnt_again(plan, spoken_clips, ledger, monkeypatch) == 5
    assert learnt_again(replace(plan, jobs=1), spoken_clips, ledger, monkeypatch) == 0
    noisy = replace(plan, noises=(tmp_path / "rain.ogg",))
    assert learnt_again(noisy, spoken_clips, ledger, monkeypatch) == 5
    nowhere = replace(plan, encoders=tmp_path / "nowhere")
    assert learnt_again(nowhere, spoken_clips, ledger, monkeypatch) == 5
    (encoders / "all.onnx").write_bytes(b"another")
    assert learnt_again(plan, spoken_clips, ledger, monkeypatch) == 5
    copied = tmp_path / spoken_clips[0].path.name
    copied.write_bytes(spoken_clips[1].path.read_bytes())
    changed = (replace(spoken_clips[0], path=copied), *spoken_clips[1:])
    assert learnt_again(plan, changed, ledger, monkeypatch) == 5


def test_a_system_of_clips_may_measure_them_beforehand(
    spoken_clips: tuple[Clip, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    told: list[tuple[str, int, int]] = []

    def prepare_clips(_: ClipCounter, clips: Sequence[Clip], progress: Any) -> Vectors:  # noqa: ANN401
        progress("measuring", 1, 2)
        return Vectors(np.ones((1, 14, 2), np.float32), tuple(clips[1:]), (), ((),) * 14)

    monkeypatch.setattr(ClipCounter, "prepare", prepare_clips, raising=False)
    course = prepare(spoken_clips, make_plan(OF_CLIPS), lambda *now: told.append(now))
    assert course.clips == spoken_clips[1:]
    assert told == [("of-clips", 1, 2)]
