from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import pytest_asyncio
from jobs import open_desk
from telegram.error import BadRequest, NetworkError
from trouble import fail

from bot import download as module
from bot import fate
from bot.download import MAX_BYTES, download
from bot.metrics import Metrics
from bot.recording import Recording, find_recording
from bot.sandbox.bot_api import METHODS
from ser_core.errors import TooLarge

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from jobs import Desk

    from bot.sandbox.params import Params
    from bot.sandbox.state import State

DATA = bytes(range(256)) * 256


@pytest.fixture(autouse=True)
def in_haste(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fate, "_FIRST_PAUSE_SECONDS", 0.001)


@pytest_asyncio.fixture
async def desk() -> AsyncIterator[Desk]:
    async with open_desk() as opened:
        yield opened


async def send(desk: Desk) -> Recording:
    """Have a recording sent; give it."""
    recording = find_recording(await desk.take_note(data=DATA))
    assert recording is not None
    return recording


async def test_a_recording_is_fetched(desk: Desk) -> None:
    assert await download(desk.bot, await send(desk), Metrics()) == DATA


@pytest.mark.parametrize(
    "kind",
    [
        *("short_download", "cut_download", "slow_download"),
        *("server_error", "bad_gateway", "dropped_before", "dropped_after"),
    ],
)
async def test_a_recording_that_does_not_come_whole_is_fetched_again(desk: Desk, kind: str) -> None:
    recording = await send(desk)
    desk.spoil("download", kind, times=2)
    assert await download(desk.bot, recording, Metrics()) == DATA


async def test_a_recording_whose_address_is_gone_is_fetched_from_another_one(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording, works, asked = await send(desk), METHODS["getfile"], []

    def get_file(state: State, params: Params) -> object:
        file = works(state, params)
        assert isinstance(file, dict)
        asked.append(file)
        return file | ({"file_path": "voice/gone"} if len(asked) == 1 else {})

    monkeypatch.setitem(METHODS, "getfile", get_file)
    assert await download(desk.bot, recording, Metrics()) == DATA
    assert len(asked) == 2


@pytest.mark.parametrize("kind", ["short_download", "dropped_before"])
async def test_a_recording_that_never_comes_whole_is_left_for_later(desk: Desk, kind: str) -> None:
    recording, metrics = await send(desk), Metrics()
    desk.spoil("download", kind, times=None)
    with pytest.raises(NetworkError) as error:
        await download(desk.bot, recording, metrics)
    assert not isinstance(error.value, BadRequest)
    assert desk.sandbox.state.faults.happened[kind] == module._TRIES
    counted = 'ser_telegram_errors_total{kind="NetworkError",method="download"}'
    assert f"{counted} {module._TRIES - 1}.0" in metrics.render().decode()


async def test_a_recording_that_telegram_does_not_have_is_asked_for_once(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = await send(desk)
    fail(monkeypatch, "getfile", "wrong file_id or the file is temporarily unavailable")
    with pytest.raises(BadRequest):
        await download(desk.bot, recording, Metrics())


async def test_a_recording_that_telegram_finds_too_large_is_refused(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    recording = await send(desk)
    fail(monkeypatch, "getfile", "file is too big")
    with pytest.raises(TooLarge):
        await download(desk.bot, recording, Metrics())


async def test_a_recording_that_says_that_it_is_too_large_is_not_asked_for(desk: Desk) -> None:
    recording = (await send(desk))._replace(size_bytes=MAX_BYTES + 1)
    with pytest.raises(TooLarge):
        await download(desk.bot, recording, Metrics())
