"""PURE  What a user sees of a chat, ready for JSON."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
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
    return {
        "message_id": message.message_id,
        "revision": message.revision,
        "deleted": False,
        "from_bot": content["from"]["is_bot"],
        "user_id": content["from"]["id"],
        "name": content["from"]["first_name"],
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
    }


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


def show_bot(state: State) -> dict[str, Any]:
    """Give what the page shows of the bot: its name, its descriptions, its commands."""
    private, default = (
        state.commands.get((json.dumps({"type": scope}), ""), [])
        for scope in ("all_private_chats", "default")
    )
    return {
        "name": state.bot["first_name"],
        "username": state.bot["username"],
        "description": state.descriptions.get("description", ""),
        "short_description": state.descriptions.get("short_description", ""),
        "commands": private or default,
    }


def file_url(file_id: str) -> str:
    """Give where the page finds a file."""
    return f"/sandbox/api/files/{file_id}"


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
