"""THE SPINE of the bot: a note comes in, its answer goes out; every step is one call."""

from __future__ import annotations

import asyncio
import time
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
from bot.keeping import Listening, keep
from bot.recording import find_speaker
from bot.replies import data, feedback, notes
from ser_core.errors import AudioError, SerError

if TYPE_CHECKING:
    from telegram import InlineKeyboardMarkup, Message

    from bot.database import Database
    from bot.impressions import Impressions
    from bot.line import Line, Place
    from bot.recogniser import Recogniser
    from bot.recording import Recording
    from ser_core.recognition import Recognition
    from ser_core.speaker import Speaker

_log = structlog.get_logger(__name__)

POSITION_SECONDS: Final = 2.0
"""How often the first in line are told their position, at most."""


class Heard(NamedTuple):
    """Hold what was heard in a note, and the id under which it is kept; None where it is not."""

    recognition: Recognition
    note_id: int | None


class Listener:
    """Answer notes, each with one message, or hear them without a word."""

    def __init__(
        self, line: Line, recogniser: Recogniser, database: Database, impressions: Impressions
    ) -> None:
        """Keep where notes wait, what listens to them, and where what it heard is kept."""
        self._line = line
        self._recogniser = recogniser
        self._database = database
        self._impressions = impressions
        self._in_hand: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    async def answer(self, note: Message, recording: Recording, *, user_id: int) -> None:
        """Answer a note from beginning to end; ``user_id`` is who asked for it."""
        started = time.monotonic()
        buttons = None
        async with Answer(note) as answer:
            try:
                answer.footer = await self._take_notice(note.chat_id)
                heard = await self.hear(note, recording, user_id=user_id, answer=answer)
                text, outcome = notes.tell(heard.recognition), "recognised"
                buttons = await self._offer_buttons(note, heard)
            except Forbidden:
                raise  # the bot was blocked: there is nobody to tell
            except Exception as error:  # noqa: BLE001  nobody may be left with "Listening…"
                text, outcome = notes.explain(error), type(error).__name__
                _log_failure(error)
            await answer.show(text, buttons)
        took_seconds = round(time.monotonic() - started, 3)
        _log.info("note answered", outcome=outcome, took_seconds=took_seconds)

    async def hear(
        self, note: Message, recording: Recording, *, user_id: int, answer: Answer | None = None
    ) -> Heard:
        """Give what is heard in a note, at once where the recording is known, and keep it.

        The same recording is listened to once. The wait is told in ``answer``, if there is one.

        Raises:
            AudioError: if the recording cannot be recognised.
            NoteError: if the bot is too busy, or failed to listen.
            TelegramError: if Telegram does not hand the recording over.
        """
        started = time.monotonic()
        if recognition := await self._recall(recording):
            return await self._keep(note, recording, Listening(recognition))
        refuse_large(recording.size_bytes)
        with self._line.join(user_id) as place:
            await _stand_in_line(place, answer)
            async with self._in_hand.setdefault(recording.file_unique_id, asyncio.Lock()):
                if recognition := await self._recall(recording):
                    return await self._keep(note, recording, Listening(recognition))
                fetched = await download(note.get_bot(), recording)
                speaker = await self._read_speaker(note)
                perception = await self._recogniser.recognise(fetched, speaker)
                listening = Listening(*perception, time.monotonic() - started)
                return await self._keep(note, recording, listening)

    async def _recall(self, recording: Recording) -> Recognition | None:
        """Give what this model has heard in this recording before, as far as it is kept."""
        model_id = str(self._recogniser.manifest["id"])
        async with self._database.begin() as session:
            return await find_recognition(session, recording.file_unique_id, model_id)

    async def _read_speaker(self, note: Message) -> Speaker | None:
        """Give what is known of whoever speaks in a note, as far as they consent to that."""
        user_id = find_speaker(note)
        if user_id is None:
            return None
        async with self._database.begin() as session:
            return await read_speaker(session, user_id)

    async def _keep(self, note: Message, recording: Recording, listening: Listening) -> Heard:
        """Keep what was heard, where that is agreed."""
        note_id = await keep(self._database, self._impressions, note, recording, listening)
        return Heard(listening.recognition, note_id)

    async def _offer_buttons(self, note: Message, heard: Heard) -> InlineKeyboardMarkup | None:
        """Give the buttons under the answer to a note that is kept, in private chats only."""
        if heard.note_id is None or note.chat.type != ChatType.PRIVATE:
            return None
        if find_speaker(note) is None:
            return data.offer_details(heard.note_id)
        async with self._database.begin() as session:
            opinion = await read_opinion(session, heard.note_id)
        row = feedback.offer(heard.note_id, heard.recognition, opinion)
        return data.offer_details(heard.note_id, row)

    async def _take_notice(self, chat_id: int) -> str:
        """Give the notice that every chat must see before its first analysis, once."""
        async with self._database.begin() as session:
            if (await read_chat(session, chat_id)).has_notice:
                return ""
            await change_chat(session, chat_id, has_notice=True)
        return notes.give_notice()


async def _stand_in_line(place: Place, answer: Answer | None) -> None:
    """Tell the position until the turn comes, the further back, the more seldom; then the turn.

    Telegram takes some thirty messages a second from a bot; with this rule even a line
    of a hundred makes fewer than nine.
    """
    while not place.has_turn:
        position = place.position
        if answer is not None:
            await answer.show(notes.tell_position(position))
        await place.wait(max(POSITION_SECONDS, position / 2))
    if answer is not None:
        answer.start_typing()
        await answer.show(notes.tell_listening())


def _log_failure(error: Exception) -> None:
    """Log what kept a note from being recognised, as loudly as somebody must act on it."""
    if isinstance(error, AudioError):
        return
    if isinstance(error, (SerError, TelegramError)):
        _log.warning("note not recognised", reason=str(error))
    else:
        _log.error("note not recognised", exc_info=error)
