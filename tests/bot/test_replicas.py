from __future__ import annotations

import asyncio
import os
import sys
from asyncio.subprocess import PIPE
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest
from inboxes import NOW, keep, note

from bot import replicas as module
from bot.database.inbox import take_jobs
from bot.database.replicas import enter_replica, list_replicas
from bot.errors import PollingTaken
from bot.replicas import Replicas, is_gone, tell_place

if TYPE_CHECKING:
    from collections.abc import Callable

    from bot.database import Database

ELSEWHERE = "elsewhere/1/1/1"


@pytest.fixture(autouse=True)
def be_quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let copies say often that they live."""
    monkeypatch.setattr(module, "BEAT_SECONDS", 0.05)


async def wait_until(is_so: Callable[[], bool]) -> None:
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.01)


async def enter(database: Database, mode: str, place: str = ELSEWHERE) -> int:
    """Enter a copy that never says that it lives."""
    async with database.begin() as session:
        return await enter_replica(session, mode, place, datetime.now(UTC))


async def test_of_several_copies_behind_a_webhook_the_oldest_leads(database: Database) -> None:
    first, second = Replicas(database, "webhook"), Replicas(database, "webhook")
    await first.open()
    await second.open()
    assert (first.is_leader, second.is_leader) == (True, False)
    await first.close()
    await wait_until(lambda: second.is_leader)
    await second.close()
    async with database.begin() as session:
        assert await list_replicas(session) == []


async def test_a_second_copy_that_polls_is_refused_and_told_where_the_other_is(
    database: Database,
) -> None:
    first = Replicas(database, "polling", place="cellar/1/1/1")
    await first.open()
    for mode in ("polling", "webhook"):
        second = Replicas(database, mode)
        with pytest.raises(PollingTaken, match="cellar"):
            await second.open()
    await first.close()
    async with database.begin() as session:
        assert await list_replicas(session) == []


async def test_a_copy_that_polls_takes_over_from_one_that_is_silent(database: Database) -> None:
    await enter(database, "polling")
    later = Replicas(database, "polling")
    await later.open()
    async with database.begin() as session:
        assert [one.id for one in await list_replicas(session)] == [later.id]
    await later.close()


async def test_a_copy_on_this_computer_that_was_killed_is_not_waited_for(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BEAT_SECONDS", 60.0)
    tell = "from bot.replicas import tell_place; print(tell_place(), end='')"
    other = await asyncio.create_subprocess_exec(sys.executable, "-c", tell, stdout=PIPE)
    place, _ = await other.communicate()
    await enter(database, "polling", place.decode())
    later = Replicas(database, "polling")
    async with asyncio.timeout(5):
        await later.open()
    await later.close()


def test_only_what_surely_ended_is_gone() -> None:
    here = tell_place()
    host, container, process_id, start = here.rsplit("/", 3)
    assert process_id == str(os.getpid())
    assert not is_gone(here)
    assert is_gone(f"{host}/{container}/{process_id}/{int(start) - 1}")
    assert is_gone(f"{host}/{container}/4194999/{start}")
    assert not is_gone(f"{host}/0/4194999/{start}")
    assert not is_gone(f"other/{container}/4194999/{start}")


async def test_what_a_silent_copy_had_in_hand_is_set_free_and_counted(database: Database) -> None:
    dead = await enter(database, "webhook")
    await keep(database, note(1))
    async with database.begin() as session:
        assert await take_jobs(session, dead, n_notes=1, n_others=0, now=NOW)
    freed: list[int] = []
    living = Replicas(database, "webhook", on_freed=freed.append)
    await living.open()
    async with database.begin() as session:
        assert not await take_jobs(session, living.id, n_notes=1, n_others=0, now=NOW)
    await wait_until(lambda: bool(freed))
    async with database.begin() as session:
        assert await take_jobs(session, living.id, n_notes=1, n_others=0, now=NOW)
    assert freed == [1]
    await living.close()


async def test_a_copy_that_lives_is_never_held_for_dead_whatever_the_clocks_say(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = Replicas(database, "webhook"), Replicas(database, "webhook")
    await first.open()
    await second.open()

    class Jumping(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # noqa: ARG003
            return datetime(2099, 1, 1, tzinfo=UTC)

    monkeypatch.setattr(module, "datetime", Jumping)
    await asyncio.sleep(0.05 * 12)
    async with database.begin() as session:
        assert len(await list_replicas(session)) == 2
    await second.close()
    await first.close()


async def test_a_copy_that_was_held_for_dead_enters_anew(database: Database) -> None:
    sleeper = Replicas(database, "webhook")
    await sleeper.open()
    before = sleeper.id
    async with database.begin() as session:
        await module.remove_replicas(session, [before])
    await wait_until(lambda: sleeper.id != before)
    async with database.begin() as session:
        assert [one.id for one in await list_replicas(session)] == [sleeper.id]
    await sleeper.close()


async def test_a_database_that_is_away_for_a_while_ends_no_heartbeat(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    replicas = Replicas(database, "webhook")
    await replicas.open()
    fails = iter([OSError("away"), ValueError("a mistake")])
    works = module.beat_replica

    async def fail(*arguments: object) -> bool:
        for error in fails:
            raise error
        return await works(*arguments)

    monkeypatch.setattr(module, "beat_replica", fail)
    async with database.begin() as session:
        (before,) = await list_replicas(session)
    async with asyncio.timeout(10):
        while True:
            async with database.begin() as session:
                (now,) = await list_replicas(session)
            if now.beats > before.beats + 1:
                break
    await replicas.close()


async def test_a_copy_can_leave_while_the_database_is_away(
    database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    replicas = Replicas(database, "webhook")
    await replicas.open()

    async def fail(*_arguments: object) -> None:
        raise OSError

    monkeypatch.setattr(module, "remove_replicas", fail)
    await replicas.close()
