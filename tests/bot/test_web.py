from __future__ import annotations

import asyncio
import json
from contextlib import asynccontextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, get_args

import httpx
import pytest
from sqlalchemy.exc import OperationalError
from structlog.testing import capture_logs
from talk import be_answered
from town import run_town

from bot import web as web_module
from bot.errors import WebPortTaken
from bot.metrics import Metrics, Stage
from bot.web import MAX_BODY_BYTES, WEBHOOK_PATH, Web, Webhook, derive_secret

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from bot.web import Update

WORD = "a-word-that-Telegram-was-told"
UPDATE = {"update_id": 7, "message": {"text": "what Ada wrote"}}


class Inbox:
    """Keep what is brought, or fail to."""

    def __init__(self) -> None:
        self.updates: list[Update] = []
        self.error: Exception | None = None
        self.may_go_on = asyncio.Event()
        self.may_go_on.set()
        self.was_asked = asyncio.Event()

    async def receive(self, updates: Sequence[Update]) -> None:
        """Keep updates, or fail to."""
        self.was_asked.set()
        await self.may_go_on.wait()
        if self.error is not None:
            raise self.error
        self.updates.extend(updates)


class Parts:
    """Hold how the parts of a bot are."""

    def __init__(self) -> None:
        self.health: dict[str, bool | Exception | None] = {"database": True, "workers": True}
        self.n_waiting = 0

    async def measure(self, metrics: Metrics) -> None:
        """Count what waits."""
        if isinstance(self.health["database"], Exception):
            raise self.health["database"]
        numbers = {"n_waiting": self.n_waiting, "n_working": 0, "n_workers": 1}
        metrics.show(**numbers, oldest_seconds=0.0, model_id="model")

    async def ask(self, part: str) -> bool:
        """Tell how a part is."""
        answer = self.health[part]
        if answer is None:
            await asyncio.Event().wait()  # for ever
        if isinstance(answer, Exception):
            raise answer
        return bool(answer)

    async def ask_database(self) -> bool:
        """Tell how the database is."""
        return await self.ask("database")

    async def ask_workers(self) -> bool:
        """Tell how the workers are."""
        return await self.ask("workers")


class Site:
    """Hold a running server, what stands behind it, and a client."""

    def __init__(self, web: Web, inbox: Inbox, parts: Parts, client: httpx.AsyncClient) -> None:
        self.web = web
        self.inbox = inbox
        self.parts = parts
        self.client = client

    async def get(self, path: str) -> httpx.Response:
        """Ask for a page."""
        return await self.client.get(path)

    async def bring(
        self, content: bytes | None = None, *, word: str | None = WORD, kind: str | None = None
    ) -> httpx.Response:
        """Bring an update as Telegram does."""
        headers = {"Content-Type": kind or "application/json"}
        if word is not None:
            headers["X-Telegram-Bot-Api-Secret-Token"] = word
        content = json.dumps(UPDATE).encode() if content is None else content
        return await self.client.post(WEBHOOK_PATH, content=content, headers=headers)


def open_client(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, trust_env=False)


@asynccontextmanager
async def open_site(*, has_webhook: bool = True) -> AsyncIterator[Site]:
    inbox, parts, metrics = Inbox(), Parts(), Metrics()
    checks = {"database": parts.ask_database, "workers": parts.ask_workers}
    webhook = Webhook(inbox.receive, WORD) if has_webhook else None
    async with Web(
        "127.0.0.1",
        0,
        metrics=metrics,
        checks=checks,
        measure=partial(parts.measure, metrics),
        webhook=webhook,
    ) as web:
        address = f"http://127.0.0.1:{web.port}"
        async with open_client(address) as client:
            yield Site(web, inbox, parts, client)


async def open_web(host: str, port: int) -> None:
    metrics = Metrics()
    web = Web(host, port, metrics=metrics, checks={}, measure=partial(Parts().measure, metrics))
    await web.__aenter__()


# What Telegram brings


