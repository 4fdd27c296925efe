"""What somebody is in a chat, as Telegram shows it, and what is told when that changes."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.accounts import BOT_ID
from bot.sandbox.telling import tell_bot

if TYPE_CHECKING:
    from bot.sandbox.accounts import Account
    from bot.sandbox.chats import Chat, Message
    from bot.sandbox.state import State

ROLES: Final = ("creator", "administrator", "member", "left", "kicked")
"""In a private chat the bot is a ``member``, or ``kicked`` while the user blocks it."""
ADMINS: Final = frozenset({"creator", "administrator"})
PRESENT: Final = ADMINS | {"member"}

_RIGHTS: Final = (
    "can_be_edited",
    "is_anonymous",
    "can_manage_chat",
    "can_delete_messages",
    "can_manage_video_chats",
    "can_restrict_members",
    "can_promote_members",
    "can_change_info",
    "can_invite_users",
    "can_post_stories",
    "can_edit_stories",
    "can_delete_stories",
    "can_pin_messages",
)
_RIGHTS_NOT_GIVEN: Final = frozenset({"can_be_edited", "is_anonymous", "can_promote_members"})


def show_member(account: Account, role: str) -> dict[str, Any]:
    """Give a ChatMember; every administrator has the rights that are usual."""
    member: dict[str, Any] = {"user": dict(account), "status": role}
    if role == "creator":
        member["is_anonymous"] = False
    elif role == "administrator":
        member |= {right: right not in _RIGHTS_NOT_GIVEN for right in _RIGHTS}
    elif role == "kicked":
        member["until_date"] = 0
    return member


def change_role(state: State, chat: Chat, account: Account, role: str, by: Account) -> None:
    """Make somebody something else in a chat; tell the bot of itself, and who comes and goes.

    Raises:
        UserError: if the bot has left too many updates unfetched.
    """
    old = chat.role_of(account["id"])
    if role == old:
        return
    chat.roles[account["id"]] = role
    if account["id"] != BOT_ID:
        chat.users[account["id"]] = account
    else:
        change = {
            "chat": chat.as_telegram(),
            "from": dict(by),
            "date": int(time.time()),
            "old_chat_member": show_member(account, old),
            "new_chat_member": show_member(account, role),
        }
        tell_bot(state, "my_chat_member", change)
    if chat.kind in {"group", "supergroup"} and (old in PRESENT) != (role in PRESENT):
        _post_notice(state, chat, account, by, has_come=role in PRESENT)
    state.chats.bell.ring()


def post_service(state: State, chat: Chat, content: dict[str, Any]) -> Message:
    """Post what Telegram itself tells in a chat, such as who has come; privacy mode or not.

    Raises:
        UserError: if the bot has left too many updates unfetched.
    """
    if chat.role_of(BOT_ID) in PRESENT:
        tell_bot(state, "message", content)
    message = chat.put(content, html=None)
    state.chats.bell.ring()
    return message


def _post_notice(
    state: State, chat: Chat, account: Account, by: Account, *, has_come: bool
) -> None:
    """Tell in the chat that somebody has come or gone."""
    who = dict(account)
    came = {"new_chat_members": [who]} if has_come else {"left_chat_member": who}
    post_service(state, chat, state.chats.head(chat, by) | came)
