"""The options of `ser listen`."""

from __future__ import annotations

from typing import Annotated

import typer

from ser_core.options.common import AsJson


def listen(
    *,
    file: Annotated[
        str | None,
        typer.Option(
            "--from",
            metavar="FILE",
            help="Listen to a recording as if somebody spoke now; - is standard input "
            "(default: the microphone).",
        ),
    ] = None,
    device: Annotated[
        str | None,
        typer.Option(metavar="NAME", help="A microphone, by its number or a part of its name."),
    ] = None,
    every: Annotated[
        float, typer.Option(min=0.2, max=60.0, help="Seconds from answer to answer.")
    ] = 1.0,
    window: Annotated[
        float, typer.Option(min=1.0, max=30.0, help="Seconds that an answer is about.")
    ] = 4.0,
    as_json: AsJson = False,
    model: Annotated[
        str, typer.Option(metavar="FOLDER", help="A model bundle; default is the shipped one.")
    ] = "default",
) -> None:
    """Recognise emotion and gender while somebody speaks; needs the extra "microphone".

    Ctrl-C ends it, with exit code 0.
    """
    from ser_core.commands.listen import listen_live

    if file is not None and device is not None:
        message = "a file is no microphone: --from goes with no --device"
        raise typer.BadParameter(message)
    try:
        listen_live(
            file,
            device=device,
            place=model,
            window_seconds=window,
            every_seconds=every,
            as_json=as_json,
        )
    except OSError as error:
        typer.echo(f"{file}: {error.strerror or error}", err=True)
        raise typer.Exit(code=1) from error
