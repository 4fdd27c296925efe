"""The options of the commands that train: `train`, `retrain`, `train-encoder`."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Final

import typer

from ser_core.options.common import (
    N_COPIES,
    N_CORES,
    Augmentations,
    Cache,
    CorporaFolder,
    Features,
    Jobs,
    Seed,
)

SHIPPED: Final = "shipped"
"""The system that `train` trains when none is named."""


def train(
    corpora: CorporaFolder,
    out: Annotated[Path, typer.Option(metavar="FOLDER", help="Where the model bundle is written.")],
    *,
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            help="Learn from this one; can be repeated (default: all that may be learnt from)."
        ),
    ] = None,
    system: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A system of the laboratory (default: shipped)."),
    ] = None,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="NAME=VALUE", help="Change a setting of the system; can be repeated."
        ),
    ] = None,
    features: Annotated[
        Features | None,
        typer.Option(help="What is measured in a recording (default: functionals)."),
    ] = None,
    encoders: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Encoders that `ser train-encoder` made (default: none)."),
    ] = None,
    augmentations: Annotated[
        int | None,
        typer.Option(min=0, help=f"How many disturbed copies to learn from (default: {N_COPIES})."),
    ] = None,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
    cache: Cache = None,
) -> None:
    """Train a model on corpora and write it as a bundle."""
    from ser_core.commands.extraction import plan_extraction
    from ser_core.commands.train import train_model, train_reference
    from ser_core.systems.settings import read_setting, read_value
    from ser_core.systems.table import find_system

    chosen = find_system(system or SHIPPED)
    is_shipped = chosen.feature_set is None
    _refuse_nonsense(
        system=None if is_shipped else chosen.name,
        settings=settings,
        features=features,
        encoders=encoders,
        augmentations=augmentations,
    )
    how = plan_extraction(
        corpora,
        features=chosen.feature_set or features or "functionals",
        augmentations=(N_COPIES if augmentations is None else augmentations) if is_shipped else 0,
        seed=seed,
        jobs=jobs,
        cache=cache,
    )
    if is_shipped:
        train_model(corpora, corpus or (), out=out, encoders=encoders, how=how)
    else:
        written = dict(map(read_setting, settings or ()))
        values = {name: read_value(value) for name, value in written.items()}
        train_reference(corpora, corpus or (), system=chosen, settings=values, out=out, how=how)


def _refuse_nonsense(
    *,
    system: str | None,
    settings: Sequence[str] | None,
    features: str | None,
    encoders: Path | None,
    augmentations: int | None,
) -> None:
    """Make sure that the options of `train` go together; ``system`` is None for the shipped one.

    Raises:
        BadParameter: if they do not.
    """
    message = ""
    if system is None:
        if settings:
            message = f"--set changes a reference system: name one by --system; {SHIPPED} has none"
        elif encoders is not None and features not in {None, "functionals"}:
            message = (
                "encoders hear what functionals are made of: --encoders goes with no other set"
            )
    else:
        given = {"features": features, "encoders": encoders, "augmentations": augmentations}
        others = [f"--{name}" for name, value in given.items() if value is not None]
        if others:
            message = f"the system {system} brings its own: leave out {' and '.join(others)}"
    if message:
        raise typer.BadParameter(message)


def retrain(
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


def train_encoder(
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
