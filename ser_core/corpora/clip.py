"""VALUE  One labelled recording, and what reading a folder of them gave."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Clip:
    """Hold one recording and its labels.

    ``emotion`` is one of `ser_core.emotions.EMOTIONS`, or None for everyday speech that nobody
    labelled; ``gender`` is one of `GENDERS`, or None where it is not given.
    ``speaker`` is unique across corpora (``"ravdess/01"``); ``language`` is an ISO 639-1 code,
    or empty where it is not given.
    """

    path: Path
    emotion: str | None
    gender: str | None
    speaker: str
    language: str
    corpus: str

    @property
    def cast(self) -> str:
        """Give the corpus after which the speaker is called: those who sing in one speak in one."""
        return self.speaker.partition("/")[0]


@dataclass(frozen=True, slots=True)
class Skipped:
    """Hold a recording that was left out, and why, in words."""

    path: Path
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """Hold what a corpus folder contains."""

    clips: tuple[Clip, ...]
    skipped: tuple[Skipped, ...]
