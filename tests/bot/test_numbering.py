from __future__ import annotations

from datetime import UTC, datetime

import pytest
from telegram import CallbackQuery, Chat, Message, Update, User

from bot import numbering as module
from bot.numbering import Numbering

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ADA, BEN = Chat(1, Chat.PRIVATE), Chat(2, Chat.PRIVATE)
GROUP, SUPERGROUP = Chat(-3, Chat.GROUP), Chat(-1004, Chat.SUPERGROUP)
CHANNEL = Chat(-1005, Chat.CHANNEL)


def make_update(chat: Chat, number: int) -> Update:
    return Update(1, message=Message(number, NOW, chat))


def make_result(chat: Chat, number: int) -> dict[str, object]:
    return Message(number, NOW, chat).to_dict()


def test_private_chats_and_small_groups_are_counted_together() -> None:
    numbering = Numbering()
    for number, chat in ((5, ADA), (7, GROUP), (6, BEN)):
        numbering.see_update(make_update(chat, number))
    assert [numbering.find_highest(chat) for chat in (ADA, BEN, GROUP)] == [7, 7, 7]
    assert numbering.is_taken(ADA, 6)
    assert not numbering.is_taken(ADA, 8)


@pytest.mark.parametrize("chat", [SUPERGROUP, CHANNEL])
def test_large_groups_and_channels_count_by_themselves(chat: Chat) -> None:
    numbering = Numbering()
    numbering.see_result(make_result(chat, 9))
    numbering.see_result(make_result(ADA, 5))
    assert (numbering.find_highest(chat), numbering.find_highest(ADA)) == (9, 5)
    assert numbering.is_taken(chat, 9)
    assert not numbering.is_taken(ADA, 9)


def test_of_a_chat_that_was_not_heard_of_no_number_is_known() -> None:
    assert Numbering().find_highest(SUPERGROUP) == 0


@pytest.mark.parametrize("result", [True, [], {}, {"message_id": 4}, {"id": 4, "chat": {"id": 1}}])
def test_results_that_are_no_messages_tell_nothing(result: object) -> None:
    numbering = Numbering()
    numbering.see_result(result)
    assert numbering.find_highest(ADA) == 0


def test_a_pressed_message_is_not_known_to_be_another_ones() -> None:
    """It may be the very answer that is looked for."""
    numbering = Numbering()
    query = CallbackQuery("1", User(1, "Ada", is_bot=False), "1", Message(5, NOW, ADA))
    numbering.see_update(Update(1, callback_query=query))
    assert not numbering.is_taken(ADA, 5)


def test_answers_are_remembered_until_that_is_open_again() -> None:
    numbering = Numbering()
    numbering.remember_answer(1, 5)
    assert numbering.find_answer(1) == 5
    numbering.remember_answer(1, None)
    assert numbering.find_answer(1) is None


def test_only_the_latest_are_known(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST", 2)
    numbering = Numbering()
    for number in range(1, 5):
        numbering.see_update(make_update(ADA, number))
        numbering.see_update(make_update(Chat(-1000 - number, Chat.SUPERGROUP), number))
        numbering.remember_answer(number, number)
    assert [numbering.is_taken(ADA, number) for number in range(1, 5)] == [False] * 3 + [True]
    assert [numbering.find_answer(number) for number in range(1, 5)] == [None, None, 3, 4]
    assert len(numbering._highest) == 2
