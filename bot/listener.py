"""THE SPINE of the bot: a note comes in, its answer goes out; every step is one call."""

from __future__ import annotations

import asyncio
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final, NamedTuple
from weakref import WeakValueDictionary

import structlog
from telegram.constants import ChatType
from telegram.error import Forbidden, TelegramError

from bot.answer import Answer
from bot.database.chats import change_chat, read_chat
from bot.database.learning import read_opinion, read_speaker
from bot.database.notes import find_recognition
from bot.download import download, refuse_large
from bot.errors import JobTaken, NoteDeleted, Stopping
from bot.job import find_job, passes
from bot.keeping import Listening, keep
from bot.recording import find_speaker
from bot.replies import data, feedback, notes
from bot.terms import measure_wait
from ser_core.errors import AudioError, SerError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from telegram import InlineKeyboardMarkup, Message

    from bot.database import Database
    from bot.impressions import Impressions
    from bot.metrics import Metrics, Stage
    from bot.numbering import Numbering
    from bot.recogniser import Recogniser
    from bot.recording import Recording
    from bot.terms import Terms
    from ser_core.recognition import Recognition
    from ser_core.speaker import Speaker

_log = structlog.get_logger(__name__)

RECOGNISED: Final = "recognised"
"""The outcome of a note that went well; of others, it is the name of an error."""


class Heard(NamedTuple):
    """Hold what was heard in a note, and the id under which it is kept; None where it is not."""

    recognition: Recognition
    note_id: int | None
    is_new: bool


class _Known(NamedTuple):
    """Hold what is known before a note is listened to."""

    recognition: Recognition | None
    """What was heard in the same recording before."""
    speaker: Speaker | None
    """Whoever speaks, as far as they consent to be known."""


