"""The composition root: everything is wired here, in `parts`, `intake` and `chores`."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Final, TypeAlias
from urllib.parse import urlsplit

import structlog
from telegram import Update
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application, Defaults, TypeHandler
from telegram.request import HTTPXRequest

from bot.chores import Chores
from bot.errors import TelegramUnreachable, TokenMissing, TokenRefused
from bot.group_listener import GroupListener
from bot.groups import Admins
from bot.handlers import (
    cancel,
    consent,
    details,
    digest,
    errors,
    feedback,
    general,
    groups,
    language,
    membership,
    models,
    mood,
    privacy,
    retraining,
    stats,
    voice,
)
from bot.intake import open_intake
from bot.parts import Parts
from bot.patience import Patience
from bot.retraining_process import COMMAND
from bot.worker import start_hearing
from bot.workplaces import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from bot.settings import Settings
    from bot.worker import Hearing

_Application: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

_log = structlog.get_logger(__name__)

_REPLY_SECONDS: Final = 20.0
"""How long Telegram may take to answer a request."""
_CONNECTIONS: Final = 48
"""Each request looks at every connection that is open, so there should not be too many."""
_GRACE_SECONDS: Final = 6.0
"""How long notes in hand may take when the bot stops; Docker kills after ten seconds."""


async def run_bot(
    settings: Settings,
    *,
    stop: asyncio.Event | None = None,
    start: Callable[[str], Hearing] | None = None,
    command: Sequence[str] | None = None,
) -> None:
    """Answer until ``stop`` is set; without one, until SIGINT or SIGTERM.

    ``start`` is called in every worker with the place of a model, and gives what listens there;
    ``command`` trains models anew. By default both are those of `ser_core`.

    Raises:
        SetupError: if the operator must mend something first.
    """
    if settings.bot_token is None:
        raise TokenMissing
    os.environ["PTB_TIMEDELTA"] = "true"  # the library's new way; the old one warns each time
    stop = stop or _stop_on_signals()
    start = start or partial(start_hearing, max_seconds=settings.max_seconds)
    sweep()
    async with AsyncExitStack() as stack:
        parts = await Parts.open(stack, settings, start, command or COMMAND)
        application = _build_application(parts)
        _install_handlers(application, parts)
        try:
            async with application.bot, application:  # the first closes what the second may not
                await _answer(application, parts, stop)
        except InvalidToken:
            raise TokenRefused(settings.bot_api_url) from None
        except NetworkError as error:
            raise TelegramUnreachable(settings.bot_api_url, error.message) from None


def _build_application(parts: Parts) -> _Application:
    """Give the application, ready to talk to the Bot API that the settings name."""
    settings = parts.settings
    assert settings.bot_token is not None  # noqa: S101  run_bot has looked
    is_local = urlsplit(settings.bot_api_url).hostname in {"127.0.0.1", "::1", "localhost"}
    options = {"trust_env": not is_local}  # a proxy cannot reach this computer's own addresses
    return (
        Application.builder()
        .token(settings.bot_token.get_secret_value())
        .base_url(f"{settings.bot_api_url}/bot")
        .base_file_url(f"{settings.bot_api_url}/file/bot")
        .request(
            HTTPXRequest(
                connection_pool_size=_CONNECTIONS,
                read_timeout=_REPLY_SECONDS,
                pool_timeout=_REPLY_SECONDS,
                httpx_kwargs=options,
            )
        )
        .get_updates_request(HTTPXRequest(connection_pool_size=1, httpx_kwargs=options))
        .rate_limiter(Patience(parts.metrics, parts.numbering))
        .defaults(Defaults(allow_sending_without_reply=True))
        .updater(None)  # the inbox stands in its place, and `chores` in that of the job queue
        .job_queue(None)
        .build()
    )


def _install_handlers(application: _Application, parts: Parts) -> None:
    """Put the handlers in their order: of each group, the first that wants an update gets it."""
    database, pictures, impressions = parts.database, parts.pictures, parts.impressions
    settings, listener, admins = parts.settings, parts.listener, Admins()
    days, admin_ids = settings.retention_days, settings.admin_ids
    hears = GroupListener(listener, database, parts.numbering)
    application.add_handler(TypeHandler(Update, language.bind_language(database)), group=-1)
    application.add_handlers(
        [
            *general.make_handlers(
                parts.recogniser, max_seconds=settings.max_seconds, admin_ids=admin_ids
            ),
            *privacy.make_handlers(database, pictures, impressions, retention_days=days),
            *language.make_handlers(database, admins),
            *details.make_handlers(database, pictures),
            *feedback.make_handlers(database),
            *consent.make_handlers(database, impressions),
            *cancel.make_handlers(database),
            *mood.make_handlers(database, listener, pictures),
            *groups.make_handlers(database, hears, pictures, admins, retention_days=days),
            *digest.make_handlers(database, admins),
            *retraining.make_handlers(parts.trainer, admin_ids),
            *models.make_handlers(database, parts.champions, admin_ids),
            *stats.make_handlers(database, parts.recogniser, pictures, admin_ids),
            *membership.make_handlers(database, pictures),
            *voice.make_handlers(listener),
        ]
    )
    application.add_error_handler(errors.log_error)


async def _answer(application: _Application, parts: Parts, stop: asyncio.Event) -> None:
    """Answer what comes in until the event is set, and then what is in hand."""
    chores = Chores(application.bot, parts)
    chores.start()
    try:
        parts.inbox.start(application.bot, application.process_update)
        async with open_intake(application.bot, parts) as fetching:
            model_id = parts.recogniser.manifest.get("id")
            _log.info("bot started", bot=application.bot.username, model=model_id)
            await _wait(stop, fetching)
    finally:
        _log.info("bot stopping")
        await parts.trainer.close()
        await chores.stop()
        await parts.inbox.close(_GRACE_SECONDS, parts.recogniser.close)


async def _wait(stop: asyncio.Event, fetching: asyncio.Task[None]) -> None:
    """Wait for the event, or raise what keeps updates from coming in."""
    stopping = asyncio.create_task(stop.wait())
    await asyncio.wait({stopping, fetching}, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()
    if fetching.done():
        fetching.result()


def _stop_on_signals() -> asyncio.Event:
    """Give an event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
