"""The sandbox as a server on this computer: the Bot API, the user's side, and the page."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Any, Self

import uvicorn
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

from bot.sandbox.bot_api import make_bot_routes
from bot.sandbox.guard import Guard
from bot.sandbox.page import make_page_routes
from bot.sandbox.state import State
from bot.sandbox.user_api import make_user_routes
from ser_core.errors import SetupError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from starlette.requests import Request
    from starlette.responses import Response

_HOST = "127.0.0.1"
_SECONDS_TO_FINISH = 2


class PortTaken(SetupError):
    """Say that another program listens where the sandbox should."""

    def __init__(self, port: int) -> None:
        """Keep the port."""
        super().__init__(f"port {port} cannot be listened on: choose another with --port")
        self.port = port


class Sandbox:
    """Serve while the ``async with`` block runs, on 127.0.0.1 and nowhere else.

    Raises:
        PortTaken: if the port is in use, or not ours to use; port 0 means any free one.
    """

    def __init__(self, *, port: int = 0) -> None:
        """Keep the port for when the block begins."""
        self.state = State()
        self._port = port

    @property
    def url(self) -> str:
        """Give the address of the page; the Bot API is at ``/bot`` below it."""
        return f"http://{_HOST}:{self._port}"

    @property
    def token(self) -> str:
        """Give the token with which the bot calls."""
        return self.state.token

    async def __aenter__(self) -> Self:
        """Listen, then serve in the background."""
        listener = _listen(self._port)
        self._port = listener.getsockname()[1]
        self._server = _QuietServer(_make_config(self.state, self._port))
        self._serving = asyncio.create_task(self._server.serve(sockets=[listener]))
        return self

    async def __aexit__(
        self,
        _kind: type[BaseException] | None,
        _error: BaseException | None,
        _trace: TracebackType | None,
    ) -> None:
        """Send waiting requests home, then stop."""
        self.state.close()
        self._server.stopping.set()
        await self._serving


class _QuietServer(uvicorn.Server):
    """Be a part of a program: leave the signals to it, and stop at its word."""

    def __init__(self, config: uvicorn.Config) -> None:
        """Start with no word said."""
        super().__init__(config)
        self.stopping = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Capture none."""
        yield

    async def main_loop(self) -> None:
        """Wait for the word, where uvicorn would look for it ten times a second."""
        await self.stopping.wait()


def _listen(port: int) -> socket.socket:
    """Give a socket that listens on this computer only."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((_HOST, port))
        listener.listen()  # whoever connects before the server runs waits, and is served
    except (OSError, OverflowError) as error:
        listener.close()
        raise PortTaken(port) from error
    return listener


def _make_config(state: State, port: int) -> uvicorn.Config:
    """Give the configuration of the server: silent, and quick to stop."""
    routes = [*make_bot_routes(state), *make_user_routes(state), *make_page_routes()]
    handlers: Any = {HTTPException: _answer_http_error}
    app = Starlette(routes=routes, exception_handlers=handlers)
    return uvicorn.Config(
        Guard(app, port),
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=_SECONDS_TO_FINISH,
    )


async def _answer_http_error(_request: Request, error: HTTPException) -> Response:
    """Answer what no endpoint has answered, in a form that suits the bot and a user."""
    content = {
        "ok": False,
        "error_code": error.status_code,
        "description": error.detail,
        "error": error.detail,
    }
    return JSONResponse(content, status_code=error.status_code)
