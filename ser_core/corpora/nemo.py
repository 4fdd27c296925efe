"""I/O  nEMO: speaker, emotion and sentence stand in the name, gender in a table.

Source: Christop (2024), "nEMO: Dataset of Emotional Speech in Polish", LREC-COLING 2024.
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
    from pathlib import Path

NAME: Final = re.compile(r"(?P<speaker>[A-Z]{2}\d)_(?P<emotion>[a-z]+)_\d+")
EMOTION_OF_WORD: Final = {
    "anger": "angry",
    "fear": "fearful",
    "happiness": "happy",
    "neutral": "neutral",
    "sadness": "sad",
    "surprised": "surprised",
}


def read(folder: Path) -> Reading:
    """Give the recordings of nEMO; without ``data.tsv`` no gender is known."""
    genders = {
        row.get("speaker_id", ""): gender_of(row.get("gender", ""))
        for table in folder.rglob("data.tsv")
        for row in read_table(table)
    }
    return label_files(find_sound_files(folder), partial(_label, genders=genders))


def _label(path: Path, *, genders: Mapping[str, str | None]) -> Clip | str:
    codes = NAME.fullmatch(path.stem)
    if codes is None or codes["emotion"] not in EMOTION_OF_WORD:
        return "no nEMO name"
    return Clip(
        path=path,
        emotion=EMOTION_OF_WORD[codes["emotion"]],
        gender=genders.get(codes["speaker"]),
        speaker=f"nemo/{codes['speaker']}",
        language="pl",
        corpus="nemo",
    )
