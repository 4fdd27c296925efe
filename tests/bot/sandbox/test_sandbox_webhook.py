from __future__ import annotations

import asyncio
import contextlib
import json
from typing import TYPE_CHECKING, Any, Self

import pytest
from sandbox_user import User, open_http
from telegram.error import BadRequest, Conflict

from bot.sandbox.faults import FaultOrder
from bot.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from telegram import Bot


class Receiver:
    """Take deliveries on a port of this computer, with plain sockets; answer as told."""

    def __init__(self) -> None:
        self.posts: list[tuple[dict[str, str], dict[str, Any]]] = []
        self.answers: list[str] = []
        self.go = asyncio.Event()
        self.go.set()
        self.n_open = self.most_open = 0
        self._writers: list[asyncio.StreamWriter] = []

    @property
    def url(self) -> str:
        """Give the address of the webhook."""
        return f"http://127.0.0.1:{self.port}/telegram"

    @property
    def texts(self) -> list[str]:
        """Give what was brought, in that order."""
        return [update["message"]["text"] for _, update in self.posts]

    async def __aenter__(self) -> Self:
        self._server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.port: int = self._server.sockets[0].getsockname()[1]
        return self

    async def __aexit__(self, *_error: object) -> None:
        self._server.close()
        self.go.set()
        for writer in self._writers:
            writer.close()
            with contextlib.suppress(ConnectionError):
                await writer.wait_closed()

    async def wait_for(self, n_posts: int) -> None:
        """Wait until so much was brought."""
        async with asyncio.timeout(10):
            while len(self.posts) < n_posts:  # noqa: ASYNC110  nothing rings for it
                await asyncio.sleep(0.01)

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._writers.append(writer)
        with contextlib.suppress(asyncio.IncompleteReadError, ConnectionError):
            while True:
                head = (await reader.readuntil(b"\r\n\r\n")).decode().split("\r\n")[1:-2]
                headers = {
                    name.lower(): value for name, _, value in (one.partition(": ") for one in head)
                }
                body = await reader.readexactly(int(headers["content-length"]))
                self.posts.append((headers, json.loads(body)))
                self.n_open += 1
                self.most_open = max(self.most_open, self.n_open)
                await self.go.wait()
                self.n_open -= 1
                status = self.answers.pop(0) if self.answers else "200 OK"
                if status == "hang up":
                    break
                writer.write(f"HTTP/1.1 {status}\r\nContent-Length: 0\r\n\r\n".encode())
        writer.close()


@pytest.fixture
async def receiver() -> AsyncIterator[Receiver]:
    async with Receiver() as receiver:
        yield receiver


async def wait_until_taken(bot: Bot) -> None:
    """Wait until nothing is left to deliver."""
    async with asyncio.timeout(10):
        while (await bot.get_webhook_info()).pending_update_count:  # noqa: ASYNC110  see above
            await asyncio.sleep(0.02)


async def test_updates_are_brought_with_the_secret(
    bot: Bot, user: User, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url, secret_token="A_secret-1")  # noqa: S106  nobody's
    await user.say("hello")
    await receiver.wait_for(1)
    ((headers, update),) = receiver.posts
    assert headers["content-type"] == "application/json"
    assert headers["x-telegram-bot-api-secret-token"] == "A_secret-1"
    assert update["message"]["text"] == "hello"
    await wait_until_taken(bot)


async def test_without_a_secret_there_is_no_header(
    bot: Bot, user: User, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url)
    await user.say("hello")
    await receiver.wait_for(1)
    assert "x-telegram-bot-api-secret-token" not in receiver.posts[0][0]


async def test_what_waited_before_is_brought_too(bot: Bot, user: User, receiver: Receiver) -> None:
    await user.say("one")
    await user.say("two")
    await bot.set_webhook(receiver.url)
    await wait_until_taken(bot)
    assert receiver.texts == ["one", "two"]


