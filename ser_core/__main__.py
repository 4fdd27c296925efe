"""The `ser` command line; `python -m ser_core` is the same.

What each command takes stands in `ser_core.options`, what it does in `ser_core.commands`.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, cast

import typer

from ser_core.errors import SerError
from ser_core.options import (
    laboratory,
    listening,
    measuring,
    plotting,
    recognising,
    searching,
    training,
)

if TYPE_CHECKING:
    from io import TextIOWrapper

app = typer.Typer(
    no_args_is_help=True,
    add_completion=False,
    help="Hear emotion and gender in recordings of speech, with a confidence that can be trusted.",
)
app.command("recognise")(recognising.recognise)
app.command("plot")(plotting.plot)
app.command("listen")(listening.listen)
app.command("train")(training.train)
app.command("retrain")(training.retrain)
app.command("train-encoder")(training.train_encoder)
app.command("evaluate")(measuring.evaluate)
app.command("report")(measuring.report)
app.command("lab")(laboratory.lab)
app.command("search")(searching.search)
app.command("relevance")(searching.relevance)
app.command("corpora")(measuring.corpora)


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
