"""`ser retrain`: a bundle and what people said of its answers in, a challenger and a report out."""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from ser_core.commands.progress import show_progress
from ser_core.commands.train import read_clips
from ser_core.corpora import CORPORA
from ser_core.errors import CorpusError, SerError
from ser_core.lessons import read_lessons
from ser_core.store import load_model, refuse_other_folder
from ser_core.training.memory import read_memory
from ser_core.training.retrain import Material, retrain, save_challenger
from ser_core.training.tune import Tuning
from ser_core.training.vectors import Extraction, extract_vectors

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.training.vectors import Progress, Vectors

LOWEST_PRIORITY = 19


@dataclass(frozen=True, slots=True)
class Places:
    """Hold where everything is; ``corpora`` is a folder of further labelled speech, if any."""

    origin: str
    champion: str
    lessons: Path | None
    corpora: Path | None
    out: Path
    report: Path


def retrain_model(places: Places, *, seed: int, jobs: int, as_json: bool) -> None:
    """Train a challenger, compare it with the champion, and write both findings.

    With ``as_json`` progress is told line by line on standard output, others go first on every
    core, and the work ends when standard input does: whoever started it is gone.

    Raises:
        SerError: if something must be mended first.
    """
    if not as_json:
        with show_progress() as progress:
            report = _retrain(places, seed, jobs, progress)
        typer.echo(json.dumps(report["groups"], indent=1))
        typer.echo("it is nowhere worse" if not report["failures"] else "it is worse", err=True)
        return
    os.nice(LOWEST_PRIORITY)
    threading.Thread(target=_end_with_input, daemon=True).start()
    try:
        _retrain(places, seed, jobs, _print_progress)
    except SerError as error:
        typer.echo(str(error), err=True)
        raise typer.Exit(2) from error


def _retrain(places: Places, seed: int, jobs: int, progress: Progress) -> dict[str, object]:
    """Do the work; give the report."""
    refuse_other_folder(places.out)
    progress("loading", 0, 1)
    origin, champion = load_model(places.origin), load_model(places.champion)
    known = origin.trainable.corpora  # here ends who would train a reference system further
    memory = read_memory(places.origin)
    lessons = read_lessons(places.lessons) if places.lessons else ()
    progress("loading", 1, 1)
    how = Extraction(origin.feature_set, jobs=jobs)
    clips = _measure(places.corpora, known, how, progress) if places.corpora else None
    found = retrain(
        origin, champion, Material(memory, lessons, clips), Tuning(seed=seed, jobs=jobs), progress
    )
    progress("saving", 0, 1)
    save_challenger(places.out, found, origin)
    places.report.write_text(json.dumps(found.report), encoding="utf-8")
    progress("saving", 1, 1)
    return found.report


def _measure(folder: Path, known: tuple[str, ...], how: Extraction, progress: Progress) -> Vectors:
    """Give the vectors of all clips in a folder from corpora that are not known.

    Raises:
        CorpusError: if there is none.
    """
    names = [
        corpus.name
        for corpus in CORPORA.values()
        if corpus.emotions and corpus.name not in known and (folder / corpus.folder).is_dir()
    ]
    clips = [
        clip
        for name in names
        for clip in read_clips(name, folder)
        if clip.emotion and clip.cast not in known
    ]
    if not clips:
        message = f"{folder} holds no labelled speech that the model does not know already"
        raise CorpusError(message)
    return extract_vectors(clips, how, lambda _, done, total: progress("measuring", done, total))


def _print_progress(step: str, done: int, total: int) -> None:
    """Tell whoever started this how far it is."""
    sys.stdout.write(json.dumps({"step": step, "done": done, "total": total}) + "\n")
    sys.stdout.flush()


def _end_with_input() -> None:
    """End this process, and those that it has started, as soon as nobody holds its input."""
    while os.read(sys.stdin.fileno(), 1):  # a buffer's lock, held by a thread, would abort the exit
        pass
    if os.getpgrp() == os.getpid():  # else others may be in the group, such as a shell
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
