"""Whole bots in sandboxes, each killed at one point of a retraining; it runs as a script."""

from __future__ import annotations

import asyncio
import importlib
import inspect
import json
import os
import signal
import sys
import tempfile
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


async def run_bot(database_url: str, point: str, command: list[str]) -> None:
    """Run the bot, and have it retrained until it is killed."""
    from town import run_town  # noqa: PLC0415  its workers import this file, and need no town

    options = {"database_url": database_url, "admin_ids": frozenset({ADA}), "workers": 2}
    async with run_town(command=command, **options) as town:
        ada = town.meet(ADA)
        kill_at(point)
        await ada.write("/retrain")
        await asyncio.sleep(300)


def main() -> None:
    """Run a bot for each order, a line of JSON, and answer with how it ended.

    Each is a fork of this process, which has imported the whole bot once: that takes longer than
    all that a bot does until it is killed.
    """
    import town  # noqa: F401, PLC0415  as above

    for line in sys.stdin:
        order = json.loads(line)
        child = os.fork()
        if child == 0:
            os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
            os.environ["TMPDIR"] = tempfile.tempdir = order.pop("folder")
            asyncio.run(run_bot(**order))
            os._exit(1)  # nobody has killed it
        _, status = os.waitpid(child, 0)
        print(os.waitstatus_to_exitcode(status), flush=True)  # noqa: T201  the answer


if __name__ == "__main__":
    main()
