"""The durable inbox: what Telegram hands over is kept first, and answered then, once.

::

    polling ──┐                    ┌─ take: in order, chats in turn ─┐
              ├─> receive ─> database                                ├─> handle ─> finished: deleted
    webhook ──┘   (then Telegram   └─ free: tried again later <──────┘
                   is told)

Whatever happens to this process, what is in the database is answered: by another copy of the bot,
or by the next one.
"""

from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager, suppress
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, Final

import structlog
from telegram import Update

from bot.database import AWAY
from bot.database.inbox import (
    MAX_PAUSE,
    NOTE,
    Fate,
    Limits,
    Taken,
    finish_job,
    free_job,
    keep_update,
    read_newest,
    take_jobs,
)
from bot.database.line import borrow_job, give_back_job
from bot.entries import make_entry
from bot.errors import JobTaken
from bot.job import MAX_TRIES, Job, bind_job, passes

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable, Sequence

    from telegram import Bot

    from bot.database import Database
    from bot.database.line import Waiting
    from bot.metrics import Metrics
    from bot.numbering import Numbering
    from bot.replicas import Replicas

_log = structlog.get_logger(__name__)

_LOOK_SECONDS: Final = 0.5
"""How often it is looked for what others have left, or what is to be tried again."""
_N_OTHERS: Final = 64
"""Commands and buttons that are handled at once, beside the notes."""
_LAST_SECONDS: Final = 1.5
"""How long handlers may take to end when they are interrupted."""
_MAX_AGE: Final = timedelta(hours=25)
"""Commands and buttons that are older are given up."""
_MIN_PAUSE: Final = timedelta(seconds=1)


