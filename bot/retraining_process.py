"""The process that fits a challenger: `ser retrain`, from its start to its report."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, NamedTuple, cast

from bot.errors import RetrainingFailed

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

COMMAND: Final = (sys.executable, "-m", "ser_core", "retrain")

_MAX_LINE_BYTES: Final = 2**16
_MAX_DETAILS_BYTES: Final = 2**14
"""So much of what the process writes on errors is kept, the end of it."""


class Order(NamedTuple):
    """Hold what the process starts from; ``corpora`` is empty where there is no more speech."""

    champion: str
    origin: str
    lessons: Path
    corpora: str = ""


class Challenger(NamedTuple):
    """Hold what came out: the folder of a bundle, the id in it, and the report."""

    folder: Path
    id: str
    report: dict[str, Any]


async def fit_challenger(
    order: Order, workplace: Path, tell: Callable[[bytes], None], command: Sequence[str] = COMMAND
) -> Challenger:
    """Run the process in a folder; each line that it tells of its progress is handed on.

    It ends with whoever waits for it, and with the bot: then its stdin is closed.

    Raises:
        RetrainingFailed: if it ends without a challenger.
    """
    folder, report = workplace / "challenger", workplace / "report.json"
    options = ("--champion", order.champion, "--origin", order.origin, "--lessons", order.lessons)
    results = ("--out", folder, "--report", report, "--json")
    corpora = ("--corpora", order.corpora) if order.corpora else ()
    process = await asyncio.create_subprocess_exec(
        *command,
        *options,
        *corpora,
        *results,
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        limit=_MAX_LINE_BYTES,
        process_group=0,  # so that its own processes end with it; in a new session the
        # system would share the cores between the two sessions, whatever the priority
    )
    try:
        details = await _follow(process, tell)
    finally:
        if process.returncode is None:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            await process.wait()
    if process.returncode:
        raise RetrainingFailed(process.returncode, details)
    return _read_challenger(folder, report)


async def _follow(process: asyncio.subprocess.Process, tell: Callable[[bytes], None]) -> str:
    """Hand on what a process tells until it ends; give the end of what it wrote on errors."""
    stdout, stderr = (
        cast("asyncio.StreamReader", stream)  # both are pipes
        for stream in (process.stdout, process.stderr)
    )
    reading = asyncio.create_task(_read_end(stderr))
    try:
        while line := await stdout.readline():
            tell(line)
        details = await reading
        await process.wait()
    finally:
        reading.cancel()
    return details


async def _read_end(stream: asyncio.StreamReader) -> str:
    """Give the last of what comes, once no more comes."""
    end = b""
    while part := await stream.read(_MAX_DETAILS_BYTES):
        end = (end + part)[-_MAX_DETAILS_BYTES:]
    return end.decode(errors="replace")


def _read_challenger(folder: Path, report: Path) -> Challenger:
    """Give the challenger that a process left.

    Raises:
        RetrainingFailed: if it left something else.
    """
    try:
        manifest = json.loads((folder / "manifest.json").read_bytes())
        return Challenger(folder, str(manifest["id"]), json.loads(report.read_bytes()))
    except (OSError, ValueError, TypeError, KeyError) as error:
        raise RetrainingFailed(0, f"it left no whole model: {error!r}") from error
