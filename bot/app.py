"""The composition root: everything is wired here and nowhere else."""

from __future__ import annotations

import asyncio
import os
import signal
from contextlib import AsyncExitStack
from functools import partial
from typing import TYPE_CHECKING, Any, Final, NamedTuple, TypeAlias, cast
from urllib.parse import urlsplit

import structlog
from telegram import Update
from telegram.error import InvalidToken, NetworkError
from telegram.ext import Application, Defaults, TypeHandler
from telegram.request import HTTPXRequest

from bot.database import Database
from bot.errors import TelegramUnreachable, TokenMissing, TokenRefused
from bot.flood import FloodPatience
from bot.group_listener import GroupListener
from bot.groups import Admins
from bot.handlers import (
    details,
    digest,
    errors,
    general,
    groups,
    language,
    membership,
    mood,
    privacy,
    voice,
)
from bot.keeping import enforce_retention
from bot.languages import LANGUAGES, choose
from bot.line import Line
from bot.listener import Listener
from bot.pictures import Pictures
from bot.recogniser import Recogniser
from bot.replies.pages import list_commands
from bot.worker import start_hearing

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import SecretStr
    from telegram import Bot
    from telegram.ext import JobQueue, Updater

    from bot.settings import Settings
    from bot.worker import Hearing

_Application: TypeAlias = Application[Any, Any, Any, Any, Any, Any]

_log = structlog.get_logger(__name__)

_PREFETCH: Final = 4
"""Notes in the works for each worker: while it listens to one, the next ones are fetched."""
_SPARE_UPDATES: Final = 64
"""Updates handled at once beside a full line, so that commands are still answered."""
_REPLY_SECONDS: Final = 20.0
"""How long Telegram may take to answer a request."""
_DAY_SECONDS: Final = 86_400.0
_UPDATES: Final = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
_GRACE_SECONDS: Final = 8.0
"""How long notes in the works may take when the bot stops; Docker kills after ten seconds."""


class _Parts(NamedTuple):
    """Hold what handlers and jobs work with."""

    line: Line
    recogniser: Recogniser
    database: Database
    pictures: Pictures


async def run_bot(
    settings: Settings,
    *,
    stop: asyncio.Event | None = None,
    start: Callable[[], Hearing] | None = None,
) -> None:
    """Answer until ``stop`` is set; without one, until SIGINT or SIGTERM.

    ``start`` is called in every worker and gives what listens there; by default the model.

    Raises:
        SetupError: if the operator must mend something first.
    """
    if settings.bot_token is None:
        raise TokenMissing
    os.environ["PTB_TIMEDELTA"] = "true"  # the library's new way; the old one warns each time
    stop = stop or _stop_on_signals()
    start = start or partial(start_hearing, settings.model, settings.max_seconds)
    line = Line(
        width=settings.workers * _PREFETCH,
        max_per_user=settings.queue_per_user,
        max_total=settings.queue_total,
    )
    recogniser = Recogniser(
        start, workers=settings.workers, timeout_seconds=settings.timeout_seconds
    )
    async with AsyncExitStack() as stack:
        database = await Database.open(settings.database_url.get_secret_value())
        stack.push_async_callback(database.close)
        pictures = Pictures()
        stack.push_async_callback(pictures.close)
        await stack.enter_async_context(recogniser)
        application = _build_application(settings.bot_token, settings)
        parts = _Parts(line, recogniser, database, pictures)
        _install_handlers(application, parts, settings)
        try:
            async with application.bot, application:  # the first closes what the second may not
                await _set_menu(application.bot)
                _start_jobs(application, parts, settings)
                await _poll(application, stop, parts)
        except InvalidToken:
            raise TokenRefused(settings.bot_api_url) from None
        except NetworkError as error:
            raise TelegramUnreachable(settings.bot_api_url, error.message) from None