async def test_an_update_is_kept_before_telegram_is_told() -> None:
    async with open_site() as site:
        site.inbox.may_go_on.clear()
        bringing = asyncio.create_task(site.bring())
        await site.inbox.was_asked.wait()
        await asyncio.sleep(0.1)
        assert not bringing.done()
        site.inbox.may_go_on.set()
        assert (await bringing).status_code == 200
        assert site.inbox.updates == [UPDATE]


@pytest.mark.parametrize("word", [None, "", "wrong", WORD[:-1], WORD + "x", "größe"])
async def test_who_does_not_know_the_secret_is_refused_without_a_word(word: str | None) -> None:
    headers = [] if word is None else [(b"X-Telegram-Bot-Api-Secret-Token", word.encode())]
    async with open_site() as site:
        answer = await site.client.post(WEBHOOK_PATH, json=UPDATE, headers=headers)
        assert (answer.status_code, answer.content) == (403, b"")
        assert not site.inbox.updates


async def test_who_does_not_know_the_secret_sends_no_body() -> None:
    async with open_site() as site:
        reader, writer = await asyncio.open_connection("127.0.0.1", site.web.port)
        head = f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\nContent-Length: 900000\r\n\r\n"
        writer.write(head.encode())
        async with asyncio.timeout(5):
            assert b" 403 " in await reader.readline()
        writer.close()


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"{}",
        b"7",
        b'{"update_id": "7"}',
        b'{"update_id": true}',
        b'{"update_id": 7.0}',
        b'{"update_id": -1}',
        b'{"update_id": 9223372036854775808}',
        b'{"update_id": 7, "message": ' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    ],
    ids=lambda content: repr(content[:40]),
)
async def test_what_is_no_update_is_refused(content: bytes) -> None:
    async with open_site() as site:
        assert (await site.bring(content)).status_code == 400
        assert (await site.bring()).status_code == 200
        assert site.inbox.updates == [UPDATE]


async def test_what_is_not_json_is_refused() -> None:
    async with open_site() as site:
        assert (await site.bring(kind="text/plain")).status_code == 415
        assert (await site.bring(kind="application/json; charset=utf-8")).status_code == 200


@pytest.mark.parametrize("is_announced", [True, False])
async def test_a_body_over_the_limit_is_refused_announced_or_not(*, is_announced: bool) -> None:
    fitting = b'{"update_id": 7}'
    large = fitting.ljust(MAX_BODY_BYTES + 1)

    async def drip() -> AsyncIterator[bytes]:
        for start in range(0, len(large), 65_536):
            yield large[start : start + 65_536]

    headers = {"X-Telegram-Bot-Api-Secret-Token": WORD, "Content-Type": "application/json"}
    async with open_site() as site:
        content: Any = large if is_announced else drip()
        answer = await site.client.post(WEBHOOK_PATH, content=content, headers=headers)
        assert answer.status_code == 413
        assert (await site.bring(fitting.ljust(MAX_BODY_BYTES))).status_code == 200


@pytest.mark.parametrize(
    ("error", "level"),
    [
        (OperationalError("INSERT", {}, Exception("gone")), "warning"),
        (ConnectionRefusedError(), "warning"),
        (ZeroDivisionError("a mistake"), "error"),
    ],
    ids=lambda value: type(value).__name__,
)
async def test_what_could_not_be_kept_must_come_again(error: Exception, level: str) -> None:
    async with open_site() as site:
        site.inbox.error = error
        with capture_logs() as lines:
            assert (await site.bring()).status_code == 503
        assert [(line["event"], line["log_level"]) for line in lines] == [
            ("update not taken", level)
        ]
        site.inbox.error = None
        assert (await site.bring()).status_code == 200


