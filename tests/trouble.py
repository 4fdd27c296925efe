"""Trouble with Telegram: methods of the sandbox's Bot API that fail when a test wants it."""

from __future__ import annotations

import asyncio
from http import HTTPStatus
from typing import TYPE_CHECKING

from bot.sandbox.bot_api import METHODS
from bot.sandbox.refusals import refuse_bot

if TYPE_CHECKING:
    import pytest

    from bot.sandbox.params import Params
    from bot.sandbox.state import State


def fail(
    monkeypatch: pytest.MonkeyPatch,
    method: str,
    reason: str,
    status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    *,
    times: int = 1,
) -> asyncio.Event:
    """Let a method of the Bot API, named in lower case, fail so many times.

    The event is set when it fails for the last time.
    """
    works, is_over = METHODS[method], asyncio.Event()
    left = [reason] * times

    def call(state: State, params: Params) -> object:
        if left:
            description = left.pop()
            if not left:
                is_over.set()
            refuse_bot(description, status)
        return works(state, params)

    monkeypatch.setitem(METHODS, method, call)
    return is_over
