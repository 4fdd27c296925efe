"""The options of `ser lab`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from ser_core.options.common import (
    N_CORES,
    CorporaFolder,
    Jobs,
    Protocol,
    Seed,
)


def lab(
    corpora: CorporaFolder,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page, in Markdown.")],
    *,
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            help="A name that `ser corpora` lists, or a folder; can be repeated (default: ravdess)."
        ),
    ] = None,
    system: Annotated[
        list[str] | None,
        typer.Option(help="Try this one; can be repeated (default: all that can run here)."),
    ] = None,
    protocol: Annotated[
        Protocol | None, typer.Option(help="How the clips are parted (default: both ways).")
    ] = None,
    splits: Annotated[int, typer.Option(min=1, help="How often clips are parted at random.")] = 3,
    encoders: Annotated[
        Path | None,
        typer.Option(metavar="DIR", help="Encoders of `ser train-encoder`, for the shipped one."),
    ] = None,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
    cache: Annotated[
        Path,
        typer.Option(metavar="DIR", help="Keeps what is done: a run that was stopped goes on."),
    ] = Path(".cache"),
    dask: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="Work on this Dask cluster: tcp://HOST:8786."),
    ] = None,
) -> None:
    """Try systems side by side, and write a page with a table and pictures.

    Figures and pictures go into the folder that is called like the page.
    """
    from ser_core.commands.lab import compare_systems

    compare_systems(
        corpora,
        corpus or ("ravdess",),
        system or (),
        out=out,
        protocol=protocol,
        n_splits=splits,
        encoders=encoders,
        seed=seed,
        jobs=jobs,
        cache=cache,
        address=dask,
    )
