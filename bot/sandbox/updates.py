"""What waits for the bot: the updates that getUpdates hands over."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.bell import Bell
from bot.sandbox.refusals import refuse_bot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_PENDING: Final = 10_000

ONLY_ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that a bot gets only if it names them. Source: Telegram Bot API, getUpdates."""

_CONFLICT: Final = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)


class TooManyPending(Exception):
    """Say that the bot has not fetched `MAX_PENDING` updates."""


class Updates:
    """Keep updates in order until the bot confirms them by asking for the next."""

    def __init__(self) -> None:
        """Start with nothing pending."""
        self.bell = Bell()
        self._pending: deque[dict[str, Any]] = deque()
        # The clock keeps the numbers growing across restarts, as Telegram's do.
        self._update_ids = itertools.count(int(time.time()))
        self._allowed: frozenset[str] = frozenset()
        self._poll = 0

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def has_reader(self) -> bool:
        """Tell whether a bot has begun to fetch updates."""
        return self._poll > 0

    def add(self, kind: str, content: Mapping[str, Any]) -> None:
        """Queue an update, unless the bot has said that it wants none of this kind.

        Raises:
            TooManyPending: rather than lose one silently.
        """
        if kind not in self._allowed if self._allowed else kind in ONLY_ON_REQUEST:
            return
        if len(self._pending) >= MAX_PENDING:
            raise TooManyPending
        self._pending.append({"update_id": next(self._update_ids), kind: content})
        self.bell.ring()

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Set which kinds are queued from now on; none named means the usual, None as before."""
        if kinds is not None:
            self._allowed = frozenset(kinds)

    def confirm(self, offset: int) -> None:
        """Forget the updates before ``offset``; a negative one counts from the end."""
        if offset < 0:
            while len(self._pending) > -offset:
                self._pending.popleft()
        while self._pending and self._pending[0]["update_id"] < offset:
            self._pending.popleft()

    def clear(self) -> None:
        """Forget every pending update."""
        self._pending.clear()

    async def take(self, limit: int, timeout_seconds: float) -> list[dict[str, Any]]:
        """Give up to ``limit`` updates, waiting for the first.

        Raises:
            BotApiError: if another getUpdates came meanwhile (409, as Telegram answers).
        """
        self._poll += 1
        poll = self._poll
        self.bell.ring()
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while not self._pending:
            left = deadline - asyncio.get_running_loop().time()
            may_go_on = await self.bell.wait(left)
            if poll != self._poll:
                refuse_bot(_CONFLICT, HTTPStatus.CONFLICT)
            if not may_go_on:
                break
        return list(itertools.islice(self._pending, limit))
