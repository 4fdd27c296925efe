from __future__ import annotations

import asyncio
import re
import socket
from typing import TYPE_CHECKING

import httpx
import pytest
from pydantic import SecretStr
from sandbox_user import User, open_http

import bot.sandbox
from bot.sandbox import guard, run_sandbox
from bot.sandbox.page import STATIC
from bot.sandbox.server import PortTaken, Sandbox
from bot.settings import TOKEN_PATTERN, Settings

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


async def test_the_page_and_everything_it_names_is_served_from_here(user: User) -> None:
    page = await user.http.get("/")
    assert page.headers["content-type"].startswith("text/html")
    named = re.findall(r'(?:src|href)="(/[^"]*)"', page.text)
    assert named
    for path in {*named, *(f"/static/{file.name}" for file in STATIC.iterdir())}:
        assert (await user.http.get(path)).status_code == 200, path


def test_nothing_in_the_page_names_another_host() -> None:
    for file in STATIC.iterdir():
        addresses = re.findall(r"https?://[\w.]+", file.read_text(encoding="utf-8"))
        assert set(addresses) <= {"http://www.w3.org"}, file.name  # the name of SVG, never fetched


async def test_every_answer_carries_the_safety_headers(user: User, sandbox: Sandbox) -> None:
    paths = ("/", "/static/main.js", "/sandbox/api/bot", f"/bot{sandbox.token}/getMe", "/missing")
    for path in paths:
        headers = (await user.http.get(path)).headers
        assert "default-src 'none'" in headers["content-security-policy"]
        assert "unsafe" not in headers["content-security-policy"]
        assert headers["x-content-type-options"] == "nosniff"


async def test_a_missing_page_is_said_so_in_json(user: User) -> None:
    answer = await user.http.get("/missing")
    assert (answer.status_code, answer.json()["error"]) == (404, "Not Found")


@pytest.mark.parametrize(
    "headers",
    [
        {"host": "evil.example"},
        {"host": "127.0.0.1"},
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "http://localhost:1"},
    ],
)
async def test_a_request_from_elsewhere_is_refused(user: User, headers: dict[str, str]) -> None:
    answer = await user.http.post("/sandbox/api/messages", data={"text": "x"}, headers=headers)
    assert answer.status_code == 403
    assert "is not the sandbox" in answer.json()["error"]


async def test_the_page_itself_may_post(user: User, sandbox: Sandbox) -> None:
    fields = {"chat_id": 7, "user_id": 7, "text": "x"}
    answer = await user.http.post(
        "/sandbox/api/messages", data=fields, headers={"origin": sandbox.url}
    )
    assert answer.status_code == 200


async def test_a_body_over_the_limit_is_refused_announced_or_not(
    user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(guard, "MAX_BODY_BYTES", 100)

    async def pieces() -> AsyncIterator[bytes]:
        for _ in range(20):
            yield b"x" * 10

    form = {"content-type": "application/json"}
    for content in (b"x" * 101, pieces()):
        answer = await user.http.post("/sandbox/api/messages", content=content, headers=form)
        assert answer.status_code == 413
        assert "at most" in answer.json()["error"]


async def test_a_taken_port_is_the_operators_to_change(sandbox: Sandbox) -> None:
    port = int(sandbox.url.rsplit(":", 1)[1])
    for wrong in (port, 99_999):
        with pytest.raises(PortTaken, match="choose another with --port") as caught:
            await Sandbox(port=wrong).__aenter__()
        assert caught.value.port == wrong


async def test_the_sandbox_listens_on_this_computer_only(sandbox: Sandbox) -> None:
    port = int(sandbox.url.rsplit(":", 1)[1])
    with pytest.raises(OSError, match="refused"), socket.create_connection(("127.0.0.2", port)):
        pass


async def test_stopping_sends_waiting_requests_home() -> None:
    async with (
        Sandbox() as sandbox,
        open_http(sandbox.url) as http,
    ):
        url = f"/bot{sandbox.token}/getUpdates?timeout=50"
        polling = asyncio.ensure_future(http.get(url))
        reading = asyncio.ensure_future(http.get("/sandbox/api/chats/7/messages?wait=50"))
        await User(sandbox, http).wait_for_reader()
        sandbox.state.close()
        assert (await polling).json() == {"ok": True, "result": []}
        assert (await reading).json()["messages"] == []


def test_a_token_looks_like_telegrams() -> None:
    token = Sandbox().token
    assert TOKEN_PATTERN.fullmatch(token)
    assert len(token.partition(":")[2]) == 35
    assert token != Sandbox().token


async def test_the_bot_runs_against_the_sandbox_and_stops_with_it(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    seen: list[Settings] = []

    async def run_bot(settings: Settings) -> None:
        seen.append(settings)
        async with open_http() as http:
            token = SecretStr.get_secret_value(settings.bot_token or SecretStr(""))
            answer = await http.get(f"{settings.bot_api_url}/bot{token}/getMe")
            assert answer.json()["ok"]

    monkeypatch.setattr(bot.sandbox, "run_bot", run_bot)
    await run_sandbox(Settings(_env_file=None, workers=1), port=0)  # type: ignore[call-arg]  # mypy sees the fields only
    (settings,) = seen
    assert settings.workers == 1
    assert f"Chat with the bot at {settings.bot_api_url}" in capsys.readouterr().out
    async with open_http() as http:
        with pytest.raises(httpx.ConnectError):
            await http.get(settings.bot_api_url)


@pytest.mark.parametrize(("named", "admins"), [((), {1}), ((7, 8), {7, 8})])
async def test_ada_is_the_bots_admin_unless_the_settings_name_others(
    monkeypatch: pytest.MonkeyPatch, named: tuple[int, ...], admins: set[int]
) -> None:
    seen: list[Settings] = []

    async def run_bot(settings: Settings) -> None:
        seen.append(settings)

    monkeypatch.setattr(bot.sandbox, "run_bot", run_bot)
    settings = Settings(_env_file=None).model_copy(update={"admin_ids": frozenset(named)})  # type: ignore[call-arg]  # mypy sees the fields only
    await run_sandbox(settings, port=0)
    assert seen[0].admin_ids == admins


async def test_a_request_that_breaks_off_is_no_mistake_of_the_sandbox(
    sandbox: Sandbox, caplog: pytest.LogCaptureFixture
) -> None:
    port = int(sandbox.url.rpartition(":")[2])
    _reader, writer = await asyncio.open_connection("127.0.0.1", port)
    head = f"POST /bot{sandbox.token}/sendMessage HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n"
    kind = "Content-Type: application/json\r\nContent-Length: 100\r\n\r\n"
    writer.write(f"{head}{kind}{{".encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    async with open_http(sandbox.url) as http:
        for _ in range(3):
            assert (await http.get(f"/bot{sandbox.token}/getMe")).status_code == 200
    assert caplog.text == ""
