"""The numbers of messages: the highest one that is known, and which ones are taken.

Telegram counts the messages of all private chats and small groups of a bot together, and those of
each supergroup and channel by themselves. Source: https://core.telegram.org/api/updates
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final, TypeVar

from telegram.constants import ChatType

if TYPE_CHECKING:
    from telegram import Chat, Update

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

_SHARED: Final = 0
"""Stands for all chats that are counted together; no chat has this id."""
_OF_THEIR_OWN: Final = {ChatType.SUPERGROUP, ChatType.CHANNEL}
_MOST: Final = 4096


class Numbering:
    """Know the numbers of the latest messages, as far as they passed through this process."""

    def __init__(self) -> None:
        """Know none yet."""
        self._highest: OrderedDict[int, int] = OrderedDict()
        self._taken: OrderedDict[tuple[int, int], None] = OrderedDict()
        self._answers: OrderedDict[int, int] = OrderedDict()

    def see_update(self, update: Update) -> None:
        """Learn the number of what somebody wrote."""
        if update.message is not None:
            chat = update.message.chat
            self._see(chat.id, chat.type, update.message.message_id)

    def see_result(self, result: object) -> None:
        """Learn the number of a message that Telegram has sent or changed for us."""
        match result:
            case {"message_id": int(number), "chat": {"id": int(chat_id), "type": str(kind)}}:
                self._see(chat_id, kind, number)

    def find_highest(self, chat: Chat) -> int:
        """Give a number that the next message in a chat will be above; 0 if none is known."""
        return self._highest.get(_find_counter(chat.id, chat.type), 0)

    def is_taken(self, chat: Chat, number: int) -> bool:
        """Tell whether a message with that number is known, in this chat or another one."""
        return (_find_counter(chat.id, chat.type), number) in self._taken

    def remember_answer(self, update_id: int, number: int | None) -> None:
        """Remember which message answers an update; None if that is open again."""
        self._answers.pop(update_id, None)
        if number is not None:
            _put(self._answers, update_id, number)

    def find_answer(self, update_id: int) -> int | None:
        """Give the message that answers an update, as far as this process has sent it."""
        return self._answers.get(update_id)

    def _see(self, chat_id: int, kind: str, number: int) -> None:
        """Learn a number."""
        counter = _find_counter(chat_id, kind)
        _put(self._highest, counter, max(number, self._highest.get(counter, 0)))
        _put(self._taken, (counter, number), None)


def _find_counter(chat_id: int, kind: str) -> int:
    """Give by what the messages of a chat are counted."""
    return chat_id if kind in _OF_THEIR_OWN else _SHARED


def _put(known: OrderedDict[_Key, _Value], key: _Key, value: _Value) -> None:
    """Keep a value as the latest one, and so many of them at most."""
    known[key] = value
    known.move_to_end(key)
    if len(known) > _MOST:
        known.popitem(last=False)
