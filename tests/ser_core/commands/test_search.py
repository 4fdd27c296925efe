from __future__ import annotations

import json
import shlex
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from courses import QUICK
from ports import find_port

from ser_core.commands import cluster, search
from ser_core.corpora import Reading
from ser_core.systems import table

if TYPE_CHECKING:
    from pathlib import Path

    from terminal import Run

    from ser_core.corpora import Clip


@pytest.fixture(autouse=True)
def _quick_system(monkeypatch: pytest.MonkeyPatch, spoken_clips: tuple[Clip, ...]) -> None:
    """Let there be a quick system besides the others, and a corpus of spoken clips."""
    monkeypatch.setattr(table, "SYSTEMS", {**table.SYSTEMS, "quick": QUICK})
    monkeypatch.setattr(search, "read_corpus", lambda *_: Reading(spoken_clips, ()))


@pytest.fixture
def options(tmp_path: Path) -> tuple[str, ...]:
    """Give what every search is told here."""
    cache = str(tmp_path / "cache")
    return ("search", "--corpora", "here", "--corpus", "voices", "--cache", cache, "--jobs", "1")


def test_it_shows_the_candidates_and_the_command_that_trains_the_best(
    run: Run, options: tuple[str, ...], tmp_path: Path
) -> None:
    out = tmp_path / "new" / "search.json"
    found = run(*options, "--system", "quick", "--grid", "max_depth=1,none", "--out", out)
    assert found.code == 0, found.err
    assert "max_depth=none" in found.out
    assert "10 of 10 fits" in found.err
    report = json.loads(out.read_text())
    best = report["candidates"][0]["settings"]["max_depth"]
    assert shlex.split(report["command"]) == [
        *("ser", "train", "--corpora", "here", "--corpus", "voices", "--system", "quick"),
        *("--set", "max_depth=none" if best is None else "max_depth=1"),
        *("--seed", "0", "--out", "my-model"),
    ]
    assert report["command"] in found.out
    assert report["folds"] == 5
    uars = [each["uar"] for each in report["candidates"]]
    assert uars == sorted(uars, reverse=True)


def test_it_goes_on_where_it_was_stopped(run: Run, options: tuple[str, ...]) -> None:
    run(*options, "--system", "quick", "--grid", "max_depth=1")
    found = run(*options, "--system", "quick", "--grid", "max_depth=1,2", "--method", "halving")
    assert found.code == 0, found.err
    assert "5 of 10 fits" in found.err.splitlines()[0]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--system", "mlp-3000"), "'mlp-3000'; there are mlp-300, "),
        (("--grid", "alfa=1"), "'alfa' cannot be used: there are activation, alpha"),
        (("--grid", "alpha=-1"), "[0.0, inf)"),
        (("--system", "shipped"), "learns from recordings"),
    ],
)
def test_what_is_unknown_is_told_with_what_there_is(
    run: Run, options: tuple[str, ...], arguments: tuple[str, ...], complaint: str
) -> None:
    found = run(*options, *arguments)
    assert found.code == 1
    assert complaint in found.err


def test_an_unknown_corpus_is_told_with_those_there_are(
    run: Run, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.undo()
    found = run(*options[:4], "ravdes", "--grid", "alpha=1")
    assert found.code == 1
    assert "'ravdes'" in found.err
    assert "ravdess, " in found.err


def test_a_corpus_without_emotions_is_refused(
    run: Run, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(search, "read_corpus", lambda *_: Reading((), ()))
    found = run(*options, "--system", "quick", "--grid", "max_depth=1")
    assert found.code == 1
    assert "without emotions" in found.err


def test_an_unknown_method_is_told_with_those_there_are(run: Run, options: tuple[str, ...]) -> None:
    found = run(*options, "--method", "random")
    assert found.code == 2
    assert "'grid'" in found.err
    assert "'halving'" in found.err


def test_a_cluster_that_does_not_answer_is_told(
    run: Run, options: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(cluster, "TIMEOUT_SECONDS", 0.2)
    address = f"tcp://127.0.0.1:{find_port()}"
    found = run(*options, "--system", "quick", "--grid", "max_depth=1", "--dask", address)
    assert found.code == 1
    assert f"the Dask cluster at {address} cannot be used" in found.err


def test_what_cannot_be_measured_is_told(
    run: Run,
    options: tuple[str, ...],
    monkeypatch: pytest.MonkeyPatch,
    spoken_clips: tuple[Clip, ...],
    tmp_path: Path,
) -> None:
    empty = tmp_path / "empty.wav"
    empty.write_bytes(b"")
    clips = (*spoken_clips, replace(spoken_clips[0], path=empty))
    monkeypatch.setattr(search, "read_corpus", lambda *_: Reading(clips, ()))
    found = run(*options, "--system", "quick", "--grid", "max_depth=1")
    assert found.code == 0
    assert f"skipped {empty}: " in found.err
