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

from bot.champions import CHECK_SECONDS, Champions
from bot.database import Database
from bot.errors import TelegramUnreachable, TokenMissing, TokenRefused
from bot.flood import FloodPatience
from bot.group_listener import GroupListener
from bot.groups import Admins
from bot.handlers import (
    consent,
    details,
    digest,
    errors,
    feedback,
    general,
    groups,
    language,
    membership,
    menu,
    models,
    mood,
    privacy,
    retraining,
    stats,
    voice,
)
from bot.impressions import Impressions
from bot.keeping import enforce_retention
from bot.line import Line
from bot.listener import Listener
from bot.pictures import Pictures
from bot.recogniser import Recogniser
from bot.retraining_process import COMMAND
from bot.trainer import Trainer
from bot.worker import start_hearing
from bot.workplaces import sweep

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from pydantic import SecretStr
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
_LOST_SECONDS: Final = 20.0
"""How often it is looked for a retraining whose bot is gone."""
_UPDATES: Final = [Update.MESSAGE, Update.CALLBACK_QUERY, Update.MY_CHAT_MEMBER]
_GRACE_SECONDS: Final = 8.0
"""How long notes in the works may take when the bot stops; Docker kills after ten seconds."""


class _Parts(NamedTuple):
    """Hold what handlers and jobs work with."""

    line: Line
    recogniser: Recogniser
    database: Database
    pictures: Pictures
    champions: Champions
    trainer: Trainer


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
        parts = await _open_parts(stack, settings, start, command or COMMAND)
        application = _build_application(settings.bot_token, settings)
        _install_handlers(application, parts, settings)
        try:
            async with application.bot, application:  # the first closes what the second may not
                await menu.offer_commands(application.bot, settings.admin_ids)
                _start_jobs(application, parts, settings)
                await _poll(application, stop, parts)
        except InvalidToken:
            raise TokenRefused(settings.bot_api_url) from None
        except NetworkError as error:
            raise TelegramUnreachable(settings.bot_api_url, error.message) from None


async def _open_parts(
    stack: AsyncExitStack,
    settings: Settings,
    start: Callable[[str], Hearing],
    command: Sequence[str],
) -> _Parts:
    """Open the database, and have the workers listen with the champion that it names."""
    line = Line(
        width=settings.workers * _PREFETCH,
        max_per_user=settings.queue_per_user,
        max_total=settings.queue_total,
    )
    database = await Database.open(settings.database_url.get_secret_value())
    stack.push_async_callback(database.close)
    pictures = Pictures()
    stack.push_async_callback(pictures.close)
    recogniser = Recogniser(
        partial(start, settings.model),
        workers=settings.workers,
        timeout_seconds=settings.timeout_seconds,
    )
    champions = Champions(database, recogniser, start, shipped=settings.model)
    stack.push_async_callback(champions.close)
    stack.push_async_callback(recogniser.close)
    await champions.open()
    trainer = Trainer(
        database,
        champions,
        pictures,
        corpora=settings.corpora,
        keep_models=settings.keep_models,
        command=command,
    )
    return _Parts(line, recogniser, database, pictures, champions, trainer)


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
    line, recogniser, database, pictures, champions, trainer = parts
    impressions, admins, days = Impressions(), Admins(), settings.retention_days
    seconds, admin_ids = settings.max_seconds, settings.admin_ids
    listener = Listener(line, recogniser, database, impressions)
    group_listener = GroupListener(listener, database)
    application.add_handler(TypeHandler(Update, errors.bind_update_id), group=-2)
    application.add_handler(TypeHandler(Update, language.bind_language(database)), group=-1)
    application.add_handlers(
        [
            *general.make_handlers(recogniser, max_seconds=seconds, admin_ids=admin_ids),
            *privacy.make_handlers(database, pictures, impressions, retention_days=days),
            *language.make_handlers(database, admins),
            *details.make_handlers(database, pictures),
            *feedback.make_handlers(database),
            *consent.make_handlers(database, impressions),
            *mood.make_handlers(database, listener, pictures),
            *groups.make_handlers(database, group_listener, pictures, admins, retention_days=days),
            *digest.make_handlers(database, admins),
            *retraining.make_handlers(trainer, admin_ids),
            *models.make_handlers(database, champions, admin_ids),
            *stats.make_handlers(database, recogniser, line, pictures, admin_ids),
            *membership.make_handlers(database, pictures),
            *voice.make_handlers(listener),
        ]
    )
    application.add_error_handler(errors.log_error)


def _start_jobs(application: _Application, parts: _Parts, settings: Settings) -> None:
    """Have old notes deleted, digests sent, and the champion followed, from the start on."""

    async def delete_old_notes(_context: object) -> None:
        await enforce_retention(parts.database, days=settings.retention_days)

    following = asyncio.Lock()

    async def follow_champion(_context: object) -> None:
        if not following.locked():  # a change of models takes longer than the time between two
            async with following:
                await parts.champions.watch()

    async def tell_lost(_context: object) -> None:
        await parts.trainer.tell_lost(application.bot)

    job_queue = cast("JobQueue[Any]", application.job_queue)  # the builder makes one
    job_queue.run_repeating(delete_old_notes, _DAY_SECONDS, first=0, name="retention")
    job_queue.run_repeating(
        follow_champion, CHECK_SECONDS, name="champion", job_kwargs={"max_instances": 2}
    )
    job_queue.run_repeating(tell_lost, _LOST_SECONDS, first=0, name="lost retrainings")
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
        finishing = asyncio.create_task(_finish(application, parts))
        done, _ = await asyncio.wait({finishing}, timeout=_GRACE_SECONDS)
        if not done:
            await parts.recogniser.close()  # the notes in the works get an apology
        await finishing


async def _finish(application: _Application, parts: _Parts) -> None:
    """Break a retraining off, and answer the notes in the works."""
    await parts.trainer.close()
    await application.stop()


def _stop_on_signals() -> asyncio.Event:
    """Give an event that SIGINT and SIGTERM set."""
    stop = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    return stop
