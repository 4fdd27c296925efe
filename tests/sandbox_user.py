"""A user of the sandbox, for tests: posts, presses and reads over real HTTP, as the page does."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import httpx

if TYPE_CHECKING:
    from bot.sandbox.server import Sandbox

File = tuple[str, bytes, str]
"""Name, content and MIME type of an upload."""


def open_http(address: str = "") -> httpx.AsyncClient:
    """Give a client for this computer: no proxy, and no certificates, whose loading takes time."""
    return httpx.AsyncClient(base_url=address, timeout=15, trust_env=False, verify=False)  # noqa: S501  plain HTTP has no certificates


class User:
    """Talk to the user's side of a sandbox, in the private chat of this user if not told otherwise.

    ``http`` has the sandbox's address as its base.
    """

    def __init__(self, sandbox: Sandbox, http: httpx.AsyncClient, user_id: int = 7) -> None:
        self.sandbox = sandbox
        self.http = http
        self.user_id = user_id

    async def ask_to_post(self, file: File | None = None, **fields: object) -> httpx.Response:
        """Post a message, and give the answer whatever it is."""
        data = {"chat_id": self.user_id, "user_id": self.user_id, "kind": "text"} | fields
        files = {"file": file} if file else None
        return await self.http.post("/sandbox/api/messages", data=data, files=files)

    async def post(self, file: File | None = None, **fields: object) -> int:
        """Post a message, and give its number."""
        answer = await self.ask_to_post(file, **fields)
        assert answer.status_code == 200, answer.text
        return int(answer.json()["message_id"])

    async def say(self, text: str, **fields: object) -> int:
        """Post a text, and give its number."""
        return await self.post(None, text=text, **fields)

    async def press(self, message_id: int, data: str) -> str:
        """Press a button under a message, and give the identity of the press."""
        fields = {"chat_id": self.user_id, "user_id": self.user_id, "message_id": message_id}
        answer = await self.http.post("/sandbox/api/callbacks", data=fields | {"data": data})
        assert answer.status_code == 200, answer.text
        return str(answer.json()["callback_query_id"])

    async def read(self, **query: int) -> dict[str, Any]:
        """Give what is new in the chat."""
        answer = await self.http.get(f"/sandbox/api/chats/{self.user_id}/messages", params=query)
        assert answer.status_code == 200, answer.text
        return dict(answer.json())

    async def see(self, message_id: int) -> dict[str, Any]:
        """Give one message as it is now."""
        messages = (await self.read())["messages"]
        return next(message for message in messages if message["message_id"] == message_id)

    async def wait_for_reader(self) -> None:
        """Wait until a bot has begun to fetch updates."""
        while not self.sandbox.state.updates.has_reader:  # noqa: ASYNC110  nothing rings for it
            await asyncio.sleep(0.01)
