"""The bot's own web server: updates that Telegram brings, whether all is well, and what it counts.

Only ``/telegram`` is meant for the outside; whoever may reach the rest learns no more than figures.
"""

from __future__ import annotations

import asyncio
import hmac
import json
from collections.abc import Awaitable, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self, TypeAlias, cast

import structlog
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.errors import WebPortTaken
from bot.job import passes
from bot.metrics import CONTENT_TYPE
from bot.serving import listen, serve

if TYPE_CHECKING:
    from starlette.requests import Request

    from bot.metrics import Metrics

Update: TypeAlias = dict[str, Any]
Check: TypeAlias = Callable[[], Awaitable[bool]]

_log = structlog.get_logger(__name__)

WEBHOOK_PATH: Final = "/telegram"
MAX_BODY_BYTES: Final = 1_000_000
"""Far more than an update has: the longest message has 4,096 characters."""
_WORD_HEADER: Final = "X-Telegram-Bot-Api-Secret-Token"
_MAX_UPDATE_ID: Final = 2**63 - 1
_TAKE_SECONDS: Final = 20.0
"""How long it may take to read an update and to keep it; then Telegram is to bring it again."""
_CHECK_SECONDS: Final = 3.0
_SECONDS_TO_FINISH: Final = 5
_KEEP_ALIVE_SECONDS: Final = 130
"""Longer than load balancers keep idle connections, so that none is closed while it is used."""
_MAX_AT_ONCE: Final = 256
"""Requests in hand; Telegram brings a hundred updates at once at most."""
_UNCACHED: Final = {"Cache-Control": "no-store"}


class Webhook(NamedTuple):
    """Hold who takes the updates that Telegram brings, and the word by which it is known.

    ``receive`` returns when they are kept.
    """

    receive: Callable[[Sequence[Update]], Awaitable[object]]
    secret: str


def derive_secret(token: str) -> str:
    """Give the webhook's secret that follows from a bot's token, so that all replicas have one."""
    return hmac.digest(token.encode(), b"webhook secret", "sha256").hex()


