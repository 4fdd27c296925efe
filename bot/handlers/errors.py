"""What no handler expected, and what Telegram answered instead of updates: into the log."""

from __future__ import annotations

from typing import TYPE_CHECKING

import structlog
from telegram.error import Conflict, Forbidden, NetworkError, TelegramError

if TYPE_CHECKING:
    from telegram import Update

    from bot.handlers.messages import Context

_log = structlog.get_logger(__name__)


async def bind_update_id(update: Update, _context: Context) -> None:
    """Put one id into every log line from an update to its answer."""
    structlog.contextvars.bind_contextvars(update_id=update.update_id)


async def log_error(_update: object, context: Context) -> None:
    """Log an error that a handler raised, as loudly as somebody must act on it."""
    error = context.error
    if isinstance(error, Forbidden):
        _log.info("answer not wanted", reason=error.message)  # the bot was blocked or removed
    elif isinstance(error, TelegramError):
        _log.warning("answer not sent", reason=error.message)
    else:
        _log.error("update not handled", exc_info=error)


def log_polling_error(error: TelegramError) -> None:
    """Log why no updates came; the library asks again by itself."""
    if isinstance(error, Conflict):
        _log.error("another process takes this bot's updates: stop it, or use another token")
    elif isinstance(error, NetworkError):
        _log.warning("no updates", reason=error.message)
    else:
        _log.error("no updates", reason=error.message)
