"""PURE  Where in a chat a message stands: in which topic, and in reply to what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from bot.sandbox.chats import Chat, Message

TOPIC_COLOUR: Final = 0x6FB9F0
"""Source: Telegram Bot API, createForumTopic: one of six."""


def place(chat: Chat, target: Message | None, thread_id: int | None) -> dict[str, Any]:
    """Give the fields of a message that tell its topic and what it replies to.

    As on Telegram a reply goes to the topic of its target, and a message in a topic that replies
    to nothing replies to the message with which the topic began.

    Raises:
        KeyError: if there is no such topic.
    """
    reply = {"reply_to_message": target.as_quoted()} if target else {}
    if thread_id is None and target is not None:
        thread_id = target.content.get("message_thread_id")
    if thread_id is None:
        return reply
    beginning = chat.topics[thread_id].as_quoted()
    topic = {"message_thread_id": thread_id, "is_topic_message": True}
    return {**topic, "reply_to_message": beginning, **reply}
