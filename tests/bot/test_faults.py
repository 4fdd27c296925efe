"""What is around the bot fails: the database, the disk, the clock, Telegram."""

from __future__ import annotations

import asyncio
import contextlib
import resource
import sqlite3
import sys
from datetime import datetime, timedelta, tzinfo
from typing import TYPE_CHECKING, Any, Self

import pytest
from databases import find_postgresql, run_cluster
from town import Person, Town, run_town

from bot.sandbox.faults import FAULT_KINDS, FaultOrder

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


def is_answered(note: int) -> Callable[[list[dict[str, Any]]], bool]:
    """Tell of the bot's messages whether one of them says what was heard in a note."""

    def look(answers: list[dict[str, Any]]) -> bool:
        return any(
            one["reply_to_message_id"] == note and "Voice:" in one["text"] for one in answers
        )

    return look


async def check_each_is_answered_once(person: Person, notes: list[int], seconds: float) -> None:
    """Wait for the answers; there is one message for each note, and no other."""
    for note in notes:
        await person.read(is_answered(note), seconds=seconds)
    await asyncio.sleep(0.5)
    answers = [one for one in await person.see_all() if one["from_bot"]]
    assert sorted(one["reply_to_message_id"] for one in answers) == notes


async def test_a_database_that_goes_away_and_comes_back_costs_no_note() -> None:
    programs = find_postgresql()
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with run_cluster(programs) as cluster:
        async with run_town(database_url=cluster.make_database()) as town:
            person = town.meet()
            notes = [await person.send()]
            await person.read(is_answered(notes[0]))
            await asyncio.to_thread(cluster.stop)
            notes += [await person.send(), await person.send()]
            await asyncio.sleep(2.0)
            assert not is_answered(notes[1])(await person.see_all())
            await asyncio.to_thread(cluster.start)
            notes.append(await person.send())
            await check_each_is_answered_once(person, notes, seconds=60)


async def test_a_note_in_hand_outlives_the_database(tmp_path: Path) -> None:
    programs, go = find_postgresql(), tmp_path / "go"
    if programs is None:
        pytest.skip("PostgreSQL is not installed")
    with run_cluster(programs) as cluster:
        async with run_town(database_url=cluster.make_database()) as town:
            person = town.meet()
            note = await person.send(f"wait {go}".encode())
            await wait_for(go.with_suffix(".begun"))
            await asyncio.to_thread(cluster.stop)
            go.touch()
            await asyncio.sleep(1.0)
            await asyncio.to_thread(cluster.start)
            await check_each_is_answered_once(person, [note], seconds=60)


async def test_a_full_disk_costs_no_note(tmp_path: Path) -> None:
    async with run_town(database_url=f"sqlite:///{tmp_path}/ser.sqlite3") as town:
        person = town.meet()
        notes = [await person.send()]
        await person.read(is_answered(notes[0]))
        with fill_disk(tmp_path / "ser.sqlite3-wal"):
            notes.append(await person.send())
            await asyncio.sleep(2.0)
            assert not is_answered(notes[1])(await person.see_all())
        await check_each_is_answered_once(person, notes, seconds=60)


@pytest.mark.parametrize("hours", [-48.0, -1.0, 0.5])
async def test_a_clock_that_jumps_holds_nothing_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, hours: float
) -> None:
    go = tmp_path / "go"
    async with run_town() as town:
        person = town.meet()
        notes = [await person.send(f"wait {go}".encode()), await person.send()]
        await wait_for(go.with_suffix(".begun"))
        turn_clock(monkeypatch, hours)
        go.touch()
        notes.append(await person.send())
        await check_each_is_answered_once(person, notes, seconds=15)


async def test_notes_that_were_left_for_days_get_a_word(tmp_path: Path) -> None:
    path, go = tmp_path / "ser.sqlite3", tmp_path / "go"
    async with run_town(database_url=f"sqlite:///{path}") as town:
        person = town.meet()
        notes = [await person.send(f"wait {go}".encode())]
        await wait_for(go.with_suffix(".begun"))
        notes.append(await person.send())
        while count_waiting(path) < len(notes):  # noqa: ASYNC110  nobody rings for it
            await asyncio.sleep(0.05)
        await stop(town)
        make_old(path)
        town.start()
        answers = await person.read(
            lambda found: (
                sum("could not listen to that within" in one["text"] for one in found) == 2
            )
        )
    assert [one["reply_to_message_id"] for one in answers] == notes


@pytest.mark.parametrize("seed", [1, 2])
async def test_a_bad_telegram_costs_no_note(seed: int) -> None:
    async with run_town() as town:
        order = FaultOrder(rate=0.3, kinds=frozenset(FAULT_KINDS), seed=seed, seconds=0.2)
        await town.meet().write("/help")
        town.sandbox.state.faults.order(order)
        people = [town.meet() for _ in range(3)]
        sent = {person: [await person.send(), await person.send()] for person in people}
        for person, notes in sent.items():
            await check_each_is_answered_once(person, notes, seconds=100)


async def wait_for(path: Path) -> None:
    """Wait until a path is there."""
    async with asyncio.timeout(30):
        while not path.exists():  # noqa: ASYNC110, ASYNC240  nobody rings for it, and it is quick
            await asyncio.sleep(0.02)


async def stop(town: Town) -> None:
    """Stop the bot, and leave the sandbox running."""
    town.stop.set()
    await town.running


@contextlib.contextmanager
def fill_disk(file: Path) -> Iterator[None]:
    """Let nothing be written beyond the size that a file has now, as on a disk without room."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (file.stat().st_size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def turn_clock(monkeypatch: pytest.MonkeyPatch, hours: float) -> None:
    """Have every part of the bot read another time, from now on."""

    class Turned(datetime):
        @classmethod
        def now(cls, tz: tzinfo | None = None) -> Self:
            return super().now(tz) + timedelta(hours=hours)

    for name, module in list(sys.modules.items()):
        if name.startswith("bot.") and getattr(module, "datetime", None) is datetime:
            monkeypatch.setattr(module, "datetime", Turned)


def count_waiting(path: Path) -> int:
    """Count what stands in the inbox."""
    with contextlib.closing(sqlite3.connect(path)) as database:
        return int(database.execute("SELECT count(*) FROM inbox").fetchone()[0])


def make_old(path: Path) -> None:
    """Have everything in the inbox be received three days ago."""
    with contextlib.closing(sqlite3.connect(path)) as database, database:
        microseconds = 3 * 24 * 3600 * 1_000_000
        database.execute("UPDATE inbox SET received_at = received_at - ?", (microseconds,))
