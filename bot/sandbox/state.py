"""What the pretended Telegram knows, in one place for the bot's side and the user's side."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from typing import Any, Final

from bot.sandbox.accounts import BOT_ID, Accounts
from bot.sandbox.chats import Chats
from bot.sandbox.faults import Faults
from bot.sandbox.files import Files
from bot.sandbox.limits import Limits
from bot.sandbox.updates import Updates
from bot.sandbox.webhook import Webhook

MAX_OPEN_CALLBACKS: Final = 1_000


def _make_token() -> str:
    """Give a token of Telegram's form that nobody else can guess: an id, a colon, 35 letters."""
    return f"{BOT_ID}:SANDBOX-{secrets.token_urlsafe(20)}"


def _make_bot() -> dict[str, Any]:
    """Give the bot's own account."""
    return {
        "id": BOT_ID,
        "is_bot": True,
        "first_name": "Speech Emotion Recogniser",
        "username": "SandboxBot",
        "can_join_groups": True,
        "can_read_all_group_messages": True,
        "supports_inline_queries": False,
    }


@dataclass(slots=True)
class Callbacks:
    """Hold the presses of buttons that the bot has not answered; each has a chat and a user."""

    _open: dict[str, tuple[int, int]] = field(default_factory=dict)

    def open(self, chat_id: int, user_id: int) -> str:
        """Give a new press its identity; the oldest is forgotten when there are too many."""
        callback_query_id = secrets.token_hex(8)
        self._open[callback_query_id] = (chat_id, user_id)
        if len(self._open) > MAX_OPEN_CALLBACKS:
            del self._open[next(iter(self._open))]
        return callback_query_id

    def close(self, callback_query_id: str) -> tuple[int, int] | None:
        """Give chat and user of a press that was open until now."""
        return self._open.pop(callback_query_id, None)


@dataclass(frozen=True, slots=True)
class State:
    """Hold everything, in memory only: it is gone when the sandbox stops."""

    token: str = field(default_factory=_make_token)
    bot: dict[str, Any] = field(default_factory=_make_bot)
    descriptions: dict[str, str] = field(default_factory=dict)
    commands: dict[tuple[str, str], list[dict[str, str]]] = field(default_factory=dict)
    accounts: Accounts = field(default_factory=Accounts)
    chats: Chats = field(default_factory=Chats)
    files: Files = field(default_factory=Files)
    updates: Updates = field(default_factory=Updates)
    callbacks: Callbacks = field(default_factory=Callbacks)
    limits: Limits = field(default_factory=Limits)
    faults: Faults = field(default_factory=Faults)
    webhook: Webhook = field(default_factory=Webhook)

    def close(self) -> None:
        """Send every waiting request home."""
        self.chats.bell.close()
        self.updates.bell.close()
        self.faults.bell.close()
