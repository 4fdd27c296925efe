"""The sandbox as a server on this computer: the Bot API, the user's side, and the page."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any, Self

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect
from starlette.responses import JSONResponse, Response

from bot.sandbox.bot_api import make_bot_routes
from bot.sandbox.dropping import DroppableConnection
from bot.sandbox.guard import Guard
from bot.sandbox.page import make_page_routes
from bot.sandbox.state import State
from bot.sandbox.user_api import make_user_routes
from bot.serving import listen, serve
from ser_core.errors import SetupError

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp

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
        try:
            listener = listen(_HOST, self._port)
        except (OSError, OverflowError) as error:
            raise PortTaken(self._port) from error
        self._port = listener.getsockname()[1]
        self._serving = serve(
            _make_app(self.state, self._port),
            listener,
            seconds_to_finish=_SECONDS_TO_FINISH,
            http=DroppableConnection,
        )
        await self._serving.__aenter__()
        return self

    async def __aexit__(self, *_error: object) -> None:
        """Send waiting requests home, then stop."""
        self.state.close()
        await self.state.webhook.end()
        await self._serving.__aexit__(None, None, None)


def _make_app(state: State, port: int) -> ASGIApp:
    """Give what answers requests."""
    routes = [*make_bot_routes(state), *make_user_routes(state), *make_page_routes()]
    handlers: Any = {HTTPException: _answer_http_error, ClientDisconnect: _answer_nobody}
    return Guard(Starlette(routes=routes, exception_handlers=handlers), port)


async def _answer_http_error(_request: Request, error: HTTPException) -> Response:
    """Answer what no endpoint has answered, in a form that suits the bot and a user."""
    content = {
        "ok": False,
        "error_code": error.status_code,
        "description": error.detail,
        "error": error.detail,
    }
    return JSONResponse(content, status_code=error.status_code)


async def _answer_nobody(_request: Request, _error: ClientDisconnect) -> Response:
    """Answer a request that broke off before it was whole: nobody reads this."""
    return Response(status_code=HTTPStatus.BAD_REQUEST)
