"""What worker processes listen with in tests: the bytes of a note say what becomes of it."""

from __future__ import annotations

import json
import os
import time
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import numpy as np

from bot.worker import Hearing
from ser_core.emotions import EMOTIONS
from ser_core.errors import (
    DecodeTimeout,
    ModelMissing,
    NoSpeech,
    TooLarge,
    TooLong,
    TooShort,
    Undecodable,
)
from ser_core.recognition import Recognition, Segment
from ser_core.speaker import Impression, Perception

if TYPE_CHECKING:
    from ser_core.speaker import Speaker

MANIFEST = {
    "id": "model-of-the-tests",
    "feature_set": {"name": "functionals", "version": 1},
    "trained_on": ["RAVDESS", "Corpus <with> brackets"],
    "licence": "CC BY-NC-SA 4.0",
    "figures": {
        "ravdess": {"accuracy": 0.61, "gender_accuracy": 0.987},
        "voices <of> nobody": {"accuracy": 0.5, "gender_accuracy": None},
    },
}

_ERRORS = {
    "large": TooLarge(30_000_000, 20_971_520),
    "garbage": Undecodable("it is none"),
    "endless": DecodeTimeout(60.0),
    "short": TooShort(0.2, 0.5),
    "long": TooLong(4000.0, 3600.0),
    "silent": NoSpeech(3.0, 0.1),
}


def spread(emotion: str, share: float) -> tuple[float, ...]:
    """Give probabilities of which one emotion has a share, and the others the rest."""
    rest = (1.0 - share) / (len(EMOTIONS) - 1)
    return tuple(share if name == emotion else rest for name in EMOTIONS)


def make_recognition(
    emotion: str = "angry",
    share: float = 0.82,
    *,
    female: float = 0.97,
    seconds: float = 4.0,
    segments: tuple[Segment, ...] = (),
) -> Recognition:
    """Give a recognition in which one emotion prevails."""
    emotions = spread(emotion, share)
    return Recognition(
        emotions=emotions,
        genders=(female, 1.0 - female),
        seconds=seconds,
        speech_seconds=seconds,
        segments=segments or (Segment(0.0, seconds, emotions),),
        model_id="model-of-the-tests",
    )


def start(place: str = "default") -> Hearing:
    """Be ready at once; with the model of that folder in name, if the place is one."""
    manifest = Path(place, "manifest.json")
    if not manifest.is_file():
        return Hearing(_listen, MANIFEST)
    return _listen_in_the_name_of(json.loads(manifest.read_bytes())["id"])


def start_another(_place: str = "default") -> Hearing:
    """Be ready with another model, which hears the same."""
    return _listen_in_the_name_of("another-model")


def start_without_model(_place: str = "default") -> Hearing:
    """Find no model."""
    place = "/nowhere"
    raise ModelMissing(place)


def start_with_mistake(_place: str = "default") -> Hearing:
    """Fail as only a mistake in the code does."""
    message = "a mistake at the start"
    raise ValueError(message)


def start_once(mark: str, _place: str = "default") -> Hearing:
    """Be ready the first time, leave a mark, and find no model while the mark is there."""
    if Path(mark).exists():
        raise ModelMissing(mark)
    Path(mark).touch()
    return start()


def start_slowly(go: str, _place: str = "default") -> Hearing:
    """Begin, and be ready when a path is there."""
    Path(go).with_suffix(".begun").touch()
    wait_for(Path(go))
    return start()


def start_and_die(_place: str = "default") -> Hearing:
    """Die before being ready."""
    os._exit(4)


def make_impression(data: bytes = b"", *, source: str = "hearings") -> Impression:
    """Give what a recording leaves behind: the same for the same bytes, and a small one."""
    digest = blake2b(data, digest_size=8).digest()
    vector = np.frombuffer(digest, np.uint8).astype(np.float32)
    return Impression(
        source, vector, np.zeros((2, len(EMOTIONS)), np.float32), np.zeros(2, np.float32)
    )


def _listen(data: bytes, speaker: Speaker | None) -> Perception:
    """Do what the note says, and leave its impression."""
    return Perception(_recognise(data, speaker), make_impression(data))


def _recognise(data: bytes, speaker: Speaker | None) -> Recognition:
    """Do what the note says."""
    command, _, argument = data.decode().partition(" ")
    if command in _ERRORS:
        raise _ERRORS[command]
    if command == "die":
        _die(argument)
    if command == "mistake":
        message = "a mistake in the recognition"
        raise ValueError(message)
    if command == "wait":
        Path(argument).with_suffix(".begun").touch()
        wait_for(Path(argument))
    if command == "minute":
        emotions = (("happy", 0.0, 30.0), ("sad", 30.0, 65.0))
        segments = tuple(Segment(a, b, spread(emotion, 0.7)) for emotion, a, b in emotions)
        return make_recognition("happy", 0.5, seconds=65.0, segments=segments)
    if command in EMOTIONS:
        return make_recognition(command)
    if command == "unsure":
        return make_recognition("sad", 0.3)
    if command == "hoarse":
        return make_recognition(female=0.5)
    if command == "who":
        return _recognise_speaker(speaker)
    return make_recognition()


def _die(mark: str) -> NoReturn:
    """Die, and tell it first to a file if that is named by its whole path."""
    if Path(mark).is_absolute():
        with Path(mark).open("a") as file:
            file.write("died\n")
    os._exit(3)


def _recognise_speaker(speaker: Speaker | None) -> Recognition:
    """Hear anger in a stranger, calm in whom it knows, or what they said of their last note.

    The longer it knows somebody, the surer it is.
    """
    if speaker is None or speaker.baseline is None:
        return make_recognition("angry")
    share = speaker.baseline.weight
    if not speaker.lessons:
        return make_recognition("calm", 0.5 + share / 4)
    last = speaker.lessons[-1]
    female = 0.97 if last.gender != "male" else 0.03
    return make_recognition(last.emotion or "calm", 0.5 + share / 4, female=female)


def _listen_in_the_name_of(model_id: str) -> Hearing:
    """Do what notes say, in the name of another model."""

    def listen(data: bytes, speaker: Speaker | None) -> Perception:
        recognition, impression = _listen(data, speaker)
        return Perception(replace(recognition, model_id=model_id), impression)

    return Hearing(listen, MANIFEST | {"id": model_id})


def wait_for(path: Path, *, gone: bool = False) -> None:
    """Wait until a path is there, or is gone."""
    while path.exists() == gone:
        time.sleep(0.01)
