"""How far long work is, and how long it may still take."""

from __future__ import annotations

import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import typer
from rich.console import Console
from rich.progress import BarColumn, TextColumn
from rich.progress import Progress as Bars

from ser_core.commands.progress import show_progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from ser_core.lab.ledger import Countdown
    from ser_core.training.vectors import Progress

SECONDS_BETWEEN_LINES: Final = 30.0

_MINUTE: Final = 60
_HOUR: Final = 3600
_MANY: Final = 90
"""Up to so many seconds are told in seconds, and up to so many minutes in minutes."""


@contextmanager
def show_countdown(
    noun: str, *, clock: Callable[[], float] = time.monotonic
) -> Iterator[Countdown]:
    """Give a function that takes the steps done, the steps in all, and the seconds left or None.

    ``noun`` is what the steps are called, in the plural. All goes to standard error: a bar where
    that is a terminal, else a line now and then.
    """
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _Lines(noun, clock).tell
        return
    columns = (BarColumn(), TextColumn("{task.description}"))
    with Bars(*columns, console=console) as bars:
        bar = bars.add_task(noun, total=None)

        def show(done: int, total: int, seconds_left: float | None) -> None:
            text = word_countdown(noun, done, total, seconds_left)
            bars.update(bar, completed=done, total=total, description=text)

        yield show


@contextmanager
def show_measuring(*, clock: Callable[[], float] = time.monotonic) -> Iterator[Progress]:
    """Give a function that takes what is measured, the recordings done and those in all.

    All goes to standard error: a bar for each where that is a terminal, else a line now and then
    about what takes long.
    """
    if Console(stderr=True).is_terminal:
        with show_progress() as show:
            yield show
        return
    lines: dict[str, tuple[float, _Lines]] = {}

    def tell(work: str, done: int, total: int) -> None:
        start, line = lines.setdefault(
            work, (clock(), _Lines(f"recordings measured: {work}", clock, SECONDS_BETWEEN_LINES))
        )
        if done < total or clock() - start > SECONDS_BETWEEN_LINES:
            line.tell(done, total, (clock() - start) / done * (total - done))

    yield tell


def word_countdown(noun: str, done: int, total: int, seconds_left: float | None) -> str:
    """Give a line such as ``12 of 96 folds, about 9 minutes left``."""
    text = f"{done} of {total} {noun}"
    if done == total or seconds_left is None:
        return text
    return f"{text}, about {word_seconds(seconds_left)} left"


def word_seconds(seconds: float) -> str:
    """Give a time as people say it, never less than a second."""
    if seconds <= _MANY:
        n_seconds = max(1, round(seconds))
        return "1 second" if n_seconds == 1 else f"{n_seconds} seconds"
    if seconds <= _MANY * _MINUTE:
        return f"{round(seconds / _MINUTE)} minutes"
    return f"{seconds / _HOUR:.1f} hours"


class _Lines:
    """Write a line when work begins and ends, and in between not too often."""

    def __init__(self, noun: str, clock: Callable[[], float], wait_seconds: float = 0) -> None:
        self._noun = noun
        self._clock = clock
        self._next = clock() + wait_seconds

    def tell(self, done: int, total: int, seconds_left: float | None) -> None:
        """Write a line, if it is time or the work is done."""
        now = self._clock()
        if now < self._next and done < total:
            return
        self._next = now + SECONDS_BETWEEN_LINES
        typer.echo(word_countdown(self._noun, done, total, seconds_left), err=True)
