"""I/O  Fetch a recording from Telegram into memory, again where it did not come whole."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Final

import structlog
from telegram.error import BadRequest, InvalidToken, NetworkError, TelegramError

from bot.fate import choose_pause, is_lost
from ser_core.errors import TooLarge

if TYPE_CHECKING:
    from telegram import Bot

    from bot.metrics import Metrics
    from bot.recording import Recording

_log = structlog.get_logger(__name__)

MAX_BYTES: Final = 20 * 1024 * 1024
"""Source: https://core.telegram.org/bots/api#getfile, "bots can download files of up to 20MB"."""

_READ_SECONDS: Final = 30.0
"""How long the next part of a file may take to come."""
_TRIES: Final = 5


def refuse_large(size_bytes: int | None) -> None:
    """Let pass what may be fetched; an unknown size may turn out to be.

    Raises:
        TooLarge: if the size is over the limit.
    """
    if size_bytes is not None and size_bytes > MAX_BYTES:
        raise TooLarge(size_bytes, MAX_BYTES)


async def download(bot: Bot, recording: Recording, metrics: Metrics) -> bytes:
    """Give the bytes of a recording.

    Raises:
        TooLarge: if they are more than a bot may fetch.
        TelegramError: if Telegram does not hand them over, or only a part of them.
    """
    refuse_large(recording.size_bytes)
    for n_failures in range(1, _TRIES):
        try:
            return await _fetch(bot, recording)
        except TelegramError as error:
            metrics.count_telegram_error("download", type(error).__name__)
            if not _may_come(error):
                raise
            _log.info("download repeated", reason=error.message)
        await asyncio.sleep(choose_pause(n_failures))
    return await _fetch(bot, recording)


async def _fetch(bot: Bot, recording: Recording) -> bytes:
    """Fetch a recording; it has a new address each time, for the old one may be the trouble."""
    try:
        file = await bot.get_file(recording.file_id)
    except BadRequest as error:
        if "too big" in error.message.lower():
            raise TooLarge(recording.size_bytes or MAX_BYTES + 1, MAX_BYTES) from None
        raise
    refuse_large(file.file_size)
    fetched = bytes(await file.download_as_bytearray(read_timeout=_READ_SECONDS))
    if len(fetched) < (file.file_size or 0):
        message = f"{len(fetched):,} of {file.file_size:,} bytes came"
        raise NetworkError(message)
    return fetched


def _may_come(error: TelegramError) -> bool:
    """Tell whether another try may go well; of an address that is gone the library blames us."""
    return is_lost(error) or isinstance(error, InvalidToken)
