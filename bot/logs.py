"""Logs: one line per event through structlog, for people or for machines, never with a secret.

No line holds a name, a text, a recording, or the number of a chat or of a person either. What could
bring them in is kept out here: values that databases repeat, and all that libraries tell beyond
``info``, such as every message that is sent.
"""

from __future__ import annotations

import json
import logging
import re
import sys
import traceback
from typing import TYPE_CHECKING, Any, Final, Literal

import structlog

from bot.settings import TOKEN_PATTERN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from structlog.typing import ExcInfo, Processor

_OURS: Final = ("bot", "ser_core")
_CHATTY: Final = ("alembic", "httpx", "telegram", "uvicorn")
"""They write a line for every request, start and stop."""
_MASKS: Final = {
    TOKEN_PATTERN: "<token>",
    re.compile(r"(?<=/file/bot<token>/)[^\s\"\\]+"): "<file>",
    re.compile(r"(?<=://)[^/\s:@]*:[^/\s@]+(?=@)"): "<password>",
    re.compile(r"-100\d{7,}"): "<chat>",  # the number of a supergroup, which Telegram's errors tell
}
_ARGUMENT: Final = re.compile(r"(invalid input for query argument \$\d+: ).*")
_MIN_SECRET: Final = 8
"""A shorter one is a part of other words: masking it would tell it."""


def set_up_logs(
    *, style: Literal["console", "json"], level: str, secrets: Iterable[str] = ()
) -> None:
    """Send every log line, ours and those of the libraries, to standard error in one style.

    ``secrets`` are masked wherever they turn up.
    """
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
                structlog.processors.ExceptionRenderer(_tell_trace),
                _choose_renderer(style),
                _make_mask(secrets),
            ],
        )
    )
    logging.basicConfig(handlers=[handler], force=True)
    _set_levels(level)
    structlog.configure(
        processors=[*before, structlog.stdlib.ProcessorFormatter.wrap_for_formatter],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
    )


def _set_levels(level: str) -> None:
    """Have our own lines told from ``level`` on, and those of libraries if they tell no content."""
    number = logging.getLevelNamesMapping()[level.upper()]
    logging.getLogger().setLevel(max(number, logging.INFO))
    for name in _OURS:
        logging.getLogger(name).setLevel(number)
    for name in _CHATTY:
        logging.getLogger(name).setLevel(
            logging.INFO if number == logging.DEBUG else max(number, logging.WARNING)
        )


def _make_mask(secrets: Iterable[str]) -> Processor:
    """Give what masks all secrets in a finished line, whoever wrote it, tracebacks included."""
    found = {secret for secret in secrets if len(secret) >= _MIN_SECRET}
    # As they stand in lines for machines, and in those for people.
    found |= {write(secret)[1:-1] for secret in found for write in (json.dumps, repr)}
    ordered = sorted(found, key=len, reverse=True)  # one may be a part of another
    masks = dict(_MASKS)
    if ordered:
        masks[re.compile("|".join(map(re.escape, ordered)))] = "<secret>"

    def mask(_logger: object, _method: str, line: Any) -> str:  # noqa: ANN401  structlog hands over what the renderer gave
        for pattern, cover in masks.items():
            line = pattern.sub(cover, line)
        return str(line)

    return mask


def _choose_renderer(style: Literal["console", "json"]) -> Processor:
    """Give the step that turns an event into a line."""
    if style == "json":
        return structlog.processors.JSONRenderer()
    # Plain tracebacks: the pretty ones print local variables, and those hold people's voices.
    plain = structlog.dev.plain_traceback
    return structlog.dev.ConsoleRenderer(colors=sys.stderr.isatty(), exception_formatter=plain)


def _tell_trace(exc_info: ExcInfo) -> str:
    """Give a traceback without the values that PostgreSQL and its driver repeat in errors."""
    text = "".join(traceback.format_exception(*exc_info))
    for error in _list_causes(exc_info[1]):
        if detail := getattr(error, "detail", None):
            text = text.replace(str(detail), "<row>")
    return _ARGUMENT.sub(r"\1<value>", text).rstrip("\n")


def _list_causes(error: BaseException | None) -> Iterator[BaseException]:
    """Give an error and all those behind it."""
    seen: set[int] = set()
    waiting = [error]
    while waiting:
        one = waiting.pop()
        if one is None or id(one) in seen:
            continue
        seen.add(id(one))
        yield one
        waiting += [one.__cause__, one.__context__]
        if isinstance(one, BaseExceptionGroup):
            waiting += one.exceptions
