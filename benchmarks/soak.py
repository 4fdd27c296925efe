"""Let the bot answer as many voice notes as on a busy day, and see whether its memory grows.

    PYTHONPATH=tests python benchmarks/soak.py [--notes 100000] [--people 400] [--model] [--json]

Notes last from one second to five minutes, most of them some seconds. They come as fast as the bot
answers, from people who keep two or three unanswered each. A stand-in listens at once, so that a
day's notes are a matter of an hour; with ``--model`` the shipped model listens instead. Memory is
the resident memory of the bot and of all processes that it has started, workers included.

The warm-up is the first tenth of the notes. The growth is that of the median of the last tenth over
the median of the second one.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from chaos_bots import STAND_IN, WHOLE_BOT, BotProcess, run_bots
from chaos_watch import Crowd, Watch
from load import draw_table, read_memory
from ogg_marks import speak_with

from bot.sandbox.server import Sandbox
from ser_core.emotions import EMOTIONS
from ser_core.synthesis import encode_voice_note, speak

if TYPE_CHECKING:
    from collections.abc import Callable

_FIRST_PERSON: Final = 30_000
_SAMPLE_SECONDS: Final = 1.0
_BYTES_PER_SECOND: Final = 3_000
_MEDIAN_SECONDS: Final = 6.0
_SPREAD: Final = 0.9
_MAX_SECONDS: Final = 300.0
_SECONDS_OF_VOICES: Final = (1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 12.0, 20.0, 45.0, 120.0)
_PATIENCE_SECONDS: Final = 86_400.0
_N_SHARES: Final = 10

Sample = tuple[int, int]
"""How many notes were answered, and how many bytes were resident then."""


def main() -> None:
    """Print the figures."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--notes", type=int, default=100_000)
    parser.add_argument("--people", type=int, default=400)
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--model", action="store_true", help="listen with the shipped model")
    parser.add_argument("--json", action="store_true")
    options = parser.parse_args()
    figures = asyncio.run(
        soak(
            options.notes,
            n_people=options.people,
            n_workers=options.workers,
            with_model=options.model,
        )
    )
    print(json.dumps(figures) if options.json else draw_table(figures))


async def soak(n_notes: int, *, n_people: int, n_workers: int, with_model: bool) -> dict[str, Any]:
    """Have so many notes answered; give how much memory that took."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        settings = {
            "SER_WORKERS": str(n_workers),
            "SER_QUEUE_TOTAL": "100000",
            "SER_LOG_LEVEL": "warning",
            "DATABASE_URL": f"sqlite:///{folder}/ser.sqlite3",
        }
        program = WHOLE_BOT if with_model else STAND_IN
        async with (
            Sandbox(port=0) as sandbox,
            run_bots(sandbox, folder, settings, program=program) as (bot,),
        ):
            watch = Watch(sandbox)
            notes = _make_voices() if with_model else _babble
            crowd = Crowd(sandbox, watch, notes, random.Random(1))  # noqa: S311  no secret
            async with watch.looking():
                samples, seconds = await _run(crowd, bot, n_notes, n_people)
    return {
        "model": "shipped" if with_model else "stand-in",
        "notes": n_notes,
        "lost": len(watch.list_lost()),
        "answered_twice": len(watch.list_doubled()),
        "seconds": round(seconds),
        "notes_per_second": round(n_notes / seconds, 1),
        "starts": bot.n_starts,
        **_sum_up(samples, n_notes),
    }


async def _run(
    crowd: Crowd, bot: BotProcess, n_notes: int, n_people: int
) -> tuple[list[Sample], float]:
    """Send the notes, and measure the memory until the last one is answered."""
    samples: list[Sample] = []
    sampling = asyncio.create_task(_sample(crowd.watch, bot, samples))
    begin = time.perf_counter()
    await crowd.send(n_notes, range(_FIRST_PERSON, _FIRST_PERSON + n_people))
    await crowd.watch.wait_for(n_notes, seconds=_PATIENCE_SECONDS)
    sampling.cancel()
    return samples, time.perf_counter() - begin


async def _sample(watch: Watch, bot: BotProcess, samples: list[Sample]) -> None:
    """Measure again and again."""
    while bot.process is not None:
        samples.append((watch.n_answered, read_memory(bot.process.pid)))
        await asyncio.sleep(_SAMPLE_SECONDS)


def _sum_up(samples: list[Sample], n_notes: int) -> dict[str, Any]:
    """Give the median of each tenth of the notes in MB, and the growth after the first one."""
    shares = [
        [size / 2**20 for n_answered, size in samples if n_answered * _N_SHARES // n_notes == share]
        for share in range(_N_SHARES)
    ]
    medians = [round(statistics.median(share), 1) for share in shares if share]
    growth = medians[-1] / medians[1] - 1.0 if len(medians) == _N_SHARES else None
    return {"memory_mb": medians, "growth": None if growth is None else round(growth, 4)}


def _babble(number: int) -> bytes:
    """Give a note for the stand-in."""
    chance = random.Random(number)  # noqa: S311  no secret
    seconds = min(_MEDIAN_SECONDS * chance.lognormvariate(0.0, _SPREAD), _MAX_SECONDS)
    return chance.randbytes(round(_BYTES_PER_SECOND * max(1.0, seconds)))


def _make_voices() -> Callable[[int], bytes]:
    """Give what makes voice notes for the model."""
    pairs = zip(_SECONDS_OF_VOICES, EMOTIONS * 2, strict=False)
    voices = [encode_voice_note(speak(emotion, seconds=seconds)) for seconds, emotion in pairs]
    return speak_with(voices)


if __name__ == "__main__":
    main()
