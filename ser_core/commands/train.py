"""`ser train`: corpora in, a model bundle out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ser_core.commands.corpora import list_skipped
from ser_core.commands.progress import show_progress
from ser_core.corpora import CORPORA, read_corpus
from ser_core.errors import NotACorpus
from ser_core.store import refuse_other_folder
from ser_core.systems.settings import check_settings
from ser_core.systems.train import train_system
from ser_core.training.encoders import read_encoders
from ser_core.training.train import train

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from ser_core.corpora import Clip, Skipped
    from ser_core.systems.settings import Value
    from ser_core.systems.system import System
    from ser_core.training.vectors import Extraction


def train_model(
    folder: Path, names: Sequence[str], *, out: Path, encoders: Path | None, how: Extraction
) -> None:
    """Train on the named corpora, or else on all in the folder that may be learnt from.

    Raises:
        CorpusError: if a corpus cannot be read, or there is none.
        SetupError: if something else than a bundle stands where the model is to be written.
    """
    refuse_other_folder(out)
    found = read_encoders(encoders) if encoders else None
    clips = _read_all(folder, names)
    with show_progress() as progress:
        strange = [clip for name in _find(folder, "measure") for clip in read_clips(name, folder)]
        skipped = train(clips, out=out, how=how, encoders=found, strange=strange, progress=progress)
    _tell_end(out, skipped)


def train_reference(
    folder: Path,
    names: Sequence[str],
    *,
    system: System,
    settings: Mapping[str, Value],
    out: Path,
    how: Extraction,
) -> None:
    """Train a system of the laboratory on the same corpora.

    Raises:
        CorpusError: if a corpus cannot be read, or there is none.
        BadSetting: if the system cannot take a setting.
        SetupError: if something else than a bundle stands where the model is to be written, or
            a package is missing that the system needs.
    """
    refuse_other_folder(out)
    check_settings(system, settings)
    clips = _read_all(folder, names)
    with show_progress() as progress:
        skipped = train_system(
            clips, system, out=out, how=how, settings=settings, progress=progress
        )
    _tell_end(out, skipped)


def _read_all(folder: Path, names: Sequence[str]) -> list[Clip]:
    """Give the clips of the named corpora, or else of all that may be learnt from."""
    return [
        clip for name in names or found_for_training(folder) for clip in read_clips(name, folder)
    ]


def _tell_end(out: Path, skipped: Sequence[Skipped]) -> None:
    """Tell what was left out, and where the model is."""
    for line in list_skipped("training", skipped):
        typer.echo(line, err=True)
    typer.echo(f"the model is in {out}", err=True)


def found_for_training(folder: Path) -> list[str]:
    """Give the names of the corpora in a folder that the shipped model learns from.

    Raises:
        NotACorpus: if there is none.
    """
    names = _find(folder, "train")
    if not names:
        folders = " or ".join(each.folder for each in CORPORA.values() if each.use == "train")
        raise NotACorpus(str(folder), f"a folder named {folders}")
    return names


def _find(folder: Path, use: str) -> list[str]:
    """Give the names of the emotional corpora in a folder that are there to train or measure."""
    return [
        corpus.name
        for corpus in CORPORA.values()
        if corpus.use == use and corpus.emotions and (folder / corpus.folder).is_dir()
    ]


def read_clips(name: str, folder: Path) -> tuple[Clip, ...]:
    """Give the clips of a corpus, and tell of those that are skipped."""
    reading = read_corpus(name, folder)
    typer.echo(f"{name}: {len(reading.clips)} clips", err=True)
    for line in list_skipped(name, reading.skipped):
        typer.echo(line, err=True)
    return reading.clips
