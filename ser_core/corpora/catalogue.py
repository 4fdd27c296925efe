"""VALUE  The corpora that are known by name."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from types import MappingProxyType
from typing import TYPE_CHECKING, Final, Literal

from ser_core.corpora import (
    crema_d,
    emodb,
    emovo,
    manifest,
    nemo,
    ravdess,
    savee,
    tess,
    unlabelled,
)
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from ser_core.corpora.clip import Reading


@dataclass(frozen=True, slots=True)
class Corpus:
    """Describe a corpus, and hold the function that reads its folder.

    ``emotions`` are the labels of ours that it has, in our order; ``scheme`` says what a folder
    of it holds; ``where`` says where people get it; ``use`` says whether the shipped model may
    learn from it or is only measured on it.
    """

    name: str
    title: str
    folder: str
    languages: tuple[str, ...]
    emotions: tuple[str, ...]
    licence: str
    where: str
    scheme: str
    use: Literal["train", "measure"]
    read: Callable[[Path], Reading]


_CORPORA: Final = (
    Corpus(
        name="ravdess",
        title="RAVDESS, the Ryerson audio-visual database: speech",
        folder="ravdess",
        languages=("en",),
        emotions=EMOTIONS,
        licence="CC BY-NC-SA 4.0",
        where="Zenodo, record 1188976: Audio_Speech_Actors_01-24.zip",
        scheme="files named like 03-01-06-01-02-01-12.wav",
        use="train",
        read=ravdess.read,
    ),
    Corpus(
        name="crema-d",
        title="CREMA-D, the crowd-sourced emotional multimodal actors dataset",
        folder="crema-d",
        languages=("en",),
        emotions=("neutral", "happy", "sad", "angry", "fearful", "disgust"),
        licence="ODbL 1.0, contents DbCL 1.0",
        where="GitHub, CheyneyComputerScience/CREMA-D: AudioWAV and VideoDemographics.csv",
        scheme="files named like 1001_DFA_ANG_XX.wav, and VideoDemographics.csv",
        use="train",
        read=crema_d.read,
    ),
    Corpus(
        name="nemo",
        title="nEMO, emotional speech in Polish",
        folder="nemo",
        languages=("pl",),
        emotions=("neutral", "happy", "sad", "angry", "fearful", "surprised"),
        licence="CC BY-NC-SA 4.0",
        where="GitHub, amu-cai/nEMO: samples and data.tsv",
        scheme="files named like WR0_surprised_64.wav, and data.tsv",
        use="train",
        read=nemo.read,
    ),
    Corpus(
        name="emodb",
        title="Emo-DB, the Berlin database of emotional speech",
        folder="emodb",
        languages=("de",),
        emotions=("neutral", "happy", "sad", "angry", "fearful", "disgust"),
        licence="CC0 1.0",
        where="its authors' site at TU Berlin",
        scheme="files named like 03a01Fa.wav",
        use="train",
        read=emodb.read,
    ),
    Corpus(
        name="korean-emotiontts",
        title="Korean EmotionTTS open database: the emotional part",
        folder="korean-emotiontts",
        languages=("ko",),
        emotions=("neutral", "happy", "sad", "angry"),
        licence="CC BY-NC-SA 4.0, research",
        where="GitHub, emotiontts/emotiontts_open_db; the manifest is yours to write",
        scheme="a manifest (labels.csv: file,emotion,speaker,gender)",
        use="train",
        read=partial(manifest.read, corpus="korean-emotiontts", language="ko"),
    ),
    Corpus(
        name="indian-emospeech",
        title="Indian EmoSpeech Command dataset: keywords from houses, roads and the metro",
        folder="indian-emospeech",
        languages=("hi",),
        emotions=("calm", "happy", "angry", "fearful"),
        licence="CC BY-NC-SA 4.0",
        where="GitHub, RakshakTeam; the manifest is yours to write",
        scheme="a manifest (labels.csv: file,emotion,speaker)",
        use="train",
        read=partial(manifest.read, corpus="indian-emospeech", language="hi"),
    ),
    Corpus(
        name="emovo",
        title="EMOVO, emotional speech in Italian",
        folder="emovo",
        languages=("it",),
        emotions=("neutral", "happy", "sad", "angry", "fearful", "disgust", "surprised"),
        licence="research use",
        where="its authors' site at Fondazione Ugo Bordoni",
        scheme="files named like dis-f1-b1.wav",
        use="measure",
        read=emovo.read,
    ),
    Corpus(
        name="tess",
        title="TESS, the Toronto emotional speech set",
        folder="tess",
        languages=("en",),
        emotions=("neutral", "happy", "sad", "angry", "fearful", "disgust", "surprised"),
        licence="CC BY-NC-ND 4.0",
        where="Borealis, doi:10.5683/SP2/E8H2MF",
        scheme="files named like OAF_back_angry.wav",
        use="measure",
        read=tess.read,
    ),
    Corpus(
        name="savee",
        title="SAVEE, Surrey audio-visual expressed emotion",
        folder="savee",
        languages=("en",),
        emotions=("neutral", "happy", "sad", "angry", "fearful", "disgust", "surprised"),
        licence="research use, after registration",
        where="its authors' site at the University of Surrey",
        scheme="files named like DC/a01.wav or DC_a01.wav",
        use="measure",
        read=savee.read,
    ),
    Corpus(
        name="ravdess-song",
        title="RAVDESS, the Ryerson audio-visual database: song, by the same actors",
        folder="ravdess-song",
        languages=("en",),
        emotions=("neutral", "calm", "happy", "sad", "angry", "fearful"),
        licence="CC BY-NC-SA 4.0",
        where="Zenodo, record 1188976: Audio_Song_Actors_01-24.zip",
        scheme="files named like 03-02-06-01-02-01-12.wav",
        use="measure",
        read=ravdess.read_song,
    ),
    Corpus(
        name="everyday",
        title="Spoken commands to a coffee machine, everyday speech",
        folder="everyday",
        languages=("en",),
        emotions=(),
        licence="Apache 2.0",
        where="GitHub, Picovoice/speech-to-intent-benchmark; any everyday speech serves",
        scheme="sound files",
        use="measure",
        read=unlabelled.read_everyday,
    ),
    Corpus(
        name="fsdd",
        title="Free Spoken Digit Dataset, 8 kHz",
        folder="fsdd",
        languages=("en",),
        emotions=(),
        licence="CC BY-SA 4.0",
        where="GitHub, Jakobovski/free-spoken-digit-dataset: recordings",
        scheme="files named like 0_george_12.wav",
        use="measure",
        read=unlabelled.read_spoken_digits,
    ),
)

CORPORA: Final = MappingProxyType({corpus.name: corpus for corpus in _CORPORA})
"""Every corpus that is known, by its name."""
