"""`ser evaluate`: a corpus in, figures out."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING

import typer
from rich.console import Console

from ser_core.commands.progress import show_progress
from ser_core.corpora import read_corpus
from ser_core.errors import CorpusError
from ser_core.evaluation.report import render
from ser_core.evaluation.run import evaluate_model, evaluate_protocol
from ser_core.store import load_model

if TYPE_CHECKING:
    from pathlib import Path

    from ser_core.corpora import Reading
    from ser_core.evaluation.protocols import Protocol
    from ser_core.evaluation.report import Evaluation
    from ser_core.training.vectors import Extraction


def evaluate_features(
    folder: Path, corpus: str, *, protocol: Protocol, how: Extraction
) -> Evaluation:
    """Train on parts of a corpus and test on the others.

    Raises:
        CorpusError: if the corpus cannot be read, or cannot be parted by the protocol.
    """
    reading = _read_emotional(corpus, folder)
    with show_progress() as progress:
        evaluation = evaluate_protocol(reading.clips, protocol=protocol, how=how, progress=progress)
    return replace(evaluation, skipped=reading.skipped + evaluation.skipped)


def evaluate_bundle(folder: Path, corpus: str, *, place: str, jobs: int) -> Evaluation:
    """Test a trained model on a corpus that it did not learn from.

    Raises:
        CorpusError: if the corpus cannot be read, or the model did learn from it.
        SetupError: if the model cannot be used.
    """
    model = load_model(place)
    reading = _read_emotional(corpus, folder)
    names = {name for clip in reading.clips for name in (clip.corpus, clip.cast)}
    known = sorted(names.intersection(model.manifest["trained_on"]))
    if known:
        message = (
            f"the model {model.id} learnt from {' and '.join(known)}: what it scores there would "
            f"say nothing about new voices; leave out --model, or measure it on another corpus"
        )
        raise CorpusError(message)
    with show_progress() as progress:
        evaluation = evaluate_model(model, reading.clips, jobs=jobs, progress=progress)
    return replace(evaluation, skipped=reading.skipped + evaluation.skipped)


def tell(evaluation: Evaluation, *, as_json: bool) -> None:
    """Print the figures of an evaluation."""
    if as_json:
        typer.echo(json.dumps(evaluation.as_dict(), allow_nan=False))
    else:
        Console().print(render(evaluation))


def _read_emotional(corpus: str, folder: Path) -> Reading:
    """Read a corpus, and make sure that there is anything to be right or wrong about."""
    reading = read_corpus(corpus, folder)
    if not any(clip.emotion for clip in reading.clips):
        message = f"{corpus} is everyday speech without emotions to measure on"
        raise CorpusError(message)
    return reading
