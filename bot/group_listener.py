"""Hear the voice messages of a group that wants it, and show that as quietly as it wants."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram import ReactionTypeEmoji
from telegram.error import BadRequest, TelegramError

from bot.answer import reply_once
from bot.database.chats import read_chat
from bot.errors import JobTaken
from bot.groups import may_hear
from bot.job import find_job, passes
from bot.listener import RECOGNISED
from bot.recording import find_speaker
from bot.replies.groups import REACTIONS
from bot.replies.notes import tell
from ser_core.errors import SerError

if TYPE_CHECKING:
    from telegram import Message

    from bot.database import Database
    from bot.listener import Listener
    from bot.numbering import Numbering
    from bot.recording import Recording
    from ser_core.recognition import Recognition

_log = structlog.get_logger(__name__)


class GroupListener:
    """Hear the notes of groups, without a word unless they want one."""

    def __init__(self, listener: Listener, database: Database, numbering: Numbering) -> None:
        """Keep what hears notes, and where groups say whether they want that."""
        self._listener = listener
        self._database = database
        self._numbering = numbering

    async def hear(self, note: Message, recording: Recording) -> None:
        """Hear a note, keep what was heard, and show it; all that only where it is agreed.

        What cannot be recognised is passed over: nobody asked. What passes is tried again.
        """
        if find_speaker(note) is None or not await self._is_agreed(note):
            return
        try:
            heard = await self._listener.hear(note, recording)
        except (SerError, TelegramError) as error:
            if passes(error) or isinstance(error, JobTaken):
                raise
            self._listener.count(type(error).__name__)
            _log.info("group note not recognised", reason=str(error))
            return
        if heard.note_id is not None:  # None: while it was listened to, somebody said no
            await self._show(note, heard.recognition)
        self._listener.count(RECOGNISED)

    async def _is_agreed(self, note: Message) -> bool:
        """Tell whether the group is listened to, and the speaker wants that."""
        async with self._database.begin() as session:
            chat = await read_chat(session, note.chat_id)
            return chat.is_listening and await may_hear(session, note)

    async def _show(self, note: Message, recognition: Recognition) -> None:
        """React to a note, reply to it, or say nothing, as the group wants it."""
        async with self._database.begin() as session:
            manner = (await read_chat(session, note.chat_id)).manner
        if manner == "reply":
            await reply_once(note, find_job(), self._numbering, tell(recognition))
        elif manner == "reaction" and recognition.is_sure:
            await _react(note, REACTIONS[recognition.emotion])


async def _react(note: Message, emoji: str) -> None:
    """Put an emoji under a note; where the group has no reactions, or the note is gone, none."""
    try:
        await note.set_reaction(ReactionTypeEmoji(emoji))
    except BadRequest as error:
        _log.info("reaction not shown", reason=error.message)
