from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from courses import QUICK

from ser_core.commands import search
from ser_core.corpora import Reading
from ser_core.systems import table

if TYPE_CHECKING:
    from pathlib import Path

    from terminal import Run

    from ser_core.corpora import Clip


@pytest.fixture
def options(
    monkeypatch: pytest.MonkeyPatch, spoken_clips: tuple[Clip, ...], tmp_path: Path
) -> tuple[str, ...]:
    """Give what it is told here, where there is a quick system and a corpus of spoken clips."""
    monkeypatch.setattr(table, "SYSTEMS", {**table.SYSTEMS, "quick": QUICK})
    monkeypatch.setattr(search, "read_corpus", lambda *_: Reading(spoken_clips, ()))
    cache, out = str(tmp_path / "cache"), str(tmp_path / "docs" / "relevance.md")
    return (
        *("relevance", "--corpora", "here", "--corpus", "voices", "--out", out),
        *("--cache", cache, "--jobs", "1", "--repetitions", "1"),
    )


@pytest.mark.parametrize("n_columns", [0, 2])
def test_it_shows_and_writes_what_groups_and_columns_are_worth(
    run: Run, options: tuple[str, ...], tmp_path: Path, n_columns: int
) -> None:
    found = run(*options, "--system", "quick", "--columns", n_columns)
    assert found.code == 0, found.err
    assert "mfcc" in found.out
    assert ("column " in found.out) == bool(n_columns)
    figures = json.loads((tmp_path / "docs" / "relevance.json").read_text())
    assert len(figures["columns"]) == n_columns
    assert figures["folds"] == 5
    assert "](relevance.png)" in (tmp_path / "docs" / "relevance.md").read_text()
    assert (tmp_path / "docs" / "relevance.png").stat().st_size > 10_000


@pytest.mark.parametrize(
    ("system", "complaint"),
    [("mlp-3000", "there are mlp-300, "), ("shipped", "which have no columns")],
)
def test_a_system_without_columns_or_unknown_is_refused(
    run: Run, options: tuple[str, ...], system: str, complaint: str
) -> None:
    found = run(*options, "--system", system)
    assert found.code == 1
    assert complaint in found.err
