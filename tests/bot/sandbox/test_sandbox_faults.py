from __future__ import annotations

import asyncio
import itertools
import time
from collections import Counter
from typing import TYPE_CHECKING, Any

import pytest
from sandbox_user import open_http
from telegram import Bot
from telegram.error import BadRequest, NetworkError, RetryAfter, TimedOut
from telegram.request import HTTPXRequest

from bot.sandbox.faults import CALL_KINDS, FAULT_KINDS, FaultOrder, Faults
from bot.sandbox.server import Sandbox

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from sandbox_user import File, User


@pytest.fixture
async def hasty_bot(sandbox: Sandbox) -> AsyncIterator[Bot]:
    """Give a bot that waits for an answer for a fifth of a second."""
    request = HTTPXRequest(read_timeout=0.2, httpx_kwargs={"trust_env": False})
    async with Bot(sandbox.token, base_url=f"{sandbox.url}/bot", request=request) as bot:
        yield bot


async def order(user: User, **fields: Any) -> dict[str, Any]:  # noqa: ANN401 - whatever is ordered
    """Order faults as a test in another process does."""
    answer = await user.http.post("/sandbox/api/faults", json={"rate": 1, **fields})
    assert answer.status_code == 200, answer.text
    return dict(answer.json())


async def list_texts(user: User) -> list[str]:
    return [message["text"] for message in (await user.read())["messages"]]


async def test_without_an_order_nothing_goes_wrong(bot: Bot, user: User) -> None:
    await user.say("hello")
    for number in range(20):
        await bot.send_message(7, str(number))
    shown = (await user.http.get("/sandbox/api/faults")).json()
    assert (shown["rate"], shown["happened"]) == (0.0, {})


