"""I/O  The updates of a bot that has a webhook: brought there until it has taken them.

As on Telegram those of one chat come one after the other, those of different chats side by side.
Source: WebhookActor.cpp of https://github.com/tdlib/telegram-bot-api
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

import httpx

from bot.sandbox.faults import DELIVERY_KINDS

if TYPE_CHECKING:
    from bot.sandbox.faults import Faults
    from bot.sandbox.updates import Updates

SECRET_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"  # noqa: S105  its name

_ANSWER_SECONDS: Final = 30.0
_FIRST_PAUSE_SECONDS: Final = 0.2
_MAX_PAUSE_SECONDS: Final = 5.0
_LONG_SECONDS: Final = 3600.0


@dataclass(frozen=True, slots=True)
class WebhookPlace:
    """Hold where updates are brought, with which secret, and how many at once."""

    url: str
    secret: str
    max_connections: int


class Webhook:
    """Bring each update to the bot until it answers that it has it; an update is never lost."""

    def __init__(self) -> None:
        """Start without a place to bring anything."""
        self.place: WebhookPlace | None = None
        self.last_error: tuple[int, str] | None = None
        self._delivering: asyncio.Task[None] | None = None

    def open(self, place: WebhookPlace, updates: Updates, faults: Faults) -> None:
        """Bring to this place from now on whatever waits."""
        self.close()
        self.place, self.last_error = place, None
        updates.end_polls("terminated by setWebhook request")
        updates.begin_delivering()
        self._delivering = asyncio.create_task(_Delivery(self, place, updates, faults).run())

    def close(self) -> None:
        """Bring nothing more; what the bot has not taken waits."""
        self.place = None
        if self._delivering is not None:
            self._delivering.cancel()

    async def end(self) -> None:
        """Bring nothing more, and wait until that is so."""
        self.close()
        if self._delivering is not None:
            await asyncio.wait({self._delivering})

    def note_error(self, message: str) -> None:
        """Keep what went wrong, for getWebhookInfo to tell."""
        self.last_error = int(time.time()), message


class _Delivery:
    """Bring updates to one place: a lane for each chat that has some."""

    def __init__(
        self, webhook: Webhook, place: WebhookPlace, updates: Updates, faults: Faults
    ) -> None:
        self._webhook = webhook
        self._place = place
        self._updates = updates
        self._faults = faults
        self._lanes: dict[int, deque[dict[str, Any]]] = {}
        self._connections = asyncio.Semaphore(place.max_connections)

    async def run(self) -> None:
        """Put each new update into the lane of its chat."""
        async with (
            httpx.AsyncClient(timeout=_ANSWER_SECONDS, trust_env=False) as self._client,
            asyncio.TaskGroup() as self._tasks,
        ):
            while True:
                for update in self._updates.take_undelivered():
                    chat_id = _find_chat_id(update)
                    if chat_id not in self._lanes:
                        self._lanes[chat_id] = deque()
                        self._tasks.create_task(self._empty_lane(chat_id))
                    self._lanes[chat_id].append(update)
                await self._updates.bell.wait(_LONG_SECONDS)

    async def _empty_lane(self, chat_id: int) -> None:
        """Bring the updates of a chat, one after the other."""
        lane = self._lanes[chat_id]
        while lane:
            update = lane.popleft()
            kind = self._faults.choose("webhook", DELIVERY_KINDS)
            if kind == "out_of_order":
                self._tasks.create_task(self._bring_later(update))
            else:
                await self._bring(update, at_once=kind == "at_once")
            if kind == "duplicate":
                await self._post(update)
        del self._lanes[chat_id]

    async def _bring_later(self, update: dict[str, Any]) -> None:
        """Let what comes after an update overtake it."""
        await self._faults.hold()
        await self._bring(update, at_once=False)

    async def _bring(self, update: dict[str, Any], *, at_once: bool) -> None:
        """Try until the bot says that it has the update, or has had it dropped."""
        pause = _FIRST_PAUSE_SECONDS
        while self._updates.is_pending(update["update_id"]):
            posts = [self._post(update) for _ in range(2 if at_once else 1)]
            if any(await asyncio.gather(*posts)):
                self._updates.finish(update["update_id"])
            else:
                await asyncio.sleep(pause)
                pause = min(2 * pause, _MAX_PAUSE_SECONDS)

    async def _post(self, update: dict[str, Any]) -> bool:
        """Bring an update once; tell whether the bot says that it has it."""
        headers = {SECRET_HEADER: self._place.secret} if self._place.secret else {}
        async with self._connections:
            try:
                answer = await self._client.post(self._place.url, json=update, headers=headers)
            except httpx.RequestError as error:
                self._webhook.note_error(_name_error(error))
                return False
        if not answer.is_success:
            what = f"{answer.status_code} {answer.reason_phrase}"
            self._webhook.note_error(f"Wrong response from the webhook: {what}")
        return answer.is_success


def _name_error(error: httpx.RequestError) -> str:
    """Give a failure in Telegram's words, where it has some."""
    if isinstance(error, httpx.ReadTimeout):
        return "Read timeout expired"
    if isinstance(error, httpx.ConnectError):
        return "Connection refused"
    return f"Connection closed: {error}"


def _find_chat_id(update: dict[str, Any]) -> int:
    """Give the chat of an update; what has none shares a lane."""
    for content in update.values():
        if isinstance(content, dict):
            chat = content.get("chat") or content.get("message", {}).get("chat")
            return int(chat["id"]) if chat else 0
    return 0
