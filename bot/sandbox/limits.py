"""Floods on order: how often a method still answers that the bot asks too much."""

from __future__ import annotations

from http import HTTPStatus

from bot.sandbox.refusals import refuse_bot


class Limits:
    """Hold which calls are refused next; without an order none is."""

    def __init__(self) -> None:
        """Start without limits."""
        self._orders: dict[str, tuple[int, int]] = {}

    def order(self, method: str, n_calls: int, retry_after_seconds: int) -> None:
        """Refuse the next calls of a method."""
        self._orders[method.lower()] = (n_calls, retry_after_seconds)

    def count(self, method: str) -> None:
        """Count a call.

        Raises:
            BotApiError: if this call is one too many (429, as Telegram answers).
        """
        n_left, seconds = self._orders.get(method, (0, 0))
        if n_left > 0:
            self._orders[method] = (n_left - 1, seconds)
            refuse_bot(
                f"retry after {seconds}", HTTPStatus.TOO_MANY_REQUESTS, {"retry_after": seconds}
            )
