"""Patience with Telegram's flood limits: what was refused is sent again when Telegram says so."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any, Final, cast

import structlog
from telegram.error import RetryAfter
from telegram.ext import BaseRateLimiter

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import timedelta

_log = structlog.get_logger(__name__)

_RETRIES: Final = 4
_Result = bool | dict[str, Any] | list[dict[str, Any]]


class FloodPatience(BaseRateLimiter[None]):
    """Wait as long as Telegram asks, then try again; all but "typing", which is late by then."""

    async def initialize(self) -> None:
        """Need nothing."""

    async def shutdown(self) -> None:
        """Hold nothing."""

    async def process_request(
        self,
        callback: Callable[..., Coroutine[Any, Any, _Result]],
        args: Any,  # noqa: ANN401  the signature is the library's
        kwargs: dict[str, Any],
        endpoint: str,
        data: dict[str, Any],  # noqa: ARG002  the signature is the library's
        rate_limit_args: None,  # noqa: ARG002  the signature is the library's
    ) -> _Result:
        """Call Telegram until it no longer asks to wait, or has asked too often."""
        for _ in range(_RETRIES):
            try:
                return await callback(*args, **kwargs)
            except RetryAfter as error:
                if endpoint == "sendChatAction":
                    raise
                pause = cast("timedelta", error.retry_after)  # bot.app has the library say it so
                _log.warning("flood limit", endpoint=endpoint, seconds=pause.total_seconds())
                await asyncio.sleep(pause.total_seconds())
        return await callback(*args, **kwargs)
