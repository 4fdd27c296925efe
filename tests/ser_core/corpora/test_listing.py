from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from ser_core.corpora.files import find_sound_files
from ser_core.corpora.listing import Listing

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def find(folder: Path, name: str) -> str | None:
    """Give the file that a name means, as its path from the folder."""
    found = Listing(folder, find_sound_files(folder)).find(name)
    return found.relative_to(folder).as_posix() if found else None


@pytest.mark.parametrize(
    "name",
    [
        "sub/1.wav",
        "./sub/1.wav",
        ".\\sub\\1.wav",
        "SUB/1.WAV",
        "sub/1.flac",
        "sub/1",
        "1.wav",
        "mine/sub/1.wav",
        "/home/anna/mine/sub/1.wav",
        "C:\\Users\\Anna\\Mine\\Sub\\1.wav",
    ],
)
def test_a_path_may_be_written_in_many_ways(add_files: Callable[..., Path], name: str) -> None:
    assert find(add_files("sub/1.wav", "sub/2.wav"), name) == "sub/1.wav"


@pytest.mark.parametrize("name", ["sub/3.wav", "other/1.wav", "sub", "", ".", "b/1.wav/x"])
def test_another_path_means_no_file(add_files: Callable[..., Path], name: str) -> None:
    assert find(add_files("sub/1.wav"), name) is None


def test_the_exact_name_goes_first(add_files: Callable[..., Path]) -> None:
    folder = add_files("1.wav", "1.WAV", "1.ogg", "sub/1.wav")
    assert [find(folder, name) for name in ("1.wav", "1.WAV", "1.ogg", "sub/1.wav")] == [
        "1.wav",
        "1.WAV",
        "1.ogg",
        "sub/1.wav",
    ]


def test_what_may_mean_two_files_means_none(add_files: Callable[..., Path]) -> None:
    assert find(add_files("anna/1.wav", "ben/1.wav"), "1.wav") is None


def test_an_accent_may_be_written_in_two_ways(add_files: Callable[..., Path]) -> None:
    folder = add_files("cafe\N{COMBINING ACUTE ACCENT}.wav")
    assert find(folder, "caf\N{LATIN SMALL LETTER E WITH ACUTE}.wav") is not None


def test_a_file_may_lie_elsewhere(add_files: Callable[..., Path]) -> None:
    folder = add_files("sounds/1.wav", "sounds/notes.txt", "mine/labels.csv")
    listing = Listing(folder / "mine", [])
    assert listing.find(str(folder / "sounds/1.wav")) == folder / "sounds/1.wav"
    assert listing.find("../sounds/1.wav") == folder / "mine/../sounds/1.wav"
    assert listing.find("../sounds/notes.txt") is None


@pytest.mark.parametrize("name", ["\0.wav", "x" * 5_000 + ".wav"])
def test_a_name_that_no_file_can_have_means_none(tmp_path: Path, name: str) -> None:
    assert Listing(tmp_path, []).find(name) is None
