"""Logs: one line per event through structlog, for people or for machines, never with a token."""

from __future__ import annotations

import logging
import sys
from typing import TYPE_CHECKING, Any, Literal

import structlog

from bot.settings import TOKEN_PATTERN

if TYPE_CHECKING:
    from structlog.typing import Processor


def set_up_logs(*, style: Literal["console", "json"], level: str) -> None:
    """Send every log line, ours and those of the libraries, to standard error in one style."""
    before: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_log_level,
        structlog.stdlib.add_logger_name,
        structlog.processors.TimeStamper(fmt="iso"),
    ]
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(
        structlog.stdlib.ProcessorFormatter(
            foreign_pre_chain=before,
            processors=[
                structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                *_choose_renderers(style),
                mask_tokens,
            ],
        )
    )
    logging.basicConfig(level=level.upper(), handlers=[handler], force=True)
    if level != "debug":  # they write a line for every request, start and stop
        for name in ("alembic", "apscheduler", "httpx", "telegram", "uvicorn"):
            logging.getLogger(name).setLevel(logging.WARNING)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def mask_tokens(_logger: object, _method: str, line: Any) -> str:  # noqa: ANN401  structlog hands over what the renderer gave
    """Mask every bot token in a finished line, whoever wrote it, tracebacks included."""
    return TOKEN_PATTERN.sub("<token>", line)


def _choose_renderers(style: Literal["console", "json"]) -> list[Processor]:
    """Give the last steps that turn an event into a line."""
    if style == "json":
        return [structlog.processors.format_exc_info, structlog.processors.JSONRenderer()]
    # Plain tracebacks: the pretty ones print local variables, and those hold people's voices.
    plain = structlog.dev.plain_traceback
    return [structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)]
