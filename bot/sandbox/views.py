"""PURE  What a user sees of a chat, ready for JSON."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.accounts import BOT_ID

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.sandbox.chats import Chat, Message
    from bot.sandbox.state import State

_MEDIA_KINDS: Final = ("voice", "audio", "video_note", "document")
_COPIED: Final = ("mime_type", "file_name", "file_size", "duration")


def show_messages(chat: Chat, *, after: int, since: int) -> list[dict[str, Any]]:
    """Give the messages numbered above ``after`` that have changed since a revision.

    A deleted message is told of only to somebody who may have seen it: with ``since`` above 0.
    """
    return [
        show_message(message)
        for message in chat.messages.values()
        if message.message_id > after
        and message.revision > since
        and not (message.is_deleted and since == 0)
    ]


def show_message(message: Message) -> dict[str, Any]:
    """Give one message."""
    content = message.content
    if message.is_deleted:
        identity = {"message_id": message.message_id, "revision": message.revision}
        return {**identity, "deleted": True}
    reply = content.get("reply_to_message")
    sender = content.get("from", {})
    return {
        "message_id": message.message_id,
        "revision": message.revision,
        "deleted": False,
        "from_bot": sender.get("id") == BOT_ID,
        "user_id": sender.get("id"),
        "name": content.get("sender_chat", {}).get("title") or sender["first_name"],
        "forwarded_from": _name_origin(content.get("forward_origin")),
        "message_thread_id": content.get("message_thread_id"),
        "service": tell_service(content),
        "date": content["date"],
        "text": content.get("text", content.get("caption", "")),
        "html": message.html,
        "entities": content.get("entities", content.get("caption_entities", [])),
        "photo": _show_photo(content),
        "file": _show_file(content),
        "reply_markup": content.get("reply_markup"),
        "reply_to_message_id": reply and reply["message_id"],
        "edited": "edit_date" in content,
        "edit_date": content.get("edit_date"),
        "reactions": [
            {"user_id": who, "emoji": emoji, "from_bot": who == BOT_ID}
            for who, emoji in message.reactions.items()
        ],
    }


def tell_service(content: Mapping[str, Any]) -> str | None:
    """Give what Telegram itself tells in a message, such as who has come; None if nothing."""
    who = content.get("from", {}).get("first_name", "")
    for account in content.get("new_chat_members", ()):
        name = account["first_name"]
        return f"{name} joined" if name == who else f"{who} added {name}"
    if "left_chat_member" in content:
        name = content["left_chat_member"]["first_name"]
        return f"{name} left" if name == who else f"{who} removed {name}"
    if "forum_topic_created" in content:
        return f"Topic: {content['forum_topic_created']['name']}"
    if "migrate_to_chat_id" in content:
        return f"This group is now the supergroup {content['migrate_to_chat_id']}"
    if "migrate_from_chat_id" in content:
        return f"This supergroup was the group {content['migrate_from_chat_id']}"
    return None


def show_chat(chat: Chat, *, after: int, since: int) -> dict[str, Any]:
    """Give everything that has changed in a chat since a revision."""
    answers = [
        {
            "callback_query_id": answer.callback_query_id,
            "user_id": answer.user_id,
            "text": answer.text,
            "show_alert": answer.show_alert,
        }
        for answer in chat.callback_answers
        if answer.revision > since
    ]
    return {
        "messages": show_messages(chat, after=after, since=since),
        "revision": chat.revision,
        "action": chat.action,
        "callback_answers": answers,
    }


def show_bot(state: State, commands: list[dict[str, str]]) -> dict[str, Any]:
    """Give what the page shows of the bot: its name, its descriptions, its commands."""
    return {
        "user_id": state.bot["id"],
        "name": state.bot["first_name"],
        "username": state.bot["username"],
        "description": state.descriptions.get("description", ""),
        "short_description": state.descriptions.get("short_description", ""),
        "can_read_all_group_messages": state.bot["can_read_all_group_messages"],
        "commands": commands,
    }


def file_url(file_id: str) -> str:
    """Give where the page finds a file."""
    return f"/sandbox/api/files/{file_id}"


def _name_origin(origin: Mapping[str, Any] | None) -> str | None:
    """Give the name of whoever wrote a forwarded message."""
    if origin is None:
        return None
    chat, user = origin.get("chat", {}), origin.get("sender_user", {})
    return str(chat.get("title") or user.get("first_name") or origin["sender_user_name"])


def _show_photo(content: Any) -> dict[str, Any] | None:  # noqa: ANN401 - JSON holds anything
    """Give where the picture of a message is, and how large."""
    if "photo" not in content:
        return None
    size = content["photo"][-1]
    return {"url": file_url(size["file_id"]), "width": size["width"], "height": size["height"]}


def _show_file(content: Any) -> dict[str, Any] | None:  # noqa: ANN401 - JSON holds anything
    """Give what a message carries, and where it can be played from."""
    kind = next((kind for kind in _MEDIA_KINDS if kind in content), None)
    if kind is None:
        return None
    media = content[kind]
    shown = {name: media.get(name) for name in _COPIED}
    return {"kind": kind, "url": file_url(media["file_id"]), **shown}
