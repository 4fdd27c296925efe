"""Corpus folders, made up: the readers look at names and bytes, never at the sound."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

SHARED_CORPORA = Path(__file__).parents[4] / "shared" / "corpora"


@pytest.fixture
def add_files(tmp_path: Path) -> Callable[..., Path]:
    """Give a function that puts files of that name, each with bytes of its own, into a folder."""

    def add(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(f"the sound of {name}")
        return tmp_path

    return add


@pytest.fixture
def corpora_folder() -> Path:
    """Give the folder of the real corpora, where there is one."""
    if not SHARED_CORPORA.is_dir():
        pytest.skip("the labelled speech is not there")
    return SHARED_CORPORA
