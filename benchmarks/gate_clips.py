"""The recordings that the speech gate is fitted on, and those that it is measured on.

No file is on both sides, and no speaker where speakers are told apart (all but "everyday").
The file names of ESC-10 begin with their published fold; clips from one source recording share a
fold, and the fifth is held out. Of each of the longer noises, the last quarter is.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING, Final, NamedTuple

from ser_core.decode import DecodeLimits, decode
from ser_core.waveform import Waveform

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


class Corpus(NamedTuple):
    """Hold where a corpus's clips are, and what their names tell."""

    glob: str
    is_held_out: Callable[[str], bool]
    is_angry: Callable[[str], bool] = lambda _: False
    is_whispered: bool = True
    """Whether a whisper can be made of it: it has several syllables, and no street around it."""


SPEECH: Final = {
    "ravdess": Corpus(
        "ravdess/*/*.ogg",
        is_held_out=lambda name: int(name.split("-")[-1]) % 4 == 0,
        is_angry=lambda name: name[6:8] == "05",
    ),
    "crema-d": Corpus(
        "crema-d/*.ogg",
        is_held_out=lambda name: int(name[:4]) % 4 == 0,
        is_angry=lambda name: "_ANG_" in name,
    ),
    "nemo": Corpus(
        "nemo/*.ogg",
        is_held_out=lambda name: name[:3] in {"EB0", "MP0"},
        is_angry=lambda name: "_anger_" in name,
    ),
    "emodb": Corpus(
        "emodb/*.ogg",
        is_held_out=lambda name: name[:2] in {"03", "09", "15"},
        is_angry=lambda name: name[5] == "W",
    ),
    "emovo": Corpus(
        "emovo/*/*.ogg", is_held_out=lambda _: True, is_angry=lambda name: name.startswith("rab")
    ),
    "korean-emotiontts": Corpus(
        "korean-emotiontts/*.ogg", is_held_out=lambda name: name[2] in "adh"
    ),
    "indian-emospeech": Corpus(
        "indian-emospeech/speech/*.ogg",
        is_held_out=lambda name: int(name[:2], 16) % 4 == 0,
        is_angry=lambda name: "-angry-" in name,
        is_whispered=False,
    ),
    "everyday": Corpus(
        "everyday/*.ogg",
        is_held_out=lambda name: int(name) >= 170,  # noqa: PLR2004 - of 250
    ),
    "fsdd": Corpus(
        "fsdd/*.ogg",
        is_held_out=lambda name: name.split("_")[1] in {"jackson", "theo"},
        is_whispered=False,
    ),
}

SILENT: Final = "1076_MTI_SAD_XX"
"""A clip of CREMA-D in which nothing is to be heard."""

ESC_10: Final = "esc-10/*/*.ogg"
_N_FITTED_CLASSES: Final = 5
"""The other five are only for measuring, as the corpora's README asks."""

NOISE: Final = "noise/*.ogg"
FITTED_SHARE: Final = 0.75
"""Of each noise: its beginning."""

PLACES: Final = "indian-emospeech/background/*.ogg"


def find_speech_clips(corpora: Path, corpus: Corpus, n_clips: int, *, held_out: bool) -> list[Path]:
    """Give a sample of the paths on one side, the same every time."""
    paths = [
        path
        for path in sorted(corpora.glob(corpus.glob))
        if corpus.is_held_out(path.stem) is held_out and path.stem != SILENT
    ]
    return random.Random(0).sample(paths, min(n_clips, len(paths)))  # noqa: S311 - no secret


def is_esc_fitted(path: Path) -> bool:
    """Tell whether a recording of ESC-10 may be fitted on."""
    return is_esc_class_fitted(path) and not path.stem.startswith("5")


def is_esc_class_fitted(path: Path) -> bool:
    """Tell whether recordings of this class of ESC-10 are fitted on."""
    return int(path.parent.name[:3]) <= _N_FITTED_CLASSES


def is_place_fitted(path: Path) -> bool:
    """Tell whether this recording of a place may be fitted on."""
    return int(path.stem) % 4 != 0


def load(path: Path) -> Waveform:
    """Decode a recording, however short."""
    return decode(path.read_bytes(), DecodeLimits(min_seconds=0.01))


def cut(waveform: Waveform, seconds: float) -> list[Waveform]:
    """Cut a recording into pieces of so many seconds; the rest is left out."""
    step = round(seconds * waveform.sampling_rate)
    starts = range(0, waveform.samples.size - step + 1, step)
    return [Waveform(waveform.samples[start : start + step]) for start in starts]
