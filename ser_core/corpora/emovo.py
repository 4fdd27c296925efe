"""I/O  EMOVO: emotion, speaker and sentence stand in the name.

Source: Costantini et al. (2014), "EMOVO Corpus: an Italian Emotional Speech Database",
LREC 2014.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files

if TYPE_CHECKING:
    from pathlib import Path

EMOTION_OF_CODE: Final = {
    "dis": "disgust",  # disgusto
    "gio": "happy",  # gioia
    "neu": "neutral",  # neutro
    "pau": "fearful",  # paura
    "rab": "angry",  # rabbia
    "sor": "surprised",  # sorpresa
    "tri": "sad",  # tristezza
}
NAME: Final = re.compile(rf"(?P<emotion>{'|'.join(EMOTION_OF_CODE)})-(?P<speaker>[fm]\d)-\w+")


def read(folder: Path) -> Reading:
    """Give the recordings of EMOVO."""
    return label_files(find_sound_files(folder), _label)


def _label(path: Path) -> Clip | str:
    codes = NAME.fullmatch(path.stem)
    if codes is None:
        return "no EMOVO name"
    return Clip(
        path=path,
        emotion=EMOTION_OF_CODE[codes["emotion"]],
        gender="female" if codes["speaker"].startswith("f") else "male",
        speaker=f"emovo/{codes['speaker']}",
        language="it",
        corpus="emovo",
    )
