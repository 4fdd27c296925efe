"""The state of the pretended Telegram: users, chats and their messages, all in memory."""

from __future__ import annotations

import time
from collections import deque
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.accounts import BOT_ID
from bot.sandbox.bell import Bell
from bot.sandbox.numbers import Numbers

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.accounts import Account

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
    ``revision`` is the revision of the chat in which the message last changed; ``reactions`` has
    the emoji of everybody who has reacted, by their id.
    """

    content: Mapping[str, Any]
    html: str | None
    revision: int
    is_deleted: bool = False
    reactions: Mapping[int, str] = field(default_factory=dict)

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
        self.title = f"Chat {abs(chat_id)}"
        self.is_forum = False
        self.linked_chat_id: int | None = None
        self.migrated_to: int | None = None
        self.revision = 0
        self.users: dict[int, Account] = {}
        self.roles: dict[int, str] = {}
        self.topics: dict[int, Message] = {}
        self.messages: dict[int, Message] = {}
        self.callback_answers: deque[CallbackAnswer] = deque(maxlen=MAX_ANSWERS_PER_CHAT)
        self.numbers = Numbers()
        self._action: tuple[str, float] | None = None

    def as_telegram(self) -> dict[str, Any]:
        """Give the chat as the Bot API shows it."""
        if self.kind == "private":
            first_name = next(iter(self.users.values()))["first_name"]
            return {"id": self.chat_id, "type": self.kind, "first_name": first_name}
        forum = {"is_forum": True} if self.is_forum else {}
        return {"id": self.chat_id, "type": self.kind, "title": self.title, **forum}

    def role_of(self, user_id: int) -> str:
        """Give what somebody is here; ``left`` if they were never here."""
        return self.roles.get(user_id, "left")

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
        old = self.messages.get(content["message_id"])
        reactions = old.reactions if old else {}
        message = Message(content, html, self.revision, reactions=reactions)
        if html is not None:
            self._action = None
        self.messages[message.message_id] = message
        if len(self.messages) > MAX_MESSAGES_PER_CHAT:
            del self.messages[next(iter(self.messages))]
        return message

    def delete(self, message: Message) -> None:
        """Take a message away; that it is gone stays known."""
        self.revision += 1
        gone = replace(message, revision=self.revision, is_deleted=True, html=None, reactions={})
        self.messages[message.message_id] = gone

    def react(self, message: Message, user_id: int, emoji: str | None) -> None:
        """Put somebody's reaction to a message in place of their last one; None is none."""
        self.revision += 1
        others = {who: given for who, given in message.reactions.items() if who != user_id}
        reactions = {**others, user_id: emoji} if emoji else others
        new = replace(message, revision=self.revision, reactions=reactions)
        self.messages[message.message_id] = new

    def answer_callback(
        self, callback_query_id: str, user_id: int, text: str, *, alert: bool
    ) -> None:
        """Show a user what the bot says to the button that was pressed."""
        self.revision += 1
        self.callback_answers.append(
            CallbackAnswer(callback_query_id, user_id, text, alert, self.revision)
        )


class Chats:
    """Hold every chat, and number the messages.

    As on Telegram one row of numbers goes through all private chats and basic groups of the bot,
    and each supergroup and each channel has a row of its own.
    """

    def __init__(self) -> None:
        """Start without chats."""
        self.bell = Bell()
        self._chats: dict[int, Chat] = {}
        self._message_ids = Numbers()

    def find(self, chat_id: int) -> Chat | None:
        """Give a chat that somebody has begun."""
        return self._chats.get(chat_id)

    def begin(self, chat_id: int, kind: str, *, bot_role: str) -> Chat:
        """Give a new chat with nobody in it but, in this role, the bot.

        Raises:
            TooManyChats: if there are `MAX_CHATS` already.
        """
        if len(self._chats) >= MAX_CHATS:
            raise TooManyChats
        chat = self._chats[chat_id] = Chat(chat_id, kind)
        chat.roles[BOT_ID] = bot_role
        return chat

    def head(self, chat: Chat, sender: Account | None) -> dict[str, Any]:
        """Give the fields that every new message has: number, sender, chat, date."""
        has_own_numbers = chat.kind in {"supergroup", "channel"}
        return {
            "message_id": (chat.numbers if has_own_numbers else self._message_ids).take(),
            **({"from": dict(sender)} if sender else {}),
            "chat": chat.as_telegram(),
            "date": int(time.time()),
        }
