"""What handlers and chores work with, opened in order and closed in reverse."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from bot.champions import Champions
from bot.database import Database
from bot.database.inbox import Limits
from bot.impressions import Impressions
from bot.inbox import Inbox
from bot.listener import Listener
from bot.metrics import Metrics
from bot.numbering import Numbering
from bot.pictures import Pictures
from bot.recogniser import Recogniser
from bot.replicas import Replicas
from bot.terms import Terms
from bot.trainer import Trainer

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AsyncExitStack

    from bot.settings import Settings
    from bot.worker import Hearing

_PREFETCH: Final = 4
"""Notes in hand for each worker: while it listens to one, the next ones are fetched."""


class Parts(NamedTuple):
    """Hold the parts of one running bot."""

    settings: Settings
    metrics: Metrics
    database: Database
    replicas: Replicas
    numbering: Numbering
    inbox: Inbox
    pictures: Pictures
    recogniser: Recogniser
    champions: Champions
    trainer: Trainer
    impressions: Impressions
    listener: Listener

    @classmethod
    async def open(
        cls,
        stack: AsyncExitStack,
        settings: Settings,
        start: Callable[[str], Hearing],
        command: Sequence[str],
    ) -> Self:
        """Open the database, enter as a replica, and start workers with the champion.

        Raises:
            SetupError: if the operator must mend something first.
        """
        metrics, numbering = Metrics(), Numbering()
        pictures, impressions = Pictures(), Impressions()
        database = await Database.open(settings.database_url.get_secret_value())
        stack.push_async_callback(database.close)
        replicas = await _enter(stack, settings, database, metrics)
        stack.push_async_callback(pictures.close)
        recogniser = Recogniser(
            partial(start, settings.model),
            workers=settings.workers,
            timeout_seconds=settings.timeout_seconds,
            memory_mb=settings.worker_memory_mb,
        )
        champions = Champions(database, recogniser, start, shipped=settings.model)
        stack.push_async_callback(champions.close)
        stack.push_async_callback(recogniser.close)
        await champions.open()
        return cls(
            settings=settings,
            metrics=metrics,
            database=database,
            replicas=replicas,
            numbering=numbering,
            inbox=Inbox(
                database,
                replicas,
                numbering,
                limits=_read_limits(settings),
                n_notes=settings.workers * _PREFETCH,
                metrics=metrics,
            ),
            pictures=pictures,
            recogniser=recogniser,
            champions=champions,
            trainer=_make_trainer(settings, database, champions, pictures, command),
            impressions=impressions,
            listener=Listener(
                recogniser,
                database,
                impressions,
                numbering,
                Terms(_read_limits(settings), settings.answer_within_minutes),
                metrics,
            ),
        )


async def _enter(
    stack: AsyncExitStack, settings: Settings, database: Database, metrics: Metrics
) -> Replicas:
    """Enter this copy among the others.

    Raises:
        PollingTaken: if another one takes Telegram's updates.
    """
    replicas = Replicas(
        database,
        "webhook" if settings.webhook_url else "polling",
        on_freed=partial(metrics.count_update, "taken over"),
    )
    await replicas.open()
    stack.push_async_callback(replicas.close)
    return replicas


def _read_limits(settings: Settings) -> Limits:
    """Give how many unanswered notes there may be."""
    return Limits(
        per_user=settings.queue_per_user,
        per_chat=settings.queue_per_chat,
        total=settings.queue_total,
    )


def _make_trainer(
    settings: Settings,
    database: Database,
    champions: Champions,
    pictures: Pictures,
    command: Sequence[str],
) -> Trainer:
    """Give what makes new models."""
    return Trainer(
        database,
        champions,
        pictures,
        corpora=settings.corpora,
        keep_models=settings.keep_models,
        command=command,
    )
