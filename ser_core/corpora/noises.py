"""I/O  Recordings without speech, with which training disturbs what it learns from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ser_core.corpora.files import find_sound_files

if TYPE_CHECKING:
    from pathlib import Path

NOISE_FOLDERS: Final = ("noise", "esc-10/00[1-5]*", "indian-emospeech/background")
"""Recordings of any places; half of the classes of ESC-10 (Piczak 2015, "ESC: Dataset for
environmental sound classification", ACM MM), the other half tests what is rejected; the places
of the Indian EmoSpeech corpus while nobody speaks."""


def find_noises(corpora_folder: Path) -> tuple[Path, ...]:
    """Give the noise recordings that a folder of corpora holds, in a fixed order."""
    return tuple(
        path
        for pattern in NOISE_FOLDERS
        for folder in sorted(corpora_folder.glob(pattern))
        for path in find_sound_files(folder)
    )