async def test_or_it_is_dropped_on_request(bot: Bot, user: User, receiver: Receiver) -> None:
    await user.say("one")
    await bot.set_webhook(receiver.url, drop_pending_updates=True)
    await user.say("two")
    await receiver.wait_for(1)
    assert receiver.texts == ["two"]


async def test_an_update_is_brought_again_until_it_is_taken(
    bot: Bot, user: User, receiver: Receiver
) -> None:
    receiver.answers = ["500 Oh no", "hang up"]
    await bot.set_webhook(receiver.url)
    await user.say("one")
    await user.say("two")
    await wait_until_taken(bot)
    assert receiver.texts == ["one", "one", "one", "two"]
    info = await bot.get_webhook_info()
    assert info.last_error_date is not None
    assert "Connection closed" in str(info.last_error_message)


async def test_the_last_refusal_is_told(bot: Bot, user: User, receiver: Receiver) -> None:
    receiver.answers = ["403 Forbidden"]
    await bot.set_webhook(receiver.url)
    await user.say("one")
    await wait_until_taken(bot)
    told = (await bot.get_webhook_info()).last_error_message
    assert told == "Wrong response from the webhook: 403 Forbidden"


async def test_nobody_at_the_address_is_waited_for(bot: Bot, user: User) -> None:
    async with Receiver() as gone:
        url = gone.url
    await bot.set_webhook(url)
    await user.say("one")
    async with asyncio.timeout(10):
        while (await bot.get_webhook_info()).last_error_message != "Connection refused":  # noqa: ASYNC110  see above
            await asyncio.sleep(0.02)
    assert (await bot.get_webhook_info()).pending_update_count == 1


async def test_chats_are_served_side_by_side_and_each_in_its_order(
    sandbox: Sandbox, bot: Bot, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url, max_connections=2)
    receiver.go.clear()
    async with open_http(sandbox.url) as http:
        for user_id in (7, 8, 9):
            for text in ("one", "two"):
                await User(sandbox, http, user_id).say(f"{user_id} {text}")
    await receiver.wait_for(2)
    await asyncio.sleep(0.1)
    assert sorted(receiver.texts) == ["7 one", "8 one"]
    receiver.go.set()
    await wait_until_taken(bot)
    assert receiver.most_open == 2
    for user_id in (7, 8, 9):
        mine = [text for text in receiver.texts if text.startswith(str(user_id))]
        assert mine == [f"{user_id} one", f"{user_id} two"]


async def test_with_a_webhook_nothing_can_be_fetched(
    bot: Bot, user: User, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="can't use getUpdates method while webhook is active"):
        await bot.get_updates()
    await bot.delete_webhook()
    await user.say("hello")
    assert len(await bot.get_updates()) == 1


async def test_a_webhook_ends_a_poll(bot: Bot, user: User, receiver: Receiver) -> None:
    polling = asyncio.ensure_future(bot.get_updates(timeout=10))
    await user.wait_for_reader()
    await bot.set_webhook(receiver.url)
    with pytest.raises(Conflict, match="terminated by setWebhook request"):
        await polling


async def test_what_was_not_taken_can_be_fetched_later(
    bot: Bot, user: User, receiver: Receiver
) -> None:
    receiver.answers = ["500 Oh no"] * 100
    await bot.set_webhook(receiver.url)
    await user.say("hello")
    await receiver.wait_for(1)
    await bot.delete_webhook()
    assert len(await bot.get_updates()) == 1
    n_posts = len(receiver.posts)
    await asyncio.sleep(0.5)
    assert len(receiver.posts) == n_posts


async def test_an_empty_address_takes_the_webhook_away(bot: Bot, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url)
    assert (await bot.get_webhook_info()).url == receiver.url
    await bot.set_webhook("")
    assert (await bot.get_webhook_info()).url == ""


async def test_another_address_gets_what_the_first_did_not_take(
    bot: Bot, user: User, receiver: Receiver
) -> None:
    async with Receiver() as deaf:
        deaf.answers = ["500 Oh no"] * 100
        await bot.set_webhook(deaf.url)
        await user.say("hello")
        await deaf.wait_for(1)
        await bot.set_webhook(receiver.url)
        await wait_until_taken(bot)
    assert receiver.texts == ["hello"]


