"""What stands before every request: only this computer, only this page, only so many bytes.

A page from elsewhere that is open in the same browser must not reach the sandbox: a foreign
``Origin`` gives such a request away, and a foreign ``Host`` a name that was made to point here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse

if TYPE_CHECKING:
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

MAX_BODY_BYTES: Final = 64 * 1024 * 1024
"""Enough to send what the bot may not download, which ends at 20 MB."""

TOO_MUCH: Final = f"a request may have {MAX_BODY_BYTES:,} bytes at most"

SAFETY_HEADERS: Final = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; "
        "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
        "frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types 'none'"
    ),
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=()",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
}


class Guard:
    """Let a request through to the application if it comes from here and is not too large."""

    def __init__(self, app: ASGIApp, port: int) -> None:
        """Know the port, which is part of the names under which the sandbox is reached."""
        self._app = app
        self._hosts = frozenset({f"127.0.0.1:{port}", f"localhost:{port}"})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer the request, with the safety headers on every answer."""

        async def send_safely(message: Message) -> None:
            if message["type"] == "http.response.start":
                headers = MutableHeaders(scope=message)
                headers.update(SAFETY_HEADERS)
                headers.setdefault("Cache-Control", "no-store")
            await send(message)

        refusal = self._refuse(Headers(scope=scope))
        if refusal is not None:
            await refusal(scope, receive, send_safely)
        else:
            await self._app(scope, _bounded(receive), send_safely)

    def _refuse(self, headers: Headers) -> JSONResponse | None:
        """Give the answer to a request that must not pass."""
        if headers.get("host") not in self._hosts:
            return _say_no("this Host is not the sandbox", 403)
        origin = headers.get("origin")
        if origin is not None and origin.removeprefix("http://") not in self._hosts:
            return _say_no("this Origin is not the sandbox", 403)
        length = headers.get("content-length", "0")
        if not length.isdecimal() or int(length) > MAX_BODY_BYTES:
            return _say_no(TOO_MUCH, 413)
        return None


def _bounded(receive: Receive) -> Receive:
    """Count the bytes of a body that did not tell its length."""
    received_bytes = 0

    async def receive_bounded() -> Message:
        nonlocal received_bytes
        message = await receive()
        received_bytes += len(message.get("body", b""))
        if received_bytes > MAX_BODY_BYTES:
            raise HTTPException(413, TOO_MUCH)
        return message

    return receive_bounded


def _say_no(reason: str, status: int) -> JSONResponse:
    """Give an answer that says no, for a person to read."""
    return JSONResponse({"error": reason}, status_code=status)
