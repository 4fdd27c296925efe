"""A small local Telegram: the whole bot with no token and no network, and a page to chat on."""

from __future__ import annotations

from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from pydantic import SecretStr
from rich.console import Console

from bot.app import run_bot
from bot.sandbox.server import Sandbox

if TYPE_CHECKING:
    from bot.settings import Settings

__all__ = ["run_sandbox"]

_ADA_ID: Final = 1
"""The first of the two people on the page, as `static/places.js` numbers them."""


async def run_sandbox(settings: Settings, *, port: int) -> None:
    """Run the bot against a Telegram of its own, until it is stopped; port 0 is any free one.

    Its database goes with it, and is never the one that the settings name. Ada may do what only
    the bot's admins may, unless the settings name others.

    Raises:
        SetupError: if the port is taken, or if the bot cannot start.
    """
    with TemporaryDirectory() as folder:
        update = {
            "database_url": SecretStr(f"sqlite:///{folder}/ser.sqlite3"),
            "admin_ids": settings.admin_ids or frozenset({_ADA_ID}),
            "webhook_url": "",
            "web_port": None,  # the page is what there is to see
        }
        await _run(settings.model_copy(update=update), port=port)


async def _run(settings: Settings, *, port: int) -> None:
    """Run both, the pretended Telegram first."""
    async with Sandbox(port=port) as sandbox:
        Console().print(f"Chat with the bot at {sandbox.url} (Ctrl-C stops it)", soft_wrap=True)
        update = {"bot_token": SecretStr(sandbox.token), "bot_api_url": sandbox.url}
        await run_bot(settings.model_copy(update=update))