class Listener:
    """Answer notes, each with one message, or hear them without a word."""

    def __init__(
        self,
        recogniser: Recogniser,
        database: Database,
        impressions: Impressions,
        numbering: Numbering,
        terms: Terms,
        metrics: Metrics,
    ) -> None:
        """Keep what listens to notes, on which terms, and where what it heard is kept."""
        self._recogniser = recogniser
        self._database = database
        self._impressions = impressions
        self._numbering = numbering
        self._terms = terms
        self._metrics = metrics
        self._in_hand: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def answer(self, note: Message, recording: Recording) -> None:
        """Answer a note from beginning to end.

        What passes is no answer: whoever has the note in hand next goes on with it.
        """
        job = find_job()
        waiting = notes.offer_cancelling(job.update_id)
        async with Answer(note, job, self._numbering, waiting=waiting) as answer:
            try:
                outcome = await self._answer(note, recording, answer)
            except NoteDeleted as error:
                outcome = type(error).__name__
                await answer.drop(notes.explain(error))
            except Forbidden as error:
                self.count(type(error).__name__)
                raise  # the bot was blocked: there is nobody to tell
            except (Stopping, asyncio.CancelledError):
                await answer.hint(notes.tell_restarting())
                raise
        self.count(outcome)
        took_seconds = round(measure_wait(job), 3)
        _log.info("note answered", outcome=outcome, took_seconds=took_seconds, tries=job.tries)

    async def hear(
        self, note: Message, recording: Recording, *, answer: Answer | None = None
    ) -> Heard:
        """Give what is heard in a note, at once where the recording is known, and keep it.

        The same recording is listened to once. The wait is told in ``answer``, if there is one.

        Raises:
            AudioError: if the recording cannot be recognised.
            NoteError: if the note is not to be listened to, or the bot failed to.
            TelegramError: if Telegram does not hand the recording over.
        """
        self._metrics.observe("waiting", measure_wait(find_job()))
        self._terms.check(find_job())
        refuse_large(recording.size_bytes)
        if answer is not None:
            await _begin(answer)
        lock = self._in_hand.setdefault(recording.file_unique_id, asyncio.Lock())
        async with lock:
            known = await self._recall(note, recording)
            if known.recognition is not None:
                return await self._keep(note, recording, Listening(known.recognition))
            with self._measure("downloading"):
                fetched = await download(note.get_bot(), recording, self._metrics)
            with self._measure("listening"):
                perception = await self._recogniser.recognise(fetched, known.speaker)
            listening = Listening(*perception, measure_wait(find_job()))
            return await self._keep(note, recording, listening)

    def count(self, outcome: str) -> None:
        """Count a note that is done with, and how long it took."""
        self._metrics.count_note(outcome)
        self._metrics.observe("whole", measure_wait(find_job()))

    async def _answer(self, note: Message, recording: Recording, answer: Answer) -> str:
        """Have a note answered; give what came of it."""
        buttons = None
        try:
            answer.footer = await self._choose_notice(note.chat_id)
            heard = await self.hear(note, recording, answer=answer)
            text, outcome = notes.tell(heard.recognition), RECOGNISED
            buttons = await self._offer_buttons(note, heard)
        except (Forbidden, JobTaken, NoteDeleted):
            raise
        except Exception as error:
            if passes(error):
                raise
            text, outcome = notes.explain(error), type(error).__name__
            _log_failure(error)
        with self._measure("answering"):
            await answer.settle(text, buttons)
        if answer.footer:
            async with self._database.begin() as session:
                await change_chat(session, note.chat_id, has_notice=True)
        return outcome

    async def _recall(self, note: Message, recording: Recording) -> _Known:
        """Give what this model has heard in this recording before; else who speaks, if known."""
        model_id = str(self._recogniser.manifest["id"])
        user_id = find_speaker(note)
        async with self._database.begin() as session:
            heard = await find_recognition(session, recording.file_unique_id, model_id)
            if heard is not None:
                return _Known(heard, None)
            await find_job().count_try(session)
            return _Known(None, None if user_id is None else await read_speaker(session, user_id))

    async def _keep(self, note: Message, recording: Recording, listening: Listening) -> Heard:
        """Keep what was heard, where that is agreed."""
        note_id = await keep(self._database, self._impressions, note, recording, listening)
        return Heard(listening.recognition, note_id, is_new=listening.impression is not None)

    async def _offer_buttons(self, note: Message, heard: Heard) -> InlineKeyboardMarkup | None:
        """Give the buttons under the answer to a note that is kept, in private chats only."""
        if heard.note_id is None or note.chat.type != ChatType.PRIVATE:
            return None
        if find_speaker(note) is None:
            return data.offer_details(heard.note_id)
        opinion = None
        if not heard.is_new:  # nobody can have said anything of a new one
            async with self._database.begin() as session:
                opinion = await read_opinion(session, heard.note_id)
        row = feedback.offer(heard.note_id, heard.recognition, opinion)
        return data.offer_details(heard.note_id, row)

    async def _choose_notice(self, chat_id: int) -> str:
        """Give the notice that every chat must see before its first analysis, until it has."""
        async with self._database.begin() as session:
            has_notice = (await read_chat(session, chat_id)).has_notice
        return "" if has_notice else notes.give_notice()

    @contextmanager
    def _measure(self, stage: Stage) -> Iterator[None]:
        """Count how long the block takes, if it ends well."""
        started = time.monotonic()
        yield
        self._metrics.observe(stage, time.monotonic() - started)


async def _begin(answer: Answer) -> None:
    """Say that the bot listens now, unless the note was taken back while it waited."""
    if answer.is_there:
        await answer.check_note()
    answer.calm(notes.tell_listening())


def _log_failure(error: Exception) -> None:
    """Log what kept a note from being recognised, as loudly as somebody must act on it."""
    if isinstance(error, AudioError):
        return
    if isinstance(error, (SerError, TelegramError)):
        _log.warning("note not recognised", reason=str(error))
    else:
        _log.error("note not recognised", exc_info=error)
