from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from sandbox_user import User, open_http
from telegram import Bot
from telegram.request import HTTPXRequest

from bot.sandbox.server import Sandbox
from ser_core.synthesis import encode_voice_note, speak

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox_user import File

PLAIN_HTTP = {"trust_env": False, "verify": False}
"""No proxy and no certificates: neither is needed on this computer, and loading them takes time."""


@pytest.fixture
async def sandbox() -> AsyncIterator[Sandbox]:
    async with Sandbox() as sandbox:
        yield sandbox


@pytest.fixture
async def user(sandbox: Sandbox) -> AsyncIterator[User]:
    async with open_http(sandbox.url) as http:
        yield User(sandbox, http)


@pytest.fixture
async def bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    bot = Bot(
        sandbox.token,
        base_url=f"{sandbox.url}/bot",
        base_file_url=f"{sandbox.url}/file/bot",
        request=HTTPXRequest(httpx_kwargs=PLAIN_HTTP),
        get_updates_request=HTTPXRequest(httpx_kwargs=PLAIN_HTTP),
    )
    async with bot:
        yield bot


@pytest.fixture(scope="session")
def voice_note() -> bytes:
    return encode_voice_note(speak("happy", "female", seconds=2.0))


@pytest.fixture
def voice_file(voice_note: bytes) -> File:
    return ("voice.ogg", voice_note, "audio/ogg")
