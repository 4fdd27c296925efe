from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from learning import RECIPE, make_lessons, make_separable
from made_up_systems import make_network_file

from bot.comparison import Comparison
from ser_core.commands import retrain as command
from ser_core.corpora import CORPORA, Clip
from ser_core.estimator import EstimatorClassifier, OnnxNetwork, Teller
from ser_core.lessons import write_lessons
from ser_core.store import load_model, save_model
from ser_core.training.tune import Tuning
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from terminal import Outcome, Run

    from ser_core.store import Model
    from ser_core.training.vectors import Progress, Vectors


@pytest.fixture(autouse=True)
def process(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Tune for a moment; keep this process alive and as important as it is, and tell of that."""
    done: list[str] = []
    stand_in = SimpleNamespace(
        nice=lambda by: done.append(f"nice {by}"),
    )
    monkeypatch.setattr(command, "os", stand_in)
    monkeypatch.setattr(command, "_end_with_input", lambda: done.append("watch"))
    monkeypatch.setattr(
        command, "Tuning", lambda seed, jobs: Tuning(4, recipe=RECIPE, seed=seed, jobs=jobs)
    )
    return done


@pytest.fixture
def lessons(origin: Model, tmp_path: Path) -> Path:
    """Give a file of what ten people said."""
    people, told = zip(*make_lessons(origin, *range(10)), strict=True)
    write_lessons(tmp_path / "lessons.jsonl", people, told)
    return tmp_path / "lessons.jsonl"


@pytest.fixture
def ask(run: Run, origin_bundle: Path, tmp_path: Path) -> Callable[..., Outcome]:
    """Give a function that calls `ser retrain` on the small origin."""

    def call(*options: object) -> Outcome:
        places = ("--origin", origin_bundle, "--champion", origin_bundle)
        out = ("--out", tmp_path / "out", "--report", tmp_path / "report.json", "--jobs", 1)
        return run("retrain", *places, *out, *options)

    return call


def read_report(tmp_path: Path) -> Comparison:
    return Comparison.parse(json.loads((tmp_path / "report.json").read_text()))


def test_a_challenger_and_a_report_are_written_and_progress_is_told_line_by_line(
    ask: Callable[..., Outcome], lessons: Path, tmp_path: Path, process: list[str]
) -> None:
    outcome = ask("--lessons", lessons, "--json")
    assert (outcome.code, outcome.err) == (0, "")
    steps = [(line["step"], line["done"], line["total"]) for line in outcome.lines]
    assert steps == [
        ("loading", 0, 1),
        ("loading", 1, 1),
        *(("fitting", done, 10) for done in range(1, 11)),
        ("judging", 1, 2),
        ("judging", 2, 2),
        ("saving", 0, 1),
        ("saving", 1, 1),
    ]
    comparison = read_report(tmp_path)
    assert load_model(tmp_path / "out").id == comparison.challenger
    assert comparison.champion == "origin"
    assert (comparison.n_base, comparison.n_lessons, comparison.n_people) == (80, 40, 10)
    assert sorted(process) == ["nice 19", "watch"]


def test_a_person_sees_the_figures_and_the_verdict(
    ask: Callable[..., Outcome], tmp_path: Path, process: list[str]
) -> None:
    outcome = ask("--seed", 3)
    assert (outcome.code, outcome.err) == (0, "it is nowhere worse\n")
    groups = json.loads(outcome.out)
    assert [each["name"] for each in groups] == ["all", "female", "male"]
    assert read_report(tmp_path).n_lessons == 0
    assert process == []


def test_a_person_is_told_of_a_challenger_that_is_worse(
    ask: Callable[..., Outcome], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    compare = "ser_core.training.retrain.compare"
    monkeypatch.setattr(compare, lambda *_: {"groups": [], "failures": [{"group": "all"}]})
    assert ask().err == "it is worse\n"
    assert (tmp_path / "out" / "manifest.json").is_file()


def test_what_must_be_mended_is_one_line_and_ends_with_2(
    ask: Callable[..., Outcome], tmp_path: Path
) -> None:
    outcome = ask("--json", "--lessons", tmp_path / "nowhere")
    assert outcome.code == 2
    (line,) = outcome.err.splitlines()
    assert line.startswith(f"{tmp_path}/nowhere holds no lesson: ")
    assert not (tmp_path / "out").exists()
    assert not (tmp_path / "report.json").exists()


@pytest.mark.parametrize("option", ["--origin", "--champion"])
def test_a_model_that_is_none_is_told(
    ask: Callable[..., Outcome], tmp_path: Path, option: str
) -> None:
    outcome = ask("--json", option, tmp_path)
    assert (outcome.code, outcome.err) == (2, f"there is no model bundle at {tmp_path}\n")


def test_a_person_is_told_of_what_must_be_mended_too(
    ask: Callable[..., Outcome], tmp_path: Path
) -> None:
    outcome = ask("--origin", tmp_path)
    assert (outcome.code, outcome.err) == (1, f"ser: there is no model bundle at {tmp_path}\n")


def test_an_origin_without_a_memory_cannot_be_trained_further(
    ask: Callable[..., Outcome], tmp_path: Path
) -> None:
    assert ask().code == 0
    outcome = ask("--origin", tmp_path / "out", "--json")
    assert outcome.code == 2
    assert "it holds no examples.npz" in outcome.err


@pytest.fixture
def reference(origin: Model, tmp_path: Path) -> Path:
    """Give the bundle of a reference system."""
    words = ("angry", "happy", "sad")
    system = EstimatorClassifier(
        ("voices",), Teller(words, OnnxNetwork(make_network_file(3))), None, (1.0, 1.0)
    )
    fields = {**origin.manifest, "id": "linear-1", "feature_set": origin.feature_set}
    save_model(tmp_path / "reference", system, fields, "# A card")
    return tmp_path / "reference"


def test_a_reference_system_cannot_be_trained_further(
    ask: Callable[..., Outcome], reference: Path, tmp_path: Path
) -> None:
    alone, in_bot = ask("--origin", reference), ask("--origin", reference, "--json")
    assert (alone.code, in_bot.code) == (1, 2)
    assert alone.err == f"ser: {in_bot.err}"
    assert in_bot.err.startswith(
        "the model linear-1 is a reference system, which cannot be trained"
    )
    assert not (tmp_path / "out").exists()


def test_in_place_of_a_reference_system_the_origin_is_compared_with(
    ask: Callable[..., Outcome], reference: Path, tmp_path: Path
) -> None:
    assert ask("--champion", reference).code == 0
    assert json.loads((tmp_path / "report.json").read_text())["champion"] == "origin"


def test_nothing_is_done_where_its_result_could_not_be_written(
    ask: Callable[..., Outcome], tmp_path: Path
) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "letter.txt").write_text("dear")
    outcome = ask("--json")
    assert (outcome.code, outcome.out) == (2, "")
    assert "not overwritten" in outcome.err


@pytest.fixture
def measured(monkeypatch: pytest.MonkeyPatch) -> list[Sequence[Clip]]:
    """Put a stand-in for the measuring of recordings, and give what it was called with."""
    asked: list[Sequence[Clip]] = []

    def extract(clips: Sequence[Clip], how: Extraction, progress: Progress) -> Vectors:
        asked.append(clips)
        assert how == Extraction("classic180", jobs=1)
        progress("measuring recordings", 4, 5)
        return make_separable(5, "emodb")

    monkeypatch.setattr(command, "extract_vectors", extract)
    return asked


def test_further_corpora_are_measured_and_learnt_from(
    ask: Callable[..., Outcome],
    corpora: Path,
    tmp_path: Path,
    measured: list[Sequence[Clip]],
) -> None:
    outcome = ask("--corpora", corpora, "--json")
    assert outcome.code == 0
    assert "emodb: 9 clips" in outcome.err
    assert {"step": "measuring", "done": 4, "total": 5} in outcome.lines
    (clips,) = measured
    assert {clip.corpus for clip in clips} == {"emodb"} | set(read_own(corpora))
    assert all(clip.emotion for clip in clips)
    assert read_report(tmp_path).n_corpus_clips == 20
    assert "emodb" in load_model(tmp_path / "out").manifest["trained_on"]


def read_own(corpora: Path) -> list[str]:
    """Give the corpora with emotions in a folder, other than Emo-DB."""
    known = [each for each in CORPORA.values() if each.emotions and each.name != "emodb"]
    return [each.name for each in known if (corpora / each.folder).is_dir()]


def test_a_folder_without_anything_new_is_told(
    ask: Callable[..., Outcome], tmp_path: Path, measured: list[Sequence[Clip]]
) -> None:
    outcome = ask("--corpora", tmp_path, "--json")
    assert outcome.code == 2
    assert outcome.err.endswith("holds no labelled speech that the model does not know already\n")
    assert measured == []


@pytest.mark.parametrize(
    ("group", "expected"), [(7, [f"kill 0 {signal.SIGKILL}", "exit 1"]), (8, ["exit 1"])]
)
def test_the_end_of_the_input_ends_the_process_and_its_group_if_that_is_its_own(
    monkeypatch: pytest.MonkeyPatch, process: list[str], group: int, expected: list[str]
) -> None:
    monkeypatch.undo()
    chunks = [b"x", b"y", b""]
    stand_in = SimpleNamespace(
        read=lambda *_: chunks.pop(0),
        getpid=lambda: 7,
        getpgrp=lambda: group,
        killpg=lambda *which: process.append("kill {} {}".format(*which)),
        _exit=lambda code: process.append(f"exit {code}"),
    )
    monkeypatch.setattr(command, "os", stand_in)
    monkeypatch.setattr(sys, "stdin", SimpleNamespace(fileno=lambda: 0))
    command._end_with_input()
    assert (chunks, process) == ([], expected)


def start(origin_bundle: Path, tmp_path: Path) -> subprocess.Popen[str]:
    """Start `ser retrain` in a process and a group of its own."""
    places = ("--origin", origin_bundle, "--champion", origin_bundle, "--out", tmp_path / "out")
    return subprocess.Popen(  # noqa: S603 - the command stands here
        [
            *(sys.executable, "-m", "ser_core", "retrain", "--json", "--jobs", "1"),
            *map(str, (*places, "--report", tmp_path / "report.json")),
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        process_group=0,
    )


def test_a_program_that_holds_its_input_sees_it_through(
    origin_bundle: Path, tmp_path: Path
) -> None:
    with start(origin_bundle, tmp_path) as process:
        assert process.stdout is not None
        lines = [json.loads(line) for line in process.stdout]
        assert process.wait() == 0
    assert lines[-1] == {"step": "saving", "done": 1, "total": 1}
    assert load_model(tmp_path / "out").id == read_report(tmp_path).challenger


def test_it_ends_as_soon_as_nobody_holds_its_input(origin_bundle: Path, tmp_path: Path) -> None:
    with start(origin_bundle, tmp_path) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        first = json.loads(process.stdout.readline())
        assert first == {"step": "loading", "done": 0, "total": 1}
        assert os.getpriority(os.PRIO_PROCESS, process.pid) == 19
        watchdog = threading.Timer(60, process.kill)
        watchdog.start()
        process.stdin.close()
        assert process.wait() in (1, -signal.SIGKILL)
        assert watchdog.is_alive(), "it did not end by itself"
        watchdog.cancel()
    assert not (tmp_path / "out").exists()
