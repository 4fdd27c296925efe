from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora import find_noises

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def test_noises_are_found_in_their_folders(add_files: Callable[..., Path]) -> None:
    folder = add_files(
        "noise/rain.ogg",
        "esc-10/002 - Rain/1.ogg",
        "esc-10/006 - Person sneeze/1.ogg",
        "indian-emospeech/background/1.ogg",
        "indian-emospeech/speech/1.ogg",
    )
    assert [path.relative_to(folder).as_posix() for path in find_noises(folder)] == [
        "noise/rain.ogg",
        "esc-10/002 - Rain/1.ogg",
        "indian-emospeech/background/1.ogg",
    ]


def test_without_such_folders_there_are_no_noises(tmp_path: Path) -> None:
    assert find_noises(tmp_path) == ()


@pytest.mark.corpora
def test_the_real_noises_are_found(corpora_folder: Path) -> None:
    assert len(find_noises(corpora_folder)) == 13 + 200 + 350
