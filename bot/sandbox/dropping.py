"""Answers that break off: a connection that ends before, within or instead of an answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import Response
from uvicorn.protocols.http.h11_impl import H11Protocol

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Awaitable, Callable

    from starlette.types import Receive, Scope, Send

_DROP: Final = "sandbox.drop"
_N_PIECES: Final = 10


class DroppableConnection(H11Protocol):
    """Let an answer end the connection, which ASGI knows no word for."""

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Tell each request how its connection is ended."""
        super().connection_made(transport)
        app = self.app

        async def run(scope: Scope, receive: Receive, send: Send) -> None:
            await app({**scope, "extensions": {_DROP: transport.close}}, receive, send)

        self.app = run


class DroppedAnswer(Response):
    """End the connection without a word, or after half of an answer that told its length."""

    def __init__(self, answer: Response | None = None) -> None:
        """Keep what is given in part."""
        super().__init__()
        self._answer = answer

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the half, if there is one, and be gone."""
        if self._answer is not None:
            await _begin(self._answer, send)
            half = self._answer.body[: len(self._answer.body) // 2]
            await send({"type": "http.response.body", "body": half, "more_body": True})
        scope["extensions"][_DROP]()
        while (await receive())["type"] != "http.disconnect":
            pass


class SlowAnswer(Response):
    """Give an answer in pieces, with a pause before each."""

    def __init__(self, answer: Response, hold: Callable[[float], Awaitable[None]]) -> None:
        """Keep what is given, and what waits for a share of the time that it may take."""
        super().__init__()
        self._answer = answer
        self._hold = hold

    async def __call__(self, _scope: Scope, _receive: Receive, send: Send) -> None:
        """Send the pieces."""
        await _begin(self._answer, send)
        body = self._answer.body
        size = len(body) // _N_PIECES + 1
        for first in range(0, len(body), size):
            await self._hold(1 / _N_PIECES)
            piece = body[first : first + size]
            await send({"type": "http.response.body", "body": piece, "more_body": True})
        await send({"type": "http.response.body"})


async def _begin(answer: Response, send: Send) -> None:
    """Send status and headers of an answer, its whole length included."""
    head = {"status": answer.status_code, "headers": answer.raw_headers}
    await send({"type": "http.response.start", **head})
