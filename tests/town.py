"""The whole bot, running against the sandbox over real HTTP, and people who talk to it."""

from __future__ import annotations

import asyncio
import itertools
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any

import hearings
import httpx
from pydantic import SecretStr

from bot.app import run_bot
from bot.sandbox.server import Sandbox
from bot.settings import Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from bot.worker import Hearing

_chat_ids = itertools.count(5_000)
_Answers = list[dict[str, Any]]


class Person:
    """Chat with the bot as one user, in a private chat or in a group."""

    def __init__(self, client: httpx.AsyncClient, user_id: int, chat_id: int) -> None:
        self._client = client
        self.user_id = user_id
        self.chat_id = chat_id

    def in_group(self, chat_id: int) -> Person:
        """Give the same user in a group."""
        return Person(self._client, self.user_id, chat_id)

    async def send(
        self,
        data: bytes = b"anything",
        *,
        kind: str = "voice",
        name: str = "note.ogg",
        mime_type: str = "audio/ogg",
        duration: int | None = None,
    ) -> int:
        """Send a recording; give the number of the message."""
        extra = {} if duration is None else {"duration": duration}
        return await self._post({"kind": kind, **extra}, {"file": (name, data, mime_type)})

    async def write(self, text: str, *, reply_to: int | None = None) -> int:
        """Write a text or a command; give the number of the message."""
        extra = {} if reply_to is None else {"reply_to_message_id": reply_to}
        return await self._post({"kind": "text", "text": text, **extra}, {})

    async def read(self, is_there: Callable[[_Answers], bool], *, seconds: float = 10) -> _Answers:
        """Wait until the messages of the bot are as expected; give them."""
        path = f"/sandbox/api/chats/{self.chat_id}/messages"
        revision = 0
        answers: _Answers = []
        async with asyncio.timeout(seconds):
            while True:
                response = await self._client.get(path, params={"since": revision, "wait": 5})
                shown = response.raise_for_status().json()
                revision = shown["revision"]
                changed = {new["message_id"]: new for new in shown["messages"]}
                answers = [changed.pop(old["message_id"], old) for old in answers]
                answers += [new for new in changed.values() if new.get("from_bot")]
                if is_there(answers):
                    return answers

    async def read_answer(self, containing: str) -> dict[str, Any]:
        """Wait for an answer with a text in it; give it, the only message of the bot."""
        answers = await self.read(lambda found: any(containing in one["text"] for one in found))
        (answer,) = answers
        return answer

    async def _post(self, fields: dict[str, Any], files: dict[str, Any]) -> int:
        who = {"chat_id": str(self.chat_id), "user_id": str(self.user_id)}
        data = {**who, **{name: str(value) for name, value in fields.items()}}
        response = await self._client.post("/sandbox/api/messages", data=data, files=files or None)
        return int(response.raise_for_status().json()["message_id"])


class Town:
    """Hold a sandbox in which the bot runs."""

    def __init__(
        self,
        sandbox: Sandbox,
        client: httpx.AsyncClient,
        stop: asyncio.Event,
        running: asyncio.Task[None],
    ) -> None:
        self.sandbox = sandbox
        self.stop = stop
        self.running = running
        self._client = client

    def meet(self) -> Person:
        """Give somebody whom the bot has never met."""
        user_id = next(_chat_ids)
        return Person(self._client, user_id, user_id)

    def gather(self) -> tuple[Person, Person]:
        """Give two people in a group of their own."""
        group_id = -next(_chat_ids)
        return self.meet().in_group(group_id), self.meet().in_group(group_id)


def _make_client(url: str) -> httpx.AsyncClient:
    """Give the browser, as it were, of everybody in the town."""
    return httpx.AsyncClient(base_url=url, timeout=30, trust_env=False)


@asynccontextmanager
async def run_town(
    *,
    obey_signals: bool = False,
    start: Callable[[], Hearing] | None = hearings.start,
    **options: object,
) -> AsyncIterator[Town]:
    """Run the bot in a sandbox; the options are settings. Without ``start``, the model listens."""
    async with Sandbox(port=0) as sandbox, _make_client(sandbox.url) as client:
        update = {"bot_token": SecretStr(sandbox.token), "bot_api_url": sandbox.url}
        settings = Settings(**{"workers": 1, **options}).model_copy(update=update)
        stop = asyncio.Event()
        bot = run_bot(settings, stop=None if obey_signals else stop, start=start)
        running = asyncio.create_task(bot)
        try:
            yield Town(sandbox, client, stop, running)
        finally:
            stop.set()
            await running
