"""The tutorial's blocks, run one after the other as a reader would."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest
from ports import find_port

PAGE = Path(__file__).parents[1] / "docs/tutorial.md"
BLOCK = re.compile(r"^```sh\n(.*?)^```$", re.MULTILINE | re.DOTALL)
END_OF_BLOCK = "end of block"
MAX_SECONDS = 280


def find_blocks() -> list[str]:
    return BLOCK.findall(PAGE.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the folder where the tutorial is taken."""
    return tmp_path_factory.mktemp("tutorial")


@pytest.fixture(scope="module")
def told(folder: Path) -> list[str]:
    """Run all blocks in one shell, and give what each printed."""
    between = f"\nprintf '\\n{END_OF_BLOCK}\\n'\n"
    script = between.join(["trap 'kill $(jobs -p) 2>/dev/null || true' EXIT", *find_blocks()])
    script = script.replace("port=8790", f"port={find_port()}")
    # Without measuring coverage, which only makes it slow: each command has tests of its own.
    environment = {name: value for name, value in os.environ.items() if "COVERAGE" not in name}
    environment["PATH"] = f"{Path(sys.executable).parent}:{environment['PATH']}"
    done = subprocess.run(  # noqa: S603 - the project's own page
        ["bash", "-euo", "pipefail", "-c", script],  # noqa: S607 - wherever it is
        cwd=folder,
        env={**environment, "COLUMNS": "120"},
        capture_output=True,
        text=True,
        timeout=MAX_SECONDS,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout.split(END_OF_BLOCK)[1:]


def test_every_block_of_the_tutorial_is_run() -> None:
    fences = PAGE.read_text(encoding="utf-8").count("\n```")
    assert len(find_blocks()) * 2 == fences


@pytest.mark.timeout(MAX_SECONDS + 20)
def test_the_tutorial_works_as_it_stands(folder: Path, told: list[str]) -> None:
    _recorded, heard, _drawn, made, counted, trained, heard_by_it, compared, *served = told
    assert re.findall("^(one|two).wav: ", heard, re.MULTILINE) == ["one", "two"]
    assert "ben/happy-0.wav,happy,ben,male" in made
    assert re.search(r"voices\W+24\W+4\W+8 neutral, 8 happy", counted)
    assert "manifest.json" in trained
    assert re.findall("^one.wav: happy|^two.wav: sad", heard_by_it, re.MULTILINE) == [
        "one.wav: happy",
        "two.wav: sad",
    ]
    assert re.search(r"^ *mlp-300 .*\d", compared, re.MULTILINE)
    assert re.search(r"^ *svm .*\d", compared, re.MULTILINE)
    assert "Sad" in "".join(served)
    pictures = {path.name for path in folder.glob("*.png")}
    assert pictures == {"one.wav.png", "two.wav.png", "emotion-counts.png"}
    assert all((folder / name).read_bytes().startswith(b"\x89PNG") for name in pictures)
    manifest = json.loads((folder / "my-model/manifest.json").read_text())
    assert manifest["trained_on"] == ["voices"]
    page = (folder / "measured.md").read_text()
    assert "(measured/confusion-voices.png)" in page
