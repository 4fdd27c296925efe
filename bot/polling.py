"""Fetch updates from Telegram; the next ones are asked for when these are in the inbox."""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from telegram.error import Conflict, InvalidToken, RetryAfter, TelegramError

from bot.database import AWAY
from bot.errors import PollingTaken

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence
    from datetime import timedelta

    from telegram import Bot

_log = structlog.get_logger(__name__)

_WAIT_SECONDS: Final = 25
"""How long Telegram holds an answer back until there is something."""
_MAX_CONFLICTS: Final = 3
"""A copy that begins gives up when another one takes the updates so often."""
_MAX_PAUSE_SECONDS: Final = 30.0


class Polling:
    """Ask Telegram for updates, again and again."""

    def __init__(
        self,
        bot: Bot,
        receive: Callable[[Sequence[dict[str, Any]]], Awaitable[None]],
        kinds: Sequence[str],
    ) -> None:
        """Keep whom to ask, who keeps what comes, and the kinds of updates to ask for."""
        self._bot = bot
        self._receive = receive
        self._kinds = kinds
        self._offset: int | None = None
        self._n_failures = 0
        self._has_begun = False
        self._last_contact = time.monotonic()

    @property
    def silent_seconds(self) -> float:
        """Give for how long Telegram has not answered."""
        return time.monotonic() - self._last_contact

    async def run(self) -> None:
        """Fetch updates until this task is cancelled.

        Raises:
            PollingTaken: if another copy of the bot fetches them.
            InvalidToken: if Telegram does not know the token any more.
        """
        while True:
            try:
                await self._fetch()
            except InvalidToken:
                raise
            except Conflict:
                self._n_failures += 1
                if not self._has_begun and self._n_failures >= _MAX_CONFLICTS:
                    place = "Telegram knows of it"
                    raise PollingTaken(place) from None
                _log.error("another copy takes the updates: stop it, or use another token")
                await asyncio.sleep(1.0)
            except RetryAfter as error:
                pause = cast("timedelta", error.retry_after)  # bot.app has the library say it so
                await asyncio.sleep(pause.total_seconds())
            except (TelegramError, *AWAY) as error:
                await self._pause(error)

    async def _fetch(self) -> None:
        """Take what there is into the inbox."""
        updates = await self._bot.get_updates(
            offset=self._offset, timeout=_WAIT_SECONDS, allowed_updates=self._kinds
        )
        self._last_contact = time.monotonic()
        if updates:
            await _finish(self._receive([update.to_dict() for update in updates]))
            # Only the next question tells Telegram that these have come.
            self._offset = max(update.update_id for update in updates) + 1
        self._has_begun, self._n_failures = True, 0

    async def _pause(self, error: Exception) -> None:
        """Wait the longer, the more often it has failed."""
        self._n_failures += 1
        seconds = min(0.5 * 2.0 ** min(self._n_failures, 8), _MAX_PAUSE_SECONDS)
        _log.warning("no updates", reason=_name(error), pause_seconds=seconds)
        await asyncio.sleep(seconds)


async def stop_polling(polling: asyncio.Task[None]) -> None:
    """End the fetching; what Telegram has not been told of comes again."""
    polling.cancel()
    with suppress(asyncio.CancelledError):
        await polling


async def _finish(work: Awaitable[None]) -> None:
    """Wait for work that is finished even if this task is cancelled."""
    working = asyncio.ensure_future(work)
    try:
        await asyncio.shield(working)
    except asyncio.CancelledError:
        await asyncio.wait({working})
        raise


def _name(error: Exception) -> str:
    """Give what is told of an error: what databases say may hold what was to be kept."""
    return error.message if isinstance(error, TelegramError) else type(error).__name__
