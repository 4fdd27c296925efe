"""Somebody who talks to the bot in the sandbox, over real HTTP, as the page does."""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING, Any

from bot.sandbox.accounts import BOT_ID

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    import httpx

_numbers = itertools.count()

PATIENCE_SECONDS = 30.0
"""How long an answer may take: a busy machine is no mistake, and the first picture is slow."""

Message = dict[str, Any]
"""A message as docs/sandbox.md describes it under "Read a chat"."""


class Person:
    """Chat with the bot as one user, in a private chat or in a group."""

    def __init__(self, client: httpx.AsyncClient, user_id: int, chat_id: int) -> None:
        self._client = client
        self.user_id = user_id
        self.chat_id = chat_id

    def in_group(self, chat_id: int) -> Person:
        """Give the same user in a group."""
        return Person(self._client, self.user_id, chat_id)

    def alone(self) -> Person:
        """Give the same user in the private chat with the bot."""
        return Person(self._client, self.user_id, self.user_id)

    async def send(
        self,
        data: bytes | None = None,
        *,
        kind: str = "voice",
        name: str = "note.ogg",
        mime_type: str = "audio/ogg",
        **options: object,
    ) -> int:
        """Send a recording, by default one that nobody has sent yet; give the message's number.

        The options are ``duration``, ``text`` (the caption), and those of `write`.
        """
        content = f"anything {next(_numbers)}".encode() if data is None else data
        return await self._post({"kind": kind, **options}, {"file": (name, content, mime_type)})

    async def write(self, text: str, **options: object) -> int:
        """Write a text or a command; give the number of the message.

        The options are ``reply_to``, ``thread_id`` (the topic), ``forward_of`` (a `Person`, the id
        of a channel, or the name of somebody who hides the account), and ``as_chat`` (this group
        itself, as an anonymous admin, or a channel of one's own).
        """
        return await self._post({"kind": "text", "text": text, **options}, {})

    async def edit(self, message_id: int, text: str) -> None:
        """Put another text or caption in place of one's own."""
        await self.ask("edits", message_id=message_id, text=text)

    async def delete(self, message_id: int) -> None:
        """Take a message away, one's own or the bot's."""
        await self.ask("deletions", message_id=message_id)

    async def react(self, message_id: int, emoji: str | None) -> None:
        """React to a message, or take the reaction back."""
        await self.ask("reactions", message_id=message_id, emoji=emoji or "")

    async def press(self, message: Message | int, data: str, *, expired: bool = False) -> str:
        """Press a button by its data, whether it is there or not; give the identity of the press.

        An expired press is one that the bot has left too long: it cannot be answered any more.
        """
        message_id = message if isinstance(message, int) else message["message_id"]
        about = {"message_id": message_id, "data": data, "expired": expired}
        return str((await self.ask("callbacks", **about))["callback_query_id"])

    async def tap(self, message: Message, label: str, *, expired: bool = False) -> str:
        """Press the button that has this in its label; give the identity of the press."""
        rows = message["reply_markup"]["inline_keyboard"]
        (button,) = (button for row in rows for button in row if label in button["text"])
        return await self.press(message, button["callback_data"], expired=expired)

    async def rename(self, **names: str) -> None:
        """Change ``first_name``, ``last_name``, ``username`` or ``language_code``."""
        await self.ask(f"users/{self.user_id}", **names)

    async def block_bot(self, *, is_blocked: bool = True) -> None:
        """Block the bot in the private chat, or let it in again."""
        role = "kicked" if is_blocked else "member"
        await self.ask(f"chats/{self.user_id}/members", user_id=BOT_ID, role=role)

    async def read(
        self, is_there: Callable[[list[Message]], bool], *, seconds: float = PATIENCE_SECONDS
    ) -> list[Message]:
        """Wait until the messages of the bot are as expected; give them."""
        async with asyncio.timeout(seconds):
            async for messages, _ in self._follow():
                answers = [message for message in messages if message["from_bot"]]
                if is_there(answers):
                    return answers
        raise AssertionError

    async def read_answer(self, containing: str) -> Message:
        """Wait for an answer with a text in it; give it, the only message of the bot."""
        answers = await self.read(lambda found: any(containing in one["text"] for one in found))
        (answer,) = answers
        return answer

    async def read_last(self, containing: str) -> Message:
        """Wait for an answer with a text in it, among others; give the newest such."""
        answers = await self.read(lambda found: any(containing in one["text"] for one in found))
        return next(one for one in reversed(answers) if containing in one["text"])

    async def read_reaction(self, message_id: int, *, seconds: float = PATIENCE_SECONDS) -> str:
        """Wait until the bot reacts to a message; give the emoji."""
        async with asyncio.timeout(seconds):
            async for messages, _ in self._follow():
                for message in messages:
                    given = [one["emoji"] for one in message["reactions"] if one["from_bot"]]
                    if message["message_id"] == message_id and given:
                        return str(given[0])
        raise AssertionError

    async def read_press(
        self, callback_query_id: str, *, seconds: float = PATIENCE_SECONDS
    ) -> Message:
        """Wait until the bot answers a pressed button; give its ``text`` and ``show_alert``."""
        async with asyncio.timeout(seconds):
            async for _, answers in self._follow():
                for answer in answers:
                    if answer["callback_query_id"] == callback_query_id:
                        return answer
        raise AssertionError

    async def see(self, message_id: int) -> Message | None:
        """Give a message as it is now; None if it is gone."""
        messages = (await self._read_chat())["messages"]
        return next((one for one in messages if one["message_id"] == message_id), None)

    async def see_all(self) -> list[Message]:
        """Give everything that stands in the chat now, other people's messages too."""
        return list((await self._read_chat())["messages"])

    async def download(self, message: Message) -> bytes:
        """Give the picture or the file of a message."""
        url = (message["photo"] or message["file"])["url"]
        return (await self._client.get(url)).raise_for_status().content

    async def ask(self, path: str, **fields: object) -> dict[str, Any]:
        """Do something that docs/sandbox.md describes, as this user in this chat."""
        who = {"chat_id": self.chat_id, "user_id": self.user_id}
        data = {name: str(value) for name, value in {**who, **fields}.items()}
        response = await self._client.post(f"/sandbox/api/{path}", data=data)
        return dict(response.raise_for_status().json())

    async def _follow(self) -> AsyncIterator[tuple[list[Message], list[dict[str, Any]]]]:
        """Give the messages and the answers to presses, again after each change."""
        revision = 0
        messages: dict[int, Message] = {}
        answers: list[dict[str, Any]] = []
        while True:
            shown = await self._read_chat(since=revision, wait=5)
            revision = shown["revision"]
            messages |= {new["message_id"]: new for new in shown["messages"]}
            answers += shown["callback_answers"]
            yield [one for one in messages.values() if not one["deleted"]], answers

    async def _read_chat(self, **query: int) -> dict[str, Any]:
        path = f"/sandbox/api/chats/{self.chat_id}/messages"
        return dict((await self._client.get(path, params=query)).raise_for_status().json())

    async def _post(self, options: dict[str, Any], files: dict[str, Any]) -> int:
        names = {
            "reply_to": "reply_to_message_id",
            "thread_id": "message_thread_id",
            "as_chat": "sender_chat_id",
        }
        given = {names.get(name, name): value for name, value in options.items()}
        whose = given.get("forward_of")
        if isinstance(whose, Person):
            given["forward_of"] = whose.user_id
        who = {"chat_id": self.chat_id, "user_id": self.user_id}
        data = {name: str(value) for name, value in {**who, **given}.items() if value is not None}
        response = await self._client.post("/sandbox/api/messages", data=data, files=files or None)
        return int(response.raise_for_status().json()["message_id"])
