"""A web server as a part of a program: silent, deaf to signals, and quick to end."""

from __future__ import annotations

import asyncio
import contextlib
import socket
from typing import TYPE_CHECKING, Literal

import uvicorn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from starlette.types import ASGIApp


def listen(host: str, port: int) -> socket.socket:
    """Give a socket that listens; whoever connects before the server runs waits, and is served.

    Raises:
        OSError: if the port is in use or not ours to use, or the host is no address of ours.
        OverflowError: if there is no such port.
    """
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind((host, port))
        listener.listen()
    except BaseException:
        listener.close()
        raise
    return listener


@contextlib.asynccontextmanager
async def serve(
    app: ASGIApp,
    listener: socket.socket,
    *,
    seconds_to_finish: int,
    keep_alive_seconds: int = 5,
    max_at_once: int | None = None,
    http: type[asyncio.Protocol] | Literal["auto"] = "auto",
) -> AsyncIterator[None]:
    """Serve within the block; at its end take no more, and finish what is in hand.

    Of requests beyond ``max_at_once`` each is told 503. ``http`` reads and writes what goes over
    a connection.
    """
    config = uvicorn.Config(
        app,
        http=http,
        lifespan="off",
        ws="none",
        log_config=None,
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=seconds_to_finish,
        timeout_keep_alive=keep_alive_seconds,
        limit_concurrency=max_at_once,
    )
    server = _QuietServer(config)
    serving = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        yield
    finally:
        server.stopping.set()
        await serving


class _QuietServer(uvicorn.Server):
    """Leave the signals to the program, and stop at its word."""

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
