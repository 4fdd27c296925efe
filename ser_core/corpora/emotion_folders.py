"""I/O  Any folder whose subfolders are named after emotions."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files
from ser_core.corpora.labels import emotion_of

if TYPE_CHECKING:
    from pathlib import Path

NO_SPEAKERS: Final = frozenset(
    {
        *("train", "training", "test", "testing", "val", "valid", "validation", "dev", "eval"),
        *("audio", "clips", "data", "sound", "sounds", "wav", "wavs"),
    }
)
"""What folders are called that stand on the way and tell nothing: ``train/angry``,
``test/angry``. Whoever is in both must not count as two people."""


def read(folder: Path, *, corpus: str) -> Reading:
    """Give the recordings in subfolders named after emotions.

    Other folders on the way tell the speaker: ``anger/anna/1.wav``, ``anna/anger/1.wav``.
    """
    label = partial(_label, folder=folder, corpus=corpus)
    return label_files(find_sound_files(folder), label)


def _label(path: Path, *, folder: Path, corpus: str) -> Clip | str:
    folders = path.relative_to(folder).parts[:-1]
    emotions = {emotion for name in folders if (emotion := _emotion_of_folder(name))}
    if not emotions:
        return "in no folder named after an emotion"
    if len(emotions) > 1:
        return f"in folders named after {' and '.join(sorted(emotions))}"
    speaker = "-".join(name for name in map(str.lower, folders) if _tells_speaker(name))
    return Clip(
        path=path,
        emotion=emotions.pop(),
        gender=None,
        speaker=f"{corpus}/{speaker or 'unknown'}",
        language="",
        corpus=corpus,
    )


def _emotion_of_folder(name: str) -> str | None:
    """Give the emotion that a folder is named after; a number may stand beside it: 05_angry."""
    return emotion_of(re.sub(r"^[\W\d_]+|[\W\d_]+$", "", name))


def _tells_speaker(name: str) -> bool:
    return not _emotion_of_folder(name) and name not in NO_SPEAKERS
