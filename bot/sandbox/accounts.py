"""Who is who: users, the bot, and those in whose name Telegram itself posts."""

from __future__ import annotations

from typing import Any, Final

Account = dict[str, Any]
"""A User as the Bot API shows it."""

BOT_ID: Final = 1_000_001

ANONYMOUS_ADMIN: Final[Account] = {
    "id": 1_087_968_824,
    "is_bot": True,
    "first_name": "Group",
    "username": "GroupAnonymousBot",
}
CHANNEL_SENDER: Final[Account] = {
    "id": 136_817_688,
    "is_bot": True,
    "first_name": "Channel",
    "username": "Channel_Bot",
}
TELEGRAM: Final[Account] = {"id": 777_000, "is_bot": False, "first_name": "Telegram"}
"""Who stands in ``from`` where an admin is anonymous, where somebody writes in the name of a
channel, and where a channel's post is forwarded into its group by Telegram.

Source: Telegram Bot API, Message: "for backward compatibility, the field contains a fake user".
"""

NAMES: Final = ("first_name", "last_name", "username", "language_code")
"""What a user can change of the own account."""


class Accounts:
    """Hold the account of each user: one mapping that changes in its place."""

    def __init__(self) -> None:
        """Start with nobody."""
        self._accounts: dict[int, Account] = {}

    def find(self, user_id: int) -> Account:
        """Give the account of a user; whoever has told no name yet is called after the number."""
        new = {"id": user_id, "is_bot": False, "first_name": f"User {user_id}"}
        return self._accounts.setdefault(user_id, {**new, "language_code": "en"})

    def change(self, user_id: int, **names: str) -> Account:
        """Change some names of a user, as `NAMES` lists them; an empty one is taken away."""
        account = self.find(user_id)
        for name, text in names.items():
            if text:
                account[name] = text
            else:
                account.pop(name, None)
        return account
