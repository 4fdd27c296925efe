"""What a failed request to Telegram leaves open, and when to ask again."""

from __future__ import annotations

import random
import re
from typing import Final

from httpx import ConnectError, ConnectTimeout, PoolTimeout
from telegram.error import BadRequest, NetworkError

_BEFORE_SENDING: Final = (ConnectError, ConnectTimeout, PoolTimeout)
"""What goes wrong before a request leaves this computer."""
_TOO_MANY: Final = "Too Many Requests"
"""What the library makes of a flood limit of no seconds."""
_FIRST_PAUSE_SECONDS: Final = 0.5
_LAST_PAUSE_SECONDS: Final = 8.0
_NOTE_GONE: Final = re.compile(
    r"(message to (be replied|react)|repl(y|ied) message) not found", re.IGNORECASE
)


def is_lost(error: BaseException) -> bool:
    """Tell whether a request got no proper answer, so that the same one may go well later."""
    return isinstance(error, NetworkError) and not isinstance(error, BadRequest)


def may_have_worked(error: BaseException) -> bool:
    """Tell whether Telegram may have done what a request asked for, although it failed."""
    return (
        is_lost(error)
        and not isinstance(error.__cause__, _BEFORE_SENDING)
        and not str(error).startswith(_TOO_MANY)
    )


def changes_nothing(error: BadRequest) -> bool:
    """Tell whether Telegram refused an edit only because the message is so already."""
    return "not modified" in error.message.lower()


def misses_note(error: BadRequest) -> bool:
    """Tell whether Telegram refused because the message to reply or react to is gone."""
    return _NOTE_GONE.search(error.message) is not None


def choose_pause(n_failures: int) -> float:
    """Give for how many seconds to wait after so many failures, not quite the same each time."""
    pause = min(_FIRST_PAUSE_SECONDS * 2.0 ** (n_failures - 1), _LAST_PAUSE_SECONDS)
    return pause * random.uniform(0.75, 1.25)  # noqa: S311  so that not all ask at once
