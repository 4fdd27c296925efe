"""The two ways in which the sandbox says no: to the bot as Telegram does, to a user plainly."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping


class BotApiError(Exception):
    """Say no to the bot, in Telegram's own words."""

    def __init__(
        self,
        description: str,
        status: HTTPStatus = HTTPStatus.BAD_REQUEST,
        parameters: Mapping[str, int] | None = None,
    ) -> None:
        """Keep the description, without its prefix, and the status that decides the prefix.

        ``parameters`` tell a program what to do about it, such as ``retry_after``.
        """
        super().__init__(description)
        self.status = status
        self.parameters = parameters
        prefix = status.phrase
        self.description = f"{prefix}: {description}" if description else prefix


class UserError(Exception):
    """Say to whoever calls the user's side what is wrong with the request."""

    def __init__(self, message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> None:
        """Keep the message and the status."""
        super().__init__(message)
        self.status = status


def refuse_bot(
    description: str,
    status: HTTPStatus = HTTPStatus.BAD_REQUEST,
    parameters: Mapping[str, int] | None = None,
) -> NoReturn:
    """Raise `BotApiError`."""
    raise BotApiError(description, status, parameters)


def refuse_user(message: str, status: HTTPStatus = HTTPStatus.BAD_REQUEST) -> NoReturn:
    """Raise `UserError`."""
    raise UserError(message, status)
