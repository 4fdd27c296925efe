"""What is done again and again: some by each copy of the bot, most by the one that leads."""

from __future__ import annotations

import asyncio
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from functools import wraps
from typing import TYPE_CHECKING, Any, Final, TypeAlias

import structlog
from telegram.error import TelegramError

from bot.champions import CHECK_SECONDS
from bot.database import AWAY
from bot.database.inbox import forget_seen
from bot.handlers.digest import send_due_digests
from bot.handlers.menu import offer_commands
from bot.intake import mend_webhook
from bot.keeping import enforce_retention
from bot.usher import Usher

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from telegram import Bot

    from bot.parts import Parts

_Chore: TypeAlias = "Callable[[], Coroutine[Any, Any, None]]"

_log = structlog.get_logger(__name__)

DIGEST_SECONDS: Final = 20.0
"""How often it is checked whose digest is due, so the longest that one is late."""
_LOST_SECONDS: Final = 20.0
"""How often it is looked for a retraining whose bot is gone."""
_RETENTION_SECONDS: Final = 3600.0
"""How often it is looked for what is to be deleted."""
_USHER_SECONDS: Final = 2.0
"""How often those in line are told their position."""
_WEBHOOK_SECONDS: Final = 60.0
"""How often it is checked whether Telegram still brings updates here."""
_LAST_SECONDS: Final = 1.0
"""How long a chore may go on when the bot stops."""
_SEEN: Final = timedelta(hours=48)
"""So long it is known that an update was here; Telegram keeps none for more than 24 hours.

Source: https://core.telegram.org/bots/api#getting-updates."""


class Chores:
    """Do all chores, until it is told to stop."""

    def __init__(self, bot: Bot, parts: Parts) -> None:
        """Keep who does them with what."""
        self._bot = bot
        self._parts = parts
        self._usher = Usher(bot, parts.database, parts.inbox.borrow, parts.numbering)
        self._stopping = asyncio.Event()
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        """Do each chore now, and then again and again."""
        self._tasks = [
            asyncio.create_task(self._do("commands", self._offer_commands)),
            asyncio.create_task(self._repeat(CHECK_SECONDS, self._parts.champions.watch)),
            *(
                asyncio.create_task(self._repeat(seconds, self._when_leading(chore)))
                for seconds, chore in (
                    (_RETENTION_SECONDS, self._delete_old),
                    (DIGEST_SECONDS, self._send_digests),
                    (_LOST_SECONDS, self._tell_lost),
                    (_USHER_SECONDS, self._usher.tell_positions),
                    (_WEBHOOK_SECONDS, self._mend_webhook),
                )
            ),
        ]

    async def stop(self) -> None:
        """Begin no chore any more, and end those in hand, soon."""
        self._stopping.set()
        _, unfinished = await asyncio.wait(self._tasks, timeout=_LAST_SECONDS)
        for task in unfinished:
            task.cancel()
        await asyncio.gather(*unfinished, return_exceptions=True)

    async def _repeat(self, seconds: float, chore: _Chore) -> None:
        """Do a chore again and again."""
        while not self._stopping.is_set():
            await self._do(chore.__name__.strip("_"), chore)
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self._stopping.wait()

    async def _do(self, name: str, chore: _Chore) -> None:
        """Do a chore; one that fails is done the next time."""
        try:
            await chore()
        except AWAY as error:  # that is told by the heartbeat
            _log.debug("chore put off", chore=name, reason=type(error).__name__)
        except TelegramError as error:
            _log.warning("chore put off", chore=name, reason=error.message)
        except Exception:  # noqa: BLE001  the next time it may go well
            _log.exception("chore failed", chore=name)

    def _when_leading(self, chore: _Chore) -> _Chore:
        """Give a chore that is left to another copy of the bot while that one leads."""

        @wraps(chore)
        async def do() -> None:
            if self._parts.replicas.is_leader:
                await chore()

        return do

    async def _offer_commands(self) -> None:
        await offer_commands(self._bot, self._parts.settings.admin_ids)

    async def _delete_old(self) -> None:
        """Delete old notes, the numbers of old updates, and what the journal holds of others."""
        database = self._parts.database
        await enforce_retention(database, days=self._parts.settings.retention_days)
        async with database.begin() as session:
            await forget_seen(session, datetime.now(UTC) - _SEEN)
        await database.empty_journal()

    async def _send_digests(self) -> None:
        await send_due_digests(self._bot, self._parts.database, self._parts.pictures)

    async def _tell_lost(self) -> None:
        await self._parts.trainer.tell_lost(self._bot)

    async def _mend_webhook(self) -> None:
        """Register the webhook again, if another program has taken Telegram's updates."""
        if self._parts.settings.webhook_url:
            await mend_webhook(self._bot, self._parts.settings)
