"""What waits for the bot: the updates that it fetches, or that a webhook brings."""

from __future__ import annotations

import asyncio
import itertools
from collections import deque
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final

from bot.sandbox.bell import Bell
from bot.sandbox.numbers import Numbers
from bot.sandbox.refusals import refuse_bot

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MAX_PENDING: Final = 10_000

ONLY_ON_REQUEST: Final = frozenset({"chat_member", "message_reaction", "message_reaction_count"})
"""Kinds that a bot gets only if it names them. Source: Telegram Bot API, getUpdates."""

TERMINATED_BY_POLL: Final = (
    "terminated by other getUpdates request; make sure that only one bot instance is running"
)

_N_REMEMBERED: Final = 100


class TooManyPending(Exception):
    """Say that the bot has not fetched `MAX_PENDING` updates."""


class Updates:
    """Keep updates in order until the bot confirms them.

    It does so by asking for the next, or by its answer where a webhook brings them.
    """

    def __init__(self) -> None:
        """Start with nothing pending."""
        self.bell = Bell()
        self.confirmed: deque[dict[str, Any]] = deque(maxlen=_N_REMEMBERED)
        self._pending: dict[int, dict[str, Any]] = {}
        self._undelivered: deque[dict[str, Any]] | None = None
        self._update_ids = Numbers()
        self._allowed: frozenset[str] = frozenset()
        self._poll = 0
        self._why_ended = ""

    def __len__(self) -> int:
        return len(self._pending)

    @property
    def has_reader(self) -> bool:
        """Tell whether a bot has begun to fetch updates, or to have them brought."""
        return self._poll > 0

    @property
    def allowed(self) -> list[str]:
        """Give the kinds that the bot has named; none for the usual."""
        return sorted(self._allowed)

    def add(self, kind: str, content: Mapping[str, Any]) -> None:
        """Queue an update, unless the bot has said that it wants none of this kind.

        Raises:
            TooManyPending: rather than lose one silently.
        """
        if kind not in self._allowed if self._allowed else kind in ONLY_ON_REQUEST:
            return
        if len(self._pending) >= MAX_PENDING:
            raise TooManyPending
        update_id = self._update_ids.take()
        update = self._pending[update_id] = {"update_id": update_id, kind: content}
        if self._undelivered is not None:
            self._undelivered.append(update)
        self.bell.ring()

    def allow(self, kinds: Sequence[str] | None) -> None:
        """Set which kinds are queued from now on; none named means the usual, None as before."""
        if kinds is not None:
            self._allowed = frozenset(kinds)

    def confirm(self, offset: int) -> None:
        """Forget the updates before ``offset``; a negative one counts from the end."""
        if offset < 0:
            for update_id in list(self._pending)[:offset]:
                self.finish(update_id)
        for update_id in tuple(itertools.takewhile(offset.__gt__, self._pending)):
            self.finish(update_id)

    def finish(self, update_id: int) -> None:
        """Forget an update that the bot has."""
        update = self._pending.pop(update_id, None)
        if update is not None:
            self.confirmed.append(update)

    def clear(self) -> None:
        """Forget every pending update."""
        self._pending.clear()

    async def take(self, limit: int, timeout_seconds: float) -> list[dict[str, Any]]:
        """Give up to ``limit`` updates, waiting for the first.

        Raises:
            BotApiError: if polls were ended meanwhile (409, as Telegram answers).
        """
        self.end_polls(TERMINATED_BY_POLL)
        poll = self._poll
        deadline = asyncio.get_running_loop().time() + timeout_seconds
        while not self._pending:
            left = deadline - asyncio.get_running_loop().time()
            may_go_on = await self.bell.wait(left)
            if poll != self._poll:
                refuse_bot(self._why_ended, HTTPStatus.CONFLICT)
            if not may_go_on:
                break
        return list(itertools.islice(self._pending.values(), limit))

    def end_polls(self, reason: str) -> None:
        """End the poll that waits, if one does: somebody else is served from now on."""
        self._poll += 1
        self._why_ended = reason
        self.bell.ring()

    def begin_delivering(self) -> None:
        """Have all that is pending delivered, also what was in delivery before."""
        self._undelivered = deque(self._pending.values())

    def end_delivering(self) -> None:
        """Have updates wait until they are fetched."""
        self._undelivered = None

    def take_undelivered(self) -> list[dict[str, Any]]:
        """Give the pending updates that nobody has taken from here yet, oldest first."""
        taken, self._undelivered = self._undelivered or (), deque()
        return [update for update in taken if self.is_pending(update["update_id"])]

    def is_pending(self, update_id: int) -> bool:
        """Tell whether the bot has not confirmed an update yet."""
        return update_id in self._pending
