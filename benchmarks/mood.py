"""Time a mood check over 30 days: the sums in the database, the picture of them, and a purge.

::

    PYTHONPATH=tests python benchmarks/mood.py [--rows 5000 50000 200000] [--json FILE]

All notes are of one group, from 20 people, evenly over the 30 days, each with its outline, on a new
file of SQLite and on a new PostgreSQL with its usual settings (where its programs are installed).
The query is the bot's own, in 24 slices; its first run is told beside the median of the others,
and how long the bot's own process is busy with it, which on a busy machine is less than it waits.
The picture is drawn in the bot's process for pictures: the first time that process is started, too.
A purge follows when a person is forgotten, on SQLite alone.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import statistics
import tempfile
import time
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from databases import find_postgresql, run_cluster
from sqlalchemy import insert, text

from bot.database import Database
from bot.database.notes import sum_notes
from bot.database.tables import NoteRow, OutlineRow
from bot.moods import read_mood
from bot.pictures import Key, Pictures
from bot.replies.moods import label_mood
from ser_core.emotions import EMOTIONS

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterator

    from bot.sums import Sums

_CHAT: Final = -100_000_000_001
_N_PEOPLE: Final = 20
_N_SLICES: Final = 24
_SPAN: Final = timedelta(days=30)
_UNTIL: Final = datetime(2026, 3, 1, tzinfo=UTC)
_SINCE: Final = _UNTIL - _SPAN
_BATCH: Final = 2_000
_N_QUERIES: Final = 10
_N_PICTURES: Final = 5


def main() -> None:
    """Print the figures; write them as JSON if asked to."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--rows", type=int, nargs="+", default=[5_000, 50_000, 200_000])
    parser.add_argument("--json", type=Path, help="write the figures to this file, too")
    options = parser.parse_args()
    figures = asyncio.run(measure(options.rows))
    print_figures(figures)
    if options.json:
        options.json.write_text(json.dumps(figures, indent=2))


async def measure(sizes: list[int]) -> dict[str, Any]:
    """Give the figures of both databases at each size, and of the picture."""
    queries = []
    for n_notes in sizes:
        with make_databases() as urls:
            for url in urls:
                figures, sums = await measure_database(url, n_notes)
                queries.append(figures)
    return {"queries": queries, "picture": await measure_picture(sums)}


@contextmanager
def make_databases() -> Iterator[list[str]]:
    """Give the addresses of new databases, of each kind that there is."""
    programs = find_postgresql()
    with tempfile.TemporaryDirectory() as folder:
        urls = [f"sqlite:///{folder}/ser.sqlite3"]
        if programs is None:
            yield urls
            return
        with run_cluster(programs) as cluster:
            yield [*urls, cluster.make_database()]


async def measure_database(url: str, n_notes: int) -> tuple[dict[str, Any], Sums]:
    """Fill a database; give how long it takes to add up, and the sums."""
    is_sqlite = url.startswith("sqlite")
    database = await Database.open(url)
    await fill(database, n_notes)
    if not is_sqlite:  # PostgreSQL does so by itself, a minute after many changes
        async with database.begin() as session:
            await session.execute(text("ANALYZE"))

    async def add_up() -> Sums:
        async with database.begin() as session:
            return await sum_notes(session, _CHAT, since=_SINCE, until=_UNTIL, n_slices=_N_SLICES)

    first = await take_time(add_up)
    busy = time.process_time()
    others = [await take_time(add_up) for _ in range(_N_QUERIES)]
    busy = 1000 * (time.process_time() - busy) / _N_QUERIES
    sums = await add_up()
    figures = {
        "database": "SQLite" if is_sqlite else "PostgreSQL",
        "notes": sums.n_notes,
        "first_milliseconds": first,
        "milliseconds": statistics.median(others),
        "busy_milliseconds": busy,
        "purge_milliseconds": await take_time(database.purge) if is_sqlite else None,
    }
    await database.close()
    return figures, sums


async def take_time(act: Callable[[], Awaitable[object]]) -> float:
    """Give the milliseconds that something takes."""
    start = time.perf_counter()
    await act()
    return 1000 * (time.perf_counter() - start)


async def fill(database: Database, n_notes: int) -> None:
    """Put notes into a database, in the order in which they were sent."""
    draw = random.Random(0)  # noqa: S311 - no secret
    for start in range(0, n_notes, _BATCH):
        numbers = range(start + 1, min(start + _BATCH, n_notes) + 1)
        async with database.begin() as session:
            notes = [make_note(draw, number, n_notes) for number in numbers]
            await session.execute(insert(NoteRow), notes)
            await session.execute(insert(OutlineRow), [make_outline(draw, one) for one in numbers])


def make_note(draw: random.Random, number: int, n_notes: int) -> dict[str, Any]:
    """Give a row of a note in which one emotion prevails."""
    scores = [draw.random() ** 3 for _ in EMOTIONS]
    emotions = [score / sum(scores) for score in scores]
    seconds = draw.uniform(1, 60)
    return {
        "id": number,
        "chat_id": _CHAT,
        "message_id": number,
        "user_id": 5_000_000_000 + draw.randrange(_N_PEOPLE),
        "file_unique_id": f"AgAD{draw.getrandbits(64):016x}",
        "sent_at": _SINCE + _SPAN * ((number - 0.5) / n_notes),
        "weight": seconds * max(emotions),
        "model_id": "functionals-3-0123abcd",
        "seconds": seconds,
        "speech_seconds": 0.8 * seconds,
        "strangeness": draw.random(),
        "confidence": max(emotions),
        **dict(zip(EMOTIONS, emotions, strict=True)),
        "female": 0.25,
        "male": 0.75,
    }


def make_outline(draw: random.Random, number: int) -> dict[str, Any]:
    """Give a row of an outline as large as that of a short note."""
    return {
        "note_id": number,
        "segments": [[0.0, 10.0, [draw.random() for _ in EMOTIONS]]],
        "speech": [[0.25, 5.5], [6.0, 9.75]],
        "loudness": [round(draw.random(), 3) for _ in range(120)],
    }


async def measure_picture(sums: Sums) -> dict[str, float]:
    """Give the milliseconds of the first picture, and of a later one that was not kept."""
    mood = read_mood(sums)
    pictures = Pictures()

    async def draw(number: int) -> None:
        labels = label_mood(mood, title=f"How this chat sounded · {number}")
        await pictures.draw_mood(Key(_CHAT, None), mood, theme="light", labels=labels)

    first, *others = [
        await take_time(lambda number=number: draw(number)) for number in range(_N_PICTURES)
    ]
    await pictures.close()
    return {"first_milliseconds": first, "milliseconds": statistics.median(others)}


def print_figures(figures: dict[str, Any]) -> None:
    """Print the figures as tables."""
    print(f"a mood over {_SPAN.days} days, in milliseconds")
    for row in figures["queries"]:
        print(f"  {row['database']:10} {row['notes']:7,} notes", end="")
        print(f"   first {row['first_milliseconds']:6.0f}, then {row['milliseconds']:6.0f}", end="")
        print(f", busy {row['busy_milliseconds']:6.0f}", end="")
        purge = row["purge_milliseconds"]
        print("" if purge is None else f"   purge {purge:7.0f}")
    picture = figures["picture"]
    print("its picture, in milliseconds")
    print(f"  first {picture['first_milliseconds']:.0f}, then {picture['milliseconds']:.0f}")


if __name__ == "__main__":
    main()
