"""I/O  SAVEE, four men: emotion and sentence stand in the name, the speaker there or in the folder.

``DC/a01.wav`` as its authors give it out, ``DC_a01.wav`` as others pass it on.

Source: Haq & Jackson (2009), "Speaker-dependent audio-visual emotion recognition", AVSP 2009.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files

if TYPE_CHECKING:
    from pathlib import Path

SPEAKERS: Final = frozenset({"DC", "JE", "JK", "KL"})
EMOTION_OF_LETTERS: Final = {
    "a": "angry",
    "d": "disgust",
    "f": "fearful",
    "h": "happy",
    "n": "neutral",
    "sa": "sad",
    "su": "surprised",
}
NAME: Final = re.compile(
    rf"(?:(?P<speaker>{'|'.join(sorted(SPEAKERS))})[_-]?)?"
    rf"(?P<emotion>{'|'.join(EMOTION_OF_LETTERS)})\d\d",
    re.IGNORECASE,
)


def read(folder: Path) -> Reading:
    """Give the recordings of SAVEE."""
    return label_files(find_sound_files(folder), _label)


def _label(path: Path) -> Clip | str:
    parts = NAME.fullmatch(path.stem)
    if parts is None:
        return "no SAVEE name"
    speaker = (parts["speaker"] or path.parent.name).upper()
    if speaker not in SPEAKERS:
        return "neither the name nor the folder tells which of the four men of SAVEE speaks"
    return Clip(
        path=path,
        emotion=EMOTION_OF_LETTERS[parts["emotion"].lower()],
        gender="male",
        speaker=f"savee/{speaker}",
        language="en",
        corpus="savee",
    )
