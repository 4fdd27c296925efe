"""The one message that answers a note: sent once, then edited, whatever goes wrong in between."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from typing import TYPE_CHECKING, Final, Self

import structlog
from telegram.constants import ChatAction, ChatType, ParseMode
from telegram.error import BadRequest, NetworkError, TelegramError

from bot.errors import JobTaken, NoteDeleted
from bot.fate import changes_nothing, may_have_worked, misses_note
from bot.lost_answer import find_lost_answer

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Message

    from bot.job import Job
    from bot.numbering import Numbering

_log = structlog.get_logger(__name__)

_PATIENCE_SECONDS: Final = 1.0
"""Whoever is answered sooner need not be told that it takes a moment."""
_TYPING_SECONDS: Final = 4.0
"""Telegram shows "typing" for five seconds."""
_MAX_LOST: Final = 3
"""So often an answer may get lost on its way before the whole job is tried again later."""
_HINT_SECONDS: Final = 2.0
"""How long something may take on which nothing depends."""


class Answer:
    """Hold the answer to one note, within an ``async with`` block.

    Where it stands is kept with the job before and after it is sent, so whoever goes on with the
    job goes on with the same message, whatever happens in between.
    """

    def __init__(
        self, note: Message, job: Job, numbering: Numbering, *, waiting: InlineKeyboardMarkup
    ) -> None:
        """Keep the note that the answer will quote, and the buttons under it while it waits.

        No other message may have the same ``waiting``.
        """
        self.footer = ""
        """Stands under every text that is shown from now on."""
        self._note = note
        self._job = job
        self._numbering = numbering
        self._waiting = waiting
        self._was_lost = self._is_lost = _is_on_its_way(job)
        self._n_lost = 0
        self._text = ""
        self._is_done = asyncio.Event()
        self._calming: asyncio.Task[None] | None = None
        self._typing: asyncio.Task[None] | None = None

    async def __aenter__(self) -> Self:
        """Begin."""
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """End what was said in between; a request is cut off only if it hangs."""
        self._is_done.set()
        for task in filter(None, (self._calming, self._typing)):
            await asyncio.wait({task}, timeout=_HINT_SECONDS)
            task.cancel()
            await asyncio.gather(task, return_exceptions=True)

    @property
    def is_there(self) -> bool:
        """Tell whether there is a message that answers the note."""
        return self._job.answer_id is not None

    def calm(self, text: str) -> None:
        """Show a text, and "typing", as soon as the answer takes longer than a moment."""
        self._calming = asyncio.create_task(self._calm(text))

    async def show(self, text: str) -> None:
        """Make the answer read so, in HTML, as long as the note waits.

        Raises:
            NoteDeleted: if there is no note any more to answer.
        """
        text = self._add_footer(text)
        if text != self._text:
            await self._deliver(text, self._waiting, is_last=False)
            self._text = text

    async def settle(self, text: str, buttons: InlineKeyboardMarkup | None = None) -> None:
        """Make the answer read so, in HTML, for good.

        Raises:
            NoteDeleted: if there is no note any more to answer.
        """
        await self._end_calming()
        await self._deliver(self._add_footer(text), buttons, is_last=True)

    async def drop(self, text: str) -> None:
        """Say that the note is gone: in the answer, or anew to whoever is alone with the bot."""
        if self.is_there:
            await self._edit(text, None)
        elif self._note.chat.type == ChatType.PRIVATE and not self._was_lost:
            await self._job.announce(_find_last(self._note, self._numbering))
            with suppress(NetworkError):  # a word that gets lost is not worth a second one
                await self._note.reply_html(text, do_quote=False)

    async def hint(self, text: str) -> None:
        """Say something in passing, as long as the note waits; nothing depends on it."""
        if self.is_there:
            with suppress(TelegramError, TimeoutError):
                async with asyncio.timeout(_HINT_SECONDS):
                    await self._edit(text, self._waiting)

    async def check_note(self) -> None:
        """Find out whether the note is still there: to take back no reaction changes nothing.

        Raises:
            NoteDeleted: if it is gone.
        """
        if self._note.chat.type != ChatType.PRIVATE:
            return  # the bot may have reacted there
        try:
            await self._note.set_reaction(None)
        except BadRequest as error:
            if misses_note(error):
                raise NoteDeleted from error

    async def _end_calming(self) -> None:
        """Let nothing more be said in between.

        Raises:
            NoteDeleted: if there is no note any more to answer.
            JobTaken: if another copy of the bot has the job by now.
        """
        self._is_done.set()
        if self._calming is not None:
            await asyncio.wait({self._calming})
            error = self._calming.exception()
            if isinstance(error, (JobTaken, NoteDeleted)):
                raise error

    async def _calm(self, text: str) -> None:
        """Show a text after a moment, and "typing" from then on."""
        with suppress(TimeoutError):
            async with asyncio.timeout(_PATIENCE_SECONDS):
                await self._is_done.wait()
        if not self._is_done.is_set():
            await self.show(text)
            self._typing = asyncio.create_task(self._type())

    def _add_footer(self, text: str) -> str:
        """Give a text as it is shown."""
        return f"{text}\n\n{self.footer}".strip()

    async def _deliver(
        self, text: str, buttons: InlineKeyboardMarkup | None, *, is_last: bool
    ) -> None:
        """Edit the answer; the first time, and where it is gone, send it."""
        if not self.is_there:
            await self._recall()
        if not self.is_there or not await self._edit(text, buttons):
            await self._send(text, buttons, is_last=is_last)

    async def _recall(self) -> None:
        """Find out which message the answer is, if it was sent and nobody has noted that."""
        number = self._numbering.find_answer(self._job.update_id)
        if number is None and self._is_lost and self._job.sent_after is not None:
            number = await find_lost_answer(
                self._note, self._waiting, self._numbering, after=self._job.sent_after
            )
        self._is_lost = False
        if number is not None:
            await self._adopt(number)

    async def _send(
        self, text: str, buttons: InlineKeyboardMarkup | None, *, is_last: bool
    ) -> None:
        """Send the answer; if nobody knows what became of it, look for it before the next try.

        The number of the last word is not kept: the job ends now, and if the bot is killed before
        it has, the message is looked for.
        """
        self._numbering.remember_answer(self._job.update_id, None)
        await self._job.announce(_find_last(self._note, self._numbering))
        try:
            sent = await self._note.reply_html(
                text, do_quote=True, allow_sending_without_reply=False, reply_markup=buttons
            )
        except TelegramError as error:
            await self._judge(error)
            await self._deliver(text, buttons, is_last=is_last)
        else:
            self._numbering.remember_answer(self._job.update_id, sent.message_id)
            self._job.answer_id = sent.message_id
            if not is_last:
                await self._job.note_answer(sent.message_id)

    async def _judge(self, error: TelegramError) -> None:
        """Prepare for another try at sending; raise the error where that makes no sense now."""
        self._is_lost = may_have_worked(error)
        if not self._is_lost:
            await self._job.withdraw()
            if isinstance(error, BadRequest) and misses_note(error):
                raise NoteDeleted from error
            raise error
        self._n_lost += 1
        if self._n_lost > _MAX_LOST:
            raise error

    async def _adopt(self, number: int) -> None:
        """Remember that a message is the answer, here first: that cannot fail."""
        self._numbering.remember_answer(self._job.update_id, number)
        await self._job.note_answer(number)

    async def _edit(self, text: str, buttons: InlineKeyboardMarkup | None) -> bool:
        """Change the answer; tell whether that could be done: it may be gone."""
        try:
            await self._note.get_bot().edit_message_text(
                text,
                self._note.chat_id,
                self._job.answer_id,
                parse_mode=ParseMode.HTML,
                reply_markup=buttons,
            )
        except BadRequest as error:
            return changes_nothing(error)
        return True

    async def _type(self) -> None:
        """Show "typing" again and again; where Telegram will not, the answer comes without."""
        while not self._is_done.is_set():
            try:
                await self._note.reply_chat_action(ChatAction.TYPING)
            except TelegramError as error:
                _log.debug("typing not shown", reason=error.message)
            with suppress(TimeoutError):
                async with asyncio.timeout(_TYPING_SECONDS):
                    await self._is_done.wait()


async def reply_once(note: Message, job: Job, numbering: Numbering, text: str) -> None:
    """Reply to a note for which nobody waits: never twice, even if it may have got lost."""
    if job.answer_id is None and not _is_on_its_way(job):
        await job.announce(_find_last(note, numbering))
        try:
            sent = await note.reply_html(text, do_quote=True)
        except TelegramError as error:
            if not may_have_worked(error):
                await job.withdraw()
            raise
        await job.note_answer(sent.message_id)


def _is_on_its_way(job: Job) -> bool:
    """Tell whether an answer was being sent, and nobody knows what became of it."""
    return job.sent_after is not None and job.answer_id is None


def _find_last(note: Message, numbering: Numbering) -> int:
    """Give the number that the answer to a note will be above."""
    return max(note.message_id, numbering.find_highest(note.chat))
