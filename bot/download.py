"""I/O  Fetch a recording from Telegram into memory."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from telegram.error import BadRequest

from ser_core.errors import TooLarge

if TYPE_CHECKING:
    from telegram import Bot

    from bot.recording import Recording

MAX_BYTES: Final = 20 * 1024 * 1024
"""Source: https://core.telegram.org/bots/api#getfile, "bots can download files of up to 20MB"."""

_READ_SECONDS: Final = 30.0
"""How long the next part of a file may take to come."""


def refuse_large(size_bytes: int | None) -> None:
    """Let pass what may be fetched; an unknown size may turn out to be.

    Raises:
        TooLarge: if the size is over the limit.
    """
    if size_bytes is not None and size_bytes > MAX_BYTES:
        raise TooLarge(size_bytes, MAX_BYTES)


async def download(bot: Bot, recording: Recording) -> bytes:
    """Give the bytes of a recording.

    Raises:
        TooLarge: if they are more than a bot may fetch.
        TelegramError: if Telegram does not hand them over.
    """
    refuse_large(recording.size_bytes)
    try:
        file = await bot.get_file(recording.file_id)
    except BadRequest as error:
        if "too big" in error.message.lower():
            raise TooLarge(recording.size_bytes or MAX_BYTES + 1, MAX_BYTES) from None
        raise
    refuse_large(file.file_size)
    return bytes(await file.download_as_bytearray(read_timeout=_READ_SECONDS))
