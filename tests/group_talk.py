"""What people do in groups with the bot, time and again."""

from __future__ import annotations

import io
import itertools
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from PIL import Image

from bot.database.notes import sum_notes

if TYPE_CHECKING:
    from town import Person, Town

    from bot.database import Database

_numbers = itertools.count()


def make_note(emotion: str) -> bytes:
    """Give a recording unlike any other in which that emotion is heard."""
    return f"{emotion} {next(_numbers)}".encode()


async def gather_listened(town: Town, n: int = 3, manner: str = "") -> tuple[Person, ...]:
    """Give people in a group in which the bot listens; the first is its admin."""
    people = town.gather(n)
    await people[0].write(f"/listen on {manner}")
    await people[0].read_last("From now on I listen here")
    return people


async def say(person: Person, emotion: str = "happy") -> int:
    """Say something in a listening group, wait until the bot reacts, and give the message."""
    note = await person.send(make_note(emotion))
    await person.read_reaction(note)
    return note


async def count_notes(database: Database, chat_id: int) -> int:
    """Count the notes of today that are kept of a chat."""
    now, day = datetime.now(UTC), timedelta(days=1)
    async with database.begin() as session:
        sums = await sum_notes(session, chat_id, since=now - day, until=now + day, n_slices=1)
    return sums.n_notes


async def measure_brightness(person: Person, message: dict[str, object]) -> float:
    """Give how bright the picture of a message is on average, from 0 to 255."""
    picture = Image.open(io.BytesIO(await person.download(message))).convert("L")
    return sum(value * count for value, count in enumerate(picture.histogram())) / (
        picture.width * picture.height
    )
