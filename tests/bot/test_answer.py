from __future__ import annotations

from typing import TYPE_CHECKING, cast

from telegram.error import BadRequest

from bot.answer import Answer

if TYPE_CHECKING:
    from telegram import Message


class Chat:
    """Pretend to be a note, its chat, and the message that answers it."""

    def __init__(self) -> None:
        self.sent: list[str] = []
        self.edited: list[str] = []
        self.refusal: BadRequest | None = None

    async def reply_html(self, text: str, *, do_quote: bool) -> Chat:
        """Send."""
        assert do_quote
        self.sent.append(text)
        return self

    async def edit_text(self, text: str, *, parse_mode: str) -> None:
        """Edit, or be refused."""
        assert parse_mode == "HTML"
        if self.refusal:
            raise self.refusal
        self.edited.append(text)


def make_answer(chat: Chat, *, footer: str = "") -> Answer:
    return Answer(cast("Message", chat), footer=footer)


async def test_the_first_text_is_sent_and_the_next_ones_are_edited_in() -> None:
    chat = Chat()
    async with make_answer(chat, footer="(footer)") as answer:
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
