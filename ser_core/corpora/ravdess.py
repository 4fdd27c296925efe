"""I/O  RAVDESS: the name of a file tells everything.

``modality-channel-emotion-intensity-statement-repetition-actor``, two digits each;
odd actors are men, even ones women. Those who sing are those who speak, so they have one name in
both corpora; song has six of the emotions, and actor 18 does not sing.

Source: Livingstone & Russo (2018), "The Ryerson Audio-Visual Database of Emotional Speech and
Song", PLoS ONE 13(5), e0196391.
"""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Final

from ser_core.corpora.clip import Clip, Reading
from ser_core.corpora.files import find_sound_files, label_files
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = re.compile(
    r"(?P<modality>\d\d)-(?P<channel>\d\d)-0(?P<emotion>[1-8])-\d\d-\d\d-\d\d-(?P<actor>\d\d)"
)
AUDIO_ONLY: Final = "03"
SPEECH, SONG = "01", "02"


def read(folder: Path) -> Reading:
    """Give the spoken, audio-only recordings of RAVDESS."""
    return label_files(find_sound_files(folder), partial(_label, channel=SPEECH, corpus="ravdess"))


def read_song(folder: Path) -> Reading:
    """Give the sung, audio-only recordings of RAVDESS."""
    label = partial(_label, channel=SONG, corpus="ravdess-song")
    return label_files(find_sound_files(folder), label)


def _label(path: Path, *, channel: str, corpus: str) -> Clip | str:
    codes = NAME.fullmatch(path.stem)
    if codes is None:
        return "no RAVDESS name"
    if codes["channel"] != channel:
        return "song, not speech" if channel == SPEECH else "speech, not song"
    if codes["modality"] != AUDIO_ONLY:
        return "sound of a video, a copy of the audio-only file"
    return Clip(
        path=path,
        emotion=EMOTIONS[int(codes["emotion"]) - 1],
        gender="male" if int(codes["actor"]) % 2 else "female",
        speaker=f"ravdess/{codes['actor']}",
        language="en",
        corpus=corpus,
    )
