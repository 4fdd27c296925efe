from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, get_args

import pytest
import soundfile

from ser_core.evaluation.protocols import Protocol
from ser_core.features import FEATURE_SETS
from ser_core.options import common
from ser_core.synthesis import speak

if TYPE_CHECKING:
    from collections.abc import Sequence

    from terminal import Run

COMMANDS = (
    *("recognise", "listen", "plot", "corpora"),
    *("train", "retrain", "train-encoder"),
    *("evaluate", "report", "lab", "search", "relevance"),
)
DOCS = Path(__file__).parents[3] / "docs" / "command-line.md"


@pytest.mark.parametrize(
    "arguments",
    [
        ["recognise"],
        ["hear", "x.wav"],
        ["recognise", "x.wav", "--loud"],
        ["evaluate", "--corpora", "x", "--corpus", "y", "--protocol", "lottery"],
        ["evaluate", "--corpora", "x", "--corpus", "y", "--model", "z", "--features", "classic180"],
        ["evaluate", "--corpora", "x", "--corpus", "y", "--model", "z", "--augmentations", "1"],
        ["train", "--corpora", "x", "--out", "y", "--jobs", "0"],
    ],
)
def test_wrong_usage_ends_with_2(run: Run, arguments: Sequence[str]) -> None:
    outcome = run(*arguments)
    assert (outcome.code, outcome.out) == (2, "")
    assert "Usage: ser" in outcome.err


@pytest.mark.parametrize("command", COMMANDS)
def test_every_command_has_help_and_stands_in_the_docs(run: Run, command: str) -> None:
    assert f"ser {command} " in DOCS.read_text()
    assert command in run("--help").out
    assert f"Usage: ser {command} " in run(command, "--help").out


def test_the_options_name_what_exists() -> None:
    assert set(get_args(common.Features)) <= set(FEATURE_SETS)
    assert set(get_args(common.Protocol)) == set(get_args(Protocol))


def imported_by(statement: str) -> set[str]:
    """Give the modules that a fresh interpreter holds after a statement."""
    code = f"import sys\n{statement}\nprint(*sys.modules)"
    result = subprocess.run(  # noqa: S603 - the code stands in this file
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    return set(result.stdout.split())


def test_help_does_not_wait_for_what_commands_need() -> None:
    modules = imported_by("import ser_core.__main__")
    assert modules.isdisjoint({"sklearn", "scipy", "skops", "soundfile", "numpy"})


def test_recognition_does_not_load_what_only_trainers_need() -> None:
    modules = imported_by("import ser_core.commands.recognise")
    trainers = ("ser_core.training", "ser_core.evaluation", "ser_core.corpora")
    assert not [module for module in modules if module.startswith(trainers)]


def test_the_module_is_the_command() -> None:
    result = subprocess.run(
        [sys.executable, "-m", "ser_core", "recognise", "nowhere.wav", "--json"],
        check=False,
        capture_output=True,
        text=True,
    )
    assert (result.returncode, result.stderr) == (1, "")
    assert json.loads(result.stdout)["error"] == "file_not_found"


@pytest.fixture
def spoken(tmp_path: Path) -> Path:
    """Give a recording of a synthetic voice, under a name that is no text."""
    waveform = speak("happy", "female", seconds=2.0)
    path = tmp_path / os.fsdecode(b"\xff.wav")
    soundfile.write(os.fsencode(path), waveform.samples, waveform.sampling_rate)
    return path


def test_a_recording_is_recognised_by_the_model_that_ships(spoken: Path) -> None:
    result = subprocess.run(  # noqa: S603 - the command stands here
        [sys.executable, "-m", "ser_core", "recognise", spoken, "--json"],
        check=True,
        capture_output=True,
    )
    answer = json.loads(result.stdout)
    assert answer["file"] == str(spoken)
    assert sum(answer["emotions"].values()) == pytest.approx(1)
    assert sum(answer["genders"].values()) == pytest.approx(1)


def test_what_the_terminal_cannot_show_does_no_harm(spoken: Path) -> None:
    result = subprocess.run(  # noqa: S603 - the command stands here
        [sys.executable, "-m", "ser_core", "recognise", spoken],
        check=True,
        capture_output=True,
        env=os.environ | {"PYTHONIOENCODING": "latin-1"},
    )
    assert rb"\udcff.wav: " in result.stdout
    assert rb"\u2588" in result.stdout
