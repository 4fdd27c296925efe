"""THE SPINE of the bot: a note comes in, its answer goes out; every step is one call."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Final

import structlog
from telegram.error import TelegramError

from bot import replies
from bot.answer import Answer
from bot.download import download, refuse_large
from ser_core.errors import AudioError, SerError

if TYPE_CHECKING:
    from telegram import Message

    from bot.line import Line, Place
    from bot.recogniser import Recogniser
    from bot.recording import Recording
    from ser_core.recognition import Recognition

_log = structlog.get_logger(__name__)

POSITION_SECONDS: Final = 2.0
"""How often the first in line are told their position, at most."""


class Listener:
    """Answer notes, each with one message."""

    def __init__(self, line: Line, recogniser: Recogniser) -> None:
        """Keep where notes wait, and what listens to them."""
        self._line = line
        self._recogniser = recogniser
        self._noticed_chats: set[int] = set()

    async def answer(self, note: Message, recording: Recording, *, user_id: int) -> None:
        """Answer a note from beginning to end; ``user_id`` is who asked for it."""
        started = time.monotonic()
        async with Answer(note, footer=self._take_notice(note.chat_id)) as answer:
            try:
                text = replies.tell(await self._recognise(answer, recording, user_id))
                outcome = "recognised"
            except Exception as error:  # noqa: BLE001  nobody may be left with "Listening…"
                text, outcome = replies.explain(error), type(error).__name__
                _log_failure(error)
            await answer.show(text)
        took_seconds = round(time.monotonic() - started, 3)
        _log.info("note answered", outcome=outcome, took_seconds=took_seconds)

    async def _recognise(self, answer: Answer, recording: Recording, user_id: int) -> Recognition:
        """Wait for the turn, fetch the recording, and have it listened to."""
        refuse_large(recording.size_bytes)
        with self._line.join(user_id) as place:
            await _stand_in_line(place, answer)
            answer.start_typing()
            await answer.show(replies.LISTENING)
            data = await download(answer.bot, recording)
            return await self._recogniser.recognise(data)

    def _take_notice(self, chat_id: int) -> str:
        """Give the notice that every chat must see before its first analysis, once."""
        if chat_id in self._noticed_chats:
            return ""
        self._noticed_chats.add(chat_id)
        return replies.NOTICE


async def _stand_in_line(place: Place, answer: Answer) -> None:
    """Tell the position until the turn comes; the further back, the more seldom.

    Telegram takes some thirty messages a second from a bot; with this rule even a line
    of a hundred makes fewer than nine.
    """
    while not place.has_turn:
        position = place.position
        await answer.show(replies.tell_position(position))
        await place.wait(max(POSITION_SECONDS, position / 2))


def _log_failure(error: Exception) -> None:
    """Log what kept a note from being recognised, as loudly as somebody must act on it."""
    if isinstance(error, AudioError):
        return
    if isinstance(error, (SerError, TelegramError)):
        _log.warning("note not recognised", reason=str(error))
    else:
        _log.error("note not recognised", exc_info=error)