async def test_what_takes_too_long_to_keep_must_come_again(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(web_module, "_TAKE_SECONDS", 0.1)
    async with open_site() as site:
        site.inbox.may_go_on.clear()
        assert (await site.bring()).status_code == 503


async def test_a_bot_that_stops_takes_no_more() -> None:
    async with open_site() as site:
        site.web.stop_taking()
        assert (await site.bring()).status_code == 503
        assert (await site.get("/healthz")).status_code == 503
        assert not site.inbox.updates


async def test_what_is_in_hand_when_the_server_ends_is_finished() -> None:
    async with open_site() as site:
        site.inbox.may_go_on.clear()
        bringing = asyncio.create_task(site.bring())
        await site.inbox.was_asked.wait()
        ending = asyncio.create_task(site.web.__aexit__())
        await asyncio.sleep(0.2)
        site.inbox.may_go_on.set()
        assert (await bringing).status_code == 200
        await ending
        with pytest.raises(httpx.ConnectError):
            await site.bring()


async def test_whoever_breaks_off_does_no_harm() -> None:
    async with open_site() as site:
        _, writer = await asyncio.open_connection("127.0.0.1", site.web.port)
        writer.write(
            f"POST {WEBHOOK_PATH} HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\n"
            f"X-Telegram-Bot-Api-Secret-Token: {WORD}\r\nContent-Length: 900\r\n\r\n{{".encode()
        )
        await writer.drain()
        with capture_logs() as lines:
            writer.close()
            await writer.wait_closed()
            await asyncio.sleep(0.2)
        assert [line["event"] for line in lines] == ["request refused"]
        assert (await site.bring()).status_code == 200


async def test_no_content_is_logged() -> None:
    async with open_site() as site:
        site.inbox.error = RuntimeError("a mistake")
        with capture_logs() as lines:
            await site.bring()
            await site.bring(b'{"text": "what Ada wrote"}')
            await site.bring(word="guessed")
    assert lines
    assert not any(word in repr(lines) for word in ("Ada", WORD, "guessed"))


async def test_without_a_webhook_nobody_brings_anything() -> None:
    async with open_site(has_webhook=False) as site:
        assert (await site.bring()).status_code == 404


def test_a_derived_secret_is_one_that_telegram_takes_and_tells_nothing_of_the_token() -> None:
    token = "123456789:" + "A" * 35
    secret = derive_secret(token)
    assert secret == derive_secret(token)
    assert secret != derive_secret(token + "B")
    assert len(secret) == 64
    assert secret.isalnum()
    assert "123456789" not in secret


# Health and metrics


async def test_a_bot_is_ready_when_all_its_parts_are_well() -> None:
    async with open_site() as site:
        answer = await site.get("/healthz")
        assert answer.status_code == 200
        assert answer.json() == {"ready": True, "database": True, "workers": True}


@pytest.mark.parametrize("trouble", [False, OSError("gone"), None], ids=["no", "error", "silence"])
async def test_a_bot_with_a_part_that_is_not_well_is_live_and_not_ready(
    *, trouble: bool | Exception | None, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(web_module, "_CHECK_SECONDS", 0.1)
    async with open_site() as site:
        site.parts.health["database"] = trouble
        answer = await site.get("/healthz")
        assert answer.status_code == 503
        assert answer.json() == {"ready": False, "database": False, "workers": True}
        assert (await site.get("/healthz/live")).status_code == 200
        assert b'ser_ready{part="database"} 0.0' in (await site.get("/metrics")).content


@pytest.mark.parametrize(
    ("error", "told"), [(OSError("gone"), []), (AttributeError("a mistake"), ["check failed"])]
)
async def test_a_check_that_fails_by_a_mistake_is_told(error: Exception, told: list[str]) -> None:
    async with open_site() as site:
        site.parts.health["workers"] = error
        with capture_logs() as lines:
            assert (await site.get("/healthz")).status_code == 503
        assert [line["event"] for line in lines] == [*told, "not ready"]


async def test_the_log_tells_when_readiness_has_changed_and_only_then() -> None:
    async with open_site() as site:
        with capture_logs() as lines:
            for is_well in (True, True, False, False, True):
                site.parts.health["workers"] = is_well
                await site.get("/healthz")
        assert [line["event"] for line in lines] == ["ready", "not ready", "ready"]
        assert lines[1]["workers"] is False


async def test_prometheus_reads_what_is_counted() -> None:
    async with open_site() as site:
        answer = await site.get("/metrics")
        assert answer.status_code == 200
        assert answer.headers["content-type"] == "text/plain; version=0.0.4; charset=utf-8"
        assert 'ser_notes_total{outcome="recognised"} 0.0' in answer.text
        assert 'ser_ready{part="workers"} 1.0' in answer.text


async def test_the_queue_is_counted_when_it_is_asked_for_as_far_as_that_can_be_done() -> None:
    async with open_site() as site:
        site.parts.n_waiting = 3
        assert 'ser_queue_notes{state="waiting"} 3.0' in (await site.get("/metrics")).text
        site.parts.n_waiting = 5
        site.parts.health["database"] = OSError("gone")
        shown = (await site.get("/metrics")).text
        assert 'ser_queue_notes{state="waiting"} 3.0' in shown
        assert 'ser_ready{part="database"} 0.0' in shown


# The server


@pytest.mark.parametrize("path", ["/healthz", "/healthz/live", "/metrics"])
async def test_head_works_where_get_does(path: str) -> None:
    async with open_site() as site:
        answer = await site.client.head(path)
        assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("path", ["/", "/docs", "/telegram/", "/healthz/", "/metrics/x", "//"])
async def test_there_is_nothing_else(path: str) -> None:
    async with open_site() as site:
        assert (await site.client.get(path)).status_code == 404
        assert (await site.client.post(path, json=UPDATE)).status_code != 200
        assert not site.inbox.updates


async def test_telegram_brings_and_does_not_ask() -> None:
    async with open_site() as site:
        assert (await site.get(WEBHOOK_PATH)).status_code == 405
        assert (await site.client.post("/healthz")).status_code == 405


async def test_the_server_does_not_say_what_it_is() -> None:
    async with open_site() as site:
        for path in ("/healthz", "/missing"):
            assert "server" not in (await site.get(path)).headers


async def test_a_port_that_is_taken_is_told_with_the_settings_to_mend() -> None:
    async with open_site() as site:
        with pytest.raises(WebPortTaken, match="SER_WEB_PORT"):
            await open_web("127.0.0.1", site.web.port)


@pytest.mark.parametrize(("host", "port"), [("192.0.2.1", 0), ("127.0.0.1", 70_000)])
async def test_a_place_that_is_none_of_ours_is_told(host: str, port: int) -> None:
    with pytest.raises(WebPortTaken, match=host):
        await open_web(host, port)


# The whole bot


async def test_a_running_bot_is_ready_and_counts_what_it_does(unused_tcp_port: int) -> None:
    address = f"http://127.0.0.1:{unused_tcp_port}"
    async with run_town(web_port=unused_tcp_port) as town, open_client(address) as client:
        await be_answered(town.meet())
        health = await client.get("/healthz")
        shown = (await client.get("/metrics")).text
    assert health.json() == {"ready": True, "database": True, "workers": True, "telegram": True}
    for line in (
        'ser_notes_total{outcome="recognised"} 1.0',
        'ser_updates_total{event="received"} 1.0',
        'ser_queue_notes{state="waiting"} 0.0',
        "ser_workers 1.0",
        'ser_model_info{model="model-of-the-tests"} 1.0',
        *(f'ser_note_stage_seconds_count{{stage="{stage}"}} 1.0' for stage in get_args(Stage)),
    ):
        assert f"\n{line}\n" in shown, line


async def test_telegram_brings_updates_to_a_running_bot_and_nobody_else_does(
    unused_tcp_port: int,
) -> None:
    address = f"http://127.0.0.1:{unused_tcp_port}"
    running = run_town(web_port=unused_tcp_port, webhook_url=address)
    async with running as town, open_client(address) as client:
        await be_answered(town.meet())
        assert (await client.post(WEBHOOK_PATH, json=UPDATE)).status_code == 403
        assert (await client.get("/healthz")).status_code == 200
        assert 'ser_updates_total{event="received"} 1.0' in (await client.get("/metrics")).text
