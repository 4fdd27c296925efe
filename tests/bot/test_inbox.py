from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
import pytest_asyncio
from sqlalchemy import func, select, update
from sqlalchemy.exc import OperationalError
from telegram import Bot, Update
from telegram.error import NetworkError

from bot import inbox as module
from bot.database.inbox import Limits
from bot.database.inbox_tables import JobRow
from bot.database.line import list_waiting, read_backlog
from bot.errors import JobTaken, Stopping
from bot.inbox import Inbox
from bot.job import MAX_TRIES, Job, find_job
from bot.metrics import Metrics
from bot.numbering import Numbering
from bot.replicas import Replicas

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from bot.database import Database
    from bot.database.line import Waiting

BOT = Bot("123456789:" + "A" * 35)


def voice(update_id: int, user_id: int = 1) -> dict[str, Any]:
    """Give an update with a voice message, as Telegram hands it over."""
    sound = {"file_id": f"file-{update_id}", "file_unique_id": f"{update_id}", "duration": 3}
    user = {"id": user_id, "is_bot": False, "first_name": "Ada"}
    chat = {"id": user_id, "type": "private", "first_name": "Ada"}
    message = {"message_id": update_id, "date": 0, "chat": chat, "from": user, "voice": sound}
    return {"update_id": update_id, "message": message}


class Desk:
    """Hold an inbox, and what was handled there."""

    def __init__(self, database: Database, replicas: Replicas) -> None:
        self.database = database
        self.metrics = Metrics()
        limits = Limits(per_user=5, per_chat=5, total=50)
        self.inbox = Inbox(
            database, replicas, Numbering(), limits=limits, n_notes=2, metrics=self.metrics
        )
        self.handled: list[int] = []
        self.jobs: list[Job] = []
        self.failures: dict[int, list[BaseException]] = {}
        self.go = asyncio.Event()
        self.go.set()
        self.n_at_once = self.max_at_once = 0

    def start(self) -> None:
        """Have updates handled."""
        self.inbox.start(BOT, self.handle)

    async def handle(self, update: Update) -> None:
        """Do as the application does: an error is left with the job."""
        job = find_job()
        self.jobs.append(job)
        self.n_at_once += 1
        self.max_at_once = max(self.max_at_once, self.n_at_once)
        try:
            await self.go.wait()
            failures = self.failures.get(update.update_id)
            if failures:
                job.error = failures.pop(0)
            else:
                self.handled.append(update.update_id)
        finally:
            self.n_at_once -= 1

    async def wait(self, *update_ids: int) -> None:
        """Wait until exactly these are handled, in any order, and nothing is left."""
        await wait_until(lambda: sorted(self.handled) == sorted(update_ids))
        async with asyncio.timeout(10):
            while await self.count():  # noqa: ASYNC110  nor has that
                await asyncio.sleep(0.01)

    async def count(self) -> int:
        """Give how many updates are kept."""
        async with self.database.begin() as session:
            return int(await session.scalar(select(func.count()).select_from(JobRow)) or 0)

    def tell(self, event: str) -> str:
        """Give what is counted of an event."""
        lines = self.metrics.render().decode().splitlines()
        (line,) = (line for line in lines if line.startswith(f'ser_updates_total{{event="{event}"'))
        return line.split()[-1]


@pytest_asyncio.fixture
async def desk(database: Database, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Desk]:
    """Give an inbox with nothing in it, which tries again soon."""
    monkeypatch.setattr(module, "_MIN_PAUSE", timedelta(seconds=0.05))
    monkeypatch.setattr(module, "_LOOK_SECONDS", 0.02)
    replicas = Replicas(database, "polling")
    await replicas.open()
    made = Desk(database, replicas)
    yield made
    made.go.set()
    await made.inbox.close(5, nothing)
    await replicas.close()