class Web:
    """Serve while the ``async with`` block runs.

    Raises:
        WebPortTaken: if the port is in use, or not ours to use; port 0 means any free one.
    """

    def __init__(
        self,
        host: str,
        port: int,
        *,
        metrics: Metrics,
        checks: Mapping[str, Check],
        measure: Callable[[], Awaitable[None]],
        webhook: Webhook | None = None,
    ) -> None:
        """Keep where to listen, and what to tell.

        ``checks`` tell of each part of the bot whether it is well; it is ready when all are.
        ``measure`` brings up to date what goes up and down in ``metrics``.
        """
        self.port = port
        self._host = host
        self._metrics = metrics
        self._checks = checks
        self._measure = measure
        self._webhook = webhook
        self._is_stopping = False
        self._was_ready: bool | None = None
        self._stack = AsyncExitStack()

    async def __aenter__(self) -> Self:
        """Listen, then serve in the background."""
        try:
            listener = listen(self._host, self.port)
        except (OSError, OverflowError) as error:
            raise WebPortTaken(self._host, self.port) from error
        self.port = listener.getsockname()[1]
        app = Starlette(routes=self._make_routes())
        app.router.redirect_slashes = False
        serving = serve(
            app,
            listener,
            seconds_to_finish=_SECONDS_TO_FINISH,
            keep_alive_seconds=_KEEP_ALIVE_SECONDS,
            max_at_once=_MAX_AT_ONCE,
        )
        await self._stack.enter_async_context(serving)
        return self

    async def __aexit__(self, *_exception: object) -> None:
        """Take no more requests, and answer those in hand."""
        self.stop_taking()
        await self._stack.aclose()

    def stop_taking(self) -> None:
        """Take no more updates, and be no longer ready, so that others get the next ones."""
        self._is_stopping = True

    def _make_routes(self) -> list[Route]:
        """Give what is served, and by whom."""
        routes = [
            Route("/healthz", self._tell_health),
            Route("/healthz/live", _tell_life),
            Route("/metrics", self._show_metrics),
        ]
        if self._webhook is not None:
            routes.append(Route(WEBHOOK_PATH, self._take_update, methods=["POST"]))
        return routes

    async def _tell_health(self, _request: Request) -> Response:
        """Tell whether each part is well, and with the status whether all are."""
        parts = await self._check()
        is_ready = all(parts.values()) and not self._is_stopping
        status = HTTPStatus.OK if is_ready else HTTPStatus.SERVICE_UNAVAILABLE
        return JSONResponse({"ready": is_ready, **parts}, status, _UNCACHED)

    async def _show_metrics(self, _request: Request) -> Response:
        """Give what is counted."""
        await asyncio.gather(self._check(), _is_well(self._is_measured))
        headers = {**_UNCACHED, "Content-Type": CONTENT_TYPE}
        return Response(self._metrics.render(), headers=headers)

    async def _is_measured(self) -> bool:
        """Measure; where that fails, what was measured last is shown again."""
        await self._measure()
        return True

    async def _check(self) -> dict[str, bool]:
        """Ask all parts at once whether they are well; the log tells when that has changed."""
        answers = await asyncio.gather(*map(_is_well, self._checks.values()))
        parts = dict(zip(self._checks, answers, strict=True))
        self._metrics.show_health(parts)
        is_ready = all(answers)
        if is_ready != self._was_ready:
            self._was_ready = is_ready
            log = _log.info if is_ready else _log.warning
            log("ready" if is_ready else "not ready", **parts)
        return parts

    async def _take_update(self, request: Request) -> Response:
        """Keep an update that Telegram brings; unless it hears 200, it brings it again."""
        assert self._webhook is not None  # noqa: S101  else there is no route to here
        given = request.headers.get(_WORD_HEADER, "")
        if not hmac.compare_digest(given.encode(), self._webhook.secret.encode()):
            return Response(status_code=HTTPStatus.FORBIDDEN)
        if self._is_stopping:
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        try:
            async with asyncio.timeout(_TAKE_SECONDS):
                update = await _read_update(request)
                await self._webhook.receive([update])
        except HTTPException as error:
            _log.warning("request refused", status=error.status_code)
            return Response(status_code=error.status_code)
        except Exception as error:  # noqa: BLE001  whatever it is, the update must come again
            _log_failure(error)
            return Response(status_code=HTTPStatus.SERVICE_UNAVAILABLE)
        return Response()


async def _read_update(request: Request) -> Update:
    """Give the update in a request.

    Raises:
        HTTPException: if there is none.
    """
    kind = request.headers.get("Content-Type", "").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise HTTPException(HTTPStatus.UNSUPPORTED_MEDIA_TYPE)
    try:
        update = json.loads(await _read_body(request))
    except (ValueError, RecursionError):
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    update_id = update.get("update_id") if isinstance(update, dict) else None
    if type(update_id) is not int or not 0 <= update_id <= _MAX_UPDATE_ID:
        raise HTTPException(HTTPStatus.BAD_REQUEST)
    return cast("Update", update)


async def _read_body(request: Request) -> bytes:
    """Give the body of a request.

    Raises:
        HTTPException: if it is too large, or breaks off.
    """
    body = bytearray()
    try:
        async for chunk in request.stream():
            body += chunk
            if len(body) > MAX_BODY_BYTES:
                raise HTTPException(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
    except ClientDisconnect:
        raise HTTPException(HTTPStatus.BAD_REQUEST) from None
    return bytes(body)


async def _tell_life(_request: Request) -> Response:
    """Tell that the event loop turns."""
    return JSONResponse({"live": True}, headers=_UNCACHED)


async def _is_well(check: Check) -> bool:
    """Tell whether a part says in time that it is well."""
    try:
        async with asyncio.timeout(_CHECK_SECONDS):
            return await check()
    except Exception as error:  # noqa: BLE001  whatever it is, that part is not well
        if not passes(error):
            _log.exception("check failed")
        return False


def _log_failure(error: Exception) -> None:
    """Log why an update was not taken; what databases say may hold what was to be kept."""
    if passes(error):
        _log.warning("update not taken", reason=type(error).__name__)
    else:
        _log.error("update not taken", exc_info=error)
