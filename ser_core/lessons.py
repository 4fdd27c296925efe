"""I/O  The lessons of several people as a file: one JSON object a line, for `ser retrain`."""

from __future__ import annotations

import base64
import json
from typing import TYPE_CHECKING, Any, Final

from ser_core.emotions import EMOTIONS, GENDERS
from ser_core.errors import LessonsUnreadable
from ser_core.speaker import Impression, Lesson

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

_TOLD: Final = {"told_emotions": len(EMOTIONS), "told_genders": len(GENDERS)}


def write_lessons(path: Path, people: Sequence[int], lessons: Sequence[Lesson]) -> None:
    """Write lessons, each with the number of the person who gave it."""
    with path.open("w", encoding="ascii") as file:
        for person, lesson in zip(people, lessons, strict=True):
            file.write(json.dumps(_list_values(person, lesson)) + "\n")


def read_lessons(path: Path) -> tuple[tuple[int, Lesson], ...]:
    """Give each lesson with the number of the person who gave it.

    Raises:
        LessonsUnreadable: if the file is missing, or a line is no lesson.
    """
    try:
        lines = path.read_text(encoding="ascii").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise LessonsUnreadable(str(path), 0, str(error)) from error
    found = []
    for number, line in enumerate(lines, start=1):
        try:
            found.append(_build(json.loads(line)))
        except (ValueError, KeyError, TypeError, RecursionError, OverflowError) as error:
            raise LessonsUnreadable(str(path), number, repr(error)) from error
    return tuple(found)


def _list_values(person: int, lesson: Lesson) -> dict[str, Any]:
    """Give a lesson as plain values."""
    return {
        "person": person,
        "emotion": lesson.emotion,
        "gender": lesson.gender,
        "told_emotions": lesson.told_emotions,
        "told_genders": lesson.told_genders,
        "impression": base64.b64encode(lesson.impression.to_bytes()).decode(),
    }


def _build(values: dict[str, Any]) -> tuple[int, Lesson]:
    """Give the lesson that plain values hold.

    Raises:
        ValueError: if a label is none, or probabilities are too few or too many.
    """
    emotion, gender = values["emotion"], values["gender"]
    is_known = emotion in {None, *EMOTIONS} and gender in {None, *GENDERS}
    if not is_known or (emotion is None and gender is None):
        message = f"{emotion!r} or {gender!r} is no label"
        raise ValueError(message)
    told = {name: tuple(map(float, values[name])) for name in _TOLD}
    if any(len(told[name]) != n for name, n in _TOLD.items()):
        message = "there must be a probability for each label"
        raise ValueError(message)
    impression = Impression.from_bytes(base64.b64decode(values["impression"], validate=True))
    return int(values["person"]), Lesson(impression, emotion, gender, **told)
