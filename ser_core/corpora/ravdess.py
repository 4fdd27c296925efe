"""I/O  RAVDESS: the name of a file tells everything.

``modality-channel-emotion-intensity-statement-repetition-actor``, two digits each;
odd actors are men, even ones women.

Source: Livingstone & Russo (2018), "The Ryerson Audio-Visual Database of Emotional Speech and
Song", PLoS ONE 13(5), e0196391.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = re.compile(
    r"(?P<modality>\d\d)-(?P<channel>\d\d)-0(?P<emotion>[1-8])-\d\d-\d\d-\d\d-(?P<actor>\d\d)"
)
AUDIO_ONLY, SPEECH = "03", "01"


def read(folder: Path) -> Reading:
    """Give the spoken, audio-only recordings of RAVDESS."""
    return label_files(find_sound_files(folder), _label)


def _label(path: Path) -> Clip | str:
    codes = NAME.fullmatch(path.stem)
    if codes is None:
        return "no RAVDESS name"
    if codes["channel"] != SPEECH:
        return "song, not speech"
    if codes["modality"] != AUDIO_ONLY:
        return "sound of a video, a copy of the audio-only file"
    return Clip(
        path=path,
        emotion=EMOTIONS[int(codes["emotion"]) - 1],
        gender="male" if int(codes["actor"]) % 2 else "female",
        speaker=f"ravdess/{codes['actor']}",
        language="en",
        corpus="ravdess",
    )
