"""On which terms notes are listened to: not too many at a time, not too late, not for ever."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, NamedTuple

from bot.errors import AllBusy, ChatBusy, GaveUp, TooLate, UserBusy
from bot.job import MAX_TRIES

if TYPE_CHECKING:
    from bot.database.inbox import Limits
    from bot.job import Job

_MINUTE_SECONDS = 60.0


class Terms(NamedTuple):
    """Hold how many notes may wait, and for how long."""

    limits: Limits
    max_minutes: int

    def check(self, job: Job) -> None:
        """Let a note pass that is to be listened to.

        Raises:
            NoteError: if it is one too many, waited for too long, or ended the bot each time.
        """
        match job.refusal:
            case "user":
                raise UserBusy(self.limits.per_user)
            case "chat":
                raise ChatBusy(self.limits.per_chat)
            case "all":
                raise AllBusy(self.limits.total)
        if job.tries > MAX_TRIES:
            raise GaveUp(job.tries - 1)
        if measure_wait(job) > self.max_minutes * _MINUTE_SECONDS:
            raise TooLate(self.max_minutes)


def measure_wait(job: Job) -> float:
    """Give for how many seconds somebody has waited; a clock that was set back shortens no wait."""
    return max(0.0, (datetime.now(UTC) - job.received_at).total_seconds())
