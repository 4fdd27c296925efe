"""Numbers that never come again, as Telegram's do not, whether or not the sandbox is restarted."""

from __future__ import annotations

import time
from typing import ClassVar


class Numbers:
    """Count on from the clock's seconds, or from the last number that was given in this process."""

    _last: ClassVar[int] = 0

    def __init__(self) -> None:
        """Begin where the clock stands."""
        self._next = max(int(time.time()), Numbers._last + 1)

    def take(self) -> int:
        """Give the next number."""
        number = self._next
        self._next += 1
        Numbers._last = max(Numbers._last, number)
        return number
