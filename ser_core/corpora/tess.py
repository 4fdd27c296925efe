"""I/O  TESS, the Toronto emotional speech set: speaker, word and emotion stand in the name.

``OAF_back_angry.wav``: the older actress says "Say the word back". One file lacks a letter of
its speaker (``OA_bite_neutral.wav``), and "ps" is a pleasant surprise.

Source: Pichora-Fuller & Dupuis (2020), "Toronto emotional speech set (TESS)", Borealis,
doi:10.5683/SP2/E8H2MF.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files
from ser_core.corpora.labels import emotion_of

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = re.compile(r"(?P<age>[OY])AF?_[A-Z]+_(?P<emotion>[A-Z _-]+)", re.IGNORECASE)


def read(folder: Path) -> Reading:
    """Give the recordings of TESS."""
    return label_files(find_sound_files(folder), _label)


def _label(path: Path) -> Clip | str:
    parts = NAME.fullmatch(path.stem)
    emotion = emotion_of(parts["emotion"]) if parts else None
    if parts is None or emotion is None:
        return "no TESS name"
    return Clip(
        path=path,
        emotion=emotion,
        gender="female",
        speaker=f"tess/{parts['age'].upper()}AF",
        language="en",
        corpus="tess",
    )
