from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
import time
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import joblib
import pytest
from quick_systems import LOG, LOSING, OF_CLIPS, QUICK, QUICK_SYSTEMS, SLOW

from ser_core.commands import lab
from ser_core.features import FEATURE_SETS
from ser_core.systems import table

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from terminal import Run

    from ser_core.corpora import Clip

PAGE = Path(__file__).parents[3] / "docs" / "lab" / "page.md"
PROGRAM = "import quick_systems; quick_systems.main()"
MAX_LINES = 60
N_FOLDS = 5


@pytest.fixture(scope="module")
def corpora_of_voices(
    spoken_clips: tuple[Clip, ...], tmp_path_factory: pytest.TempPathFactory
) -> Path:
    """Give a folder with a corpus called "mine" of five synthetic speakers, and everyday speech."""
    folder = tmp_path_factory.mktemp("corpora")
    (folder / "everyday").mkdir()
    (folder / "mine").mkdir()
    rows = ["file,emotion,speaker,gender"]
    for clip in spoken_clips:
        name = clip.path.name
        shutil.copy(clip.path, folder / "mine" / name)
        rows.append(f"{name},{clip.emotion},{name.partition('-')[0]},{clip.gender}")
    (folder / "mine" / "labels.csv").write_text("\n".join(rows))
    shutil.copy(spoken_clips[0].path, folder / "everyday")
    return folder


