"""What is in hand: one update, from the moment in which it is taken until it is handled."""

from __future__ import annotations

from contextvars import ContextVar
from typing import TYPE_CHECKING, Final

from sqlalchemy.exc import DataError, IntegrityError, NotSupportedError, ProgrammingError
from telegram.error import RetryAfter

from bot.database import AWAY
from bot.database.inbox import NOTE, change_answer, count_try, keep_hold
from bot.errors import JobTaken, Stopping
from bot.fate import is_lost

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy.ext.asyncio import AsyncSession

    from bot.database import Database
    from bot.database.inbox import Refusal, Taken

MAX_TRIES: Final = 5
"""What was being tried each time that the bot went down, so often, is not tried again."""

_LASTING: Final = (DataError, IntegrityError, NotSupportedError, ProgrammingError)
"""What a database says of mistakes of ours."""

_in_hand: ContextVar[Job] = ContextVar("job")


class Job:
    """Hold an update that is in hand, and where its answer stands, also for whoever comes next.

    If this copy of the bot dies, another one takes the job, and goes on with the same message.
    """

    def __init__(self, database: Database, replica_id: int, taken: Taken) -> None:
        """Keep what was taken, and by which copy."""
        self.update_id: int = taken.update_id
        self.kind: int = taken.kind
        self.data: str = taken.data
        """The update as Telegram handed it over."""
        self.received_at: datetime = taken.received_at
        self.n_tries = int(taken.kind != NOTE)
        """How often it was tried since it was taken in hand; a note, when it is listened to."""
        self.tries: int = taken.tries + int(taken.kind == NOTE)
        """How often that was, this time included; failures that pass do not count."""
        self.refusal: Refusal | None = taken.refusal
        """Which limit it was beyond, if any."""
        self.answer_id: int | None = taken.answer_id
        """The message that answers it."""
        self.sent_after: int | None = taken.sent_after
        """Says that an answer was sent whose fate nobody knows; its number is above this one."""
        self.error: BaseException | None = None
        """What its handler raised."""
        self.is_forgotten = False
        """Whether nothing of it may stay in the database's files."""
        self._database = database
        self.replica_id = replica_id
        """Which copy of the bot has it in hand."""

    async def announce(self, after: int) -> None:
        """Say that an answer is about to be sent; its number will be above ``after``.

        Raises:
            JobTaken: if another copy of the bot has the job by now.
        """
        await self._change(answer_id=None, sent_after=after)

    async def note_answer(self, message_id: int) -> None:
        """Say which message answers it.

        Raises:
            JobTaken: if another copy of the bot has the job by now.
        """
        await self._change(answer_id=message_id, sent_after=None)

    async def withdraw(self) -> None:
        """Say that no answer was sent after all.

        Raises:
            JobTaken: if another copy of the bot has the job by now.
        """
        await self._change(answer_id=None, sent_after=None)

    async def count_try(self, session: AsyncSession) -> None:
        """Count that somebody begins to listen: if the bot goes down now, that may be why.

        Raises:
            JobTaken: if another copy of the bot has the job by now.
        """
        if not await count_try(session, self.update_id, self.replica_id):
            raise JobTaken(self.update_id)
        self.n_tries += 1

    async def check(self, session: AsyncSession) -> None:
        """Make sure, in a transaction, that the job is still this copy's, before more is kept.

        Raises:
            JobTaken: if another copy has it by now, or its sender wants to be forgotten.
        """
        if not await keep_hold(session, self.update_id, self.replica_id):
            raise JobTaken(self.update_id)

    async def _change(self, *, answer_id: int | None, sent_after: int | None) -> None:
        """Keep where the answer stands."""
        async with self._database.begin() as session:
            is_ours = await change_answer(
                session,
                self.update_id,
                self.replica_id,
                answer_id=answer_id,
                sent_after=sent_after,
            )
        if not is_ours:
            raise JobTaken(self.update_id)
        self.answer_id, self.sent_after = answer_id, sent_after


def bind_job(job: Job) -> None:
    """Make a job the one in hand, in this task and in those that it starts."""
    _in_hand.set(job)


def find_job() -> Job:
    """Give the job in hand.

    Raises:
        LookupError: if no update is being handled here.
    """
    return _in_hand.get()


def passes(error: BaseException | None) -> bool:
    """Tell whether the same may go well later: Telegram, the database or the bot is away."""
    if error is None or isinstance(error, _LASTING):
        return False
    return is_lost(error) or isinstance(error, (RetryAfter, Stopping, *AWAY))
