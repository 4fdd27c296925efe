"""The options of `ser recognise`."""

from __future__ import annotations

from typing import Annotated

import typer

from ser_core.options.common import (
    AsJson,
)


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
