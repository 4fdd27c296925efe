from __future__ import annotations

import asyncio
import re
from typing import TYPE_CHECKING

import numpy as np
import pytest
import soundfile
from browsing import MARKS, browse
from playwright.async_api import expect
from pngs import make_png
from pydantic import SecretStr
from telegram import InlineKeyboardButton, InlineKeyboardMarkup, Update
from telegram.ext import (
    ApplicationBuilder,
    CallbackQueryHandler,
    CommandHandler,
    ContextTypes,
    MessageHandler,
    filters,
)

from bot.app import run_bot
from bot.settings import Settings
from ser_core.decode import decode
from ser_core.synthesis import speak

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from pathlib import Path

    from playwright.async_api import FilePayload, Page
    from sandbox_user import File, User
    from telegram import Bot

    from bot.sandbox.server import Sandbox

pytestmark = MARKS

ANSWER = "<b>Happy</b> — 71 %"
BUTTONS = InlineKeyboardMarkup([[InlineKeyboardButton("Details", callback_data="details")]])


@pytest.fixture
async def page(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[Page]:
    """Open the page as user 7; whatever it complains about or asks other hosts for is an error."""
    spoken = speak("happy", "female", seconds=4.0)
    soundfile.write(tmp_path / "spoken.wav", spoken.samples, spoken.sampling_rate)
    async with browse(sandbox.url, spoken=tmp_path / "spoken.wav") as page:
        await page.goto(f"{sandbox.url}/?chat_id=7")
        yield page


@pytest.fixture
async def _echo(sandbox: Sandbox) -> AsyncIterator[None]:
    """Run a small bot: it edits its answer to a voice note, and answers a pressed button."""

    async def start(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        await update.message.reply_html("Hello! /help", do_quote=True)

    async def listen(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.message is not None
        answer = await update.message.reply_text("Listening…")
        await answer.edit_text(ANSWER, parse_mode="HTML", reply_markup=BUTTONS)

    async def press(update: Update, _context: ContextTypes.DEFAULT_TYPE) -> None:
        assert update.callback_query is not None
        await update.callback_query.answer(f"You pressed {update.callback_query.data}")

    application = ApplicationBuilder().token(sandbox.token).base_url(f"{sandbox.url}/bot").build()
    application.add_handler(CommandHandler("start", start))
    application.add_handler(MessageHandler(filters.VOICE, listen))
    application.add_handler(CallbackQueryHandler(press))
    async with application:
        assert application.updater is not None
        await application.bot.set_my_commands([("start", "Begin"), ("mood", "How it sounds")])
        await application.updater.start_polling()
        await application.start()
        yield
        await application.updater.stop()
        await application.stop()


@pytest.fixture
async def _bot(sandbox: Sandbox, tmp_path: Path) -> AsyncIterator[None]:
    """Run the real bot with the shipped model."""
    here = {
        "bot_token": SecretStr(sandbox.token),
        "bot_api_url": sandbox.url,
        "database_url": SecretStr(f"sqlite:///{tmp_path / 'ser.sqlite3'}"),
    }
    stop = asyncio.Event()
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(run_bot(Settings(workers=1).model_copy(update=here), stop=stop))
        yield
        stop.set()


@pytest.mark.usefixtures("_echo")
async def test_a_sample_is_sent_with_a_click_and_its_answer_edited_in_place(page: Page) -> None:
    await expect(page.locator("#status")).to_have_text("online")
    await page.get_by_role("button", name="Send the synthesised sample: Lively").click()
    mine, theirs = page.locator(".message.mine"), page.locator(".message.theirs")
    await expect(mine).to_contain_text("Synthesised sample: Lively")
    await expect(theirs).to_have_count(1)
    await expect(theirs.locator("strong")).to_have_text("Happy")
    await expect(theirs).to_contain_text("edited")
    await theirs.get_by_role("button", name="Details").click()
    await expect(page.get_by_role("status")).to_have_text("You pressed details")
    await mine.get_by_role("button", name="Play voice note").click()
    await expect(mine.get_by_role("button", name="Pause voice note")).to_be_visible()


async def test_an_uploaded_file_is_sent_as_the_kind_that_is_chosen(
    page: Page, user: User, voice_file: File
) -> None:
    name, data, mime_type = voice_file
    upload: FilePayload = {"name": name, "mimeType": mime_type, "buffer": data}
    await page.locator("#file").set_input_files(upload)
    await expect(page.locator("#attachment-kind")).to_have_value("voice")
    await page.locator("#attachment-kind").select_option("audio")
    await page.get_by_role("button", name="Send", exact=True).click()
    await expect(page.locator(".message .file-name")).to_have_text(name)
    (message,) = (await user.read())["messages"]
    assert (message["file"]["kind"], message["file"]["file_size"]) == ("audio", len(data))


async def test_a_recording_from_the_microphone_arrives_as_a_voice_note(
    page: Page, user: User
) -> None:
    await page.get_by_role("button", name="Record a voice note").click()
    await expect(page.locator("#clock")).to_have_text("0:02", timeout=10_000)
    await page.get_by_role("button", name="Send the recording").click()
    await expect(page.locator(".message.has-voice")).to_be_visible()
    (message,) = (await user.read())["messages"]
    waveform = decode((await user.http.get(message["file"]["url"])).content)
    assert message["file"]["kind"] == "voice"
    assert waveform.seconds == pytest.approx(message["file"]["duration"], abs=1.0)
    assert np.abs(waveform.samples).max() > 0.01


@pytest.mark.usefixtures("_bot")
async def test_the_whole_bot_answers_what_the_microphone_recorded(page: Page) -> None:
    await expect(page.locator("#status")).to_have_text("online", timeout=30_000)
    await page.get_by_role("button", name="Record a voice note").click()
    await expect(page.locator("#clock")).to_have_text("0:03", timeout=10_000)
    await page.get_by_role("button", name="Send the recording").click()
    answer = page.locator(".message.theirs")
    await expect(answer).to_contain_text("Voice: sounds female", timeout=20_000)
    await expect(answer).to_contain_text(re.compile(r"\b\d+ %"))


async def test_a_recording_that_is_thrown_away_is_not_sent(page: Page, user: User) -> None:
    await page.get_by_role("button", name="Record a voice note").click()
    await expect(page.get_by_role("group", name="Recording")).to_be_visible()
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("button", name="Record a voice note")).to_be_focused()
    assert (await user.read())["messages"] == []


@pytest.mark.usefixtures("_echo")
async def test_the_keyboard_alone_is_enough(page: Page, user: User) -> None:
    await expect(page.locator("#status")).to_have_text("online")
    await page.get_by_role("textbox", name="Message").focus()
    await page.keyboard.type("/s")
    await expect(page.get_by_role("option", name="/start")).to_have_attribute(
        "aria-selected", "true"
    )
    await page.keyboard.press("Enter")
    answer = page.locator(".message.theirs")
    await expect(answer).to_contain_text("Hello!")
    await answer.get_by_role("button", name="Reply to").focus()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("textbox", name="Message")).to_be_focused()
    await page.keyboard.type("my reply")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.mine").last).to_contain_text("my reply")
    messages = (await user.read())["messages"]
    assert messages[-1]["reply_to_message_id"] == messages[1]["message_id"]


async def test_what_a_file_or_a_text_contains_never_becomes_part_of_the_page(
    page: Page, user: User
) -> None:
    evil = "<img src=x onerror=document.title='evil'>"
    await user.say(evil)
    await user.post((f"{evil}.html", b"<script>", "text/html"), kind="document", text=evil)
    await expect(page.locator(".message")).to_have_count(2)
    await expect(page.locator(".message .text").first).to_have_text(evil)
    assert await page.locator(".message img").count() == 0
    assert await page.title() != "evil"


async def test_a_phone_shows_everything_without_scrolling_sideways(page: Page, user: User) -> None:
    await page.set_viewport_size({"width": 360, "height": 700})
    await user.say("long" * 200)
    note = await user.say("https://example.org/" + "x" * 200)
    await user.say("short", reply_to_message_id=note)
    await expect(page.locator(".message")).to_have_count(3)
    for part in ("html", "body", "#scroll"):
        wide = await page.locator(part).evaluate("part => part.scrollWidth - part.clientWidth")
        assert wide == 0, part
    await page.get_by_role("button", name="Samples", exact=True).click()
    sample = page.get_by_role("button", name=re.compile("Send the synthesised sample")).first
    await sample.click()
    await expect(page.locator(".message.has-voice")).to_be_in_viewport()
    await expect(sample).to_be_hidden()


async def test_one_person_alone_can_be_two_in_a_group_with_the_bot(
    page: Page, sandbox: Sandbox, bot: Bot
) -> None:
    await page.goto(sandbox.url)
    await page.get_by_role("textbox", name="Message").fill("for the bot alone")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.mine")).to_have_count(1)
    await page.get_by_role("link", name="Group").click()
    await expect(page.locator("#log")).to_contain_text("Ada added Speech Emotion Recogniser")
    await expect(page.locator(".message")).to_have_count(0)
    speakers = page.get_by_role("navigation", name="Who speaks in the group")
    await expect(speakers.get_by_role("link", name="Ada")).to_have_attribute("aria-current", "true")
    await page.get_by_role("button", name="/listen on").click()
    await speakers.get_by_role("link", name="Bo").click()
    await expect(page.locator(".message.theirs .writer")).to_have_text("Ada")
    await page.get_by_role("textbox", name="Message").fill("hello from Bo")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message.mine")).to_contain_text("hello from Bo")
    said = [update.message for update in await bot.get_updates()]
    assert [
        (message.chat_id, message.from_user and message.from_user.first_name, message.text)
        for message in said
        if message and message.text
    ] == [(1, "Ada", "for the bot alone"), (-1, "Ada", "/listen on"), (-1, "Bo", "hello from Bo")]
    assert [member.user.first_name for member in await bot.get_chat_administrators(-1)] == ["Ada"]
    await page.get_by_role("link", name="Ada").first.click()
    await expect(page.locator(".message")).to_have_count(1)
    await expect(page.locator(".message.mine")).to_contain_text("for the bot alone")


async def test_reactions_forwards_and_pictures_with_buttons_are_shown(
    page: Page, user: User, bot: Bot
) -> None:
    said = await user.say("hello", forward_of="Somebody")
    await expect(page.locator(".forwarded")).to_have_text("Forwarded from Somebody")
    await bot.set_message_reaction(7, said, "😢")
    await expect(page.locator(".reactions li")).to_contain_text("😢")
    await bot.set_message_reaction(7, said)
    await expect(page.locator(".reactions")).to_have_count(0)
    sent = await bot.send_photo(7, make_png(40, 30), caption="the mood", reply_markup=BUTTONS)
    picture = page.locator(".message.has-photo")
    await expect(picture.get_by_role("img")).to_be_visible()
    await picture.get_by_role("button", name="Details").click()
    await bot.get_updates(timeout=10)
    await bot.edit_message_caption(7, sent.message_id, caption="the same")
    await expect(picture).to_contain_text("the same")
    await expect(picture.get_by_role("button", name="Details")).to_have_count(0)
    await user.http.post(
        "/sandbox/api/deletions", data={"chat_id": 7, "message_id": sent.message_id}
    )
    await expect(picture).to_have_count(0)


async def test_what_the_bot_says_to_a_press_is_for_who_pressed(
    page: Page, sandbox: Sandbox, user: User, bot: Bot
) -> None:
    await user.say("hello", chat_id=-5)
    await user.say("hello", chat_id=-5, user_id=8)
    await page.goto(f"{sandbox.url}/?chat_id=-5&user_id=7")
    sent = await bot.send_message(-5, "choose", reply_markup=BUTTONS)
    for user_id, text in ((8, "for the other"), (7, "for this one")):
        fields = {"chat_id": -5, "user_id": user_id, "message_id": sent.message_id, "data": "x"}
        answer = await user.http.post("/sandbox/api/callbacks", data=fields)
        await bot.answer_callback_query(answer.json()["callback_query_id"], text)
        if user_id == user.user_id:
            await expect(page.get_by_role("status")).to_have_text(text)
    await expect(page.locator(".writer").first).to_have_text("User 8")
    await page.reload()  # what was said before is no news
    await expect(page.locator(".message")).to_have_count(3)
    await expect(page.get_by_role("status")).to_be_empty()


async def test_the_theme_follows_the_system_until_one_is_chosen(page: Page) -> None:
    ground = "getComputedStyle(document.body).backgroundColor"
    light = await page.evaluate(ground)
    await page.emulate_media(color_scheme="dark")
    dark = await page.evaluate(ground)
    assert light != dark
    await page.get_by_role("button", name="Light theme").click()
    assert await page.evaluate(ground) == light
    await page.reload()
    assert await page.evaluate(ground) == light