async def wait_until(is_so: Callable[[], bool]) -> None:
    """Wait for what nobody tells."""
    async with asyncio.timeout(10):
        while not is_so():  # noqa: ASYNC110  what is waited for has no event
            await asyncio.sleep(0.01)


async def nothing() -> None:
    """Interrupt nobody."""


async def test_what_comes_is_handled_once_and_then_gone(desk: Desk) -> None:
    desk.start()
    await desk.inbox.receive([voice(1), voice(2, 2), voice(1)])
    await desk.inbox.receive([voice(2, 2)])
    await desk.wait(1, 2)
    assert (desk.tell("received"), desk.tell("duplicate")) == ("2.0", "2.0")


async def test_what_is_left_of_an_earlier_bot_is_handled_at_the_start(desk: Desk) -> None:
    await desk.inbox.receive([voice(1), voice(2)])
    desk.start()
    await desk.wait(1, 2)


async def test_only_so_many_notes_are_in_hand_at_a_time(desk: Desk) -> None:
    desk.go.clear()
    desk.start()
    await desk.inbox.receive([voice(number, number) for number in range(1, 7)])
    await asyncio.sleep(0.2)
    assert desk.max_at_once == 2
    desk.go.set()
    await desk.wait(*range(1, 7))
    assert desk.max_at_once == 2


async def test_a_failure_that_passes_is_tried_again_until_it_has_passed(desk: Desk) -> None:
    desk.failures[1] = [NetworkError("x"), Stopping(), OperationalError("x", {}, ValueError())]
    desk.start()
    await desk.inbox.receive([voice(1)])
    await desk.wait(1)
    assert [job.tries for job in desk.jobs] == [1, 1, 1, 1]
    assert desk.tell("retried") == "3.0"


async def test_a_mistake_is_not_tried_again(desk: Desk) -> None:
    desk.failures[1] = [ValueError("a mistake")]
    desk.start()
    await desk.inbox.receive([voice(1), voice(2)])
    await desk.wait(2)


async def test_what_another_copy_has_is_left_to_it(desk: Desk) -> None:
    desk.failures[1] = [JobTaken(1)]
    desk.start()
    await desk.inbox.receive([voice(1)])
    await wait_until(lambda: bool(desk.jobs))
    await asyncio.sleep(0.1)
    assert (len(desk.jobs), await desk.count()) == (1, 1)


@pytest.mark.parametrize(
    ("tries", "is_note", "handled"),
    [(MAX_TRIES, False, [2]), (MAX_TRIES - 1, False, [1, 2]), (9 * MAX_TRIES, True, [1, 2])],
)
async def test_a_word_that_takes_the_bot_down_again_and_again_is_given_up_a_note_gets_a_word(
    desk: Desk, tries: int, *, is_note: bool, handled: list[int]
) -> None:
    first = voice(1)
    if not is_note:
        del first["message"]["voice"]
    await desk.inbox.receive([first, voice(2, 2)])
    async with desk.database.begin() as session:
        await session.execute(update(JobRow).where(JobRow.update_id == 1).values(tries=tries))
    desk.start()
    await desk.wait(*handled)


@pytest.mark.parametrize(("is_note", "handled"), [(True, [1, 2]), (False, [2])])
async def test_words_are_given_up_after_a_day_and_notes_never_without_one(
    desk: Desk, *, is_note: bool, handled: list[int]
) -> None:
    first = voice(1)
    if not is_note:
        del first["message"]["voice"]
    await desk.inbox.receive([first, voice(2, 2)])
    async with desk.database.begin() as session:
        old = datetime.now(UTC) - timedelta(hours=26)
        await session.execute(update(JobRow).where(JobRow.update_id == 1).values(received_at=old))
    desk.start()
    await desk.wait(*handled)


