"""I/O  Emo-DB: speaker, text, emotion and version stand in the name.

Source: Burkhardt et al. (2005), "A Database of German Emotional Speech", Interspeech 2005.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = re.compile(r"(?P<speaker>\d\d)[ab]\d\d(?P<emotion>[AEFLNTW])[a-z]?", re.IGNORECASE)
EMOTION_OF_LETTER: Final = {
    "A": "fearful",  # Angst
    "E": "disgust",  # Ekel
    "F": "happy",  # Freude
    "N": "neutral",
    "T": "sad",  # Trauer
    "W": "angry",  # Wut
}
BOREDOM: Final = "L"  # Langeweile
GENDER_OF_SPEAKER: Final = dict.fromkeys(("03", "10", "11", "12", "15"), "male") | dict.fromkeys(
    ("08", "09", "13", "14", "16"), "female"
)


def read(folder: Path) -> Reading:
    """Give the recordings of Emo-DB, without boredom, for which we have no word."""
    return label_files(find_sound_files(folder), _label)


def _label(path: Path) -> Clip | str:
    codes = NAME.fullmatch(path.stem)
    if codes is None:
        return "no Emo-DB name"
    letter = codes["emotion"].upper()
    if letter == BOREDOM:
        return "no word here for the label 'boredom'"
    return Clip(
        path=path,
        emotion=EMOTION_OF_LETTER[letter],
        gender=GENDER_OF_SPEAKER.get(codes["speaker"]),
        speaker=f"emodb/{codes['speaker']}",
        language="de",
        corpus="emodb",
    )
