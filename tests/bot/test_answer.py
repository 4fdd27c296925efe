from __future__ import annotations

from typing import TYPE_CHECKING, cast

from telegram import InlineKeyboardMarkup
from telegram.error import BadRequest

from bot.answer import Answer

if TYPE_CHECKING:
    from telegram import Message


class Chat:
    """Pretend to be a note, its chat, and the message that answers it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.edited: list[str] = []
        self.buttons: object = None
        self.refusal: BadRequest | None = None

    async def reply_html(self, text: str, *, do_quote: bool, reply_markup: object) -> Chat:
        """Send."""
        assert do_quote
        self.sent.append(text)
        self.buttons = reply_markup
        return self

    async def edit_text(self, text: str, *, parse_mode: str, reply_markup: object) -> None:
        """Edit, or be refused."""
        assert parse_mode == "HTML"
        self.buttons = reply_markup
        if self.refusal:
            raise self.refusal
        self.edited.append(text)


def make_answer(chat: Chat) -> Answer:
    return Answer(cast("Message", chat))


async def test_the_first_text_is_sent_and_the_next_ones_are_edited_in() -> None:
    chat = Chat()
    async with make_answer(chat) as answer:
        answer.footer = "(footer)"
        await answer.show("one")
        await answer.show("two")
    assert chat.sent == ["one\n\n(footer)"]
    assert chat.edited == ["two\n\n(footer)"]


async def test_what_reads_so_already_is_not_edited() -> None:
    chat = Chat()
    async with make_answer(chat) as answer:
        await answer.show("one")
        await answer.show("one")
    assert (chat.sent, chat.edited) == (["one"], [])


async def test_an_answer_that_cannot_be_edited_is_sent_anew() -> None:
    chat = Chat()
    async with make_answer(chat) as answer:
        await answer.show("one")
        chat.refusal = BadRequest("Message to edit not found")
        await answer.show("two")
    assert chat.sent == ["one", "two"]


async def test_an_answer_that_telegram_finds_unchanged_is_left_alone() -> None:
    chat = Chat()
    async with make_answer(chat) as answer:
        await answer.show("one")
        chat.refusal = BadRequest("Message is not modified: same content")
        await answer.show("two")
    assert chat.sent == ["one"]


async def test_buttons_come_with_the_last_text_also_where_it_is_the_only_one() -> None:
    edited, sent = Chat(), Chat()
    buttons = InlineKeyboardMarkup([])
    async with make_answer(edited) as answer:
        await answer.show("one")
        await answer.show("one", buttons)
    assert (edited.edited, edited.buttons) == (["one"], buttons)
    async with make_answer(sent) as answer:
        await answer.show("one", buttons)
    assert (sent.sent, sent.buttons) == (["one"], buttons)
