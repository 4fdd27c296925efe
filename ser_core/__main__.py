"""The `ser` command line; `python -m ser_core` is the same.

Here stand the options. What a command does is in `ser_core.commands`, imported when it is called:
`ser --help` must not wait for scikit-learn.
"""

# ruff: noqa: PLC0415 - commands are imported when they are called, see above

from __future__ import annotations

import os
import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, cast

import typer

from ser_core.errors import SerError

if TYPE_CHECKING:
    from io import TextIOWrapper

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Hear emotion and gender in recordings of speech, with a confidence that can be trusted.",
)

AsJson = Annotated[bool, typer.Option("--json", help="Print JSON, one object a line.")]
CorporaFolder = Annotated[
    Path, typer.Option("--corpora", metavar="DIR", help="The folder that holds the corpora.")
]
Augmentations = Annotated[
    int, typer.Option(min=0, help="How many disturbed copies of each clip to learn from.")
]
Cache = Annotated[
    Path | None,
    typer.Option(metavar="DIR", help="Keep what was measured here, for the next time."),
]
N_CORES = os.cpu_count() or 1
N_COPIES = 3
Features = Literal["functionals", "classic180"]
Protocol = Literal["unseen-speakers", "random-split"]
Jobs = Annotated[int, typer.Option(min=1, help="How many processes work at once.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Where random numbers start from.")]


class Section(StrEnum):
    """Name a part of what `ser report` measures; Typer takes no list of literals."""

    UNSEEN_SPEAKERS = "unseen-speakers"
    EARLIER_CLIPS = "earlier-clips"
    LEARNING = "learning"
    RANDOM_SPLIT = "random-split"
    UNSEEN_CORPORA = "unseen-corpora"
    ROBUSTNESS = "robustness"
    CONFIDENCE = "confidence"


@app.command("recognise")
def recognise(
    files: Annotated[
        list[str], typer.Argument(metavar="FILE...", help="Recordings; - is standard input.")
    ],
    *,
    as_json: AsJson = False,
    timeline: Annotated[
        bool, typer.Option("--timeline", help="Show how the emotion changes over time.")
    ] = False,
    model: Annotated[
        str, typer.Option(metavar="FOLDER", help="A model bundle; default is the shipped one.")
    ] = "default",
) -> None:
    """Recognise emotion and gender in recordings.

    The exit code is 0 when all were recognised, and 1 otherwise.
    """
    from ser_core.commands.recognise import recognise_files

    if not recognise_files(files, place=model, as_json=as_json, timeline=timeline):
        raise typer.Exit(code=1)


@app.command("train")
def train(  # noqa: PLR0913 - each is an option
    corpora: CorporaFolder,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the model bundle is written.")],
    *,
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            help="Learn from this one; can be repeated (default: all that may be learnt from)."
        ),
    ] = None,
    features: Annotated[
        Features, typer.Option(help="What is measured in a recording.")
    ] = "functionals",
    encoders: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Encoders that `ser train-encoder` made (default: none)."),
    ] = None,
    augmentations: Augmentations = N_COPIES,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
    cache: Cache = None,
) -> None:
    """Train a model on corpora and write it as a bundle."""
    from ser_core.commands.extraction import plan_extraction
    from ser_core.commands.train import train_model

    if encoders is not None and features != "functionals":
        message = "encoders hear what functionals are made of: --encoders goes with no other set"
        raise typer.BadParameter(message)
    how = plan_extraction(
        corpora, features=features, augmentations=augmentations, seed=seed, jobs=jobs, cache=cache
    )
    train_model(corpora, corpus or (), out=out, encoders=encoders, how=how)


@app.command("retrain")
def retrain(  # noqa: PLR0913 - each is an option
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the challenger is written.")],
    report: Annotated[Path, typer.Option(metavar="FILE", help="Where the comparison is written.")],
    *,
    lessons: Annotated[
        Path | None,
        typer.Option(metavar="FILE", help="What people said of answers, one JSON object a line."),
    ] = None,
    corpora: Annotated[
        Path | None, typer.Option(metavar="DIR", help="A folder of further labelled speech.")
    ] = None,
    origin: Annotated[
        str, typer.Option(metavar="FOLDER", help="The bundle to begin with, and its memory.")
    ] = "default",
    champion: Annotated[
        str, typer.Option(metavar="FOLDER", help="The bundle to compare with.")
    ] = "default",
    as_json: Annotated[
        bool,
        typer.Option(
            "--json", help="For programs: progress as JSON lines, at the lowest priority."
        ),
    ] = False,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
) -> None:
    """Train a model further, and say whether the challenger is nowhere worse."""
    from ser_core.commands.retrain import Places, retrain_model

    places = Places(origin, champion, lessons, corpora, out, report)
    retrain_model(places, seed=seed, jobs=jobs, as_json=as_json)


@app.command("train-encoder")
def train_encoder(  # noqa: PLR0913 - each is an option
    corpora: CorporaFolder,
    out: Annotated[Path, typer.Option(metavar="FILE", help="Where the ONNX file is written.")],
    *,
    fold: Annotated[
        int | None,
        typer.Option(min=1, max=5, help="Leave out the speakers that this joint fold tests."),
    ] = None,
    without: Annotated[
        str | None, typer.Option(metavar="CORPUS", help="Leave out this corpus.")
    ] = None,
    epochs: Annotated[int, typer.Option(min=1, help="How long to learn.")] = 26,
    checkpoint: Annotated[
        Path | None,
        typer.Option(
            metavar="FILE", help="Written after each epoch; a broken run goes on from it."
        ),
    ] = None,
    augmentations: Augmentations = N_COPIES,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
    cache: Cache = None,
) -> None:
    """Train the encoder, on a GPU where there is one; needs the extra "training"."""
    from ser_core.commands.extraction import plan_extraction
    from ser_core.commands.train_encoder import LeftOut, train_and_export

    how = plan_extraction(
        corpora,
        features="functionals",
        augmentations=augmentations,
        seed=seed,
        jobs=jobs,
        cache=cache,
    )
    train_and_export(
        corpora,
        out=out,
        left_out=LeftOut(fold, without),
        epochs=epochs,
        checkpoint=checkpoint,
        how=how,
    )


@app.command("evaluate")
def evaluate(  # noqa: PLR0913 - each is an option
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


@app.command("report")
def report(  # noqa: PLR0913 - each is an option
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


@app.command("corpora")
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


def main() -> None:
    """Run the command line; an error of ours is told in one line and gives exit code 1."""
    # A file's name may be nothing that the terminal could show: the answer matters more.
    cast("TextIOWrapper", sys.stdout).reconfigure(errors="backslashreplace")
    try:
        app(prog_name="ser")
    except SerError as error:
        typer.echo(f"ser: {error}", err=True)
        sys.exit(1)


if __name__ == "__main__":
    main()
