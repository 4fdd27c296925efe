from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import pytest
from telegram import Bot, Update
from telegram.error import BadRequest, Conflict
from telegram.ext import ApplicationBuilder, CommandHandler, ContextTypes

from bot.sandbox import bot_chats, state, updates
from bot.sandbox.state import Callbacks

if TYPE_CHECKING:
    from sandbox_user import User

    from bot.sandbox.server import Sandbox


async def test_updates_come_in_order_until_they_are_confirmed(bot: Bot, user: User) -> None:
    for text in ("one", "two", "three"):
        await user.say(text)
    first = await bot.get_updates(limit=2)
    assert [update.message and update.message.text for update in first] == ["one", "two"]
    assert [update.update_id for update in await bot.get_updates(limit=2)] == [
        update.update_id for update in first
    ]
    rest = await bot.get_updates(offset=first[-1].update_id + 1)
    assert [update.message and update.message.text for update in rest] == ["three"]
    assert await bot.get_updates(offset=rest[-1].update_id + 1) == ()


async def test_a_negative_offset_keeps_the_newest(bot: Bot, user: User) -> None:
    for text in ("one", "two", "three"):
        await user.say(text)
    (newest,) = await bot.get_updates(offset=-1)
    assert newest.message is not None
    assert newest.message.text == "three"


async def test_a_poll_waits_for_the_next_update(bot: Bot, user: User) -> None:
    polling = asyncio.ensure_future(bot.get_updates(timeout=10))
    await user.wait_for_reader()
    await user.say("hello")
    (update,) = await polling
    assert update.message is not None
    assert update.message.text == "hello"


async def test_a_poll_ends_empty_when_its_time_is_up(bot: Bot) -> None:
    assert await bot.get_updates(timeout=1) == ()


async def test_a_second_poll_ends_the_first(bot: Bot, user: User) -> None:
    polling = asyncio.ensure_future(bot.get_updates(timeout=10))
    await user.wait_for_reader()
    assert await bot.get_updates() == ()
    with pytest.raises(Conflict, match="terminated by other getUpdates request"):
        await polling


async def test_only_allowed_kinds_are_queued_from_then_on(bot: Bot, user: User) -> None:
    await bot.get_updates(allowed_updates=[Update.CALLBACK_QUERY])
    message_id = await user.say("hello")
    assert await bot.get_updates() == ()
    await user.press(message_id, "x")
    (update,) = await bot.get_updates()
    assert update.callback_query is not None
    await bot.get_updates(offset=update.update_id + 1, allowed_updates=[])
    await user.say("hello")
    assert len(await bot.get_updates()) == 1


async def test_allowed_updates_must_be_a_list(sandbox: Sandbox, user: User) -> None:
    url = f"/bot{sandbox.token}/getUpdates"
    answer = await user.http.post(url, json={"allowed_updates": "7"})
    assert answer.json()["description"] == (
        "Bad Request: can't parse allowed_updates: expected an Array of String"
    )


async def test_pending_updates_are_counted_and_dropped_on_request(bot: Bot, user: User) -> None:
    await user.say("hello")
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook()
    assert (await bot.get_webhook_info()).pending_update_count == 1
    await bot.delete_webhook(drop_pending_updates=True)
    assert (await bot.get_webhook_info()).pending_update_count == 0


async def test_no_update_is_lost_silently(user: User, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(updates, "MAX_PENDING", 1)
    await user.say("hello")
    fields = {"chat_id": 7, "user_id": 7, "text": "again"}
    answer = await user.http.post("/sandbox/api/messages", data=fields)
    assert answer.status_code == 503
    assert "is it running?" in answer.json()["error"]
    assert len((await user.read())["messages"]) == 1


async def test_a_pressed_button_reaches_the_bot_and_its_answer_the_user(
    bot: Bot, user: User
) -> None:
    await user.say("hello")
    sent = await bot.send_message(7, "choose")
    pressed = await user.press(sent.message_id, "details")
    query = (await bot.get_updates())[-1].callback_query
    assert query is not None
    assert (query.id, query.data, query.from_user.id) == (pressed, "details", 7)
    assert query.message is not None
    assert query.message.message_id == sent.message_id
    await query.answer("Here they are", show_alert=True)
    assert (await user.read())["callback_answers"] == [
        {
            "callback_query_id": pressed,
            "user_id": 7,
            "text": "Here they are",
            "show_alert": True,
        }
    ]
    with pytest.raises(BadRequest, match="Query is too old"):
        await query.answer()


async def test_a_callback_answer_that_telegram_would_refuse_is_refused(bot: Bot) -> None:
    with pytest.raises(BadRequest, match="query id is invalid"):
        await bot.answer_callback_query("unknown")
    too_long = "x" * (bot_chats.MAX_CALLBACK_ANSWER + 1)
    with pytest.raises(BadRequest, match="Message_too_long"):
        await bot.answer_callback_query("unknown", too_long)


def test_the_oldest_open_callback_is_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(state, "MAX_OPEN_CALLBACKS", 1)
    callbacks = Callbacks()
    first, second = callbacks.open(1, 1), callbacks.open(2, 2)
    assert callbacks.close(first) is None
    assert callbacks.close(second) == (2, 2)


async def test_a_whole_application_polls_and_answers(sandbox: Sandbox, user: User) -> None:
    async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_html("<b>Hello</b>", do_quote=True)

    application = ApplicationBuilder().token(sandbox.token).base_url(f"{sandbox.url}/bot").build()
    application.add_handler(CommandHandler("start", start))
    async with application:
        assert application.updater is not None
        await application.updater.start_polling()
        await application.start()
        asked = await user.say("/start@SandboxBot")
        answer = (await user.read(after=asked, wait=10))["messages"]
        await application.updater.stop()
        await application.stop()
    assert (answer[0]["text"], answer[0]["reply_to_message_id"]) == ("Hello", asked)
