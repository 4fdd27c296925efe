"""What no handler expected: into the log, and to the inbox, which may try again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram.error import Forbidden, TelegramError
from telegram.ext import ApplicationHandlerStop

from bot.errors import JobTaken
from bot.job import find_job, passes

if TYPE_CHECKING:
    from bot.handlers.messages import Context

_log = structlog.get_logger(__name__)


async def log_error(_update: object, context: Context) -> None:
    """Log an error that a handler raised, as loudly as somebody must act on it.

    The inbox is told, and no other handler is asked.
    """
    error = context.error
    find_job().error = error
    if isinstance(error, JobTaken):
        _log.warning("update left to another copy")
    elif passes(error):
        _log.warning("update to be tried again", reason=type(error).__name__)
    elif isinstance(error, Forbidden):
        _log.info("answer not wanted", reason=error.message)  # the bot was blocked or removed
    elif isinstance(error, TelegramError):
        _log.warning("answer not sent", reason=error.message)
    else:
        _log.error("update not handled", exc_info=error)
    raise ApplicationHandlerStop
