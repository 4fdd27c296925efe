"""`ser train`: corpora in, a model bundle out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ser_core.commands.corpora import list_skipped
from ser_core.commands.progress import show_progress
from ser_core.corpora import CORPORA, read_corpus
from ser_core.errors import NotACorpus
from ser_core.store import refuse_other_folder
from ser_core.training.train import train

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from ser_core.corpora import Clip
    from ser_core.training.vectors import Extraction


def train_model(folder: Path, names: Sequence[str], *, out: Path, how: Extraction) -> None:
    """Train on the named corpora, or else on all in the folder that may be learnt from.

    Raises:
        CorpusError: if a corpus cannot be read, or there is none.
        SetupError: if something else than a bundle stands where the model is to be written.
    """
    refuse_other_folder(out)
    clips = [clip for name in names or _found_for_training(folder) for clip in _read(name, folder)]
    with show_progress() as progress:
        skipped = train(clips, out=out, how=how, progress=progress)
    for line in list_skipped("training", skipped):
        typer.echo(line, err=True)
    typer.echo(f"the model is in {out}", err=True)


def _found_for_training(folder: Path) -> list[str]:
    """Give the names of the corpora in a folder that the shipped model learns from."""
    wanted = [corpus for corpus in CORPORA.values() if corpus.use == "train"]
    names = [corpus.name for corpus in wanted if (folder / corpus.folder).is_dir()]
    if not names:
        folders = " or ".join(corpus.folder for corpus in wanted)
        raise NotACorpus(str(folder), f"a folder named {folders}")
    return names


def _read(name: str, folder: Path) -> tuple[Clip, ...]:
    reading = read_corpus(name, folder)
    typer.echo(f"{name}: {len(reading.clips)} clips", err=True)
    for line in list_skipped(name, reading.skipped):
        typer.echo(line, err=True)
    return reading.clips