async def test_an_update_that_makes_no_sense_does_not_keep_others_from_coming(
    desk: Desk, capsys: pytest.CaptureFixture[str]
) -> None:
    desk.start()
    await desk.inbox.receive([{"update_id": 1, "message": {"chat": "secret words"}}, voice(2)])
    await desk.wait(2)
    told = capsys.readouterr().out
    assert "update not understood" in told
    assert "secret words" not in told


async def test_a_database_that_is_away_makes_nobody_hand_over_in_vain(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    works = module.keep_update
    fails: Callable[..., Awaitable[str]] = _fail_once(works)
    monkeypatch.setattr(module, "keep_update", fails)
    desk.start()
    with pytest.raises(OSError, match="away"):
        await desk.inbox.receive([voice(1)])
    assert await desk.count() == 0
    await desk.inbox.receive([voice(1)])
    await desk.wait(1)


@pytest.mark.parametrize("name", ["take_jobs", "finish_job", "read_newest"])
async def test_a_database_that_is_away_is_waited_for(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(module, name, _fail_once(getattr(module, name)))
    desk.start()
    await desk.inbox.receive([voice(1)])
    await desk.wait(1)


def _fail_once(works: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
    """Give what fails the first time as a database does that is away."""
    fails = [OSError("away")]

    async def call(*arguments: object, **options: object) -> object:
        if fails:
            raise fails.pop()
        return await works(*arguments, **options)

    return call


async def test_what_is_in_hand_is_finished_when_the_bot_stops(desk: Desk) -> None:
    desk.go.clear()
    desk.start()
    await desk.inbox.receive([voice(1), voice(2)])
    await wait_until(lambda: bool(desk.jobs))
    closing = asyncio.create_task(desk.inbox.close(5, nothing))
    await asyncio.sleep(0.1)
    desk.go.set()
    await closing
    assert desk.handled == [1]
    assert await desk.count() == 1


async def test_what_takes_longer_than_the_grace_is_left_to_the_next_bot(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_LAST_SECONDS", 0.05)
    desk.go.clear()
    desk.start()
    await desk.inbox.receive([voice(1)])
    await wait_until(lambda: bool(desk.jobs))
    interrupted = []

    async def interrupt() -> None:
        interrupted.append(desk.n_at_once)

    await desk.inbox.close(0.05, interrupt)
    assert interrupted == [1]
    async with desk.database.begin() as session:
        assert await read_backlog(session) != (0, 1, 0.0)
        row = (await session.execute(select(JobRow.replica_id, JobRow.tries))).one()
    assert tuple(row) == (None, 0)


async def test_a_note_in_line_is_held_while_its_sender_is_told(desk: Desk) -> None:
    await desk.inbox.receive([voice(1)])
    async with desk.database.begin() as session:
        (waiting,) = await list_waiting(session, 9)
    async with desk.inbox.borrow(waiting) as job, desk.inbox.borrow(waiting) as again:
        assert job is not None
        assert again is None
        await job.announce(5)
    async with desk.database.begin() as session:
        assert [one.told for one in await list_waiting(session, 9)] == [1]
    with pytest.raises(NetworkError):
        await _fail_to_tell(desk, waiting._replace(position=7))
    async with desk.database.begin() as session:
        assert [one.told for one in await list_waiting(session, 9)] == [None]
    desk.start()
    await desk.wait(1)
    assert desk.jobs[0].sent_after == 5


async def _fail_to_tell(desk: Desk, waiting: Waiting) -> None:
    """Hold a note whose sender cannot be told."""
    async with desk.inbox.borrow(waiting):
        message = "not told"
        raise NetworkError(message)


async def test_log_lines_name_the_update(desk: Desk, capsys: pytest.CaptureFixture[str]) -> None:
    word = voice(77)
    del word["message"]["voice"]
    await desk.inbox.receive([word])
    async with desk.database.begin() as session:
        await session.execute(update(JobRow).values(tries=3 * MAX_TRIES))
    desk.start()
    await desk.wait()
    assert not desk.handled
    assert "update_id=77" in capsys.readouterr().out
