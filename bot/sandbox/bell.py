"""A bell that wakes everybody who waits for a change."""

from __future__ import annotations

import asyncio
import contextlib


class Bell:
    """Let any number of requests wait until something changes, or until their time is up."""

    def __init__(self) -> None:
        """Start silent."""
        self._event = asyncio.Event()
        self._is_closed = False

    def ring(self) -> None:
        """Wake everybody who waits now."""
        self._event.set()
        if not self._is_closed:
            self._event = asyncio.Event()

    def close(self) -> None:
        """Wake everybody, now and from now on: the server is stopping."""
        self._is_closed = True
        self.ring()

    async def wait(self, seconds: float) -> bool:
        """Wait for the next ring; tell whether waiting again may be worth it."""
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._event.wait()
                return not self._is_closed
        return False
