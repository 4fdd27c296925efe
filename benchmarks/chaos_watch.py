"""People who send voice notes into the sandbox, and who sees what becomes of each."""

from __future__ import annotations

import asyncio
import contextlib
import time
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Final

from bot.sandbox.accounts import BOT_ID
from bot.sandbox.bell import Bell
from bot.sandbox.params import Params, Upload
from bot.sandbox.posting import post_message
from bot.sandbox.refusals import UserError

if TYPE_CHECKING:
    import random
    from collections.abc import AsyncIterator, Callable, Iterable, Iterator

    from bot.sandbox.chats import Chat, Message
    from bot.sandbox.server import Sandbox

_FINAL: Final = "Voice:"
"""Stands in every answer that tells what was heard, and in no other text."""
_LOOK_SECONDS: Final = 0.05
_FULL_SECONDS: Final = 0.5


@dataclass(slots=True)
class Fate:
    """Hold what became of one note: the messages that quote it, by their number.

    ``shown`` are the texts of those that are there now, ``finals`` all that ever told what was
    heard, whether they are still there or not.
    """

    chat_id: int
    sent: float
    answered: float | None = None
    shown: dict[int, str] = field(default_factory=dict)
    finals: set[int] = field(default_factory=set)

    @property
    def is_lost(self) -> bool:
        """Tell whether nobody has been told what was heard."""
        return not any(_FINAL in text for text in self.shown.values())

    @property
    def is_doubled(self) -> bool:
        """Tell whether the sender has got more than one message for it."""
        return len(self.shown) > 1 or len(self.finals) > 1


class Watch:
    """See everything that stands in the chats, as often as it changes.

    It looks into the sandbox's memory, and people post there, too, instead of asking over HTTP:
    a thousand people who wait there would be most of the load that is measured.
    """

    def __init__(self, sandbox: Sandbox) -> None:
        self.fates: dict[tuple[int, int], Fate] = {}
        self.strays: set[tuple[int, int]] = set()
        self.n_answered = 0
        self.changed = Bell()
        self._sandbox = sandbox
        self._seen: dict[int, int] = {}
        self._bells: dict[int, Bell] = {}

    @contextlib.asynccontextmanager
    async def looking(self) -> AsyncIterator[None]:
        """Look again and again within the block."""
        task = asyncio.create_task(self._look_on())
        try:
            yield
        finally:
            task.cancel()
            self.look()

    def add(self, chat_id: int, message_id: int, sent: float) -> None:
        """Know of a note that was sent."""
        self.fates[chat_id, message_id] = Fate(chat_id, sent)
        self._seen.setdefault(chat_id, 0)
        self._bells.setdefault(chat_id, Bell())
        early = [at for at in self.strays if at[0] == chat_id]  # the answer may have been quicker
        self.strays.difference_update(early)
        chat = self._sandbox.state.chats.find(chat_id)
        for _, number in early:
            if chat is not None:
                self._judge(chat_id, chat.messages[number])

    def look(self) -> None:
        """See what has changed since the last time."""
        for chat_id, seen in self._seen.items():
            chat = self._sandbox.state.chats.find(chat_id)
            if chat is not None and chat.revision != seen:
                self._see(chat, seen)
                self._seen[chat_id] = chat.revision

    def list_lost(self) -> list[tuple[int, int]]:
        """Give the notes that nobody has answered with what was heard."""
        return [note for note, fate in self.fates.items() if fate.is_lost]

    def list_doubled(self) -> list[tuple[int, int]]:
        """Give the notes that were answered with more than one message."""
        return [note for note, fate in self.fates.items() if fate.is_doubled]

    def list_strays(self) -> list[tuple[int, int]]:
        """Give the messages of the bot that quote no note and are there now."""
        return sorted(self.strays)

    async def wait_in(self, chat_id: int) -> None:
        """Wait until a note of a chat is answered, or for a while."""
        await self._bells[chat_id].wait(1.0)

    async def wait_for(self, n_answered: int, *, seconds: float) -> bool:
        """Wait until so many notes are answered in all; tell whether they are."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while self.n_answered < n_answered:
                    await self.changed.wait(1.0)
        return self.n_answered >= n_answered

    async def _look_on(self) -> None:
        """Look whenever something has changed, but not all the time."""
        while True:
            await self._sandbox.state.chats.bell.wait(1.0)
            await asyncio.sleep(_LOOK_SECONDS)
            self.look()
            self.changed.ring()

    def _see(self, chat: Chat, since: int) -> None:
        """See what has changed in a chat."""
        for message in chat.messages.values():
            if message.revision > since and message.content.get("from", {}).get("id") == BOT_ID:
                self._judge(chat.chat_id, message)

    def _judge(self, chat_id: int, message: Message) -> None:
        """Put a message of the bot down to the note that it quotes."""
        content = message.content
        quoted = content.get("reply_to_message", {}).get("message_id")
        fate = self.fates.get((chat_id, quoted))
        where = chat_id, message.message_id
        if fate is None:
            (self.strays.discard if message.is_deleted else self.strays.add)(where)
            return
        if message.is_deleted:
            fate.shown.pop(message.message_id, None)
            return
        fate.shown[message.message_id] = text = str(content.get("text", ""))
        if _FINAL in text:
            fate.finals.add(message.message_id)
            if fate.answered is None:
                fate.answered = time.perf_counter()
                self.n_answered += 1
                self._bells[chat_id].ring()


@dataclass(frozen=True, slots=True)
class Crowd:
    """Hold people who each keep a few notes unanswered at a time, until all are sent.

    ``speak`` gives the note of a number; the bot listens to no file twice, so no two are alike.
    """

    sandbox: Sandbox
    watch: Watch
    speak: Callable[[int], bytes]
    chance: random.Random
    n_open: int = 3
    """As many as the bot's usual settings let pass, and less."""
    numbers: Iterator[int] = field(default_factory=count)

    async def send(self, n_notes: int, chat_ids: Iterable[int]) -> None:
        """Send notes from all these private chats, side by side."""
        chats = list(chat_ids)
        shares = [len(range(first, n_notes, len(chats))) for first in range(len(chats))]
        async with asyncio.TaskGroup() as group:
            for chat_id, share in zip(chats, shares, strict=True):
                group.create_task(self._talk(chat_id, share))

    async def _talk(self, chat_id: int, n_notes: int) -> None:
        """Send the notes of one person."""
        sent: list[tuple[int, int]] = []
        for _ in range(n_notes):
            while (
                sum(self.watch.fates[note].answered is None for note in sent[-20:]) >= self.n_open
            ):
                await self.watch.wait_in(chat_id)
            sent.append((chat_id, await self._send_one(chat_id)))
            await asyncio.sleep(self.chance.uniform(0.0, 0.05))

    async def _send_one(self, chat_id: int) -> int:
        """Send one note; give its number."""
        upload = Upload("note.ogg", "audio/ogg", self.speak(next(self.numbers)))
        values = {"chat_id": chat_id, "user_id": chat_id, "kind": "voice", "duration": 1}
        begin = time.perf_counter()
        while True:
            with contextlib.suppress(UserError):  # the bot has left too much unfetched
                params = Params(values, {"file": upload})
                message_id = await post_message(self.sandbox.state, params)
                self.watch.add(chat_id, message_id, begin)
                return message_id
            await asyncio.sleep(_FULL_SECONDS)
