"""I/O  CREMA-D: actor, sentence, emotion and level stand in the name, gender in a table.

Source: Cao et al. (2014), "CREMA-D: Crowd-Sourced Emotional Multimodal Actors Dataset",
IEEE Trans. Affective Computing 5(4), 377-390.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files, read_table
from ser_core.corpora.labels import gender_of

if TYPE_CHECKING:
    from collections.abc import Mapping
    from collections.abc import Set as AbstractSet
    from pathlib import Path

NAME: Final = re.compile(r"(?P<actor>1\d{3})_[A-Z]{3}_(?P<emotion>[A-Z]{3})_[A-Z]{1,2}")
EMOTION_OF_CODE: Final = {
    "ANG": "angry",
    "DIS": "disgust",
    "FEA": "fearful",
    "HAP": "happy",
    "NEU": "neutral",
    "SAD": "sad",
}


def read(folder: Path) -> Reading:
    """Give the recordings of CREMA-D; without ``VideoDemographics.csv`` no gender is known."""
    genders = {
        row.get("actorid", ""): gender_of(row.get("sex", ""))
        for table in folder.rglob("VideoDemographics.csv")
        for row in read_table(table)
    }
    files = find_sound_files(folder)
    waves = {path.stem for path in files if path.suffix.lower() == ".wav"}
    return label_files(files, partial(_label, genders=genders, waves=waves))


def _label(path: Path, *, genders: Mapping[str, str | None], waves: AbstractSet[str]) -> Clip | str:
    codes = NAME.fullmatch(path.stem)
    if codes is None or codes["emotion"] not in EMOTION_OF_CODE:
        return "no CREMA-D name"
    if path.suffix.lower() == ".mp3" and path.stem in waves:
        return "an MP3 of a file in AudioWAV"
    return Clip(
        path=path,
        emotion=EMOTION_OF_CODE[codes["emotion"]],
        gender=genders.get(codes["actor"]),
        speaker=f"crema-d/{codes['actor']}",
        language="en",
        corpus="crema-d",
    )
