"""Where updates come from: the bot asks Telegram for them, or Telegram brings them."""

from __future__ import annotations

import asyncio
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Final

import structlog
from sqlalchemy import text
from telegram import Update

from bot.database.line import read_backlog
from bot.polling import Polling, stop_polling
from bot.web import WEBHOOK_PATH, Web, Webhook, derive_secret

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping

    from telegram import Bot

    from bot.parts import Parts
    from bot.settings import Settings
    from bot.web import Check

_log = structlog.get_logger(__name__)

_KINDS: Final = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
_WEB_PORT: Final = 8080
_MAX_CONNECTIONS: Final = 100
"""Updates that Telegram brings at once; no more are possible."""
_UNWRITTEN_SECONDS: Final = 15.0
"""How long nothing may be written to the database, as when the disk is full."""
_SILENT_SECONDS: Final = 120.0
"""How long Telegram may say nothing, not even that there is nothing, until that is unhealthy."""


@asynccontextmanager
async def open_intake(bot: Bot, parts: Parts) -> AsyncIterator[asyncio.Task[None]]:
    """Have updates come in within the block, by the way that the settings choose.

    The task that is given ends only if there can be no more, with the reason.

    Raises:
        WebPortTaken: if the bot cannot listen where it should.
        TelegramError: if Telegram does not agree to the way.
    """
    opened = _poll(bot, parts) if not parts.settings.webhook_url else _take_webhook(bot, parts)
    async with opened as fetching:
        yield fetching


@asynccontextmanager
async def _poll(bot: Bot, parts: Parts) -> AsyncIterator[asyncio.Task[None]]:
    """Ask Telegram."""
    await bot.delete_webhook()
    polling = Polling(bot, parts.inbox.receive, _KINDS)

    async def is_in_touch() -> bool:
        return polling.silent_seconds < _SILENT_SECONDS

    port = parts.settings.web_port
    if port is None:
        async with _run(polling) as fetching:
            yield fetching
    else:
        async with _make_web(parts, port, {"telegram": is_in_touch}), _run(polling) as fetching:
            yield fetching


@asynccontextmanager
async def _run(polling: Polling) -> AsyncIterator[asyncio.Task[None]]:
    """Poll within the block."""
    fetching = asyncio.create_task(polling.run())
    try:
        yield fetching
    finally:
        await stop_polling(fetching)


@asynccontextmanager
async def _take_webhook(bot: Bot, parts: Parts) -> AsyncIterator[asyncio.Task[None]]:
    """Let Telegram bring updates; every copy of the bot tells it the same address."""
    settings = parts.settings
    port = _WEB_PORT if settings.web_port is None else settings.web_port
    webhook = Webhook(parts.inbox.receive, _choose_secret(bot, settings))
    async with _make_web(parts, port, {}, webhook):
        await _set_webhook(bot, settings)
        never = asyncio.create_task(_wait_for_ever())
        try:
            yield never
        finally:
            never.cancel()


async def mend_webhook(bot: Bot, settings: Settings) -> None:
    """Register the webhook again, if another program has taken Telegram's updates."""
    if (await bot.get_webhook_info()).url != f"{settings.webhook_url}{WEBHOOK_PATH}":
        _log.error("another program took the webhook away: it is set again")
        await _set_webhook(bot, settings)


async def _set_webhook(bot: Bot, settings: Settings) -> None:
    """Tell Telegram where to bring updates."""
    await bot.set_webhook(
        f"{settings.webhook_url}{WEBHOOK_PATH}",
        allowed_updates=_KINDS,
        max_connections=_MAX_CONNECTIONS,
        secret_token=_choose_secret(bot, settings),
    )


def _choose_secret(bot: Bot, settings: Settings) -> str:
    """Give what Telegram proves itself with; all copies of the bot have the same."""
    given = settings.webhook_secret
    return derive_secret(bot.token) if given is None else given.get_secret_value()


async def _wait_for_ever() -> None:
    """End when cancelled only."""
    await asyncio.Event().wait()


def _make_web(
    parts: Parts, port: int, more: Mapping[str, Check], webhook: Webhook | None = None
) -> Web:
    """Give the web server."""

    async def has_database() -> bool:
        async with parts.database.begin() as session:
            await session.execute(text("SELECT 1"))
        return parts.replicas.silent_seconds < _UNWRITTEN_SECONDS

    async def has_workers() -> bool:
        return parts.recogniser.is_ready

    return Web(
        parts.settings.web_host,
        port,
        metrics=parts.metrics,
        checks={"database": has_database, "workers": has_workers, **more},
        measure=lambda: measure(parts),
        webhook=webhook,
    )


async def measure(parts: Parts) -> None:
    """Bring up to date what goes up and down in the metrics."""
    async with parts.database.begin() as session:
        backlog = await read_backlog(session)
    parts.metrics.show(
        n_waiting=backlog.n_waiting,
        n_working=backlog.n_working,
        oldest_seconds=backlog.oldest_seconds,
        n_workers=len(parts.recogniser.process_ids),
        model_id=str(parts.recogniser.manifest.get("id")),
    )
