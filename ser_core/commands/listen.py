"""`ser listen`: emotion and gender while somebody speaks."""

from __future__ import annotations

import json
import os
import signal
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.live import Live
from threadpoolctl import threadpool_limits

from ser_core.commands.recognise import STANDARD_INPUT
from ser_core.live.lines import list_answer, word_answer
from ser_core.live.listener import listen
from ser_core.live.microphone import open_microphone
from ser_core.live.screen import Screen
from ser_core.live.stream import open_stream
from ser_core.store import load_model

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ser_core.live.listener import Answer, Moment
    from ser_core.live.source import Source


def listen_live(
    file: str | None,
    *,
    device: str | None,
    place: str,
    window_seconds: float,
    every_seconds: float,
    as_json: bool,
) -> None:
    """Show what is heard until the sound ends, or somebody ends it.

    Raises:
        AudioError: if there is no sound.
        SetupError: if the model or the microphone cannot be used.
        OSError: if the file cannot be read.
    """
    model = load_model(place)
    threadpool_limits(1)  # the networks are so small that threads only wait for each other
    with _end_quietly(), _open_source(file, device) as source:
        moments = listen(source, model, window_seconds=window_seconds, every_seconds=every_seconds)
        console = Console()
        if as_json:
            _print_lines(moments, _write_json)
        elif console.is_terminal:
            _show_screen(moments, Screen(source.name), console)
        else:
            _print_lines(moments, lambda answer, _: word_answer(answer))


@contextmanager
def _end_quietly() -> Iterator[None]:
    """Take it for an end like any other when somebody ends it, or reads no further.

    When the system ends it, the terminal is given back first, too.
    """
    before = signal.signal(signal.SIGTERM, lambda *_: sys.exit(128 + signal.SIGTERM))
    try:
        yield
        sys.stdout.flush()
    except KeyboardInterrupt:
        pass
    except BrokenPipeError:
        # Python writes what is left when it ends, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _open_source(file: str | None, device: str | None) -> Iterator[Source]:
    """Open what is listened to."""
    if file is None:
        with open_microphone(device) as microphone:
            yield microphone
    elif file == STANDARD_INPUT:
        with open_stream(sys.stdin.buffer, "standard input") as stream:
            yield stream
    else:
        with Path(file).open("rb") as opened, open_stream(opened, Path(file).name) as stream:
            yield stream


def _print_lines(moments: Iterator[Moment], word: Callable[[Answer, float], str]) -> None:
    """Print a line for each answer, at once."""
    for moment in moments:
        if moment.answer is not None:
            typer.echo(word(moment.answer, moment.level_db))
            sys.stdout.flush()


def _write_json(answer: Answer, level_db: float) -> str:
    return json.dumps(list_answer(answer, level_db), allow_nan=False)


def _show_screen(moments: Iterator[Moment], screen: Screen, console: Console) -> None:
    """Show all that comes on the terminal; the last of it stays there."""
    with Live(screen, console=console, auto_refresh=False, vertical_overflow="crop") as live:
        for moment in moments:
            screen.show(moment)
            live.refresh()
