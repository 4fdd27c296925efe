"""A whole bot in a sandbox that is killed at one point of a retraining; it runs as a script."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import os
import signal
import sys
from functools import wraps
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

ADA = 4_001


def kill_at(point: str) -> None:
    """Have this process killed ``before`` or ``after`` a call: "bot.board Board._show after".

    What the call did in a transaction is not committed yet.
    """
    module, path, when = point.split()
    *owners, name = path.split(".")
    owner = importlib.import_module(module)
    for each in owners:
        owner = getattr(owner, each)
    setattr(owner, name, _wrap(getattr(owner, name), is_before=when == "before"))


def _wrap(call: Callable[..., Any], *, is_before: bool) -> Callable[..., Any]:
    """Give a call around which the process is killed."""

    @wraps(call)
    async def run(*arguments: object, **options: object) -> object:
        if is_before:
            os.kill(os.getpid(), signal.SIGKILL)
        outcome = await call(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)
        return outcome

    @wraps(call)
    def run_now(*arguments: object, **options: object) -> object:
        if not is_before:
            call(*arguments, **options)
        os.kill(os.getpid(), signal.SIGKILL)

    return run if inspect.iscoroutinefunction(call) else run_now


async def main() -> None:
    """Run the bot, and have it retrained until it is killed."""
    from town import run_town  # noqa: PLC0415  its workers import this file, and need no town

    database_url, point, *command = sys.argv[1:]
    options = {"database_url": database_url, "admin_ids": frozenset({ADA}), "workers": 2}
    async with run_town(command=command, **options) as town:
        ada = town.meet(ADA)
        kill_at(point)
        await ada.write("/retrain")
        await asyncio.sleep(300)


if __name__ == "__main__":
    asyncio.run(main())
