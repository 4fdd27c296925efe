"""`ser recognise`: recordings in, one answer a file out."""

from __future__ import annotations

import json
import re
import sys
from operator import itemgetter
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import typer
from rich.console import Console
from rich.table import Table
from rich.text import Text
from threadpoolctl import threadpool_limits

from ser_core.decode import DecodeLimits
from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import SerError
from ser_core.pipeline import recognise
from ser_core.store import load_model

if TYPE_CHECKING:
    from collections.abc import Sequence

    from ser_core.recognition import Recognition

LIMITS: Final = DecodeLimits(max_bytes=2**30)
"""A file on disk may be larger than what Telegram hands over; the limit on seconds stays."""

STANDARD_INPUT: Final = "-"
BAR_WIDTH: Final = 24


def recognise_files(files: Sequence[str], *, place: str, as_json: bool, timeline: bool) -> bool:
    """Print an answer for each file as soon as there is one; tell whether all were recognised.

    Raises:
        SetupError: if the model cannot be used.
    """
    model = load_model(place)
    threadpool_limits(1)  # the networks are so small that threads only wait for each other
    all_recognised = True
    for file in files:
        try:
            recognition = recognise(read_recording(file), model, LIMITS)
        except (SerError, OSError) as error:
            all_recognised = False
            _tell_failure(file, error, as_json=as_json)
        else:
            _tell_recognition(file, recognition, as_json=as_json, timeline=timeline)
    return all_recognised


def read_recording(file: str) -> bytes:
    """Give the bytes of a file, but only one more than allowed: the decoder then refuses it."""
    n_bytes = LIMITS.max_bytes + 1
    if file == STANDARD_INPUT:
        return sys.stdin.buffer.read(n_bytes)
    with Path(file).open("rb") as stream:
        return stream.read(n_bytes)


def _tell_failure(file: str, error: SerError | OSError, *, as_json: bool) -> None:
    message = str(getattr(error, "strerror", None) or error)
    if as_json:
        _tell_json({"file": file, "error": _snake_case(type(error).__name__), "message": message})
    else:
        typer.echo(f"{file}: {message}", err=True)


def _tell_recognition(
    file: str, recognition: Recognition, *, as_json: bool, timeline: bool
) -> None:
    if as_json:
        _tell_json({"file": file, **recognition.as_dict()})
        return
    console = Console()
    console.print(_title(file, recognition), soft_wrap=True)
    console.print(_bars(recognition))
    if timeline:
        console.print(_timeline(recognition))


def _tell_json(values: dict[str, Any]) -> None:
    typer.echo(json.dumps(values, allow_nan=False))


def _snake_case(class_name: str) -> str:
    """Give the name of an error as JSON has it: ``TooShort`` is ``too_short``."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", class_name.removesuffix("Error")).lower()


def _title(file: str, recognition: Recognition) -> Text:
    """Give one line that holds the whole answer."""
    emotion = f"{recognition.emotion} {recognition.emotion_confidence:.0%}"
    gender = f"{recognition.gender} {recognition.gender_confidence:.0%}"
    answer = emotion if recognition.is_sure else f"not sure, perhaps {emotion}"
    seconds = f"{recognition.speech_seconds:.1f} s of speech in {recognition.seconds:.1f} s"
    return Text.assemble((file, "bold"), f": {answer} · {gender} · {seconds}")


def _bars(recognition: Recognition) -> Table:
    """Give a bar for each label, the most probable ones first."""
    table = Table.grid(padding=(0, 1))
    for labels, probabilities in (
        (EMOTIONS, recognition.emotions),
        (GENDERS, recognition.genders),
    ):
        for label, share in sorted(
            zip(labels, probabilities, strict=True), key=itemgetter(1), reverse=True
        ):
            bar = "█" * round(share * BAR_WIDTH)
            table.add_row(f"  {label}", f"{share:.0%}", bar)
    return table


def _timeline(recognition: Recognition) -> Table:
    table = Table("from", "to", "emotion", "confidence")
    for segment in recognition.segments:
        start, end = (f"{moment:.1f} s" for moment in (segment.start, segment.end))
        emotion = segment.emotion if segment.is_sure else f"not sure, perhaps {segment.emotion}"
        table.add_row(start, end, emotion, f"{segment.emotion_confidence:.0%}")
    return table
