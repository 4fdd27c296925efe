"""Options that several commands share."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Final, Literal

import typer

N_CORES: Final = os.cpu_count() or 1
N_COPIES: Final = 3

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
Features = Literal["functionals", "classic180"]
Protocol = Literal["unseen-speakers", "random-split"]
Jobs = Annotated[int, typer.Option(min=1, help="How many processes work at once.")]
Seed = Annotated[int, typer.Option(min=0, max=2**32 - 1, help="Where random numbers start from.")]