async def test_a_flood_tells_when_to_come_again(
    bot: Bot, user: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PTB_TIMEDELTA", "true")
    await user.say("hello")
    await order(user, kinds=["flood"], retry_after=3, n_faults=1)
    with pytest.raises(RetryAfter, match="Retry in 0:00:03"):
        await bot.send_message(7, "one")
    await bot.send_message(7, "two")
    assert await list_texts(user) == ["hello", "two"]


async def test_a_flood_of_no_seconds_is_no_retry_after_to_the_library(bot: Bot, user: User) -> None:
    await order(user, kinds=["flood"], retry_after=0)
    with pytest.raises(NetworkError, match="Too Many Requests: retry after 0"):
        await bot.get_me()


@pytest.mark.parametrize(
    ("kind", "said"), [("server_error", "Internal Server Error"), ("bad_gateway", "Bad Gateway")]
)
async def test_a_broken_server_carries_nothing_out(
    bot: Bot, user: User, kind: str, said: str
) -> None:
    await user.say("hello")
    await order(user, kinds=[kind])
    with pytest.raises(NetworkError, match=said):
        await bot.send_message(7, "one")
    assert await list_texts(user) == ["hello"]


async def test_a_bad_gateway_speaks_html_and_not_json(sandbox: Sandbox, user: User) -> None:
    await order(user, kinds=["bad_gateway"])
    answer = await user.http.get(f"/bot{sandbox.token}/getMe")
    assert (answer.status_code, answer.headers["content-type"]) == (502, "text/html; charset=utf-8")
    assert answer.text.startswith("<html>")


@pytest.mark.parametrize(
    ("kind", "texts"), [("dropped_before", ["hello"]), ("dropped_after", ["hello", "one"])]
)
async def test_a_dropped_connection_gives_no_answer(
    bot: Bot, user: User, kind: str, texts: list[str]
) -> None:
    await user.say("hello")
    await order(user, kinds=[kind], n_faults=1)
    with pytest.raises(NetworkError) as error:
        await bot.send_message(7, "one")
    assert not isinstance(error.value, (TimedOut, BadRequest))
    assert await list_texts(user) == texts
    await bot.get_me()


@pytest.mark.parametrize(
    ("kind", "texts"), [("held_before", ["hello"]), ("held_after", ["hello", "one"])]
)
async def test_a_held_call_runs_out_of_time_before_or_after_it_was_carried_out(
    hasty_bot: Bot, user: User, kind: str, texts: list[str]
) -> None:
    await user.say("hello")
    await order(user, kinds=[kind], seconds=0.4, n_faults=1)
    with pytest.raises(TimedOut):
        await hasty_bot.send_message(7, "one")
    await asyncio.sleep(0.5)
    assert await list_texts(user) == texts


@pytest.mark.parametrize("kind", ["held_before", "held_after"])
async def test_whoever_waits_long_enough_gets_a_held_answer(
    bot: Bot, user: User, kind: str
) -> None:
    await user.say("hello")
    await order(user, kinds=[kind], seconds=0.3)
    begin = time.perf_counter()
    await bot.send_message(7, "one")
    assert time.perf_counter() - begin >= 0.3
    assert await list_texts(user) == ["hello", "one"]


async def test_calls_are_not_held_longer_than_the_sandbox_runs() -> None:
    async with open_http() as http:
        async with Sandbox() as sandbox:
            kinds = frozenset({"held_after"})
            sandbox.state.faults.order(FaultOrder(rate=1, kinds=kinds, seconds=60))
            held = asyncio.create_task(http.get(f"{sandbox.url}/bot{sandbox.token}/getMe"))
            while not sandbox.state.faults.happened:  # noqa: ASYNC110  nothing rings for it
                await asyncio.sleep(0.01)
            begin = time.perf_counter()
        assert time.perf_counter() - begin < 1.5
        assert (await held).status_code == 200


async def keep_file(bot: Bot, user: User, file: File) -> str:
    """Have a voice note sent, and give the address of its bytes."""
    await user.post(file, kind="voice")
    note = (await bot.get_updates())[-1].message
    assert note is not None
    assert note.voice is not None
    return str((await note.voice.get_file()).file_path)


async def test_a_slow_download_takes_its_time_and_is_whole(
    bot: Bot, user: User, voice_file: File
) -> None:
    address = await keep_file(bot, user, voice_file)
    await order(user, kinds=["slow_download"], seconds=0.4)
    begin = time.perf_counter()
    assert (await user.http.get(address)).content == voice_file[1]
    assert time.perf_counter() - begin >= 0.35


async def test_a_cut_download_owes_what_it_has_promised(
    bot: Bot, user: User, voice_file: File
) -> None:
    address = await keep_file(bot, user, voice_file)
    await order(user, kinds=["cut_download"])
    with pytest.raises(NetworkError):
        await bot.request.retrieve(address)


async def test_a_short_download_does_not_tell(bot: Bot, user: User, voice_file: File) -> None:
    address = await keep_file(bot, user, voice_file)
    await order(user, kinds=["short_download"])
    data = voice_file[1]
    assert await bot.request.retrieve(address) == data[: len(data) // 2]


async def test_faults_of_downloads_leave_other_calls_alone(bot: Bot, user: User) -> None:
    await order(user, kinds=["slow_download", "cut_download", "short_download"])
    assert (await bot.get_me()).username == "SandboxBot"


async def test_an_update_that_was_confirmed_comes_again(bot: Bot, user: User) -> None:
    await user.say("one")
    (first,) = await bot.get_updates()
    await user.say("two")
    await order(user, kinds=["duplicate"])
    again = await bot.get_updates(offset=first.update_id + 1)
    assert [update.message and update.message.text for update in again] == ["two", "one"]


async def test_the_newest_update_comes_before_the_older_ones(bot: Bot, user: User) -> None:
    for text in ("one", "two", "three"):
        await user.say(text)
    await order(user, kinds=["out_of_order"])
    updates = await bot.get_updates()
    assert [update.message and update.message.text for update in updates] == [
        "three",
        "two",
        "one",
    ]


async def test_an_update_whose_batch_was_lost_comes_again(bot: Bot, user: User) -> None:
    await user.say("one")
    await order(user, kinds=["dropped_after"], methods=["getUpdates"], n_faults=1)
    with pytest.raises(NetworkError):
        await bot.get_updates()
    (update,) = await bot.get_updates()
    assert update.message is not None
    assert update.message.text == "one"


async def test_only_the_methods_that_were_named_fail(bot: Bot, user: User) -> None:
    await user.say("hello")
    shown = await order(user, kinds=["server_error"], methods=["sendMessage"])
    assert shown["methods"] == ["sendmessage"]
    await bot.get_me()
    with pytest.raises(NetworkError):
        await bot.send_message(7, "one")
    shown = (await user.http.get("/sandbox/api/faults")).json()
    assert shown["n_calls"] == {"sendmessage": 1}
    assert shown["happened"] == {"server_error": 1}


async def test_an_order_of_nothing_ends_the_trouble(bot: Bot, user: User) -> None:
    await order(user, kinds=["server_error"])
    await order(user, rate=0)
    await bot.get_me()


@pytest.mark.parametrize(
    ("fields", "complaint"),
    [
        ({"rate": 1.5}, "rate must be between 0 and 1"),
        ({"rate": "often"}, "rate must be a number"),
        ({"rate": "nan"}, "rate must be between 0 and 1"),
        ({"kinds": ["earthquake"]}, "kinds are flood, "),
        ({"kinds": "flood"}, "kinds must be JSON"),
        ({"methods": {}}, "methods must be a list"),
        ({"n_faults": -1}, "n_faults and retry_after must not be negative"),
        ({"retry_after": -1}, "n_faults and retry_after must not be negative"),
        ({"seconds": 601}, "seconds must be between 0 and 600"),
    ],
)
async def test_an_order_that_makes_no_sense_is_refused(
    user: User, fields: dict[str, Any], complaint: str
) -> None:
    answer = await user.http.post("/sandbox/api/faults", json=fields)
    assert (answer.status_code, answer.json()["error"][: len(complaint)]) == (400, complaint)


def test_the_same_seed_gives_the_same_faults_whatever_is_called_beside_it() -> None:
    alone, among_others = Faults(), Faults()
    for faults in (alone, among_others):
        faults.order(FaultOrder(rate=0.5, seed=3))
    chosen = [alone.choose("sendmessage", CALL_KINDS) for _ in range(50)]
    mixed = []
    for _ in range(50):
        among_others.choose("getupdates", CALL_KINDS)
        mixed.append(among_others.choose("sendmessage", CALL_KINDS))
    assert mixed == chosen
    other = Faults()
    other.order(FaultOrder(rate=0.5, seed=4))
    assert [other.choose("sendmessage", CALL_KINDS) for _ in range(50)] != chosen


def test_each_kind_has_its_share() -> None:
    faults = Faults()
    faults.order(FaultOrder(rate=0.2, seed=1))
    chosen = Counter(faults.choose("sendmessage", FAULT_KINDS) for _ in range(10_000))
    assert 0.78 < chosen.pop(None) / 10_000 < 0.82
    assert set(chosen) == set(FAULT_KINDS)
    assert all(abs(one - other) < 80 for one, other in itertools.combinations(chosen.values(), 2))
