"""The state of the pretended Telegram: users, chats and their messages, all in memory."""

from __future__ import annotations

import itertools
import time
from collections import deque
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.bell import Bell

if TYPE_CHECKING:
    from collections.abc import Mapping

MAX_CHATS: Final = 10_000
MAX_MESSAGES_PER_CHAT: Final = 1_000
MAX_ANSWERS_PER_CHAT: Final = 50
ACTION_SECONDS: Final = 5.0
"""How long "typing" shows. Source: Telegram Bot API, sendChatAction."""

CHAT_TYPES: Final = ("private", "group", "supergroup", "channel")


class TooManyChats(Exception):
    """Say that no chat can be added."""


@dataclass(frozen=True, slots=True)
class Message:
    """Hold one message as it is now.

    ``content`` is what the Bot API shows of it, ``html`` the text as the bot has sent it;
    ``revision`` is the revision of the chat in which the message last changed.
    """

    content: Mapping[str, Any]
    html: str | None
    revision: int
    is_deleted: bool = False

    @property
    def message_id(self) -> int:
        """Give the number of the message."""
        return int(self.content["message_id"])

    def as_quoted(self) -> dict[str, Any]:
        """Give the message as it stands in a reply to it: without what it replies to itself."""
        return {name: self.content[name] for name in self.content if name != "reply_to_message"}


@dataclass(frozen=True, slots=True)
class CallbackAnswer:
    """Hold what the bot told a user who pressed a button."""

    callback_query_id: str
    user_id: int
    text: str
    show_alert: bool
    revision: int


class Chat:
    """Hold one conversation; ``revision`` grows with every change that a user can see."""

    def __init__(self, chat_id: int, kind: str) -> None:
        """Start an empty chat."""
        self.chat_id = chat_id
        self.kind = kind
        self.revision = 0
        self.users: dict[int, dict[str, Any]] = {}
        self.messages: dict[int, Message] = {}
        self.callback_answers: deque[CallbackAnswer] = deque(maxlen=MAX_ANSWERS_PER_CHAT)
        self._action: tuple[str, float] | None = None

    def as_telegram(self) -> dict[str, Any]:
        """Give the chat as the Bot API shows it."""
        if self.kind == "private":
            first_name = next(iter(self.users.values()))["first_name"]
            return {"id": self.chat_id, "type": self.kind, "first_name": first_name}
        return {"id": self.chat_id, "type": self.kind, "title": f"Chat {abs(self.chat_id)}"}

    @property
    def action(self) -> str | None:
        """Give what the bot is doing now, such as ``typing``."""
        if self._action is None or time.monotonic() >= self._action[1]:
            return None
        return self._action[0]

    def find(self, message_id: int) -> Message | None:
        """Give a message that is there and not deleted."""
        message = self.messages.get(message_id)
        return None if message is None or message.is_deleted else message

    def show_action(self, action: str) -> None:
        """Show what the bot is doing, for `ACTION_SECONDS` or until it sends something."""
        self._action = (action, time.monotonic() + ACTION_SECONDS)
        self.revision += 1

    def put(self, content: Mapping[str, Any], *, html: str | None) -> Message:
        """Add a message, or put an edited one in its own place."""
        self.revision += 1
        message = Message(content, html, self.revision)
        if content["from"]["is_bot"]:
            self._action = None
        self.messages[message.message_id] = message
        if len(self.messages) > MAX_MESSAGES_PER_CHAT:
            del self.messages[next(iter(self.messages))]
        return message

    def delete(self, message: Message) -> None:
        """Take a message away; that it is gone stays known."""
        self.revision += 1
        gone = replace(message, revision=self.revision, is_deleted=True, html=None)
        self.messages[message.message_id] = gone

    def answer_callback(
        self, callback_query_id: str, user_id: int, text: str, *, alert: bool
    ) -> None:
        """Show a user what the bot says to the button that was pressed."""
        self.revision += 1
        self.callback_answers.append(
            CallbackAnswer(callback_query_id, user_id, text, alert, self.revision)
        )


class Chats:
    """Hold every chat, and number the messages."""

    def __init__(self) -> None:
        """Start without chats."""
        self.bell = Bell()
        self._chats: dict[int, Chat] = {}
        # Telegram never uses a number again: the clock keeps that true across restarts.
        self._message_ids = itertools.count(int(time.time()))

    def find(self, chat_id: int) -> Chat | None:
        """Give a chat that somebody has begun."""
        return self._chats.get(chat_id)

    def enter(self, chat_id: int, kind: str, user: dict[str, Any]) -> Chat:
        """Give the chat with this user in it; the first user begins the chat.

        Raises:
            TooManyChats: if there are `MAX_CHATS` already.
        """
        chat = self._chats.get(chat_id)
        if chat is None:
            if len(self._chats) >= MAX_CHATS:
                raise TooManyChats
            chat = self._chats[chat_id] = Chat(chat_id, kind)
        chat.users[int(user["id"])] = user
        return chat

    def head(self, chat: Chat, sender: Mapping[str, Any]) -> dict[str, Any]:
        """Give the fields that every new message has: number, sender, chat, date."""
        return {
            "message_id": next(self._message_ids),
            "from": dict(sender),
            "chat": chat.as_telegram(),
            "date": int(time.time()),
        }
