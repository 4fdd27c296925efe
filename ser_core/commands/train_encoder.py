"""`ser train-encoder`: corpora in, an ONNX file out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import typer

from ser_core.commands.progress import show_progress
from ser_core.commands.train import found_for_training, read_clips
from ser_core.errors import CorpusError, ExtraMissing, UnknownCorpus
from ser_core.evaluation.protocols import unseen_speakers
from ser_core.training.vectors import extract_vectors

try:
    from ser_core.training.encoder import EncoderRecipe, Run, train_encoder
    from ser_core.training.export import export_encoder
except ModuleNotFoundError as error:
    raise ExtraMissing(str(error.name), "training") from error

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.corpora import Clip
    from ser_core.training.vectors import Extraction, Vectors


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Hold what an encoder must not learn from, so that it can judge it.

    ``fold``, from 1 to 5, names the joint fold whose test speakers are left out; ``corpus`` a
    whole corpus.
    """

    fold: int | None = None
    corpus: str | None = None


def train_and_export(
    folder: Path,
    *,
    out: Path,
    left_out: LeftOut,
    epochs: int,
    checkpoint: Path | None,
    how: Extraction,
) -> None:
    """Train an encoder on the corpora in a folder that may be learnt from, and write it.

    Raises:
        CorpusError: if a corpus cannot be read, or there is none.
    """
    names = found_for_training(folder)
    if left_out.corpus is not None:
        if left_out.corpus not in names:
            raise UnknownCorpus(left_out.corpus, tuple(names))
        names.remove(left_out.corpus)
    clips: list[Clip] = [clip for name in names for clip in read_clips(name, folder)]
    with show_progress() as progress:
        vectors = extract_vectors(clips, how, progress)
        if left_out.fold is not None:
            vectors = leave_out(vectors, left_out.fold)
        run = Run(seed=how.seed, threads=how.jobs, checkpoint=checkpoint)
        encoder = train_encoder(vectors, EncoderRecipe(epochs=epochs), run, progress)
    out.parent.mkdir(parents=True, exist_ok=True)
    out.write_bytes(export_encoder(encoder, sorted({clip.corpus for clip in vectors.clips})))
    typer.echo(f"the encoder is in {out}", err=True)


def leave_out(vectors: Vectors, fold: int) -> Vectors:
    """Give the clips whose speakers the joint fold of that number, from 1 on, does not test.

    Raises:
        CorpusError: if there are not so many folds.
    """
    folds = unseen_speakers(vectors.clips)
    if fold > len(folds):
        message = f"there is no fold {fold}: these speakers make {len(folds)}"
        raise CorpusError(message)
    return vectors.take(folds[fold - 1].train)
