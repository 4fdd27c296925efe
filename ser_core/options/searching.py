"""The options of `ser search` and `ser relevance`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, Literal

import typer

from ser_core.options.common import N_CORES, CorporaFolder, Jobs, Seed

Corpus = Annotated[str, typer.Option(help="A name that `ser corpora` lists, or a folder.")]
System = Annotated[str, typer.Option(help="A system of `ser lab`.")]
Cache = Annotated[
    Path,
    typer.Option(metavar="DIR", help="Keeps what is done: a run that was stopped goes on."),
]
Dask = Annotated[
    str | None,
    typer.Option(metavar="ADDRESS", help="Work on this Dask cluster: tcp://HOST:8786."),
]


def search(
    corpora: CorporaFolder,
    corpus: Corpus,
    system: System = "mlp-300",
    *,
    grid: Annotated[
        list[str] | None,
        typer.Option(
            metavar="NAME=VALUES",
            help="Values to try, such as alpha=0.01,0.1 or hidden_layer_sizes=300,300x150; "
            "can be repeated (default: alpha, sizes and learning rate of an MLP).",
        ),
    ] = None,
    method: Annotated[
        Literal["grid", "halving"],
        typer.Option(
            help="All learn from all clips, or first from few and only the best from all."
        ),
    ] = "grid",
    out: Annotated[
        Path | None, typer.Option(metavar="FILE", help="Write the figures here, as JSON.")
    ] = None,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
    cache: Cache = Path(".cache"),
    dask: Dask = None,
) -> None:
    """Search for the settings with which a system hears unseen speakers best.

    What was measured is kept: the same command goes on where it was stopped.
    """
    from ser_core.commands.search import search_settings

    search_settings(
        corpora,
        corpus,
        system=system,
        grid=grid or (),
        method=method,
        out=out,
        seed=seed,
        jobs=jobs,
        cache=cache,
        address=dask,
    )


def relevance(
    corpora: CorporaFolder,
    corpus: Corpus,
    out: Annotated[Path, typer.Option(metavar="FILE", help="The page, in Markdown.")],
    system: System = "svm",
    *,
    repetitions: Annotated[
        int, typer.Option(min=1, help="How often columns are shuffled on each fold.")
    ] = 5,
    columns: Annotated[
        int, typer.Option(min=0, help="How many single columns are told; 0 looks at none.")
    ] = 20,
    seed: Seed = 0,
    jobs: Jobs = N_CORES,
    cache: Cache = Path(".cache"),
    dask: Dask = None,
) -> None:
    """Measure what a system listens to: what it loses without each group of columns.

    Figures and picture stand beside the page, as FILE.json and FILE.png.
    """
    from ser_core.commands.relevance import tell_relevance

    tell_relevance(
        corpora,
        corpus,
        system=system,
        n_repetitions=repetitions,
        n_columns=columns,
        out=out,
        seed=seed,
        jobs=jobs,
        cache=cache,
        address=dask,
    )
