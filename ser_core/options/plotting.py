"""The options of `ser plot`."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer


def plot(
    files: Annotated[
        list[str] | None, typer.Argument(metavar="FILE...", help="Recordings; - is standard input.")
    ] = None,
    *,
    out: Annotated[
        Path,
        typer.Option(
            metavar="DIR", file_okay=False, help="Where pictures are written (default: here)."
        ),
    ] = Path(),
    model: Annotated[
        str, typer.Option(metavar="FOLDER", help="A model bundle; default is the shipped one.")
    ] = "default",
    svg: Annotated[bool, typer.Option("--svg", help="Write SVG, not PNG.")] = False,
    corpus: Annotated[
        list[str] | None,
        typer.Option(
            help="Draw what a corpus holds: a name that `ser corpora` lists, or a folder; "
            "can be repeated."
        ),
    ] = None,
    corpora: Annotated[
        Path, typer.Option(metavar="DIR", help="The folder that holds the corpora.")
    ] = Path(),
) -> None:
    """Draw recordings with the emotions in them, or how many clips of which emotion corpora hold.

    The exit code is 0 when all were drawn, and 1 otherwise.
    """
    from ser_core.commands.plot import PictureFormat, plot_corpora, plot_files

    if bool(files) == bool(corpus):
        message = "name recordings, or else corpora with --corpus"
        raise typer.BadParameter(message)
    picture: PictureFormat = "svg" if svg else "png"
    if corpus:
        plot_corpora(corpus, corpora, out=out, picture=picture)
    elif not plot_files(files or (), out=out, place=model, picture=picture):
        raise typer.Exit(code=1)
