"""Bots as processes of their own, which are killed and started again, alone or as replicas."""

from __future__ import annotations

import asyncio
import contextlib
import os
import signal
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import httpx
from ports import find_port

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from bot.sandbox.server import Sandbox

WHOLE_BOT: Final = ("-m", "bot")
STAND_IN: Final = (str(Path(__file__).parents[1] / "tests" / "stand_in_bot.py"),)

_START_SECONDS: Final = 180.0
_PIECE_BYTES: Final = 65_536


@dataclass(slots=True)
class BotProcess:
    """Hold one bot, which is started again as soon as it ends."""

    program: Sequence[str]
    environment: Mapping[str, str]
    folder: Path
    log: Path
    n_starts: int = 0
    is_stopping: bool = False
    process: asyncio.subprocess.Process | None = None
    _keeping: asyncio.Task[None] | None = field(default=None, init=False)

    async def start(self) -> None:
        """Start it, and keep it running."""
        self.is_stopping = False
        await self._launch()
        self._keeping = asyncio.create_task(self._keep())

    async def kill(self) -> None:
        """End it without a word; it is started again at once."""
        while self.process is None or self.process.returncode is not None:  # noqa: ASYNC110  soon
            await asyncio.sleep(0.01)
        process = self.process
        process.kill()
        await process.wait()

    async def stop(self, number: signal.Signals = signal.SIGTERM) -> float:
        """End it for good; give how many seconds it took."""
        begin = time.perf_counter()
        self.is_stopping = True
        if self.process is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(number)
        if self._keeping is not None:
            await self._keeping
        return time.perf_counter() - begin

    async def _launch(self) -> None:
        """Start one process; what it logs is added to its file."""
        self.n_starts += 1
        with self.log.open("ab") as log:
            self.process = await asyncio.create_subprocess_exec(
                *(sys.executable, *self.program),
                env={**os.environ, **self.environment},
                cwd=self.folder,
                stderr=log,
            )

    async def _keep(self) -> None:
        """Start it again whenever it has ended."""
        while self.process is not None:
            await self.process.wait()
            if self.is_stopping:
                return
            await self._launch()


@contextlib.asynccontextmanager
async def run_bots(
    sandbox: Sandbox,
    folder: Path,
    settings: Mapping[str, str],
    *,
    program: Sequence[str] = WHOLE_BOT,
    n_replicas: int = 0,
) -> AsyncIterator[list[BotProcess]]:
    """Run one bot that polls or, with ``n_replicas``, so many behind one webhook; wait for them."""
    async with contextlib.AsyncExitStack() as stack:
        ports = [find_port() for _ in range(n_replicas)]
        forwarder = await stack.enter_async_context(_forward(ports)) if ports else ""
        shared = {
            "BOT_TOKEN": sandbox.token,
            "BOT_API_URL": sandbox.url,
            "SER_LOG_LEVEL": "info",
            **({"SER_WEBHOOK_URL": forwarder} if ports else {}),
            **settings,
        }
        bots = [
            BotProcess(
                program,
                shared | {"SER_WEB_PORT": str(port)},
                folder,
                folder / f"bot-{number}.log",
            )
            for number, port in enumerate(ports or [find_port()])
        ]
        for bot in bots:
            await bot.start()
            stack.push_async_callback(_end, bot)
        for bot in bots:
            await wait_until_ready(bot)
        yield bots


async def wait_until_ready(bot: BotProcess) -> None:
    """Wait until a bot says that it is healthy."""
    async with asyncio.timeout(_START_SECONDS):
        while not await is_ready(bot):  # noqa: ASYNC110  it is another process
            await asyncio.sleep(0.1)


async def is_ready(bot: BotProcess) -> bool:
    """Tell whether a bot says that it is healthy."""
    address = f"http://127.0.0.1:{bot.environment['SER_WEB_PORT']}/healthz"
    async with httpx.AsyncClient(trust_env=False) as client:
        with contextlib.suppress(httpx.TransportError):
            return (await client.get(address)).is_success
    return False


async def _end(bot: BotProcess) -> None:
    """End a bot that may hang."""
    try:
        async with asyncio.timeout(30.0):
            await bot.stop()
    except TimeoutError:
        await bot.stop(signal.SIGKILL)


@contextlib.asynccontextmanager
async def _forward(ports: Sequence[int]) -> AsyncIterator[str]:
    """Pass connections on, each to the next port at which somebody listens; give the address."""
    balancer = _Balancer(ports)
    server = await asyncio.start_server(balancer.pass_on, "127.0.0.1", 0)
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"


@dataclass(slots=True)
class _Balancer:
    """Take turns among ports."""

    ports: Sequence[int]
    n_passed: int = 0

    async def pass_on(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Serve one connection."""
        with contextlib.suppress(OSError):
            opened = await self._open()
            if opened is not None:
                their_reader, their_writer = opened
                await asyncio.gather(_copy(reader, their_writer), _copy(their_reader, writer))
        writer.close()

    async def _open(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter] | None:
        """Connect with the next one who is there."""
        for _ in self.ports:
            self.n_passed += 1
            with contextlib.suppress(OSError):
                port = self.ports[self.n_passed % len(self.ports)]
                return await asyncio.open_connection("127.0.0.1", port)
        return None


async def _copy(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Pass on what comes, until either side ends."""
    with contextlib.suppress(OSError):
        while piece := await reader.read(_PIECE_BYTES):
            writer.write(piece)
            await writer.drain()
    writer.close()
