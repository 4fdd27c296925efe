"""What worker processes listen with in tests: the bytes of a note say what becomes of it."""

from __future__ import annotations

import os
import time
from dataclasses import replace
from pathlib import Path

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


def start() -> Hearing:
    """Be ready at once."""
    return Hearing(_listen, MANIFEST)


def start_another() -> Hearing:
    """Be ready with another model, which hears the same."""
    return Hearing(_listen_as_another, MANIFEST | {"id": "another-model"})


def start_without_model() -> Hearing:
    """Find no model."""
    place = "/nowhere"
    raise ModelMissing(place)


def start_with_mistake() -> Hearing:
    """Fail as only a mistake in the code does."""
    message = "a mistake at the start"
    raise ValueError(message)


def start_once(mark: str) -> Hearing:
    """Be ready the first time, leave a mark, and find no model while the mark is there."""
    if Path(mark).exists():
        raise ModelMissing(mark)
    Path(mark).touch()
    return start()


def start_and_die() -> Hearing:
    """Die before being ready."""
    os._exit(4)


def _listen(data: bytes) -> Recognition:
    """Do what the note says."""
    command, _, argument = data.decode().partition(" ")
    if command in _ERRORS:
        raise _ERRORS[command]
    if command == "die":
        os._exit(3)
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
    return make_recognition()


def _listen_as_another(data: bytes) -> Recognition:
    """Do what the note says, in the name of the other model."""
    return replace(_listen(data), model_id="another-model")


def wait_for(path: Path, *, gone: bool = False) -> None:
    """Wait until a path is there, or is gone."""
    while path.exists() == gone:
        time.sleep(0.01)
