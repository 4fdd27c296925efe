"""I/O  Speech that nobody labelled with an emotion: it must be accepted as speech."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files

if TYPE_CHECKING:
    from pathlib import Path

DIGIT_NAME: Final = re.compile(r"\d_(?P<speaker>[a-z]+)_\d+")


def read_everyday(folder: Path) -> Reading:
    """Give the spoken commands, whose speakers are not told apart."""
    return label_files(
        find_sound_files(folder), lambda path: _speech(path, corpus="everyday", speaker="unknown")
    )


def read_spoken_digits(folder: Path) -> Reading:
    """Give the recordings of the Free Spoken Digit Dataset: ``digit_speaker_take``."""
    return label_files(find_sound_files(folder), _label_digit)


def _label_digit(path: Path) -> Clip | str:
    codes = DIGIT_NAME.fullmatch(path.stem)
    if codes is None:
        return "no spoken-digit name"
    return _speech(path, corpus="fsdd", speaker=codes["speaker"])


def _speech(path: Path, *, corpus: str, speaker: str) -> Clip:
    return Clip(
        path=path,
        emotion=None,
        gender=None,
        speaker=f"{corpus}/{speaker}",
        language="en",
        corpus=corpus,
    )
