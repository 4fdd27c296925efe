from __future__ import annotations

import asyncio

import httpx
import pytest
from ports import find_port
from town import run_town

from bot import chores


@pytest.fixture
def port() -> int:
    """Give a port that is free."""
    return find_port()


async def read(port: int, path: str) -> httpx.Response:
    """Give what the bot's web server answers."""
    async with httpx.AsyncClient(trust_env=False) as client:
        return await client.get(f"http://127.0.0.1:{port}{path}")


async def test_telegram_brings_updates_to_a_webhook_and_again_after_somebody_took_it_away(
    port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chores, "_WEBHOOK_SECONDS", 0.1)
    address = f"http://127.0.0.1:{port}"
    async with run_town(webhook_url=address, web_port=port) as town:
        person = town.meet()
        await person.send(b"sad")
        await person.read_answer("Sad")
        async with httpx.AsyncClient(trust_env=False) as client:
            method = f"{town.sandbox.url}/bot{town.sandbox.token}/deleteWebhook"
            assert (await client.post(method)).json()["ok"]
        await person.send(b"happy")
        await person.read_last("Happy")
        health = await read(port, "/healthz")
        assert (health.status_code, health.json()["ready"]) == (200, True)
        metrics = (await read(port, "/metrics")).text
        assert 'ser_notes_total{outcome="recognised"} 2.0' in metrics


async def test_a_bot_that_asks_tells_whether_telegram_answers(port: int) -> None:
    async with run_town(web_port=port) as town:
        person = town.meet()
        await person.send(b"sad")
        await person.read_answer("Sad")
        health = (await read(port, "/healthz")).json()
        assert health == {"ready": True, "database": True, "workers": True, "telegram": True}
        assert (await read(port, "/telegram")).status_code == 404
        town.stop.set()
        async with asyncio.timeout(15):
            await town.running
        town.start()
        await person.send(b"calm")
        await person.read_last("Calm")
