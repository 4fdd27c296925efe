"""Patience with Telegram: what it refused for now, or never answered, is asked for again."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Final, TypeAlias, cast

import structlog
from telegram.error import BadRequest, NetworkError, RetryAfter, TelegramError
from telegram.ext import BaseRateLimiter

from bot.fate import changes_nothing, choose_pause, is_lost, may_have_worked

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from datetime import timedelta

    from bot.metrics import Metrics
    from bot.numbering import Numbering

_log = structlog.get_logger(__name__)

_Result: TypeAlias = bool | dict[str, Any] | list[dict[str, Any]]

_MAX_FLOODS: Final = 4
_PATIENCE_SECONDS: Final = 30.0
"""For so long a request that fails is repeated; whoever waits for it tries again later."""
_IMPATIENT: Final = {
    "sendChatAction",  # "typing" would be shown late
    "getMe",  # asked at the start, when whoever starts the bot waits to be told
}


class Patience(BaseRateLimiter[None]):
    """Repeat requests until Telegram answers, unless that could send something twice."""

    def __init__(self, metrics: Metrics, numbering: Numbering) -> None:
        """Keep where failures are counted, and what learns the numbers of messages."""
        self._metrics = metrics
        self._numbering = numbering

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
        """Call Telegram until it answers, or for as long as makes sense."""
        course = _Course(endpoint)
        while True:
            try:
                result = await callback(*args, **kwargs)
            except TelegramError as error:
                self._metrics.count_telegram_error(endpoint, type(error).__name__)
                if course.is_done_already(error):
                    return True
                await course.pause(_read_garbled(error))
            else:
                self._numbering.see_result(result)
                return result


class _Course:
    """Hold how often one request has failed, and decide what that means."""

    def __init__(self, endpoint: str) -> None:
        """Begin."""
        self._endpoint = endpoint
        self._until = time.monotonic() + _PATIENCE_SECONDS
        self._n_floods = 0
        self._n_lost = 0

    def is_done_already(self, error: TelegramError) -> bool:
        """Tell whether Telegram refuses only because it did this when it was last asked."""
        if not self._n_lost or not isinstance(error, BadRequest):
            return False
        if self._endpoint == "deleteMessage":
            return "not found" in error.message.lower()
        return changes_nothing(error)

    async def pause(self, error: TelegramError) -> None:
        """Wait until it makes sense to ask again; raise the error where it makes none."""
        if self._endpoint in _IMPATIENT:
            raise error
        if isinstance(error, RetryAfter) and self._n_floods < _MAX_FLOODS:
            self._n_floods += 1
            pause = cast("timedelta", error.retry_after)  # bot.app has the library say it so
            _log.warning("flood limit", endpoint=self._endpoint, seconds=pause.total_seconds())
            await asyncio.sleep(pause.total_seconds())
        elif is_lost(error) and self._may_repeat(error) and time.monotonic() < self._until:
            self._n_lost += 1
            _log.info("request repeated", endpoint=self._endpoint, reason=error.message)
            await asyncio.sleep(choose_pause(self._n_lost))
        else:
            raise error

    def _may_repeat(self, error: TelegramError) -> bool:
        """Tell whether to ask again can do no harm: what is sent twice is there twice."""
        return not (self._endpoint.startswith("send") and may_have_worked(error))


def _read_garbled(error: TelegramError) -> TelegramError:
    """Give what an answer that is no JSON comes to: none. The library has no class for it."""
    if type(error) is not TelegramError or not isinstance(error.__cause__, ValueError):
        return error
    lost = NetworkError(error.message)
    lost.__cause__ = error
    return lost
