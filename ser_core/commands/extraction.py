"""How recordings become vectors, as the options of training and evaluation say."""

from __future__ import annotations

from typing import TYPE_CHECKING

import typer

from ser_core.corpora import find_noises
from ser_core.training.vectors import Extraction

if TYPE_CHECKING:
    from pathlib import Path


def plan_extraction(
    folder: Path, *, features: str, augmentations: int, seed: int, jobs: int, cache: Path | None
) -> Extraction:
    """Give the plan; the noise for disturbed copies comes from the folder of the corpora."""
    noises = find_noises(folder) if augmentations else ()
    if augmentations:
        typer.echo(f"{len(noises)} noise recordings to disturb copies with", err=True)
    return Extraction(
        feature_set=features, copies=augmentations, noises=noises, seed=seed, jobs=jobs, cache=cache
    )