@pytest.fixture(scope="module")
def cache(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder in which recordings that one test measured are kept for the others."""
    return tmp_path_factory.mktemp("cache")


@pytest.fixture(autouse=True)
def _systems(monkeypatch: pytest.MonkeyPatch) -> None:
    """Put quick systems into the table, and one that cannot run."""
    demanding = replace(QUICK, name="demanding", extra="nosuchmodule")
    systems = {each.name: each for each in (QUICK, LOSING, OF_CLIPS, demanding)}
    monkeypatch.setattr(table, "SYSTEMS", systems)


@pytest.fixture(autouse=True)
def _no_pictures(monkeypatch: pytest.MonkeyPatch) -> None:
    """Draw nothing, since that takes long, but name a picture."""
    monkeypatch.setattr(lab, "draw_pictures", lambda _, folder: (folder / "accuracy-mine.png",))


@pytest.fixture
def options(corpora_of_voices: Path, cache: Path, tmp_path: Path) -> list[object]:
    """Give the options of a small run, whose page is ``lab.md``."""
    options = ["--corpora", corpora_of_voices, "--corpus", "mine", "--splits", 2, "--jobs", 1]
    return ["lab", *options, "--cache", cache, "--out", tmp_path / "lab.md"]


def read(folder: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((folder / "lab" / "corpus-mine.json").read_text())
    return found


def test_all_systems_that_can_run_are_tried(
    run: Run, options: Sequence[object], tmp_path: Path
) -> None:
    outcome = run(*options)
    assert outcome.code == 0
    assert "demanding is left out: nosuchmodule is not installed" in outcome.err
    assert "[nosuchmodule]'" in outcome.err
    assert "21 of 21 folds\n" in outcome.err
    assert "mine: 15 clips, 5 speakers, chance 33.3 %" in outcome.out
    figures = read(tmp_path)
    assert list(figures["systems"]) == ["quick", "losing", "of-clips"]
    for system in figures["systems"].values():
        unseen, random = system["protocols"].values()
        assert (unseen["evaluations"][0]["clips"], len(random["evaluations"])) == (15, 2)
        assert system["milliseconds"] >= 0
    assert figures["systems"]["quick"]["milliseconds"] > 0
    page = (tmp_path / "lab.md").read_text()
    assert page.count("| quick |") == page.count("| of-clips |") == 1
    assert "](lab/accuracy-mine.png)" in page


def test_a_protocol_and_systems_can_be_chosen(
    run: Run, options: Sequence[object], tmp_path: Path
) -> None:
    chosen = ("--protocol", "random-split", "--system", "losing")
    assert run(*options, *chosen).code == 0
    (system,) = read(tmp_path)["systems"].values()
    assert list(system["protocols"]) == ["random-split"]


def test_the_page_tells_of_all_corpora_that_were_ever_measured(
    run: Run, options: Sequence[object], tmp_path: Path
) -> None:
    folder = tmp_path / "lab"
    folder.mkdir()
    text = "# Mine\n\n<!-- table: mine -->\n\n<!-- table: emodb -->\n<!-- table: crema-d -->\n"
    (folder / "page.md").write_text(text)
    assert run(*options, "--system", "losing").code == 0
    (folder / "corpus-emodb.json").write_text(json.dumps(read(tmp_path) | {"corpus": "emodb"}))
    assert run(*options, "--system", "losing").code == 0
    page = (tmp_path / "lab.md").read_text()
    assert page.count("| losing |") == 2
    assert page.count("Not measured yet") == 1


@pytest.mark.parametrize(
    ("wrong", "told"),
    [
        (("--system", "mlp-3000"), "no system is called 'mlp-3000'; there are quick, losing,"),
        (("--corpus", "revdess"), "'revdess'; the known .* are ravdess, crema-d,"),
        (("--system", "demanding"), r"pip install 'speech-emotion-recogniser\[nosuchmodule\]'"),
        (("--corpus", "everyday"), "everyday is everyday speech without emotions"),
    ],
)
def test_what_there_is_not_is_told_in_a_line(
    run: Run, options: Sequence[object], tmp_path: Path, wrong: Sequence[str], told: str
) -> None:
    outcome = run(*options, *wrong)
    assert (outcome.code, outcome.out) == (1, "")
    last = outcome.err.splitlines()[-1]
    assert last.startswith("ser: ")
    assert re.search(told, last)
    assert not (tmp_path / "lab.md").exists()


def test_an_unknown_protocol_is_told_with_the_right_ones(
    run: Run, options: Sequence[object]
) -> None:
    outcome = run(*options, "--protocol", "lottery")
    assert outcome.code == 2
    assert "unseen-speakers" in outcome.err
    assert "random-split" in outcome.err


def test_the_work_is_done_on_a_cluster_if_one_is_named(
    run: Run, options: Sequence[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str | None] = []

    @contextmanager
    def use_cluster(address: str | None) -> Iterator[None]:
        used.append(address)
        with joblib.parallel_config(backend="threading"):
            yield
        assert not (tmp_path / "lab.md").exists()

    monkeypatch.setattr(lab, "use_cluster", use_cluster)
    address = "tcp://127.0.0.1:8786"
    assert run(*options, "--system", "losing", "--jobs", 2, "--dask", address).code == 0
    assert used == [address]
    assert (tmp_path / "lab.md").exists()


def test_whoever_is_killed_loses_the_fold_in_hand(
    run: Run,
    options: list[object],
    cache: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    log = tmp_path / "log"
    monkeypatch.setenv(LOG, str(log))
    monkeypatch.setattr(table, "SYSTEMS", QUICK_SYSTEMS)
    options += ["--system", SLOW.name]
    n_folds = N_FOLDS + 2
    environment = os.environ | {"PYTHONPATH": str(Path(__file__).parents[2])}
    before = len(list((cache / "lab").glob("*.joblib"))) if (cache / "lab").is_dir() else 0
    command = [sys.executable, "-c", PROGRAM, *map(str, options)]
    with subprocess.Popen(command, env=environment, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        while not log.exists() or len(log.read_text().split()) < 3:
            assert process.poll() is None
            time.sleep(0.01)
        process.kill()
    assert process.returncode < 0
    assert not (tmp_path / "lab.md").exists()
    n_kept = len(list((cache / "lab").glob("*.joblib"))) - before
    n_learnt = len(log.read_text().split())
    assert n_learnt - 1 <= n_kept <= n_learnt < n_folds

    assert run(*options).code == 0
    assert len(log.read_text().split()) == n_folds + (n_learnt - n_kept)


def example_of_a_system() -> tuple[str, str]:
    """Give the file that the page shows, and its line in the table."""
    section = PAGE.read_text().partition("## Add a system")[2]
    file, line = re.findall(r"```(?:python)?\n(.+?)```", section, re.DOTALL)[:2]
    return file, line


def test_the_system_that_the_page_shows_is_tried(
    run: Run, options: Sequence[object], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file, line = example_of_a_system()
    assert file.count("\n") <= MAX_LINES
    module: dict[str, Any] = {"__name__": "logistic"}
    exec(compile(file, "logistic.py", "exec"), module)  # noqa: S102 - the page's own example
    system = module["SYSTEM"]
    assert line.strip() == f"{system.name}.SYSTEM,"
    assert system.feature_set in FEATURE_SETS
    monkeypatch.setattr(table, "SYSTEMS", {system.name: system})
    assert run(*options, "--system", system.name).code == 0
    assert f"| {system.name} | {system.title} |" in (tmp_path / "lab.md").read_text()
