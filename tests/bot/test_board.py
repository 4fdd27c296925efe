from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, cast

from bot import board as board_module
from bot.board import Board

if TYPE_CHECKING:
    import pytest
    from telegram import Message


class SlowMessage:
    """Stand in for a message in a chat where Telegram takes its time."""

    def __init__(self) -> None:
        """Let nothing pass yet."""
        self.go = asyncio.Event()
        self.texts: list[str] = []

    async def reply_html(self, text: str, **_options: object) -> SlowMessage:
        """Send a message, as soon as Telegram lets it."""
        await self.go.wait()
        self.texts.append(text)
        return self

    async def edit_text(self, text: str, **_options: object) -> None:
        """Edit it."""
        self.texts.append(text)


async def test_nobody_waits_for_telegram_and_the_newest_text_is_shown_next() -> None:
    message = SlowMessage()
    board = Board(cast("Message", message))
    board.show("one")
    await asyncio.sleep(0)
    board.show("two")  # left out: the first is on its way
    message.go.set()
    await asyncio.sleep(0.01)
    for text in ("three", "three"):
        board.show(text)
        await asyncio.sleep(0.01)
    assert message.texts == ["one", "three"]


async def test_the_last_text_comes_after_the_one_on_its_way() -> None:
    message = SlowMessage()
    board = Board(cast("Message", message))
    board.show("one")
    settling = asyncio.create_task(board.settle("end", None))
    await asyncio.sleep(0.01)
    message.go.set()
    await settling
    assert message.texts == ["one", "end"]


async def test_a_text_that_does_not_arrive_is_given_up_for_the_last_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(board_module, "_PATIENCE_SECONDS", 0.01)
    message = SlowMessage()
    board = Board(cast("Message", message))
    board.show("one")
    settling = asyncio.create_task(board.settle("end", None))
    await asyncio.sleep(0.1)
    message.go.set()
    await settling
    assert message.texts == ["end"]
