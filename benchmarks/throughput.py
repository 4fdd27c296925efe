"""Compare the whole bot with the bare recogniser on the same cores, in turns, in the same run.

    PYTHONPATH=tests python benchmarks/throughput.py [--rounds 4] [--notes 150] [--json]

Both have as many workers as there are cores, or as many as are asked for. In each round the
recogniser listens to notes one after the other, then as many are sent to the bot, more at a time
than it can answer, and answered over real HTTP through the sandbox, while the other one is idle.
The sandbox and the people in it run on the same cores: on Telegram they would not.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import random
import statistics
import tempfile
import time
from contextlib import asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chaos_bots import run_bots
from chaos_watch import Crowd, Watch
from load import draw_table, make_voices
from ogg_marks import speak_with

from bot.recogniser import Recogniser
from bot.sandbox.server import Sandbox
from bot.worker import start_hearing

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

_N_PEOPLE: Final = 40
_FIRST_PERSON: Final = 20_000
_MAX_SECONDS: Final = 600.0
_TIMEOUT_SECONDS: Final = 120.0
_N_AHEAD: Final = 4
"""Notes that each worker has in store, as in the bot."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rounds", type=int, default=4)
    parser.add_argument("--notes", type=int, default=150, help="in each round, for each of the two")
    parser.add_argument("--seconds", type=float, default=4.0, help="how long each note is")
    parser.add_argument("--workers", type=int, default=min(2, os.cpu_count() or 1))
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = asyncio.run(
        compare(
            n_rounds=options.rounds,
            n_notes=options.notes,
            note_seconds=options.seconds,
            n_workers=options.workers,
        )
    )
    print(json.dumps(figures) if options.json else draw_table(figures))


async def compare(
    *, n_rounds: int, n_notes: int, note_seconds: float, n_workers: int
) -> dict[str, Any]:
    """Give notes a second of both, and the share that the bot reaches."""
    voices = make_voices(note_seconds)
    bare: list[float] = []
    whole: list[float] = []
    async with _open_recogniser(n_workers) as recogniser, _open_bot(n_workers) as (watch, sandbox):
        crowd = Crowd(sandbox, watch, speak_with(voices), random.Random(1))  # noqa: S311  no secret
        for _ in range(n_rounds):
            bare.append(n_notes / await _time_recogniser(recogniser, voices, n_notes, n_workers))
            whole.append(n_notes / await _time_bot(crowd, n_notes))
    shares = [of_bot / of_recogniser for of_bot, of_recogniser in zip(whole, bare, strict=True)]
    return {
        "workers": n_workers,
        "note_seconds": note_seconds,
        "notes_a_round": n_notes,
        "bare_notes_per_second": round(statistics.median(bare), 2),
        "bot_notes_per_second": round(statistics.median(whole), 2),
        "share": round(statistics.median(shares), 3),
        "shares": [round(share, 3) for share in shares],
        "lost": len(watch.list_lost()),
    }


@asynccontextmanager
async def _open_recogniser(n_workers: int) -> AsyncIterator[Recogniser]:
    """Give the recogniser as the bot makes it."""
    start = partial(start_hearing, "default", max_seconds=_MAX_SECONDS)
    recogniser = Recogniser(start, workers=n_workers, timeout_seconds=_TIMEOUT_SECONDS)
    await recogniser.open()
    try:
        yield recogniser
    finally:
        await recogniser.close()


@asynccontextmanager
async def _open_bot(n_workers: int) -> AsyncIterator[tuple[Watch, Sandbox]]:
    """Run the bot as a process of its own."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {
            "SER_WORKERS": str(n_workers),
            "SER_LOG_LEVEL": "warning",
            "DATABASE_URL": f"sqlite:///{folder}/ser.sqlite3",
        }
        async with Sandbox(port=0) as sandbox, run_bots(sandbox, folder, settings):
            watch = Watch(sandbox)
            async with watch.looking():
                yield watch, sandbox


async def _time_recogniser(
    recogniser: Recogniser, voices: Sequence[bytes], n_notes: int, n_workers: int
) -> float:
    """Give how many seconds it takes to listen to so many notes."""
    begin = time.perf_counter()
    left = iter(range(n_notes))

    async def listen() -> None:
        for number in left:
            await recogniser.recognise(voices[number % len(voices)], None)

    async with asyncio.TaskGroup() as group:
        for _ in range(n_workers * _N_AHEAD):
            group.create_task(listen())
    return time.perf_counter() - begin


async def _time_bot(crowd: Crowd, n_notes: int) -> float:
    """Give how many seconds it takes to answer so many notes."""
    begin = time.perf_counter()
    n_before = crowd.watch.n_answered
    await crowd.send(n_notes, range(_FIRST_PERSON, _FIRST_PERSON + _N_PEOPLE))
    await crowd.watch.wait_for(n_before + n_notes, seconds=_MAX_SECONDS)
    return time.perf_counter() - begin


if __name__ == "__main__":
    main()
