"""I/O  Which file a manifest means: people write paths in many ways, and move folders."""

from __future__ import annotations

import unicodedata
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from ser_core.corpora.files import SOUND_ENDINGS

if TYPE_CHECKING:
    from collections.abc import Sequence


class Listing:
    """Know the sound files of a folder, and find the one that is meant.

    In this order: the path from the folder as it is written, or in upper or lower case, or with
    another ending, since a corpus may have been converted; the end of a longer path, since it may
    have been moved; the beginning of a shorter one, if only one file has it; a file elsewhere.
    """

    def __init__(self, folder: Path, files: Sequence[Path]) -> None:
        """Take the folder, and the sound files in it."""
        self._folder = folder
        self._files: dict[str, Path] = {}
        self._ends: dict[str, set[Path]] = {}
        for path in files:
            own = path.relative_to(folder).as_posix()
            for name in _spellings(own):
                self._files.setdefault(name, path)
            for end in _ends(_spellings(own)[-1]):
                self._ends.setdefault(end, set()).add(path)
        for path in files:
            self._files[path.relative_to(folder).as_posix()] = path

    def find(self, name: str) -> Path | None:
        """Give the file that is meant, or None if none is, or more than one."""
        name = name.replace("\\", "/")
        spellings = _spellings(str(PurePosixPath(name)))
        found = next((self._files[each] for each in spellings if each in self._files), None)
        if found is None:
            tails = _ends(spellings[-1])
            found = next((self._files[tail] for tail in tails if tail in self._files), None)
        if found is None:
            longer = self._ends.get(spellings[-1], set())
            found = next(iter(longer)) if len(longer) == 1 else None
        return found or _find_elsewhere(self._folder / name)


def _spellings(name: str) -> tuple[str, str, str]:
    """Give a path as it is, in one case, and without its ending; "é" may be written in two ways."""
    plain = unicodedata.normalize("NFC", name).casefold()
    stem = next((plain.removesuffix(end) for end in SOUND_ENDINGS if plain.endswith(end)), plain)
    return name, plain, stem


def _ends(name: str) -> list[str]:
    """Give what is left of a path without its first folders, the longest first."""
    parts = name.split("/")
    return ["/".join(parts[start:]) for start in range(1, len(parts))]


def _find_elsewhere(path: Path) -> Path | None:
    """Give the path if there is a sound file; a name may be one that no system can have."""
    try:
        return path if path.suffix.lower() in SOUND_ENDINGS and path.is_file() else None
    except (OSError, ValueError):
        return None
