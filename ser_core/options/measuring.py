"""The options of the commands that measure: `evaluate`, `report`, `corpora`."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from ser_core.options.common import (
    N_COPIES,
    N_CORES,
    AsJson,
    Augmentations,
    Cache,
    CorporaFolder,
    Features,
    Jobs,
    Protocol,
    Seed,
)


class Section(StrEnum):
    """Name a part of what `ser report` measures; Typer takes no list of literals."""

    UNSEEN_SPEAKERS = "unseen-speakers"
    EARLIER_CLIPS = "earlier-clips"
    LEARNING = "learning"
    RANDOM_SPLIT = "random-split"
    UNSEEN_CORPORA = "unseen-corpora"
    ROBUSTNESS = "robustness"
    CONFIDENCE = "confidence"


def evaluate(
    corpora: CorporaFolder,
    corpus: Annotated[str, typer.Option(help="A name that `ser corpora` lists, or a folder.")],
    *,
    protocol: Annotated[
        Protocol | None,
        typer.Option(help="How the clips are parted (default: unseen-speakers)."),
    ] = None,
    features: Annotated[
        Features | None,
        typer.Option(help="What is measured in a recording (default: functionals)."),
    ] = None,
    model: Annotated[
        str | None,
        typer.Option(
            metavar="FOLDER", help="Test this bundle instead; default is the shipped one."
        ),
    ] = None,
    augmentations: Augmentations = 0,
    as_json: AsJson = False,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
    cache: Cache = None,
) -> None:
    """Measure how good recognition is on a corpus.

    Train on parts of the corpus and test on the others; with --model, test a trained model.
    """
    from ser_core.commands.evaluate import evaluate_bundle, evaluate_features, tell
    from ser_core.commands.extraction import plan_extraction

    if model is not None and (protocol or features or augmentations):
        message = "a bundle is trained already: --model goes with no option of training"
        raise typer.BadParameter(message)
    if model is None:
        how = plan_extraction(
            corpora,
            features=features or "functionals",
            augmentations=augmentations,
            seed=seed,
            jobs=jobs,
            cache=cache,
        )
        chosen = protocol or "unseen-speakers"
        evaluation = evaluate_features(corpora, corpus, protocol=chosen, how=how)
    else:
        evaluation = evaluate_bundle(corpora, corpus, place=model, jobs=jobs)
    tell(evaluation, as_json=as_json)


def report(
    corpora: CorporaFolder,
    encoders: Annotated[
        Path, typer.Option(metavar="DIR", help="Encoders that `ser train-encoder` made.")
    ],
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page, in Markdown.")],
    *,
    model: Annotated[
        str, typer.Option(metavar="FOLDER", help="A model bundle; default is the shipped one.")
    ] = "default",
    only: Annotated[
        list[Section] | None,
        typer.Option(help="Measure this section alone; can be repeated (default: all)."),
    ] = None,
    spoiled_clips: Annotated[
        int, typer.Option(min=1, help="How many clips of a corpus are sent over bad lines.")
    ] = 800,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
    cache: Cache = None,
) -> None:
    """Measure the recogniser in every way, and write a page with tables and pictures.

    Figures and pictures go into the folder that is called like the page.
    """
    from ser_core.commands.extraction import plan_extraction
    from ser_core.commands.report import write_report

    how = plan_extraction(
        corpora, features="functionals", augmentations=N_COPIES, seed=seed, jobs=jobs, cache=cache
    )
    write_report(
        corpora,
        encoders=encoders,
        out=out,
        place=model,
        only=only or (),
        n_spoiled_clips=spoiled_clips,
        how=how,
    )


def corpora(
    folder: Annotated[
        Path | None, typer.Argument(metavar="[DIR]", help="Count what this folder holds.")
    ] = None,
    *,
    as_json: AsJson = False,
) -> None:
    """List the corpora that are supported, their licences, and where people get them."""
    from ser_core.commands.corpora import tell_corpora

    tell_corpora(folder, as_json=as_json)
