"""Tell those who wait in line how far it is, in the message that will be their answer."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final

import structlog
from telegram import Message, Update
from telegram.error import TelegramError

from bot.answer import Answer
from bot.chosen_language import speak_with
from bot.database.line import list_waiting
from bot.errors import JobTaken, NoteDeleted
from bot.job import passes
from bot.recording import find_recording
from bot.replies import notes

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractAsyncContextManager

    from telegram import Bot

    from bot.database import Database
    from bot.database.line import Waiting
    from bot.job import Job
    from bot.numbering import Numbering

_log = structlog.get_logger(__name__)

_PATIENT_SECONDS: Final = 2.0
"""Who has waited for less is not told: the turn may come before the words."""
_MOST: Final = 10
"""So many are told at a time; Telegram takes some thirty messages a second from a bot."""
_MOST_WAITING: Final = 1000
_FRONT: Final = 3
"""The first ones are told of each step."""


class Usher:
    """Tell positions, the further back, the more seldom."""

    def __init__(
        self,
        bot: Bot,
        database: Database,
        borrow: Callable[[Waiting], AbstractAsyncContextManager[Job | None]],
        numbering: Numbering,
    ) -> None:
        """Keep who tells, where notes wait, and what holds one while its sender is told."""
        self._bot = bot
        self._database = database
        self._borrow = borrow
        self._numbering = numbering

    async def tell_positions(self) -> None:
        """Tell those whom it matters most, and leave the others for the next time."""
        async with self._database.begin() as session:
            line = await list_waiting(session, _MOST_WAITING)
        now = datetime.now(UTC)
        told = [waiting for waiting in line if is_to_be_told(waiting, now)]
        for waiting in told[:_MOST]:
            async with self._borrow(waiting) as job:
                if job is not None:
                    await self._tell(waiting, job)

    async def _tell(self, waiting: Waiting, job: Job) -> None:
        """Tell one sender the position; what goes wrong for good shows when the turn comes."""
        update = Update.de_json(json.loads(job.data), self._bot)
        note = find_note(update)
        if note is None:
            return
        await speak_with(self._database, update)
        buttons = notes.offer_cancelling(waiting.update_id)
        try:
            async with Answer(note, job, self._numbering, waiting=buttons) as answer:
                await answer.show(notes.tell_position(waiting.position))
        except (JobTaken, NoteDeleted, TelegramError) as error:
            if passes(error):
                raise
            _log.info("position not told", reason=type(error).__name__)


def is_to_be_told(waiting: Waiting, now: datetime) -> bool:
    """Tell whether a sender should hear of the position by now."""
    if (now - waiting.received_at).total_seconds() < _PATIENT_SECONDS:
        return False
    if waiting.told is None or waiting.position == waiting.told:
        return waiting.told is None
    return waiting.position <= max(_FRONT, waiting.told * 3 // 4)


def find_note(update: Update) -> Message | None:
    """Give the note that an update asks for: its own message, or the one that /mood replies to."""
    message = update.message
    if message is None or find_recording(message) is not None:
        return message
    return message.reply_to_message