async def test_the_webhook_is_shown_as_it_was_set(bot: Bot, receiver: Receiver) -> None:
    await bot.set_webhook(receiver.url, max_connections=500, allowed_updates=["message"])
    info = await bot.get_webhook_info()
    assert (info.max_connections, info.allowed_updates) == (100, ("message",))
    assert info.last_error_message is None
    await bot.set_webhook(receiver.url)
    assert (await bot.get_webhook_info()).max_connections == 40


async def test_kinds_that_were_not_named_are_not_brought(
    bot: Bot, user: User, receiver: Receiver
) -> None:
    await bot.set_webhook(receiver.url, allowed_updates=["callback_query"])
    message_id = await user.say("hello")
    await user.press(message_id, "x")
    await receiver.wait_for(1)
    assert list(receiver.posts[0][1]) == ["update_id", "callback_query"]


@pytest.mark.parametrize(
    ("url", "secret", "complaint"),
    [
        ("http://example.org/x", "a", "Bad webhook: an https url must be provided for webhook"),
        ("ftp://127.0.0.1/x", "a", "Bad webhook: an https url must be provided for webhook"),
        ("https:///x", "a", "Bad webhook: invalid webhook url specified"),
        ("http://127.0.0.1:port/x", "a", "Bad webhook: invalid webhook url specified"),
        ("https://example.org", "a b", "Secret token contains unallowed characters"),
        ("https://example.org", "a" * 257, "Secret token is too long"),
    ],
)
async def test_a_webhook_that_telegram_would_refuse_is_refused(
    bot: Bot, url: str, secret: str, complaint: str
) -> None:
    with pytest.raises(BadRequest, match=complaint):
        await bot.set_webhook(url, secret_token=secret)
    assert (await bot.get_webhook_info()).url == ""


async def test_the_proxies_of_the_environment_are_not_used(
    bot: Bot, user: User, receiver: Receiver, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    await bot.set_webhook(receiver.url)
    await user.say("hello")
    await receiver.wait_for(1)


async def test_the_sandbox_stops_in_the_middle_of_a_delivery(receiver: Receiver) -> None:
    receiver.go.clear()
    async with Sandbox() as sandbox, open_http(sandbox.url) as http:
        await http.get(f"/bot{sandbox.token}/setWebhook", params={"url": receiver.url})
        await User(sandbox, http).say("hello")
        await receiver.wait_for(1)
    assert len(sandbox.state.updates) == 1


async def test_an_update_is_delivered_twice(
    sandbox: Sandbox, bot: Bot, user: User, receiver: Receiver
) -> None:
    sandbox.state.faults.order(FaultOrder(rate=1, kinds=frozenset({"duplicate"})))
    await bot.set_webhook(receiver.url)
    await user.say("one")
    await user.say("two")
    await receiver.wait_for(4)
    assert receiver.texts == ["one", "one", "two", "two"]


async def test_an_update_is_delivered_twice_at_once(
    sandbox: Sandbox, bot: Bot, user: User, receiver: Receiver
) -> None:
    sandbox.state.faults.order(FaultOrder(rate=1, kinds=frozenset({"at_once"}), n_faults=1))
    await bot.set_webhook(receiver.url)
    receiver.go.clear()
    await user.say("one")
    await receiver.wait_for(2)
    assert (receiver.texts, receiver.n_open) == (["one", "one"], 2)
    receiver.go.set()
    await wait_until_taken(bot)


async def test_an_update_is_overtaken_by_the_next(
    sandbox: Sandbox, bot: Bot, user: User, receiver: Receiver
) -> None:
    kinds = frozenset({"out_of_order"})
    sandbox.state.faults.order(FaultOrder(rate=1, kinds=kinds, n_faults=1, seconds=0.3))
    await bot.set_webhook(receiver.url)
    await user.say("one")
    await user.say("two")
    await wait_until_taken(bot)
    assert receiver.texts == ["two", "one"]
