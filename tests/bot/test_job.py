from __future__ import annotations

import asyncio
from datetime import timedelta
from typing import TYPE_CHECKING

import pytest
from inboxes import NOW, keep, note
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, ProgrammingError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError
from telegram.error import BadRequest, Forbidden, NetworkError, RetryAfter, TimedOut

from bot.database.inbox import take_jobs
from bot.errors import JobTaken, Stopping, WorkerDied
from bot.job import Job, bind_job, find_job, passes

if TYPE_CHECKING:
    from bot.database import Database


async def take(database: Database, replica_id: int = 7) -> Job:
    """Give the job in hand, of an update that was kept before."""
    async with database.begin() as session:
        (taken,) = await take_jobs(session, replica_id, n_notes=1, n_others=0, now=NOW)
    return Job(database, replica_id, taken)


async def test_where_the_answer_stands_is_kept_for_whoever_goes_on(database: Database) -> None:
    await keep(database, note(1))
    job = await take(database)
    assert (job.answer_id, job.sent_after) == (None, None)
    await job.announce(40)
    assert (job.answer_id, job.sent_after) == (None, 40)
    await job.note_answer(42)
    assert (job.answer_id, job.sent_after) == (42, None)
    await job.announce(43)
    await job.withdraw()
    assert (job.answer_id, job.sent_after) == (None, None)


async def test_who_has_lost_a_job_sends_nothing(database: Database) -> None:
    await keep(database, note(1))
    job = await take(database)
    job.replica_id = 8
    with pytest.raises(JobTaken):
        await job.announce(40)
    with pytest.raises(JobTaken):
        await job.note_answer(41)
    assert (job.answer_id, job.sent_after) == (None, None)
    async with database.begin() as session:
        with pytest.raises(JobTaken):
            await job.check(session)
        job.replica_id = 7
        await job.check(session)


async def test_the_job_in_hand_is_that_of_the_task(database: Database) -> None:
    await keep(database, note(1), note(2, 2))
    jobs = [await take(database) for _ in range(2)]

    async def work(job: Job) -> Job:
        bind_job(job)
        await asyncio.sleep(0)
        return await asyncio.create_task(find())

    async def find() -> Job:
        return find_job()

    assert await asyncio.gather(*map(work, jobs)) == jobs
    with pytest.raises(LookupError):
        find_job()


@pytest.mark.parametrize(
    "error",
    [
        NetworkError("x"),
        TimedOut(),
        Stopping(),
        OperationalError("x", {}, ValueError()),
        DBAPIError("x", {}, ValueError()),
        PoolTimeoutError(),
        OSError("no space left"),
        ConnectionError(),
    ],
)
def test_what_is_away_may_come_back(error: Exception) -> None:
    assert passes(error)


def test_whom_telegram_asks_to_wait_may_try_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    assert passes(RetryAfter(timedelta(seconds=3)))


@pytest.mark.parametrize(
    "error",
    [
        None,
        BadRequest("x"),
        Forbidden("x"),
        WorkerDied(1),
        ValueError(),
        IntegrityError("x", {}, ValueError()),
        ProgrammingError("x", {}, ValueError()),
    ],
)
def test_a_mistake_stays_one(error: Exception | None) -> None:
    assert not passes(error)
