"""I/O  Any folder whose subfolders are named after emotions."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files
from ser_core.corpora.labels import emotion_of

if TYPE_CHECKING:
    from pathlib import Path


def read(folder: Path, *, corpus: str) -> Reading:
    """Give the recordings in subfolders named after emotions.

    Other folders on the way tell the speaker: ``anger/anna/1.wav``, ``anna/anger/1.wav``.
    """
    label = partial(_label, folder=folder, corpus=corpus)
    return label_files(find_sound_files(folder), label)


def _label(path: Path, *, folder: Path, corpus: str) -> Clip | str:
    folders = path.relative_to(folder).parts[:-1]
    emotions = [emotion for name in folders if (emotion := emotion_of(name))]
    if not emotions:
        return "in no folder named after an emotion"
    speaker = "-".join(name for name in folders if not emotion_of(name))
    return Clip(
        path=path,
        emotion=emotions[0],
        gender=None,
        speaker=f"{corpus}/{speaker or 'unknown'}",
        language="",
        corpus=corpus,
    )
