"""The command ``ser-bot``: the bot on Telegram, or with ``--sandbox`` in a browser.

It ends with 0 when it was stopped, with 2 when the operator must mend something first,
and with 1 when something went wrong that nobody expected.
"""

from __future__ import annotations

import argparse
import asyncio
import logging
import resource
import sys
from typing import TYPE_CHECKING

# Every worker process imports this module again, for it is the main one. What workers do not
# need is therefore imported inside the functions: it would cost each of them time and memory.

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.settings import Settings

_OPERATOR_MUST_ACT = 2
_SANDBOX_PORT = 8790


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the bot until it is stopped; give the exit code."""
    from bot.logs import set_up_logs  # noqa: PLC0415  workers do not need it
    from bot.settings import forget_secrets, read_settings  # noqa: PLC0415  workers do not need it
    from ser_core.errors import SetupError  # noqa: PLC0415  workers do not need it

    options = _parse(arguments)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # what is left of a crash would hold secrets
    try:
        settings = read_settings()
        forget_secrets()
        secrets = settings.list_secrets()
        set_up_logs(style=settings.log_format, level=settings.log_level, secrets=secrets)
        asyncio.run(_run(settings, options))
    except SetupError as error:
        sys.stderr.write(f"ser-bot: {error}\n")
        return _OPERATOR_MUST_ACT
    except Exception:
        logging.getLogger(__name__).exception("bot failed")
        return 1
    return 0


def _parse(arguments: Sequence[str] | None) -> argparse.Namespace:
    """Give the options, or end the process with a word on how to use it."""
    parser = argparse.ArgumentParser(prog="ser-bot", description="Answer voice notes on Telegram.")
    parser.add_argument(
        "--sandbox", action="store_true", help="chat in a browser instead: no token, no network"
    )
    parser.add_argument(
        "--port", type=int, help="where the sandbox listens; 0 is any free port (default: 8790)"
    )
    options = parser.parse_args(arguments)
    if options.port is not None and not options.sandbox:
        parser.error("--port goes with --sandbox")
    return options


async def _run(settings: Settings, options: argparse.Namespace) -> None:
    """Run the bot where the options want it."""
    if options.sandbox:
        from bot.sandbox import run_sandbox  # noqa: PLC0415  workers do not need it

        port = _SANDBOX_PORT if options.port is None else options.port
        await run_sandbox(settings, port=port)
    else:
        from bot.app import run_bot  # noqa: PLC0415  workers do not need it

        await run_bot(settings)


if __name__ == "__main__":
    sys.exit(main())
