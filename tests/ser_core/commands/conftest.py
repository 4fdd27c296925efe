"""The command line as people call it, and small corpora for it to work on."""

from __future__ import annotations

import io
import sys
from types import SimpleNamespace
from typing import TYPE_CHECKING

import pytest
from terminal import Outcome

from ser_core import __main__ as command_line

if TYPE_CHECKING:
    from pathlib import Path

    from terminal import Run


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Run:
    """Give a function that calls `ser` with these arguments and this standard input."""

    def call(*arguments: object, stdin: bytes = b"") -> Outcome:
        monkeypatch.setattr(sys, "argv", ["ser", *map(str, arguments)])
        monkeypatch.setattr(sys, "stdin", SimpleNamespace(buffer=io.BytesIO(stdin)))
        with pytest.raises(SystemExit) as caught:
            command_line.main()
        return Outcome(int(caught.value.code or 0), *capsys.readouterr())

    return call


@pytest.fixture
def corpora(tmp_path: Path) -> Path:
    """Give a folder with an Emo-DB of three speakers, a corpus of its own and everyday speech."""
    names = [
        *(
            f"emodb/{speaker}a01{letter}a.wav"
            for speaker in ("03", "08", "09")
            for letter in "FTWL"
        ),
        "mine/happy/1.wav",
        "everyday/1.wav",
        "noise/rain.ogg",
    ]
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(name)
    return tmp_path