def _build_application(token: SecretStr, settings: Settings) -> _Application:
    """Give the application, ready to talk to the Bot API that the settings name."""
    n_updates = settings.queue_total + _SPARE_UPDATES
    is_local = urlsplit(settings.bot_api_url).hostname in {"127.0.0.1", "::1", "localhost"}
    options = {"trust_env": not is_local}  # a proxy cannot reach this computer's own addresses
    return (
        Application.builder()
        .token(token.get_secret_value())
        .base_url(f"{settings.bot_api_url}/bot")
        .base_file_url(f"{settings.bot_api_url}/file/bot")
        .request(
            HTTPXRequest(
                connection_pool_size=n_updates,
                read_timeout=_REPLY_SECONDS,
                pool_timeout=_REPLY_SECONDS,
                httpx_kwargs=options,
            )
        )
        .get_updates_request(HTTPXRequest(connection_pool_size=1, httpx_kwargs=options))
        .rate_limiter(FloodPatience())
        .defaults(Defaults(allow_sending_without_reply=True))
        .concurrent_updates(n_updates)
        .build()
    )


def _install_handlers(application: _Application, parts: _Parts, settings: Settings) -> None:
    """Put the handlers in their order: of each group, the first that wants an update gets it."""
    line, recogniser, database, pictures = parts
    listener, admins, days = Listener(line, recogniser, database), Admins(), settings.retention_days
    group_listener = GroupListener(listener, database)
    application.add_handler(TypeHandler(Update, errors.bind_update_id), group=-2)
    application.add_handler(TypeHandler(Update, language.bind_language(database)), group=-1)
    application.add_handlers(
        [
            *general.make_handlers(recogniser.manifest, max_seconds=settings.max_seconds),
            *privacy.make_handlers(database, pictures, retention_days=days),
            *language.make_handlers(database, admins),
            *details.make_handlers(database, pictures),
            *mood.make_handlers(database, listener, pictures),
            *groups.make_handlers(database, group_listener, pictures, admins, retention_days=days),
            *digest.make_handlers(database, admins),
            *membership.make_handlers(database, pictures),
            *voice.make_handlers(listener),
        ]
    )
    application.add_error_handler(errors.log_error)


async def _set_menu(bot: Bot) -> None:
    """Offer the commands in every language; in English where Telegram's is none of the others."""
    for code in LANGUAGES:
        language_code = None if code == choose(None) else code
        await bot.set_my_commands(list_commands(code), language_code=language_code)


def _start_jobs(application: _Application, parts: _Parts, settings: Settings) -> None:
    """Have digests sent, and old notes deleted every day, from the start on."""

    async def delete_old_notes(_context: object) -> None:
        await enforce_retention(parts.database, days=settings.retention_days)

    job_queue = cast("JobQueue[Any]", application.job_queue)  # the builder makes one
    job_queue.run_repeating(delete_old_notes, _DAY_SECONDS, first=0, name="retention")
    digest.start_digests(application, parts.database, parts.pictures)


async def _poll(application: _Application, stop: asyncio.Event, parts: _Parts) -> None:
    """Take updates until the event is set, then answer what is still there."""
    updater = cast("Updater", application.updater)  # the builder makes one unless told not to
    await application.start()
    try:
        await updater.start_polling(
            allowed_updates=_UPDATES, error_callback=errors.log_polling_error
        )
        _log.info(
            "bot started", bot=application.bot.username, model=parts.recogniser.manifest.get("id")
        )
        await stop.wait()
    finally:
        _log.info("bot stopping")
        if updater.running:
            await updater.stop()
        parts.line.close()  # who still waits is asked to come again
        finishing = asyncio.create_task(application.stop())
        done, _ = await asyncio.wait({finishing}, timeout=_GRACE_SECONDS)
        if not done:
            await parts.recogniser.close()  # the notes in the works get an apology
        await finishing


def _stop_on_signals() -> asyncio.Event:
    """Give an event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