class Inbox:
    """Keep updates, and have them handled."""

    def __init__(
        self,
        database: Database,
        replicas: Replicas,
        numbering: Numbering,
        *,
        limits: Limits,
        n_notes: int,
        metrics: Metrics,
    ) -> None:
        """Keep where updates wait; ``n_notes`` may be in hand here at a time."""
        self._database = database
        self._replicas = replicas
        self._numbering = numbering
        self._limits = limits
        self._n_notes = n_notes
        self._metrics = metrics
        self._in_hand: dict[asyncio.Task[None], int] = {}
        self._wake = asyncio.Event()
        self._taking: asyncio.Task[None] | None = None
        self._is_closing = False

    async def receive(self, updates: Sequence[dict[str, Any]]) -> None:
        """Keep updates as Telegram sends them; when this ends well, Telegram may be told so.

        Raises:
            DBAPIError: if the database does not take them.
            OSError: if it cannot be reached.
        """
        read = [*filter(None, map(_read, updates))]
        for update, _ in read:
            self._numbering.see_update(update)
        entries = [make_entry(update, data) for update, data in read]
        now = datetime.now(UTC)
        async with self._database.begin_durably() as session:
            in_order = sorted(entries, key=lambda entry: entry.update_id)
            fates: list[Fate] = [
                await keep_update(session, entry, self._limits, now) for entry in in_order
            ]
        for fate in fates:
            self._metrics.count_update(fate)
        self._wake.set()

    def start(self, bot: Bot, handle: Callable[[Update], Awaitable[None]]) -> None:
        """Have updates handled from now on."""
        self._taking = asyncio.create_task(self._take(bot, handle))

    async def close(self, grace_seconds: float, interrupt: Callable[[], Awaitable[None]]) -> None:
        """Take no more, and let what is in hand be finished, but not for longer than so.

        Then ``interrupt`` is called, which makes handlers end; what they leave is done later.
        """
        self._is_closing = True
        self._wake.set()
        if self._taking is not None:  # not cancelled, for it may be in the middle of a transaction
            await asyncio.wait({self._taking})
        await self._wait(grace_seconds)
        await interrupt()
        await self._wait(_LAST_SECONDS)
        for task in self._in_hand:
            task.cancel()
        await asyncio.gather(*self._in_hand, return_exceptions=True)

    @asynccontextmanager
    async def borrow(self, waiting: Waiting) -> AsyncIterator[Job | None]:
        """Hold a note that waits, while its sender is told so; None if it waits no longer.

        When the block ends well, ``waiting.position`` is what its sender knows.
        """
        replica_id, told = self._replicas.id, waiting.told
        async with self._database.begin() as session:
            taken = await borrow_job(session, waiting.update_id, replica_id)
        if taken is None:
            yield None
            return
        try:
            yield Job(self._database, replica_id, taken)
            told = waiting.position
        finally:
            async with self._database.begin() as session:
                await give_back_job(session, taken.update_id, replica_id, told_position=told)
            self._wake.set()

    async def _wait(self, seconds: float) -> None:
        """Wait until nothing is in hand, but not for longer than so."""
        if self._in_hand:
            await asyncio.wait(self._in_hand, timeout=seconds)

    async def _take(self, bot: Bot, handle: Callable[[Update], Awaitable[None]]) -> None:
        """Take in hand what can be, whenever something may have changed."""
        has_begun = False
        while not self._is_closing:
            self._wake.clear()
            try:
                has_begun = has_begun or await self._begin()
                for taken in await self._take_some():
                    job = Job(self._database, self._replicas.id, taken)
                    task = asyncio.create_task(self._work(job, bot, handle))
                    self._in_hand[task] = taken.kind
                    task.add_done_callback(self._put_down)
            except AWAY as error:
                _log.debug("nothing taken", reason=type(error).__name__)
            with suppress(TimeoutError):
                async with asyncio.timeout(_LOOK_SECONDS):
                    await self._wake.wait()

    async def _begin(self) -> bool:
        """Know how far Telegram has counted messages, as far as that is known here."""
        async with self._database.begin() as session:
            data = await read_newest(session)
        if data is not None:
            self._numbering.see_update(Update.de_json(json.loads(data), None))
        return True

    async def _take_some(self) -> list[Taken]:
        """Take as much as there are free hands for."""
        n_notes = sum(kind == NOTE for kind in self._in_hand.values())
        n_others = len(self._in_hand) - n_notes
        async with self._database.begin() as session:
            return await take_jobs(
                session,
                self._replicas.id,
                n_notes=self._n_notes - n_notes,
                n_others=_N_OTHERS - n_others,
                now=datetime.now(UTC),
            )

    def _put_down(self, task: asyncio.Task[None]) -> None:
        """Have a hand free."""
        del self._in_hand[task]
        self._wake.set()

    async def _work(self, job: Job, bot: Bot, handle: Callable[[Update], Awaitable[None]]) -> None:
        """Handle one update, and settle what becomes of it."""
        bind_job(job)
        structlog.contextvars.bind_contextvars(update_id=job.update_id)
        if _is_hopeless(job):
            _log.error("update given up", tries=job.tries)
        else:
            try:
                await handle(Update.de_json(json.loads(job.data), bot))
            except asyncio.CancelledError:  # the bot stops
                await self._settle(job, is_handled=False)
                raise
        if isinstance(job.error, JobTaken):
            return
        while not await self._settle(job, is_handled=not passes(job.error)):  # noqa: ASYNC110  nobody tells that the database is back
            await asyncio.sleep(_MIN_PAUSE.total_seconds())

    async def _settle(self, job: Job, *, is_handled: bool) -> bool:
        """Delete what is handled, and let the rest be tried again; tell whether that is kept."""
        now = datetime.now(UTC)
        pause = min(max(abs(now - job.received_at) / 2, _MIN_PAUSE), MAX_PAUSE)
        try:
            async with self._database.begin() as session:
                if is_handled:
                    await finish_job(session, job.update_id, job.replica_id)
                else:
                    await free_job(
                        session,
                        job.update_id,
                        job.replica_id,
                        not_before=now + pause,
                        n_tries=job.n_tries,
                    )
            if is_handled and job.is_forgotten:
                await self._database.purge()
        except AWAY as error:
            _log.debug("not settled", reason=type(error).__name__)
            return False
        if not is_handled:
            self._metrics.count_update("retried")
        return True


def _is_hopeless(job: Job) -> bool:
    """Tell whether an update has taken the bot down too often, or is too old to matter.

    Notes are given up by whoever listens to them, with a word.
    """
    is_old = datetime.now(UTC) - job.received_at > _MAX_AGE
    return job.kind != NOTE and (job.tries > MAX_TRIES or is_old)


def _read(raw: dict[str, Any]) -> tuple[Update, str] | None:
    """Give an update, and the text in which it is kept; None if it makes no sense."""
    try:
        return Update.de_json(raw, None), json.dumps(raw)
    except Exception as error:  # noqa: BLE001  Telegram would bring it again, and again in vain
        reason = type(error).__name__  # its text may hold what was written
        _log.error("update not understood", update_id=raw.get("update_id"), reason=reason)
        return None
