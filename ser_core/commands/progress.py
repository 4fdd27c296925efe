"""A progress bar for long work, where somebody watches."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console
from rich.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import TaskID


@contextmanager
def show_progress() -> Iterator[Callable[[str, int, int], None]]:
    """Give a function that takes what is being done, the steps done and the steps in all.

    Each kind of work has a bar of its own, on standard error, and only if that is a terminal.
    """
    console = Console(stderr=True)
    tasks: dict[str, TaskID] = {}
    with Progress(console=console, disable=not console.is_terminal) as bars:

        def show(work: str, done: int, total: int) -> None:
            if work not in tasks:
                tasks[work] = bars.add_task(work)
            bars.update(tasks[work], completed=done, total=total)

        yield show
